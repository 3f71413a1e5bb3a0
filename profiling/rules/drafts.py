"""Rules being written: begin, save, propose, discard. A draft may be wrong until it is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.rules.errors import (
    BehindError,
    ChangedMeanwhileError,
    DraftClosedError,
    InvalidRuleError,
    OpenProposalError,
    RuleRetiredError,
)
from profiling.rules.judging import judge
from profiling.rules.models import Proposal, Rule, RuleDraft, RuleVersion

SAID = ("titles", "shorts", "reasons", "condition", "exceptions", "points")
"""What a version says, and a draft until then."""
OF_A_NEW_RULE = ("code", "owner", "expires_on")
"""What a draft says of a rule that is not there yet; later it is changed by `life`."""
FIELDS = (*SAID, *OF_A_NEW_RULE, "note")


@transaction.atomic
def start(*, unit: Unit, user: User, said: Mapping[str, Any] | None = None) -> RuleDraft:
    """Begin a new rule of a node, with any of `FIELDS` filled in. Raises PermissionDenied."""
    user.scope.require(Capability.WRITE_RULES, unit.pk)
    draft = RuleDraft(unit=unit, created_by=user, updated_by=user)
    _take(draft, said or {})
    draft.save()
    return draft


@transaction.atomic
def start_from(*, rule: Rule, user: User, base: RuleVersion | None = None) -> RuleDraft:
    """Begin the next version of a rule, from one of its versions or the one that stands.

    Raises PermissionDenied, RuleRetiredError.
    """
    user.scope.require(Capability.WRITE_RULES, rule.unit_id)
    rule = Rule.objects.select_related("unit").get(pk=rule.pk)
    if rule.retired_on is not None:
        raise RuleRetiredError(rule)
    base = base or standing_version(rule) or rule.versions.order_by("-number").first()
    draft = RuleDraft(unit=rule.unit, rule=rule, base=base, created_by=user, updated_by=user)
    draft.code, draft.owner, draft.expires_on = rule.code, rule.owner, rule.expires_on
    if base is not None:
        _take(draft, {name: getattr(base, name) for name in SAID})
    draft.save()
    return draft


@transaction.atomic
def save(*, draft: RuleDraft, user: User, expected_edit: int, said: Mapping[str, Any]) -> RuleDraft:
    """Write what is said, right or wrong. expected_edit: the `edit` that the person looked at.

    Raises PermissionDenied, DraftClosedError, ChangedMeanwhileError; nothing is written then.
    """
    fresh = _locked(draft, user, expected_edit)
    _take(fresh, said)
    fresh.updated_by = user
    fresh.edit = F("edit") + 1
    fresh.save()
    fresh.refresh_from_db()
    return fresh


@transaction.atomic
def catch_up(*, draft: RuleDraft, user: User, expected_edit: int) -> RuleDraft:
    """Say that the version approved meanwhile was looked at: from now on the draft is the next after that one."""
    fresh = _locked(draft, user, expected_edit)
    fresh.base = standing_version(fresh.rule) if fresh.rule else None
    fresh.updated_by = user
    fresh.edit = F("edit") + 1
    fresh.save()
    fresh.refresh_from_db()
    return fresh


@transaction.atomic
def propose(*, draft: RuleDraft, user: User, expected_edit: int, note: str = "") -> Proposal:
    """Make a version of a draft that is in order, and put it before somebody else. The draft is closed.

    note: what it changes and why; the draft's own where empty. Raises PermissionDenied, DraftClosedError,
    ChangedMeanwhileError, InvalidRuleError, OpenProposalError, BehindError, RuleRetiredError.
    """
    fresh = _locked(draft, user, expected_edit)
    rule = fresh.rule
    if rule is not None:
        rule = Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
        if rule.retired_on is not None:
            raise RuleRetiredError(rule)
        if Proposal.objects.filter(version__rule=rule, verdict="").exists():
            raise OpenProposalError(rule)
        standing = standing_version(rule)
        if standing is not None and (fresh.base is None or fresh.base.number < standing.number):
            raise BehindError(rule, standing.number)
    if faults := judge(fresh, today=timezone.localdate(timezone=fresh.unit.zone)):
        raise InvalidRuleError(faults.errors, faults.places)
    if rule is None:
        assert fresh.expires_on is not None  # `judge` has seen to it
        rule = Rule.objects.create(
            unit=fresh.unit, code=fresh.code, owner=fresh.owner.strip(), expires_on=fresh.expires_on
        )
    last = rule.versions.aggregate(last=Max("number"))["last"] or 0
    said = note.strip() or fresh.note.strip()
    version = RuleVersion.objects.create(
        rule=rule,
        number=last + 1,
        note=said,
        created_by=fresh.updated_by,
        **{name: getattr(fresh, name) for name in SAID},
    )
    fresh.rule, fresh.version, fresh.closed_at = rule, version, timezone.now()
    fresh.save(update_fields=["rule", "version", "closed_at", "updated_at"])
    return Proposal.objects.create(version=version, made_by=user, note=said)


@transaction.atomic
def discard(*, draft: RuleDraft, user: User, expected_edit: int) -> RuleDraft:
    """Throw a draft away; its history stays. Raises PermissionDenied, DraftClosedError, ChangedMeanwhileError."""
    fresh = _locked(draft, user, expected_edit)
    fresh.closed_at = timezone.now()
    fresh.updated_by = user
    fresh.save(update_fields=["closed_at", "updated_by", "updated_at"])
    return fresh


def standing_version(rule: Rule) -> RuleVersion | None:
    """The newest version that was approved, or that came with the installation."""
    newest: RuleVersion | None = approved(rule.versions.all()).order_by("-number").first()
    return newest


def approved(versions: Any) -> Any:
    """Of these versions those that may stand in a release: approved, or never proposed as those of the starter."""
    return versions.exclude(proposal__verdict__in=["", *_AGAINST])


_AGAINST = (Proposal.Verdict.REFUSED.value, Proposal.Verdict.WITHDRAWN.value)


def _take(draft: RuleDraft, said: Mapping[str, Any]) -> None:
    fields = (*SAID, "note") if draft.rule_id else FIELDS
    for name in fields:
        if name in said:
            setattr(draft, name, said[name])


def _locked(draft: RuleDraft, user: User, expected_edit: int) -> RuleDraft:
    fresh: RuleDraft = (
        RuleDraft.objects.select_for_update(of=("self",))
        .select_related("unit", "rule", "base", "updated_by")
        .get(pk=draft.pk)
    )
    user.scope.require(Capability.WRITE_RULES, fresh.unit_id)
    if fresh.closed_at is not None:
        raise DraftClosedError
    if fresh.edit != expected_edit:
        raise ChangedMeanwhileError(fresh, fresh.updated_by)
    return fresh
