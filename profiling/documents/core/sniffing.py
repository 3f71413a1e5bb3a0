"""What a file is, by its content: PDF, a picture, an office file. Names and announced types lie. Pure.

Nothing is unpacked or drawn here but for counting what an archive unpacks to, a piece at a time, thrown away.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from typing import BinaryIO, Final

from PIL import Image, UnidentifiedImageError

PDF: Final = "application/pdf"
PICTURES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "TIFF": "image/tiff"}
MOST_PIXELS: Final = 80_000_000
"""A scan of an A3 page at 600 dots an inch has some 70 million."""
MOST_SIDE: Final = 30_000
UNPACKED: Final = 256 << 20
"""Bytes of all parts of an office file together."""
MOST_PARTS: Final = 5000
_PIECE: Final = 1 << 16
_PDF_HEAD: Final = 1024
"""The header stands within the first 1024 bytes (ISO 32000, annex on implementation)."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
# The part that makes it what it is (ECMA-376, part 1), and its media type.
_OFFICE: Final = {
    "xl/workbook.xml": f"{_OPEN_XML}spreadsheetml.sheet",
    "xl/workbook.bin": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    "word/document.xml": f"{_OPEN_XML}wordprocessingml.document",
    "ppt/presentation.xml": f"{_OPEN_XML}presentationml.presentation",
}
# What an OpenDocument says of itself (OASIS OpenDocument 1.3, part 3, appendix C). Only these words are ever told to a
# browser: what stands in the part "mimetype" is the sender's.
_OPEN_DOCUMENT: Final = frozenset(
    f"application/vnd.oasis.opendocument.{kind}"
    for kind in ("text", "spreadsheet", "presentation", "graphics", "image", "formula", "chart", "text-master")
)


class NotTakenError(ValueError):
    """`code`: "kind" (none of ours), "broken", "too_many_pixels" or "unpacks_too_large"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def media_type_of(stream: BinaryIO) -> str:
    """The media type. Raises NotTakenError."""
    stream.seek(0)
    head = stream.read(_PDF_HEAD)
    if b"%PDF-" in head:
        return PDF
    if head.startswith(_OLE):
        return "application/x-ole-storage"
    if head.startswith(_ZIP):
        return _office(stream)
    return _picture(stream)


def _picture(stream: BinaryIO) -> str:
    stream.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged below by our own limit
            with Image.open(stream, formats=tuple(PICTURES)) as image:
                kind, (width, height) = str(image.format), image.size
    except Image.DecompressionBombError as error:
        raise NotTakenError("too_many_pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError, OverflowError) as error:
        raise NotTakenError("kind") from error
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise NotTakenError("too_many_pixels")
    return PICTURES[kind]


def _office(stream: BinaryIO) -> str:
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise NotTakenError("unpacks_too_large")
            kind = _kind_of_parts(archive, {part.filename for part in parts})
            _require_modest(archive, parts)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        if isinstance(error, NotTakenError):
            raise
        raise NotTakenError("broken") from error
    return kind


def _kind_of_parts(archive: zipfile.ZipFile, names: set[str]) -> str:
    for name, kind in _OFFICE.items():
        if name in names and "[Content_Types].xml" in names:
            return kind
    if "mimetype" in names:
        with archive.open("mimetype") as said:
            kind = said.read(128).decode("ascii", "replace").strip()
        if kind in _OPEN_DOCUMENT:
            return kind
    raise NotTakenError("kind")


def _require_modest(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    left = UNPACKED
    for part in parts:
        with archive.open(part) as opened:
            while piece := opened.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise NotTakenError("unpacks_too_large")
