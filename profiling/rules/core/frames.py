"""Values of many subjects as one Polars table: a column for each indicator of the catalogue, a row a subject.

=========  ========
number     Float64
integer    Int64
boolean    Boolean
text       String
code       String
date       Date
=========  ========

Polars starts threads of its own: nothing here may run in a process that forks afterwards (the children would hang),
nor at import.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from profiling.indicators.catalogue import MAX_NUMBER, REGISTRY, IndicatorSpec, Value, Values, ValueType

_EXACT = 2**53  # whole numbers up to which a float tells each apart


@dataclass(frozen=True, slots=True)
class Framed:
    """frame: as the module says, null where a value is missing. misfits: rows with a value that has no place in it.

    A misfit (a value of a type its indicator no longer has, a number that is none) is null in the frame; such a row
    is for the closures, which tell what is wrong with it.
    """

    frame: pl.DataFrame
    misfits: frozenset[int]


def frame(rows: Sequence[Values], specs: Mapping[str, IndicatorSpec] | None = None) -> pl.DataFrame:
    """The table of the rows, in their order; misfits are null. specs: the registered catalogue where none is given."""
    return framed(rows, specs).frame


def framed(rows: Sequence[Values], specs: Mapping[str, IndicatorSpec] | None = None) -> Framed:
    """The table and which rows do not fit it."""
    columns: list[pl.Series] = []
    misfits: set[int] = set()
    for code, spec in (REGISTRY.specs() if specs is None else specs).items():
        given = [row.get(code) for row in rows]
        series, strange = _column(code, given, spec.type)
        columns.append(series)
        misfits.update(strange)
    return Framed(pl.DataFrame(columns), frozenset(misfits))


def schema(specs: Mapping[str, IndicatorSpec] | None = None) -> dict[str, Any]:
    """Column name to Polars type, as a cache of rows keeps them."""
    return {code: dtype(spec.type) for code, spec in (REGISTRY.specs() if specs is None else specs).items()}


def dtype(kind: ValueType) -> Any:
    return _FORMS[kind][0]


def _column(code: str, given: list[Value | None], kind: ValueType) -> tuple[pl.Series, list[int]]:
    polars_type, types, form = _FORMS[kind]
    strange: list[int] = []
    kept: list[Any] = given
    # Most columns are plain: one look at their types, and Polars takes them whole.
    if form is not None or not types.issuperset(map(type, given)):
        kept = []
        for position, value in enumerate(given):
            fits = value is None or (type(value) in types and (form is None or form(value) is not None))
            kept.append((value if form is None or value is None else form(value)) if fits else None)
            if not fits:
                strange.append(position)
    return pl.Series(code, kept, dtype=polars_type), strange


def _number(value: Any) -> float | None:
    if type(value) is int:
        return float(value) if abs(value) <= _EXACT else None
    return value if math.isfinite(value) else None


def _integer(value: Any) -> int | None:
    return value if abs(value) <= MAX_NUMBER else None


def _text(value: Any) -> str | None:
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates has no place in UTF-8
        return None
    return str(value)


def _date(value: Any) -> date | None:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if found.isoformat() == value else None


_NONE = type(None)
_Form = Callable[[Any], Any]
_FORMS: Mapping[ValueType, tuple[Any, frozenset[type], _Form | None]] = {
    ValueType.NUMBER: (pl.Float64, frozenset({float, int, _NONE}), _number),
    ValueType.INTEGER: (pl.Int64, frozenset({int, _NONE}), _integer),
    ValueType.BOOLEAN: (pl.Boolean, frozenset({bool, _NONE}), None),
    ValueType.TEXT: (pl.String, frozenset({str, _NONE}), _text),
    ValueType.CODE: (pl.String, frozenset({str, _NONE}), _text),
    ValueType.DATE: (pl.Date, frozenset({str, _NONE}), _date),
}
