"""Compile a condition into a Polars expression over a table of `core.frames`: is it TRUE, for every row at once?

The same meaning as `core.closures`, and a test holds both to a naive interpreter: NOT is pushed down to the leaves,
every leaf is guarded against a missing operand, so no null ever reaches AND or OR. What comes out is true or false,
never null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

import polars as pl

from profiling.indicators.catalogue import REGISTRY, IndicatorSpec, ValueType
from profiling.indicators.text import normalise
from profiling.rules.core.conditions import (
    AllOf,
    AnyOf,
    Condition,
    DaysBetween,
    Difference,
    Leaf,
    Lhs,
    Not,
    Op,
    Ratio,
    RuleException,
)
from profiling.rules.core.lists import NO_LISTS, Lists, Members, members, phrases
from profiling.rules.core.scoring import CompiledRule

Specs = Mapping[str, IndicatorSpec]


def compile_expression(
    condition: Condition, lists: Lists = NO_LISTS, specs: Specs | None = None, *, negate: bool = False
) -> pl.Expr:
    """True where the condition is TRUE, or with `negate` where it is FALSE. specs: the catalogue it was parsed with.

    Raises `lists.UnknownListError` where a named list is not given.
    """
    return _Compiler(lists, REGISTRY.specs() if specs is None else specs).node(condition, negate)


def compile_excepted(
    condition: Condition, exceptions: Sequence[RuleException], lists: Lists = NO_LISTS, specs: Specs | None = None
) -> pl.Expr:
    """True where a rule fires: its condition is TRUE and none of its exceptions is."""
    fires = compile_expression(condition, lists, specs)
    for one in exceptions:
        fires = fires & ~compile_expression(one.condition, lists, specs)
    return fires


def compile_rules(rules: Sequence[CompiledRule], specs: Specs | None = None) -> list[pl.Expr]:
    """One expression a rule, named by its code; for a table of any size, kept or lazy."""
    return [compile_excepted(r.condition, r.exceptions, r.lists, specs).alias(r.code) for r in rules]


def hits(rules: Sequence[CompiledRule], frame: pl.DataFrame, specs: Specs | None = None) -> pl.DataFrame:
    """One Boolean column per rule code, a row per row of the table; never null."""
    if not rules:
        return frame.select()
    return frame.lazy().select(compile_rules(rules, specs)).collect()


_COMPLEMENT = {Op.EQ: Op.NE, Op.NE: Op.EQ, Op.GT: Op.LE, Op.LE: Op.GT, Op.GE: Op.LT, Op.LT: Op.GE}


class _Compiler:
    def __init__(self, lists: Lists, specs: Specs) -> None:
        self.lists = lists
        self.specs = specs

    def node(self, condition: Condition, negate: bool) -> pl.Expr:
        match condition:
            case Not(inner=inner):
                return self.node(inner, not negate)
            case AllOf(all=parts) | AnyOf(any=parts):
                both = isinstance(condition, AllOf) != negate
                return _joined([self.node(part, negate) for part in parts], both)
            case Leaf():
                return self.leaf(condition, negate)

    def leaf(self, leaf: Leaf, negate: bool) -> pl.Expr:
        value, kind = self.lhs(leaf.lhs)
        op: Op = leaf.op
        if op in (Op.IS_MISSING, Op.IS_PRESENT):
            return value.is_not_null() if (op is Op.IS_PRESENT) != negate else value.is_null()
        # A ticked leaf is TRUE when missing, and its negation therefore not: the tick never makes NOT fire.
        return self.holds(leaf, op, value, kind, negate).fill_null(leaf.also_when_missing and not negate)

    def holds(self, leaf: Leaf, op: Op, value: pl.Expr, kind: ValueType, negate: bool) -> pl.Expr:
        """The comparison itself; null where the value is missing."""
        match op:
            case Op.BETWEEN:
                low, high = (_constant(end, kind) for end in leaf.value)  # type: ignore[union-attr]
                return _sided(value.is_between(low, high), negate)
            case Op.IN | Op.NOT_IN:
                return _sided(_belongs(value, members(leaf, self.lists)), (op is Op.NOT_IN) != negate)
            case Op.CONTAINS_WORD | Op.LACKS_WORD:
                found = value.str.contains(normalise(str(leaf.value)), literal=True)
                return _sided(found, (op is Op.LACKS_WORD) != negate)
            case Op.CONTAINS_ANY_WORD | Op.LACKS_ALL_WORDS:
                wanted = list(phrases(leaf, self.lists))
                found = value.str.contains_any(wanted) if wanted else _nowhere(value)
                return _sided(found, (op is Op.LACKS_ALL_WORDS) != negate)
            case Op.IS_TRUE | Op.IS_FALSE:
                return _sided(value, (op is Op.IS_FALSE) != negate)
            case _:
                return _compared(_COMPLEMENT[op] if negate else op, value, _constant(leaf.value, kind))

    def lhs(self, lhs: Lhs) -> tuple[pl.Expr, ValueType]:
        match lhs:
            case Ratio(ratio=(a, b)):
                quotient = pl.col(a) / pl.col(b)
                return pl.when(quotient.is_finite()).then(quotient), ValueType.NUMBER
            case Difference(difference=(a, b)):
                whole = all(self.specs[code].type is ValueType.INTEGER for code in (a, b))
                return pl.col(a) - pl.col(b), (ValueType.INTEGER if whole else ValueType.NUMBER)
            case DaysBetween(days_between=(a, b)):
                return (pl.col(b) - pl.col(a)).dt.total_days(), ValueType.INTEGER
            case str(code):
                return pl.col(code), self.specs[code].type


def _joined(parts: list[pl.Expr], both: bool) -> pl.Expr:
    """Joined in halves: five hundred conditions in a row would nest too deep for the optimiser."""
    join = and_ if both else or_
    while len(parts) > 8:
        parts = [reduce(join, parts[at : at + 8]) for at in range(0, len(parts), 8)]
    joined: pl.Expr = reduce(join, parts)
    return joined


def _sided(found: pl.Expr, negated: bool) -> pl.Expr:
    return ~found if negated else found


def _nowhere(value: pl.Expr) -> pl.Expr:
    """False where there is a value: what an empty list holds."""
    return pl.when(value.is_not_null()).then(False)


def _belongs(value: pl.Expr, found: Members) -> pl.Expr:
    listed = sorted(found.values)  # all of the one type of their indicator
    if not listed:
        return _nowhere(value)
    if found.prefixes:
        return _joined([value.str.head(length).is_in(listed) for length in found.lengths], both=False)
    return value.is_in(listed)


def _compared(op: Op, value: pl.Expr, constant: pl.Expr) -> pl.Expr:
    match op:
        case Op.EQ:
            return value == constant
        case Op.NE:
            return value != constant
        case Op.GT:
            return value > constant
        case Op.GE:
            return value >= constant
        case Op.LT:
            return value < constant
        case _:
            return value <= constant


def _constant(value: Any, kind: ValueType) -> pl.Expr:
    match kind:
        case ValueType.DATE:
            return pl.lit(date.fromisoformat(value), dtype=pl.Date)
        case ValueType.NUMBER:
            return pl.lit(float(value), dtype=pl.Float64)
        case ValueType.INTEGER:
            return pl.lit(value, dtype=pl.Int64)
        case _:
            return pl.lit(value, dtype=pl.String)
