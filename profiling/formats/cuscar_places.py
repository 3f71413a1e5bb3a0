"""LOC segments of CUSCAR into places and countries."""

from __future__ import annotations

import re
from typing import Final

from profiling.formats import limits
from profiling.formats.edifact import Segment, one_line
from profiling.formats.records import Place

UNLOCODE: Final = re.compile(r"[A-Z]{2}[A-Z2-9][A-Z0-9]{2}\Z")  # UN/ECE Recommendation 16


def place(loc: Segment) -> Place:
    """Code and name as sent. The scheme is UN/LOCODE where the sender says so (139) or the code looks so."""
    if isinstance(loc.made, Place):
        return loc.made
    code = loc.at(2).upper()[: limits.CODE]
    listed = loc.at(2, 2)
    unlocode = listed == "139" or (not listed and UNLOCODE.match(code) is not None)
    loc.made = found = Place(code, one_line(loc.at(2, 4))[: limits.NAME], "unlocode" if unlocode and code else "")
    return found


def country(loc: Segment) -> str:
    """The two letters of a country, also where the sender wrote a whole UN/LOCODE; empty where neither."""
    code = loc.at(2).upper()
    if len(code) == 2 and code.isascii() and code.isalpha():
        return code
    return code[:2] if UNLOCODE.match(code) else ""
