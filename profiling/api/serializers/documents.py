"""Documents beside consignments: what they say, and the file they came as."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from pcu.accounts.handling import Handling
from profiling.api.serializers.shared import UnitCodeField
from profiling.documents.choices import Kind
from profiling.documents.models import Document, DocumentFile


class DocumentUploadOptionsSerializer(serializers.Serializer[dict[str, Any]]):
    """The query of an upload."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    consignment = serializers.UUIDField(
        required=False, help_text="What it is set beside; a client system names one that it has declared itself."
    )
    unit = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="Unit code, where no consignment is named."
    )
    handling = serializers.ChoiceField(choices=Handling.choices, default=Handling.RESTRICTED)


class DocumentFileSerializer(serializers.ModelSerializer[DocumentFile]):
    scan = serializers.CharField(read_only=True, help_text="unscanned, waiting, clean or infected.")

    class Meta:
        model = DocumentFile
        fields = ["ref", "name", "media_type", "size", "sha256", "page_count", "received_at", "scan"]


class ProposalSerializer(serializers.Serializer[dict[str, Any]]):
    """A value read from the file, which nobody has confirmed."""

    field = serializers.CharField()
    value = serializers.CharField()
    page = serializers.IntegerField()
    line = serializers.CharField(help_text="The line it stands in.")


class PaperSerializer(serializers.ModelSerializer[Document]):
    unit = UnitCodeField()
    consignment = serializers.UUIDField(source="consignment.ref", read_only=True, allow_null=True, default=None)
    manifest = serializers.UUIDField(
        source="submission.ref", read_only=True, allow_null=True, default=None, help_text="The push that brought it."
    )
    file = DocumentFileSerializer(read_only=True, allow_null=True)
    matched_by = serializers.CharField(read_only=True, help_text="The rule that set it beside its consignment.")

    class Meta:
        model = Document
        fields = [
            "ref", "unit", "kind", "number", "issued", "source", "version", "consignment", "matched_by", "matched_at",
            "manifest", "file", "created_at", "updated_at",
        ]  # fmt: skip

    def to_representation(self, document: Document) -> dict[str, Any]:
        """To a client system nothing of where its paper was set, but for cargo of its own, nor when it was touched."""
        told: dict[str, Any] = super().to_representation(document)
        is_own_cargo = getattr(document, "is_own_cargo", None)
        if is_own_cargo is None:
            return told
        told |= {"updated_at": told["created_at"]}
        return told if is_own_cargo else told | {"consignment": None, "matched_by": "", "matched_at": None}


class PaperDetailSerializer(PaperSerializer):
    reading = serializers.CharField(
        read_only=True, help_text="waiting, done, no_text or failed; empty: not to be read."
    )
    fields_said = serializers.JSONField(source="fields", read_only=True, help_text="What it says, figures as text.")
    proposed = ProposalSerializer(many=True, read_only=True)

    class Meta(PaperSerializer.Meta):
        fields = [*PaperSerializer.Meta.fields, "reading", "fields_said", "proposed"]


class AttachSerializer(serializers.Serializer[dict[str, Any]]):
    consignment = serializers.UUIDField(help_text="One of the document's unit.")
