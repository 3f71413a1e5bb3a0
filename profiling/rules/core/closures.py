"""Compile a condition into a Python closure that answers one question: is it TRUE for this row?

NOT is pushed down to the leaves while compiling and every leaf is guarded against a missing operand, so
two-valued closures give the same answer as Kleene's three-valued logic (a test holds them equal to a naive
interpreter). No code is generated or executed; the work of one call is bounded by the leaves of the tree.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
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
    RuleException,
)
from profiling.rules.core.lists import NO_LISTS, Lists, Members, members, phrases

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


_FEW = 12  # phrases up to which searching for each is quicker than cutting the text into words


def compile_condition(condition: Condition, lists: Lists = NO_LISTS, *, negate: bool = False) -> Predicate:
    """A predicate that holds when the condition is TRUE, or with `negate` when FALSE; never on unknown.

    Raises `lists.UnknownListError` where a named list is not given.
    """
    match condition:
        case Not(inner=inner):
            return compile_condition(inner, lists, negate=not negate)
        case AllOf(all=members) | AnyOf(any=members):
            parts = tuple(compile_condition(member, lists, negate=negate) for member in members)
            return _every(parts) if isinstance(condition, AllOf) != negate else _some(parts)
        case Leaf():
            return _leaf(condition, lists, negate)


def compile_excepted(
    condition: Condition, exceptions: Sequence[RuleException], lists: Lists = NO_LISTS
) -> tuple[Predicate, Predicate]:
    """Of a rule with its exceptions: does it fire, and is it settled that it does not.

    It fires when its condition is TRUE and no exception is; an exception that is TRUE settles it.
    """
    fires = compile_condition(condition, lists)
    refuted = compile_condition(condition, lists, negate=True)
    if not exceptions:
        return fires, refuted
    excepted = _some(tuple(compile_condition(one.condition, lists) for one in exceptions))
    return (
        lambda values: fires(values) and not excepted(values),
        lambda values: refuted(values) or excepted(values),
    )


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


def _leaf(leaf: Leaf, lists: Lists, negate: bool) -> Predicate:
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
            found = members(leaf, lists)
            belongs = (op is Op.IN) != negate
            if found.prefixes:
                return _prefixed(reader, found, belongs, when_missing)
            return _membership(reader, found.values, belongs, when_missing)
        case Op.CONTAINS_WORD | Op.LACKS_WORD:
            return _word(reader, normalise(str(leaf.value)), (op is Op.CONTAINS_WORD) != negate, when_missing)
        case Op.CONTAINS_ANY_WORD | Op.LACKS_ALL_WORDS:
            return _any_word(reader, phrases(leaf, lists), (op is Op.CONTAINS_ANY_WORD) != negate, when_missing)
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


def _prefixed(reader: Reader, found: Members, belongs: bool, when_missing: bool) -> Predicate:
    values_, lengths = found.values, found.lengths

    def prefixed(values: Values) -> bool:
        value: Any = reader(values)
        if value is None:
            return when_missing
        return any(value[:length] in values_ for length in lengths) is belongs

    return prefixed


def _any_word(reader: Reader, wanted: tuple[str, ...], contained: bool, when_missing: bool) -> Predicate:
    if len(wanted) <= _FEW:

        def has_one(values: Values) -> bool:
            value: Any = reader(values)
            return when_missing if value is None else any(one in value for one in wanted) is contained

        return has_one
    phrases_ = frozenset(one.strip() for one in wanted)
    lengths = sorted({one.count(" ") + 1 for one in phrases_})

    def has_phrase(values: Values) -> bool:
        value: Any = reader(values)
        if value is None:
            return when_missing
        words = value.split()  # the boundary between texts is a word of its own, and in no phrase
        found = any(
            " ".join(words[start : start + length]) in phrases_
            for length in lengths
            for start in range(len(words) - length + 1)
        )
        return found is contained

    return has_phrase


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
