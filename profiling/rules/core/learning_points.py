"""Integer points for conditions: a logistic fit with an L1 penalty, which leaves most conditions without any.

A point is a fixed step of the logarithm of the odds, so points add up as risks multiply, and a score is read by
adding. The strength of the penalty is chosen on later parts of the training window that the fit had not seen, the
conditions having been mined before each of them anew; the period that a score is judged on takes no part in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from profiling.rules.core.learning_hits import Matrix
from profiling.rules.core.learning_measure import mean_recall
from profiling.rules.core.scoring import MAX_POINTS

PER_LOG_ODDS = 20
"""Points for one unit of the logarithm of the odds: about 14 for twice the odds."""
LEAST = 3
"""Points below which a condition is not worth a line on the page: it gets none."""
STRENGTHS: Final = (0.1, 0.15, 0.2, 0.3, 0.5)
"""The inverse of the penalty, as scikit-learn counts it: more lets more conditions have points."""
SHARES: Final = (0.05, 0.1)
MOST = 12_000
"""Finds, and rows without one, that a fit reads; of more, every n-th."""
ENOUGH = 30
"""Finds in the parts held back from which on they may choose the penalty; of fewer the best is a matter of luck."""
TOLERANCE = 0.01
"""Of two penalties that are as good as each other within so much recall the stricter is taken."""


@dataclass(frozen=True, slots=True)
class Fit:
    """points: whole numbers in −100…+100, one per column of the matrix, most of them 0."""

    points: npt.NDArray[np.int64]
    strength: float


def fit(hits: Matrix, found: npt.NDArray[np.bool_], strength: float) -> Fit:
    """Points for each column. Raises ValueError where all rows ended alike: then there is nothing to tell apart."""
    if not found.any() or found.all():
        raise ValueError("nothing can be learnt where every result is the same")
    rows = _thinned(found)
    model = LogisticRegression(
        l1_ratio=1.0, C=strength, solver="liblinear", intercept_scaling=10.0, random_state=0, max_iter=1000, tol=1e-4
    )
    model.fit(hits[rows], found[rows])
    weights = model.coef_[0]
    scale = min(float(PER_LOG_ODDS), MAX_POINTS / max(float(np.abs(weights).max()), 1e-9))
    points = np.rint(weights * scale).astype(np.int64)
    points[np.abs(points) < LEAST] = 0
    return Fit(points, strength)


def _thinned(found: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """So many finds and so many of the rest at most. Leaving some of one kind out shifts the intercept, not points."""
    kinds = (np.flatnonzero(found), np.flatnonzero(~found))
    return np.sort(np.concatenate([rows[:: max(math.ceil(len(rows) / MOST), 1)] for rows in kinds]))


@dataclass(frozen=True, slots=True)
class Fold:
    """Conditions mined before `since`; which training rows and which later rows they are true for."""

    since: datetime
    hits: Matrix
    found: npt.NDArray[np.bool_]
    later_hits: Matrix
    later_found: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trial:
    """recalls: per fold the recall averaged over `SHARES`."""

    strength: float
    recalls: tuple[float, ...]

    @property
    def recall(self) -> float:
        return float(np.mean(self.recalls)) if self.recalls else math.nan


def choose(folds: Sequence[Fold], *, told: Callable[[Trial], None] | None = None) -> tuple[float, tuple[Trial, ...]]:
    """The penalty that did best on the folds, each weighing by its finds; the middle one where they hold too few."""
    weights = np.array([fold.later_found.sum() for fold in folds], np.float64)
    if weights.sum() < ENOUGH:
        return STRENGTHS[len(STRENGTHS) // 2], ()
    trials = []
    for strength in STRENGTHS:
        recalls = []
        for fold in folds:
            points = fit(fold.hits, fold.found, strength).points
            recalls.append(mean_recall(fold.later_hits @ points.astype(np.float64), fold.later_found, SHARES))
        trial = Trial(strength, tuple(recalls))
        trials.append(trial)
        if told is not None:
            told(trial)
    means = [float(np.average(trial.recalls, weights=weights)) for trial in trials]
    best = max(means)
    chosen = next(trial.strength for trial, mean in zip(trials, means, strict=True) if mean >= best - TOLERANCE)
    return chosen, tuple(trials)
