"""A rule tried on the past, before anybody lives by it: what it would have fired for, and what came of that.

Rows are those of `profiling.rules.core.snapshot`; nothing here knows where they are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from profiling.indicators.catalogue import IndicatorSpec
from profiling.rules.core.conditions import Condition, RuleException, reads
from profiling.rules.core.expressions import compile_expression
from profiling.rules.core.groups import WORD, Outcome, Split, pack
from profiling.rules.core.intervals import wilson
from profiling.rules.core.lists import NO_LISTS, Lists
from profiling.rules.core.scoring import Thresholds

WEEK = timedelta(days=7)
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class TriedRule:
    """A rule version, or what somebody is writing. key: unique among rules that are tried together."""

    key: str
    code: str
    title: str
    points: int
    condition: Condition
    exceptions: tuple[RuleException, ...] = ()
    lists: Lists = field(default_factory=lambda: NO_LISTS)

    def fires(self, specs: Mapping[str, IndicatorSpec], zone: str) -> pl.Expr:
        """True where it would have fired; an exception counts for the days on which it did, by the clock of `zone`."""
        fires = compile_expression(self.condition, self.lists, specs)
        for one in self.exceptions:
            excepted = compile_expression(one.condition, self.lists, specs)
            if one.until is not None:
                day = pl.col("_moment").dt.convert_time_zone(zone).dt.date()
                excepted = excepted & (day <= pl.lit(date.fromisoformat(one.until), dtype=pl.Date))
            fires = fires & ~excepted
        return fires

    @property
    def columns(self) -> tuple[str, ...]:
        """What of a row it looks at."""
        asked = [*reads(self.condition), *(code for one in self.exceptions for code in reads(one.condition))]
        days = ["_moment"] if any(one.until is not None for one in self.exceptions) else []
        return tuple(dict.fromkeys([*asked, *days]))


def columns_of(rules: Sequence[TriedRule]) -> list[str]:
    """What of a row these rules look at, `_moment` always among it so that a table has its rows."""
    return list(dict.fromkeys(["_moment", *(name for rule in rules for name in rule.columns)]))


def fired(rule: TriedRule, rows: pl.DataFrame, specs: Mapping[str, IndicatorSpec], zone: str) -> pl.Series:
    return rows.select(rule.fires(specs, zone).alias("fired")).to_series()


def masks(
    rules: Sequence[TriedRule], rows: pl.DataFrame, specs: Mapping[str, IndicatorSpec], zone: str
) -> pl.DataFrame:
    """Which rules would have fired for which row, as `groups.pack` packs it, the first rule in the lowest bit."""
    words: list[pl.DataFrame] = []
    for start in range(0, max(len(rules), 1), WORD):
        part = rules[start : start + WORD]
        names = [f"{place}" for place in range(len(part))]
        asked = [rule.fires(specs, zone).alias(name) for rule, name in zip(part, names, strict=True)]
        hits = rows.lazy().select(asked).collect() if asked else None
        packed = pack(hits) if hits is not None else pl.DataFrame({"w0": np.zeros(rows.height, dtype=np.uint64)})
        words.append(packed.rename({"w0": f"w{start // WORD}"}))
    return pl.concat(words, how="horizontal_extend") if len(words) > 1 else words[0]


def scores(rules: Sequence[TriedRule], words: pl.DataFrame) -> pl.Series:
    """The score that these rules give each row, from their masks."""
    total = np.zeros(words.height, dtype=np.int32)
    for place, rule in enumerate(rules):
        if rule.points:
            total[_bits(words, place)] += rule.points
    return pl.Series("score", total, dtype=pl.Int32)


def _bits(words: pl.DataFrame, place: int) -> NDArray[np.bool_]:
    word = words.get_column(f"w{place // WORD}").to_numpy()
    bits: NDArray[np.bool_] = ((word >> np.uint64(place % WORD)) & np.uint64(1)).astype(np.bool_)
    return bits


@dataclass(frozen=True, slots=True)
class Example:
    """One that it would have fired for. id: of the assessment or, where `past`, of the imported record."""

    id: int
    past: bool
    moment: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class BaseLine:
    """The share of finds that chance brings: of what was drawn at random and opened, weighted as `backtest` does."""

    value: float
    low: float
    high: float
    found: int
    opened: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What a rule would have done in [since, until).

    total: subjects of the period. alone: it fired and no other live rule added points. before: what the version that
    is live fired for, None for a new rule; lost, gained: known finds that the change gives up and wins. lanes: where
    the subjects it fires for would be sent, by lane code. work: examinations of all live rules, and of all with this
    one. together: other live rules that fired beside it, most often first. weeks: fires by week from `since` on.
    """

    total: int = 0
    fired: Split = field(default_factory=Split)
    alone: Split = field(default_factory=Split)
    before: Split | None = None
    lost: int = 0
    gained: int = 0
    base: BaseLine | None = None
    lanes: Mapping[str, int] = field(default_factory=dict)
    work: tuple[int, int] = (0, 0)
    together: Sequence[tuple[TriedRule, int]] = ()
    weeks: Sequence[int] = ()
    examples: Mapping[Outcome, Sequence[Example]] = field(default_factory=dict)


class Trial:
    """Counts one rule over the past, a table at a time, beside the rules that are live.

    thresholds: of the live release, None where none is; worked: codes of the lanes that ask for an examination.
    """

    def __init__(
        self,
        *,
        points: int,
        code: str,
        live: Sequence[TriedRule],
        thresholds: Thresholds | None,
        worked: frozenset[str],
        since: datetime,
        until: datetime,
    ) -> None:
        self.points = points
        self.live = live
        self.thresholds = thresholds
        self.worked = worked
        self.since = since
        self.old = next((place for place, rule in enumerate(live) if rule.code == code), None)
        self.total = 0
        self.counts = {name: np.zeros(3, dtype=np.int64) for name in ("fired", "alone", "before", "lost", "gained")}
        self.mass = np.zeros(5)  # of the sample: Σw, Σw found, Σw², opened, found
        self.lanes: dict[str, int] = {}
        self.work = [0, 0]
        self.beside = np.zeros(len(live), dtype=np.int64)
        self.weeks = np.zeros(max(-(-(until - since) // WEEK), 1), dtype=np.int64)
        self.examples: dict[Outcome, list[Example]] = {outcome: [] for outcome in Outcome}

    def take(self, rows: pl.DataFrame, fired: pl.Series, words: pl.DataFrame, score: pl.Series) -> None:
        """rows: _id, _past, _moment, _outcome, _sampled and _chance; the others as long as it, in its order."""
        outcome = rows.get_column("_outcome").to_numpy()
        hit = fired.to_numpy()
        self.total += rows.height
        self._draw(rows)
        live_score = score.to_numpy()
        first = self._least_worked()
        if first is not None:
            self.work[0] += int((live_score >= first).sum())
        old = _bits(words, self.old) if self.old is not None else np.zeros(rows.height, dtype=bool)
        touched = np.flatnonzero(hit | old)
        if not len(touched):
            return
        outcome, hit, old, before = outcome[touched], hit[touched], old[touched], live_score[touched]
        words = words[touched]
        after = before + hit * self.points - old * (self.live[self.old].points if self.old is not None else 0)
        if first is not None:
            self.work[1] += int((after >= first).sum()) - int((before >= first).sum())
        self._count("fired", outcome[hit])
        self._count("before", outcome[old])
        self._count("gained", outcome[hit & ~old])
        self._count("lost", outcome[old & ~hit])
        self._count("alone", outcome[hit & ~self._others(words)])
        for place in range(len(self.live)):
            self.beside[place] += int(_bits(words, place)[hit].sum())
        self._place(after[hit])
        self._show(rows[touched].filter(pl.Series(hit)))

    def done(self) -> Tried:
        mass, squares = self.mass[0], self.mass[2]
        base = None
        if mass:
            value, effective = self.mass[1] / mass, mass * mass / squares
            low, high = wilson(value * effective, effective)
            base = BaseLine(float(value), low, high, int(self.mass[4]), int(self.mass[3]))
        together = [
            (rule, int(number))
            for place, (rule, number) in enumerate(zip(self.live, self.beside, strict=True))
            if number and place != self.old
        ]
        split = {name: Split(*counted[::-1].tolist()) for name, counted in self.counts.items()}
        return Tried(
            total=self.total,
            fired=split["fired"],
            alone=split["alone"],
            before=split["before"] if self.old is not None else None,
            lost=int(split["lost"].found),
            gained=int(split["gained"].found),
            base=base,
            lanes=self.lanes,
            work=(self.work[0], self.work[0] + self.work[1]),
            together=sorted(together, key=lambda one: (-one[1], one[0].code)),
            weeks=self.weeks.tolist(),
            examples=self.examples,
        )

    def _count(self, name: str, outcomes: NDArray[np.uint8]) -> None:
        self.counts[name] += np.bincount(outcomes, minlength=3)

    def _draw(self, rows: pl.DataFrame) -> None:
        drawn = rows.filter(pl.col("_sampled") & (pl.col("_outcome") != int(Outcome.NEVER)))
        if drawn.height:
            weight = weights(drawn).to_numpy()
            found = drawn.get_column("_outcome").to_numpy() == Outcome.FOUND
            self.mass += [weight.sum(), weight[found].sum(), (weight * weight).sum(), drawn.height, found.sum()]

    def _least_worked(self) -> int | None:
        """The points from which on somebody has to examine."""
        if self.thresholds is None:
            return None
        return min((least for least, lane in self.thresholds.steps if lane in self.worked), default=None)

    def _others(self, words: pl.DataFrame) -> NDArray[np.bool_]:
        """Where another rule of the live release added points."""
        others = np.zeros(words.height, dtype=bool)
        for place, rule in enumerate(self.live):
            if rule.points > 0 and place != self.old:
                others |= _bits(words, place)
        return others

    def _place(self, scored: NDArray[np.int64]) -> None:
        if self.thresholds is None:
            return
        left = scored
        for least, lane in self.thresholds.steps:
            self.lanes[lane] = self.lanes.get(lane, 0) + int((left >= least).sum())
            left = left[left < least]
        below = self.thresholds.below
        self.lanes[below] = self.lanes.get(below, 0) + len(left)

    def _show(self, rows: pl.DataFrame) -> None:
        seconds = (rows.get_column("_moment") - self.since).dt.total_seconds()
        week = (seconds // int(WEEK.total_seconds())).to_numpy()
        self.weeks += np.bincount(week, minlength=len(self.weeks))[: len(self.weeks)]
        for outcome, shown in self.examples.items():
            newest = rows.filter(pl.col("_outcome") == int(outcome)).top_k(EXAMPLES, by="_moment")
            for number, past, moment in newest.select("_id", "_past", "_moment").iter_rows():
                shown.append(Example(number, past, moment, outcome))
            shown.sort(key=lambda one: (one.moment, one.id), reverse=True)
            del shown[EXAMPLES:]


def weights(rows: pl.DataFrame) -> pl.Series:
    """For how many each row stands that was drawn at random; 0 for those that were not. Wants _sampled and _chance.

    A drawn one of which nobody kept the probability stands for itself.
    """
    stands = pl.when(pl.col("_chance") > 0).then(1.0 / pl.col("_chance")).otherwise(1.0)
    return rows.select(pl.when(pl.col("_sampled")).then(stands).otherwise(0.0).alias("weight")).to_series()
