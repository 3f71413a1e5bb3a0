"""Requests for tuning over the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from profiling.api.serializers.shared import PersonSerializer
from profiling.cases.models import TuningRequest
from profiling.cases.tuning import LONGEST


class NewTuningSerializer(serializers.Serializer[dict[str, str]]):
    rule = serializers.CharField(max_length=20, help_text="Code of a rule that fired in the case.")
    note = serializers.CharField(max_length=LONGEST, help_text="What is wrong with it, as seen at this case.")


class TuningAnswerSerializer(serializers.Serializer[dict[str, str]]):
    answer = serializers.CharField(max_length=LONGEST, help_text="What became of it.")


class TuningRequestSerializer(serializers.ModelSerializer[TuningRequest]):
    case = serializers.UUIDField(source="case.ref", read_only=True)
    rule = serializers.CharField(source="rule.code", read_only=True)
    made_by = PersonSerializer(read_only=True)
    closed_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = TuningRequest
        fields: list[Any] = [
            "ref", "case", "rule", "note", "made_by", "made_at", "closed_by", "closed_at", "answer",
        ]  # fmt: skip
