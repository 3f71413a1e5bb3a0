"""Parts that several answers have: units, people, lanes."""

from __future__ import annotations

from rest_framework import serializers

from pcu.accounts.models import Unit, User
from profiling.rules.models import Lane


class UnitCodeField(serializers.SlugRelatedField[Unit]):
    """A unit by its code."""

    def __init__(self) -> None:
        super().__init__(slug_field="code", read_only=True)


class PersonSerializer(serializers.ModelSerializer[User]):
    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = User
        fields = ["ref", "name"]


class LaneSerializer(serializers.ModelSerializer[Lane]):
    # The framework's own `label` is of every field; this one is the lane's word.
    label = serializers.CharField(read_only=True, help_text="In the language of the request.")  # type: ignore[assignment]

    class Meta:
        model = Lane
        fields = ["code", "label", "mark", "rank"]
