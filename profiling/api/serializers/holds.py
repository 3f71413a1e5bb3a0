"""Holds and referrals as staff see them, and hold notices as operators do."""

from __future__ import annotations

from rest_framework import serializers

from profiling.api.serializers.cargo import VisitBriefSerializer
from profiling.api.serializers.shared import PersonSerializer, UnitCodeField
from profiling.cargo.choices import EquipmentKind
from profiling.cases.models import Hold, Referral


class HoldSerializer(serializers.ModelSerializer[Hold]):
    unit = UnitCodeField()
    case = serializers.UUIDField(source="case.ref", read_only=True)
    equipment = VisitBriefSerializer(source="visit", read_only=True)
    placed_by = PersonSerializer(read_only=True)
    lifted_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Hold
        fields = [
            "ref", "unit", "case", "equipment", "authority", "grounds", "notice", "state", "placed_by", "placed_at",
            "notified_at", "acknowledged_at", "acknowledged_by", "lifted_by", "lifted_at", "updated_at",
        ]  # fmt: skip


class LiftedSerializer(serializers.Serializer[dict[str, object]]):
    """lifted_now is false when the hold had been lifted before."""

    lifted_now = serializers.BooleanField()
    hold = HoldSerializer()


class ReferralSerializer(serializers.ModelSerializer[Referral]):
    unit = UnitCodeField()
    case = serializers.UUIDField(source="case.ref", read_only=True)
    created_by = PersonSerializer(read_only=True)

    class Meta:
        model = Referral
        fields = ["ref", "unit", "case", "method", "note", "state", "created_by", "created_at", "updated_at"]


class HoldNoticeSerializer(serializers.ModelSerializer[Hold]):
    """What an operator reads of a hold: never the case, the grounds, the authority or who placed it."""

    unit = UnitCodeField()
    equipment = serializers.CharField(source="visit.number", read_only=True, help_text="Number as normalised.")
    equipment_as_written = serializers.CharField(source="visit.number_as_written", read_only=True)
    equipment_kind = serializers.ChoiceField(source="visit.kind", choices=EquipmentKind.choices, read_only=True)

    class Meta:
        model = Hold
        fields = [
            "ref", "unit", "equipment", "equipment_as_written", "equipment_kind", "notice", "state", "placed_at",
            "notified_at", "acknowledged_at", "acknowledged_by", "lifted_at", "updated_at",
        ]  # fmt: skip


class AcknowledgementSerializer(serializers.Serializer[dict[str, str]]):
    by = serializers.CharField(max_length=120, help_text="Who at the operator acknowledges.")
