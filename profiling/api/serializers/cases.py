"""Cases with their timeline, and the bodies of what is done to them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from profiling.api.serializers.assessments import AssessmentSerializer, ValuesField
from profiling.api.serializers.cargo import VisitBriefSerializer
from profiling.api.serializers.holds import HoldSerializer, ReferralSerializer
from profiling.api.serializers.shared import LaneSerializer, PersonSerializer, UnitCodeField
from profiling.cargo.models import Consignment
from profiling.cases.choices import DecisionKind, Method, Reason
from profiling.cases.models import Case, CaseEvent, Decision

TEXT = 4000


class ClaimSerializer(serializers.Serializer[Case]):
    by = PersonSerializer(source="claimed_by")
    until = serializers.DateTimeField(source="claimed_until")


class CaseSerializer(serializers.ModelSerializer[Case]):
    unit = UnitCodeField()
    working_unit = UnitCodeField()
    recommended_lane = LaneSerializer(read_only=True)
    decided_lane = LaneSerializer(read_only=True, allow_null=True)
    claim = serializers.SerializerMethodField(help_text="Null when nobody holds it now.")

    class Meta:
        model = Case
        fields = [
            "ref", "number", "unit", "working_unit", "state", "origin", "recommended_lane", "decided_lane", "score",
            "due_at", "due_source", "equipment_number", "equipment_count", "consignee", "goods", "conveyance", "claim",
            "changed_since_decision", "withdrawn", "disposition", "version", "opened_at", "updated_at", "closed_at",
        ]  # fmt: skip

    @extend_schema_field(ClaimSerializer(allow_null=True))
    def get_claim(self, case: Case) -> Any:
        if case.claimed_by_id is None or case.claimed_until is None or case.claimed_until <= timezone.now():
            return None
        return ClaimSerializer(case).data


class EventSerializer(serializers.ModelSerializer[CaseEvent]):
    actor = PersonSerializer(read_only=True, allow_null=True)
    facts = serializers.SerializerMethodField()

    class Meta:
        model = CaseEvent
        fields = ["kind", "at", "actor", "text", "facts"]

    @extend_schema_field(ValuesField())
    def get_facts(self, event: CaseEvent) -> dict[str, Any]:
        """Without the key of the assessment, which means nothing outside."""
        return {name: value for name, value in event.facts.items() if name != "assessment"}


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    lane = LaneSerializer(read_only=True, allow_null=True)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=Reason.choices), read_only=True)
    assessment = serializers.UUIDField(source="assessment.ref", read_only=True)
    passed_to = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)  # type: ignore[var-annotated]  # read only: no queryset to take a type from
    decided_by = PersonSerializer(read_only=True)

    class Meta:
        model = Decision
        fields = [
            "ref", "kind", "reasons", "note", "lane", "assessment", "overrides", "override_reason", "passed_to",
            "decided_by", "decided_at",
        ]  # fmt: skip


class ConsignmentBriefSerializer(serializers.ModelSerializer[Consignment]):
    class Meta:
        model = Consignment
        fields = ["ref", "document_type", "document_no"]


class CaseDetailSerializer(CaseSerializer):
    assessment = AssessmentSerializer(read_only=True, help_text="The latest.")
    decided_assessment = serializers.UUIDField(
        source="decided_assessment.ref", read_only=True, allow_null=True, default=None
    )
    consignments = ConsignmentBriefSerializer(many=True, read_only=True)
    visits = VisitBriefSerializer(many=True, read_only=True)
    decisions = DecisionSerializer(many=True, read_only=True)
    holds = HoldSerializer(many=True, read_only=True)
    referrals = ReferralSerializer(many=True, read_only=True)
    events = EventSerializer(many=True, read_only=True)

    class Meta(CaseSerializer.Meta):
        fields = [
            *CaseSerializer.Meta.fields, "assessment", "decided_assessment", "consignments", "visits", "decisions",
            "holds", "referrals", "events",
        ]  # fmt: skip


class TakeOverSerializer(serializers.Serializer[dict[str, str]]):
    reason = serializers.CharField(max_length=TEXT, required=False, default="", allow_blank=True)


class NeverArrivedSerializer(serializers.Serializer[dict[str, str]]):
    note = serializers.CharField(max_length=TEXT, help_text="How one knows that it never came.")


class CommentSerializer(serializers.Serializer[dict[str, str]]):
    text = serializers.CharField(max_length=TEXT)


class NewDecisionSerializer(serializers.Serializer[dict[str, Any]]):
    """A decision to take. What each kind needs beside its reasons is told in the errors of a refusal."""

    kind = serializers.ChoiceField(choices=DecisionKind.choices)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=Reason.choices), max_length=20)
    note = serializers.CharField(max_length=TEXT, default="", allow_blank=True)
    override_reason = serializers.CharField(
        max_length=TEXT, default="", allow_blank=True, help_text="Needed for another lane than recommended."
    )
    method = serializers.ChoiceField(
        choices=Method.choices, allow_null=True, default=None, help_text="How to examine what is held."
    )
    visits = serializers.ListField(
        child=serializers.UUIDField(),
        allow_null=True,
        default=None,
        max_length=1000,
        help_text="Equipment to hold; all of the case where not said.",
    )
    notice = serializers.CharField(
        max_length=TEXT, default="", allow_blank=True, help_text="What the operator is to read."
    )
    authority = serializers.CharField(max_length=120, default="", allow_blank=True)
    grounds = serializers.CharField(max_length=TEXT, default="", allow_blank=True, help_text="Stays inside.")
    instructions = serializers.CharField(
        max_length=TEXT, default="", allow_blank=True, help_text="For those who examine."
    )
    pass_to = serializers.CharField(max_length=16, default="", allow_blank=True, help_text="Unit code.")


class NewHoldSerializer(serializers.Serializer[dict[str, Any]]):
    """Equipment to hold, whatever is decided of the case."""

    visits = serializers.ListField(child=serializers.UUIDField(), max_length=1000, help_text="Equipment of the case.")
    notice = serializers.CharField(max_length=TEXT, help_text="What the operator is to read.")
    authority = serializers.CharField(max_length=120)
    grounds = serializers.CharField(max_length=TEXT, default="", allow_blank=True, help_text="Stays inside.")
