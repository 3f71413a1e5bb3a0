"""What a workbook (XLSX, ODS, XLS) may cost before a spreadsheet reader is let at it.

A reader unpacks parts as far as they go, whatever size the archive states, and lays a sheet out as wide and as deep as
its outermost cell: two cells in a file of a few kilobytes are enough to take all memory of a worker. So the parts are
unpacked here first, a piece at a time, and thrown away. Nothing is written to a disk, so names of parts lead nowhere,
and an archive inside the archive stays a part like any other.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Final
from xml.parsers import expat
from xml.sax.saxutils import unescape

import olefile

MAGIC: Final = b"PK\x03\x04"
UNPACKED: Final = 64 << 20  # bytes of all parts together
COLUMNS: Final = 64
OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2
ODS_TYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"
PIECE: Final = 1 << 16  # bytes taken at once
SHEET_LIST: Final = 256 << 10  # bytes of the list of sheets
_LOCAL_HEADER: Final = 30  # bytes before name and extra field (APPNOTE 4.3.7)
_LONGEST: Final = 512  # bytes of a tag that may be cut by the end of a piece
# The place of a cell ("B7"), and the number of a row, which is a bare number as others are elsewhere.
_CELL: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,7})([0-9]{1,12})["']""")
_ROW: Final = re.compile(rb"""<(?:\w{1,20}:)?row\b[^>]{0,400}?\br\s*=\s*["']([0-9]{1,12})["']""")

_SHEET_NAME: Final = re.compile(r"""<(?:\w{1,20}:)?sheet\s[^>]{0,400}?\bname\s*=\s*(["'])([^<>]{1,300}?)\1""")


class NotModestError(ValueError):
    """`code` is "workbook_unreadable", "workbook_too_large" or "too_many_rows"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that is let through: rows and columns of a sheet, cells of its rectangle, bytes of all parts."""

    rows: int
    columns: int = COLUMNS
    cells: int = 1 << 62
    unpacked: int = UNPACKED


def require_modest(stream: BinaryIO, *, rows: int) -> None:
    """Raise NotModestError for what is no XLSX, unpacks to too much, or has a cell beyond `rows` or COLUMNS."""
    require_within(stream, Bounds(rows))


def require_within(stream: BinaryIO, bounds: Bounds) -> str:
    """The kind of workbook: "xlsx", "ods" or "xls". Raises NotModestError for what is none or goes past the bounds."""
    stream.seek(0)
    if stream.read(len(OLE2)) == OLE2:
        _require_modest_xls(stream, bounds)
        return "xls"
    parts = _parts(stream)
    kind = "xlsx" if "xl/workbook.xml" in parts else "ods" if _is_ods(stream, parts) else ""
    if not kind:
        raise NotModestError("workbook_unreadable")
    left = bounds.unpacked
    for part in parts.values():
        watch = _OdsSheets(bounds) if kind == "ods" and part.filename == "content.xml" else _XlsxCells(bounds)
        left -= _unpack(stream, part, left, watch)
    return kind


def is_spreadsheet(stream: BinaryIO) -> bool:
    """Whether the bytes are a workbook of any of the three kinds, by their directory alone. Never raises."""
    stream.seek(0)
    try:
        if stream.read(len(OLE2)) == OLE2:
            return bool(_workbook_stream(stream))
        parts = _parts(stream)
        return "xl/workbook.xml" in parts or _is_ods(stream, parts)
    except NotModestError:
        return False


def _parts(stream: BinaryIO) -> dict[str, zipfile.ZipInfo]:
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise NotModestError("workbook_unreadable") from error
    named = {part.filename: part for part in parts}
    # Which of two parts of one name a reader takes is its own affair; one before the file begins has been cut off.
    if len(named) < len(parts) or any(part.header_offset < 0 for part in parts):
        raise NotModestError("workbook_unreadable")
    return named


def _is_ods(stream: BinaryIO, parts: dict[str, zipfile.ZipInfo]) -> bool:
    part = parts.get("mimetype")
    if part is None or "content.xml" not in parts or part.file_size > 200 or part.compress_type != zipfile.ZIP_STORED:
        return False
    stream.seek(part.header_offset)
    return ODS_TYPE in stream.read(_LOCAL_HEADER + 400)


class _XlsxCells:
    """Watches the parts of an XLSX for cells that lie far out."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds, self._tail = bounds, b""
        self._row = self._column = 0

    def feed(self, text: bytes) -> None:
        piece = self._tail + text
        self._tail = text[-_LONGEST:]
        for column, row in [*_CELL.findall(piece), *((b"", row) for row in _ROW.findall(piece))]:
            self._row, self._column = max(self._row, int(row)), max(self._column, _number(column))
        _require_near(self._row, self._column, self.bounds)

    def close(self) -> None:
        pass


class _OdsSheets:
    """Watches content.xml of an ODS (OpenDocument 1.3, part 3, 9.1): cells and rows may stand for a million each.

    Blank ones that run to the edge of a sheet, as every office program writes them, cost nothing and do not count.
    """

    _CELLS: Final = ("table-cell", "covered-table-cell")

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._entity
        self._rows = self._blank_rows = self._wide = 0
        self._width = self._reach = self._repeats = self._at = 0
        self._holds = False

    def feed(self, text: bytes) -> None:
        try:
            self._parser.Parse(text, False)
        except NotModestError:
            raise
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise NotModestError("workbook_unreadable") from error

    def close(self) -> None:
        try:
            self._parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise NotModestError("workbook_unreadable") from error

    def _entity(self, *_declared: object) -> None:
        raise NotModestError("workbook_unreadable")  # no office program declares one

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "table":
            self._rows = self._blank_rows = self._wide = 0
        elif local == "table-row":
            self._width = self._reach = 0
            self._repeats = _repeated(attributes.get("table:number-rows-repeated"))
        elif local in self._CELLS:
            self._at = _repeated(attributes.get("table:number-columns-repeated"))
            self._holds = any(key.startswith("office:") for key in attributes) or "table:formula" in attributes
        elif local == "p":
            self._holds = True

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in self._CELLS:
            self._width += self._at
            if self._holds:
                self._reach = self._width
            self._holds = False
        elif local == "table-row":
            if self._reach:
                self._rows += self._blank_rows + self._repeats
                self._blank_rows = 0
                self._wide = max(self._wide, self._reach)
                _require_near(self._rows, self._wide, self.bounds)
            else:
                self._blank_rows += self._repeats


def _repeated(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 1 if text is None else 1 << 40


# Records of BIFF5 and BIFF8 that hold a cell ([MS-XLS] 2.3.2): each begins with its row and column.
_BIFF_CELLS: Final = frozenset({0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E})


def _workbook_stream(stream: BinaryIO) -> bytes:
    """The stream of sheets inside an OLE2 file; b"" where it has none. Raises NotModestError."""
    stream.seek(0)
    try:
        with olefile.OleFileIO(stream.read()) as ole:
            name = next((name for name in ("Workbook", "Book") if ole.exists(name)), "")
            return ole.openstream(name).read() if name else b""
    except (OSError, ValueError, IndexError, struct.error, TypeError, AttributeError) as error:
        raise NotModestError("workbook_unreadable") from error


def _require_modest_xls(stream: BinaryIO, bounds: Bounds) -> None:
    stream.seek(0, 2)
    if stream.tell() > bounds.unpacked:
        raise NotModestError("workbook_too_large")
    text = _workbook_stream(stream)
    if not text:
        raise NotModestError("workbook_unreadable")
    at = row = column = 0
    while at + 4 <= len(text):
        kind, length = struct.unpack_from("<HH", text, at)
        if kind in _BIFF_CELLS and length >= 4 and at + 8 <= len(text):
            found_row, found_column = struct.unpack_from("<HH", text, at + 4)
            row, column = max(row, found_row + 1), max(column, found_column + 1)
        elif kind == 0x0809:  # BOF: another sheet begins
            row = column = 0
        if row > bounds.rows or column > bounds.columns or row * column > bounds.cells:
            _require_near(row, column, bounds)
        at += 4 + length


def _unpack(stream: BinaryIO, part: zipfile.ZipInfo, most: int, watch: _XlsxCells | _OdsSheets) -> int:
    """How many bytes a part truly has."""
    if part.header_offset < 0:  # the directory is damaged
        raise NotModestError("workbook_unreadable")
    stream.seek(part.header_offset)
    header = stream.read(_LOCAL_HEADER)
    if header[:4] != MAGIC or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotModestError("workbook_unreadable")
    stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == zipfile.ZIP_DEFLATED else None
    packed, size = part.compress_size, 0
    while packed > 0 and (piece := stream.read(min(packed, PIECE))):
        packed -= len(piece)
        while piece:
            try:
                text = inflate.decompress(piece, PIECE) if inflate else piece
            except zlib.error as error:
                raise NotModestError("workbook_unreadable") from error
            piece = inflate.unconsumed_tail if inflate else b""
            size += len(text)
            if size > most:
                raise NotModestError("workbook_too_large")
            watch.feed(text)
    watch.close()
    return size


def _require_near(row: int, column: int, bounds: Bounds) -> None:
    if row > bounds.rows or column > bounds.columns or row * column > bounds.cells:
        raise NotModestError("too_many_rows")


def _number(column: bytes) -> int:
    """ "A" is 1, "AA" is 27; nothing is 0."""
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number


def sheet_names(stream: BinaryIO) -> tuple[str, ...]:
    """The names of the sheets of an XLSX workbook, from its list of sheets alone; none for what is no workbook.

    Never raises and unpacks SHEET_LIST bytes at most: for a look at a file before anything is known of it.
    """
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive, archive.open("xl/workbook.xml") as part:
            text = part.read(SHEET_LIST).decode("utf-8", "replace")
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        return ()  # RuntimeError: an encrypted part
    return tuple(unescape(name, {"&quot;": '"', "&apos;": "'"}) for _mark, name in _SHEET_NAME.findall(text))
