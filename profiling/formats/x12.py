"""Reader of ANSI X12: the customs manifest (309) and the ocean bill of lading (310), versions 003040 to 008010.

The interchange header gives the separators: ISA has sixteen elements, and the sign after its last is the terminator.
Counts that differ are told and cost nothing; a file without its trailer was cut, and nothing of it can be trusted.
Source: ASC X12.5 (interchange control), X12.6 (syntax), and the element positions of sets 309 and 310 of 004010.
Segments are cut by the tokenizer of EDIFACT, without a release character, which X12 does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from profiling.formats import charset
from profiling.formats.charset import Charset
from profiling.formats.edifact import BOM, PIECE, Delimiters, Segment, Tokenizer, count_segments
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import Header, MessageEnd, Position, Problem, Record, Severity, Span
from profiling.formats.x12_309 import Manifest
from profiling.formats.x12_310 import OceanBill
from profiling.formats.x12_values import Envelope

HEAD: Final = 64 << 10  # bytes in which a set that is read here must begin
ISA_ELEMENTS: Final = 16
# Sets 309 and 310 have no composites: a sign in a text that looks like one stays text. The tokenizer takes control
# characters out, so this one never occurs; a null would be no text for the database that keeps the syntax.
_NO_COMPONENTS: Final = "\x01"
_BODIES: Final[dict[str, type[Manifest] | type[OceanBill]]] = {"309": Manifest, "310": OceanBill}
_BLANK: Final = b" \t\r\n"


class X12Reader:
    """See `registry.Reader`."""

    name = "x12"

    def sniff(self, head: bytes, stream: BinaryIO) -> bool:
        text = head.removeprefix(BOM).lstrip(_BLANK)
        if not text.startswith(b"ISA") or len(text) < 4:
            return False
        separator = re.escape(text[3:4])
        stream.seek(0)
        return re.search(rb"\bST" + separator + rb"(?:309|310)\b", stream.read(HEAD)) is not None

    def read(self, stream: BinaryIO, agreed: object = None) -> Iterator[Record | Problem]:
        try:
            yield from _Interchange(stream).read()
        except BrokenFileError as broken:
            yield broken.problem

    def read_span(self, stream: BinaryIO, header: Header, span: Span) -> Iterator[Record | Problem]:
        syntax = header.syntax
        marks = Delimiters(*syntax["marks"])
        tokenizer = Tokenizer(marks, Charset(syntax["charset"], syntax["declared"]))
        begin = header.position
        try:
            number = span.segment
            if number is None:
                number = (begin.segment or 1) + count_segments(stream, marks, begin.offset, span.start)
            body = _BODIES[syntax["set"]].again(header, stream, tokenizer, span)
            for segment in tokenizer.segments(stream, span.start, span.end, number):
                yield from body.feed(segment)
            # A span of equipment may end inside a bill, which then is none of its records.
            after = next(tokenizer.segments(stream, span.end, None), None)
            if after is None or body.ends_before(after):
                yield from body.close(span.end)
            else:
                yield from body.close_unit(span.end)
        except BrokenFileError as broken:
            yield broken.problem


def opening(head: bytes) -> tuple[Delimiters, int]:
    """The separators of ISA and the offset of its first byte. Raises BrokenFileError where they cannot be told.

    Some senders do not fill the elements of ISA up to their fixed length, so the sixteenth is counted to.
    """
    start = len(BOM) if head.startswith(BOM) else 0
    start += len(head[start:]) - len(head[start:].lstrip(_BLANK))
    element = head[start + 3 : start + 4]
    parts = head[start : start + 400].split(element, ISA_ELEMENTS) if element else []
    if len(parts) <= ISA_ELEMENTS or len(parts[ISA_ELEMENTS]) < 2:
        raise BrokenFileError(problem("file_cut", Severity.FATAL, Position(start), missing="ISA"))
    component, terminator = parts[ISA_ELEMENTS][:1], parts[ISA_ELEMENTS][1:2]
    signs = (element, component, terminator)
    is_clear = len(set(signs)) == len(signs) and element >= b" "  # control characters are taken out of the text
    if not is_clear or any(sign.isalnum() or not sign.isascii() or sign == b" " for sign in signs):
        received = b"".join(signs).decode("utf-8", "replace")
        raise BrokenFileError(problem("isa_broken", Severity.FATAL, Position(start), field="ISA", received=received))
    return Delimiters(_NO_COMPONENTS, element.decode(), ".", "", terminator.decode()), start


class _Interchange:
    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        stream.seek(0)
        head = stream.read(PIECE)
        marks, self.start = opening(head)
        text = charset.choose("UNOC", head)
        self.tokenizer = Tokenizer(marks, text)
        self.envelope = Envelope(marks=tuple(marks), charset=text.name, declared=text.declared)
        self.isa: Segment | None = None
        self.group: Segment | None = None
        self.message: Segment | None = None
        self.body: Manifest | OceanBill | None = None
        self.groups = self.sets = self.known = 0

    def read(self) -> Iterator[Record | Problem]:
        end = self.start
        for segment in self.tokenizer.segments(self.stream, self.start):
            end = segment.offset + len(segment.raw) + 1
            if segment.fault:
                yield problem(segment.fault, Severity.WARNING, segment.position, field=segment.tag)
            if segment.tag in _ENVELOPE:
                yield from _ENVELOPE[segment.tag](self, segment)
            elif self.body is not None:
                yield from self.body.feed(segment)
            elif self.message is None:
                yield problem("segment_unexpected", Severity.WARNING, segment.position, tag=segment.tag)
        if self.isa is not None:
            raise self._cut(end, "IEA")
        if not self.known:
            yield problem("message_missing", Severity.FATAL, Position(self.start))

    def _cut(self, offset: int, missing: str) -> BrokenFileError:
        return BrokenFileError(problem("file_cut", Severity.FATAL, Position(offset), missing=missing))

    def _require_closed(self, segment: Segment) -> None:
        if self.message is not None:
            raise self._cut(segment.offset, "SE")

    def isa_begins(self, segment: Segment) -> Iterator[Problem]:
        self._require_closed(segment)
        if self.isa is not None:
            raise self._cut(segment.offset, "IEA")
        element = segment.raw[3:4].decode("ascii", "replace")
        if element != self.tokenizer.marks.element or len(segment.elements) <= ISA_ELEMENTS:
            yield problem("delimiters_changed", Severity.WARNING, segment.position)
        self.isa, self.groups = segment, 0
        self.envelope.interchange(segment)

    def group_begins(self, segment: Segment) -> Iterator[Problem]:
        self._require_closed(segment)
        self.group, self.sets = segment, 0
        self.groups += 1
        self.envelope.functional(segment)
        yield from ()

    def message_begins(self, segment: Segment) -> Iterator[Record | Problem]:
        self._require_closed(segment)
        self.sets += 1
        self.message = segment
        kind = _BODIES.get(segment.at(1))
        if kind is None:
            code = segment.at(1)
            yield problem("set_unknown", Severity.WARNING, segment.position, field="ST", received=code, type=code)
            return
        self.known += 1
        self.body = kind.begin(segment, self.envelope)

    def message_ends(self, segment: Segment) -> Iterator[Record | Problem]:
        if self.message is None:
            yield problem("segment_unexpected", Severity.WARNING, segment.position, tag=segment.tag)
            return
        if self.body is not None:
            yield from self.body.close(segment.offset)
            yield from self.body.finish(segment)
        found = segment.number - self.message.number + 1
        yield from _differs(segment, 1, found)
        yield from _named(segment, 2, self.message.at(2))
        if self.body is not None and self.body.header is not None:
            yield MessageEnd(segment.position)
        self.message = self.body = None

    def group_ends(self, segment: Segment) -> Iterator[Problem]:
        self._require_closed(segment)
        yield from _differs(segment, 1, self.sets)
        if self.group is not None:
            yield from _named(segment, 2, self.group.at(6))
        self.group = None

    def isa_ends(self, segment: Segment) -> Iterator[Problem]:
        self._require_closed(segment)
        yield from _differs(segment, 1, self.groups)
        if self.isa is not None:
            yield from _named(segment, 2, self.isa.at(13))
        self.isa = None


_ENVELOPE: Final = {
    "ISA": _Interchange.isa_begins,
    "GS": _Interchange.group_begins,
    "ST": _Interchange.message_begins,
    "SE": _Interchange.message_ends,
    "GE": _Interchange.group_ends,
    "IEA": _Interchange.isa_ends,
}


def _differs(segment: Segment, element: int, found: int) -> Iterator[Problem]:
    promised = segment.at(element)
    if promised.lstrip("0") != str(found).lstrip("0"):
        yield problem(
            "trailer_count_differs",
            Severity.WARNING,
            segment.position,
            field=segment.tag,
            received=promised,
            tag=segment.tag,
            promised=promised,
            found=found,
        )


def _named(segment: Segment, element: int, opened: str) -> Iterator[Problem]:
    closed = segment.at(element)
    if closed.lstrip("0") != opened.lstrip("0"):
        yield problem(
            "control_number_differs",
            Severity.WARNING,
            segment.position,
            field=segment.tag,
            received=closed,
            tag=segment.tag,
            promised=closed,
            found=opened,
        )
