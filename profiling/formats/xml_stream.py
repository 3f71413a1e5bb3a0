"""A large XML file read record by record, with byte offsets, by the expat of the standard library.

XML 1.0 (fifth edition). Namespaces and prefixes are set aside: producers change them, the local names stay. `outline`
walks the whole file once and keeps what stands beside the records and, every so often, where a record begins;
`records` builds the trees of the records of a span, starting at such a mark. Memory holds one piece of the file and
the trees of the records in it. Document types are refused, so no entity is ever declared, fetched or expanded.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, NoReturn
from xml.parsers import expat

from profiling.formats import limits
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import Position, Severity
from profiling.formats.xml_encoding import Encoding, opened
from profiling.formats.xml_tree import Node

PIECE: Final = 1 << 16
TOKEN: Final = 1 << 20  # bytes of one tag, comment or the like; real ones have some hundred
DEPTH: Final = 60  # elements inside each other; real messages need ten
NAMES: Final = 5000  # different names of elements and attributes; the largest model has some hundred
TEXT: Final = 16_000  # characters of one element that are kept; what is longer is an attachment
MARK_EVERY: Final = 200  # records between two marks
_AT_END: Final = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_NOT_ELEMENTS: Final = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE[^\[>]*(?:\[.*?(?:\]\s*>|\Z)|>)", re.S)
_ELEMENT: Final = re.compile(r"<(?:[^\W\d][\w.-]*:)?([^\W\d][\w.-]*)(?=[\s/>])")
_DOCTYPE: Final = re.compile(r"<!DOCTYPE\s+(?:[^\W\d][\w.-]*:)?([^\W\d][\w.-]*)")
_XML: Final = re.compile(r"\s*<[?!\w]")


def root_of(head: bytes) -> str:
    """The local name of the document element in small letters; empty where the bytes are no XML or do not get to it."""
    name, skip, _declared = opened(head)
    text = head[skip:].decode(name or "latin-1", "replace")
    if not _XML.match(text):
        return ""
    # Behind a long document type it may not stand in the head, but the type names it.
    found = _ELEMENT.search(_NOT_ELEMENTS.sub("", text)) or _DOCTYPE.search(text)
    return found.group(1).lower() if found else ""


# Keys of the elements that are records, each with the key of the element it must stand in ("" for any).
Selection = Mapping[str, str]


@dataclass(slots=True)
class Outline:
    """What the walk over the whole file keeps.

    head: the document element without the records; None where it is the record itself. parents: names of the elements
    around the records, outermost first, as written. marks: offsets of every MARK_EVERYth record. count: of records.
    keys: which of the selected elements were met. counted: how many of each stood before a mark. end: offset behind
    the document element.
    """

    head: Node | None = None
    root: str = ""
    parents: list[str] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    count: int = 0
    keys: set[str] = field(default_factory=set)
    counted: list[dict[str, int]] = field(default_factory=list)
    end: int = 0


@dataclass(slots=True)
class TooLarge:
    """A record of which no tree was made. code: of the problem; limit: what it exceeds."""

    start: int
    end: int
    pointer: str
    code: str
    limit: int


class _Parser:
    """Expat over a part of a file, with the limits that hold for every use of it."""

    def __init__(self, stream: BinaryIO, encoding: Encoding, start: int, prefix: bytes = b"") -> None:
        self.stream = stream
        self.start = start
        self.shift = start - len(prefix)
        self.prefix = prefix
        self.mend = encoding.mender()
        self.expat = expat.ParserCreate(encoding.for_expat)
        self.expat.buffer_text = True
        self.expat.ordered_attributes = True
        self.expat.StartDoctypeDeclHandler = self._doctype
        self.open: list[str] = []  # local names of the elements that are open
        self.known: dict[str, tuple[str, str]] = {}

    @property
    def offset(self) -> int:
        return self.expat.CurrentByteIndex + self.shift

    def _doctype(self, *_declared: object) -> NoReturn:
        self.fail("xml_doctype", self.offset)

    def fail(self, code: str, offset: int, **params: Any) -> NoReturn:
        pointer = "".join(f"/{name}" for name in self.open[: DEPTH + 1])
        raise BrokenFileError(problem(code, Severity.FATAL, Position(max(offset, 0), None, pointer), **params))

    def names(self, raw: str) -> tuple[str, str]:
        """(local name, local name in small letters) of a name as written."""
        known = self.known.get(raw)
        if known is None:
            if len(self.known) >= NAMES:
                self.fail("xml_names", self.offset, limit=NAMES)
            local = raw.rpartition(":")[2]
            known = self.known[raw] = (local, local.lower())
        return known

    def run(self) -> Iterator[None]:
        """Parse piece by piece to the end of the file; the caller may stop between two."""
        parser, read = self.expat, 0
        self.stream.seek(self.start)
        try:
            if self.prefix:
                parser.Parse(self.prefix, False)
            while True:
                block = self.stream.read(PIECE)
                read += len(block)
                parser.Parse(self.mend(block, not block), not block)
                yield
                if not block:
                    return
                if self.start + read - self.offset > TOKEN:
                    self.fail("xml_token_long", self.offset, limit=TOKEN)
                if len(parser.intern) > 2 * NAMES:
                    self.fail("xml_names", self.offset, limit=NAMES)
                self.stream.seek(self.start + read)
        except expat.ExpatError as error:
            self._refuse(error)

    def _refuse(self, error: expat.ExpatError) -> NoReturn:
        offset = self.expat.ErrorByteIndex + self.shift
        if error.code in _AT_END:
            self.fail("file_cut", offset, missing=f"</{self.open[0] if self.open else '…'}>")
        self.fail("xml_invalid", offset, reason=expat.errors.messages[error.code])


def outline(stream: BinaryIO, encoding: Encoding, selection: Selection, *, head_limit: int) -> Outline:
    """Walk over a whole file. Raises BrokenFileError where it is no well-formed XML, or where a limit is passed.

    head_limit: characters of text kept beside the records.
    """
    parser = _Parser(stream, encoding, encoding.skip)
    found, path, raw_path = Outline(), parser.open, list[str]()
    top: Node | None = None
    counts = Counter[str]()
    skipping = kept = 0  # depth inside a record; elements and characters of the head

    def start(raw: str, attributes: list[str]) -> None:
        nonlocal skipping, top, kept
        name, key = parser.known.get(raw) or parser.names(raw)
        if len(path) >= DEPTH:
            parser.fail("xml_too_deep", parser.offset, limit=DEPTH)
        parent = path[-1].lower() if path else ""
        path.append(name)
        if skipping:
            skipping += 1
            return
        if not found.root:
            found.root = name
        inside = selection.get(key)
        if inside is not None and inside in ("", parent) and (not found.count or raw_path == found.parents):
            if not found.count:
                found.parents = list(raw_path)
            if found.count % MARK_EVERY == 0:
                found.marks.append(parser.offset)
                found.counted.append(dict(counts))
            found.count += 1
            counts[key] += 1
            skipping = 1
            parser.expat.CharacterDataHandler = None
            return
        raw_path.append(raw)
        node = Node(name, key, parser.offset, top, f"/{name}")
        node.attributes = attributes
        if top is None:
            found.head = node
        else:
            top.children.append(node)
        top = node
        kept += 20 + sum(map(len, attributes))
        if kept > head_limit:
            parser.fail("record_too_long", node.start, limit=head_limit)

    def end(_raw: str) -> None:
        nonlocal skipping, top
        path.pop()
        if skipping:
            skipping -= 1
            if not skipping:
                parser.expat.CharacterDataHandler = text
            return
        raw_path.pop()
        assert top is not None
        top.end = parser.offset
        top = top.parent

    def text(more: str) -> None:
        nonlocal kept
        assert top is not None
        kept += _add(top, more)

    parser.expat.StartElementHandler, parser.expat.EndElementHandler = start, end
    parser.expat.CharacterDataHandler = text
    for _piece in parser.run():
        pass
    found.end = parser.offset
    found.keys = set(counts)
    return found


def _add(node: Node, more: str) -> int:
    """Text of an element; gives how many characters of it were kept."""
    room = TEXT - len(node.text)
    if len(more) > room:
        node.cut = True
        more = more[:room]
    node.text += more
    return len(more)


def records(
    stream: BinaryIO,
    encoding: Encoding,
    selection: Selection,
    found: Outline,
    start: int,
    end: int,
    measured: frozenset[str] = frozenset(),
) -> Iterator[Node | TooLarge]:
    """The records of which a byte is in [start, end), each with its whole tree, in the order of the file.

    measured: keys of the elements inside a record whose own `end` has to be exact, as that of a record always is.
    """
    if not found.marks:
        return
    mark = max(bisect_right(found.marks, start) - 1, 0)
    prefix = "".join(f"<{name}>" for name in found.parents).encode(encoding.name)
    parser = _Parser(stream, encoding, found.marks[mark], prefix)
    passed = found.counted[mark] if found.counted else dict.fromkeys(selection, mark * MARK_EVERY)
    builder = _Builder(parser, encoding, selection, found, passed, end, measured)
    for _piece in parser.run():
        for each in builder.done:
            if each.end > start:
                yield each
        builder.done.clear()
        if builder.is_past:
            return


class _Builder:
    """Makes the trees of the records that begin before an offset."""

    def __init__(
        self,
        parser: _Parser,
        encoding: Encoding,
        selection: Selection,
        found: Outline,
        passed: Mapping[str, int],
        last: int,
        measured: frozenset[str],
    ) -> None:
        self.parser = parser
        self.expat = parser.expat
        self.known = parser.known
        self.selection = selection
        self.passed = Counter(passed)  # records before, by their key
        self.last = last
        self.measured = measured
        self.depth = len(found.parents)
        self.base = "".join(f"/{name.rpartition(':')[2]}" for name in found.parents)
        self.closing, self.bracket = "</".encode(encoding.name), ">".encode(encoding.name)
        self.done: list[Node | TooLarge] = []
        self.is_past = False
        self.top: Node | None = None
        self.begin = self.elements = 0  # of the record that is built
        self.dropped = 0  # characters of it that were not kept, which burden nobody: those of a file inside it
        self.lost = 0  # elements open in a record of which no tree is made
        self.large: TooLarge | None = None
        self.expat.StartElementHandler, self.expat.EndElementHandler = self._start, self._end

    def _start(self, raw: str, attributes: list[str]) -> None:
        parser = self.parser
        name, key = self.known.get(raw) or parser.names(raw)
        parser.open.append(name)
        if self.lost:
            self.lost += 1
            return
        at = self.expat.CurrentByteIndex + parser.shift
        top = self.top
        if top is None:
            self._outside(name, key, attributes, at)
            return
        self.top = node = Node(name, key, at, top)
        if attributes:
            node.attributes = attributes
        top.children.append(node)
        self.elements += 1
        if self.elements > limits.RECORD_SEGMENTS:
            self._give_up("xml_too_many_elements", limits.RECORD_SEGMENTS)

    def _outside(self, name: str, key: str, attributes: list[str], at: int) -> None:
        """An element in no record: it may be one."""
        path = self.parser.open
        inside = self.selection.get(key)
        if self.is_past or inside is None or len(path) != self.depth + 1:
            return
        if inside and (len(path) < 2 or path[-2].lower() != inside):
            return
        self.passed[key] += 1
        if at >= self.last:
            self.is_past = True
        else:
            # The document element needs no number.
            number = f"[{self.passed[key]}]" if self.depth else ""
            self.top = Node(name, key, at, None, f"{self.base}/{name}{number}")
            self.top.attributes = attributes
            self.begin, self.elements, self.dropped = at, 1, 0
            self.expat.CharacterDataHandler = self._text

    def _end(self, _raw: str) -> None:
        self.parser.open.pop()
        if self.lost:
            self.lost -= 1
            if not self.lost and self.large is not None:
                self.large.end = self._behind()
                self.done.append(self.large)
                self.large = None
            return
        top = self.top
        if top is None:
            return
        self.top = top.parent
        if top.parent is None:
            top.end = self._behind()
            self.expat.CharacterDataHandler = None
            if top.end - top.start - self.dropped > limits.RECORD_BYTES:
                self.done.append(TooLarge(top.start, top.end, top.pointer, "record_too_long", limits.RECORD_BYTES))
            else:
                self.done.append(top)
            return
        top.end = at = self._behind() if top.key in self.measured else self.expat.CurrentByteIndex + self.parser.shift
        if at - self.begin - self.dropped > limits.RECORD_BYTES:
            self._give_up("record_too_long", limits.RECORD_BYTES)

    def _behind(self) -> int:
        """The offset behind the end tag that is read now; expat tells where it begins, or that it was `<x/>`."""
        at = self.parser.offset
        rest = self.expat.GetInputContext() or b""
        if not rest.startswith(self.closing):
            return at
        return at + rest.index(self.bracket) + len(self.bracket)

    def _text(self, more: str) -> None:
        top = self.top
        if top is None:
            return
        if len(top.text) + len(more) <= TEXT:
            top.text += more
        else:
            self.dropped += len(more) - _add(top, more)

    def _give_up(self, code: str, limit: int) -> None:
        """Keep nothing of the record but where it is."""
        node, inside = self.top, 0
        while node is not None:
            last, node, inside = node, node.parent, inside + 1
        self.large = TooLarge(last.start, last.start, last.pointer, code, limit)
        self.top, self.lost = None, inside
        self.expat.CharacterDataHandler = None
