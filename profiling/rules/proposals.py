"""Versions put before somebody who did not make them: approve, refuse, withdraw."""

from __future__ import annotations

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.rules.errors import InvalidRuleError, OwnWorkError, ProposalDecidedError
from profiling.rules.models import Proposal


@transaction.atomic
def approve(*, proposal: Proposal, user: User, why: str = "") -> Proposal:
    """The version may stand in releases from now on. Raises PermissionDenied, OwnWorkError, ProposalDecidedError."""
    fresh = _for_checker(proposal, user)
    return _decided(fresh, Proposal.Verdict.APPROVED, user, why)


@transaction.atomic
def refuse(*, proposal: Proposal, user: User, why: str) -> Proposal:
    """It stands in no release. Raises PermissionDenied, OwnWorkError, ProposalDecidedError, InvalidRuleError."""
    fresh = _for_checker(proposal, user)
    if not why.strip():
        raise InvalidRuleError({"why": _("Say why it is refused.")})
    return _decided(fresh, Proposal.Verdict.REFUSED, user, why)


@transaction.atomic
def withdraw(*, proposal: Proposal, user: User, why: str = "") -> Proposal:
    """Take one's own proposal back. Raises PermissionDenied, ProposalDecidedError."""
    fresh = _locked(proposal)
    if fresh.made_by_id != user.pk:
        raise PermissionDenied(_("Only who proposed it withdraws it."))
    _require_open(fresh)
    return _decided(fresh, Proposal.Verdict.WITHDRAWN, user, why)


def hands_in(proposal: Proposal) -> set[int]:
    """Everybody (user ids) who had a hand in the version: who proposed it, began its draft or ever saved it."""
    hands = {proposal.made_by_id}
    draft = getattr(proposal.version, "draft", None)
    if draft is not None:
        history = apps.get_model("rules", "RuleDraftHistory")
        hands |= set(history.objects.filter(pgh_obj=draft).values_list("updated_by", flat=True))
        hands |= {draft.created_by_id, draft.updated_by_id}
    return hands


def may_check(proposal: Proposal, user: User) -> bool:
    """Whether a person may approve or refuse an open proposal."""
    allowed = user.scope.allows(Capability.APPROVE_RULES, proposal.version.rule.unit_id)
    return not proposal.verdict and allowed and user.pk not in hands_in(proposal)


def _for_checker(proposal: Proposal, user: User) -> Proposal:
    fresh = _locked(proposal)
    user.scope.require(Capability.APPROVE_RULES, fresh.version.rule.unit_id)
    _require_open(fresh)
    if user.pk in hands_in(fresh):
        raise OwnWorkError
    return fresh


def _locked(proposal: Proposal) -> Proposal:
    lock = Proposal.objects.select_for_update(of=("self",)).select_related("version__rule__unit", "version__draft")
    fresh: Proposal = lock.get(pk=proposal.pk)
    return fresh


def _require_open(proposal: Proposal) -> None:
    if proposal.verdict:
        raise ProposalDecidedError(proposal)


def _decided(proposal: Proposal, verdict: Proposal.Verdict, user: User, why: str) -> Proposal:
    proposal.verdict, proposal.why = verdict, why.strip()
    proposal.decided_by, proposal.decided_at = user, timezone.now()
    proposal.save()
    return proposal
