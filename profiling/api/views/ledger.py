"""The ledger over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pcu.accounts.models import Unit
from profiling.cases.ledger import read_ledger


class LedgerQuerySerializer(serializers.Serializer[Any]):
    unit = serializers.CharField(help_text="Code of a unit; those below it count, as far as the caller reads them.")
    days = serializers.IntegerField(min_value=1, max_value=3650, default=90, help_text="Cases opened in as many days.")


class ShareSerializer(serializers.Serializer[Any]):
    k = serializers.IntegerField()
    n = serializers.IntegerField()
    value = serializers.FloatField()
    low = serializers.FloatField(help_text="Wilson interval, 95 %.")
    high = serializers.FloatField()


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
    tally = TallySerializer()


class LedgerSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    release = serializers.CharField(allow_blank=True)
    units = serializers.SerializerMethodField()
    all = TallySerializer()
    sample = TallySerializer(help_text="The random sample, the base line.")
    reasons = serializers.DictField(child=serializers.IntegerField())
    lines = RuleLineSerializer(many=True)

    def get_units(self, ledger: Any) -> list[str]:
        return [unit.code for unit in ledger.units]


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
        return Response(LedgerSerializer(read_ledger(unit=unit, units=units, since=since, until=now)).data)
