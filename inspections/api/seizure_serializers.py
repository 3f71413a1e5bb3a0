"""Seizures and what hangs on them, as the API tells and takes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inspections import custody, links
from inspections.custody import REASON_LENGTH
from inspections.models import Handover, Link, ListedWord, Sample, Seizure, Signature
from inspections.seizure_checks import TEXTS
from pcu.accounts.handling import Handling
from pcu.accounts.models import User
from profiling.api.serializers.cargo import VisitBriefSerializer
from profiling.api.serializers.shared import PersonSerializer, UnitCodeField
from profiling.cases.choices import Commodity


class ListedWordSerializer(serializers.ModelSerializer[ListedWord]):
    label = serializers.CharField(read_only=True, help_text="In the language of the request.")  # type: ignore[assignment]  # a field of the body, not the framework's
    labels = serializers.DictField(child=serializers.CharField(), read_only=True)
    country = serializers.CharField(source="unit.code", read_only=True)

    class Meta:
        model = ListedWord
        fields = ["ref", "country", "list", "code", "label", "labels", "rank", "retired_at"]


class NewWordSerializer(serializers.Serializer[dict[str, Any]]):
    country = serializers.CharField(max_length=16, help_text="Code of the country.")
    list = serializers.ChoiceField(choices=ListedWord.List.choices)
    labels = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=80))


class WordChangeSerializer(serializers.Serializer[dict[str, Any]]):
    """What is left out stays."""

    labels = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=80), required=False)
    retired = serializers.BooleanField(required=False)
    move = serializers.ChoiceField(choices=["up", "down"], required=False)


class LinkSerializer(serializers.Serializer[links.Shown]):
    """Of a person whose name is withheld, name, identifier and note are empty."""

    ref = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Link.Kind.choices)
    name = serializers.CharField()
    part = serializers.CharField()
    identifier = serializers.CharField()
    note = serializers.CharField()
    party = serializers.CharField(help_text="Ref of the firm, or empty.")
    is_withheld = serializers.BooleanField()


class NewLinkSerializer(serializers.Serializer[dict[str, Any]]):
    kind = serializers.ChoiceField(choices=Link.Kind.choices)
    name = serializers.CharField(max_length=350)
    part = serializers.CharField(max_length=80, default="", allow_blank=True)
    identifier = serializers.CharField(max_length=80, default="", allow_blank=True)
    note = serializers.CharField(max_length=2000, default="", allow_blank=True)


class SampleSerializer(serializers.ModelSerializer[Sample]):
    seizure = serializers.UUIDField(source="seizure.ref", read_only=True)
    verdict = serializers.CharField(read_only=True, help_text="confirms, denies or open; empty: no result yet.")

    class Meta:
        model = Sample
        fields = [
            "ref", "seizure", "bag", "description", "laboratory", "sent_at", "due_on", "verdict", "result",
            "reported_on",
        ]  # fmt: skip
        read_only_fields = fields


class NewSampleSerializer(serializers.Serializer[dict[str, Any]]):
    bag = serializers.CharField(max_length=40)
    description = serializers.CharField(max_length=240)
    laboratory = serializers.CharField(max_length=160, default="", allow_blank=True)
    sent_at = serializers.DateTimeField(default=None, allow_null=True)
    due_on = serializers.DateField(default=None, allow_null=True)


class ResultSerializer(serializers.Serializer[dict[str, Any]]):
    verdict = serializers.ChoiceField(choices=Sample.Verdict.choices)
    result = serializers.CharField(max_length=4000)
    reported_on = serializers.DateField()


class SignatureSerializer(serializers.ModelSerializer[Signature]):
    class Meta:
        model = Signature
        fields = ["side", "name", "paper_sha256", "reason", "at", "digest"]


class HandoverSerializer(serializers.ModelSerializer[Handover]):
    seizure = serializers.UUIDField(source="seizure.ref", read_only=True)
    giver = serializers.CharField(read_only=True)
    receiver = serializers.CharField(read_only=True)
    signatures = SignatureSerializer(many=True, read_only=True)

    class Meta:
        model = Handover
        fields = [
            "ref", "seizure", "number", "what", "quantity", "quantity_unit", "seal", "place", "giver", "giver_agency",
            "receiver", "receiver_agency", "at", "digest", "signatures",
        ]  # fmt: skip


class NewHandoverSerializer(serializers.Serializer[dict[str, Any]]):
    """giver and receiver by ref; a receiver without a sign-in by name and agency. giver is left out only where
    somebody without a sign-in holds the goods."""

    what = serializers.CharField(max_length=350)
    place = serializers.CharField(max_length=160)
    giver = serializers.UUIDField(default=None, allow_null=True)
    receiver = serializers.UUIDField(default=None, allow_null=True)
    receiver_name = serializers.CharField(max_length=160, default="", allow_blank=True)
    receiver_agency = serializers.CharField(max_length=120, default="", allow_blank=True)
    seal = serializers.CharField(max_length=60, default="", allow_blank=True)
    quantity = serializers.DecimalField(max_digits=18, decimal_places=3, default=None, allow_null=True)
    quantity_unit = serializers.CharField(max_length=12, default="", allow_blank=True)


class NewSignatureSerializer(serializers.Serializer[dict[str, Any]]):
    """By password of the person who signs, by the photograph (ref) of a signed paper, or with a reason by a supervisor
    in the place of a giver who can sign in no more."""

    side = serializers.ChoiceField(choices=Signature.Side.choices)
    password = serializers.CharField(max_length=200, default="", allow_blank=True, trim_whitespace=False)
    paper = serializers.UUIDField(default=None, allow_null=True)
    reason = serializers.CharField(max_length=REASON_LENGTH, default="", allow_blank=True)


class CustodiansSerializer(serializers.Serializer[dict[str, Any]]):
    givers = PersonSerializer(many=True)
    receivers = PersonSerializer(many=True)


class AccountSerializer(serializers.Serializer[dict[str, Any]]):
    """What is told of a seizure. facts: by the commodity's template, see /commodity-templates/."""

    commodity = serializers.ChoiceField(choices=Commodity.choices)
    facts = serializers.DictField()
    seized_at = serializers.DateTimeField()
    quantity = serializers.DecimalField(
        max_digits=18, decimal_places=3, default=None, allow_null=True, help_text="Null: what the rows add up to."
    )
    quantity_unit = serializers.CharField(max_length=12)
    declared_as = serializers.CharField(max_length=TEXTS["declared_as"], default="", allow_blank=True)
    declared_quantity = serializers.DecimalField(max_digits=18, decimal_places=3, default=None, allow_null=True)
    value = serializers.DecimalField(max_digits=18, decimal_places=2, default=None, allow_null=True)
    value_currency = serializers.CharField(max_length=3, default="", allow_blank=True, help_text="ISO 4217.")
    value_basis = serializers.CharField(max_length=TEXTS["value_basis"], default="", allow_blank=True)
    place = serializers.CharField(max_length=40, help_text="Code of a word of the list of places.")
    concealment = serializers.CharField(max_length=40, help_text="Code of a word of the list of methods.")
    cover_load = serializers.BooleanField(default=False)
    detections = serializers.ListField(child=serializers.CharField(max_length=40), max_length=30)
    description = serializers.CharField(max_length=TEXTS["description"], default="", allow_blank=True)
    handling = serializers.ChoiceField(choices=Handling.choices, default=Handling.RESTRICTED)
    consignment = serializers.UUIDField(default=None, allow_null=True)


class NewSeizureSerializer(AccountSerializer):
    line = serializers.UUIDField(help_text="Ref of the line of the inspection.")


class DisposalSerializer(serializers.Serializer[dict[str, Any]]):
    disposal = serializers.CharField(max_length=2000, allow_blank=True)


class SeizureSerializer(serializers.ModelSerializer[Seizure]):
    unit = UnitCodeField()
    case = serializers.UUIDField(source="case.ref", read_only=True)
    inspection = serializers.UUIDField(source="inspection.ref", read_only=True)
    line = serializers.UUIDField(source="line.ref", read_only=True)
    equipment = VisitBriefSerializer(source="line.visit", read_only=True)
    consignment = serializers.UUIDField(source="consignment.ref", read_only=True, allow_null=True, default=None)
    place = serializers.CharField(source="place.code", read_only=True, allow_null=True, default=None)
    concealment = serializers.CharField(source="concealment.code", read_only=True, allow_null=True, default=None)
    detections = serializers.SerializerMethodField()
    facts = serializers.DictField(read_only=True)
    created_by = PersonSerializer(read_only=True)

    class Meta:
        model = Seizure
        fields = [
            "ref", "number", "unit", "case", "inspection", "line", "equipment", "consignment", "commodity",
            "template_version", "facts", "declared_as", "declared_quantity", "quantity", "quantity_unit", "value",
            "value_currency", "value_basis", "place", "concealment", "cover_load", "detections", "description",
            "handling", "seized_at", "disposal", "version", "created_by", "created_at", "updated_at", "removed_at",
        ]  # fmt: skip

    def get_detections(self, seizure: Seizure) -> list[str]:
        return [word.code for word in seizure.detections.all()]


class SeizureDetailSerializer(SeizureSerializer):
    links = serializers.SerializerMethodField()
    samples = SampleSerializer(many=True, read_only=True)
    handovers = HandoverSerializer(many=True, read_only=True)
    chain_broken_at = serializers.SerializerMethodField(help_text="First hand-over that does not fit, null for none.")

    class Meta(SeizureSerializer.Meta):
        fields = [*SeizureSerializer.Meta.fields, "links", "samples", "handovers", "chain_broken_at"]

    @extend_schema_field(LinkSerializer(many=True))
    def get_links(self, seizure: Seizure) -> Any:
        user: User = self.context["request"].user
        shown = links.shown(list(seizure.links.all()), user, seizure.unit_id)
        return [LinkSerializer(link).data for link in shown]

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_chain_broken_at(self, seizure: Seizure) -> int | None:
        return custody.verify_chain(seizure)


class TemplateQuerySerializer(serializers.Serializer[Any]):
    commodity = serializers.ChoiceField(choices=Commodity.choices, required=False, help_text="Only of this one.")


class TemplateFieldSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField(help_text="In the language of the request.")  # type: ignore[assignment]  # a field of the body, not the framework's
    kind = serializers.CharField(help_text="text, choice, number, count, yes_no, date, country or currency.")
    required = serializers.BooleanField()  # type: ignore[assignment]  # a field of the body, not the framework's
    needed_if = serializers.ListField(child=serializers.CharField(), help_text="Field and code that ask for it.")
    choices = serializers.DictField(child=serializers.CharField(), help_text="Code to label.")
    unit = serializers.CharField()


class TemplateItemsSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the body, not the framework's
    fields = TemplateFieldSerializer(many=True)  # type: ignore[assignment]  # a field of the body, not the framework's
    sums = serializers.DictField(child=serializers.CharField(), help_text="Field of a row to the unit it adds up in.")


class TemplateSerializer(serializers.Serializer[Any]):
    """What is asked of one commodity; rows are sent as facts.items."""

    commodity = serializers.ChoiceField(choices=Commodity.choices)
    version = serializers.IntegerField()
    units = serializers.DictField(child=serializers.CharField(), help_text="Code to label, the usual first.")
    fields = TemplateFieldSerializer(many=True)  # type: ignore[assignment]  # a field of the body, not the framework's
    items = TemplateItemsSerializer(allow_null=True)
