"""Past consignments of a customs office with what came of them: a table of text, read by a mapping of its columns.

A mapping (`parse_mapping`) says which column tells the moment, the result, the day the result was known, and which
indicator each other column is. A row that cannot be used comes out as a `Fault` with its line and column and does not
stop the others. The format is this product's own; docs/learning.md shows it.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from profiling.indicators.catalogue import MAX_NUMBER, IndicatorSpec, Value, ValueType
from profiling.indicators.text import normalise
from profiling.rules.core.history_mapping import Column, FileMapping
from profiling.rules.core.learning_records import Result

MAX_CODE = 64  # characters of a stored code, as of live cargo
MAX_CELL = 100_000
SHOWN = 80  # characters of what was received that a fault repeats
TRUE: Final = frozenset({"1", "true", "yes", "y", "t"})
FALSE: Final = frozenset({"0", "false", "no", "n", "f"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row was refused. row: line of the file, the headings being 1; code: a key of `history_mapping.PROBLEMS`."""

    row: int
    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "code": self.code, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class PastRow:
    """keys: what the columns named under `past` hold, by column, "" where nothing."""

    row: int
    moment: datetime
    result: Result
    known_at: datetime | None
    random: bool
    values: dict[str, Value]
    keys: dict[str, str]


class _Refused(Exception):  # noqa: N818 - carries a fault out of one row
    def __init__(self, column: str, code: str, **params: Any) -> None:
        self.column, self.code, self.params = column, code, params


class HeadingsError(ValueError):
    """The file lacks columns that the mapping names, or has no headings at all; `missing` names them."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


def read(
    stream: BinaryIO, mapping: FileMapping, specs: Mapping[str, IndicatorSpec], *, zone: tzinfo, now: datetime
) -> Iterator[PastRow | Fault]:
    """Row by row, in the order of the file. Raises HeadingsError before the first row.

    zone: of moments that say none, unless the mapping says one. now: what lies after it is refused.
    """
    text = io.TextIOWrapper(stream, encoding=mapping.encoding, errors="replace", newline="")
    table = csv.reader((line.replace("\0", "") for line in text), delimiter=mapping.delimiter)
    try:
        headings = [cell.strip() for cell in next(table, [])]
    except csv.Error:
        headings = []
    missing = tuple(name for name in mapping.columns() if name not in headings)
    if missing or not headings:
        raise HeadingsError(missing)
    reader = _Reader(mapping, specs, ZoneInfo(mapping.zone) if mapping.zone else zone, now)
    while True:
        before = table.line_num
        try:
            cells = next(table)
        except StopIteration:
            break
        except csv.Error:  # a cell without end: a quotation mark that nobody closed
            yield Fault(before + 1, "", "row_unreadable")
            continue
        if not any(map(str.strip, cells)):
            continue
        if len(cells) != len(headings):
            params = MappingProxyType({"found": len(cells), "expected": len(headings)})
            yield Fault(before + 1, "", "row_cells", params)
            continue
        row = dict(zip(headings, map(str.strip, cells), strict=True))
        try:
            yield reader.row(before + 1, row)
        except _Refused as refused:
            yield Fault(before + 1, refused.column, refused.code, MappingProxyType(refused.params))
    text.detach()


class _Reader:
    def __init__(self, mapping: FileMapping, specs: Mapping[str, IndicatorSpec], zone: tzinfo, now: datetime) -> None:
        self.mapping, self.specs, self.zone, self.now = mapping, specs, zone, now

    def row(self, number: int, row: Mapping[str, str]) -> PastRow:
        mapping = self.mapping
        moment = self.moment(row, mapping.moment)
        if moment is None:
            raise _Refused(mapping.moment.name, "moment_missing")
        result = self.result(row)
        known = self.moment(row, mapping.known_at) if mapping.known_at and result is not Result.NEVER else None
        values: dict[str, Value] = {}
        for code, column in mapping.indicators.items():
            value = self.value(row, column, self.specs[code])
            if value is not None:
                values[code] = value
        drawn = mapping.random is not None and self.cell(row, mapping.random) in mapping.random.true
        keys = {one.of: self.blank(row[one.of]) for one in mapping.past.values()}
        # A result dated before the arrival was known on arrival at the earliest.
        return PastRow(number, moment, result, max(known, moment) if known else None, drawn, values, keys)

    def blank(self, cell: str) -> str:
        return "" if cell in self.mapping.missing else cell

    def cell(self, row: Mapping[str, str], column: Column) -> str:
        cell = self.blank(row[column.name])
        if cell:
            cell = column.values.get(cell, cell)
        return cell[: column.cut] if column.cut else cell

    def result(self, row: Mapping[str, str]) -> Result:
        column = self.mapping.result.name
        cell = row[column]
        for result, words in self.mapping.results.items():
            if cell in words:
                return result
        raise _Refused(column, "result_unknown", received=cell[:SHOWN])

    def moment(self, row: Mapping[str, str], column: Column) -> datetime | None:
        cell = self.cell(row, column)
        if not cell:
            return None
        found = _moment(cell, column.format)
        if found is None:
            raise _Refused(column.name, "date_malformed", received=cell[:SHOWN], format=column.format or "ISO 8601")
        if found.tzinfo is None:
            found = found.replace(tzinfo=self.zone)
        found = found.astimezone(UTC)
        if found > self.now:
            raise _Refused(column.name, "date_ahead", received=cell[:SHOWN])
        return found

    def value(self, row: Mapping[str, str], column: Column, spec: IndicatorSpec) -> Value | None:
        cell = self.cell(row, column)
        if not cell:
            return None
        match spec.type:
            case ValueType.NUMBER | ValueType.INTEGER:
                return self.number(cell, column, spec)
            case ValueType.BOOLEAN:
                if cell in column.true or (cell.lower() in TRUE and not column.true):
                    return True
                if cell in column.false or (cell.lower() in FALSE and not column.false):
                    return False
                raise _Refused(column.name, "not_a_truth", received=cell[:SHOWN])
            case ValueType.DATE:
                found = _moment(cell, column.format)
                if found is None:
                    told = column.format or "ISO 8601"
                    raise _Refused(column.name, "date_malformed", received=cell[:SHOWN], format=told)
                return found.date().isoformat()
            case ValueType.TEXT:
                return normalise(cell[:MAX_CELL]) or None
            case _:
                if len(cell) > MAX_CODE:
                    raise _Refused(column.name, "code_long", received=cell[:SHOWN], limit=MAX_CODE)
                if spec.choices and cell not in spec.choices:
                    raise _Refused(column.name, "code_choice", received=cell, choices=list(spec.choices))
                return cell

    def number(self, cell: str, column: Column, spec: IndicatorSpec) -> int | float:
        plain = cell.replace("\u00a0", "").replace(" ", "")
        plain = plain.replace(".", "").replace(",", ".") if column.decimal_comma else plain.replace(",", "")
        try:
            number = float(plain)
        except ValueError:
            raise _Refused(column.name, "not_a_number", received=cell[:SHOWN]) from None
        if not math.isfinite(number) or abs(number) > MAX_NUMBER:
            raise _Refused(column.name, "number_range", received=cell[:SHOWN], limit=MAX_NUMBER)
        if spec.type is ValueType.INTEGER:
            if not number.is_integer():
                raise _Refused(column.name, "not_whole", received=cell[:SHOWN])
            return int(number)
        return number


def _moment(cell: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(cell, form) if form else datetime.fromisoformat(cell)  # noqa: DTZ007 - zone follows
    except ValueError:
        return None
