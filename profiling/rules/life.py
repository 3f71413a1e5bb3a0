"""The life of a rule beside its versions: renewed, suspended for a time, retired.

Why it was renewed stands with the row's history, beside who did it (`pghistory` context).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pghistory
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.rules.errors import InvalidRuleError, RuleRetiredError
from profiling.rules.judging import expiry_error
from profiling.rules.models import Rule


@dataclass(frozen=True, slots=True)
class Turn:
    """One change of a rule's life. by: a name, empty where the machine did it; changes: field to (before, after)."""

    at: datetime
    by: str
    why: str
    changes: dict[str, tuple[Any, Any]]


@transaction.atomic
def renew(*, rule: Rule, user: User, until: date, why: str) -> Rule:
    """Let a rule live until another day, twelve months at most. Raises PermissionDenied, InvalidRuleError,
    RuleRetiredError.
    """
    fresh = _locked(rule, user, Capability.APPROVE_RULES)
    errors = {}
    if message := expiry_error(until, _today(fresh)):
        errors["until"] = message
    if not why.strip():
        errors["why"] = _("Say why it still is needed.")
    if errors:
        raise InvalidRuleError(errors)
    fresh.expires_on = until
    return _saved(fresh, user, why)


@transaction.atomic
def suspend(*, rule: Rule, user: User, until: date, why: str) -> Rule:
    """Let a rule not fire before a day; from then on it does again. Raises as `renew`."""
    fresh = _locked(rule, user, Capability.WRITE_RULES)
    errors = {}
    if until <= _today(fresh):
        errors["until"] = _("The day it fires again lies ahead.")
    elif message := expiry_error(until, _today(fresh)):
        errors["until"] = message
    if not why.strip():
        errors["why"] = _("Say why it is suspended.")
    if errors:
        raise InvalidRuleError(errors)
    fresh.suspended_until, fresh.suspended_why = until, why.strip()
    return _saved(fresh, user, why)


@transaction.atomic
def resume(*, rule: Rule, user: User, why: str = "") -> Rule:
    """Let a suspended rule fire again at once. Raises PermissionDenied, RuleRetiredError."""
    fresh = _locked(rule, user, Capability.WRITE_RULES)
    fresh.suspended_until, fresh.suspended_why = None, ""
    return _saved(fresh, user, why)


@transaction.atomic
def retire(*, rule: Rule, user: User, why: str) -> Rule:
    """Keep a rule out of every new release; where it is live it fires until the next one. Raises as `renew`."""
    fresh = _locked(rule, user, Capability.APPROVE_RULES)
    if not why.strip():
        raise InvalidRuleError({"why": _("Say why it is retired.")})
    fresh.retired_on, fresh.retired_why = _today(fresh), why.strip()
    return _saved(fresh, user, why)


_TOLD = ("owner", "expires_on", "suspended_until", "retired_on")


def turns(rule: Rule) -> list[Turn]:
    """What became of a rule, newest first: one query, and one for the names."""
    history = apps.get_model("rules", "RuleHistory")
    rows = list(history.objects.filter(pgh_obj=rule).select_related("pgh_context").order_by("pgh_id"))
    contexts = [row.pgh_context.metadata if row.pgh_context else {} for row in rows]
    people = User.objects.in_bulk({context.get("user") for context in contexts if context.get("user")})
    told: list[Turn] = []
    before: Any = None
    for row, context in zip(rows, contexts, strict=True):
        changes = {
            name: (getattr(before, name, None), getattr(row, name))
            for name in _TOLD
            if before is not None and getattr(before, name) != getattr(row, name)
        }
        if before is None or changes:
            by = people.get(context.get("user"))
            told.append(Turn(row.pgh_created_at, str(by) if by else "", str(context.get("why", "")), changes))
        before = row
    return told[::-1]


def _locked(rule: Rule, user: User, capability: Capability) -> Rule:
    fresh: Rule = Rule.objects.select_for_update(of=("self",)).select_related("unit").get(pk=rule.pk)
    user.scope.require(capability, fresh.unit_id)
    if fresh.retired_on is not None:
        raise RuleRetiredError(fresh)
    return fresh


def _today(rule: Rule) -> date:
    return timezone.localdate(timezone=rule.unit.zone)


def _saved(rule: Rule, user: User, why: str) -> Rule:
    with pghistory.context(user=user.pk, why=why.strip()):
        rule.save()
    return rule
