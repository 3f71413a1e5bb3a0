"""Rules and releases tried on the past: what one rule would have fired for, and what a release would have done.

What is read is the past of the units that the caller names, who has cut them to what the person reads. The masks of the
rules that are live are kept with the columns of the files, so that a rule being written is the only thing computed when
it is tried again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.utils import timezone

from pcu.accounts.models import Unit
from profiling.indicators.catalogue import REGISTRY
from profiling.rules import lists, snapshots
from profiling.rules.core.checking import InvalidConditionError, parse, parse_exceptions
from profiling.rules.core.groups import Groups, group
from profiling.rules.core.scoring import Thresholds
from profiling.rules.core.tried import Trial, Tried, TriedRule, columns_of, fired, masks, scores, weights
from profiling.rules.models import Lane, NamedListVersion, Release
from profiling.rules.services import NoLiveReleaseError, asleep_on, lanes_of, live_release, thresholds_of
from profiling.rules.snapshots import Past

WORKED = (Lane.Mark.EXAMINE, Lane.Mark.SCAN)
"""Lanes that take hands: what is scanned or opened. Papers and audits are work of another kind."""
HELD = 8  # counted pasts that one process keeps


@dataclass(frozen=True)
class Side:
    """A release as it would score: its rules by code, without those that have expired or are suspended today.

    version: what tells it from every other, also from itself after an edit. broken: codes of rules that no longer fit
    the catalogue; they fire for nothing, as in scoring.
    """

    name: str
    rules: tuple[TriedRule, ...]
    thresholds: Thresholds | None
    version: Hashable
    broken: tuple[str, ...] = ()

    @property
    def points(self) -> dict[str, int]:
        return {rule.key: rule.points for rule in self.rules}


NOTHING_LIVE = Side("", (), None, "nothing")


def side_of(release: Release) -> Side:
    """A fixed number of queries."""
    today = timezone.localdate(timezone=release.unit.zone)
    held = lists_of(release)
    named = lists.resolved(held)
    rules: list[TriedRule] = []
    broken: list[str] = []
    asleep = asleep_on(release.pk, today).codes
    for version in release.versions.exclude(rule__code__in=asleep).select_related("rule").order_by("rule__code"):
        rule = version.rule
        key = f"{rule.code} {version.number}"
        try:
            condition = parse(version.condition, REGISTRY.specs(), named)
            exceptions = parse_exceptions(version.exceptions, REGISTRY.specs(), named)
            made = TriedRule(key, rule.code, version.title, version.points, condition, exceptions, named)
            made.fires(REGISTRY.specs(), release.unit.time_zone)
        except (ValueError, LookupError):
            broken.append(rule.code)
            continue
        rules.append(made)
    pinned = tuple(sorted(one.pk for one in held.values()))
    told = (tuple(rule.key for rule in rules), release.unit_id, pinned)
    return Side(release.name, tuple(rules), thresholds_of(release), told, tuple(broken))


def lists_of(release: Release) -> dict[str, NamedListVersion]:
    """The lists that a release is tried with, by code: those it pins, of a draft those it would pin now."""
    if release.state == Release.State.DRAFT:
        return lists.newest_for(release.unit)
    return lists.pinned_versions(release.pk)


def live_side(unit: Unit) -> Side:
    """What is live for a unit; nothing where no release is."""
    try:
        return side_of(live_release(unit))
    except NoLiveReleaseError:
        return NOTHING_LIVE


# ------------------------------------------------------------------ one rule
ROWS = ("_id", "_past", "_moment", "_outcome", "_sampled", "_chance")


def try_rule(
    *,
    unit: Unit,
    units: Sequence[int],
    code: str,
    condition: object,
    exceptions: object,
    points: int,
    since: datetime,
    until: datetime,
) -> Tried:
    """What a rule would have fired for in the past of `units` (ids), beside the rules that are live for `unit`.

    code: of the rule that it would replace, "" for a new one. Raises InvalidConditionError, whose places begin with
    "/condition" or "/exceptions"; snapshots.BrokenFileError.
    """
    specs = REGISTRY.specs()
    named = lists.at_hand(unit)
    errors = []
    for name, check, given in (("condition", parse, condition), ("exceptions", parse_exceptions, exceptions)):
        try:
            check(given, specs, named)
        except InvalidConditionError as error:
            errors += [type(one)(f"/{name}{one.path}", one.code, one.params) for one in error.errors]
    if errors:
        raise InvalidConditionError(tuple(errors))
    rule = TriedRule(
        "", code, "", points, parse(condition, specs, named), parse_exceptions(exceptions, specs, named), named
    )
    past = snapshots.past(units, since, until)
    return try_over(rule=rule, live=live_side(unit), worked=worked_lanes(unit), past=past, zone=unit.time_zone)


def try_over(*, rule: TriedRule, live: Side, worked: frozenset[str], past: Past, zone: str) -> Tried:
    """The same without the database: one rule over a past, beside a live side. Raises snapshots.BrokenFileError."""
    trial = Trial(
        points=rule.points,
        code=rule.code,
        live=live.rules,
        thresholds=live.thresholds,
        worked=worked,
        since=past.since,
        until=past.until,
    )
    for file, chosen in past.spans():
        words = _masks(file, live.rules, live.version, zone)
        found = fired(rule, snapshots.columns(file, columns_of([rule])), REGISTRY.specs(), zone)
        rows = snapshots.columns(file, ROWS)
        if chosen is not None:
            rows, found, words = rows.filter(chosen), found.filter(chosen), words.filter(chosen)
        trial.take(rows, found, words.drop("score"), words.get_column("score"))
    return trial.done()


def worked_lanes(unit: Unit) -> frozenset[str]:
    """Codes of the lanes that take hands."""
    return frozenset(lane.code for lane in lanes_of(unit) if lane.mark in WORKED)


def _masks(file: snapshots.File, rules: Sequence[TriedRule], version: Hashable, zone: str) -> pl.DataFrame:
    """The masks of rules over a file with the score they give, made once a process."""

    def make() -> pl.DataFrame:
        words = masks(rules, snapshots.columns(file, columns_of(rules)), REGISTRY.specs(), zone)
        return words.with_columns(scores(rules, words))

    return snapshots.kept(file, ("masks", version, zone), make)


# ------------------------------------------------------------------ two releases
_counted: OrderedDict[Hashable, Groups] = OrderedDict()
_counting = threading.Lock()


def count_past(*, draft: Side, live: Side, past: Past, zone: str) -> Groups:
    """The past in groups by the rules of both sides, from which `core.backtest` answers. Kept for the next question.

    Raises snapshots.BrokenFileError.
    """
    key = (tuple(file.key for file in past.files), past.since, past.until, draft.version, live.version, zone)
    with _counting:
        known = _counted.get(key)
        if known is not None:
            _counted.move_to_end(key)
            return known
    by_key: Mapping[str, TriedRule] = {rule.key: rule for rule in (*live.rules, *draft.rules)}
    rules = list(by_key.values())
    words: list[pl.DataFrame] = []
    outcomes: list[pl.Series] = []
    drawn: list[pl.Series] = []
    for file, chosen in past.spans():
        mask = _masks(file, rules, (draft.version, live.version), zone).drop("score")
        rows = snapshots.columns(file, ("_outcome", "_sampled", "_chance"))
        if chosen is not None:
            mask, rows = mask.filter(chosen), rows.filter(chosen)
        words.append(mask)
        outcomes.append(rows.get_column("_outcome"))
        drawn.append(weights(rows))
    if words:
        groups = group(list(by_key), pl.concat(words), pl.concat(outcomes), pl.concat(drawn))
    else:
        groups = Groups.none(list(by_key))
    with _counting:
        _counted[key] = groups
        while len(_counted) > HELD:
            _counted.popitem(last=False)
    return groups
