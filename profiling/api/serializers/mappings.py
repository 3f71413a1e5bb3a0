"""How the columns of a table are read: what is proposed, what is confirmed."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from profiling.cargo.choices import Direction, DocumentType, Function, Mode
from profiling.cargo.models import Submission
from profiling.formats.table_columns import FIELDS, MASS_UNITS, VOLUME_UNITS
from profiling.formats.table_mapping import DATES, DECIMALS

# Codes, not words: what a program sends and reads is the same in every language.
FIELD_CODES = [(one.key, one.key) for one in FIELDS]
UNIT_CODES = [(unit, unit) for unit in (*MASS_UNITS, *VOLUME_UNITS)]


def _codes(values: Any) -> list[tuple[str, str]]:
    return [(str(value), str(value)) for value in values if value]


class TableSerializer(serializers.ModelSerializer[Submission]):
    """A submitted table, by the ref of its submission."""

    class Meta:
        model = Submission
        fields = ["ref", "file_name", "status", "created_at", "updated_at"]


class ColumnSerializer(serializers.Serializer[Any]):
    """One column of the file and what is proposed for it."""

    key = serializers.CharField(help_text="By which `columns` of the mapping name it.")
    heading = serializers.CharField(help_text="As sent.")
    letter = serializers.CharField(help_text="As spreadsheets show it.")
    samples = serializers.ListField(child=serializers.CharField(), help_text="The first values that differ.")
    field = serializers.ChoiceField(choices=FIELD_CODES, allow_blank=True, help_text="Proposed; blank where none is.")
    sure = serializers.ChoiceField(
        choices=["exact", "near", "values"],
        allow_blank=True,
        help_text="A known heading, nearly one, or by what stands under it.",
    )
    unit = serializers.ChoiceField(choices=UNIT_CODES, allow_blank=True)
    also = serializers.ListField(child=serializers.CharField(), help_text="Fields it could hold as well.")


class ColumnChoiceSerializer(serializers.Serializer[Any]):
    """What a column holds."""

    field = serializers.CharField(
        allow_blank=True, default="", help_text="A field code as in `proposed.field`; blank: the column is not read."
    )
    unit = serializers.CharField(allow_blank=True, required=False, help_text="Of weights and volumes.")
    heading = serializers.CharField(allow_blank=True, required=False)


class DefaultsSerializer(serializers.Serializer[Any]):
    """What is said once for all rows; a cell goes before it."""

    document_type = serializers.ChoiceField(choices=DocumentType.choices, required=False)
    mode = serializers.ChoiceField(choices=Mode.choices, required=False)
    direction = serializers.ChoiceField(choices=Direction.choices, required=False, allow_blank=True)
    function = serializers.ChoiceField(
        choices=Function.choices, required=False, allow_blank=True, help_text="Blank: original."
    )
    loading_place = serializers.CharField(max_length=35, required=False, allow_blank=True)
    discharge_place = serializers.CharField(max_length=35, required=False, allow_blank=True)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)


class ColumnMappingSerializer(serializers.Serializer[Any]):
    """A mapping: the columns by their key, and how values are written."""

    columns = serializers.DictField(child=ColumnChoiceSerializer())
    decimal = serializers.ChoiceField(
        choices=_codes(DECIMALS), allow_blank=True, default="", help_text="For numbers that can be read in two ways."
    )
    dates = serializers.ChoiceField(
        choices=_codes(DATES), allow_blank=True, default="", help_text="For dates whose day and month look alike."
    )
    defaults = DefaultsSerializer(required=False, default=dict)


class TableMappingSerializer(serializers.Serializer[Any]):
    """What is proposed for a table, and what is confirmed for its sender and headings."""

    submission = serializers.UUIDField()
    status = serializers.CharField(help_text="Of the submission; `mapping` while it waits.")
    fingerprint = serializers.CharField(help_text="Of the set of headings.")
    proposed = ColumnSerializer(many=True)
    mapping = ColumnMappingSerializer(help_text="Confirmed, else as proposed.")
    confirmed_by = serializers.CharField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
