"""Which rows of a frame a condition is TRUE for.

The conditions that learning proposes are single comparisons and pairs of them; those are asked of whole columns. What
an analyst wrote is any tree, and is asked row by row of the closures that score live cargo. A test holds both equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from profiling.indicators.text import normalise
from profiling.rules.core.closures import compile_condition
from profiling.rules.core.conditions import AllOf, Condition, Leaf, Op, reads

Matrix = Any  # scipy.sparse.csc_matrix, which ships no types: rows by conditions, 1.0 where the condition is TRUE


def matrix(conditions: Sequence[Condition], frame: pl.DataFrame) -> Matrix:
    """One column a condition."""
    places = list(_places(conditions, frame))
    indices = np.concatenate([np.zeros(0, np.int32), *places])
    ends = np.cumsum([0, *(len(rows) for rows in places)], dtype=np.int32)
    ones = np.ones(len(indices), np.float64)
    return sparse.csc_matrix((ones, indices, ends), shape=(frame.height, len(conditions)))


def _places(conditions: Sequence[Condition], frame: pl.DataFrame) -> Iterator[npt.NDArray[np.int32]]:
    for condition in conditions:
        # Days are compared as text by the closures, so a condition on one is left to them.
        days = any(frame.schema[code] == pl.Date for code in reads(condition))
        expression = None if days else _expression(condition)
        if expression is not None:
            found = frame.select(expression.fill_null(value=False).alias("hit")).to_series().arg_true().to_numpy()
        else:
            found = _row_by_row(condition, frame)
        yield found.astype(np.int32)


def _row_by_row(condition: Condition, frame: pl.DataFrame) -> npt.NDArray[np.int64]:
    fires = compile_condition(condition)
    rows = frame.select(reads(condition)).iter_rows(named=True)
    return np.array([place for place, row in enumerate(rows) if fires(_stored(row))], np.int64)


def _stored(row: dict[str, Any]) -> dict[str, Any]:
    """Days in the form in which an assessment keeps them."""
    return {code: value.isoformat() if isinstance(value, date) else value for code, value in row.items()}


def _expression(condition: Condition) -> pl.Expr | None:
    """The condition over columns, null or false where it is not TRUE; None where it is no single comparison or pair."""
    if isinstance(condition, AllOf):
        members = [_expression(member) for member in condition.all]
        if any(member is None for member in members):
            return None
        return pl.all_horizontal(member.fill_null(value=False) for member in members if member is not None)
    if not isinstance(condition, Leaf) or not isinstance(condition.lhs, str) or condition.also_when_missing:
        return None
    column = pl.col(condition.lhs)
    value: Any = condition.value
    match condition.op:
        case Op.EQ:
            return column.eq(value)
        case Op.IN:
            return column.is_in(list(value))
        case Op.GE:
            return column.ge(value)
        case Op.LT:
            return column.lt(value)
        case Op.IS_TRUE:
            return column
        case Op.IS_MISSING:
            return column.is_null()
        case Op.CONTAINS_WORD:
            return column.str.contains(normalise(str(value)), literal=True)
        case _:
            return None
