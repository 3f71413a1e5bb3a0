"""Stored values and results of past consignments as the typed columns that learning reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl

from profiling.indicators.catalogue import IndicatorSpec, Value, ValueType
from profiling.rules.core.learning_records import DTYPES, OUTCOMES, Records

CHUNK = 20_000

_PYTHON: Final[Mapping[ValueType, tuple[type, ...]]] = {
    ValueType.NUMBER: (int, float),
    ValueType.INTEGER: (int,),
    ValueType.BOOLEAN: (bool,),
    ValueType.TEXT: (str,),
    ValueType.CODE: (str,),
    ValueType.DATE: (str,),
}


@dataclass(frozen=True, slots=True)
class Past:
    """One past consignment. values: by code of the indicator, as an assessment keeps them."""

    moment: datetime
    result: str
    known_at: datetime | None
    random: bool
    values: Mapping[str, Value | None]


def records(rows: Iterable[Past], specs: Mapping[str, IndicatorSpec]) -> Records:
    """In the order of arrival, whatever the order given. A value of a type that its indicator no longer has is missing,
    and so is one of an indicator that is no longer in the catalogue."""
    frames: list[pl.DataFrame] = []
    waiting: list[Past] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == CHUNK:
            frames.append(_frame(waiting, specs))
            waiting = []
    frames.append(_frame(waiting, specs))
    whole = pl.concat(frames)
    whole = whole.select(pl.all().gather(whole.select(pl.arg_sort_by("outcome:moment")).to_series()))
    outcomes = whole.select(pl.col(f"outcome:{name}").alias(name) for name in OUTCOMES)
    return Records(specs, whole.select(list(specs)), outcomes)


def _frame(rows: list[Past], specs: Mapping[str, IndicatorSpec]) -> pl.DataFrame:
    columns = [_column(rows, spec) for spec in specs.values()]
    # No indicator has a colon in its code, so the two kinds of columns cannot meet.
    columns += [
        pl.Series(f"outcome:{name}", [getattr(row, name) for row in rows], dtype=dtype)
        for name, dtype in OUTCOMES.items()
    ]
    return pl.DataFrame(columns)


def _column(rows: list[Past], spec: IndicatorSpec) -> pl.Series:
    allowed = _PYTHON[spec.type]
    values: list[Any] = []
    for row in rows:
        value = row.values.get(spec.code)
        # A truth is a whole number to Python and to nobody else.
        fits = isinstance(value, allowed) and (spec.type is ValueType.BOOLEAN or not isinstance(value, bool))
        values.append(value if fits else None)
    if spec.type is ValueType.DATE:
        return pl.Series(spec.code, values, dtype=pl.String).str.to_date("%Y-%m-%d", strict=False)
    return pl.Series(spec.code, values, dtype=DTYPES[spec.type])
