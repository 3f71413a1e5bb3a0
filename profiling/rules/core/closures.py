"""Compile a condition into a Python closure that answers one question: is it TRUE for this row?

NOT is pushed down to the leaves while compiling and every leaf is guarded against a missing operand, so
two-valued closures give the same answer as Kleene's three-valued logic (a test holds them equal to a naive
interpreter). No code is generated or executed; the work of one call is bounded by the leaves of the tree.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from math import inf
from typing import Any

from profiling.indicators.catalogue import Value, Values
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
)

Predicate = Callable[[Values], bool]
Reader = Callable[[Values], Value | None]

_COMPARE: dict[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.IS_TRUE: operator.is_,
    Op.IS_FALSE: operator.is_,
}
_COMPLEMENT = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.GT: Op.LE,
    Op.LE: Op.GT,
    Op.GE: Op.LT,
    Op.LT: Op.GE,
    Op.IS_TRUE: Op.IS_FALSE,
    Op.IS_FALSE: Op.IS_TRUE,
}

_TRUTH = {Op.IS_TRUE: True, Op.IS_FALSE: False}


def compile_condition(condition: Condition, *, negate: bool = False) -> Predicate:
    """A predicate that holds when the condition is TRUE, or with `negate` when FALSE; never on unknown."""
    match condition:
        case Not(inner=inner):
            return compile_condition(inner, negate=not negate)
        case AllOf(all=members) | AnyOf(any=members):
            parts = tuple(compile_condition(member, negate=negate) for member in members)
            return _every(parts) if isinstance(condition, AllOf) != negate else _some(parts)
        case Leaf():
            return _leaf(condition, negate)


def read(lhs: Lhs) -> Reader:
    """What reads a left-hand side from a row: a value, or None when it is missing."""
    match lhs:
        case Ratio(ratio=(a, b)):
            return _ratio(a, b)
        case Difference(difference=(a, b)):
            return _difference(a, b)
        case DaysBetween(days_between=(a, b)):
            return _days_between(a, b)
        case str(code):
            return operator.methodcaller("get", code)


def _every(parts: tuple[Predicate, ...]) -> Predicate:
    if len(parts) == 1:
        return parts[0]

    def every(values: Values) -> bool:
        for part in parts:  # noqa: SIM110 - a generator would cost more than the conditions it walks
            if not part(values):
                return False
        return True

    return every


def _some(parts: tuple[Predicate, ...]) -> Predicate:
    if len(parts) == 1:
        return parts[0]

    def some(values: Values) -> bool:
        for part in parts:  # noqa: SIM110 - as above
            if part(values):
                return True
        return False

    return some


def _leaf(leaf: Leaf, negate: bool) -> Predicate:
    reader = read(leaf.lhs)
    op: Op = leaf.op
    # A ticked leaf is TRUE when missing, and its negation therefore not: the tick never makes NOT fire.
    when_missing = leaf.also_when_missing and not negate
    match op:
        case Op.IS_MISSING | Op.IS_PRESENT:
            return _presence(reader, (op is Op.IS_PRESENT) != negate)
        case Op.BETWEEN:
            return _between(reader, leaf.value, negate, when_missing)
        case Op.IN | Op.NOT_IN:
            members = frozenset(leaf.value)  # type: ignore[arg-type]  # parse lets only lists by
            return _membership(reader, members, (op is Op.IN) != negate, when_missing)
        case Op.CONTAINS_WORD | Op.LACKS_WORD:
            return _word(reader, normalise(str(leaf.value)), (op is Op.CONTAINS_WORD) != negate, when_missing)
        case _:
            chosen = _COMPLEMENT[op] if negate else op
            constant = _TRUTH.get(chosen, leaf.value)
            return _comparison(reader, _COMPARE[chosen], constant, when_missing)


def _presence(reader: Reader, present: bool) -> Predicate:
    if present:
        return lambda values: reader(values) is not None
    return lambda values: reader(values) is None


def _comparison(reader: Reader, compare: Callable[[Any, Any], bool], constant: object, when_missing: bool) -> Predicate:
    def comparison(values: Values) -> bool:
        value = reader(values)
        return when_missing if value is None else compare(value, constant)

    return comparison


def _between(reader: Reader, ends: Any, negate: bool, when_missing: bool) -> Predicate:
    low, high = ends

    def between(values: Values) -> bool:
        value: Any = reader(values)
        return when_missing if value is None else (low <= value <= high) is not negate

    return between


def _membership(reader: Reader, members: frozenset[Value], belongs: bool, when_missing: bool) -> Predicate:
    def membership(values: Values) -> bool:
        value = reader(values)
        return when_missing if value is None else (value in members) is belongs

    return membership


def _word(reader: Reader, word: str, contained: bool, when_missing: bool) -> Predicate:
    def has_word(values: Values) -> bool:
        value: Any = reader(values)
        return when_missing if value is None else (word in value) is contained

    return has_word


def _ratio(a: str, b: str) -> Reader:
    def ratio(values: Values) -> Value | None:
        dividend: Any = values.get(a)
        divisor: Any = values.get(b)
        if dividend is None or not divisor:
            return None
        quotient: float = dividend / divisor
        return quotient if -inf < quotient < inf else None

    return ratio


def _difference(a: str, b: str) -> Reader:
    def difference(values: Values) -> Value | None:
        minuend: Any = values.get(a)
        subtrahend: Any = values.get(b)
        if minuend is None or subtrahend is None:
            return None
        rest: int | float = minuend - subtrahend
        return rest

    return difference


def _days_between(a: str, b: str) -> Reader:
    def days_between(values: Values) -> Value | None:
        start: Any = values.get(a)
        end: Any = values.get(b)
        if start is None or end is None:
            return None
        return (date.fromisoformat(end) - date.fromisoformat(start)).days

    return days_between
