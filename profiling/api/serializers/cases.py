"""Cases, decisions, holds and referrals, for staff; and hold notices, for the operator's systems."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from pcu.accounts.models import Unit
from profiling.api.serializers.cargo import LaneSerializer
from profiling.cargo.models import Consignment, EquipmentVisit
from profiling.cases.choices import DecisionKind, Method, Reason
from profiling.cases.models import Case, CaseEvent, Decision, Hold, Referral

NOBODY: dict[str, Any] = {"allow_null": True, "default": None, "read_only": True}


class HoldSerializer(serializers.ModelSerializer):
    unit = serializers.SlugField(source="unit.code")
    case = serializers.UUIDField(source="case.ref")
    visit = serializers.UUIDField(source="visit.ref")
    equipment = serializers.CharField(source="visit.number")
    placed_by = serializers.CharField(source="placed_by.username")
    lifted_by = serializers.CharField(source="lifted_by.username", **NOBODY)

    class Meta:
        model = Hold
        fields = [
            "ref",
            "unit",
            "case",
            "visit",
            "equipment",
            "authority",
            "grounds",
            "notice",
            "state",
            "placed_by",
            "placed_at",
            "notified_at",
            "acknowledged_at",
            "acknowledged_by",
            "lifted_by",
            "lifted_at",
            "updated_at",
        ]


class HoldNoticeSerializer(serializers.ModelSerializer):
    """All that an operator is told of a hold."""

    equipment = serializers.CharField(source="visit.number")

    class Meta:
        model = Hold
        fields = [
            "ref",
            "equipment",
            "notice",
            "state",
            "placed_at",
            "notified_at",
            "acknowledged_at",
            "lifted_at",
            "updated_at",
        ]


class ReferralSerializer(serializers.ModelSerializer):
    """A request to examine. It does not tell a random draw from a rule."""

    unit = serializers.SlugField(source="unit.code")
    case = serializers.UUIDField(source="case.ref")
    created_by = serializers.CharField(source="created_by.username")

    class Meta:
        model = Referral
        fields = ["ref", "unit", "case", "method", "note", "state", "created_by", "created_at", "updated_at"]


class DecisionSerializer(serializers.ModelSerializer):
    lane = serializers.SlugField(source="lane.code", **NOBODY)
    assessment = serializers.UUIDField(source="assessment.ref")
    passed_to = serializers.SlugField(source="passed_to.code", **NOBODY)
    decided_by = serializers.CharField(source="decided_by.username")
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=Reason.choices))

    class Meta:
        model = Decision
        fields = [
            "ref",
            "kind",
            "reasons",
            "note",
            "lane",
            "assessment",
            "overrides",
            "override_reason",
            "passed_to",
            "decided_by",
            "decided_at",
        ]


class EventSerializer(serializers.ModelSerializer):
    actor = serializers.CharField(source="actor.username", **NOBODY)

    class Meta:
        model = CaseEvent
        fields = ["kind", "at", "actor", "text", "facts"]


class CaseConsignmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Consignment
        fields = ["ref", "document_type", "document_no", "issuer"]


class CaseVisitSerializer(serializers.ModelSerializer):
    class Meta:
        model = EquipmentVisit
        fields = ["ref", "kind", "number"]


class CaseSerializer(serializers.ModelSerializer):
    unit = serializers.SlugField(source="unit.code")
    working_unit = serializers.SlugField(source="working_unit.code")
    recommended_lane = LaneSerializer()
    decided_lane = LaneSerializer(allow_null=True)
    claimed_by = serializers.CharField(source="claimed_by.username", **NOBODY)

    class Meta:
        model = Case
        fields = [
            "ref",
            "number",
            "unit",
            "working_unit",
            "state",
            "origin",
            "recommended_lane",
            "decided_lane",
            "score",
            "due_at",
            "due_source",
            "equipment_number",
            "equipment_count",
            "consignee",
            "goods",
            "conveyance",
            "claimed_by",
            "claimed_until",
            "changed_since_decision",
            "withdrawn",
            "disposition",
            "version",
            "opened_at",
            "updated_at",
            "closed_at",
        ]


class CaseDetailSerializer(CaseSerializer):
    assessment = serializers.UUIDField(source="assessment.ref")
    decided_assessment = serializers.UUIDField(source="decided_assessment.ref", **NOBODY)
    consignments = CaseConsignmentSerializer(many=True)
    visits = CaseVisitSerializer(many=True)
    decisions = DecisionSerializer(many=True)
    holds = HoldSerializer(many=True)
    referrals = ReferralSerializer(many=True)
    events = EventSerializer(many=True)

    class Meta(CaseSerializer.Meta):
        fields = [
            *CaseSerializer.Meta.fields,
            "assessment",
            "decided_assessment",
            "consignments",
            "visits",
            "decisions",
            "holds",
            "referrals",
            "events",
        ]


# ---- what is taken


class CommentSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=10_000)


class TakeOverSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class LiftSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class AcknowledgeSerializer(serializers.Serializer):
    by = serializers.CharField(max_length=120, help_text="Who at the operator has understood the notice.")


class DecisionRequestSerializer(serializers.Serializer):
    """One decision. Which fields it needs depends on its kind; the service says what is missing, by field."""

    kind = serializers.ChoiceField(choices=DecisionKind.choices)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=Reason.choices), max_length=len(Reason))
    note = serializers.CharField(max_length=10_000, required=False, allow_blank=True, default="")
    override_reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    notice = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    authority = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    grounds = serializers.CharField(max_length=10_000, required=False, allow_blank=True, default="")
    instructions = serializers.CharField(max_length=10_000, required=False, allow_blank=True, default="")
    visits = serializers.SlugRelatedField(
        slug_field="ref",
        queryset=EquipmentVisit.objects.none(),
        many=True,
        required=False,
        allow_null=True,
        default=None,
        help_text="Refs of the equipment to hold; all of the case when absent.",
    )
    method = serializers.ChoiceField(choices=Method.choices, required=False, allow_null=True, default=None)
    pass_to = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Unit.objects.none(),
        required=False,
        allow_null=True,
        default=None,
        help_text="Code of the unit that takes the case.",
    )

    def __init__(self, *args: Any, visits: Any = None, units: Any = None, **kwargs: Any) -> None:
        """visits: querysets of the equipment, units: of the units to choose from; none for the schema."""
        super().__init__(*args, **kwargs)
        if visits is not None:
            self.fields["visits"].child_relation.queryset = visits
        if units is not None:
            self.fields["pass_to"].queryset = units
