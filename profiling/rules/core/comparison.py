"""A draft release beside the live one over the same past: everything the back-test page, its files and its API show.

A `Comparison` is what is kept; `measure` answers for any points, thresholds and capacity from its groups, without
reading the past again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from profiling.rules.core import backtest
from profiling.rules.core.backtest import AtCapacity, Estimate, Exchange, RuleLine, Step
from profiling.rules.core.groups import Groups, Split
from profiling.rules.core.intervals import wilson
from profiling.rules.core.scoring import MAX_POINTS, MIN_POINTS, Thresholds, lane_for

CURVE = 120  # points of a drawn curve
BIN = 5  # points of score in one bar of the histogram


@dataclass(frozen=True, slots=True)
class ScoredRule:
    """A rule of one side. key: of its version; two sides that hold the same version share it."""

    key: str
    code: str
    title: str
    points: int


@dataclass(frozen=True, slots=True)
class Scored:
    """One side: its name, its rules by code, where its lanes begin."""

    name: str
    rules: tuple[ScoredRule, ...]
    thresholds: Thresholds

    @property
    def points(self) -> dict[str, int]:
        return {rule.key: rule.points for rule in self.rules}

    @property
    def lanes(self) -> tuple[str, ...]:
        """Codes, strictest first."""
        return (*(lane for _least, lane in self.thresholds.steps), self.thresholds.below)

    def changed(self, points: Mapping[str, int], steps: Mapping[str, int]) -> Scored:
        """With other points (by rule code) and other beginnings of lanes (by lane code).

        Raises ValueError where points are out of range or two lanes would begin at the same number.
        """
        for code, added in points.items():
            if not MIN_POINTS <= added <= MAX_POINTS:
                raise ValueError(f"{code}: {added} points are outside {MIN_POINTS}…{MAX_POINTS}")
        rules = tuple(
            ScoredRule(rule.key, rule.code, rule.title, points.get(rule.code, rule.points)) for rule in self.rules
        )
        least = [(steps.get(lane, at), lane) for at, lane in self.thresholds.steps]
        return Scored(self.name, rules, Thresholds(tuple(least), self.thresholds.below))

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "rules": [[rule.key, rule.code, rule.title, rule.points] for rule in self.rules],
            "steps": [[least, lane] for least, lane in self.thresholds.steps],
            "below": self.thresholds.below,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Scored:
        rules = tuple(
            ScoredRule(str(key), str(code), str(title), int(points)) for key, code, title, points in kept["rules"]
        )
        steps = tuple((int(least), str(lane)) for least, lane in kept["steps"])
        return cls(str(kept["name"]), rules, Thresholds(steps, str(kept["below"])))


@dataclass(frozen=True)
class Comparison:
    """Two sides and the past in groups, of subjects assessed in [since, until)."""

    draft: Scored
    live: Scored
    groups: Groups
    since: datetime
    until: datetime

    @property
    def days(self) -> float:
        return max((self.until - self.since).total_seconds() / 86_400, 1e-9)

    def as_json(self) -> dict[str, Any]:
        return {
            "draft": self.draft.as_json(),
            "live": self.live.as_json(),
            "groups": self.groups.as_json(),
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Comparison:
        """What `as_json` gave. Raises ValueError on anything else."""
        try:
            return cls(
                Scored.from_json(kept["draft"]),
                Scored.from_json(kept["live"]),
                Groups.from_json(kept["groups"]),
                datetime.fromisoformat(kept["since"]),
                datetime.fromisoformat(kept["until"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"this is no comparison: {error}") from error


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """share: of all subjects opened; recall with its interval: of known finds."""

    share: float
    recall: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bar:
    """Subjects with a score in [least, least + BIN); lane: of the first of them."""

    least: int
    lane: str
    count: int


@dataclass(frozen=True, slots=True)
class SideMeasures:
    """What one side does with the past. flagged: above its lowest threshold."""

    side: Scored
    at: AtCapacity
    flagged: Split
    curve: Sequence[CurvePoint]
    only: float
    """Known finds caught at the capacity and not by the other side."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything of a comparison. matrix: rows live lanes, columns draft lanes, both strictest first.

    unflagged: what the random sample says of cargo that neither side flags, None where none of it was drawn and opened.
    """

    total: Split
    capacity: int
    live: SideMeasures
    draft: SideMeasures
    moved: Exchange
    matrix: Sequence[Sequence[Split]]
    bars: Sequence[Bar]
    lines: Sequence[tuple[ScoredRule, RuleLine, int | None]]
    """Rules of the draft with what they did and the points they have in the live release, None for a new one."""
    unflagged: Estimate | None


def measure(comparison: Comparison, *, draft: Scored, capacity: int, sampled_only: bool = False) -> Measures:
    """draft: the draft side with whatever was changed of it. capacity: inspections in the whole period.

    sampled_only: the curves count nothing but what was drawn at random.
    """
    groups, live = comparison.groups, comparison.live
    scored = [backtest.score(groups, side.points) for side in (live, draft)]
    steps = [backtest.ladder(groups, scores) for scores in scored]
    at = [backtest.at_capacity(one, capacity) for one in steps]
    taken = [backtest.taken(groups, scores, one) for scores, one in zip(scored, at, strict=True)]
    moved = backtest.exchange(groups, *taken)
    lanes = [backtest.lanes(scores, side.thresholds) for scores, side in zip(scored, (live, draft), strict=True)]
    low = [places == len(side.thresholds.steps) for places, side in zip(lanes, (live, draft), strict=True)]
    drawn = [_sampled_steps(groups, side) for side in (live, draft)] if sampled_only else steps
    before = {rule.code: rule.points for rule in live.rules}
    told = {line.rule: line for line in backtest.by_rule(groups, draft.points)}
    sides = [
        SideMeasures(side, one, groups.split(~unflagged), curve(curved), only)
        for side, one, unflagged, curved, only in zip(
            (live, draft), at, low, drawn, (moved.lost, moved.gained), strict=True
        )
    ]
    return Measures(
        total=groups.split(),
        capacity=capacity,
        live=sides[0],
        draft=sides[1],
        moved=moved,
        matrix=backtest.lane_changes(groups, lanes[0], lanes[1], (len(live.lanes), len(draft.lanes))),
        bars=histogram(steps[1], draft.thresholds),
        lines=[(rule, told[rule.key], before.get(rule.code)) for rule in draft.rules if rule.key in told],
        unflagged=backtest.unflagged(groups, _both(low)),
    )


def _sampled_steps(groups: Groups, side: Scored) -> list[Step]:
    drawn = backtest.sampled_only(groups)
    return backtest.ladder(drawn, backtest.score(drawn, side.points))


def _both(low: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    both: NDArray[np.bool_] = low[0] & low[1]
    return both


def curve(steps: Sequence[Step]) -> list[CurvePoint]:
    """Known finds caught against the share opened, highest score first; empty where no find is known.

    Of many scores about `CURVE` are kept, evenly by share, so that the picture stays small.
    """
    if not steps or not steps[-1].down_to.found:
        return []
    total, finds = steps[-1].down_to.total, steps[-1].down_to.found
    points = [CurvePoint(0, 0, 0, 0)]
    for place, step in enumerate(steps):
        share = step.down_to.total / total
        if share - points[-1].share < 1 / CURVE and place < len(steps) - 1 and share > 0.1:
            continue
        low, high = wilson(step.down_to.found, finds)
        points.append(CurvePoint(share, step.down_to.found / finds, low, high))
    return points


def histogram(steps: Sequence[Step], thresholds: Thresholds) -> list[Bar]:
    """How many have which score, lowest first, without gaps. A bar that a lane begins within has the lane below it."""
    counted: dict[int, int] = {}
    for step in steps:
        least = step.score // BIN * BIN
        counted[least] = counted.get(least, 0) + int(step.here.total)
    if not counted:
        return []
    first, last = min(counted), max(counted)
    return [Bar(least, lane_for(least, thresholds), counted.get(least, 0)) for least in range(first, last + 1, BIN)]
