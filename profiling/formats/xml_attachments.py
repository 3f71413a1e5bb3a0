"""Files that stand in an XML message as base64 (RFC 4648): found by a walk of their own, decoded piece by piece.

A long text, or one that begins as files of the usual kinds do, is taken for a file; what it is, others judge by its
content. Memory holds one piece of the message and the first megabyte of the files of one element; the rest is spooled.
"""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final, cast

from profiling.formats import limits
from profiling.formats.records import Position
from profiling.formats.xml_encoding import Encoding
from profiling.formats.xml_stream import TEXT, _Parser

SPOOLED: Final = 1 << 20
# How PDF, JPEG, PNG, WebP, and office files old and new begin in base64.
_BEGINNINGS: Final = ("JVBERi", "/9j/", "iVBORw0KGgo", "UklGR", "UEsDB", "0M8R4KGx")
_BLANK: Final = re.compile(r"\s+")
_SHORTEST: Final = 64  # characters; less is no file


def begins_as_file(text: str) -> bool:
    return len(text) >= _SHORTEST and text.lstrip().startswith(_BEGINNINGS)


@dataclass(slots=True)
class Attachment:
    """One file. record: offset of the record it stands in, None beside the records. name: as a sibling calls it.

    data: its bytes from their start, at most one more than the limit. is_broken: the text is no base64.
    """

    position: Position
    record: int | None
    name: str
    data: BinaryIO
    size: int = 0
    is_broken: bool = False


@dataclass(slots=True)
class _Open:
    """An element that is open."""

    key: str
    name: str
    start: int
    text: str = ""
    file: _Decoder | None = None
    names: list[str] = field(default_factory=list)  # what its children say that are called a name
    found: list[Attachment] = field(default_factory=list)


class _Decoder:
    """Base64 into a spooled file, as it comes; beyond the limit nothing more is kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        spool = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115  (closed by who reads it)
        self.data = cast(BinaryIO, spool)
        self.size = 0
        self.is_broken = False
        self.rest = ""

    def feed(self, text: str, *, last: bool = False) -> None:
        if self.is_broken or self.size > self.limit:
            return
        self.rest += _BLANK.sub("", text)
        whole = len(self.rest) if last else len(self.rest) // 4 * 4
        ready, self.rest = self.rest[:whole], self.rest[whole:]
        try:
            piece = base64.b64decode(ready, validate=True)
        except (binascii.Error, ValueError):
            self.is_broken = True
            return
        piece = piece[: self.limit + 1 - self.size]
        self.size += len(piece)
        self.data.write(piece)


def attachments(stream: BinaryIO, encoding: Encoding, records: Collection[str], limit: int) -> Iterator[Attachment]:
    """The files of a message that is well formed, in the order of the file; each is closed when the next is asked for.

    records: names, in small letters, of the elements that are records. limit: bytes of one. Raises BrokenFileError.
    """
    parser = _Parser(stream, encoding, encoding.skip)
    path: list[_Open] = []
    done: list[Attachment] = []
    record: list[int] = []

    def start(raw: str, _attributes: list[str]) -> None:
        name, key = parser.known.get(raw) or parser.names(raw)
        parser.open.append(name)
        path.append(_Open(key, name, parser.offset))
        if key in records:
            record.append(parser.offset)

    def text(more: str) -> None:
        top = path[-1]
        if top.file is not None:
            top.file.feed(more)
            return
        top.text += more
        if len(top.text) > TEXT:
            top.file = _Decoder(limit)
            top.file.feed(top.text)
            top.text = ""

    def end(_raw: str) -> None:
        top = path.pop()
        if top.file is None and begins_as_file(top.text):
            top.file = _Decoder(limit)
            top.file.feed(top.text)
        parent = path[-1] if path else None
        if top.file is not None and parent is not None:
            top.file.feed("", last=True)
            pointer = "".join(f"/{name}" for name in parser.open)
            at = Position(top.start, None, pointer)
            inside = record[-1] if record else None
            parent.found.append(Attachment(at, inside, top.name, top.file.data, top.file.size, top.file.is_broken))
        elif parent is not None and "name" in top.key and top.text.strip():
            parent.names.append(top.text.strip()[: limits.NAME])
        for place, one in enumerate(top.found):
            one.name = top.names[min(place, len(top.names) - 1)] if top.names else one.name
            one.data.seek(0)
            done.append(one)
        parser.open.pop()
        if top.key in records:
            record.pop()

    parser.expat.StartElementHandler, parser.expat.EndElementHandler = start, end
    parser.expat.CharacterDataHandler = text
    for _piece in parser.run():
        while done:
            one = done.pop(0)
            try:
                yield one
            finally:
                one.data.close()
