"""Opening the files: archives under guard, lines of text, tables whose heading names the columns, workbooks."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, BinaryIO, Final, cast

from python_calamine import CalamineError, CalamineWorkbook

from profiling.formats.charset import single_byte
from profiling.formats.workbook_guard import NotModestError, require_modest
from profiling.reference.files.rows import FileError

MEGABYTE: Final = 1 << 20
LARGEST: Final = 64  # megabytes of a file, and of all that an archive unpacks to
MEMBERS: Final = 64
HEAD: Final = 8192
ROWS: Final = 50_000  # of a workbook
LINE: Final = 1 << 16  # bytes of a line
HEADING_WITHIN: Final = 25  # rows above the heading: titles and notes
_ZIP: Final = b"PK\x03\x04"
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
_NOT_WORD: Final = re.compile(r"[^0-9a-zа-яё]+")


@dataclass(frozen=True, slots=True)
class Part:
    """One file to read: the file itself or one of an archive. name: "" for the file itself."""

    name: str
    stream: BinaryIO
    head: bytes


class _Bounded:
    """A file in an archive that may not unpack to more than what is left for all of them."""

    def __init__(self, stream: IO[bytes], left: list[int]) -> None:
        self._stream, self._left = stream, left

    def read(self, size: int = -1) -> bytes:
        return self._count(self._stream.read, min(size, MEGABYTE) if size >= 0 else MEGABYTE)

    def readline(self, size: int = -1) -> bytes:
        return self._count(self._stream.readline, LINE if size < 0 else size)

    def _count(self, take: Callable[[int], bytes], size: int) -> bytes:
        try:
            piece = take(size)
        except _BROKEN as error:
            raise FileError("archive_unreadable") from error
        self._left[0] -= len(piece)
        if self._left[0] < 0:
            raise FileError("archive_too_large", limit=LARGEST)
        return piece


def parts(stream: BinaryIO) -> Iterator[Part]:
    """The file, or each file of an archive, with its first bytes. A workbook, though an archive, is one file."""
    if stream.seek(0, 2) > LARGEST * MEGABYTE:
        raise FileError("file_too_large", limit=LARGEST)
    stream.seek(0)
    head = stream.read(HEAD)
    stream.seek(0)
    if not head.startswith(_ZIP):
        yield Part("", stream, head)
        return
    try:
        with zipfile.ZipFile(stream) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
            if "xl/workbook.xml" in names:
                stream.seek(0)
                yield Part("", stream, head)
                return
            if len(names) > MEMBERS:
                raise FileError("archive_unreadable")
            left = [LARGEST * MEGABYTE]
            for name in names:
                with archive.open(name) as beginning:
                    first = beginning.read(HEAD)
                with archive.open(name) as member:
                    unpacked = cast(BinaryIO, _Bounded(member, left))
                    if first.startswith(_ZIP):  # a workbook, which is not read piece by piece
                        unpacked = io.BytesIO(whole(Part(name, unpacked, first)))
                    yield Part(name, unpacked, first)
    except _BROKEN as error:
        raise FileError("archive_unreadable") from error


def whole(part: Part) -> bytes:
    """All bytes of a part, for forms that cannot be read piece by piece."""
    pieces = []
    while piece := part.stream.read(MEGABYTE):
        pieces.append(piece)
    return b"".join(pieces)


def decoded(raw: bytes, single: str = "") -> str:
    """A line as text: UTF-8, else the single-byte set given or the likelier of Windows-1251 and -1252."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode(single or single_byte("ascii", raw), "replace")


def lines(part: Part, single: str = "") -> Iterator[str]:
    """The lines of a text one by one. A line too long comes in pieces, which no list has a row like."""
    while raw := part.stream.readline(LINE):
        yield decoded(raw, single).replace("\0", "")


def delimiter(heading: str) -> str:
    """What parts the columns: the sign of which the heading has most."""
    return max(",;\t", key=heading.count)


def csv_rows(part: Part, single: str = "") -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of a text with columns; the delimiter is told by the first line that has one."""
    text = lines(part, single)
    first = decoded(part.head.partition(b"\n")[0], single)
    reader = csv.reader(text, delimiter=delimiter(first))
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a field beyond the limit of the reader: a quote that nobody closed
            yield reader.line_num, []
            continue
        yield reader.line_num, [cell.strip() for cell in cells]


def sheet_rows(part: Part) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """(sheet, its rows as text) of a workbook."""
    try:
        require_modest(part.stream, rows=ROWS)
        part.stream.seek(0)
        workbook = CalamineWorkbook.from_filelike(part.stream)
    except NotModestError as error:
        raise FileError("workbook_unreadable") from error
    except (CalamineError, OSError, ValueError) as error:
        raise FileError("workbook_unreadable") from error
    for name in workbook.sheet_names:
        try:
            rows = workbook.get_sheet_by_name(name).iter_rows()
        except (CalamineError, ValueError) as error:
            raise FileError("workbook_unreadable") from error
        yield name, ((number, [_text(cell) for cell in row]) for number, row in enumerate(rows, start=1))


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def key(name: str) -> str:
    """A heading as it is compared: small letters and digits only."""
    return _NOT_WORD.sub("", name.lower())


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row by the names of its columns; a column that the table lacks is ""."""

    line: int
    cells: Mapping[str, str]
    part: str = ""

    def get(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def received(self) -> str:
        return " | ".join(filter(None, self.cells.values()))


Columns = Mapping[str, Sequence[str]]


def named_rows(
    rows: Iterable[tuple[int, list[str]]], columns: Columns, needed: Iterable[str], part: str = ""
) -> Iterator[TableRow] | None:
    """Rows below the heading that names all columns needed; None where there is none near the top.

    columns: the headings each column is known by, as `key` makes them.
    """
    found = iter(rows)
    for _above, (_line, cells) in zip(range(HEADING_WITHIN), found, strict=False):
        places = heading(cells, columns)
        if all(name in places for name in needed):
            return _below(found, places, part)
    return None


def heading(cells: Sequence[str], columns: Columns) -> dict[str, int]:
    """Where each column stands in a row of headings. The names of a column go from the surest to the least sure."""
    keys = [key(cell) for cell in cells]
    return {name: keys.index(known[0]) for name, names in columns.items() if (known := [n for n in names if n in keys])}


def _below(rows: Iterator[tuple[int, list[str]]], places: Mapping[str, int], part: str) -> Iterator[TableRow]:
    for line, cells in rows:
        if any(cells):
            yield TableRow(
                line, {name: cells[place] if place < len(cells) else "" for name, place in places.items()}, part
            )


def tables(part: Part, columns: Columns, needed: Sequence[str]) -> Iterator[TableRow]:
    """Rows of every table in a CSV text or in the sheets of a workbook whose heading names the columns needed."""
    if part.head.startswith(_ZIP):
        for sheet, rows in sheet_rows(part):
            yield from named_rows(rows, columns, needed, sheet) or ()
    else:
        yield from named_rows(csv_rows(part), columns, needed, part.name) or ()


def first_heading(part: Part, columns: Columns, needed: Sequence[str]) -> bool:
    """Whether a text begins like such a table, by its first bytes; workbooks are opened to be known."""
    if part.head.startswith(_ZIP):
        found = any(named_rows(rows, columns, needed) is not None for _sheet, rows in sheet_rows(part))
        part.stream.seek(0)
        return found
    for raw in part.head.splitlines()[:HEADING_WITHIN]:
        line = decoded(raw)
        cells = next(csv.reader([line], delimiter=delimiter(line)), [])
        if all(name in heading(cells, columns) for name in needed):
            return True
    return False
