"""What a release would have done with the past, from the groups of `profiling.rules.core.groups` alone.

Points and thresholds may be changed and everything asked again: nothing here reads a row of the past. Recall counts
known finds only, for nobody knows of the others; what the random sample says of cargo that is not flagged is told
beside it (`unflagged`), weighted by how likely each was drawn.

A capacity that ends among subjects of one score takes of all of them the same part (`taken`): who of them is opened is
chance, so figures there are what chance gives on average, with the least and the most beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from profiling.rules.core.groups import Groups, Outcome, Split
from profiling.rules.core.intervals import Share, share, wilson
from profiling.rules.core.scoring import Thresholds

Scores = NDArray[np.int64]
FOUND = int(Outcome.FOUND)


def score(groups: Groups, points: Mapping[str, int]) -> Scores:
    """The score of each group. A rule without points is in another release and adds nothing."""
    scores: Scores = np.zeros(len(groups), dtype=np.int64)
    for place, rule in enumerate(groups.rules):
        if added := points.get(rule, 0):
            scores += added * groups.fired[place]
    return scores


@dataclass(frozen=True, slots=True)
class Step:
    """All subjects of one score, and all from the highest score down to it."""

    score: int
    here: Split
    down_to: Split


def ladder(groups: Groups, scores: Scores) -> list[Step]:
    """Every score that occurs, highest first."""
    values, places = np.unique(scores, return_inverse=True)
    cells = np.bincount(places * 3 + groups.outcome, weights=groups.count, minlength=3 * len(values))
    counted = cells.reshape(-1, 3)[::-1]
    summed = counted.cumsum(axis=0)
    return [
        Step(int(value), Split(*here[::-1].tolist()), Split(*down[::-1].tolist()))
        for value, here, down in zip(values[::-1], counted, summed, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class AtCapacity:
    """What `capacity` inspections find when the highest scores are opened first.

    inspected: on average over the order within the last score. lowest: the last score of which any is opened; of its
    `tied` subjects there is room for `room`. finds: fewest and most, as that order falls. all_found: known finds.
    """

    capacity: int
    inspected: Split
    lowest: int | None
    tied: int
    room: int
    finds: tuple[int, int]
    all_found: int

    @property
    def is_tied(self) -> bool:
        """Chance decides who of the last score is opened."""
        return self.room < self.tied

    @property
    def recall(self) -> float | None:
        """Of known finds; None where there is none."""
        return self.inspected.found / self.all_found if self.all_found else None

    @property
    def precision(self) -> float | None:
        """Found of those whose outcome is known; None where none of them was ever opened."""
        known = self.inspected.inspected
        return self.inspected.found / known if known else None

    @property
    def precision_interval(self) -> tuple[float, float] | None:
        """Wilson, 95 %."""
        known = self.inspected.inspected
        return wilson(self.inspected.found, known) if known else None

    @property
    def recall_interval(self) -> tuple[float, float] | None:
        return wilson(self.inspected.found, self.all_found) if self.all_found else None


def at_capacity(steps: Sequence[Step], capacity: int) -> AtCapacity:
    """Raises ValueError on a negative capacity."""
    if capacity < 0:
        raise ValueError("a capacity is not below zero")
    all_found = int(steps[-1].down_to.found) if steps else 0
    if not steps or capacity == 0:
        return AtCapacity(capacity, Split(), None, 0, 0, (0, 0), all_found)
    place = next((at for at, step in enumerate(steps) if step.down_to.total >= capacity), len(steps) - 1)
    last, above = steps[place], steps[place - 1].down_to if place else Split()
    tied = int(last.here.total)
    room = min(capacity - int(above.total), tied)
    part = room / tied
    inspected = Split(
        above.found + part * last.here.found,
        above.clean + part * last.here.clean,
        above.never + part * last.here.never,
    )
    fewest = int(above.found) + max(room - (tied - int(last.here.found)), 0)
    most = int(above.found) + min(room, int(last.here.found))
    return AtCapacity(capacity, inspected, last.score, tied, room, (fewest, most), all_found)


def taken(groups: Groups, scores: Scores, at: AtCapacity) -> NDArray[np.float64]:
    """Which part of each group is opened at a capacity: all above the last score, the same part of all within it."""
    if at.lowest is None:
        return np.zeros(len(groups))
    part = at.room / at.tied
    return np.where(scores > at.lowest, 1.0, np.where(scores == at.lowest, part, 0.0))


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one release catches that another does not. gained − lost is the difference of their finds."""

    gained: float
    lost: float


def exchange(groups: Groups, before: NDArray[np.float64], after: NDArray[np.float64]) -> Exchange:
    """Known finds gained and lost between two answers of `taken`."""
    finds = np.where(groups.outcome == FOUND, groups.count, 0)
    moved = after - before
    return Exchange(float((finds * moved.clip(min=0)).sum()), float((finds * (-moved).clip(min=0)).sum()))


def lanes(scores: Scores, thresholds: Thresholds) -> NDArray[np.intp]:
    """The place of each group's lane: 0 is that of the highest threshold, the last is the lane below all."""
    least = np.array([points for points, _lane in thresholds.steps], dtype=np.int64)
    placed: NDArray[np.intp] = (scores[:, None] < least[None, :]).sum(axis=1)
    return placed


def lane_changes(
    groups: Groups, before: NDArray[np.intp], after: NDArray[np.intp], size: tuple[int, int]
) -> list[list[Split]]:
    """Rows: lanes before; columns: lanes after. size: how many lanes each has."""
    cells = np.bincount(
        (before * size[1] + after) * 3 + groups.outcome, weights=groups.count, minlength=size[0] * size[1] * 3
    ).reshape(size[0], size[1], 3)
    return [[Split(*cell[::-1].tolist()) for cell in row] for row in cells]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule did. unique: known finds in which no other rule added points."""

    rule: str
    fired: Split
    unique: int

    @property
    def precision(self) -> Share | None:
        return share(int(self.fired.found), int(self.fired.inspected))


def by_rule(groups: Groups, points: Mapping[str, int]) -> list[RuleLine]:
    """The rules of one release, in the groups' order. A rule with no points or fewer catches nothing by itself."""
    adding = {rule for rule, added in points.items() if added > 0}
    helpers = np.zeros(len(groups), dtype=np.int64)
    for place, rule in enumerate(groups.rules):
        if rule in adding:
            helpers += groups.fired[place]
    lines = []
    for place, rule in enumerate(groups.rules):
        if rule not in points:
            continue
        alone = groups.fired[place] & (helpers == 1) & (groups.outcome == FOUND)
        unique = int(groups.count[alone].sum()) if rule in adding else 0
        lines.append(RuleLine(rule, groups.split(groups.fired[place]), unique))
    return lines


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share that the random sample puts on cargo; drawn and opened: `opened`, found among them: `found`."""

    value: float
    low: float
    high: float
    opened: int
    found: int


def unflagged(groups: Groups, part: NDArray[np.bool_]) -> Estimate | None:
    """The share with a find among the groups of `part`, from those of them that were drawn at random and opened.

    Each stands for one by its inclusion probability (Hájek's ratio); the interval is Wilson's at the effective number
    of Kish, (Σw)²/Σw². None where none was opened.
    """
    chosen = part & (groups.weight > 0) & (groups.outcome != Outcome.NEVER)
    weight, count = groups.weight[chosen], groups.count[chosen]
    if not len(count):
        return None
    hit = groups.outcome[chosen] == FOUND
    mass = float((weight * count).sum())
    value = float((weight * count)[hit].sum()) / mass
    effective = mass * mass / float((weight * weight * count).sum())
    low, high = wilson(value * effective, effective)
    return Estimate(value, low, high, int(count.sum()), int(count[hit].sum()))


def sampled_only(groups: Groups) -> Groups:
    """What was drawn at random and nothing else, each counted once."""
    chosen = groups.weight > 0
    return Groups(
        groups.rules, groups.fired[:, chosen], groups.outcome[chosen], groups.weight[chosen], groups.count[chosen]
    )
