"""Consignments, equipment visits and assessments, for staff. Weights in kilograms; units by their code."""

from __future__ import annotations

from rest_framework import serializers

from profiling.cargo.models import (
    CargoDocument,
    Consignment,
    ConsignmentVersion,
    ConveyanceCall,
    EquipmentVisit,
    GoodsItem,
    Loading,
    PartyMention,
    Placement,
    SealObservation,
    VisitStatement,
)
from profiling.rules.models import Assessment, Lane


class CallSerializer(serializers.ModelSerializer):
    class Meta:
        model = ConveyanceCall
        fields = ["ref", "mode", "identifier", "name", "voyage", "flag", "etd", "eta", "eta_said"]


class LaneSerializer(serializers.ModelSerializer):
    label = serializers.CharField(read_only=True)

    class Meta:
        model = Lane
        fields = ["code", "mark", "rank", "label"]


class GoodsItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = GoodsItem
        exclude = ["id", "version"]


class PartyMentionSerializer(serializers.ModelSerializer):
    party = serializers.UUIDField(source="party.ref", allow_null=True, default=None, read_only=True)

    class Meta:
        model = PartyMention
        exclude = ["id", "version"]


class LoadingSerializer(serializers.ModelSerializer):
    visit = serializers.UUIDField(source="visit.ref")
    number = serializers.CharField(source="visit.number")

    class Meta:
        model = Loading
        fields = ["visit", "number", "packages", "gross_kg"]


class CargoDocumentSerializer(serializers.ModelSerializer):
    class Meta:
        model = CargoDocument
        fields = ["kind", "number", "dated"]


class VersionSerializer(serializers.ModelSerializer):
    """What one message said, without its lines."""

    submission = serializers.UUIDField(source="submission.ref")

    class Meta:
        model = ConsignmentVersion
        exclude = ["id", "consignment", "digest", "position", "line"]


class VersionLinesSerializer(VersionSerializer):
    """What one message said, with goods, parties, equipment and documents."""

    items = GoodsItemSerializer(many=True)
    parties = PartyMentionSerializer(source="mentions", many=True)
    loadings = LoadingSerializer(many=True)
    documents = CargoDocumentSerializer(many=True)


class ConsignmentSerializer(serializers.ModelSerializer):
    unit = serializers.SlugField(source="unit.code")
    call = CallSerializer()
    current = VersionSerializer(allow_null=True)

    class Meta:
        model = Consignment
        fields = [
            "ref",
            "unit",
            "issuer",
            "document_type",
            "document_no",
            "master_no",
            "call",
            "current",
            "created_at",
            "updated_at",
        ]


class ConsignmentDetailSerializer(ConsignmentSerializer):
    """With the lines of what it says now, and every earlier version without them, newest first."""

    current = VersionLinesSerializer(allow_null=True)
    versions = VersionSerializer(many=True)
    master = serializers.UUIDField(source="master.ref", allow_null=True, default=None, read_only=True)

    class Meta(ConsignmentSerializer.Meta):
        fields = [*ConsignmentSerializer.Meta.fields, "master", "versions"]


class StatementSerializer(serializers.ModelSerializer):
    class Meta:
        model = VisitStatement
        fields = ["size_type", "fill", "tare_kg", "gross_kg", "vgm_kg", "temperature_c", "received_at"]


class SealSerializer(serializers.ModelSerializer):
    class Meta:
        model = SealObservation
        fields = ["number", "number_as_written", "party", "event", "observer", "observed_at"]


class PlacementSerializer(serializers.ModelSerializer):
    carrier = serializers.UUIDField(source="carrier.ref")
    carrier_number = serializers.CharField(source="carrier.number")

    class Meta:
        model = Placement
        fields = [
            "carrier",
            "carrier_number",
            "from_code",
            "from_name",
            "to_code",
            "to_name",
            "received_at",
        ]


class VisitSerializer(serializers.ModelSerializer):
    unit = serializers.SlugField(source="unit.code")
    call = CallSerializer()
    current = StatementSerializer(allow_null=True)

    class Meta:
        model = EquipmentVisit
        fields = ["ref", "unit", "kind", "number", "number_as_written", "call", "current", "created_at", "updated_at"]


class VisitDetailSerializer(VisitSerializer):
    seals = SealSerializer(many=True)
    placements = PlacementSerializer(many=True)

    class Meta(VisitSerializer.Meta):
        fields = [*VisitSerializer.Meta.fields, "seals", "placements"]


class AssessmentSerializer(serializers.ModelSerializer):
    """One subject scored by one release, as it stood. `fired`: code, points and the values each rule read."""

    unit = serializers.SlugField(source="unit.code")
    consignment = serializers.UUIDField(source="version.consignment.ref", allow_null=True, default=None, read_only=True)
    version = serializers.IntegerField(source="version.number", allow_null=True, default=None, read_only=True)
    visit = serializers.UUIDField(source="visit.ref", allow_null=True, default=None, read_only=True)
    release = serializers.CharField(source="release.name")
    recommended_lane = LaneSerializer()

    class Meta:
        model = Assessment
        fields = [
            "ref",
            "unit",
            "consignment",
            "version",
            "visit",
            "release",
            "trigger",
            "score",
            "recommended_lane",
            "fired",
            "unknown",
            "sampled",
            "sample_stratum",
            "inclusion_probability",
            "created_at",
        ]


class AssessmentDetailSerializer(AssessmentSerializer):
    """With the value of every indicator."""

    class Meta(AssessmentSerializer.Meta):
        fields = [*AssessmentSerializer.Meta.fields, "indicators", "faults"]
