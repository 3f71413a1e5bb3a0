"""Examinations as they are told and as they are recorded."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inspections.choices import PhotoKind, PointState, ReasonToInspect, State
from inspections.completeness import problems
from inspections.lines import REASON_LENGTH
from inspections.models import AppliedChange, Inspection, InspectionLine, PersonPresent, Photo, SealRecord, TeamMember
from inspections.teams import MOST
from pcu.accounts.roles import Agency
from profiling.api.serializers.cargo import VisitBriefSerializer
from profiling.api.serializers.refusals import InvalidRequestSerializer
from profiling.api.serializers.shared import PersonSerializer, UnitCodeField
from profiling.cases.choices import Method

TEXT = 4000
MOST_CHANGES = 200


class MemberSerializer(serializers.ModelSerializer[TeamMember]):
    user = PersonSerializer(read_only=True)

    class Meta:
        model = TeamMember
        fields = ["user", "agency", "leads"]


class PersonPresentSerializer(serializers.ModelSerializer[PersonPresent]):
    class Meta:
        model = PersonPresent
        fields = ["name", "capacity"]


class SealRecordSerializer(serializers.ModelSerializer[SealRecord]):
    class Meta:
        model = SealRecord
        fields = ["ref", "event", "number", "condition", "by", "at", "note"]


class PhotoSerializer(serializers.ModelSerializer[Photo]):
    inspection = serializers.UUIDField(source="inspection.ref", read_only=True)
    line = serializers.UUIDField(source="line.ref", read_only=True, allow_null=True, default=None)
    seal = serializers.UUIDField(source="seal.ref", read_only=True, allow_null=True, default=None)
    uploaded_by = PersonSerializer(read_only=True)

    class Meta:
        model = Photo
        fields = [
            "ref", "inspection", "line", "seal", "kind", "caption", "sha256", "size", "width", "height", "taken_at",
            "uploaded_by", "uploaded_at", "removed_at", "upload_id",
        ]  # fmt: skip
        read_only_fields = fields


class MethodDoneSerializer(serializers.Serializer[dict[str, Any]]):
    done = serializers.BooleanField()
    started = serializers.CharField(allow_null=True, help_text="ISO 8601, to the minute, in the unit's zone.")
    ended = serializers.CharField(allow_null=True)
    device = serializers.CharField()
    serial = serializers.CharField()
    handler = serializers.CharField()
    dog = serializers.CharField()
    note = serializers.CharField()


class PointSerializer(serializers.Serializer[dict[str, Any]]):
    state = serializers.ChoiceField(choices=[("", "not looked at"), *PointState.choices])
    note = serializers.CharField()


class LineSerializer(serializers.ModelSerializer[InspectionLine]):
    equipment = VisitBriefSerializer(source="visit", read_only=True)
    methods = serializers.DictField(child=MethodDoneSerializer(), read_only=True, help_text="By method.")
    points = serializers.DictField(child=PointSerializer(), read_only=True, help_text="By point.")
    seals = SealRecordSerializer(many=True, read_only=True)
    found_in = serializers.UUIDField(source="found_in.ref", read_only=True, allow_null=True, default=None)

    class Meta:
        model = InspectionLine
        fields = [
            "ref", "equipment", "methods", "points", "packages_declared", "packages_found", "counted_how",
            "gross_declared_kg", "gross_found_kg", "weighed_how", "weighing_note", "difference_note", "radiation_usvh",
            "radiation_background_usvh", "radiation_device", "findings", "photos_note", "result", "found_in", "seals",
            "updated_at",
        ]  # fmt: skip


class InspectionSerializer(serializers.ModelSerializer[Inspection]):
    unit = UnitCodeField()
    case = serializers.UUIDField(source="case.ref", read_only=True)
    referral = serializers.UUIDField(source="referral.ref", read_only=True, allow_null=True, default=None)
    state = serializers.ChoiceField(choices=State.choices, read_only=True)
    created_by = PersonSerializer(read_only=True)

    class Meta:
        model = Inspection
        fields = [
            "ref", "number", "unit", "case", "referral", "reason", "asked_method", "instructions", "place",
            "planned_for", "started_at", "ended_at", "state", "remarks", "damage", "version", "created_by",
            "created_at", "updated_at",
        ]  # fmt: skip


class LackSerializer(serializers.Serializer[dict[str, Any]]):
    line = serializers.CharField(help_text="Ref of the line; empty for the act itself.")
    field = serializers.CharField()
    message = serializers.CharField(help_text="In the language of the request.")


class LeftOutSerializer(serializers.Serializer[dict[str, Any]]):
    visit = serializers.UUIDField()
    equipment = serializers.CharField(help_text="Number of the equipment.")
    why = serializers.CharField()


class InspectionDetailSerializer(InspectionSerializer):
    team = MemberSerializer(many=True, read_only=True)
    present = PersonPresentSerializer(many=True, read_only=True)
    lines = LineSerializer(many=True, read_only=True)
    photos = PhotoSerializer(many=True, read_only=True)
    left_out = serializers.SerializerMethodField(help_text="Equipment of the case that is not examined, and why.")
    missing = serializers.SerializerMethodField(help_text="What it lacks before it can be submitted.")

    class Meta(InspectionSerializer.Meta):
        fields = [*InspectionSerializer.Meta.fields, "team", "present", "lines", "left_out", "photos", "missing"]

    @extend_schema_field(LeftOutSerializer(many=True))
    def get_left_out(self, inspection: Inspection) -> Any:
        return [{"visit": ref, **told} for ref, told in sorted(inspection.left_out.items())]

    @extend_schema_field(LackSerializer(many=True))
    def get_missing(self, inspection: Inspection) -> Any:
        return problems(inspection)


# ---- what is sent


class NewMemberSerializer(serializers.Serializer[dict[str, Any]]):
    user = serializers.UUIDField()
    agency = serializers.ChoiceField(
        choices=Agency.choices, default="", allow_blank=True, help_text="The first they serve where not said."
    )
    leads = serializers.BooleanField(default=False)


class NewPersonPresentSerializer(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField(max_length=120)
    capacity = serializers.CharField(max_length=120, default="", allow_blank=True)


class PlanSerializer(serializers.Serializer[dict[str, Any]]):
    """From an open referral, or of a case in work: then with reason, why and method."""

    referral = serializers.UUIDField(allow_null=True, default=None)
    case = serializers.UUIDField(allow_null=True, default=None)
    reason = serializers.ChoiceField(choices=ReasonToInspect.choices, default="", allow_blank=True)
    why = serializers.CharField(max_length=TEXT, default="", allow_blank=True)
    method = serializers.ChoiceField(choices=Method.choices, default="", allow_blank=True)
    place = serializers.CharField(max_length=120, default="", allow_blank=True)
    planned_for = serializers.DateTimeField(allow_null=True, default=None)
    team = serializers.ListField(child=NewMemberSerializer(), max_length=MOST)
    present = serializers.ListField(child=NewPersonPresentSerializer(), max_length=MOST, default=list)


class ChangeSerializer(serializers.Serializer[dict[str, Any]]):
    """One change of one field. `base` is the value it rests on; where another stands, nothing is written."""

    id = serializers.UUIDField(help_text="Made by the sender; the same again is answered as before.")
    line = serializers.CharField(max_length=36, default="", allow_blank=True, help_text="Empty for the act itself.")
    field = serializers.CharField(
        max_length=60,
        help_text="packages_found, methods.scan, points.floor, seals.<uuid>, …; time, place, team … of the act.",
    )
    value = serializers.JSONField(allow_null=True)
    base = serializers.JSONField(allow_null=True, default=None)
    tablet = serializers.UUIDField(allow_null=True, default=None)
    turn = serializers.IntegerField(
        min_value=0,
        max_value=2**53,
        default=0,
        help_text="Counts up on one tablet: of two of its changes the later stands.",
    )


class ChangesSerializer(serializers.Serializer[dict[str, Any]]):
    changes = serializers.ListField(child=ChangeSerializer(), min_length=1, max_length=MOST_CHANGES)


@extend_schema_field(OpenApiTypes.ANY)
class AnyField(serializers.JSONField):
    """Whatever a field holds."""


class ChangeAnswerSerializer(serializers.Serializer[dict[str, Any]]):
    id = serializers.UUIDField()
    line = serializers.CharField()
    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the body, not the framework's
    outcome = serializers.ChoiceField(choices=AppliedChange.Outcome.choices)
    code = serializers.CharField(help_text="Why it was not made; stable, for programs.")
    message = serializers.CharField(help_text="The same for people.")
    value = AnyField(allow_null=True, help_text="What stands now.")
    shown = serializers.CharField(help_text="What stands now, in words.")
    yours = serializers.CharField(help_text="What was sent, in words.")
    by = serializers.CharField(help_text="After a conflict: who wrote what stands.")
    at = serializers.CharField()
    hint = serializers.CharField(help_text="What will be asked for on submitting.")


class AnswersSerializer(serializers.Serializer[dict[str, Any]]):
    answers = ChangeAnswerSerializer(many=True)
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=State.choices)
    missing = LackSerializer(many=True)


class CrewSerializer(serializers.Serializer[dict[str, Any]]):
    """What is left out stays."""

    team = serializers.ListField(child=NewMemberSerializer(), max_length=MOST, required=False)
    present = serializers.ListField(child=NewPersonPresentSerializer(), max_length=MOST, required=False)


class NewLineSerializer(serializers.Serializer[dict[str, Any]]):
    visit = serializers.UUIDField(help_text="Ref of a piece of equipment of the case.")


class LeaveOutSerializer(serializers.Serializer[dict[str, Any]]):
    line = serializers.UUIDField(help_text="Ref of a line on which nothing stands.")
    reason = serializers.CharField(max_length=REASON_LENGTH)


class DropSerializer(serializers.Serializer[dict[str, str]]):
    reason = serializers.CharField(max_length=TEXT)


class NewPhotoSerializer(serializers.Serializer[dict[str, Any]]):
    """The query of an upload; the body is the picture."""

    kind = serializers.ChoiceField(choices=PhotoKind.choices)
    line = serializers.UUIDField(required=False, allow_null=True, default=None)
    seal = serializers.UUIDField(required=False, allow_null=True, default=None)
    caption = serializers.CharField(max_length=240, required=False, default="", allow_blank=True)
    upload_id = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Made by the sender; the same again is stored once."
    )


class InvalidPhotoSerializer(InvalidRequestSerializer):
    """attr: "kind", "line", "seal", "caption", "upload_id"; "body" for what is no picture or too large to unpack."""
