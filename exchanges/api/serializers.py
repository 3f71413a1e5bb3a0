"""Warnings over the API: what both sides read, the case for the sender alone, and bodies of what is done."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exchanges.body import WarningBody
from exchanges.choices import Action, Answer, Located, RequestedAction, Urgency, WhyNot
from exchanges.models import Clock, Feedback, Message, PartnerWarning
from exchanges.services.composing import PROSE_LENGTH, SUBJECT_LENGTH
from pcu.accounts.handling import Handling
from pcu.accounts.roles import Agency, Capability
from profiling.api.serializers.shared import PersonSerializer, UnitCodeField
from profiling.cargo.choices import PartyRole
from profiling.cases.choices import Commodity
from profiling.lookouts.choices import Action as LookoutAction
from profiling.lookouts.choices import Kind


def _body_schema() -> dict[str, Any]:
    """The schema of a body with its parts written out, for OpenAPI knows no `$defs`."""
    schema = WarningBody.model_json_schema()
    parts = schema.pop("$defs")

    def resolved(node: Any) -> Any:
        if isinstance(node, list):
            return [resolved(one) for one in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return resolved(parts[node["$ref"].rsplit("/", 1)[1]])
        if "anyOf" in node and {"type": "null"} in node["anyOf"]:
            (said,) = [one for one in node["anyOf"] if one != {"type": "null"}]
            return {**resolved(said), "nullable": True}
        kept = {name: resolved(value) for name, value in node.items() if name not in ("title", "default", "const")}
        return kept | ({"enum": [node["const"]]} if "const" in node else {})

    found: dict[str, Any] = resolved(schema)
    return found


@extend_schema_field(_body_schema())
class BodyField(serializers.JSONField):
    """A body under its own schema."""


class ClockSerializer(serializers.ModelSerializer[Clock]):
    unit = UnitCodeField()

    class Meta:
        model = Clock
        fields = ["kind", "unit", "started_at", "due_at", "met_at", "void_at"]


class FeedbackSerializer(serializers.ModelSerializer[Feedback]):
    given_by = PersonSerializer(read_only=True)
    supersedes = serializers.UUIDField(source="supersedes.ref", read_only=True, allow_null=True, default=None)
    equipment = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Feedback
        fields = [
            "ref", "supersedes", "located", "located_at", "action", "result", "why_not", "equipment", "commodity",
            "quantity", "seized", "useful", "new_facts", "given_by", "given_at",
        ]  # fmt: skip


class WarningSerializer(serializers.ModelSerializer[PartnerWarning]):
    from_unit = UnitCodeField()
    to_unit = UnitCodeField()
    thread = serializers.UUIDField(source="thread.ref", read_only=True)
    subject = serializers.CharField(source="thread.subject", read_only=True)
    agency = serializers.ChoiceField(
        source="thread.agency",
        choices=Agency.choices,
        allow_blank=True,
        read_only=True,
        help_text="Empty: all agencies of the receiver.",
    )
    case = serializers.SerializerMethodField(help_text="For the side that warns; null for the other.")
    sent_by = PersonSerializer(read_only=True, allow_null=True)
    read_by = PersonSerializer(read_only=True, allow_null=True)
    acknowledged_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = PartnerWarning
        fields = [
            "ref", "number", "thread", "subject", "from_unit", "to_unit", "agency", "case", "urgency", "action",
            "handling", "state", "sent_by", "sent_at", "read_by", "read_at", "acknowledged_by", "acknowledged_at",
            "feedback_at", "recalled_at", "recall_reason", "expires_at", "expired_at", "created_at", "updated_at",
        ]  # fmt: skip

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_case(self, warning: PartnerWarning) -> Any:
        user = self.context["request"].user
        return warning.case.ref if user.scope.allows(Capability.READ, warning.from_unit_id) else None


class WarningDetailSerializer(WarningSerializer):
    body = BodyField(read_only=True)
    clocks = ClockSerializer(source="thread.clocks", many=True, read_only=True)
    feedback = FeedbackSerializer(many=True, read_only=True)

    class Meta(WarningSerializer.Meta):
        fields = [*WarningSerializer.Meta.fields, "body", "clocks", "feedback"]


class NewWarningSerializer(serializers.Serializer[Any]):
    """Written and sent at once, or kept as a draft with `send` false. Refs are those of the case's own cargo."""

    case = serializers.UUIDField(help_text="The case to warn from.")
    to_unit = serializers.CharField(max_length=16, help_text="Code of the unit to warn.")
    visits = serializers.ListField(child=serializers.UUIDField(), max_length=500, default=list)
    consignments = serializers.ListField(child=serializers.UUIDField(), max_length=500, default=list)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=PartyRole.choices), max_length=20, default=list,
        help_text="Of the firms to name.",
    )  # fmt: skip
    with_goods = serializers.BooleanField(default=True)
    with_route = serializers.BooleanField(default=True)
    with_persons = serializers.BooleanField(
        default=False, help_text="Name natural persons and contacts too; asks for `persons_reason`."
    )
    persons_reason = serializers.CharField(max_length=PROSE_LENGTH, allow_blank=True, default="")
    subject = serializers.CharField(max_length=SUBJECT_LENGTH)
    grounds = serializers.CharField(max_length=PROSE_LENGTH)
    action = serializers.ChoiceField(choices=RequestedAction.choices)
    urgency = serializers.ChoiceField(choices=Urgency.choices)
    handling = serializers.ChoiceField(choices=Handling.choices, default=Handling.RESTRICTED)
    agency = serializers.ChoiceField(choices=Agency.choices, allow_blank=True, default="")
    expires_at = serializers.DateTimeField()
    eta = serializers.DateTimeField(allow_null=True, default=None)
    send = serializers.BooleanField(default=True)


class NewFeedbackSerializer(serializers.Serializer[Any]):
    located = serializers.ChoiceField(choices=Located.choices)
    located_at = serializers.DateTimeField(allow_null=True, default=None)
    action = serializers.ChoiceField(choices=Action.choices)
    result = serializers.ChoiceField(choices=Answer.choices)
    why_not = serializers.ChoiceField(choices=WhyNot.choices, allow_blank=True, default="")
    equipment = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=500, default=list,
        help_text="Numbers of the body that the result is about.",
    )  # fmt: skip
    commodity = serializers.ChoiceField(choices=Commodity.choices, allow_blank=True, default="")
    quantity = serializers.CharField(max_length=240, allow_blank=True, default="")
    seized = serializers.BooleanField(default=False)
    useful = serializers.BooleanField(allow_null=True, default=None)
    new_facts = serializers.CharField(max_length=PROSE_LENGTH, allow_blank=True, default="")
    amends = serializers.UUIDField(
        allow_null=True, default=None, help_text="The feedback that this one takes the place of; null for the first."
    )


class RecallSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=PROSE_LENGTH, help_text="Both sides read it.")


class MessageSerializer(serializers.ModelSerializer[Message]):
    unit = serializers.CharField(source="unit.code", read_only=True, allow_null=True, default=None)
    author = PersonSerializer(read_only=True, allow_null=True)
    event = serializers.SerializerMethodField(help_text="Code of an event; empty for what people wrote.")
    only_for = serializers.CharField(source="only_for.code", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Message
        fields = ["ref", "kind", "unit", "author", "text", "event", "only_for", "at"]

    def get_event(self, message: Message) -> str:
        return str(message.facts.get("event", ""))


class NewMessageSerializer(serializers.Serializer[Any]):
    unit = serializers.CharField(max_length=16, help_text="Code of the side you write for.")
    text = serializers.CharField(max_length=PROSE_LENGTH)
    kind = serializers.ChoiceField(
        choices=[("text", "text"), ("question", "question"), ("note", "note")],
        default="text",
        help_text="A question waits for an answer; a note stays with the unit.",
    )


class WatchableSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Kind.choices)
    value = serializers.CharField(max_length=350, help_text="As the warning names it.")


class NewLookoutsSerializer(serializers.Serializer[Any]):
    chosen = WatchableSerializer(many=True)
    action = serializers.ChoiceField(choices=LookoutAction.choices, help_text="What a hit does.")
    expires_on = serializers.DateField()
