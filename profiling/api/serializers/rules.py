"""Rules, drafts, releases and proposals over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from profiling.api.serializers.cases import TEXT
from profiling.api.serializers.shared import PersonSerializer, UnitCodeField
from profiling.rules import drafts
from profiling.rules.models import Activation, Proposal, Release, Rule, RuleDraft, RuleVersion
from profiling.rules.sentences import rule_sentence


class RuleProposalSerializer(serializers.ModelSerializer[Proposal]):
    made_by = PersonSerializer(read_only=True)
    decided_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Proposal
        fields = ["made_by", "made_at", "note", "verdict", "decided_by", "decided_at", "why"]


class RuleVersionSerializer(serializers.ModelSerializer[RuleVersion]):
    """`proposal` is null for what came with the installation; `sentence` reads it back in the caller's language."""

    sentence = serializers.SerializerMethodField()
    proposal = serializers.SerializerMethodField()
    created_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = RuleVersion
        fields = [
            "number", "titles", "shorts", "reasons", "condition", "exceptions", "points", "note", "sentence",
            "proposal", "created_by", "created_at",
        ]  # fmt: skip

    def get_sentence(self, version: RuleVersion) -> str:
        return rule_sentence(version)

    @extend_schema_field(RuleProposalSerializer(allow_null=True))
    def get_proposal(self, version: RuleVersion) -> Any:
        proposal = getattr(version, "proposal", None)
        return None if proposal is None else RuleProposalSerializer(proposal).data


class RuleSerializer(serializers.ModelSerializer[Rule]):
    """`standing`: number of the newest approved version, null where none is."""

    unit = UnitCodeField()
    standing = serializers.SerializerMethodField()

    class Meta:
        model = Rule
        fields = [
            "ref", "code", "unit", "owner", "expires_on", "suspended_until", "suspended_why", "retired_on",
            "retired_why", "standing",
        ]  # fmt: skip

    def get_standing(self, rule: Rule) -> int | None:
        against = (Proposal.Verdict.REFUSED, Proposal.Verdict.WITHDRAWN, "")
        numbers = [
            version.number
            for version in rule.versions.all()
            if getattr(version, "proposal", None) is None or version.proposal.verdict not in against
        ]
        return max(numbers, default=None)


class RuleDetailSerializer(RuleSerializer):
    versions = RuleVersionSerializer(many=True, read_only=True)

    class Meta(RuleSerializer.Meta):
        fields = [*RuleSerializer.Meta.fields, "versions"]


class RuleDraftSerializer(serializers.ModelSerializer[RuleDraft]):
    """`edit` counts the savings; it is the version that If-Match names."""

    unit = UnitCodeField()
    rule = serializers.CharField(source="rule.code", read_only=True, allow_null=True, default=None)
    base = serializers.IntegerField(source="base.number", read_only=True, allow_null=True, default=None)
    version = serializers.IntegerField(
        source="version.number", read_only=True, allow_null=True, default=None, help_text="What it became."
    )
    created_by = PersonSerializer(read_only=True)
    updated_by = PersonSerializer(read_only=True)

    class Meta:
        model = RuleDraft
        fields = [
            "ref", "unit", "rule", "base", *drafts.OF_A_NEW_RULE, *drafts.SAID, "note", "edit", "version",
            "created_by", "updated_by", "created_at", "updated_at", "closed_at",
        ]  # fmt: skip


class NewRuleSerializer(serializers.Serializer[dict[str, Any]]):
    """A rule to begin: the JSON that the export of a rule writes; of a rule that is there, its next version."""

    unit = serializers.CharField(max_length=16)
    document = serializers.JSONField()


class ProposalNoteSerializer(serializers.Serializer[dict[str, Any]]):
    note = serializers.CharField(max_length=TEXT, default="", allow_blank=True)


class WhySerializer(serializers.Serializer[dict[str, Any]]):
    why = serializers.CharField(max_length=TEXT, default="", allow_blank=True)


class UntilSerializer(serializers.Serializer[dict[str, Any]]):
    until = serializers.DateField()
    why = serializers.CharField(max_length=TEXT)


class VerdictSerializer(serializers.Serializer[dict[str, Any]]):
    version = serializers.IntegerField(min_value=1, max_value=100_000, help_text="Number of the version proposed.")
    verdict = serializers.ChoiceField(choices=Proposal.Verdict.choices)
    why = serializers.CharField(max_length=TEXT, default="", allow_blank=True)


class ActivationSerializer(serializers.ModelSerializer[Activation]):
    unit = UnitCodeField()
    started_by = PersonSerializer(read_only=True, allow_null=True)
    ended_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Activation
        fields = ["unit", "started_at", "started_by", "ended_at", "ended_by", "why"]


class ReleaseSerializer(serializers.ModelSerializer[Release]):
    unit = UnitCodeField()
    based_on = serializers.CharField(source="based_on.name", read_only=True, allow_null=True, default=None)
    thresholds = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text="Lane to the points from which it applies."
    )
    made_by = PersonSerializer(read_only=True, allow_null=True)
    approved_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Release
        fields = [
            "ref", "name", "unit", "state", "based_on", "note", "thresholds", "sample_rate", "sample_lane", "edit",
            "made_by", "proposed_at", "approved_by", "approved_at", "shadow_since", "live_since", "created_at",
        ]  # fmt: skip


class HeldVersionSerializer(serializers.ModelSerializer[RuleVersion]):
    code = serializers.CharField(source="rule.code", read_only=True)

    class Meta:
        model = RuleVersion
        fields = ["code", "number", "points", "titles"]


class ReleaseDetailSerializer(ReleaseSerializer):
    versions = HeldVersionSerializer(many=True, read_only=True)
    activations = ActivationSerializer(many=True, read_only=True)

    class Meta(ReleaseSerializer.Meta):
        fields = [*ReleaseSerializer.Meta.fields, "versions", "activations"]


class StageSerializer(serializers.Serializer[dict[str, Any]]):
    unit = serializers.CharField(max_length=16, help_text="Code of the node: a post, or the whole.")
    why = serializers.CharField(max_length=TEXT, default="", allow_blank=True)


class CellSerializer(serializers.Serializer[Any]):
    live = serializers.CharField(help_text="Lane of the live release.")
    shadow = serializers.CharField(help_text="Lane in shadow.")
    count = serializers.IntegerField()


class ComparedSerializer(serializers.Serializer[Any]):
    """A release in shadow beside the live one, over the cargo that the caller reads."""

    scored = serializers.IntegerField()
    drawn = serializers.IntegerField(help_text="Of the random sample; in no other number.")
    flagged_live = serializers.IntegerField()
    flagged_shadow = serializers.IntegerField()
    up = serializers.IntegerField(help_text="To a stricter lane.")
    down = serializers.IntegerField(help_text="To a milder lane.")
    waiting = serializers.IntegerField(help_text="Parts still to be scored.")
    failed = serializers.IntegerField(help_text="Parts that could not be scored.")
    matrix = serializers.SerializerMethodField()

    @extend_schema_field(CellSerializer(many=True))
    def get_matrix(self, compared: Any) -> Any:
        return [
            {"live": live, "shadow": shadow, "count": count}
            for (live, shadow), count in sorted(compared.matrix.items())
        ]
