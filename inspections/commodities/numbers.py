"""Numbers as people type them, in any of the unit's languages."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’]")
_ONE_COMMA_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3}){2,}|[+-]?\d{1,3}(,\d{3})+\.\d+")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
LENGTH = 30


class NotANumberError(ValueError):
    """This cannot be read as a finite number."""


class AmbiguousNumberError(NotANumberError):
    """1,440 is one and a half to some, a thousand and more to others."""


def read_number(value: Any) -> Decimal:
    """A finite number: "2 240 000", "2,5", "2.5", "2,240,000". Raises NotANumberError, AmbiguousNumberError."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise NotANumberError(value)
    text = _SPACES.sub("", value) if isinstance(value, str) else format(Decimal(str(value)), "f")
    if len(text) > LENGTH:
        raise NotANumberError(value)
    if _ONE_COMMA_THOUSANDS.fullmatch(text):
        raise AmbiguousNumberError(value)
    text = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text.replace(",", ".")
    if not _PLAIN.fullmatch(text):
        raise NotANumberError(value)
    return Decimal(text)


def plain(number: Decimal) -> str:
    """The number without exponent and idle zeros: "2240000", "2.5"."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text
