"""Back-tests: a draft release tried against what is live, kept by whoever wants to show it to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.rules import snapshots
from profiling.rules.core.comparison import Comparison, Scored, ScoredRule
from profiling.rules.models import BackTest, Release
from profiling.rules.services import thresholds_of
from profiling.rules.trying import Side, count_past, side_of

MAX_NAME = 80


class InvalidBackTestError(ValueError):
    """A back-test cannot be kept as it is asked for; the text says why, in the reader's language."""


def compare(
    *, draft: Release, live: Release, unit: Unit, units: Sequence[int], since: datetime, until: datetime
) -> Comparison:
    """Both releases over the past of `units` (ids), which the caller has cut to what the person reads.

    Raises snapshots.BrokenFileError.
    """
    sides = side_of(draft), side_of(live)
    past = snapshots.past(units, since, until)
    groups = count_past(draft=sides[0], live=sides[1], past=past, zone=unit.time_zone)
    return Comparison(_scored(sides[0], draft), _scored(sides[1], live), groups, since, until)


def _scored(side: Side, release: Release) -> Scored:
    rules = tuple(ScoredRule(rule.key, rule.code, rule.title, rule.points) for rule in side.rules)
    return Scored(side.name, rules, thresholds_of(release))


@transaction.atomic
def keep(
    *,
    user: User,
    unit: Unit,
    draft: Release,
    live: Release,
    name: str,
    comparison: Comparison,
    capacity: int,
    changes: Mapping[str, Any],
) -> BackTest:
    """Keep a back-test of the past of a node. changes: {"points": {code: points}, "steps": {lane: points}}.

    Raises PermissionDenied, InvalidBackTestError.
    """
    user.scope.require(Capability.WRITE_RULES, unit.pk)
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME:
        raise InvalidBackTestError(_("A name has one to %(limit)s characters.") % {"limit": MAX_NAME})
    question = {
        "since": comparison.since.isoformat(),
        "until": comparison.until.isoformat(),
        "capacity": capacity,
    }
    return BackTest.objects.create(
        unit=unit,
        name=name,
        release=draft,
        against=live,
        question=question,
        changes=dict(changes),
        result=comparison.as_json(),
        made_by=user,
    )
