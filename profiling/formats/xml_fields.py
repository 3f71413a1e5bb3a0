"""Checked access to the elements of an XML record: texts, amounts, dates, codes; what is wrong is told with its place.

XML messages are wide and every country changes them, so a value that cannot be used is a warning and is left out;
what a record cannot do without is refused by the reader that knows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from profiling.formats import limits
from profiling.formats.cuscar_equipment import number_of
from profiling.formats.cuscar_places import UNLOCODE
from profiling.formats.findings import Findings
from profiling.formats.quantities import CUBIC_METRES, KILOGRAMS, YEARS, Amount, count, edifact_time, in_unit, number
from profiling.formats.records import MessageTime, Place
from profiling.formats.xml_tree import Node

_ISO: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d{1,9})?)?(?:Z|([+-])(\d{2}):?(\d{2}))?\Z", re.ASCII
)
_SLASHED: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{2}|\d{4})\Z", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2}):?(\d{2})(?::?\d{2})?\Z", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}\Z")
_CURRENCY: Final = re.compile(r"[A-Z]{3}\Z")
_UNSTORABLE: Final = re.compile("[\x7f]")
_NO_CURRENCY: Final = frozenset({"ZZZ", "XXX"})  # ASYCUDA and ISO 4217 write "none" so
_NONE: Final = Node("", "", 0, None)
_NOTHING: Final = frozenset({"", ".", "-", "--", "N/A", "NIL", "NONE"})
_Code = TypeVar("_Code", bound=StrEnum)
_Value = TypeVar("_Value", bound=StrEnum, covariant=True)


class _Codes(Protocol[_Value]):
    def get(self, key: str, /) -> _Value | None: ...


def xml_time(text: str) -> MessageTime | None:
    """A date or time as XML writes it (ISO 8601), or in digits (UN/EDIFACT 2379); None where it is no possible one.

    A zone behind a date alone says nothing of an hour and is set aside.
    """
    if not (match := _ISO.match(text)):
        return edifact_time(text, "")
    date, minute, second, sign, hours, minutes = match.groups()
    try:
        local = datetime.fromisoformat(f"{date}T{minute or '00:00'}{second or ''}")
    except ValueError:
        return None
    offset = 0 if text.endswith("Z") else None
    if sign:
        offset = (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
    if local.year not in YEARS or (offset is not None and abs(offset) > 14 * 60):
        return None
    if minute is None:
        return MessageTime(text, "date", local)
    return MessageTime(text, "second" if second else "minute", local, offset)


class Fields:
    """The elements below one. `prefix` stands before the names of fields in problems, e.g. "items."."""

    def __init__(self, node: Node | None, found: Findings, prefix: str = "") -> None:
        self.is_there = node is not None
        self.node = node or _NONE
        self.found = found
        self.prefix = prefix

    def find(self, *paths: str) -> tuple[Node, str]:
        """The first element of these paths that holds text, and the text; else one that holds none.

        An element of a later path that says the same is read with it; one that says something else stays to be told.
        """
        for index, path in enumerate(paths, start=1):
            for node in self.node.each(path):
                node.used = True
                if node.text and (text := node.value):
                    for other in paths[index:]:
                        for twin in self.node.each(other):
                            twin.used = twin.used or twin.value == text
                    return node, text
        return _NONE, ""

    def inner(self, path: str, prefix: str | None = None) -> Fields:
        return Fields(self.node.find(path), self.found, self.prefix if prefix is None else prefix)

    def each(self, path: str, prefix: str | None = None) -> Iterator[Fields]:
        for node in self.node.each(path):
            yield Fields(node, self.found, self.prefix if prefix is None else prefix)

    def text(self, field: str, *paths: str, limit: int = limits.CODE) -> str:
        """The text in one line, cut at `limit` characters with a warning."""
        node, text = self.find(*paths)
        return self.fit(text, node, field, limit) if text else ""

    def fit(self, text: str, node: Node, field: str, limit: int) -> str:
        if "\x7f" in text:
            self.found.warn("control_characters", node, self.prefix + field)
            text = _UNSTORABLE.sub("", text).strip()
        return self.found.text(text, limit, node, self.prefix + field)

    def texts(self, field: str, path: str, *, limit: int = limits.CODE, separator: str = " ") -> str:
        """The texts of all elements of a path, joined."""
        parts = dict.fromkeys(text for _node, text in self.all(path))
        node = self.node.find(path) or self.node
        return self.fit(separator.join(parts), node, field, limit)

    def all(self, *paths: str) -> Iterator[tuple[Node, str]]:
        """Every element of these paths that holds text."""
        for path in paths:
            for node in self.node.each(path):
                node.used = True
                if node.text and (text := node.value):
                    yield node, text

    def said(self, *paths: str) -> str:
        """As `find`, the text alone; what only stands for "nothing" (a dot, N/A) is nothing."""
        _node, text = self.find(*paths)
        return "" if text.upper() in _NOTHING else text

    def number(self, field: str, *paths: str) -> Decimal | None:
        return self._amount(field, paths, lambda text, _node: number(text))

    def kilograms(self, field: str, *paths: str) -> Decimal | None:
        """A weight; the attribute unitCode (UN/ECE Recommendation 20) says in what, else kilograms."""
        return self._amount(field, paths, lambda text, node: in_unit(text, node.attribute("unitcode"), KILOGRAMS))

    def cubic_metres(self, field: str, *paths: str) -> Decimal | None:
        return self._amount(field, paths, lambda text, node: in_unit(text, node.attribute("unitcode"), CUBIC_METRES))

    def whole(self, field: str, *paths: str) -> int | None:
        """A whole number of packages or pieces; "1.0" is 1."""
        value = self._amount(field, paths, lambda text, _node: count(text))
        return None if value is None else int(value)

    def _amount(self, field: str, paths: tuple[str, ...], read: _Read) -> Decimal | None:
        node, text = self.find(*paths)
        return self.found.amount(read(text, node), node, self.prefix + field, text) if text else None

    def money(self, field: str, amount: str, currency: str = "") -> tuple[Decimal | None, str]:
        """An amount and its currency, which stands in an element of its own or in the attribute currencyID.

        Nothing in no currency, as forms are filled in where there is none, is no amount.
        """
        node, text = self.find(amount)
        code = (self.find(currency)[1] if currency else "") or node.attribute("currencyid")
        value = self.found.amount(number(text), node, self.prefix + field, text) if text else None
        code = code.upper()
        if code in _NO_CURRENCY or not _CURRENCY.match(code):
            if code and code not in _NO_CURRENCY and value is not None:
                self.found.warn("code_unknown", node, self.prefix + field, code, code=code[:40])
            code = ""
        if value is None or (not value and not code):
            return None, ""
        return value, code

    def time(self, field: str, *paths: str, clock: str = "") -> MessageTime | None:
        """A date or time; `clock`: path of the element that holds the time of the day (HH:mm) beside a date."""
        node, text = self.find(*paths)
        _clock_node, hour = self.find(clock) if clock else (node, "")
        if not text:
            return None
        time, wrong = xml_time(text), "date_impossible"
        if time is None and (slashed := _SLASHED.match(text)):
            time, wrong = _slashed(text, *map(int, slashed.groups()))
        if time is None:
            self.found.warn(wrong, node, self.prefix + field, text)
            return None
        if not hour or time.precision != "date":
            return time
        match = _CLOCK.match(hour)
        if match is None or int(match.group(1)) > 23 or int(match.group(2)) > 59:
            self.found.warn("date_impossible", _clock_node, self.prefix + field, hour)
            return time
        local = time.local.replace(hour=int(match.group(1)), minute=int(match.group(2)))
        return MessageTime(f"{text} {hour}", "minute", local)

    def country(self, field: str, *paths: str) -> str:
        """ISO 3166-1 alpha-2; anything else is told and left out."""
        return self._shaped(field, paths, _COUNTRY)

    def currency(self, field: str, *paths: str) -> str:
        """ISO 4217; "none" is nothing."""
        code = self._shaped(field, paths, _CURRENCY)
        return "" if code in _NO_CURRENCY else code

    def _shaped(self, field: str, paths: tuple[str, ...], shape: re.Pattern[str]) -> str:
        node, text = self.find(*paths)
        code = text.upper()
        if not code or shape.match(code):
            return code
        self.found.warn("code_unknown", node, self.prefix + field, text, code=text[:40])
        return ""

    def code(self, field: str, codes: _Codes[_Code], *paths: str) -> _Code | None:
        """One of a table; what is not in it is told and left out."""
        node, text = self.find(*paths)
        if not text:
            return None
        known = codes.get(text.upper())
        if known is None:
            self.found.warn("code_unknown", node, self.prefix + field, text, code=text[:40])
        return known

    def place(self, field: str, code: str, name: str = "") -> Place | None:
        """A place by its code, UN/LOCODE where it looks so, and its name; a code too long for one is a name."""
        told = self.text(field, code, limit=limits.NAME).upper()
        called = self.text(field, name, limit=limits.NAME) if name else ""
        if len(told) > limits.CODE:
            told, called = "", called or told
        if not told and not called:
            return None
        return Place(told, called, "unlocode" if UNLOCODE.match(told) else "")

    def equipment(self, field: str, *paths: str, refuse: bool = False) -> str:
        """The number of a container, wagon or trailer; one too long to be any is told, or refused, and left out."""
        node, text = self.find(*paths)
        numbered = number_of(text)
        if len(numbered) > limits.EQUIPMENT_NO:
            limit = limits.EQUIPMENT_NO
            tell = self.found.refuse if refuse else self.found.warn
            tell("equipment_number_too_long", node, self.prefix + field, numbered, limit=limit)
            return ""
        return numbered


class _Read(Protocol):
    def __call__(self, text: str, node: Node, /) -> Amount: ...


def _slashed(text: str, first: int, second: int, year: int) -> tuple[MessageTime | None, str]:
    """11/19/25 or 19/11/2025, or why it is no date: which part is the month has to show."""
    if first <= 12 and second <= 12 and first != second:
        return None, "date_ambiguous"
    month, day = (second, first) if first > 12 else (first, second)
    try:
        local = datetime(year if year > 99 else 2000 + year, month, day)  # noqa: DTZ001  (see MessageTime)
    except ValueError:
        return None, "date_impossible"
    return (MessageTime(text, "date", local), "") if local.year in YEARS else (None, "date_impossible")
