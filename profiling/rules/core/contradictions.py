"""Finds conditions that can never be true, and exceptions that leave a rule nothing.

NOT is pushed down to the leaves; each leaf then says which values its left-hand side may have, and whether it may be
missing. Within a conjunction these are cut with each other, for each left-hand side by itself; of an ANY, members that
cannot hold beside what surrounds them fall away, and a last one that is left joins the rest. What is found is certain:
a rule that could fire on some row is never called impossible (a test looks for one). Not everything impossible is
found: left-hand sides are not set against each other, save that a ratio, a difference and days between need both of
theirs, and the work is bounded.

=========  ===============================================================================
numbers    a union of intervals with open or closed ends; of whole numbers, closed ones
dates      the same, by day
codes      codes and prefixes that may be, and that may not
booleans   as codes
texts      phrases of which one must be in, and phrases that must not
=========  ===============================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from math import inf
from typing import Any

from profiling.indicators.catalogue import IndicatorSpec, Value, ValueType
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
    operands,
)
from profiling.rules.core.lists import Lists, members, phrases
from profiling.rules.core.spaces import Codes, Intervals, Space, Texts

Specs = Mapping[str, IndicatorSpec]


def impossible(condition: Condition, specs: Specs, lists: Lists) -> tuple[str, ...]:
    """Places (JSON pointers) of what can never be true: "" for the whole, else members of an ANY that never matter."""
    search = _Search()
    if not search.holds(_Builder(specs, lists).node(condition, _Ask.TRUE, "")):
        return ("",)
    return tuple(dict.fromkeys(search.dead))


def always_excepted(condition: Condition, exception: RuleException, specs: Specs, lists: Lists) -> bool:
    """Is the exception TRUE wherever the condition is?"""
    builder = _Builder(specs, lists)
    parts = (builder.node(condition, _Ask.TRUE, ""), builder.node(exception.condition, _Ask.NOT_TRUE, ""))
    return not _Search().holds(_Every(parts))


# ------------------------------------------------------------------ from conditions to what must hold
class _Ask(Enum):
    """What is asked of a condition: (is it negated, do unknown values pass)."""

    TRUE = (False, False)
    FALSE = (True, False)
    NOT_TRUE = (True, True)
    NOT_FALSE = (False, True)

    @property
    def turned(self) -> _Ask:
        return _Ask((not self.value[0], self.value[1]))


@dataclass(frozen=True, slots=True)
class _Fact:
    """A left-hand side may be missing, or has a value within a space; None: no value at all will do."""

    lhs: Lhs
    missing: bool
    space: Space | None


@dataclass(frozen=True, slots=True)
class _Every:
    parts: tuple[_Form, ...]


@dataclass(frozen=True, slots=True)
class _Some:
    """places: of each part, where a person wrote it as a member of an ANY; "" where not."""

    parts: tuple[_Form, ...]
    places: tuple[str, ...]


_Form = _Fact | _Every | _Some


class _Builder:
    def __init__(self, specs: Specs, lists: Lists) -> None:
        self.specs = specs
        self.lists = lists

    def node(self, condition: Condition, ask: _Ask, path: str) -> _Form:
        match condition:
            case Not(inner=inner):
                return self.node(inner, ask.turned, f"{path}/not")
            case AllOf(all=members_):
                parts = tuple(self.node(one, ask, f"{path}/all/{at}") for at, one in enumerate(members_))
                return _Some(parts, ("",) * len(parts)) if ask.value[0] else _Every(parts)
            case AnyOf(any=members_):
                places = tuple(f"{path}/any/{at}" for at in range(len(members_)))
                parts = tuple(self.node(one, ask, place) for one, place in zip(members_, places, strict=True))
                return _Every(parts) if ask.value[0] else _Some(parts, places)
            case Leaf():
                return self.leaf(condition, ask)

    def leaf(self, leaf: Leaf, ask: _Ask) -> _Fact:
        negated, unknown_passes = ask.value
        op: Op = leaf.op
        if op in (Op.IS_MISSING, Op.IS_PRESENT):
            present = (op is Op.IS_PRESENT) != negated
            return _Fact(leaf.lhs, not present, self.whole(leaf.lhs) if present else None)
        # A ticked leaf is TRUE when missing, so it is then neither FALSE nor unknown.
        missing = not negated if leaf.also_when_missing else unknown_passes
        return _Fact(leaf.lhs, missing, self.space(leaf, negated))

    def kind(self, lhs: Lhs) -> ValueType:
        match lhs:
            case Ratio():
                return ValueType.NUMBER
            case Difference(difference=pair):
                whole = all(self.specs[code].type is ValueType.INTEGER for code in pair)
                return ValueType.INTEGER if whole else ValueType.NUMBER
            case DaysBetween():
                return ValueType.INTEGER
            case str(code):
                return self.specs[code].type

    def whole(self, lhs: Lhs) -> Space:
        """Every value there can be."""
        match self.kind(lhs):
            case ValueType.TEXT:
                return Texts()
            case ValueType.CODE | ValueType.BOOLEAN:
                return Codes()
            case kind:
                return Intervals.everything(whole=kind is not ValueType.NUMBER)

    def space(self, leaf: Leaf, negated: bool) -> Space:
        """The values for which the leaf holds, or with `negated` does not."""
        match self.kind(leaf.lhs):
            case ValueType.TEXT:
                wanted = frozenset(phrases(leaf, self.lists))
                contained = leaf.op in (Op.CONTAINS_WORD, Op.CONTAINS_ANY_WORD)
                return Texts((wanted,), frozenset()) if contained != negated else Texts((), wanted)
            case ValueType.BOOLEAN:
                return Codes.of({(leaf.op is Op.IS_TRUE) != negated})
            case ValueType.CODE:
                return self.codes(leaf, negated)
            case kind:
                return self.intervals(leaf, kind, negated)

    def codes(self, leaf: Leaf, negated: bool) -> Codes:
        if leaf.op in (Op.EQ, Op.NE):
            values: frozenset[Value] = frozenset({str(leaf.value)})
            prefixes = False
        else:
            found = members(leaf, self.lists)
            values, prefixes = found.values, found.prefixes
        belongs = (leaf.op in (Op.EQ, Op.IN)) != negated
        if prefixes:
            starts = frozenset(map(str, values))
            return Codes(starts=starts) if belongs else Codes(not_starts=starts)
        return Codes.of(values) if belongs else Codes(never=values)

    def intervals(self, leaf: Leaf, kind: ValueType, negated: bool) -> Intervals:
        whole = kind is not ValueType.NUMBER
        value: Any = leaf.value
        if isinstance(value, tuple):
            numbers = [_number(one, kind) for one in value]
        elif leaf.op in (Op.IN, Op.NOT_IN):
            numbers = [_number(one, kind) for one in members(leaf, self.lists).values]
        else:
            numbers = [_number(value, kind)]
        match leaf.op:
            case Op.BETWEEN:
                found = Intervals.of([(numbers[0], False, numbers[1], False)], whole=whole)
            case Op.LT | Op.GE:
                found = Intervals.of([(-inf, True, numbers[0], True)], whole=whole)
            case Op.GT | Op.LE:
                found = Intervals.of([(numbers[0], True, inf, True)], whole=whole)
            case _:
                found = Intervals.of([(one, False, one, False) for one in numbers], whole=whole)
        turned = leaf.op in (Op.GE, Op.LE, Op.NE, Op.NOT_IN)
        return found.complement() if turned != negated else found


def _number(value: Any, kind: ValueType) -> int | float:
    number: int | float = date.fromisoformat(value).toordinal() if kind is ValueType.DATE else value
    return number


# ------------------------------------------------------------------ can it hold?
_Known = dict[str, _Fact]
_MOST_LOOKS = 5000  # at members of ANY; past it nothing more is found, which is never wrong


class _Search:
    """dead: places of members of ANY that cannot hold beside what surrounds them."""

    def __init__(self, looks: list[int] | None = None) -> None:
        self.dead: list[str] = []
        self._looks = [0] if looks is None else looks

    def holds(self, form: _Form, known: _Known | None = None) -> bool:
        """Could it hold beside what is known? False is certain."""
        facts: _Known = dict(known or {})
        open_: list[_Some] = []
        if not _gather([form], facts, open_):
            return False
        while open_:
            before, open_ = len(open_), self._settle(open_, facts)
            if open_ and open_[0] is _IMPOSSIBLE:
                return False
            if len(open_) >= before:
                break
        for some in open_:
            for part, place in zip(some.parts, some.places, strict=True):
                if place and not isinstance(part, _Fact):  # looked into for what falls away inside
                    self._looked(part, facts, dead=self.dead)
        return True

    def _looked(self, part: _Form, facts: _Known, dead: list[str] | None = None) -> bool:
        """Could a member hold beside what is known? True where there was too much to look at."""
        self._looks[0] += 1
        if self._looks[0] > _MOST_LOOKS:
            return True
        inner = _Search(self._looks)
        found = inner.holds(part, facts)
        if dead is not None:
            dead.extend(inner.dead)
        return found

    def _settle(self, open_: Sequence[_Some], facts: _Known) -> list[_Some]:
        """Let members fall away; what has one member left joins the facts. `_IMPOSSIBLE` where one has none."""
        left: list[_Some] = []
        for some in open_:
            living = [
                (part, place) for part, place in zip(some.parts, some.places, strict=True) if self._looked(part, facts)
            ]
            if not living:
                return [_IMPOSSIBLE]
            alive = {place for _part, place in living}
            self.dead.extend(place for place in some.places if place and place not in alive)
            if len(living) > 1:
                left.append(_Some(tuple(p for p, _ in living), tuple(q for _, q in living)))
            elif not _gather([living[0][0]], facts, left):
                return [_IMPOSSIBLE]
        return left


_IMPOSSIBLE = _Some((), ())


def _gather(forms: Sequence[_Form], facts: _Known, open_: list[_Some]) -> bool:
    """Take apart what must all hold, into facts and what is open. False where two facts leave nothing."""
    for form in forms:
        match form:
            case _Every(parts=parts):
                if not _gather(parts, facts, open_):
                    return False
            case _Some(parts=(only,)):
                if not _gather([only], facts, open_):
                    return False
            case _Some():
                open_.append(form)
            case _Fact():
                if not _add(form, facts):
                    return False
    return True


def _add(fact: _Fact, facts: _Known) -> bool:
    key = repr(fact.lhs)
    known = facts.get(key)
    if known is not None:
        space = None if known.space is None or fact.space is None else known.space.cut(fact.space)
        fact = replace(fact, missing=known.missing and fact.missing, space=space)
    if fact.space is not None and fact.space.is_empty():
        fact = replace(fact, space=None)
    facts[key] = fact
    if fact.missing:
        return True
    if fact.space is None:
        return False
    # What is derived is there only where both that it reads are.
    return isinstance(fact.lhs, str) or all(_present(code, facts) for code in operands(fact.lhs))


def _present(code: str, facts: _Known) -> bool:
    known = facts.get(repr(code))
    if known is None:
        facts[repr(code)] = _Fact(code, False, _Anything())
        return True
    if known.space is None:
        return False
    facts[repr(code)] = replace(known, missing=False)
    return True


class _Anything(Space):
    """Some value, of a type that does not matter."""

    def cut(self, other: Any) -> Any:
        return other

    def is_empty(self) -> bool:
        return False
