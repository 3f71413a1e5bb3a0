"""How good a score is where only so much can be inspected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]
Finds = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Caught:
    """share: of the cargo that is inspected, 0 to 1. inspected: consignments, may be a fraction where scores tie.

    caught: finds among them, as to be expected when those with the same score at the cut are taken by lot.
    worst, best: if all of them that hold a find were taken last, or first.
    """

    share: float
    inspected: float
    finds: int
    caught: float
    worst: int
    best: int

    @property
    def recall(self) -> float:
        return self.caught / self.finds if self.finds else math.nan

    @property
    def precision(self) -> float:
        return self.caught / self.inspected if self.inspected else math.nan


def caught(scores: Scores, finds: Finds, share: float) -> Caught:
    """The finds among the highest-scored `share` of the rows. Raises ValueError unless 0 < share ≤ 1."""
    if not 0 < share <= 1:
        raise ValueError(f"a share of {share} cannot be inspected")
    number = share * len(scores)
    if not len(scores):
        return Caught(share, 0.0, 0, 0.0, 0, 0)
    cut = np.sort(scores)[::-1][min(math.ceil(number), len(scores)) - 1]
    above, tied = scores > cut, scores == cut
    room = number - float(above.sum())
    sure, at_cut = int(finds[above].sum()), int(finds[tied].sum())
    clean_at_cut = int(tied.sum()) - at_cut
    return Caught(
        share=share,
        inspected=number,
        finds=int(finds.sum()),
        caught=sure + at_cut * room / float(tied.sum()),
        worst=sure + max(math.floor(room) - clean_at_cut, 0),
        best=sure + min(math.floor(room), at_cut),
    )


def threshold(scores: Scores, share: float) -> int:
    """The least whole number of points at or above which at most `share` of the rows score."""
    if not len(scores):
        raise ValueError("no score says nothing of a threshold")
    allowed = math.floor(share * len(scores))
    falling = np.sort(scores)[::-1]
    if allowed >= len(scores):
        return math.floor(float(falling[-1]))
    return math.floor(float(falling[allowed])) + 1


def mean_recall(scores: Scores, finds: Finds, shares: Sequence[float]) -> float:
    """The recall averaged over several shares inspected; nan where nothing was found."""
    return float(np.mean([caught(scores, finds, share).recall for share in shares]))
