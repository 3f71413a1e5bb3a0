"""Assessments: score, lane, fired rules with the values they saw."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from profiling.api.serializers.shared import LaneSerializer, UnitCodeField
from profiling.rules.models import Assessment


@extend_schema_field(OpenApiTypes.OBJECT)
class ValuesField(serializers.DictField):
    """Values by indicator, as they stood."""


class FiredSerializer(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    points = serializers.IntegerField()
    values = ValuesField()


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    unit = UnitCodeField()
    release = serializers.SlugRelatedField(slug_field="name", read_only=True)  # type: ignore[var-annotated]  # read only: no queryset to take a type from
    consignment = serializers.UUIDField(source="version.consignment.ref", read_only=True, allow_null=True, default=None)
    version = serializers.IntegerField(
        source="version.number", read_only=True, allow_null=True, default=None, help_text="Of the consignment."
    )
    visit = serializers.UUIDField(source="visit.ref", read_only=True, allow_null=True, default=None)
    lane = LaneSerializer(source="recommended_lane", read_only=True)
    fired = FiredSerializer(many=True, read_only=True)
    unknown = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Assessment
        fields = [
            "ref", "unit", "consignment", "version", "visit", "release", "trigger", "score", "lane", "fired",
            "unknown", "created_at",
        ]  # fmt: skip


class AssessmentDetailSerializer(AssessmentSerializer):
    indicators = ValuesField(read_only=True)
    faults = serializers.ListField(child=serializers.JSONField(), read_only=True)

    class Meta(AssessmentSerializer.Meta):
        fields = [
            *AssessmentSerializer.Meta.fields, "indicators", "faults", "sampled", "sample_stratum", "sample_seed",
            "sample_number", "inclusion_probability",
        ]  # fmt: skip
