"""Rules, drafts and releases: read by whoever works below them, changed through the services of the pages."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from profiling.api.filters import OfUnit, ReleaseFilterSet, RuleFilterSet
from profiling.api.serializers.refusals import RefusalSerializer
from profiling.api.serializers.rules import (
    ComparedSerializer,
    NewRuleSerializer,
    ProposalNoteSerializer,
    ReleaseDetailSerializer,
    ReleaseSerializer,
    RuleDetailSerializer,
    RuleDraftSerializer,
    RuleSerializer,
    StageSerializer,
    UntilSerializer,
    VerdictSerializer,
    WhySerializer,
)
from profiling.api.views.shared import IF_MATCH, VisibleRows, checked, version_named
from profiling.rules import activating, drafts, life, proposals, releases, rulebook, shadow
from profiling.rules.models import Activation, Proposal, Release, Rule, RuleDraft

REFUSED = {409: RefusalSerializer}


def _node(request: Any, capability: Capability, code: str) -> Unit:
    """A node in which the caller holds a capability, by its code. Raises ValidationError."""
    held = Unit.objects.filter(pk__in=request.user.scope.units(capability), code=code)
    node = held.first()
    if node is None:
        raise ValidationError({"unit": [_("Your role does not reach a unit of this code.")]}, code="unknown_unit")
    return node


def _faults(*fields: str, actions: list[str]) -> Any:
    """Tell the schema which fields a service may refuse."""

    def told(view: type[Any]) -> type[Any]:
        for field in fields:
            extend_validation_errors(["invalid_rule"], field_name=field, actions=actions)(view)
        return view

    return told


@_faults("why", actions=["renew", "suspend", "retire", "decide"])
@_faults("until", actions=["renew", "suspend"])
class RuleViewSet(VisibleRows):
    """Rules that apply where the caller works, with all their versions."""

    queryset = Rule.objects.all()
    serializer_class = RuleSerializer
    detail_serializer_class = RuleDetailSerializer
    filterset_class = RuleFilterSet
    changes_field = "pk"
    related = ("unit",)
    prefetched = ("versions__proposal",)
    detail_prefetched = ("versions__created_by", "versions__proposal__made_by", "versions__proposal__decided_by")

    @extend_schema(request=UntilSerializer, responses={200: RuleSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None)
    def renew(self, request: Request, ref: str) -> Response:
        """Let the rule live until another day, twelve months at most."""
        rule = self.one()
        life.renew(rule=rule, user=self.person, **checked(UntilSerializer, request))
        return self._now(rule)

    @extend_schema(request=UntilSerializer, responses={200: RuleSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None)
    def suspend(self, request: Request, ref: str) -> Response:
        """Let the rule not fire before a day; scores say so."""
        rule = self.one()
        life.suspend(rule=rule, user=self.person, **checked(UntilSerializer, request))
        return self._now(rule)

    @extend_schema(request=WhySerializer, responses={200: RuleSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None)
    def resume(self, request: Request, ref: str) -> Response:
        """Let a suspended rule fire again at once."""
        rule = self.one()
        life.resume(rule=rule, user=self.person, **checked(WhySerializer, request))
        return self._now(rule)

    @extend_schema(request=WhySerializer, responses={200: RuleSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None)
    def retire(self, request: Request, ref: str) -> Response:
        """Keep the rule out of every new release."""
        rule = self.one()
        life.retire(rule=rule, user=self.person, **checked(WhySerializer, request))
        return self._now(rule)

    @extend_schema(request=VerdictSerializer, responses={200: RuleDetailSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None)
    def decide(self, request: Request, ref: str) -> Response:
        """Approve or refuse a proposed version that others made, or withdraw one's own."""
        rule = self.one()
        body = checked(VerdictSerializer, request)
        waiting = Proposal.objects.visible_to(self.person).filter(version__rule=rule)
        proposal = get_object_or_404(waiting, version__number=body["version"])
        acts: dict[str, Any] = {
            Proposal.Verdict.APPROVED: proposals.approve,
            Proposal.Verdict.REFUSED: proposals.refuse,
            Proposal.Verdict.WITHDRAWN: proposals.withdraw,
        }
        acts[body["verdict"]](proposal=proposal, user=self.person, why=body["why"])
        fresh = self.get_queryset().prefetch_related(*self.detail_prefetched).get(pk=rule.pk)
        return Response(RuleDetailSerializer(fresh, context=self.get_serializer_context()).data)

    @extend_schema(responses={200: dict[str, Any]})
    @action(detail=True, methods=["get"], filterset_class=None)
    def document(self, request: Request, ref: str) -> Response:
        """The standing version as the export writes it; what `rule-drafts` takes."""
        version = drafts.standing_version(self.one())
        if version is None:
            raise Http404
        return Response(rulebook.document_of(version))

    def _now(self, rule: Rule) -> Response:
        return Response(RuleSerializer(self.get_queryset().get(pk=rule.pk)).data)


@_faults("condition", "exceptions", "points", "code", "owner", "expires_on", actions=["propose"])
@extend_validation_errors(["unknown_unit"], field_name="unit", actions=["create"])
class RuleDraftViewSet(VisibleRows):
    """Rules being written. What is proposed waits for somebody who had no hand in it."""

    queryset = RuleDraft.objects.all()
    serializer_class = RuleDraftSerializer
    filterset_class = OfUnit
    related = ("unit", "rule", "base", "version", "created_by", "updated_by")

    @extend_schema(request=NewRuleSerializer, responses={200: RuleSerializer, 201: RuleDraftSerializer})
    def create(self, request: Request) -> Response:
        """Begin a rule, or the next version of one, from its document; 200 where that stands already."""
        body = checked(NewRuleSerializer, request)
        node = _node(request, Capability.WRITE_RULES, body["unit"])
        try:
            taken = rulebook.import_document(unit=node, user=self.person, document=body["document"])
        except rulebook.InvalidRulebookError as error:
            messages = [one.message for one in error.complaints]
            raise ValidationError({"document": messages}, code="invalid_rule") from None
        if taken.draft is None:
            rule = Rule.objects.visible_to(self.person).get(unit=node, code=taken.code)
            return Response(RuleSerializer(rule).data)
        fresh = self.get_queryset().get(pk=taken.draft.pk)
        return Response(RuleDraftSerializer(fresh).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=ProposalNoteSerializer, responses={200: RuleDraftSerializer, **REFUSED}, parameters=[IF_MATCH]
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def propose(self, request: Request, ref: str) -> Response:
        """Put what the draft says before somebody else."""
        draft, edit = self.one(), version_named(request)
        drafts.propose(draft=draft, user=self.person, expected_edit=edit, **checked(ProposalNoteSerializer, request))
        return self._now(draft)

    @extend_schema(request=None, responses={200: RuleDraftSerializer, **REFUSED}, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], filterset_class=None)
    def discard(self, request: Request, ref: str) -> Response:
        """Throw the draft away; its history stays."""
        draft = self.one()
        drafts.discard(draft=draft, user=self.person, expected_edit=version_named(request))
        return self._now(draft)

    def _now(self, draft: RuleDraft) -> Response:
        return Response(RuleDraftSerializer(self.get_queryset().get(pk=draft.pk)).data)


@_faults("versions", "thresholds", "sample_rate", "sample_lane", actions=["propose"])
@_faults("why", actions=["refuse", "roll_back"])
@extend_validation_errors(["invalid_rule", "unknown_unit"], field_name="unit", actions=["activate"])
class ReleaseViewSet(VisibleRows):
    """Releases that apply where the caller works, with where they are and were live."""

    queryset = Release.objects.all()
    serializer_class = ReleaseSerializer
    detail_serializer_class = ReleaseDetailSerializer
    filterset_class = ReleaseFilterSet
    changes_field = "created_at"
    related = ("unit", "based_on", "made_by", "approved_by")
    detail_prefetched = ("versions__rule", "activations__unit", "activations__started_by", "activations__ended_by")

    @extend_schema(request=None, responses={200: ReleaseSerializer, **REFUSED}, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], filterset_class=None)
    def propose(self, request: Request, ref: str) -> Response:
        """Put a draft release before somebody else."""
        release, edit = self.one(), version_named(request)
        releases.propose_release(release=release, user=self.person, expected_edit=edit)
        return self._now(release)

    @extend_schema(request=None, responses={200: ReleaseSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None)
    def approve(self, request: Request, ref: str) -> Response:
        """Approve what somebody else proposed."""
        release = self.one()
        releases.approve_release(release=release, user=self.person)
        return self._now(release)

    @extend_schema(request=WhySerializer, responses={200: ReleaseSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None)
    def refuse(self, request: Request, ref: str) -> Response:
        """Hand it back to be written on."""
        release = self.one()
        releases.refuse_release(release=release, user=self.person, **checked(WhySerializer, request))
        return self._now(release)

    @extend_schema(methods=["get"], responses={200: ComparedSerializer})
    @extend_schema(methods=["post"], request=None, responses={200: ReleaseSerializer, **REFUSED})
    @action(detail=True, methods=["get", "post"], filterset_class=None)
    def shadow(self, request: Request, ref: str) -> Response:
        """Start shadow (POST), or read what it would have done beside the live release (GET)."""
        release = self.one()
        if request.method == "POST":
            releases.start_shadow(release=release, user=self.person)
            return self._now(release)
        return Response(ComparedSerializer(shadow.compare(release, self.person)).data)

    @extend_schema(request=StageSerializer, responses={200: ReleaseDetailSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None)
    def activate(self, request: Request, ref: str) -> Response:
        """Put the release live at a node."""
        release = self.one()
        body = checked(StageSerializer, request)
        node = _node(request, Capability.APPROVE_RULES, body["unit"])
        activating.activate(release=release, unit=node, user=self.person, why=body["why"])
        return self._whole(release)

    @extend_schema(request=StageSerializer, responses={200: ReleaseDetailSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None, url_path="roll-back")
    def roll_back(self, request: Request, ref: str) -> Response:
        """Go back to what was live at a node before this release."""
        release = self.one()
        body = checked(StageSerializer, request)
        running = Activation.objects.visible_to(self.person).filter(release=release, ended_at=None)
        running = get_object_or_404(running, unit__code=body["unit"])
        activating.roll_back(activation=running, user=self.person, why=body["why"])
        return self._whole(release)

    def _now(self, release: Release) -> Response:
        return Response(ReleaseSerializer(self.get_queryset().get(pk=release.pk)).data)

    def _whole(self, release: Release) -> Response:
        fresh = self.get_queryset().get(pk=release.pk)
        return Response(ReleaseDetailSerializer(fresh, context=self.get_serializer_context()).data)
