"""Cells of a rail workbook into the values that pcu-manifest members have: text, exact numbers, ISO times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from profiling.formats.quantities import number
from profiling.formats.rail_columns import Sheet

_RUSSIAN_TIME: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T]+(\d{1,2}):(\d{2}))?\Z")
_PLAIN: Final = re.compile(r"[\W_]+")
_NUMBERS: Final = frozenset({"tare_kg", "gross_kg", "net_kg", "packages", "value"})
_TIMES: Final = frozenset({"etd", "eta"})
HEADINGS_WITHIN: Final = 15  # rows: some put a title above the table


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: its number as spreadsheets show it, its cells by column key, empty ones left out."""

    number: int
    cells: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    rows: list[Row]
    unknown: list[str] = field(default_factory=list)  # headings that were not understood
    missing: list[str] = field(default_factory=list)  # required columns that no heading names


def _plain(text: object) -> str:
    return _PLAIN.sub("", str(text).lower())


def _keys(sheet: Sheet) -> dict[str, str]:
    """Column keys by every heading that is understood."""
    keys = {}
    for column in sheet.columns:
        for heading in (column.heading, column.ru, column.en, *column.also):
            keys[_plain(heading)] = column.key
    return keys


def train_cells(cells: Sequence[Sequence[Any]], sheet: Sheet) -> dict[str, Any]:
    """The sheet that has its headings in the first column and the values beside them."""
    keys = _keys(sheet)
    found: dict[str, Any] = {}
    for row in cells:
        if row and (key := keys.get(_plain(row[0]))) and len(row) > 1:
            value = _value(key, row[1])
            if value is not None:
                found[key] = value
    return found


def table(cells: Sequence[Sequence[Any]], sheet: Sheet) -> Table:
    """The rows under the first row in which at least two headings are understood."""
    keys = _keys(sheet)
    places: dict[int, str] = {}
    row: Sequence[Any] = ()
    above = 0
    while above < min(len(cells), HEADINGS_WITHIN) and len(places) < 2:
        row = cells[above]
        places = {place: keys[_plain(cell)] for place, cell in enumerate(row) if _plain(cell) in keys}
        above += 1
    if len(places) < 2:
        # A sheet without any row is an empty table; one with rows and no headings lacks its columns.
        has_rows = any(_plain(cell) for row in cells for cell in row)
        return Table(sheet.name, [], missing=[c.heading for c in sheet.columns if c.required] if has_rows else [])
    unknown = [str(cell) for place, cell in enumerate(row) if _plain(cell) and place not in places]
    missing = [c.heading for c in sheet.columns if c.required and c.key not in places.values()]
    rows = []
    for under, values in enumerate(cells[above:], start=above + 1):
        found = {key: value for place, key in places.items() if (value := _value(key, values[place])) is not None}
        if found:
            rows.append(Row(under, found))
    return Table(sheet.name, rows, unknown, missing)


def _value(key: str, cell: Any) -> Any:
    """None for an empty cell; numbers as Decimal and times in ISO 8601 where the column holds such, else text."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if key in _NUMBERS:
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
    text = str(cell).strip()
    if key in _TIMES and (match := _RUSSIAN_TIME.match(text)):
        day, month, year, hour, minute = match.groups()
        text = f"{year}-{int(month):02}-{int(day):02}" + (f"T{int(hour):02}:{minute}" if hour else "")
    return text or None
