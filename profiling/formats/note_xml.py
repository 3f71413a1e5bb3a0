"""Reader of pcu-note in XML: the members of its JSON as elements, with `row` for each row of a table (note_files).

    <pcu-note type="cmr" version="1">
      <head><sender>…</sender></head>
      <equipment><row>…</row></equipment>
      <notes><row>…</row></notes>
    </pcu-note>

Read by expat as it comes; a document type is refused at once, so there are no entities to be unfolded. Prefixes of
namespaces are read over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final
from xml.parsers import expat

from profiling.formats import limits
from profiling.formats.json_stream import DEPTH
from profiling.formats.note_files import TABLES, Gathered, broken, read_part, read_whole, require_small
from profiling.formats.problems import BrokenFileError
from profiling.formats.records import Header, Position, Problem, Record, Span

ROOT: Final = "pcu-note"
PIECE: Final = 1 << 16
_OURS: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?pcu-note[\s>/]")
_CUT: Final = frozenset(
    {
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
        expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    }
)


class NoteXmlReader:
    """See `registry.Reader`."""

    name = "note-xml"

    def sniff(self, head: bytes, stream: BinaryIO) -> bool:
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
        return text.startswith(b"<") and _OURS.search(text) is not None

    def read(self, stream: BinaryIO, agreed: Mapping[str, Any] | None = None) -> Iterator[Record | Problem]:
        try:
            yield from read_whole(gathered(stream), self.name, agreed)
        except BrokenFileError as found:
            yield found.problem

    def read_span(self, stream: BinaryIO, header: Header, span: Span) -> Iterator[Record | Problem]:
        try:
            yield from read_part(gathered(stream), header, span)
        except BrokenFileError as found:
            yield found.problem


def gathered(stream: BinaryIO) -> Gathered:
    """The rows of the whole note. Raises BrokenFileError."""
    return _Parser().parse(stream)


class _Parser:
    def __init__(self) -> None:
        self.found = Gathered()
        self.path: list[str] = []
        self.cells: dict[str, Any] = {}
        self.start = 0
        self.text: list[str] = []
        self.length = 0
        self.told: set[str] = set()
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self._take
        self.parser.StartDoctypeDeclHandler = self._doctype

    def parse(self, stream: BinaryIO) -> Gathered:
        """Raises BrokenFileError, whose problem has the byte offset."""
        require_small(stream)
        try:
            while piece := stream.read(PIECE):
                self.parser.Parse(piece, False)
            self.parser.Parse(b"", True)
        except BrokenFileError:  # is a ValueError too
            raise
        except expat.ExpatError as error:
            at = max(self.parser.ErrorByteIndex, 0)
            if error.code in _CUT:
                raise broken("file_cut", at, missing=f"</{ROOT}>") from error
            raise broken("note_xml_invalid", at, received=str(error)) from error
        except (ValueError, LookupError) as error:  # an encoding that is none
            raise broken("note_xml_invalid", 0, received=str(error)) from error
        return self.found

    def _doctype(self, *_told: Any) -> None:
        raise broken("note_xml_doctype", self.parser.CurrentByteIndex)

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        at = self.parser.CurrentByteIndex
        self.path.append(name)
        depth = len(self.path)
        if depth > DEPTH:
            raise broken("json_too_deep", at, limit=DEPTH)
        if depth == 1:
            if name != ROOT:
                raise broken("note_unknown", at, received=name[:80], allowed=ROOT)
            self.found.note, self.found.version = attributes.get("type"), attributes.get("version")
            return
        is_row = depth == 3 and self.path[1] in TABLES and name == "row"
        if is_row or (depth == 2 and name == "head"):
            self.cells, self.start = {}, at
        elif self._is_cell(depth):
            self.text, self.length = [], 0
        elif not (depth == 2 and name in TABLES):
            self._stray(name, at)

    def _is_cell(self, depth: int) -> bool:
        path = self.path
        return (depth == 3 and path[1] == "head") or (depth == 4 and path[1] in TABLES and path[2] == "row")

    def _stray(self, name: str, at: int) -> None:
        """An element that stands where none is read: told once for its path."""
        pointer = "/" + "/".join(self.path[1:8])
        if pointer not in self.told and len(self.told) < limits.RECORD_PROBLEMS:
            self.told.add(pointer)
            self.found.strays.append((name, Position(at, None, pointer)))

    def _close(self, _tag: str) -> None:
        depth, name = len(self.path), self.path[-1]
        at = self.parser.CurrentByteIndex
        if self._is_cell(depth):
            if text := "".join(self.text).strip():
                before = self.cells.get(name)
                self.cells[name] = f"{before}; {text}" if before else text  # seals and papers may stand one by one
        elif depth == 2 and name == "head":
            self.found.head |= self.cells
        elif depth == 3 and self.path[1] in TABLES and name == "row":
            self.found.row(self.path[1], self.cells, self.start, max(at + len("</row>"), self.start + 1))
        self.path.pop()

    def _take(self, text: str) -> None:
        if self._is_cell(len(self.path)):
            self.length += len(text)
            if self.length > limits.RECORD_BYTES:
                raise broken("record_too_long", self.parser.CurrentByteIndex, limit=limits.RECORD_BYTES)
            self.text.append(text)
