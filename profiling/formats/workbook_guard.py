"""What a workbook may cost before a spreadsheet reader is let at it.

A reader unpacks parts as far as they go, whatever size the archive states, and lays a sheet out as wide and as deep as
its outermost cell: two cells in a file of a few kilobytes are enough to take all memory of a worker. So the parts are
unpacked here first, a piece at a time, and thrown away.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import BinaryIO, Final
from xml.sax.saxutils import unescape

MAGIC: Final = b"PK\x03\x04"
UNPACKED: Final = 64 << 20  # bytes of all parts together
COLUMNS: Final = 64
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


def require_modest(stream: BinaryIO, *, rows: int) -> None:
    """Raise NotModestError for what is no XLSX, unpacks to too much, or has a cell beyond `rows` or COLUMNS."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise NotModestError("workbook_unreadable") from error
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise NotModestError("workbook_unreadable")
    left = UNPACKED
    for part in parts:
        left -= _unpack(stream, part, left, rows)


def _unpack(stream: BinaryIO, part: zipfile.ZipInfo, most: int, rows: int) -> int:
    """How many bytes a part truly has."""
    if part.header_offset < 0:  # the directory is damaged
        raise NotModestError("workbook_unreadable")
    stream.seek(part.header_offset)
    header = stream.read(_LOCAL_HEADER)
    if header[:4] != MAGIC or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotModestError("workbook_unreadable")
    stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == zipfile.ZIP_DEFLATED else None
    packed, size, tail = part.compress_size, 0, b""
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
            _require_near(tail + text, rows)
            tail = text[-_LONGEST:]
    return size


def _require_near(text: bytes, rows: int) -> None:
    for column, row in [*_CELL.findall(text), *((b"", row) for row in _ROW.findall(text))]:
        if int(row) > rows or _number(column) > COLUMNS:
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
