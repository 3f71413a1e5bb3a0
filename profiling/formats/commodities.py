"""Commodity codes as they stand in declared fields and inside free texts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from profiling.formats.records import Commodity

_DIGITS: Final = r"((?:[0-9][ .]?){6,10})"
_HS: Final = re.compile(rf"\bH\.?\s?S\.?\s*[- ]?(?:CODES?)?\s*(?:NO)?\s*[:.#]?\s*{_DIGITS}(?![0-9])", re.IGNORECASE)
_TNVED: Final = re.compile(rf"\bТН\s?ВЭД(?:\s+(?:ЕАЭС|ТС|СНГ))?\s*[-№:.]*\s*{_DIGITS}(?![0-9])", re.IGNORECASE)
_SHORT: Final = 20
_CODE: Final = re.compile(r"[0-9]{4,10}\Z")


def declared(text: str) -> Commodity | None:
    """A code sent in its own field. Dots and blanks go; a lost leading zero comes back (70320 is 070320)."""
    if not text:
        return None
    return _remembered(text) if len(text) <= _SHORT else _declared(text)


def _declared(text: str) -> Commodity | None:
    digits = _plain(text)
    return Commodity(digits) if digits else None


_remembered = lru_cache(maxsize=1024)(_declared)  # the same codes come up all through a message


def in_text(*texts: str) -> Commodity | None:
    """The first HS or TN VED code that a description or the marks name."""
    for text in texts:
        for pattern, scheme in ((_HS, "HS"), (_TNVED, "TNVED")):
            match = pattern.search(text)
            if match and (digits := _plain(match.group(1))):
                return Commodity(digits, scheme, "text")
    return None


def _plain(text: str) -> str:
    digits = text.replace(".", "").replace(" ", "")
    if not _CODE.match(digits):
        return ""
    return digits.zfill(len(digits) + len(digits) % 2)
