"""Anybody's table as rows of cells: CSV in whatever character set and with whatever separator, XLSX, XLS and ODS.

What a file is, is said by its bytes, never by its name. Rows are counted as spreadsheets count them, from 1.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from python_calamine import CalamineError, CalamineWorkbook

from profiling.formats.charset import of_text
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import Position, Problem, Severity
from profiling.formats.table_columns import known
from profiling.formats.workbook_guard import MAGIC, OLE2, Bounds, NotModestError, is_spreadsheet, require_within

ROWS: Final = 100_000  # of a sheet
COLUMNS: Final = 256
CELLS: Final = 8_000_000  # of the rectangle a sheet is laid out in
UNPACKED: Final = 192 << 20  # bytes
BOUNDS: Final = Bounds(rows=ROWS, columns=COLUMNS, cells=CELLS, unpacked=UNPACKED)
TEXT_BYTES: Final = 128 << 20
LOOKED_AT: Final = 60  # lines by which the separator is chosen
SAMPLE: Final = 1 << 18  # bytes by which a single-byte set is chosen
PIECE: Final = 1 << 20
SEPARATORS: Final = ("\t", ";", ",", "|")
OFFSETS_A_SHEET: Final = 4_000_000  # positions of the next sheet begin this far on
CELL_LINES: Final = 50  # lines of one cell: beyond it a quotation mark was never closed
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What other formats begin with: theirs to read or to complain of.
_OTHERS: Final = ("{", "[", "<", "%PDF", "UNA", "UNB", "UNH", "ISA*", "{\\rtf", "From ", "MIME-Version", "Received:")


@dataclass(frozen=True, slots=True)
class Sheet:
    """`name` is "" for a text file. rows[0] is row 1; cells are str, int, float, bool, date, datetime, time or ""."""

    name: str
    rows: list[list[Any]]
    offset: int = 0

    def pointer(self, row: int, column: int | None = None) -> str:
        """Where a cell stands, as "/Sheet1/B7", or its row, "/Sheet1/7". `row` from 1, `column` from 0."""
        cell = f"{'' if column is None else letters(column)}{row}"
        return f"/{self.name.replace('~', '~0').replace('/', '~1')}/{cell}" if self.name else f"/{cell}"

    def at(self, row: int, column: int | None = None) -> Position:
        return Position(self.offset + row, None, self.pointer(row, column))


@dataclass(slots=True)
class Book:
    """`kind`: "csv", "xlsx", "ods" or "xls"; `told`: what of its characters had to be assumed."""

    kind: str
    sheets: list[Sheet]
    told: list[Problem] = field(default_factory=list)


def letters(column: int) -> str:
    """0 is "A", 26 is "AA"."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def looks_like_table(head: bytes, stream: BinaryIO) -> bool:
    """Whether the file is a workbook, or text that falls into columns. Never raises."""
    if head.startswith((MAGIC, OLE2)):
        return is_spreadsheet(stream)
    encoding = _unicode(head)
    try:
        text = head.decode(encoding or of_text(head), "ignore" if encoding else "replace")
    except LookupError:
        return False
    if not text.strip() or text.lstrip("\ufeff \r\n\t").startswith(_OTHERS) or _has_controls(text):
        return False
    lines = text.splitlines()[:LOOKED_AT]
    rows = [row for row in _cut(lines, _separator(lines)) if any(cell.strip() for cell in row)]
    if any(len(_known_in(row)) >= 2 for row in rows):
        return True
    # No heading is known, as in Chinese: at least it must be as regular as a table is.
    widths = Counter(len(row) for row in rows[:20])
    width, times = widths.most_common(1)[0] if widths else (0, 0)
    return width >= 3 and times >= 2 and times * 2 > sum(widths.values())


def read_book(stream: BinaryIO) -> Book:
    """All sheets. Raises BrokenFileError for what is no table or one that would take too much."""
    stream.seek(0)
    head = stream.read(len(OLE2))
    return _workbook(stream) if head.startswith((MAGIC, OLE2)) else _text_file(stream)


# ---- workbooks


def _workbook(stream: BinaryIO) -> Book:
    try:
        kind = require_within(stream, BOUNDS)
    except NotModestError as error:
        code = "table_too_large" if error.code == "too_many_rows" else error.code
        code = "table_unreadable" if code == "workbook_unreadable" else code
        raise _broken(code, limit=UNPACKED >> 20, rows=ROWS, columns=COLUMNS) from error
    sheets = []
    stream.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(stream)
        for index, name in enumerate(book.sheet_names):
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            sheets.append(Sheet(name, rows, index * OFFSETS_A_SHEET))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the reader is no Python: what it trips over may be no Exception (a Rust panic)
        if isinstance(error, Exception) and not isinstance(error, CalamineError | OSError | ValueError):
            raise
        raise _broken("table_unreadable") from error
    return Book(kind, sheets)


def _broken(code: str, at: Position | None = None, **params: Any) -> BrokenFileError:
    return BrokenFileError(problem(code, Severity.FATAL, at or Position(0), **params))


# ---- text


def _text_file(stream: BinaryIO) -> Book:
    encoding, told = _charset(stream)
    sheet = Sheet("", [])
    stream.seek(0)
    text: io.TextIOWrapper[Any] = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
    try:
        separator, skip = _dialect(text)
        stream.seek(0)
        text = _detached(text, stream, encoding)
        replaced = 0
        for number, row in enumerate(_rows(text, separator, sheet), start=1):
            if number > ROWS or len(row) > COLUMNS:
                raise _broken("table_too_large", sheet.at(min(number, ROWS)), rows=ROWS, columns=COLUMNS)
            replaced += any("\ufffd" in cell for cell in row)
            sheet.rows.append([] if number <= skip else [cell.strip() for cell in row])
    finally:
        text.detach()  # the stream stays open: it is the caller's
    if replaced:
        told.append(problem("charset", Severity.WARNING, Position(0)))
    if _odd_cells(sheet.rows):
        told.append(problem("control_characters", Severity.WARNING, Position(0)))
    return Book("csv", [sheet], told)


def _detached(text: io.TextIOWrapper[Any], stream: BinaryIO, encoding: str) -> io.TextIOWrapper[Any]:
    """The same bytes from their start again."""
    text.detach()
    stream.seek(0)
    return io.TextIOWrapper(stream, encoding, errors="replace", newline="")


def _charset(stream: BinaryIO) -> tuple[str, list[Problem]]:
    """The set of a whole text file, and what had to be assumed of it. A byte late in the file counts as the first."""
    stream.seek(0)
    head = stream.read(PIECE)
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), "") or _utf16(head)
    if encoding:
        return encoding, []
    decoder, sample, size, is_utf8, piece = codecs.getincrementaldecoder("utf-8")(), b"", 0, True, head
    while piece:
        size += len(piece)
        if size > TEXT_BYTES:
            raise _broken("workbook_too_large", limit=TEXT_BYTES >> 20)
        if len(sample) < SAMPLE and not piece.isascii():
            sample += piece[: SAMPLE - len(sample)]
        if is_utf8:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                is_utf8 = False
        piece = stream.read(PIECE)
    if is_utf8:
        return "utf-8", []
    encoding = of_text(sample)
    return encoding, [problem("charset_assumed_of_table", Severity.WARNING, Position(0), charset=encoding)]


def _unicode(head: bytes) -> str:
    """A Unicode set that the head of a file shows; "" where it is some single-byte set."""
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), "") or _utf16(head)
    if encoding:
        return encoding
    try:
        codecs.utf_8_decode(head, "strict", False)  # the last character may be cut
    except UnicodeDecodeError:
        return ""
    return "utf-8"


def _utf16(head: bytes) -> str:
    """UTF-16 without its mark: every second byte of text in Latin letters, digits and separators is zero."""
    sample = head[:2048]
    if len(sample) < 8 or sample.count(0) * 3 < len(sample):
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    return "utf-16-le" if odd > 4 * even else "utf-16-be" if even > 4 * odd else ""


def _has_controls(text: str) -> bool:
    return any(ord(c) < 32 and c not in "\t\r\n\f\x1a" for c in text)


def _odd_cells(rows: list[list[Any]]) -> bool:
    return any("\0" in cell for row in rows for cell in row)


def _dialect(text: io.TextIOWrapper[Any]) -> tuple[str, int]:
    """The separator, and how many lines at the top only name it ("sep=;", which Excel writes)."""
    lines = []
    for _number in range(LOOKED_AT):
        line = text.readline(1 << 16)
        if not line:
            break
        lines.append(line)
    if lines and lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0].strip()[4], 1
    return _separator(lines), 0


def _separator(lines: list[str]) -> str:
    """What parts the cells: under it most headings are known, and most rows have one width."""

    def merit(separator: str) -> tuple[int, int, int]:
        rows = [row for row in _cut(lines, separator) if row]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, times = widths.most_common(1)[0] if widths else (0, 0)
        return max((len(_known_in(row)) for row in rows), default=0), times, width

    return max(SEPARATORS, key=merit)


def _cut(lines: list[str], separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # what came before the cell that is too long decides
        rows.extend(csv.reader(lines, delimiter=separator))
    return rows


def _known_in(row: list[str]) -> set[str]:
    return {key for cell in row if 0 < len(cell) < 80 and (key := known(cell)[0])}


def _rows(text: io.TextIOWrapper[Any], separator: str, sheet: Sheet) -> Iterator[list[str]]:
    """Rows as they come. Raises BrokenFileError where a quotation mark swallows the rows after it."""
    reader = csv.reader(text, delimiter=separator)
    before, number, width = 0, 0, 0
    try:
        for row in reader:
            number += 1
            lines, before = reader.line_num - before, reader.line_num
            if lines > 1 and (lines > CELL_LINES or _swallowed(row, separator, width)):
                raise _broken("table_quote_open", sheet.at(number))
            width = max(width, len(row))
            yield row
    except csv.Error as error:
        raise _broken("table_quote_open", sheet.at(number + 1)) from error


def _swallowed(row: list[str], separator: str, width: int) -> bool:
    """Whether a cell holds what looks like whole rows."""
    return width > 2 and any(
        line.count(separator) >= width - 1 for cell in row if "\n" in cell or "\r" in cell for line in cell.splitlines()
    )
