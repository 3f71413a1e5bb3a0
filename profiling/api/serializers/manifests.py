"""Manifests: what a sender is told of a push."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pcu.accounts.roles import Capability
from profiling.api.serializers.shared import UnitCodeField
from profiling.cargo.models import Submission, SubmissionProblem
from profiling.cargo.sentences import problem_sentence

PROBLEMS_SHOWN = 200


class PushOptionsSerializer(serializers.Serializer[dict[str, Any]]):
    """The query of a push."""

    unit = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="Unit code; may be left out by who pushes to one only."
    )
    atomic = serializers.BooleanField(default=False, help_text="Refuse the whole file where one bill is bad.")
    dry_run = serializers.BooleanField(default=False, help_text="Read and tell the problems; write no cargo.")
    history = serializers.BooleanField(
        default=False,
        help_text="Cargo that arrived in the past: kept to compare with, never scored. For administrators.",
    )


class UploadSerializer(serializers.Serializer[dict[str, Any]]):
    """The body of a multipart push."""

    file = serializers.FileField()


class PushUploadSerializer(UploadSerializer):
    """The body of a multipart push with the documents that belong to it."""

    document = serializers.ListField(
        child=serializers.FileField(),
        required=False,
        help_text="PDF, pictures, office files: a part each. One that is not taken is told among the problems, and the "
        "manifest is taken all the same. A push sent again adds only documents that it did not bring before.",
    )


class ReceivedSerializer(serializers.ModelSerializer[Submission]):
    url = serializers.SerializerMethodField()

    class Meta:
        model = Submission
        fields = ["ref", "status", "url"]

    @extend_schema_field(serializers.URLField())
    def get_url(self, submission: Submission) -> str:
        address: str = self.context["request"].build_absolute_uri(reverse("manifest-detail", args=[submission.ref]))
        return address


class PositionSerializer(serializers.Serializer[dict[str, Any]]):
    offset = serializers.IntegerField(required=False, help_text="Bytes from the start of the file.")
    segment = serializers.IntegerField(required=False, help_text="EDIFACT segment, from 1; UNA is not counted.")
    pointer = serializers.CharField(required=False, help_text="JSON pointer (RFC 6901).")


class ProblemSerializer(serializers.ModelSerializer[SubmissionProblem]):
    position = PositionSerializer(read_only=True)
    message = serializers.SerializerMethodField(help_text="In the language of the request.")

    class Meta:
        model = SubmissionProblem
        fields = ["code", "severity", "field", "document", "position", "received", "message"]

    def get_message(self, problem: SubmissionProblem) -> str:
        return problem_sentence(problem.code, problem.params)


class CountsSerializer(serializers.Serializer[Submission]):
    read = serializers.IntegerField(source="read_count")
    accepted = serializers.IntegerField(source="accepted_count")
    refused = serializers.IntegerField(source="refused_count")


class StaffCountsSerializer(CountsSerializer):
    flagged = serializers.IntegerField(
        source="flagged_count", required=False, help_text="For members of the unit; never for a client system."
    )


class ManifestSerializer(serializers.ModelSerializer[Submission]):
    unit = UnitCodeField()
    history = serializers.BooleanField(source="is_history", read_only=True)
    counts = serializers.SerializerMethodField()
    waits_for = serializers.SerializerMethodField(
        help_text="What people have to do before it goes on: `column_mapping` while a table waits for its mapping."
    )

    class Meta:
        model = Submission
        fields = [
            "ref", "status", "waits_for", "unit", "function", "manifest_numbers", "format", "atomic", "dry_run",
            "history", "counts", "created_at", "updated_at", "finished_at",
        ]  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(choices=["column_mapping"], allow_null=True))
    def get_waits_for(self, submission: Submission) -> str | None:
        return "column_mapping" if submission.waits_for_people else None

    @extend_schema_field(StaffCountsSerializer)
    def get_counts(self, submission: Submission) -> Any:
        user = self.context["request"].user
        inside = not user.is_client and user.scope.allows(Capability.READ, submission.unit_id)
        return (StaffCountsSerializer if inside else CountsSerializer)(submission).data


class ManifestDetailSerializer(ManifestSerializer):
    problems_count = serializers.SerializerMethodField()
    problems_url = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField(
        help_text=f"The first {PROBLEMS_SHOWN} in the order of the file; `problems_url` has all."
    )

    class Meta(ManifestSerializer.Meta):
        fields = [*ManifestSerializer.Meta.fields, "problems_count", "problems_url", "problems"]

    def get_problems_count(self, submission: Submission) -> int:
        return submission.problems.count()

    @extend_schema_field(serializers.URLField())
    def get_problems_url(self, submission: Submission) -> str:
        address: str = self.context["request"].build_absolute_uri(reverse("manifest-problems", args=[submission.ref]))
        return address

    @extend_schema_field(ProblemSerializer(many=True))
    def get_problems(self, submission: Submission) -> Any:
        return ProblemSerializer(submission.problems.order_by("pk")[:PROBLEMS_SHOWN], many=True).data
