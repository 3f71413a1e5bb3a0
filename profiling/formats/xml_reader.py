"""What the readers of XML messages have in common: encoding, the walk over the file, spans, and what nobody read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO, ClassVar, Final

from profiling.formats import limits
from profiling.formats.findings import Findings
from profiling.formats.listed import not_listed
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import (
    Consignment,
    Document,
    Equipment,
    Header,
    MessageEnd,
    Position,
    Problem,
    Record,
    Refused,
    Severity,
    Span,
)
from profiling.formats.xml_attachments import Attachment, attachments, begins_as_file
from profiling.formats.xml_encoding import Encoding, examine
from profiling.formats.xml_fields import Fields
from profiling.formats.xml_stream import Outline, Selection, TooLarge, outline, records, root_of
from profiling.formats.xml_tree import Node

SNIFFED: Final = 1 << 16  # bytes that a long comment may take before the document element
Told = tuple[Equipment | Consignment | Document | Refused, list[Problem]]


class Across:
    """What only the whole message can show: totals against what was found. This one holds nothing against anything."""

    def see(self, record: Record) -> Iterator[Problem]:
        yield from ()

    def end(self) -> Iterator[Problem]:
        yield from ()


class Mentioned(Across):
    """Equipment that bills name and nothing lists. XML may list it behind the bills, so it is told at the end."""

    def __init__(self) -> None:
        self.listed = set[str]()
        self.named: dict[str, tuple[Position, str]] = {}

    def see(self, record: Record) -> Iterator[Problem]:
        if isinstance(record, Equipment):
            self.listed.add(record.number)
        elif isinstance(record, Consignment):
            for loading in record.loadings:
                self.named.setdefault(loading.equipment, (record.position, record.document_no))
        yield from ()

    def end(self) -> Iterator[Problem]:
        for number, (at, document) in self.named.items():
            if number not in self.listed:
                yield not_listed(at, number, document)


class XmlReader(ABC):
    """See `registry.Reader`. A message is the whole document; its records are elements below it, or it is one.

    selections: which elements are the records; the first that is enough counts. whole: the document is one record, and
    the header is read from it. measured: elements inside a record that are records of their own. quiet: names, in small
    letters, of elements that hold nothing a profile uses, nor does anything below them. keeps_attachments: files in the
    message are read by `attachments`; else it is told that there are any.
    """

    name: str
    selections: ClassVar[tuple[Selection, ...]]
    whole: ClassVar[bool] = False
    measured: ClassVar[frozenset[str]] = frozenset()
    quiet: ClassVar[frozenset[str]] = frozenset()
    keeps_attachments: ClassVar[bool] = False

    @abstractmethod
    def is_root(self, key: str) -> bool:
        """Whether a document element of this name, in small letters, is one of this format."""

    @abstractmethod
    def header(self, head: Fields, root: str) -> Header | None:
        """The header, with `syntax` holding what its records need to know; None where `head.found` is refused.

        head: the document element without its records or, where the document is one, that record.
        """

    @abstractmethod
    def told(self, node: Node, header: Header) -> list[Told]:
        """The records of one element, the bill first, each with its problems."""

    def across(self, head: Fields, header: Header) -> Across:
        return Across()

    def is_enough(self, found: Outline) -> bool:
        """Whether what a selection finds are the records of this message."""
        return found.count > 0

    def is_whole(self, number: int) -> bool:
        """Whether a record of this selection is the message, so that the header is read from it."""
        return self.whole

    def is_mine(self, head: bytes) -> bool:
        """Whether a file with such a document element is of this format; for names that several formats have."""
        return True

    def sniff(self, head: bytes, stream: BinaryIO) -> bool:
        if (
            not head.removeprefix(b"\xef\xbb\xbf")
            .removeprefix(b"\xff\xfe")
            .lstrip(b"\xfe\xff\x00 \t\r\n")
            .startswith(b"<")
        ):
            return False
        root = root_of(head)
        if not root:
            stream.seek(0)
            head = stream.read(SNIFFED)
            root = root_of(head)
        return self.is_root(root) and self.is_mine(head)

    def read(self, stream: BinaryIO, agreed: object = None) -> Iterator[Record | Problem]:
        before: list[Problem] = []
        try:
            encoding, before = examine(stream)
            number, found = self._outline(stream, encoding)
            header, problems, tally, head = self._open(stream, encoding, number, found)
            if header is not None:
                yield header
            yield from before
            before = []
            yield from problems
            if header is None:
                return
            unread = _Unread(self.quiet, self.keeps_attachments)
            if head is not None:
                yield from unread.of(head)
            for node in self._records(stream, header, 0, found.end):
                for record, own in self._told(node, header):
                    yield record
                    yield from own
                    yield from tally.see(record)
                if isinstance(node, Node):
                    yield from unread.of(node)
                    node.release()
            yield from tally.end()
            yield MessageEnd(Position(found.end, None, f"/{found.root}"))
        except BrokenFileError as broken:
            yield from before
            yield broken.problem

    def read_span(self, stream: BinaryIO, header: Header, span: Span) -> Iterator[Record | Problem]:
        try:
            for node in self._records(stream, header, span.start, span.end):
                for record, own in self._told(node, header):
                    if span.start <= record.span.start < span.end:
                        yield record
                        yield from own
                if isinstance(node, Node):
                    node.release()
        except BrokenFileError as broken:
            yield broken.problem

    def attachments(self, stream: BinaryIO, header: Header, limit: int) -> Iterator[Attachment]:
        """The files of the message, `limit` bytes of each; see `xml_attachments`. Raises BrokenFileError."""
        syntax: Mapping[str, Any] = header.syntax
        encoding = Encoding(syntax["codec"], syntax["skip"], syntax["broken"])
        return attachments(stream, encoding, self.selections[syntax["selection"]].keys(), limit)

    def _outline(self, stream: BinaryIO, encoding: Encoding) -> tuple[int, Outline]:
        """Which selection finds records, and what it finds; the last one where none does."""
        number, found = 0, Outline()
        for number, selection in enumerate(self.selections):  # noqa: B007  (the number counts behind the loop)
            found = outline(stream, encoding, selection, head_limit=limits.HEAD_BYTES)
            if self.is_enough(found):
                break
        if not self.is_root(found.root.lower()):
            at, name = Position(encoding.skip, None, f"/{found.root}"), found.root[: limits.CODE]
            raise BrokenFileError(problem("xml_root_unexpected", Severity.FATAL, at, received=name, name=name))
        return number, found

    def _open(
        self, stream: BinaryIO, encoding: Encoding, number: int, found: Outline
    ) -> tuple[Header | None, list[Problem], Across, Node | None]:
        """The header, its problems, the check across the message, and what stands beside the records."""
        syntax: dict[str, Any] = {
            "codec": encoding.name,
            "skip": encoding.skip,
            "broken": encoding.broken,
            "selection": number,
            "parents": found.parents,
            "marks": found.marks,
        }
        if len(self.selections[number]) > 1:
            syntax["counted"] = found.counted
        node = found.head
        if self.is_whole(number) or node is None:
            first = next(records(stream, encoding, self.selections[number], found, 0, found.end), None)
            if isinstance(first, TooLarge):
                at = Position(first.start, None, first.pointer)
                raise BrokenFileError(problem(first.code, Severity.FATAL, at, limit=first.limit))
            node = first or found.head
        findings = Findings()
        head = Fields(node, findings)
        header = self.header(head, found.root.lower())
        problems = findings.named("")
        if header is None or findings.refused:
            fatal = [replace(p, severity=Severity.FATAL) if p.severity is Severity.ERROR else p for p in problems]
            return None, fatal, Across(), None
        header = replace(header, syntax={**syntax, **header.syntax})
        return header, problems, self.across(head, header), found.head

    def _records(self, stream: BinaryIO, header: Header, start: int, end: int) -> Iterator[Node | TooLarge]:
        syntax: Mapping[str, Any] = header.syntax
        encoding = Encoding(syntax["codec"], syntax["skip"], syntax["broken"])
        found = Outline(parents=syntax["parents"], marks=syntax["marks"], counted=syntax.get("counted", []))
        return records(stream, encoding, self.selections[syntax["selection"]], found, start, end, self.measured)

    def _told(self, node: Node | TooLarge, header: Header) -> list[Told]:
        if isinstance(node, Node):
            return self.told(node, header)
        at = Position(node.start, None, node.pointer)
        too_large = problem(node.code, Severity.ERROR, at, limit=node.limit)
        return [(Refused(at, Span(node.start, node.end), is_bill=True), [too_large])]


class _Unread:
    """Tells of elements with text that nobody read, once a name in a message: nothing is dropped in silence."""

    def __init__(self, quiet: frozenset[str], keeps_attachments: bool) -> None:
        self.quiet = quiet
        self.keeps_attachments = keeps_attachments
        self.has_told = False
        self.names: set[str] = set()

    def of(self, top: Node) -> Iterator[Problem]:
        waiting = [top]
        while waiting:
            node = waiting.pop()
            if node.key in self.quiet:
                continue
            waiting.extend(reversed(node.children))
            if node.used or not node.text or not node.value:
                continue
            if self.keeps_attachments and (node.cut or begins_as_file(node.text)):
                if not self.has_told:
                    self.has_told = True
                    yield problem("attachments_kept", Severity.WARNING, node.position, field=node.name[: limits.CODE])
                continue
            if node.key in self.names:
                continue
            self.names.add(node.key)
            code = "xml_attachment" if node.cut else "unknown_field"
            yield problem(
                code, Severity.WARNING, node.position, field=node.name[: limits.CODE], received=node.value[:400]
            )
