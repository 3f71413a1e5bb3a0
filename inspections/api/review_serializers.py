"""Submitted acts, their reviews, and the bodies of what is done to them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inspections import links
from inspections.choices import State
from inspections.differences import differences
from inspections.models import Inspection, Report, Review
from inspections.reports import before
from inspections.reviewing import notes_of
from profiling.api.serializers.shared import PersonSerializer, UnitCodeField
from profiling.cases.choices import Result

TEXT = 4000


class WorkSerializer(serializers.ModelSerializer[Inspection]):
    """An inspection as far as its review goes."""

    case = serializers.UUIDField(source="case.ref", read_only=True)
    unit = UnitCodeField()

    class Meta:
        model = Inspection
        fields = ["ref", "number", "case", "unit", "state", "version"]


class ReviewSerializer(serializers.ModelSerializer[Review]):
    report = serializers.UUIDField(source="report.ref", read_only=True)
    inspection = serializers.UUIDField(source="report.inspection.ref", read_only=True)
    notes = serializers.SerializerMethodField(help_text="The lines of the note, numbered from one in this order.")
    reviewed_by = PersonSerializer(read_only=True)

    class Meta:
        model = Review
        fields = ["ref", "report", "inspection", "verdict", "note", "notes", "reviewed_by", "reviewed_at"]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_notes(self, review: Review) -> list[str]:
        return notes_of(review.note) if review.verdict == Review.Verdict.RETURNED else []


class NoteAnswerSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="Of the note.")
    text = serializers.CharField()


class ReportSerializer(serializers.ModelSerializer[Report]):
    inspection = WorkSerializer(read_only=True)
    result = serializers.SerializerMethodField()
    submitted_by = serializers.SerializerMethodField(help_text="Null in a blind second look until it is decided.")
    answers = serializers.SerializerMethodField(help_text="To the notes of the last return.")
    review = ReviewSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Report
        fields = [
            "ref", "inspection", "number", "result", "digest", "note", "answers", "blind", "submitted_by",
            "submitted_at", "review",
        ]  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(choices=Result.choices))
    def get_result(self, report: Report) -> str:
        found = any(line["result"] == Result.FOUND for line in report.content["lines"])
        return Result.FOUND if found else Result.CLEAN

    @extend_schema_field(NoteAnswerSerializer(many=True))
    def get_answers(self, report: Report) -> Any:
        told = [{"number": int(number), "text": text} for number, text in report.answers.items()]
        return sorted(told, key=lambda answer: answer["number"])

    @extend_schema_field(PersonSerializer(allow_null=True))
    def get_submitted_by(self, report: Report) -> Any:
        return None if _hides_names(report) else PersonSerializer(report.submitted_by).data


class ChangeSerializer(serializers.Serializer[Any]):
    section = serializers.CharField()
    ref = serializers.CharField(help_text="The part it is in; empty for the act itself.")
    where = serializers.CharField(help_text="Number of the equipment or seizure it belongs to.")
    name = serializers.CharField()
    field = serializers.CharField(help_text="Empty where the whole part was added or taken out.")
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class DifferencesSerializer(serializers.Serializer[Any]):
    before = serializers.UUIDField(help_text="The submission before this one.")
    changes = ChangeSerializer(many=True)
    unchanged = serializers.IntegerField(help_text="How many fields say the same.")


class ReportDetailSerializer(ReportSerializer):
    content = serializers.SerializerMethodField(help_text="The whole act as it was submitted.")
    differences = serializers.SerializerMethodField(help_text="Null for a first submission.")

    class Meta(ReportSerializer.Meta):
        fields = [*ReportSerializer.Meta.fields, "content", "differences"]

    @extend_schema_field(serializers.DictField())
    def get_content(self, report: Report) -> dict[str, Any]:
        return self._readable(report, blind=_hides_names(report))

    @extend_schema_field(DifferencesSerializer(allow_null=True))
    def get_differences(self, report: Report) -> Any:
        earlier = before(report)
        if earlier is None:
            return None
        blind = _hides_names(report)
        told = differences(self._readable(earlier, blind=blind), self._readable(report, blind=blind))
        return DifferencesSerializer({"before": earlier.ref, "changes": told.changes, "unchanged": told.unchanged}).data

    def _readable(self, report: Report, *, blind: bool) -> dict[str, Any]:
        """The content for the caller: without persons whose names are kept back, blind without the team."""
        content = links.readable(report.content, self.context["request"].user, report.inspection.unit_id)
        return content | {"team": []} if blind else content


class NoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=TEXT)


class ReturnSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(
        allow_blank=True, max_length=TEXT, help_text="What should change; each line is a note of its own."
    )


class SubmitSerializer(NoteSerializer):
    answers = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=TEXT),
        required=False,
        default=list,
        max_length=100,
        help_text="What was done about each note of the last return, in their order; empty where nothing was.",
    )


class AmendSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(allow_blank=True, max_length=TEXT)


def _hides_names(report: Report) -> bool:
    """A blind second look shows no author until it is decided."""
    return report.blind and report.inspection.state == State.SUBMITTED and getattr(report, "review", None) is None
