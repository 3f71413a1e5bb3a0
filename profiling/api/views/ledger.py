"""The ledger over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pcu.accounts.models import Unit
from profiling.cases.ledger import read_ledger
from profiling.cases.ledger_indicators import read_indicators
from profiling.rules.capacity import hands_of


class LedgerQuerySerializer(serializers.Serializer[Any]):
    unit = serializers.CharField(help_text="Code of a unit; those below it count, as far as the caller reads them.")
    days = serializers.IntegerField(min_value=1, max_value=3650, default=90, help_text="Cases opened in as many days.")
    by_indicator = serializers.BooleanField(default=False, help_text="Count the lines of indicators as well.")


class ShareSerializer(serializers.Serializer[Any]):
    k = serializers.IntegerField()
    n = serializers.IntegerField()
    value = serializers.FloatField()
    low = serializers.FloatField(help_text="Wilson interval, 95 %.")
    high = serializers.FloatField()


class WeightedSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField(help_text="Wilson interval of the effective number of draws, 95 %.")
    high = serializers.FloatField()
    effective = serializers.FloatField(help_text="How many even draws it is worth.")


class LiftSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField(allow_null=True, help_text="Null where the random sample found nothing.")
    low = serializers.FloatField(help_text="95 %, put together from both intervals.")
    high = serializers.FloatField(source="top", allow_null=True, help_text="Null where there is no upper end.")


class DriftSerializer(serializers.Serializer[Any]):
    before = serializers.ListField(child=serializers.IntegerField(), help_text="Found and inspected before.")
    lately = serializers.ListField(child=serializers.IntegerField(), help_text="Found and inspected lately.")
    chance = serializers.FloatField(help_text="How often chance makes as great a difference (Fisher's exact test).")


class TallySerializer(serializers.Serializer[Any]):
    fired = serializers.IntegerField(help_text="Cases.")
    inspected = serializers.IntegerField()
    found = serializers.IntegerField()
    clean = serializers.IntegerField()
    not_examined = serializers.IntegerField()
    other = serializers.IntegerField(help_text="Never arrived, withdrawn, documents cleared or passed on.")
    open = serializers.IntegerField()
    credited = serializers.IntegerField(help_text="Found by partners and not here.")
    precision = ShareSerializer(allow_null=True, help_text="Found of inspected; null where none was inspected.")
    per_find = serializers.FloatField(allow_null=True, help_text="Inspections for one find.")
    drift = DriftSerializer(allow_null=True, help_text="Precision lately against before.")


class RuleLineSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    points = serializers.IntegerField()
    expires_on = serializers.DateField()
    consignments = serializers.IntegerField(help_text="It fired for, with or without a case.")
    reasons = serializers.DictField(child=serializers.IntegerField(), help_text="Why not examined.")
    remark = serializers.CharField(allow_blank=True)
    above_base = serializers.BooleanField(help_text="The whole interval lies above the random sample.")
    unique = serializers.IntegerField(source="tally.unique", help_text="Finds in which no other rule added points.")
    lift = LiftSerializer(allow_null=True, help_text="Precision over the random sample.")
    last_fired = serializers.DateTimeField(allow_null=True, help_text="Within the period.")
    per_shift = serializers.FloatField(help_text="Inspections a shift.")
    work = serializers.FloatField(help_text="Its share of all inspections.")
    asked_for_tuning = serializers.SerializerMethodField(help_text="How many officers asked and have no answer.")
    tally = TallySerializer()

    def get_asked_for_tuning(self, line: Any) -> int:
        return line.asked.people if line.asked else 0


class IndicatorLedgerLineSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField(source="label")
    rules = serializers.ListField(child=serializers.CharField(), help_text="That read it and fired.")
    above_base = serializers.BooleanField(help_text="The whole interval lies above the random sample.")
    lift = LiftSerializer(allow_null=True)
    per_shift = serializers.FloatField(help_text="Inspections a shift.")
    tally = TallySerializer()


class HandsSerializer(serializers.Serializer[Any]):
    inspections = serializers.IntegerField(help_text="A shift can do.")
    hours = serializers.IntegerField(help_text="Of a shift.")
    starts = serializers.TimeField(help_text="By the clock of the unit.")
    node = serializers.CharField(source="node.code", help_text="Where it was stated.")


class LedgerSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    release = serializers.CharField(allow_blank=True)
    units = serializers.SerializerMethodField()
    all = TallySerializer()
    sample = TallySerializer(help_text="The random sample, the base line.")
    base = WeightedSerializer(allow_null=True, help_text="Share of finds in the random sample, weighted.")
    reasons = serializers.DictField(child=serializers.IntegerField())
    shifts = serializers.FloatField(help_text="Of the period.")
    per_shift = serializers.FloatField(help_text="Inspections a shift, of the sample too.")
    hands = serializers.SerializerMethodField(help_text="Stated for the unit; null where nobody did.")
    lines = RuleLineSerializer(many=True)
    indicators = serializers.SerializerMethodField(
        help_text="What came of cases in which an indicator spoke; empty unless asked for."
    )

    def get_units(self, ledger: Any) -> list[str]:
        return [unit.code for unit in ledger.units]

    @extend_schema_field(HandsSerializer(allow_null=True))
    def get_hands(self, _ledger: Any) -> Any:
        hands = self.context["hands"]
        return HandsSerializer(hands).data if hands is not None else None

    @extend_schema_field(IndicatorLedgerLineSerializer(many=True))
    def get_indicators(self, _ledger: Any) -> Any:
        return IndicatorLedgerLineSerializer(self.context["indicators"], many=True).data


class LedgerView(APIView):
    """What each rule brought: fired, inspected, found, not examined, beside the random sample."""

    @extend_schema(parameters=[LedgerQuerySerializer], responses=LedgerSerializer)
    def get(self, request: Request) -> Response:
        asked = LedgerQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        readable = Unit.objects.visible_to(request.user)
        unit = readable.filter(code=asked.validated_data["unit"]).first()
        if unit is None:
            raise Http404
        units = list(readable.filter(path__startswith=unit.path))
        now = timezone.now()
        since = now - timedelta(days=asked.validated_data["days"])
        hands = hands_of(unit)
        book = read_ledger(unit=unit, units=units, since=since, until=now, hands=hands)
        spoke = []
        if asked.validated_data["by_indicator"]:
            spoke = read_indicators(units=units, since=since, until=now, book=book)
        return Response(LedgerSerializer(book, context={"hands": hands, "indicators": spoke}).data)
