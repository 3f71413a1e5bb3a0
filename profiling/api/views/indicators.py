"""The catalogue of indicators over the API: what a condition of a rule may ask for."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pcu.accounts.models import Unit
from profiling.indicators.catalogue import REGISTRY, Group, ValueType
from profiling.indicators.labels import GROUPS, TYPES, UNITS
from profiling.rules.distributions import Distribution, distributions


class IndicatorQuerySerializer(serializers.Serializer[Any]):
    unit = serializers.CharField(
        required=False, help_text="Code of a unit the caller reads; with it the spread of its values is told."
    )
    group = serializers.ChoiceField([(group.value, group.value) for group in Group], required=False)
    type = serializers.ChoiceField([(kind.value, kind.value) for kind in ValueType], required=False)


class NumbersSerializer(serializers.Serializer[Any]):
    low = serializers.FloatField(help_text="The 5th of a hundred.")
    quarter = serializers.FloatField()
    median = serializers.FloatField()
    three_quarters = serializers.FloatField()
    high = serializers.FloatField(help_text="The 95th of a hundred.")
    bars = serializers.ListField(child=serializers.IntegerField(), help_text="Values in equal parts from low to high.")


class FrequentSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    number = serializers.IntegerField(help_text="Assessments that had it.")


class SpreadSerializer(serializers.Serializer[Any]):
    sample = serializers.IntegerField(help_text="Assessments looked at: up to 50 of each of 90 days.")
    missing = serializers.IntegerField(help_text="Of these, without a value.")
    numbers = NumbersSerializer(allow_null=True)
    true = serializers.IntegerField(allow_null=True, help_text="Of these that have a value.")
    most = FrequentSerializer(many=True, help_text="Most frequent codes.")
    days = serializers.ListField(child=serializers.DateField(), allow_null=True, help_text="First and last day.")


class IndicatorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="spec.code")
    label = serializers.CharField(  # type: ignore[assignment]  # fields leave the names of a serializer free
        source="spec.label", help_text="In the language that was asked for."
    )
    group = serializers.ChoiceField([(group.value, group.value) for group in Group], source="spec.group")
    group_label = serializers.SerializerMethodField()
    type = serializers.ChoiceField([(kind.value, kind.value) for kind in ValueType], source="spec.type")
    type_label = serializers.SerializerMethodField()
    unit = serializers.CharField(source="spec.unit", allow_blank=True)
    unit_label = serializers.SerializerMethodField()
    needs = serializers.ListField(child=serializers.CharField(), source="spec.needs", help_text="Fields it reads.")
    missing = serializers.CharField(source="spec.missing", help_text="When it has no value.")
    source = serializers.CharField(source="spec.source")  # type: ignore[assignment]  # as above
    months = serializers.IntegerField(source="spec.months", help_text="How far back it looks; 0 where it does not.")
    choices = serializers.ListField(child=serializers.CharField(), source="spec.choices")
    spread = SpreadSerializer(allow_null=True, help_text="Null where no unit was asked for.")

    def get_group_label(self, shown: dict[str, Any]) -> str:
        return str(GROUPS[shown["spec"].group])

    def get_type_label(self, shown: dict[str, Any]) -> str:
        return str(TYPES[shown["spec"].type])

    def get_unit_label(self, shown: dict[str, Any]) -> str:
        return str(UNITS.get(shown["spec"].unit, ""))


class IndicatorListSerializer(serializers.Serializer[Any]):
    results = IndicatorSerializer(many=True)


class IndicatorsView(APIView):
    """Every indicator a rule may ask for, with what it means and when it is missing; all in one answer."""

    @extend_schema(parameters=[IndicatorQuerySerializer], responses=IndicatorListSerializer)
    def get(self, request: Request) -> Response:
        asked = IndicatorQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        spread: dict[str, Distribution] = {}
        if code := told.get("unit"):
            unit = Unit.objects.visible_to(request.user).filter(code=code).first()
            if unit is None:
                raise Http404
            spread = dict(distributions(unit=unit, now=timezone.now()))
        shown = [
            {"spec": spec, "spread": spread.get(spec.code)}
            for spec in REGISTRY.specs().values()
            if told.get("group", spec.group) == spec.group and told.get("type", spec.type) == spec.type
        ]
        return Response(IndicatorListSerializer({"results": shown}).data)
