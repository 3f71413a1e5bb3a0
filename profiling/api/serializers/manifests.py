"""Submissions: what was pushed and what was wrong with it. What became flagged is for staff alone."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from profiling.cargo.models import Submission, SubmissionProblem
from profiling.cargo.sentences import problem_sentence


class TakenSerializer(serializers.ModelSerializer):
    """The answer to a push: where to ask how far it is."""

    url = serializers.HyperlinkedIdentityField(view_name="manifest-detail", lookup_field="ref")

    class Meta:
        model = Submission
        fields = ["ref", "status", "url"]


class SubmissionSerializer(serializers.ModelSerializer):
    """Counts of transport documents: read, accepted, refused. Staff also see `flagged` and `failure`."""

    url = serializers.HyperlinkedIdentityField(view_name="manifest-detail", lookup_field="ref")
    unit = serializers.SlugField(source="unit.code")
    sender = serializers.CharField(source="sender.username")
    read = serializers.IntegerField(source="read_count")
    accepted = serializers.IntegerField(source="accepted_count")
    refused = serializers.IntegerField(source="refused_count")
    flagged = serializers.IntegerField(source="flagged_count", required=False)
    failure = serializers.CharField(required=False)
    manifest_numbers = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Submission
        fields = [
            "ref",
            "url",
            "unit",
            "sender",
            "file_name",
            "format",
            "sha256",
            "size",
            "status",
            "atomic",
            "dry_run",
            "function",
            "manifest_numbers",
            "read",
            "accepted",
            "refused",
            "flagged",
            "failure",
            "created_at",
            "updated_at",
            "finished_at",
        ]

    def get_fields(self) -> dict[str, serializers.Field]:
        fields: dict[str, serializers.Field] = super().get_fields()
        request = self.context.get("request")
        if request is not None and getattr(request.user, "is_client", False):
            for name in ("flagged", "failure"):
                del fields[name]
        return fields


class ProblemSerializer(serializers.ModelSerializer):
    message = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")

    class Meta:
        model = SubmissionProblem
        fields = ["code", "severity", "message", "field", "document", "position", "received", "params"]

    def get_message(self, problem: SubmissionProblem) -> str:
        return problem_sentence(problem.code, problem.params)


class SubmissionDetailSerializer(SubmissionSerializer):
    """With the first problems in the order of the file; the rest are under `problems_url`."""

    problems = serializers.SerializerMethodField()
    problems_url = serializers.HyperlinkedIdentityField(view_name="manifest-problems", lookup_field="ref")

    SHOWN = 100

    class Meta(SubmissionSerializer.Meta):
        fields = [*SubmissionSerializer.Meta.fields, "problems", "problems_url"]

    @extend_schema_field(ProblemSerializer(many=True))
    def get_problems(self, submission: Submission) -> Any:
        return ProblemSerializer(submission.problems.order_by("pk")[: self.SHOWN], many=True).data
