"""Cells of a note into the values that pcu-manifest members have: text, exact numbers, ISO times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from profiling.formats.note_columns import Sheet
from profiling.formats.quantities import number
from profiling.formats.records import Position

_RUSSIAN_TIME: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T]+(\d{1,2}):(\d{2}))?\Z")
_PLAIN: Final = re.compile(r"[\W_]+")
NUMBERS: Final = frozenset({"tare_kg", "gross_kg", "net_kg", "packages", "value", "volume_m3", "freight"})
_TIMES: Final = frozenset({"etd", "eta", "at", "contract_date"})
_EXPONENTS: Final = range(-40, 41)  # of numbers that may be written out in full
HEADINGS_WITHIN: Final = 15  # rows: some put a title above the table


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: its number as people count it, its cells by column key, empty ones left out.

    pointer names sheet and row; [start, end) are bytes of the file, or rows where its bytes say nothing.
    """

    number: int
    cells: dict[str, Any]
    pointer: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    rows: list[Row]
    unknown: list[tuple[str, Position]] = field(default_factory=list)  # headings that were not understood, each once
    missing: list[str] = field(default_factory=list)  # required columns that no heading names


def plain(text: object) -> str:
    """What of a heading counts: its letters and digits, small."""
    return _PLAIN.sub("", str(text).lower())


def _keys(sheet: Sheet) -> dict[str, str]:
    """Column keys by every heading that is understood."""
    keys = {}
    for column in sheet.columns:
        for heading in (column.heading, column.ru, column.en, *column.also):
            keys[plain(heading)] = column.key
    return keys


def head_cells(cells: Sequence[Sequence[Any]], sheet: Sheet) -> tuple[dict[str, Any], list[tuple[str, Position]]]:
    """The sheet that has its headings in the first column and the values beside them; and headings not understood."""
    keys = _keys(sheet)
    found: dict[str, Any] = {}
    unknown = []
    for number_of_row, row in enumerate(cells, start=1):
        if len(row) < 2 or not plain(row[0]) or row[1] in (None, ""):
            continue
        key = keys.get(plain(row[0]))
        if key is None:
            unknown.append((str(row[0]), Position(0, None, f"/{sheet.name}/{number_of_row}")))
        elif (value := value_of(key, row[1])) is not None:
            found[key] = value
    return found, unknown


def table(cells: Sequence[Sequence[Any]], sheet: Sheet, base: int = 0) -> Table:
    """The rows under the first row in which at least two headings are understood; they begin at `base` and on."""
    keys = _keys(sheet)
    places: dict[int, str] = {}
    row: Sequence[Any] = ()
    above = 0
    while above < min(len(cells), HEADINGS_WITHIN) and len(places) < 2:
        row = cells[above]
        places = {place: keys[plain(cell)] for place, cell in enumerate(row) if plain(cell) in keys}
        above += 1
    if len(places) < 2:
        # A sheet without any row is an empty table; one with rows and no headings lacks its columns.
        has_rows = any(plain(cell) for row in cells for cell in row)
        return Table(sheet.name, [], missing=[c.heading for c in sheet.columns if c.required] if has_rows else [])
    at = Position(base, None, f"/{sheet.name}/{above}")
    unknown = [(str(cell), at) for place, cell in enumerate(row) if plain(cell) and place not in places]
    missing = [c.heading for c in sheet.columns if c.required and c.key not in places.values()]
    rows = []
    for under, values in enumerate(cells[above:], start=above + 1):
        found = {key: value for place, key in places.items() if (value := value_of(key, values[place])) is not None}
        if found:
            start = base + under
            rows.append(Row(under, found, f"/{sheet.name}/{under}", start, start + 1))
    return Table(sheet.name, rows, unknown, missing)


def value_of(key: str, cell: Any) -> Any:
    """None for an empty cell; numbers as Decimal and times in ISO 8601 where the column holds such, else text."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, list | dict):
        return cell  # told as a wrong type where it is read
    if key in NUMBERS:
        if isinstance(cell, Decimal):
            return cell
        if isinstance(cell, int | float):
            return Decimal(str(cell)) if isfinite(cell) else str(cell)
        amount = number(str(cell).strip())
        return str(cell).strip() or None if amount.value is None else amount.value
    if isinstance(cell, datetime) and (cell.hour or cell.minute):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, date):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, Decimal) and cell.is_finite() and cell.adjusted() in _EXPONENTS:
        text = format(cell, "f")
    else:
        text = str(cell).strip()
    if key in _TIMES and (match := _RUSSIAN_TIME.match(text)):
        day, month, year, hour, minute = match.groups()
        text = f"{year}-{int(month):02}-{int(day):02}" + (f"T{int(hour):02}:{minute}" if hour else "")
    return text or None
