"""Named lists as conditions see them: what an entry may be, how lists include lists, which indicators they fit.

Entries are compared in one form by kind:

=======  ======================================================================================================
hs       2 to 10 digits of a commodity code (Harmonized System; national digits after the sixth). An entry covers
         every code that begins with it: "2402" covers "2402" and "240220", not "24"
country  ISO 3166-1 alpha-2, in capitals
word     a word or phrase, found as `indicators.text` finds them, never inside another word
party    a firm: a phrase in a text, or a whole code (a tax number)
code     any other code, compared whole
=======  ======================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pycountry

from profiling.indicators.catalogue import IndicatorSpec, Value, ValueType
from profiling.indicators.text import normalise
from profiling.rules.core.conditions import Leaf, ListRef

MAX_ENTRIES = 10_000  # of one list, with all it includes
MAX_CODE = 64  # characters of a code
MAX_WORDS = 200  # characters of a word, phrase or name


class ListKind(StrEnum):
    HS = "hs"
    COUNTRY = "country"
    WORD = "word"
    PARTY = "party"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Named:
    """A list with all it includes, each entry once in the form that is compared.

    cycle: the codes that include one another in a ring, where they do; such a list can be used by nobody.
    absent: a list it includes that there is not.
    """

    code: str
    kind: ListKind
    entries: tuple[str, ...]
    cycle: tuple[str, ...] = ()
    absent: str = ""


Lists = Mapping[str, Named]
NO_LISTS: Lists = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Written:
    """One version of a list as it is kept: its own entries, and the codes of lists it takes in whole."""

    kind: ListKind
    entries: tuple[str, ...]
    includes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryError:
    """One entry that is none. line: from 1. code: hs, country, no_word, length, or too_many."""

    line: int
    code: str
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class UnknownListError(LookupError):
    """A condition names a list that it was not given."""


# ------------------------------------------------------------------ entries
_HS = re.compile(r"[0-9]{2,10}")
_HS_PARTS = re.compile(r"[\s.]+")
_SPACES = re.compile(r"\s+")


def read_entries(kind: ListKind, lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[EntryError, ...]]:
    """Entries as they are kept, each once in the order given, and what is wrong with which line.

    Empty lines are passed over. Words and firms keep their spelling; what differs in spelling only is one entry.
    """
    kept: dict[str, str] = {}
    errors: list[EntryError] = []
    for line, text in enumerate(lines, start=1):
        written = _SPACES.sub(" ", text).strip()
        if not written:
            continue
        entry = _cleaned(kind, written)
        if isinstance(entry, str):
            kept.setdefault(compared(kind, entry), entry)
            if len(kept) > MAX_ENTRIES:
                errors.append(EntryError(line, "too_many", MappingProxyType({"limit": MAX_ENTRIES})))
                break
        else:
            errors.append(EntryError(line, entry[0], MappingProxyType({"entry": written[:MAX_CODE], **entry[1]})))
    return tuple(kept.values())[:MAX_ENTRIES], tuple(errors)


def _cleaned(kind: ListKind, written: str) -> str | tuple[str, dict[str, Any]]:
    """The entry as it is kept, or why it is none."""
    match kind:
        case ListKind.HS:
            digits = _HS_PARTS.sub("", written)
            return digits if _HS.fullmatch(digits) else ("hs", {})
        case ListKind.COUNTRY:
            code = written.upper()
            known = len(code) == 2 and pycountry.countries.get(alpha_2=code) is not None
            return code if known else ("country", {})
        case ListKind.CODE:
            return written if len(written) <= MAX_CODE else ("length", {"limit": MAX_CODE})
        case _:
            if len(written) > MAX_WORDS:
                return "length", {"limit": MAX_WORDS}
            return written if normalise(written) else ("no_word", {})


def compared(kind: ListKind, entry: str) -> str:
    """What tells two entries of a list apart."""
    return normalise(entry) if kind in (ListKind.WORD, ListKind.PARTY) else entry


# ------------------------------------------------------------------ lists in lists
def resolve(code: str, written: Mapping[str, Written]) -> Named:
    """A list with everything it includes, however deep. Raises UnknownListError where there is no such list.

    A ring, a list that is not there and one entry too many do not raise: what uses the list says so.
    """
    if code not in written:
        raise UnknownListError(code)
    kind = written[code].kind
    entries: dict[str, str] = {}
    path: list[str] = []
    done: set[str] = set()
    pending: list[tuple[str, bool]] = [(code, False)]
    while pending:
        name, leaving = pending.pop()
        if leaving:
            path.pop()
            done.add(name)
            continue
        if name in path:
            return Named(code, kind, (), cycle=(*path[path.index(name) :], name))
        if name in done:
            continue
        one = written.get(name)
        if one is None or one.kind is not kind:
            return Named(code, kind, (), absent=name)
        for entry in one.entries:
            entries.setdefault(compared(kind, entry), entry)
        path.append(name)
        pending.append((name, True))
        pending.extend((included, False) for included in reversed(one.includes))
    return Named(code, kind, tuple(entries.values()))


def resolve_all(written: Mapping[str, Written]) -> dict[str, Named]:
    """Every list of a node by its code."""
    return {code: resolve(code, written) for code in written}


def needed(codes: Iterable[str], written: Mapping[str, Written]) -> tuple[str, ...]:
    """The codes given and those of all lists they include, each once: what a release has to pin."""
    found: dict[str, None] = {}
    pending = list(codes)
    while pending:
        code = pending.pop()
        if code not in found and code in written:
            found[code] = None
            pending.extend(written[code].includes)
    return tuple(found)


# ------------------------------------------------------------------ lists and indicators
_HS_NAME = re.compile(r"hs[0-9]*")
_COUNTRY_NAMES = frozenset({"country", "countries", "origin", "nationality", "flag"})


def fits(kind: ListKind, spec: IndicatorSpec) -> bool:
    """May an indicator be held against a list of this kind? What a code is of, its name says (hs_heading)."""
    if spec.type is ValueType.TEXT:
        return kind in (ListKind.WORD, ListKind.PARTY)
    if spec.type is not ValueType.CODE:
        return False
    parts = spec.code.split("_")
    match kind:
        case ListKind.HS:
            return any(_HS_NAME.fullmatch(part) for part in parts)
        case ListKind.COUNTRY:
            return not _COUNTRY_NAMES.isdisjoint(parts)
        case ListKind.WORD:
            return False
        case _:
            return True


@dataclass(frozen=True, slots=True)
class Members:
    """What a value is looked up in. prefixes: a value belongs when it begins with a member."""

    values: frozenset[Value]
    prefixes: bool = False

    @property
    def lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(str(value)) for value in self.values}))


def members(leaf: Leaf, lists: Lists) -> Members:
    """What IN and NOT_IN look a value up in. Raises UnknownListError."""
    if isinstance(leaf.value, ListRef):
        named = _usable(leaf.value.list, lists)
        return Members(frozenset(named.entries), prefixes=named.kind is ListKind.HS)
    return Members(frozenset(leaf.value))  # type: ignore[arg-type]  # parse lets only lists by


def phrases(leaf: Leaf, lists: Lists) -> tuple[str, ...]:
    """The normalised phrases a leaf asks a text for, each once. Raises UnknownListError."""
    if isinstance(leaf.value, ListRef):
        written: Iterable[object] = _usable(leaf.value.list, lists).entries
    else:
        written = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    return tuple(dict.fromkeys(normalise(str(one)) for one in written))


def _usable(code: str, lists: Lists) -> Named:
    named = lists.get(code)
    if named is None or named.cycle or named.absent:
        raise UnknownListError(code)
    return named
