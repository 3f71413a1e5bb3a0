"""What the papers of one consignment say beside each other, measured, as the page of the consignment shows it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from profiling.documents.choices import Kind as DocumentKind
from profiling.documents.core.differences import Cell, Field, Kind, Severity, Verdict


class DifferenceSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        choices=[one.value for one in Kind], help_text="missing: it ought to say it; extra: only it says so."
    )
    severity = serializers.ChoiceField(
        choices=[one.value for one in Severity], help_text="A note is told and counted nowhere."
    )
    base = serializers.CharField(help_text="The source it is measured against.")
    where = serializers.CharField(help_text="The container, seal or code it is about; may be empty.")
    amount = serializers.DecimalField(
        max_digits=None, decimal_places=None, allow_null=True, help_text="What this says less what the base says."
    )
    percent = serializers.DecimalField(
        max_digits=None, decimal_places=None, allow_null=True, help_text="Of the base, never negative."
    )
    alike = serializers.FloatField(allow_null=True, help_text="0 to 1, of texts.")


class ComparedCellSerializer(serializers.Serializer[Any]):
    source = serializers.CharField(help_text="As in `statements`.")  # type: ignore[assignment]  # a field of this name
    values = serializers.SerializerMethodField(
        help_text="What it says, figures as text; an amount of money is followed by its currency."
    )
    verdict = serializers.ChoiceField(
        choices=[one.value for one in Verdict],
        help_text="unsure: it cannot be compared (currency, script, kind of place).",
    )
    differences = DifferenceSerializer(many=True)

    def get_values(self, cell: Cell) -> list[str]:
        return [str(one) for one in cell.atoms]


class FieldDifferencesSerializer(serializers.Serializer[Any]):
    field = serializers.ChoiceField(choices=[one.value for one in Field])
    differs = serializers.BooleanField(help_text="Beyond rounding and slips of the pen.")
    cells = ComparedCellSerializer(many=True, help_text="One of each statement, in their order.")


class ComparedStatementSerializer(serializers.Serializer[Any]):
    source = serializers.CharField(help_text="`manifest`, or the ref of a document.")  # type: ignore[assignment]  # a field of this name
    kind = serializers.ChoiceField(choices=DocumentKind.choices, allow_null=True, help_text="null: the manifest.")
    number = serializers.CharField(allow_blank=True)


class PaperDifferencesSerializer(serializers.Serializer[Any]):
    consignment = serializers.UUIDField()
    version = serializers.IntegerField(allow_null=True, help_text="The version of the consignment that is compared.")
    differing = serializers.IntegerField(help_text="How many fields differ.")
    statements = ComparedStatementSerializer(many=True, help_text="Empty where no document states anything yet.")
    rows = FieldDifferencesSerializer(many=True, help_text="Of the fields that anybody says, those that differ first.")
