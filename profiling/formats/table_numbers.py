"""Numbers of a table's cells: with either decimal mark, decided for a whole column by what its other cells show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from profiling.formats.quantities import DIGITS_LIMIT

BLANKS: Final = {ord(c): None for c in " \u00a0\u202f\u2009'’`"}
_NUMBER: Final = re.compile(r"([+-]?)([0-9]+(?:[.,][0-9]+)*|[.,][0-9]+)([^0-9].*)?\Z", re.DOTALL)
GROUPS: Final = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*\Z")
PLAIN: Final = re.compile(r"[0-9]{1,12}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Told:
    """A value with what is to be said of it: `code` of `problems.CODES`; `refuses` where its row cannot stand."""

    value: Any
    code: str
    refuses: bool = False
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class NumberStyle:
    """How the numbers of a column are written.

    mark: its decimal mark. is_shown: cells of the column prove it; else it was agreed or assumed. unsure: cells that
    could be read both ways. first: the row of the first of them.
    """

    mark: str = "."
    is_shown: bool = False
    is_agreed: bool = False
    unsure: int = 0
    first: int = 0


def number_style(cells: Iterable[tuple[int, Any]], agreed: str) -> NumberStyle:
    """The decimal mark of a column, from its (row, cell) pairs; `agreed`: ",", "." or "" for undecided."""
    votes = {".": 0, ",": 0}
    style = NumberStyle()
    for row, cell in cells:
        if type(cell) is not str or ("," not in cell and "." not in cell):
            continue
        match = _NUMBER.match(cell.translate(BLANKS))
        if match is None:
            continue
        figures = match.group(2)
        mark = _shown_mark(figures)
        if mark:
            votes[mark] += 1
        else:
            style.unsure += 1
            style.first = style.first or row
    shown = max(votes, key=lambda mark: votes[mark]) if any(votes.values()) else ""
    style.is_shown = bool(shown) and not (votes["."] and votes[","])
    style.is_agreed = bool(agreed)
    style.mark = shown if style.is_shown else agreed or shown or "."
    return style


def _shown_mark(figures: str) -> str:
    """The decimal mark that figures prove: "1.234,5" and "12,50" prove the comma; "" where both readings are open."""
    comma, point = figures.rfind(","), figures.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    mark = "," if comma >= 0 else "."
    if figures.count(mark) > 1:
        return "." if mark == "," else ","  # a mark that repeats groups thousands
    whole, _mark, fraction = figures.partition(mark)
    return mark if len(fraction) != 3 or len(whole) > 3 or whole in ("", "0") else ""


def _decimal(figures: str, mark: str) -> Decimal | None:
    """Digits with marks as a number. What proves its own mark is read by it, whatever the column has."""
    if "," in figures or "." in figures:
        mark = _shown_mark(figures) or mark
        whole, found, fraction = figures.rpartition(mark) if mark in figures else (figures, "", "")
        if not found:
            whole, fraction = figures, ""
        if ("," in whole or "." in whole) and not GROUPS.match(whole):
            return None
        whole = whole.replace(",", "").replace(".", "")
        if mark in fraction or "," in fraction or "." in fraction:
            return None
    else:
        whole, fraction = figures, ""
    if len(whole.lstrip("0")) > DIGITS_LIMIT or len(fraction) > DIGITS_LIMIT:
        return None
    return Decimal(f"{whole or 0}.{fraction}" if fraction else whole or 0)


def number(cell: Any, style: NumberStyle, *, is_signed: bool = False) -> tuple[Decimal | None, str, Told | None]:
    """The number of a cell, what stands after it, and what is wrong with it."""
    if type(cell) is float and 0 <= cell < 1e6 and (cell * 1000).is_integer():  # most are
        return Decimal(str(cell)), "", None
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return None, "", Told(None, "number_invalid", params={"value": str(cell)[:40]})
    after, sign = "", ""
    if isinstance(cell, str):
        if PLAIN.match(cell):
            return Decimal(cell), "", None
        match = _NUMBER.match(cell.translate(BLANKS))
        value = _decimal(match.group(2), style.mark) if match else None
        if match is None or value is None:
            return None, "", Told(None, "number_invalid", params={"value": cell[:40]})
        sign, after = match.group(1), (match.group(3) or "").strip()
    else:
        if not isfinite(cell) or abs(cell) >= 10**DIGITS_LIMIT:
            return None, "", Told(None, "number_invalid", params={"value": str(cell)[:40]})
        value = Decimal(str(cell))
        value, sign = abs(value), "-" if value < 0 else ""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        value = value.quantize(Decimal("0.000001"))
    if sign == "-" and value:
        if is_signed:
            return -value, after, None
        return None, after, Told(None, "number_negative", params={"value": str(cell)[:40]})
    return value, after, None
