"""A catalogue, random condition trees and rows for the tests, and the naive three-valued oracle."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from profiling.indicators.catalogue import Group, IndicatorSpec, ValueType
from profiling.indicators.text import normalise
from profiling.rules.core.lists import ListKind, Named

WORDS = ("ткань", "used", "parts", "мебель", "steel")
CODES = ("CN", "KZ", "TJ", "UZ")


def _spec(code: str, kind: ValueType, **more: Any) -> IndicatorSpec:
    return IndicatorSpec(code, code, Group.META, kind, "never", "test", ("x",), **more)


CATALOGUE = {
    spec.code: spec
    for spec in (
        _spec("kg", ValueType.NUMBER),
        _spec("price", ValueType.NUMBER),
        _spec("packages", ValueType.INTEGER),
        _spec("bills", ValueType.INTEGER),
        _spec("first_time", ValueType.BOOLEAN),
        _spec("text", ValueType.TEXT),
        _spec("origin", ValueType.CODE),
        _spec("mode", ValueType.CODE, choices=("sea", "rail")),
        _spec("goods_hs", ValueType.CODE),
        _spec("loaded_on", ValueType.DATE),
        _spec("arrived_on", ValueType.DATE),
    )
}

LISTS = {
    named.code: named
    for named in (
        Named("near", ListKind.COUNTRY, ("KZ", "TJ")),
        Named("cover-loads", ListKind.HS, ("2402", "44", "940350")),
        Named("vague", ListKind.WORD, ("Used Parts", "steel")),
        Named("many-words", ListKind.WORD, (*(f"word {n}" for n in range(30)), "мебель", "used")),
        Named("nothing", ListKind.CODE, ()),
        Named("no-words", ListKind.WORD, ()),
    )
}
HS = ("24", "2402", "240220", "4418", "94", "940350", "940360")

numbers = st.one_of(st.integers(-5, 5), st.sampled_from([0.5, 2.5, -1.0, 1e15, 0.1 + 0.2]))
whole = st.integers(-3, 6)
dates = st.integers(0, 40).map(lambda days: (date(2026, 2, 10) + timedelta(days=days)).isoformat())
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(lambda found: normalise(" ".join(found)))

VALUES: dict[ValueType, st.SearchStrategy[Any]] = {
    ValueType.NUMBER: numbers.map(float),
    ValueType.INTEGER: whole,
    ValueType.BOOLEAN: st.booleans(),
    ValueType.TEXT: texts,
    ValueType.CODE: st.sampled_from(CODES),
    ValueType.DATE: dates,
}

rows = st.fixed_dictionaries(
    {},
    optional={
        code: st.none() | (st.sampled_from(HS) if code == "goods_hs" else VALUES[spec.type])
        for code, spec in CATALOGUE.items()
    },
)


def _pair(kind: str, codes: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.tuples(st.sampled_from(codes), st.sampled_from(codes)).map(lambda pair: {kind: list(pair)})


_NUMERIC = ("kg", "price", "packages", "bills")
_number_lhs = (
    st.sampled_from(["kg", "price"])
    | _pair("ratio", _NUMERIC)
    | st.tuples(st.sampled_from(["kg", "price"]), st.sampled_from(_NUMERIC)).map(
        lambda pair: {"difference": list(pair)}
    )
)
_whole_lhs = (
    st.sampled_from(["packages", "bills"])
    | _pair("difference", ("packages", "bills"))
    | _pair("days_between", ("loaded_on", "arrived_on"))
)
_COMPARE = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
_LISTS = st.sampled_from(["in", "not_in"])


def _leaf(lhs: Any, op: Any, value: Any = None) -> st.SearchStrategy[Any]:
    parts: dict[str, Any] = {"lhs": lhs, "op": op, "also_when_missing": st.booleans()}
    if value is not None:
        parts["value"] = value
    return st.fixed_dictionaries(parts)


def _ends(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(values, min_size=2, max_size=2).map(sorted)


_any_lhs = _number_lhs | _whole_lhs | st.sampled_from(list(CATALOGUE))
leaves = st.one_of(
    _leaf(_number_lhs, _COMPARE, numbers),
    _leaf(_number_lhs, st.just("between"), _ends(numbers)),
    _leaf(_whole_lhs, _COMPARE, whole),
    _leaf(_whole_lhs, st.just("between"), _ends(whole)),
    _leaf(_whole_lhs, _LISTS, st.lists(whole, min_size=1, max_size=4)),
    _leaf(st.sampled_from(["loaded_on", "arrived_on"]), _COMPARE, dates),
    _leaf(st.sampled_from(["loaded_on", "arrived_on"]), st.just("between"), _ends(dates)),
    _leaf(st.just("origin"), st.sampled_from(["eq", "ne"]), st.sampled_from(CODES)),
    _leaf(st.just("origin"), _LISTS, st.lists(st.sampled_from(CODES), min_size=1, max_size=3)),
    _leaf(st.just("text"), st.sampled_from(["contains_word", "lacks_word"]), st.sampled_from([*WORDS, "Used Parts"])),
    _leaf(st.just("first_time"), st.sampled_from(["is_true", "is_false"])),
    st.fixed_dictionaries({"lhs": _any_lhs, "op": st.sampled_from(["is_missing", "is_present"])}),
)


def _grow(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    group = st.lists(children, min_size=1, max_size=4)
    return st.one_of(
        group.map(lambda found: {"all": found}),
        group.map(lambda found: {"any": found}),
        children.map(lambda found: {"not": found}),
    )


trees = st.recursive(leaves, _grow, max_leaves=12)

_WORD_LISTS = st.sampled_from(["contains_any_word", "lacks_all_words"])


def _named(*codes: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(codes).map(lambda code: {"list": code})


listed_leaves = st.one_of(
    leaves,
    _leaf(st.just("origin"), _LISTS, _named("near", "nothing")),
    _leaf(st.just("goods_hs"), _LISTS, _named("cover-loads")),
    _leaf(st.just("goods_hs"), _LISTS, st.lists(st.sampled_from(HS), min_size=1, max_size=3)),
    _leaf(st.just("text"), _WORD_LISTS, st.lists(st.sampled_from([*WORDS, "Used Parts"]), min_size=1, max_size=3)),
    _leaf(st.just("text"), _WORD_LISTS, _named("vague", "many-words", "no-words")),
)
listed_trees = st.recursive(listed_leaves, _grow, max_leaves=12)
exceptions = st.lists(
    st.fixed_dictionaries({"condition": listed_trees}, optional={"until": st.none() | dates, "note": st.just("known")}),
    max_size=3,
)


# ------------------------------------------------------------------ the oracle: Kleene's logic, word for word
def oracle(tree: dict[str, Any], row: dict[str, Any]) -> bool | None:
    """True, False or None for unknown, read off the JSON tree as the documentation says it."""
    if "not" in tree:
        inner = oracle(tree["not"], row)
        return None if inner is None else not inner
    if "all" in tree:
        verdicts = [oracle(one, row) for one in tree["all"]]
        return False if False in verdicts else None if None in verdicts else True
    if "any" in tree:
        verdicts = [oracle(one, row) for one in tree["any"]]
        return True if True in verdicts else None if None in verdicts else False
    value = _left(tree["lhs"], row)
    if tree["op"] == "is_missing":
        return value is None
    if tree["op"] == "is_present":
        return value is not None
    if value is None:
        return True if tree.get("also_when_missing") else None
    return _holds(tree["op"], value, tree.get("value"))


def fires(tree: dict[str, Any], excepted: list[dict[str, Any]], row: dict[str, Any], day: str | None = None) -> bool:
    """Does a rule fire, exceptions and their last days taken word for word?"""
    counting = [one for one in excepted if day is None or one.get("until") is None or one["until"] >= day]
    return oracle(tree, row) is True and not any(oracle(one["condition"], row) is True for one in counting)


def _left(lhs: Any, row: dict[str, Any]) -> Any:
    if isinstance(lhs, str):
        return row.get(lhs)
    ((kind, (first, second)),) = lhs.items()
    a, b = row.get(first), row.get(second)
    if a is None or b is None:
        return None
    if kind == "ratio":
        quotient = None if b == 0 else a / b
        return quotient if quotient is not None and math.isfinite(quotient) else None
    if kind == "difference":
        return a - b
    return (date.fromisoformat(b) - date.fromisoformat(a)).days


def _has(value: str, phrase: str) -> bool:
    words, wanted = value.split(), normalise(phrase).split()
    starts = range(len(words) - len(wanted) + 1)
    return any(words[start : start + len(wanted)] == wanted for start in starts)


def _holds(op: str, value: Any, constant: Any) -> bool:
    if isinstance(constant, dict):
        named = LISTS[constant["list"]]
        if named.kind is ListKind.HS:
            return any(value.startswith(entry) for entry in named.entries) == (op == "in")
        constant = named.entries
    match op:
        case "eq":
            return value == constant
        case "ne":
            return value != constant
        case "gt":
            return value > constant
        case "ge":
            return value >= constant
        case "lt":
            return value < constant
        case "le":
            return value <= constant
        case "between":
            return constant[0] <= value <= constant[1]
        case "in":
            return any(value == one for one in constant)
        case "not_in":
            return all(value != one for one in constant)
        case "contains_word" | "lacks_word":
            return _has(value, constant) == (op == "contains_word")
        case "contains_any_word" | "lacks_all_words":
            return any(_has(value, one) for one in constant) == (op == "contains_any_word")
        case "is_true":
            return value is True
        case "is_false":
            return value is False
    raise AssertionError(f"the oracle does not know {op}")
