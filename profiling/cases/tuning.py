"""Requests for tuning: asked at a case beside a rule that fired, answered by who writes rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pghistory
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.cases.errors import InvalidTuningError, TuningClosedError
from profiling.cases.models import Case, TuningRequest
from profiling.rules.models import Assessment, Rule, RuleVersion

LONGEST = 1000
"""Characters of a note or an answer."""
SHOWN = 20
"""Notes of one rule that the ledger shows; all of them are counted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands open of one rule. people: how many asked; notes: the newest requests, newest first."""

    people: int
    count: int
    notes: Sequence[TuningRequest]


@transaction.atomic
def ask(*, case: Case, user: User, rule: str, note: str) -> TuningRequest:
    """Say that a rule, named by its code, needs tuning; asked again by the same person, the note takes the place of the
    one before. Raises PermissionDenied, InvalidTuningError, TuningClosedError.
    """
    units = (case.unit_id, case.working_unit_id)
    if not any(user.scope.allows(Capability.COMMENT, unit) for unit in units):
        user.scope.require(Capability.COMMENT, case.working_unit_id)
    errors = {}
    said = note.strip()
    if not said:
        errors["note"] = _("Say what is wrong with the rule.")
    elif len(said) > LONGEST:
        errors["note"] = _("The note is longer than %(number)d characters.") % {"number": LONGEST}
    found = fired_rule(case, rule)
    if found is None:
        errors["rule"] = _("This rule did not fire in this case.")
    if errors:
        raise InvalidTuningError(errors)
    with pghistory.context(user=user.pk):
        made, is_new = TuningRequest.objects.get_or_create(
            case=case, rule=found, made_by=user, defaults={"note": said, "made_at": timezone.now()}
        )
        if not is_new:
            made = TuningRequest.objects.select_for_update().get(pk=made.pk)
            if made.closed_at is not None:
                raise TuningClosedError(made)
            if made.note != said:
                made.note, made.made_at = said, timezone.now()
                made.save(update_fields=["note", "made_at"])
    return made


@transaction.atomic
def close(*, requests: QuerySet[Any], rule: Rule, user: User, answer: str) -> int:
    """Answer what stands open of a rule among these requests, which the caller has cut to what the person sees.

    Returns how many it was; none is no error, somebody was faster. Raises PermissionDenied, InvalidTuningError.
    """
    user.scope.require(Capability.WRITE_RULES, rule.unit_id)
    said = answer.strip()
    if not said:
        raise InvalidTuningError({"answer": _("Say what became of it.")})
    if len(said) > LONGEST:
        raise InvalidTuningError(
            {"answer": _("The answer is longer than %(number)d characters.") % {"number": LONGEST}}
        )
    keys = requests.filter(rule=rule, closed_at=None).order_by().values("pk")
    standing = TuningRequest.objects.select_for_update().filter(pk__in=keys, closed_at=None)
    with pghistory.context(user=user.pk, why=said):
        locked = list(standing.values_list("pk", flat=True))
        return TuningRequest.objects.filter(pk__in=locked).update(closed_at=timezone.now(), closed_by=user, answer=said)


def close_one(*, request: TuningRequest, user: User, answer: str) -> TuningRequest:
    """Answer one request. Raises as `close`, and TuningClosedError."""
    if not close(requests=TuningRequest.objects.filter(pk=request.pk), rule=request.rule, user=user, answer=answer):
        raise TuningClosedError(TuningRequest.objects.get(pk=request.pk))
    fresh: TuningRequest = TuningRequest.objects.get(pk=request.pk)
    return fresh


def fired_rule(case: Case, code: str) -> Rule | None:
    """The rule of this code that fired in what the case is decided upon, or in its latest assessment."""
    kept = {case.assessment_id, case.decided_assessment_id or case.assessment_id}
    assessments = Assessment.objects.filter(pk__in=kept)
    versions = [one["version"] for each in assessments for one in each.fired if one["code"] == code]
    version = RuleVersion.objects.filter(pk__in=versions).select_related("rule__unit").order_by("-number").first()
    return version.rule if version is not None else None


def asked_by(user: User, case: Case) -> Mapping[str, TuningRequest]:
    """What a person asked for at a case, by the code of the rule; one query."""
    rows = TuningRequest.objects.filter(case=case, made_by=user).select_related("rule", "closed_by")
    return {one.rule.code: one for one in rows}


def open_of(units: Sequence[Unit], before: datetime) -> dict[int, Asked]:
    """What stands open of the cases that these units opened, by primary key of the rule; one query.

    It does not matter in which period the case was opened: a request stands until somebody answers it.
    """
    rows = (
        TuningRequest.objects.filter(case__unit__in=units, closed_at=None, made_at__lte=before)
        .select_related("case", "made_by")
        .order_by("-made_at", "-pk")
    )
    by_rule: dict[int, list[TuningRequest]] = {}
    for one in rows:
        by_rule.setdefault(one.rule_id, []).append(one)
    return {
        rule: Asked(len({one.made_by_id for one in told}), len(told), told[:SHOWN]) for rule, told in by_rule.items()
    }
