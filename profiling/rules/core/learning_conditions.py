"""Conditions that stand out in the past: single values, cuts of numbers, what is missing, words, and pairs of them.

Values are chosen by how much cargo carries them in the training window, not by what was found on them alone: a value
met twice with two finds is an anecdote. Numbers are cut at round figures (1, 2, 5, 10 …), which a person can say.
Everything is proposed as the tree that rules are written in, so a proposal is read, changed and refused like any rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from profiling.indicators.catalogue import MAX_NUMBER, IndicatorSpec, ValueType
from profiling.indicators.text import BOUNDARY
from profiling.rules.core.checking import parse
from profiling.rules.core.conditions import AllOf, Condition, Leaf, Op, dump, leaves
from profiling.rules.core.intervals import Share, share
from profiling.rules.core.learning_hits import Matrix, matrix
from profiling.rules.core.learning_records import Records

SUPPORT = 10
"""Consignments of the training window that a single condition must be true for, and false for."""
VALUES = 60
"""Values of one column that are tried, the most frequent first."""
WORDS = 100
PAIR_FINDS = 4
PAIR_LIFT = 2.0
"""A pair must find so many times as often as the better of its two parts."""
PAIRS = 60
_STEPS: Final = (1.0, 2.0, 5.0)
_QUANTILES: Final = (0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98)


class Kind(StrEnum):
    GIVEN = "given"  # a rule that somebody wrote
    VALUE = "value"
    CUT = "cut"
    MISSING = "missing"
    WORD = "word"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a condition did in the training window.

    support: consignments it was true for; found: finds among them; confidence: their share with its Wilson interval;
    lift: that share over the share of all that was learnt from, nan where nothing was found at all.
    """

    support: int
    found: int
    confidence: Share | None
    lift: float


def evidence(support: int, found: int, base: float) -> Evidence:
    confidence = share(found, support)
    lift = confidence.value / base if confidence is not None and base > 0 else math.nan
    return Evidence(support, found, confidence, lift)


@dataclass(frozen=True, slots=True)
class Candidate:
    kind: Kind
    condition: Condition

    @property
    def tree(self) -> Mapping[str, Any]:
        return dump(self.condition)


def candidates(records: Records) -> tuple[list[Candidate], Matrix]:
    """Single conditions and pairs for these records, and which of their rows each is true for.

    records: what is learnt from, results known. The order is the catalogue's, then falling frequency: the same records
    give the same candidates.
    """
    singles = [one for spec in records.specs.values() for one in _singles(spec, records.values[spec.code])]
    # Nothing is proposed that the editor would refuse.
    singles = [Candidate(one.kind, parse(dump(one.condition), records.specs)) for one in singles]
    hits = matrix([one.condition for one in singles], records.values)
    support = np.asarray(hits.sum(axis=0)).ravel()
    keep = _distinct(hits, (support >= SUPPORT) & (support <= records.height - SUPPORT))
    singles, hits = [singles[place] for place in keep], hits[:, keep]
    pairs = _pairs(singles, hits, records.found().to_numpy())
    chosen = [*singles, *pairs]
    return chosen, matrix([one.condition for one in chosen], records.values)


def _distinct(hits: Matrix, wanted: npt.NDArray[np.bool_]) -> list[int]:
    """The wanted columns without those that are true for the very rows of an earlier one."""
    seen: set[bytes] = set()
    kept = []
    for place in np.flatnonzero(wanted):
        rows = hits.indices[hits.indptr[place] : hits.indptr[place + 1]].tobytes()
        if rows not in seen:
            seen.add(rows)
            kept.append(int(place))
    return kept


def _singles(spec: IndicatorSpec, column: pl.Series) -> Iterator[Candidate]:
    missing = column.null_count()
    match spec.type:
        case ValueType.BOOLEAN:
            yield Candidate(Kind.VALUE, Leaf(lhs=spec.code, op=Op.IS_TRUE))
        case ValueType.CODE:
            for value in _frequent(column, VALUES):
                yield Candidate(Kind.VALUE, Leaf(lhs=spec.code, op=Op.EQ, value=value))
        case ValueType.TEXT:
            spaced = column.drop_nulls().str.replace_all(BOUNDARY, " ", literal=True).str.strip_chars(" ")
            parts = spaced.str.split(" ").list.unique(maintain_order=True).explode(empty_as_null=True)
            for word in _frequent(parts.filter(parts.str.len_chars() > 1), WORDS):
                yield Candidate(Kind.WORD, Leaf(lhs=spec.code, op=Op.CONTAINS_WORD, value=word))
        case ValueType.NUMBER | ValueType.INTEGER:
            for cut in cuts(column, whole=spec.type is ValueType.INTEGER):
                yield Candidate(Kind.CUT, Leaf(lhs=spec.code, op=Op.GE, value=cut))
                if missing:
                    # Without missing values "below" is but the other side of "at least", and the fit needs one of them.
                    yield Candidate(Kind.CUT, Leaf(lhs=spec.code, op=Op.LT, value=cut))
        case ValueType.DATE:
            pass  # a day of the past does not come again
    if SUPPORT <= missing <= len(column) - SUPPORT:
        yield Candidate(Kind.MISSING, Leaf(lhs=spec.code, op=Op.IS_MISSING))


def _frequent(column: pl.Series, limit: int) -> list[str]:
    """The most frequent values that are frequent enough, then by name, so that ties stand always alike."""
    counted = column.drop_nulls().rename("value").value_counts().filter(pl.col("count") >= SUPPORT)
    return [str(one) for one in counted.sort(["count", "value"], descending=[True, False])["value"].head(limit)]


def cuts(column: pl.Series, *, whole: bool) -> list[int | float]:
    """Round figures between the 2nd and the 98th of a hundred values; nothing of a column that never differs."""
    known = column.drop_nulls().cast(pl.Float64)
    known = known.filter(known.is_finite() & (known.abs() <= MAX_NUMBER))
    if known.is_empty() or known.min() == known.max():
        return []
    marks = [float(known.quantile(q, "nearest") or 0.0) for q in _QUANTILES]
    low, high = marks[0], marks[-1]
    rungs = {rung for rung in _ladder(max(abs(low), abs(high))) if low < rung <= high}
    if len(rungs) < 3:
        rungs |= {_round(mark) for mark in marks if low < _round(mark) <= high}
    if whole:
        return sorted({math.ceil(rung) for rung in rungs})
    return sorted(rungs)


def _ladder(top: float) -> Iterator[float]:
    """0 and 1, 2, 5, 10 … either side of it, over nine decades."""
    yield 0.0
    if top > 0:
        highest = math.floor(math.log10(top)) + 1
        for decade in range(highest - 9, highest + 1):
            for step in _STEPS:
                rung = float(f"{step}e{decade}")  # as written, so that 0.05 is 0.05
                yield rung
                yield -rung


def _round(value: float) -> float:
    return float(f"{value:.2g}")


def _pairs(singles: Sequence[Candidate], hits: Matrix, found: npt.NDArray[np.bool_]) -> list[Candidate]:
    """Two conditions on different indicators that together find more often than either, the surest first."""
    finds = hits.multiply(found[:, None].astype(np.float64)).tocsc()
    support = np.asarray(hits.sum(axis=0)).ravel()
    precision = np.asarray(finds.sum(axis=0)).ravel() / np.maximum(support, 1)
    both = np.asarray((hits.T @ hits).todense())
    caught = np.asarray((hits.T @ finds).todense())
    able = np.triu((both >= SUPPORT) & (caught >= PAIR_FINDS), k=1)
    ranked = []
    for first, second in zip(*np.nonzero(able), strict=True):
        one, other = singles[first].condition, singles[second].condition
        if _reads(one) == _reads(other):
            continue
        of, n = int(caught[first, second]), int(both[first, second])
        if of / n < PAIR_LIFT * max(precision[first], precision[second]):
            continue
        sure = share(of, n)
        ranked.append((-(sure.low if sure else 0.0), -of, int(first), int(second)))
    ranked.sort()
    return [
        Candidate(Kind.PAIR, AllOf(all=(singles[first].condition, singles[second].condition)))
        for *_, first, second in ranked[:PAIRS]
    ]


def _reads(condition: Condition) -> object:
    return next(leaves(condition)).lhs
