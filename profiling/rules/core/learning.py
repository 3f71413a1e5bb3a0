"""Learn a readable score from past consignments: which conditions, and how many points each.

`learn` uses nothing but what had arrived and was known at one moment; `judge` then counts what its score would have
caught among what arrived later. The same records give the same score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from profiling.rules.core.conditions import Condition, dump
from profiling.rules.core.intervals import Share, share
from profiling.rules.core.learning_conditions import Candidate, Evidence, Kind, candidates, evidence
from profiling.rules.core.learning_hits import Matrix, matrix
from profiling.rules.core.learning_measure import Caught, caught, threshold
from profiling.rules.core.learning_points import Fold, Trial, choose, fit
from profiling.rules.core.learning_records import Ground, Records, ground

FEWEST_FINDS = 10
"""Finds below which nothing is proposed: so few say nothing."""
FOLDS = 3
PLENTY = 1000
"""Finds from which on the latest of the folds says enough alone."""
SHARES: Final = (0.05, 0.1)


class TooLittleError(ValueError):
    """There are too few finds, or nothing else, to learn from."""

    def __init__(self, said: Ground) -> None:
        super().__init__(f"{said.found} finds among {said.learnt_from} results; at least {FEWEST_FINDS} are needed")
        self.ground = said


@dataclass(frozen=True, slots=True)
class Proposed:
    """A condition with its points. code: of the given rule, "" for one that history suggested."""

    code: str
    kind: Kind
    condition: Condition
    points: int
    evidence: Evidence

    @property
    def tree(self) -> dict[str, Any]:
        return dump(self.condition)


@dataclass(frozen=True, slots=True)
class Learnt:
    """proposed: those with points, the weightiest first, then given rules that got none.

    thresholds: share of the cargo to least points, so that no more than the share scores as much, counted over the
    latest tenth of the training window. trials: what each strength of penalty did on the parts held back.
    """

    until: datetime
    ground: Ground
    proposed: tuple[Proposed, ...]
    thresholds: Mapping[float, int]
    strength: float
    trials: tuple[Trial, ...]

    def scores(self, values: pl.DataFrame) -> npt.NDArray[np.float64]:
        """The points of every row."""
        worth = [one for one in self.proposed if one.points]
        points = np.array([one.points for one in worth], np.float64)
        scored: npt.NDArray[np.float64] = matrix([one.condition for one in worth], values) @ points
        return scored


@dataclass(frozen=True, slots=True)
class Judged:
    """What a score would have caught of what arrived in a period, among the results that are known.

    caught: per share inspected. at_thresholds: per share, the share that scores at or above the learnt threshold and
    the finds among it. without_result: consignments of the period whose result is not known; they are left out.
    """

    caught: Mapping[float, Caught]
    at_thresholds: Mapping[float, tuple[Share, Share]]
    consignments: int
    without_result: int
    finds: int


def learn(
    records: Records,
    *,
    until: datetime,
    given: Mapping[str, Condition] | None = None,
    shares: Sequence[float] = SHARES,
) -> Learnt:
    """Propose a score from what was known at `until`. given: rules that exist, by code, to be weighed anew.

    Raises TooLittleError where fewer than `FEWEST_FINDS` finds, or nothing but finds, are known.
    """
    rules = dict(given or {})
    said, known = ground(records, until)
    if said.found < FEWEST_FINDS or said.found == said.learnt_from:
        raise TooLittleError(said)
    strength, trials = choose(_folds(records, known, rules, until))
    mined, hits = _mined(known, rules)
    found = known.found().to_numpy()
    points = fit(hits, found, strength).points
    support = np.asarray(hits.sum(axis=0)).ravel()
    finds = np.asarray(hits.T @ found.astype(np.float64)).ravel()
    base = said.found / said.learnt_from
    codes = [*rules, *([""] * (len(mined) - len(rules)))]
    proposed = [
        Proposed(code, one.kind, one.condition, int(worth), evidence(int(n), int(k), base))
        for code, one, worth, n, k in zip(codes, mined, points, support, finds, strict=True)
        if worth or code
    ]
    proposed.sort(key=lambda one: -abs(one.points))
    learnt = Learnt(until, said, tuple(proposed), {}, strength, trials)
    latest = records.between(None, until)
    latest = latest.where(pl.Series(np.arange(latest.height) >= latest.height * 9 // 10))
    scored = learnt.scores(latest.values)
    return Learnt(until, said, tuple(proposed), {part: threshold(scored, part) for part in shares}, strength, trials)


def judge(learnt: Learnt, records: Records, *, since: datetime, until: datetime | None = None) -> Judged:
    """What the score catches of what arrived in [since, until)."""
    period = records.between(since, until)
    looked_at = period.outcomes["result"] != "never"
    later = period.where(looked_at)
    scored, found = learnt.scores(later.values), later.found().to_numpy()
    shares = tuple(learnt.thresholds)
    at = {}
    for part, least in learnt.thresholds.items():
        over = scored >= least
        selected, hit = share(int(over.sum()), len(scored)), share(int(found[over].sum()), int(found.sum()))
        if selected is not None and hit is not None:
            at[part] = (selected, hit)
    return Judged(
        caught={part: caught(scored, found, part) for part in shares},
        at_thresholds=at,
        consignments=later.height,
        without_result=period.height - later.height,
        finds=int(found.sum()),
    )


def _mined(known: Records, rules: Mapping[str, Condition]) -> tuple[list[Candidate], Matrix]:
    """The given rules, then what stands out in these records."""
    mined, _ = candidates(known)
    chosen = [*(Candidate(Kind.GIVEN, condition) for condition in rules.values()), *mined]
    return chosen, matrix([one.condition for one in chosen], known.values)


def _folds(records: Records, known: Records, rules: Mapping[str, Condition], until: datetime) -> list[Fold]:
    """Later parts of the training window with as many finds each, every one learnt for from what was known before."""
    moments = known.where(known.found()).outcomes["moment"].to_list()
    first = len(moments) // 2
    starts = [moments[first + (len(moments) - first) * part // FOLDS] for part in range(FOLDS)]
    ends = [*starts[1:], until]
    if len(moments) >= PLENTY:
        starts, ends = starts[-1:], ends[-1:]
    folds = []
    for since, end in zip(starts, ends, strict=True):
        said, before = ground(records, since)
        later = known.between(since, end)
        found = later.found().to_numpy()
        if said.found < FEWEST_FINDS // 2 or said.found == said.learnt_from or not found.any() or found.all():
            continue
        mined, hits = _mined(before, rules)
        later_hits = matrix([one.condition for one in mined], later.values)
        folds.append(Fold(since, hits, before.found().to_numpy(), later_hits, found))
    return folds
