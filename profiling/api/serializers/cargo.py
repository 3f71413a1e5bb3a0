"""Consignments with their versions, and equipment visits with what was said of them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from profiling.api.serializers.shared import UnitCodeField
from profiling.cargo.models import (
    CargoDocument,
    Consignment,
    ConsignmentVersion,
    ConveyanceCall,
    EquipmentVisit,
    GoodsItem,
    Loading,
    MovementEvent,
    PartyMention,
    Placement,
    SealObservation,
    VisitStatement,
)


class CallSerializer(serializers.ModelSerializer[ConveyanceCall]):
    eta_precision = serializers.CharField(source="eta_said.precision", default="", read_only=True)

    class Meta:
        model = ConveyanceCall
        fields = [
            "ref", "mode", "identifier", "identifier_type", "name", "voyage", "flag", "departure_code",
            "departure_name", "arrival_code", "arrival_name", "etd", "eta", "eta_precision",
        ]  # fmt: skip


class VisitBriefSerializer(serializers.ModelSerializer[EquipmentVisit]):
    class Meta:
        model = EquipmentVisit
        fields = ["ref", "kind", "number"]


class DangerousSerializer(serializers.Serializer[dict[str, str]]):
    un_number = serializers.CharField()
    hazard_class = serializers.CharField()
    regime = serializers.CharField()


class ItemSerializer(serializers.ModelSerializer[GoodsItem]):
    dangerous = DangerousSerializer(many=True, read_only=True)

    class Meta:
        model = GoodsItem
        fields = [
            "line", "description", "marks", "packages", "package_code", "package_text", "commodity_scheme",
            "commodity_edition", "commodity_code", "commodity_source", "gross_kg", "net_kg", "volume_m3", "value",
            "currency", "origin", "dangerous",
        ]  # fmt: skip


class MentionSerializer(serializers.ModelSerializer[PartyMention]):
    party = serializers.SlugRelatedField(slug_field="ref", read_only=True, allow_null=True)  # type: ignore[var-annotated]  # read only: no queryset to take a type from

    class Meta:
        model = PartyMention
        fields = ["role", "name", "address", "city", "postcode", "country", "tax_id", "code", "contact", "party"]


class LoadingSerializer(serializers.ModelSerializer[Loading]):
    visit = VisitBriefSerializer(read_only=True)

    class Meta:
        model = Loading
        fields = ["visit", "packages", "gross_kg"]


class DocumentSerializer(serializers.ModelSerializer[CargoDocument]):
    date = serializers.CharField(source="dated.source", default="", read_only=True, help_text="As written.")

    class Meta:
        model = CargoDocument
        fields = ["kind", "number", "date"]


VERSION_FIELDS = [
    "number", "function", "manifest_number", "manifest", "line", "direction", "procedure", "ucr", "loading_code",
    "loading_name", "discharge_code", "discharge_name", "receipt_code", "receipt_name", "delivery_code",
    "delivery_name", "origin_country", "destination_country", "gross_kg", "packages", "volume_m3", "value", "currency",
    "freight", "freight_currency", "freight_terms", "received_at",
]  # fmt: skip


class VersionSerializer(serializers.ModelSerializer[ConsignmentVersion]):
    manifest = serializers.UUIDField(source="submission.ref", read_only=True, help_text="The push that said it.")

    class Meta:
        model = ConsignmentVersion
        fields = VERSION_FIELDS


class VersionDetailSerializer(VersionSerializer):
    items = ItemSerializer(many=True, read_only=True)
    mentions = MentionSerializer(many=True, read_only=True)
    loadings = LoadingSerializer(many=True, read_only=True)
    documents = DocumentSerializer(many=True, read_only=True)

    class Meta(VersionSerializer.Meta):
        fields = [*VERSION_FIELDS, "items", "mentions", "loadings", "documents"]


class ConsignmentSerializer(serializers.ModelSerializer[Consignment]):
    unit = UnitCodeField()
    call = CallSerializer(read_only=True)
    master = serializers.UUIDField(source="master.ref", read_only=True, allow_null=True, default=None)
    current = VersionSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Consignment
        fields = [
            "ref", "unit", "issuer", "document_type", "document_no", "master_no", "master", "call", "current",
            "created_at", "updated_at",
        ]  # fmt: skip


class ConsignmentDetailSerializer(ConsignmentSerializer):
    versions = VersionDetailSerializer(many=True, read_only=True)

    class Meta(ConsignmentSerializer.Meta):
        fields = [*ConsignmentSerializer.Meta.fields, "versions"]


class StatementSerializer(serializers.ModelSerializer[VisitStatement]):
    manifest = serializers.UUIDField(source="submission.ref", read_only=True)
    dangerous = serializers.SerializerMethodField(help_text="Stowed in it, as a stowage plan told.")

    class Meta:
        model = VisitStatement
        fields = [
            "manifest",
            "size_type",
            "fill",
            "tare_kg",
            "gross_kg",
            "vgm_kg",
            "temperature_c",
            "stowage",
            "dangerous",
            "received_at",
        ]

    @extend_schema_field(DangerousSerializer(many=True))
    def get_dangerous(self, statement: VisitStatement) -> Any:
        return statement.stated.get("dangerous", [])


class SealSerializer(serializers.ModelSerializer[SealObservation]):
    class Meta:
        model = SealObservation
        fields = ["number", "number_as_written", "party", "event", "observer", "observed_at"]


class PlacementSerializer(serializers.ModelSerializer[Placement]):
    carrier = VisitBriefSerializer(read_only=True)

    class Meta:
        model = Placement
        fields = ["carrier", "from_code", "from_name", "to_code", "to_name", "received_at"]


class MovementSerializer(serializers.ModelSerializer[MovementEvent]):
    at_precision = serializers.CharField(source="at_said.precision", default="", read_only=True)
    seals = serializers.ListField(child=serializers.CharField(), read_only=True)
    documents = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = MovementEvent
        fields = [
            "event", "at", "at_precision", "place_code", "place_name", "fill", "gross_kg", "vgm_kg", "carried_on",
            "seals", "documents", "observer", "received_at",
        ]  # fmt: skip


class VisitSerializer(serializers.ModelSerializer[EquipmentVisit]):
    unit = UnitCodeField()
    call = CallSerializer(read_only=True)
    current = StatementSerializer(read_only=True, allow_null=True)

    class Meta:
        model = EquipmentVisit
        fields = ["ref", "unit", "kind", "number", "number_as_written", "call", "current", "created_at", "updated_at"]


class VisitDetailSerializer(VisitSerializer):
    statements = StatementSerializer(many=True, read_only=True)
    seals = SealSerializer(many=True, read_only=True)
    placements = PlacementSerializer(many=True, read_only=True)
    movements = MovementSerializer(many=True, read_only=True)

    class Meta(VisitSerializer.Meta):
        fields = [*VisitSerializer.Meta.fields, "statements", "seals", "placements", "movements"]
