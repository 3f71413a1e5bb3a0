"""Named lists as the API tells them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from profiling.api.serializers.shared import UnitCodeField
from profiling.rules.core.lists import MAX_ENTRIES, MAX_WORDS
from profiling.rules.models import NamedList, NamedListVersion


class NamedListVersionSerializer(serializers.ModelSerializer[NamedListVersion]):
    entries = serializers.ListField(child=serializers.CharField(), help_text="In the form in which they are compared.")
    includes = serializers.ListField(child=serializers.CharField(), help_text="Codes of lists taken in whole.")
    created_by = serializers.StringRelatedField[Any](allow_null=True)

    class Meta:
        model = NamedListVersion
        fields = ["number", "entries", "includes", "note", "created_at", "created_by"]


class NamedListSerializer(serializers.ModelSerializer[NamedList]):
    """`version`: number of the newest version."""

    unit = UnitCodeField()
    title = serializers.CharField(read_only=True, help_text="In the language that was asked for.")
    version = serializers.SerializerMethodField()

    class Meta:
        model = NamedList
        fields = ["ref", "code", "unit", "kind", "title", "version", "created_at"]

    def get_version(self, one: NamedList) -> int:
        return max((version.number for version in one.versions.all()), default=0)


class NamedListDetailSerializer(NamedListSerializer):
    versions = NamedListVersionSerializer(many=True, read_only=True)

    class Meta(NamedListSerializer.Meta):
        fields = [*NamedListSerializer.Meta.fields, "versions"]


class NewListVersionSerializer(serializers.Serializer[Any]):
    entries = serializers.ListField(
        child=serializers.CharField(max_length=MAX_WORDS, allow_blank=True), allow_empty=True, max_length=MAX_ENTRIES
    )
    includes = serializers.ListField(child=serializers.SlugField(max_length=40), default=list, max_length=100)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")
