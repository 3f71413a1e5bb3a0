"""Past consignments that a score is learnt from: what was known of each, what came of it, and when that was known.

A fit at one moment may use what had arrived and whose result was known strictly before it, as an officer could have.
Results stand for what was looked at. What was never looked at is neither found nor clean, so a fit says on which
basis it stands (`Basis`): where everything was looked at the results are those of the cargo; where a random sample is
large enough the sample speaks for it; otherwise the inspected speak for what earlier rules chose, and that is biased.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import polars as pl

from profiling.indicators.catalogue import IndicatorSpec, ValueType

ENOUGH_FINDS = 20
"""Finds in the random sample from which on it is learnt from alone."""
DELAY = timedelta(days=60)
"""How long a result is taken to have needed where it is not told when it was known."""

DTYPES: Final[Mapping[ValueType, pl.DataType]] = {
    ValueType.NUMBER: pl.Float64(),
    ValueType.INTEGER: pl.Int64(),
    ValueType.BOOLEAN: pl.Boolean(),
    ValueType.TEXT: pl.String(),
    ValueType.CODE: pl.String(),
    ValueType.DATE: pl.Date(),
}
OUTCOMES: Final[Mapping[str, pl.DataType]] = {
    "moment": pl.Datetime("us", "UTC"),
    "result": pl.String(),
    "known_at": pl.Datetime("us", "UTC"),
    "random": pl.Boolean(),
}


class Result(StrEnum):
    FOUND = "found"
    CLEAN = "clean"
    NEVER = "never"


class Basis(StrEnum):
    """Whose results were learnt from."""

    EVERYTHING = "everything"  # nothing was left uninspected: no bias of choice
    SAMPLE = "sample"  # the random sample alone
    INSPECTED = "inspected"  # whatever was inspected: biased towards what was chosen


@dataclass(frozen=True, slots=True)
class Records:
    """One row a consignment in both frames, in order of arrival.

    values: a column per indicator of `specs`, typed as `DTYPES` says, null where missing.
    outcomes: the columns of `OUTCOMES`; `known_at` null where it is not told, `random` true for what was drawn.
    """

    specs: Mapping[str, IndicatorSpec]
    values: pl.DataFrame
    outcomes: pl.DataFrame

    def __post_init__(self) -> None:
        if self.values.height != self.outcomes.height:
            raise ValueError(f"{self.values.height} rows of values for {self.outcomes.height} outcomes")
        for code, spec in self.specs.items():
            if self.values.schema.get(code) != DTYPES[spec.type]:
                raise ValueError(f"column {code!r} is {self.values.schema.get(code)}, not {DTYPES[spec.type]}")
        for name, dtype in OUTCOMES.items():
            if self.outcomes.schema.get(name) != dtype:
                raise ValueError(f"column {name!r} is {self.outcomes.schema.get(name)}, not {dtype}")
        strange = set(self.outcomes["result"].unique().to_list()) - set(Result)
        if strange:
            raise ValueError(f"results are found, clean or never, not {sorted(map(str, strange))}")
        if not self.outcomes["moment"].is_sorted():
            raise ValueError("records stand in the order in which they arrived")

    @property
    def height(self) -> int:
        return self.values.height

    def where(self, mask: pl.Series) -> Records:
        """Only the rows for which `mask` is true."""
        return Records(self.specs, self.values.filter(mask), self.outcomes.filter(mask))

    def between(self, since: datetime | None, until: datetime | None) -> Records:
        """What arrived in [since, until); None is open."""
        mask = pl.Series([True]).new_from_index(0, self.height)
        if since is not None:
            mask &= self.outcomes["moment"] >= since
        if until is not None:
            mask &= self.outcomes["moment"] < until
        return self.where(mask)

    def found(self) -> pl.Series:
        return self.outcomes["result"] == Result.FOUND.value

    def known(self, until: datetime) -> pl.Series:
        """Which results were known before `until`; a result without a day counts as known `DELAY` after arrival."""
        when = self.outcomes.select(pl.col("known_at").fill_null(pl.col("moment") + DELAY)).to_series()
        return (self.outcomes["result"] != Result.NEVER.value) & (when < until)


@dataclass(frozen=True, slots=True)
class Ground:
    """What one fit stands on, told openly beside its points."""

    basis: Basis
    arrived: int  # consignments that had arrived
    never: int  # of them never inspected
    waiting: int  # inspected, but the result was not yet known
    learnt_from: int
    found: int  # finds among what was learnt from
    undated: int  # results without the day on which they were known

    @property
    def biased(self) -> bool:
        return self.basis is Basis.INSPECTED


def ground(records: Records, until: datetime) -> tuple[Ground, Records]:
    """What may be learnt from at `until`, and the records themselves."""
    arrived = records.between(None, until)
    result = arrived.outcomes["result"]
    known = arrived.known(until)
    never = int((result == Result.NEVER.value).sum())
    drawn = known & arrived.outcomes["random"]
    finds_drawn = int((drawn & arrived.found()).sum())
    basis = Basis.INSPECTED
    if never == 0:
        basis = Basis.EVERYTHING
    elif finds_drawn >= ENOUGH_FINDS:
        basis = Basis.SAMPLE
    chosen = drawn if basis is Basis.SAMPLE else known
    said = Ground(
        basis=basis,
        arrived=arrived.height,
        never=never,
        waiting=arrived.height - never - int(known.sum()),
        learnt_from=int(chosen.sum()),
        found=int((chosen & arrived.found()).sum()),
        undated=int(((result != Result.NEVER.value) & arrived.outcomes["known_at"].is_null()).sum()),
    )
    return said, arrived.where(chosen)
