"""Checks a JSON tree against the catalogue of indicators and makes a condition of it.

`parse` reports everything that is wrong at once, as codes with parameters and a JSON pointer each (`ERRORS`);
the edge puts them into the reader's language. It does not recurse past `MAX_DEPTH`, however deep the input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from profiling.indicators.catalogue import MAX_NUMBER, IndicatorSpec, Value, ValueType
from profiling.indicators.text import normalise
from profiling.rules.core.conditions import (
    LISTS,
    OPS,
    PRESENCE,
    WITHOUT_VALUE,
    WORD_LISTS,
    AllOf,
    AnyOf,
    Condition,
    DaysBetween,
    Difference,
    Leaf,
    Lhs,
    ListRef,
    Not,
    Op,
    Ratio,
    RuleException,
)
from profiling.rules.core.lists import MAX_ENTRIES, NO_LISTS, ListKind, Lists, fits

MAX_DEPTH = 20  # groups and leaves on one path from the root
MAX_NODES = 500  # groups and leaves together
MAX_LIST = MAX_ENTRIES  # values of an inline list
MAX_EXCEPTIONS = 50
MAX_NOTE = 500  # characters of the note of an exception
MAX_CODE = 64  # characters of a code to compare with
MAX_WORDS = 200  # characters of a word or phrase

ERRORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {  # code -> names of its parameters
        "not_an_object": (),
        "node_keys": ("keys",),
        "not_a_list": (),
        "empty_group": (),
        "too_deep": ("limit",),
        "too_many_conditions": ("limit",),
        "missing_key": ("key",),
        "unknown_key": ("key",),
        "lhs_form": (),
        "unknown_indicator": ("indicator",),
        "operand_type": ("indicator", "type", "expected"),
        "unknown_op": ("op",),
        "op_type": ("op", "type"),
        "value_unexpected": ("op",),
        "value_missing": ("op",),
        "value_type": ("expected",),
        "value_range": ("limit",),
        "value_length": ("limit",),
        "value_choice": ("value", "choices"),
        "value_no_word": (),
        "range_form": (),
        "range_order": (),
        "list_empty": (),
        "list_length": ("limit",),
        "unknown_list": ("list",),
        "list_cyclic": ("list", "ring"),
        "list_incomplete": ("list", "absent"),
        "list_kind": ("list", "kind", "indicator"),
        "list_too_long": ("list", "limit"),
        "exception_keys": ("keys",),
        "too_many_exceptions": ("limit",),
        "until_form": (),
        "note_form": ("limit",),
        "points_form": (),
        "points_range": ("low", "high"),
        "never_true": (),
        "always_excepted": (),
        "flag_type": (),
        "flag_useless": ("op",),
    }
)

_OP_OF = {op.value: op for op in Op}


@dataclass(frozen=True, slots=True)
class ConditionError:
    """One thing wrong with a condition. code: a key of `ERRORS`; path: JSON pointer into the tree given."""

    path: str
    code: str
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class InvalidConditionError(ValueError):
    """The tree is no condition; `errors` says everything that is wrong with it, in the tree's order."""

    def __init__(self, errors: tuple[ConditionError, ...]) -> None:
        super().__init__("; ".join(f"{error.path or '/'}: {error.code}" for error in errors))
        self.errors = errors


def parse(tree: object, catalogue: Mapping[str, IndicatorSpec], lists: Lists = NO_LISTS) -> Condition:
    """Check a JSON tree against catalogue and named lists; raise `InvalidConditionError` with all that is wrong.

    A condition that can never be true is a condition: `core.whole` judges what is put before somebody.
    """
    checker = _Checker(catalogue, lists)
    condition = checker.node(tree, "", 1)
    if checker.errors or condition is None:
        raise InvalidConditionError(tuple(checker.errors))
    return condition


def parse_exceptions(
    given: object, catalogue: Mapping[str, IndicatorSpec], lists: Lists = NO_LISTS
) -> tuple[RuleException, ...]:
    """Check `[{"condition": tree, "until": "YYYY-MM-DD" or null, "note": text}]`; raises as `parse`.

    Places are told from the list's root: "/0/condition/all/1/value".
    """
    errors: list[ConditionError] = []

    def fail(path: str, code: str, **params: Any) -> None:
        errors.append(ConditionError(path, code, MappingProxyType(params)))

    if not isinstance(given, list | tuple):
        raise InvalidConditionError((ConditionError("", "not_a_list"),))
    if len(given) > MAX_EXCEPTIONS:
        fail(f"/{MAX_EXCEPTIONS}", "too_many_exceptions", limit=MAX_EXCEPTIONS)
    found: list[RuleException] = []
    for position, one in enumerate(given[:MAX_EXCEPTIONS]):
        if not isinstance(one, dict):
            fail(f"/{position}", "not_an_object")
            continue
        if strange := set(map(str, one)) - {"condition", "until", "note"}:
            fail(f"/{position}", "exception_keys", keys=sorted(strange)[:10])
        until, note = one.get("until"), one.get("note", "")
        if until is not None and not (isinstance(until, str) and _is_iso_date(until)):
            fail(f"/{position}/until", "until_form")
        if not isinstance(note, str) or len(note) > MAX_NOTE:
            fail(f"/{position}/note", "note_form", limit=MAX_NOTE)
        if "condition" not in one:
            fail(f"/{position}", "missing_key", key="condition")
            continue
        checker = _Checker(catalogue, lists)
        condition = checker.node(one["condition"], f"/{position}/condition", 1)
        errors.extend(checker.errors)
        if condition is not None and not errors:
            found.append(RuleException(condition, until, str(note)))
    if errors:
        raise InvalidConditionError(tuple(errors[:_MAX_ERRORS]))
    return tuple(found)


_GROUPS = ("all", "any", "not")
_LEAF_KEYS = ("lhs", "op", "value", "also_when_missing")
_DERIVED = ("ratio", "difference", "days_between")
_MAX_ERRORS = 200
_NUMERIC = frozenset({ValueType.NUMBER, ValueType.INTEGER})


class _Checker:
    """One walk over one tree, gathering errors; a node that is wrong comes back as None."""

    def __init__(self, catalogue: Mapping[str, IndicatorSpec], lists: Lists) -> None:
        self.catalogue = catalogue
        self.lists = lists
        self.errors: list[ConditionError] = []
        self.nodes = 0

    def fail(self, path: str, code: str, **params: Any) -> None:
        if len(self.errors) < _MAX_ERRORS:
            self.errors.append(ConditionError(path, code, MappingProxyType(params)))

    def node(self, tree: object, path: str, depth: int) -> Condition | None:
        if depth > MAX_DEPTH:
            self.fail(path, "too_deep", limit=MAX_DEPTH)
            return None
        self.nodes += 1
        if self.nodes > MAX_NODES:
            if self.nodes == MAX_NODES + 1:
                self.fail(path, "too_many_conditions", limit=MAX_NODES)
            return None
        if not isinstance(tree, dict):
            self.fail(path, "not_an_object")
            return None
        if not tree or (any(key in tree for key in _GROUPS) and len(tree) > 1):
            self.fail(path, "node_keys", keys=sorted(map(str, tree))[:10])
            return None
        if "not" in tree:
            inner = self.node(tree["not"], f"{path}/not", depth + 1)
            return None if inner is None else Not(inner=inner)
        for kind in ("all", "any"):
            if kind in tree:
                return self.group(kind, tree[kind], f"{path}/{kind}", depth)
        return self.leaf(tree, path)

    def group(self, kind: str, members: object, path: str, depth: int) -> Condition | None:
        if not isinstance(members, list | tuple):
            self.fail(path, "not_a_list")
            return None
        if not members:
            self.fail(path, "empty_group")
            return None
        built: list[Condition] = []
        for position, member in enumerate(members):
            if self.nodes > MAX_NODES:
                return None
            node = self.node(member, f"{path}/{position}", depth + 1)
            if node is not None:
                built.append(node)
        if len(built) < len(members):
            return None
        return AllOf(all=tuple(built)) if kind == "all" else AnyOf(any=tuple(built))

    def leaf(self, tree: Mapping[Any, object], path: str) -> Leaf | None:
        before = len(self.errors)
        for key in tree:
            if key not in _LEAF_KEYS:
                self.fail(path, "unknown_key", key=str(key)[:MAX_CODE])
        for key in ("lhs", "op"):
            if key not in tree:
                self.fail(path, "missing_key", key=key)
        lhs, kind = self.lhs(tree["lhs"], f"{path}/lhs") if "lhs" in tree else (None, None)
        op = self.op(tree["op"], kind, f"{path}/op") if "op" in tree else None
        value = None
        if op is not None and kind is not None:
            value = self.value(tree, op, kind, lhs, f"{path}/value")
        ticked = tree.get("also_when_missing", False)
        if not isinstance(ticked, bool):
            self.fail(f"{path}/also_when_missing", "flag_type")
        elif ticked and op in PRESENCE:
            self.fail(f"{path}/also_when_missing", "flag_useless", op=op.value)
        if len(self.errors) > before or lhs is None or op is None or not isinstance(ticked, bool):
            return None
        return Leaf(lhs=lhs, op=op, value=value, also_when_missing=ticked)

    def lhs(self, lhs: object, path: str) -> tuple[Lhs | None, ValueType | None]:
        if isinstance(lhs, str):
            spec = self.spec(lhs, path)
            return (None, None) if spec is None else (lhs, spec.type)
        if not (isinstance(lhs, dict) and len(lhs) == 1 and next(iter(lhs)) in _DERIVED):
            self.fail(path, "lhs_form")
            return None, None
        ((form, pair),) = lhs.items()
        if not (isinstance(pair, list | tuple) and len(pair) == 2 and all(isinstance(c, str) for c in pair)):
            self.fail(f"{path}/{form}", "lhs_form")
            return None, None
        expected = frozenset({ValueType.DATE}) if form == "days_between" else _NUMERIC
        types = [self.operand(code, expected, f"{path}/{form}/{position}") for position, code in enumerate(pair)]
        if None in types:
            return None, None
        first, second = pair
        match form:
            case "ratio":
                return Ratio(ratio=(first, second)), ValueType.NUMBER
            case "difference":
                whole = all(found is ValueType.INTEGER for found in types)
                return Difference(difference=(first, second)), (ValueType.INTEGER if whole else ValueType.NUMBER)
            case _:
                return DaysBetween(days_between=(first, second)), ValueType.INTEGER

    def spec(self, code: str, path: str) -> IndicatorSpec | None:
        spec = self.catalogue.get(code)
        if spec is None:
            self.fail(path, "unknown_indicator", indicator=code[:MAX_CODE])
        return spec

    def operand(self, code: str, expected: frozenset[ValueType], path: str) -> ValueType | None:
        spec = self.spec(code, path)
        if spec is None:
            return None
        if spec.type not in expected:
            allowed = sorted(kind.value for kind in expected)
            self.fail(path, "operand_type", indicator=code, type=spec.type.value, expected=allowed)
            return None
        return spec.type

    def op(self, op: object, kind: ValueType | None, path: str) -> Op | None:
        found = _OP_OF.get(op) if isinstance(op, str) else None
        if found is None:
            self.fail(path, "unknown_op", op=str(op)[:MAX_CODE])
            return None
        if kind is not None and found not in OPS[kind]:
            self.fail(path, "op_type", op=found.value, type=kind.value)
            return None
        return found

    def value(
        self, tree: Mapping[Any, object], op: Op, kind: ValueType, lhs: Lhs | None, path: str
    ) -> Value | tuple[Value, ...] | ListRef | None:
        given = tree.get("value")
        if op in WITHOUT_VALUE:
            if given is not None:
                self.fail(path, "value_unexpected", op=op.value)
            return None
        if given is None:
            self.fail(path, "value_missing", op=op.value)
            return None
        choices = self.catalogue[lhs].choices if isinstance(lhs, str) else ()
        if op is Op.BETWEEN:
            return self.interval(given, kind, path)
        if op in LISTS | WORD_LISTS:
            if isinstance(given, dict):
                return self.named(given, lhs, path)
            return self.listed(given, kind, choices, path)
        return self.scalar(given, kind, choices, path)

    def interval(self, given: object, kind: ValueType, path: str) -> tuple[Value, ...] | None:
        if not (isinstance(given, list | tuple) and len(given) == 2):
            self.fail(path, "range_form")
            return None
        low = self.scalar(given[0], kind, (), f"{path}/0")
        high = self.scalar(given[1], kind, (), f"{path}/1")
        if low is None or high is None:
            return None
        if low > high:  # type: ignore[operator]  # both are of the one type that `kind` names
            self.fail(path, "range_order")
            return None
        return low, high

    def listed(self, given: object, kind: ValueType, choices: tuple[str, ...], path: str) -> tuple[Value, ...] | None:
        if not isinstance(given, list | tuple):
            self.fail(path, "not_a_list")
            return None
        if not given:
            self.fail(path, "list_empty")
            return None
        if len(given) > MAX_LIST:
            self.fail(path, "list_length", limit=MAX_LIST)
            return None
        found = [self.scalar(one, kind, choices, f"{path}/{position}") for position, one in enumerate(given)]
        return tuple(one for one in found if one is not None)

    def named(self, given: Mapping[Any, object], lhs: Lhs | None, path: str) -> ListRef | None:
        code = given.get("list")
        if set(given) != {"list"} or not isinstance(code, str):
            self.fail(path, "not_a_list")
            return None
        known = self.lists.get(code)
        shown = code[:MAX_CODE]
        if known is None:
            self.fail(f"{path}/list", "unknown_list", list=shown)
        elif known.cycle:
            self.fail(f"{path}/list", "list_cyclic", list=shown, ring=list(known.cycle))
        elif known.absent:
            self.fail(f"{path}/list", "list_incomplete", list=shown, absent=known.absent)
        elif len(known.entries) > MAX_LIST:
            self.fail(f"{path}/list", "list_too_long", list=shown, limit=MAX_LIST)
        elif not (isinstance(lhs, str) and fits(ListKind(known.kind), self.catalogue[lhs])):
            indicator = lhs if isinstance(lhs, str) else ""
            self.fail(f"{path}/list", "list_kind", list=shown, kind=known.kind.value, indicator=indicator)
        else:
            return ListRef(list=code)
        return None

    def scalar(self, given: object, kind: ValueType, choices: tuple[str, ...], path: str) -> Value | None:
        match kind:
            case ValueType.NUMBER | ValueType.INTEGER:
                return self.number(given, kind, path)
            case ValueType.DATE:
                if not (isinstance(given, str) and _is_iso_date(given)):
                    self.fail(path, "value_type", expected=kind.value)
                    return None
                return given
            case _:
                return self.words(given, kind, choices, path)

    def number(self, given: object, kind: ValueType, path: str) -> int | float | None:
        fits = int if kind is ValueType.INTEGER else int | float
        if isinstance(given, bool) or not isinstance(given, fits):
            self.fail(path, "value_type", expected=kind.value)
            return None
        if not abs(given) <= MAX_NUMBER:  # said so that NaN is refused too
            self.fail(path, "value_range", limit=MAX_NUMBER)
            return None
        return given

    def words(self, given: object, kind: ValueType, choices: tuple[str, ...], path: str) -> str | None:
        limit = MAX_WORDS if kind is ValueType.TEXT else MAX_CODE
        if not isinstance(given, str):
            self.fail(path, "value_type", expected=kind.value)
            return None
        if not given or len(given) > limit:
            self.fail(path, "value_length", limit=limit)
            return None
        if kind is ValueType.TEXT and not normalise(given):
            self.fail(path, "value_no_word")
            return None
        if choices and given not in choices:
            self.fail(path, "value_choice", value=given, choices=list(choices))
            return None
        return given


def _is_iso_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
