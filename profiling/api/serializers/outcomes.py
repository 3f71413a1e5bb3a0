"""Outcomes of cases."""

from __future__ import annotations

from rest_framework import serializers

from profiling.api.serializers.shared import PersonSerializer, UnitCodeField
from profiling.cases.models import Outcome


class OutcomeSerializer(serializers.ModelSerializer[Outcome]):
    unit = UnitCodeField()
    case = serializers.UUIDField(source="case.ref", read_only=True)
    visit = serializers.UUIDField(source="visit.ref", read_only=True, allow_null=True)
    equipment = serializers.CharField(source="visit.number", read_only=True, allow_null=True)
    consignment = serializers.UUIDField(source="consignment.ref", read_only=True, allow_null=True)
    supersedes = serializers.UUIDField(
        source="supersedes.ref", read_only=True, allow_null=True, help_text="The outcome whose place it takes."
    )
    recorded_by = PersonSerializer(read_only=True)

    class Meta:
        model = Outcome
        fields = [
            "ref", "unit", "case", "visit", "equipment", "consignment", "result", "status", "source", "method",
            "commodity", "told_in", "note", "supersedes", "recorded_by", "recorded_at",
        ]  # fmt: skip
