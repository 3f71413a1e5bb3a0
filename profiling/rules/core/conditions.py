"""The condition of a rule: a typed JSON tree.

    {"all": [c, …]}   {"any": [c, …]}   {"not": c}
    {"lhs": …, "op": …, "value": …, "also_when_missing": false}

The value of in and not_in is a list of values or `{"list": code}`, a named list (`core.lists`); that of
contains_any_word and lacks_all_words likewise, of words and phrases. A version may name exceptions
(`RuleException`): conditions under which the rule does not fire although its own condition is TRUE.

`lhs` is an indicator's code, or `{"ratio": [a, b]}` (a / b), `{"difference": [a, b]}` (a − b) or
`{"days_between": [from, to]}` (whole days, negative when `to` is earlier).

Logic is Kleene's. A comparison with a missing operand is unknown, also for ne, not_in, lacks_word and
lacks_all_words; a ratio by zero is missing; is_missing and is_present are never unknown; a rule fires only on TRUE.

`also_when_missing` settles its own leaf first: an unknown leaf becomes TRUE, and only then do NOT, ALL and
ANY apply. So under NOT a ticked leaf with a missing operand makes FALSE: the tick never makes NOT fire.

`checking.parse` makes it out of JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from profiling.indicators.catalogue import ValueType


class Op(StrEnum):
    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"
    BETWEEN = "between"  # both ends belong
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS_WORD = "contains_word"
    LACKS_WORD = "lacks_word"
    CONTAINS_ANY_WORD = "contains_any_word"
    LACKS_ALL_WORDS = "lacks_all_words"
    IS_TRUE = "is_true"
    IS_FALSE = "is_false"
    IS_MISSING = "is_missing"
    IS_PRESENT = "is_present"


PRESENCE = frozenset({Op.IS_MISSING, Op.IS_PRESENT})
WITHOUT_VALUE = PRESENCE | {Op.IS_TRUE, Op.IS_FALSE}
_ORDER = frozenset({Op.EQ, Op.NE, Op.GT, Op.GE, Op.LT, Op.LE, Op.BETWEEN}) | PRESENCE
LISTS = frozenset({Op.IN, Op.NOT_IN})
WORD_LISTS = frozenset({Op.CONTAINS_ANY_WORD, Op.LACKS_ALL_WORDS})

OPS: Mapping[ValueType, frozenset[Op]] = MappingProxyType(
    {
        ValueType.NUMBER: _ORDER,
        ValueType.INTEGER: _ORDER | LISTS,
        ValueType.DATE: _ORDER,
        ValueType.BOOLEAN: frozenset({Op.IS_TRUE, Op.IS_FALSE}) | PRESENCE,
        ValueType.CODE: frozenset({Op.EQ, Op.NE}) | LISTS | PRESENCE,
        ValueType.TEXT: frozenset({Op.CONTAINS_WORD, Op.LACKS_WORD}) | WORD_LISTS | PRESENCE,
    }
)


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class Ratio(_Node):
    ratio: tuple[str, str]


class Difference(_Node):
    difference: tuple[str, str]


class DaysBetween(_Node):
    days_between: tuple[str, str]


class ListRef(_Node):
    """A named list, by its code."""

    list: str


Lhs = str | Ratio | Difference | DaysBetween
Scalar = bool | int | float | str


class Leaf(_Node):
    """One comparison. value: None for an operator without one, a tuple for lists and ranges, or a named list."""

    lhs: Lhs
    op: Op
    value: Scalar | tuple[Scalar, ...] | ListRef | None = None
    also_when_missing: bool = False


class AllOf(_Node):
    all: tuple[Condition, ...] = Field(min_length=1)


class AnyOf(_Node):
    any: tuple[Condition, ...] = Field(min_length=1)


class Not(_Node):
    inner: Condition = Field(alias="not")


Condition = Annotated[AllOf | AnyOf | Not | Leaf, Field(union_mode="smart")]

for _model in (AllOf, AnyOf, Not):
    _model.model_rebuild()


@dataclass(frozen=True, slots=True)
class RuleException:
    """While its condition is TRUE the rule does not fire; unknown makes no exception.

    until: the last day it counts, as "YYYY-MM-DD" by the clock of the unit; None: for good.
    """

    condition: Condition
    until: str | None = None
    note: str = ""

    def counts_on(self, day: str | None) -> bool:
        """Does it count on that day? Without a day every exception counts."""
        return day is None or self.until is None or day <= self.until


def operands(lhs: Lhs) -> tuple[str, ...]:
    """The indicators a left-hand side reads."""
    match lhs:
        case Ratio(ratio=pair) | Difference(difference=pair) | DaysBetween(days_between=pair):
            return pair
        case str(code):
            return (code,)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf, in the order of the tree."""
    match condition:
        case AllOf(all=members) | AnyOf(any=members):
            for member in members:
                yield from leaves(member)
        case Not(inner=inner):
            yield from leaves(inner)
        case Leaf():
            yield condition


def reads(condition: Condition) -> tuple[str, ...]:
    """The indicators a condition reads, each once, in the order of the tree."""
    return tuple(dict.fromkeys(code for leaf in leaves(condition) for code in operands(leaf.lhs)))


def lists_named(condition: Condition) -> tuple[str, ...]:
    """The codes of the named lists a condition uses, each once, in the order of the tree."""
    return tuple(dict.fromkeys(leaf.value.list for leaf in leaves(condition) if isinstance(leaf.value, ListRef)))


def dump(condition: Condition) -> dict[str, Any]:
    """The JSON tree that `checking.parse` gives this condition back from; what is default is left out."""
    dumped: dict[str, Any] = condition.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return dumped
