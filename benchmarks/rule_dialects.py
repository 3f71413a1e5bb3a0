"""A condition in the languages of other engines: CEL, ZEN, rule-engine, JSON Logic and SQL.

They have two truth values, or nulls of their own meaning, so NOT is pushed down to the leaves and each leaf guarded, as
our compilers do it. Dates are numbers of days there, save in SQL.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from benchmarks.rule_rows import SPECS
from profiling.indicators.catalogue import ValueType
from profiling.indicators.text import normalise
from profiling.rules.core.conditions import AllOf, AnyOf, Condition, Leaf, Not, Op, operands

_NOT = {
    Op.EQ: Op.NE,
    Op.GT: Op.LE,
    Op.GE: Op.LT,
    Op.IN: Op.NOT_IN,
    Op.CONTAINS_WORD: Op.LACKS_WORD,
    Op.IS_TRUE: Op.IS_FALSE,
    Op.IS_MISSING: Op.IS_PRESENT,
}
_NOT |= {other: op for op, other in _NOT.items()}
_SIGN = {Op.EQ: "==", Op.NE: "!=", Op.GT: ">", Op.GE: ">=", Op.LT: "<", Op.LE: "<="}


@dataclass(frozen=True, slots=True)
class Atom:
    """A leaf with its negation worked in; `between` may be negated still."""

    leaf: Leaf
    op: Op
    negated: bool = False


Tree = tuple[str, list["Tree"]] | Atom


def normal(condition: Condition, negate: bool = False) -> Tree:
    match condition:
        case Not(inner=inner):
            return normal(inner, not negate)
        case AllOf(all=parts) | AnyOf(any=parts):
            both = isinstance(condition, AllOf) != negate
            return ("and" if both else "or"), [normal(part, negate) for part in parts]
        case Leaf():
            op = Op(condition.op)
            if not negate:
                return Atom(condition, op)
            return Atom(condition, op, negated=True) if op is Op.BETWEEN else Atom(condition, _NOT[op])


def day(value: str | date) -> int:
    return (value if isinstance(value, date) else date.fromisoformat(value)).toordinal()


def _constant(leaf: Leaf) -> Any:
    value: Any = leaf.value
    if isinstance(leaf.lhs, str):
        kind = SPECS[leaf.lhs].type
        if kind is ValueType.DATE and value is not None:
            return day(value)
        if kind is ValueType.TEXT and value is not None:
            return normalise(value)
        if kind is ValueType.NUMBER and value is not None:
            return [float(one) for one in value] if isinstance(value, tuple) else float(value)
    elif value is not None and not _whole(leaf):
        return float(value)
    return list(value) if isinstance(value, tuple) else value


def _whole(leaf: Leaf) -> bool:
    return not isinstance(leaf.lhs, str) and hasattr(leaf.lhs, "days_between")


@dataclass(frozen=True, slots=True)
class Language:
    """How a language of text writes things. number: an operand of a division."""

    both: str
    either: str
    null: str
    contains: str
    not_in: str
    negation: str
    number: Callable[[str], str]


CEL = Language(
    "&&", "||", "null", "{text}.contains({word})", "!({value} in {list})", "!({it})", lambda code: f"double({code})"
)
ZEN = Language(
    "and", "or", "null", "contains({text}, {word})", "{value} not in {list}", "not ({it})", lambda code: code
)
RULE_ENGINE = Language("and", "or", "null", "{word} in {text}", "not ({value} in {list})", "not ({it})", lambda c: c)


def text(tree: Tree, language: Language) -> str:
    """The condition as one expression of a language."""
    if not isinstance(tree, Atom):
        sign = language.both if tree[0] == "and" else language.either
        return "(" + f" {sign} ".join(text(part, language) for part in tree[1]) + ")"
    leaf, op = tree.leaf, tree.op
    codes = operands(leaf.lhs)
    if op in (Op.IS_MISSING, Op.IS_PRESENT):
        return f"{codes[0]} {'==' if op is Op.IS_MISSING else '!='} {language.null}"
    guards = [f"{code} != {language.null}" for code in dict.fromkeys(codes)]
    value = _value(leaf, language, guards)
    told = json.dumps(_constant(leaf))
    match op:
        case Op.BETWEEN:
            low, high = _constant(leaf)
            body = f"({value} >= {low} {language.both} {value} <= {high})"
            body = language.negation.format(it=body) if tree.negated else body
        case Op.IN:
            body = f"{value} in {told}"
        case Op.NOT_IN:
            body = language.not_in.format(value=value, list=told)
        case Op.CONTAINS_WORD:
            body = language.contains.format(text=value, word=told)
        case Op.LACKS_WORD:
            body = language.negation.format(it=language.contains.format(text=value, word=told))
        case Op.IS_TRUE | Op.IS_FALSE:
            body = f"{value} == {'true' if op is Op.IS_TRUE else 'false'}"
        case _:
            body = f"{value} {_SIGN[op]} {told}"
    return "(" + f" {language.both} ".join([*guards, body]) + ")"


def _value(leaf: Leaf, language: Language, guards: list[str]) -> str:
    if isinstance(leaf.lhs, str):
        return leaf.lhs
    first, second = operands(leaf.lhs)
    if hasattr(leaf.lhs, "ratio"):
        divisor = language.number(second)
        guards.append(f"{divisor} != {'0.0' if language is CEL else '0'}")
        return f"({language.number(first)} / {divisor})"
    return f"({second} - {first})" if hasattr(leaf.lhs, "days_between") else f"({first} - {second})"


def json_logic(tree: Tree) -> Any:
    """The condition in JSON Logic."""
    if not isinstance(tree, Atom):
        return {tree[0]: [json_logic(part) for part in tree[1]]}
    leaf, op = tree.leaf, tree.op
    codes = operands(leaf.lhs)
    if op in (Op.IS_MISSING, Op.IS_PRESENT):
        return {("===" if op is Op.IS_MISSING else "!=="): [{"var": codes[0]}, None]}
    guards: list[Any] = [{"!==": [{"var": code}, None]} for code in dict.fromkeys(codes)]
    value: Any = {"var": codes[0]}
    if len(codes) == 2:
        first, second = ({"var": code} for code in codes)
        value = {"-": [second, first] if hasattr(leaf.lhs, "days_between") else [first, second]}
        if hasattr(leaf.lhs, "ratio"):
            guards.append({"!=": [second, 0]})
            value = {"/": [first, second]}
    told = _constant(leaf)
    match op:
        case Op.BETWEEN:
            body: Any = {"<=": [told[0], value, told[1]]}
            body = {"!": [body]} if tree.negated else body
        case Op.IN | Op.CONTAINS_WORD:
            body = {"in": [value, told] if op is Op.IN else [told, value]}
        case Op.NOT_IN | Op.LACKS_WORD:
            body = {"!": [{"in": [value, told] if op is Op.NOT_IN else [told, value]}]}
        case Op.IS_TRUE | Op.IS_FALSE:
            body = {"===": [value, op is Op.IS_TRUE]}
        case _:
            body = {_SIGN[op]: [value, told]}
    return {"and": [*guards, body]}


def sql(condition: Condition) -> str:
    """The condition in PostgreSQL, whose logic has three values as ours: NOT stays where it is."""
    match condition:
        case Not(inner=inner):
            return f"NOT {sql(inner)}"
        case AllOf(all=parts) | AnyOf(any=parts):
            sign = " AND " if isinstance(condition, AllOf) else " OR "
            return "(" + sign.join(map(sql, parts)) + ")"
        case Leaf():
            return f"({_sql_leaf(condition)})"


def _sql_leaf(leaf: Leaf) -> str:
    codes = operands(leaf.lhs)
    value = codes[0]
    if len(codes) == 2:
        first, second = codes
        value = f"({second} - {first})" if hasattr(leaf.lhs, "days_between") else f"({first} - {second})"
        if hasattr(leaf.lhs, "ratio"):
            value = f"({first}::float8 / NULLIF({second}, 0))"
    given: Any = leaf.value
    match leaf.op:
        case Op.IS_MISSING | Op.IS_PRESENT:
            return f"{value} IS {'' if leaf.op is Op.IS_MISSING else 'NOT '}NULL"
        case Op.IS_TRUE | Op.IS_FALSE:
            return value if leaf.op is Op.IS_TRUE else f"NOT {value}"
        case Op.BETWEEN:
            return f"{value} BETWEEN {given[0]} AND {given[1]}"
        case Op.IN | Op.NOT_IN:
            return f"{value} {'NOT ' if leaf.op is Op.NOT_IN else ''}IN ({', '.join(map(_quoted, given))})"
        case Op.CONTAINS_WORD | Op.LACKS_WORD:
            sign = ">" if leaf.op is Op.CONTAINS_WORD else "="
            return f"strpos({value}, {_quoted(normalise(given))}) {sign} 0"
        case _:
            sign = {Op.EQ: "=", Op.NE: "<>"}.get(leaf.op) or _SIGN[leaf.op]
            return f"{value} {sign} {_quoted(given) if isinstance(given, str) else given}"


def _quoted(word: Any) -> str:
    return "'" + str(word).replace("'", "''") + "'"
