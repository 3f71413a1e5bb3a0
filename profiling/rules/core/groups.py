"""The past counted once: which rules fired together, and what came of it.

Every subject of a period falls into one group by the rules that fired for it (one bit a rule), by its outcome and by
how likely it was drawn at random. Whatever a release scores, sends where and catches is the same for all of a group, so
that `profiling.rules.core.backtest` answers from the groups alone, without reading the past again.

The three outcomes stay apart all the way: what nobody opened is neither found nor clean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

WORD = 64  # bits of one column of a mask
OUTCOME, WEIGHT = "outcome", "weight"


class Outcome(IntEnum):
    """What is known of a subject. Never: nobody looked, or nobody said in which of several consignments it was."""

    NEVER = 0
    CLEAN = 1
    FOUND = 2


@dataclass(frozen=True, slots=True)
class Split:
    """Subjects by what came of them; parts of one where a capacity ends among subjects of one score."""

    found: float = 0
    clean: float = 0
    never: float = 0

    @property
    def total(self) -> float:
        return self.found + self.clean + self.never

    @property
    def inspected(self) -> float:
        return self.found + self.clean


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of a period. All arrays are as long as there are groups, `fired` has a row for each rule.

    rules: a key each, unique. weight: for how many one that was drawn at random stands, which is one by its inclusion
    probability; 0 where it was not drawn.
    """

    rules: tuple[str, ...]
    fired: NDArray[np.bool_]
    outcome: NDArray[np.uint8]
    weight: NDArray[np.float64]
    count: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.count)

    @property
    def total(self) -> int:
        return int(self.count.sum())

    def split(self, part: NDArray[Any] | None = None) -> Split:
        """Of all subjects, or of a part of each group (0 to 1, or a yes and no)."""
        counted = self.count if part is None else self.count * part
        never, clean, found = np.bincount(self.outcome, weights=counted, minlength=3).tolist()
        return Split(found=found, clean=clean, never=never)

    @classmethod
    def none(cls, rules: Sequence[str]) -> Groups:
        """Of a past in which nothing was."""
        fired = np.zeros((len(rules), 0), dtype=np.bool_)
        return cls(tuple(rules), fired, np.zeros(0, np.uint8), np.zeros(0, np.float64), np.zeros(0, np.int64))

    def as_json(self) -> dict[str, Any]:
        """For keeping: masks as hexadecimal numbers, the first rule in the lowest bit."""
        masks = [0] * len(self)
        for place, row in enumerate(self.fired):
            for at in np.flatnonzero(row).tolist():
                masks[at] |= 1 << place
        return {
            "rules": list(self.rules),
            "masks": [f"{mask:x}" for mask in masks],
            "outcomes": self.outcome.tolist(),
            "weights": self.weight.tolist(),
            "counts": self.count.tolist(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Groups:
        """What `as_json` gave. Raises ValueError on anything else."""
        try:
            rules = tuple(map(str, kept["rules"]))
            masks = [int(mask, 16) for mask in kept["masks"]]
            outcome = np.array(kept["outcomes"], dtype=np.uint8)
            weight = np.array(kept["weights"], dtype=np.float64)
            count = np.array(kept["counts"], dtype=np.int64)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"these are no groups: {error}") from error
        if not len(masks) == len(outcome) == len(weight) == len(count) or len(set(rules)) < len(rules):
            raise ValueError("these are no groups: their parts differ in length")
        if len(outcome) and (outcome.max() > Outcome.FOUND or count.min() < 1 or max(masks) >> len(rules)):
            raise ValueError("these are no groups: an outcome, a count or a rule that there is not")
        fired = np.array([[mask >> place & 1 for mask in masks] for place in range(len(rules))], dtype=np.bool_)
        return cls(rules, fired.reshape(len(rules), len(masks)), outcome, weight, count)


def pack(hits: pl.DataFrame) -> pl.DataFrame:
    """Boolean columns, one a rule, as columns of 64 bits: "w0" holds the first 64, the first in its lowest bit."""
    columns = hits.columns
    if not columns:
        return pl.DataFrame({"w0": pl.zeros(hits.height, dtype=pl.UInt64, eager=True)})
    words = {}
    for start in range(0, len(columns), WORD):
        word = np.zeros(hits.height, dtype=np.uint64)
        for place, name in enumerate(columns[start : start + WORD]):
            # by hand and not as one expression of sixty-four sums: it would hold as many columns of numbers at once
            bits = hits.get_column(name).cast(pl.UInt64).to_numpy()
            word |= bits << np.uint64(place)
        words[f"w{start // WORD}"] = word
    return pl.DataFrame(words)


def bit(words: pl.DataFrame, place: int) -> pl.Series:
    """The Boolean column of one rule back from what `pack` gave."""
    word = words.get_column(f"w{place // WORD}").to_numpy()
    return pl.Series((word >> np.uint64(place % WORD) & np.uint64(1)).astype(np.bool_))


def group(rules: Sequence[str], words: pl.DataFrame, outcome: pl.Series, weight: pl.Series) -> Groups:
    """Count the rows of a period once. words: as `pack` gives them; outcome: of `Outcome`; weight: as in `Groups`.

    Raises ValueError where the columns differ in length or a rule is named twice.
    """
    if not words.height == len(outcome) == len(weight) or len(set(rules)) < len(rules):
        raise ValueError("rows and rules do not fit each other")
    names = words.columns
    rows = words.with_columns(outcome.cast(pl.UInt8).alias(OUTCOME), weight.cast(pl.Float64).alias(WEIGHT))
    counted = rows.group_by([*names, OUTCOME, WEIGHT]).len().sort([*names, OUTCOME, WEIGHT])
    fired = np.zeros((len(rules), counted.height), dtype=np.bool_)
    for place in range(len(rules)):
        fired[place] = bit(counted, place).to_numpy()
    return Groups(
        tuple(rules),
        fired,
        counted.get_column(OUTCOME).to_numpy().astype(np.uint8),
        counted.get_column(WEIGHT).to_numpy().astype(np.float64),
        counted.get_column("len").to_numpy().astype(np.int64),
    )
