"""Checked access to the members of a JSON object: types, lengths, codes; everything wrong is told with a pointer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeVar

from profiling.formats import limits
from profiling.formats.findings import Findings
from profiling.formats.json_stream import RepeatedKeys
from profiling.formats.quantities import YEARS
from profiling.formats.records import MessageTime, Place, Position

_TIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(:\d{2})?(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?)?\Z", re.ASCII
)
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MILLIONTH: Final = Decimal("0.000001")  # what is kept of a fraction
_COUNTRY: Final = re.compile(r"[A-Z]{2}\Z")
_CURRENCY: Final = re.compile(r"[A-Z]{3}\Z")
_LARGEST: Final = Decimal(10) ** 12
_MOST: Final = 1_000_000_000
_Code = TypeVar("_Code", bound=StrEnum)


def pointer_to(parent: str, name: str | int) -> str:
    """RFC 6901."""
    token = str(name).replace("~", "~0").replace("/", "~1")
    return f"{parent}/{token}"


class Fields:
    """One object. Each member is read once; `close()` tells of those nobody read."""

    def __init__(self, members: dict[str, Any], offset: int, pointer: str, found: Findings) -> None:
        self.members = members
        self.offset = offset
        self.pointer = pointer
        self.found = found
        self.seen: set[str] = set()
        if isinstance(members, RepeatedKeys):
            for name in members.keys_repeated:
                found.warn("field_repeated", self.at(name), name[: limits.CODE])

    def at(self, name: str) -> Position:
        return Position(self.offset, None, pointer_to(self.pointer, name))

    def _wrong(self, code: str, name: str, value: Any, /, **params: Any) -> None:
        self.found.refuse(code, self.at(name), name, "" if value is None else str(value), **params)

    def _get(self, name: str) -> Any:
        self.seen.add(name)
        return self.members.get(name)

    def text(self, name: str, limit: int = limits.CODE, *, required: bool = False) -> str:
        value = self._get(name)
        if value is None:
            if required:
                self._wrong("field_missing", name, None)
            return ""
        if not isinstance(value, str):
            self._wrong("type_wrong", name, value, expected="text")
            return ""
        if not value.isprintable() and _UNSTORABLE.search(value):
            self.found.warn("control_characters", self.at(name), name)
            value = _UNSTORABLE.sub("", value)
        kept: str = value.strip()
        if len(kept) > limit:
            self._wrong("text_too_long", name, kept, limit=limit)
        elif required and not kept:
            self._wrong("field_missing", name, None)
        return kept

    def country(self, name: str) -> str:
        return self._shaped(name, _COUNTRY, "a country code of two capital letters")

    def currency(self, name: str) -> str:
        return self._shaped(name, _CURRENCY, "a currency code of three capital letters")

    def _shaped(self, name: str, shape: re.Pattern[str], expected: str) -> str:
        value = self.text(name)
        if value and not shape.match(value):
            self._wrong("type_wrong", name, value, expected=expected)
            return ""
        return value

    def number(self, name: str, *, negative: bool = False) -> Decimal | None:
        value = self._get(name)
        if value is None:
            return None
        if not isinstance(value, Decimal):
            self._wrong("type_wrong", name, value, expected="a number")
            return None
        if not value.is_finite() or value.adjusted() > 20 or abs(value) >= _LARGEST:
            self._wrong("number_invalid", name, value, value=str(value)[:40])
            return None
        if value < 0 and not negative:
            self._wrong("number_negative", name, value, value=str(value)[:40])
            return None
        exact = value.as_tuple().exponent
        return value.quantize(_MILLIONTH) if isinstance(exact, int) and exact < -6 else value

    def whole(self, name: str) -> int | None:
        value = self.number(name)
        if value is None:
            return None
        if value != value.to_integral_value() or value >= _MOST:
            self._wrong("type_wrong", name, value, expected="a whole number")
            return None
        return int(value)

    def code(self, name: str, codes: type[_Code], *, required: bool = False) -> _Code | None:
        value = self.text(name, required=required)
        if not value:
            return None
        try:
            return codes(value)
        except ValueError:
            self._wrong("value_not_allowed", name, value, allowed=", ".join(codes))
            return None

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name)
        if value and value not in allowed:
            self._wrong("value_not_allowed", name, value, allowed=", ".join(allowed))
            return ""
        return value

    def time(self, name: str) -> MessageTime | None:
        """ISO 8601: a date, or a date and time, with or without its zone."""
        value = self.text(name)
        if not value:
            return None
        match = _TIME.match(value)
        try:
            if match is None:
                raise ValueError(value)
            date, minute, second, zone = match.groups()
            local = datetime.fromisoformat(f"{date}T{minute or '00:00'}{second or ''}")
            if local.year not in YEARS:
                raise ValueError(value)
            offset = None
            if zone == "Z":
                offset = 0
            elif zone:
                offset = (int(zone[1:3]) * 60 + int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
                if abs(offset) > 14 * 60:
                    raise ValueError(value)
        except ValueError:
            self.found.warn("date_impossible", self.at(name), name, value)
            return None
        precision = "date" if minute is None else "second" if second else "minute"
        return MessageTime(value, precision, local, offset)

    def place(self, name: str) -> Place | None:
        inner = self.inner(name)
        if inner is None:
            return None
        place = Place(
            inner.text("code"),
            inner.text("name", limits.NAME),
            inner.one_of("scheme", ("unlocode", "station", "customs_office")),
        )
        inner.close()
        return place if place != Place() else None

    def inner(self, name: str) -> Fields | None:
        """The object that is the member."""
        value = self._get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong("type_wrong", name, value, expected="an object")
            return None
        return Fields(value, self.offset, pointer_to(self.pointer, name), self.found)

    def each(self, name: str) -> Iterator[Fields]:
        """The objects of the array that is the member."""
        value = self._get(name)
        if value is None:
            return
        if not isinstance(value, list):
            self._wrong("type_wrong", name, value, expected="an array")
            return
        parent = pointer_to(self.pointer, name)
        for index, member in enumerate(value):
            if isinstance(member, dict):
                yield Fields(member, self.offset, pointer_to(parent, index), self.found)
            else:
                at = Position(self.offset, None, pointer_to(parent, index))
                self.found.refuse("type_wrong", at, name, str(member), expected="an object")

    def close(self) -> None:
        """Tell of members that nobody asked for: nothing is dropped in silence."""
        for name in self.members:
            if name not in self.seen:
                shown = str(self.members[name]) if not isinstance(self.members[name], (dict, list)) else ""
                self.found.warn("unknown_field", self.at(name), name[: limits.CODE], shown)
