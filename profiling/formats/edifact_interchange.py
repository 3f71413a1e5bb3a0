"""The interchange of UN/EDIFACT (ISO 9735, versions 1 to 4): its envelope, and the messages of any type it holds.

`read` walks the whole file and checks what the service segments promise; `read_span` reads only a run of records
again. Both use the one body of the message type, so that they cannot differ. A message type is one module that
registers itself with `register`; a message of a type that nobody registered is told and passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, Protocol

from profiling.formats import charset, limits
from profiling.formats.charset import Charset
from profiling.formats.edifact import BOM, PIECE, Delimiters, Run, Segment, Tokenizer, count_segments, opening
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import Header, MessageEnd, Position, Problem, Record, Severity, Span

_STARTS: Final = (b"UNA", b"UNB", b"UNG", b"UNH")
_OPENS: Final = re.compile(rb"UN[ABGH][^A-Za-z0-9\s]")
_LEVEL: Final = re.compile(rb"UNB.(UNO[A-Z])")
_SERVICE: Final = frozenset({"UNB", "UNG", "UNE", "UNZ", "UNH", "UNT", "UNA"})
_WORD: Final = re.compile(rb"(UNH[^A-Z0-9][^']{0,40}?)?(?<![A-Z0-9])([A-Z]{6})(?![A-Z0-9])")
_TELLS_UNREAD: Final = "CUSCAR"  # whose reader takes an interchange that names no type we know, to say so


class Body(Protocol):
    """Takes the segments of a message after its head and gives its records."""

    def feed(self, segment: Segment) -> Iterable[Record | Problem]:
        """Take one more segment; gives what it completes."""

    def take(self, run: Run) -> Iterable[Record | Problem]:
        """Take a run of segments as if each were fed; gives what they complete."""

    def close(self, end: int) -> Iterable[Record | Problem]:
        """What was gathered so far; it ends at this offset."""

    def resume(self, stream: BinaryIO, begin: int, first: Segment) -> None:
        """Learn what a span that starts with `first` needs of the message before it, which began at `begin`."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a header takes from outside its message. `syntax`: what a second pass needs, JSON-able."""

    sender: str
    interchange_ref: str
    syntax: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MessageType:
    """How messages of one type are read.

    code: UN/EDIFACT 0065, as in UNH. name: `Header.source_format`. starts: whether a segment begins the first record
    and so ends the head. header: the head, UNH first, into a header, or None and a fatal problem. body: of a header;
    `whole` says that all of the message will be fed. head_in_body: the head belongs to the record too and is fed,
    without UNH. losing: tags that begin records, which outside a message would be lost. runs: `ends` of
    `Tokenizer.runs`, where the body gains by taking whole records; types that name a tag agree on what ends its run.
    """

    code: str
    name: str
    starts: Callable[[Segment], bool]
    header: Callable[[list[Segment], Envelope], tuple[Header | None, list[Problem]]]
    body: Callable[[Header, Tokenizer, bool], Body]
    head_in_body: bool = False
    losing: frozenset[str] = frozenset()
    runs: Mapping[str, frozenset[str]] = field(default_factory=dict)


TYPES: Final[dict[str, MessageType]] = {}
_LOSING: Final = frozenset({"CNI", "EQD"})


def register(kind: MessageType) -> MessageType:
    TYPES[kind.code] = kind
    return kind


def type_of(head: bytes) -> str | None:
    """The type code of the first bytes of a file, "" where it is an interchange that names none we know, else None."""
    text = head.removeprefix(BOM).lstrip()
    if not text.startswith(_STARTS):
        return None
    named = "" if _OPENS.match(text) else None
    for match in _WORD.finditer(text.upper()):
        code = match.group(2).decode("ascii")
        if code in TYPES:
            if match.group(1) is not None:
                return code
            named = named or code
    return named


class EdifactReader:
    """See `registry.Reader`. One for each message type, chosen by the first of a file; all read every type."""

    def __init__(self, kind: MessageType) -> None:
        self.kind = kind
        self.name = kind.name

    def sniff(self, head: bytes, stream: BinaryIO) -> bool:
        code = type_of(head)
        return code is not None and (code or _TELLS_UNREAD) == self.kind.code

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
        body = self.kind.body(header, tokenizer, False)
        try:
            number = span.segment
            if number is None:
                number = (begin.segment or 1) + count_segments(stream, marks, begin.offset, span.start)
            first = next(tokenizer.segments(stream, span.start, span.end, number), None)
            if first is not None:
                body.resume(stream, begin.offset, first)
            for each in tokenizer.runs(stream, span.start, self.kind.runs, span.end, number):
                yield from body.take(each) if isinstance(each, Run) else body.feed(each)
            yield from body.close(span.end)
        except BrokenFileError as broken:
            yield broken.problem


class _Interchange:
    """One pass over a file: envelope, messages, and what each promises about the other."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        stream.seek(0)
        head = stream.read(PIECE)
        self.marks, self.start = opening(head)
        level = _LEVEL.search(head[:4096])
        chosen = charset.choose(level.group(1).decode("ascii") if level else "", head)
        self.tokenizer = Tokenizer(self.marks, chosen)
        self.unb: Segment | None = None
        self.unh: Segment | None = None
        self.any_message = False
        self.messages = 0  # since UNB
        self.groups = 0
        self.segments = 0  # since UNH
        self.head_segments: list[Segment] = []
        self.kind: MessageType | None = None  # of the message, or of the last one
        self.any_known = False
        self.body: Body | None = None
        self.skipping = False
        self.strays: set[str] = set()

    def read(self) -> Iterator[Record | Problem]:
        first, end = True, self.start
        runs = {tag: ends for kind in TYPES.values() for tag, ends in kind.runs.items()}
        for each in self.tokenizer.runs(self.stream, self.start, runs):
            if isinstance(each, Run) and self.body is not None:
                self.segments += len(each.segments)
                yield from self.body.take(each)
                continue  # a segment follows: the one that ends the run
            for segment in each.placed() if isinstance(each, Run) else (each,):
                end = segment.offset
                if first:
                    first = False
                    yield from self._opened(segment)
                yield from self._one(segment)
        if self.unh is not None:
            raise _cut("UNT", end)
        if self.unb is not None:
            raise _cut("UNZ", end)
        if not self.any_message:
            yield problem("message_missing", Severity.FATAL, Position(end))
        elif not self.any_known:
            yield problem("message_type_missing", Severity.FATAL, Position(end))

    def _one(self, segment: Segment) -> Iterable[Record | Problem]:
        if segment.tag in _SERVICE:
            return self._service(segment)
        if self.unh is None:
            return self._stray(segment)
        self.segments += 1
        if self.body is not None:
            return self.body.feed(segment)
        return () if self.skipping else self._in_head(segment)

    def _opened(self, segment: Segment) -> Iterator[Problem]:
        if segment.tag != "UNB":
            yield problem("interchange_header_missing", Severity.WARNING, segment.position, field="UNB")
        chosen, declared = self.tokenizer.charset.name, self.tokenizer.charset.declared
        if chosen not in ("", "utf-8", declared):
            yield problem(
                "charset_assumed",
                Severity.WARNING,
                segment.position,
                field="UNB.1.1",
                received=segment.at(1),
                charset=chosen.upper(),
            )

    def _stray(self, segment: Segment) -> Iterator[Problem]:
        """Told, but where it begins a record: a message that ends too early would lose them in silence."""
        if segment.tag in (_LOSING if self.kind is None else _LOSING | self.kind.losing):
            tag = segment.tag
            raise BrokenFileError(
                problem("segment_unexpected", Severity.FATAL, segment.position, received=tag, tag=tag)
            )
        if segment.tag in self.strays or len(self.strays) > 20:
            return
        self.strays.add(segment.tag)
        tag = segment.tag[:20]
        yield problem("segment_unexpected", Severity.WARNING, segment.position, received=tag, tag=tag)

    # -- service segments

    def _service(self, segment: Segment) -> Iterator[Record | Problem]:
        tag = segment.tag
        if tag == "UNT":
            if self.unh is None:
                yield from self._stray(segment)
            else:
                self.segments += 1
                yield from self._end_message(segment)
            return
        if self.unh is not None:
            raise _cut("UNT", segment.offset, segment.number)
        if tag == "UNH":
            self.unh, self.head_segments, self.body = segment, [segment], None
            self.segments, self.skipping = 1, False
            self.messages += 1
            self.any_message = True
            yield from self._begin_message(segment)
        elif tag == "UNB":
            if self.unb is not None:
                raise _cut("UNZ", segment.offset, segment.number)
            self.unb, self.messages, self.groups = segment, 0, 0
        elif tag == "UNG":
            self.groups += 1
        elif tag == "UNZ":
            yield from self._end_interchange(segment)
        elif tag == "UNA":
            self._same_marks(segment)

    def _same_marks(self, una: Segment) -> None:
        """A further interchange of the file may repeat UNA, but not change it."""
        after = self.stream.tell()
        self.stream.seek(una.offset + 3)
        sent = self.stream.read(6)
        self.stream.seek(after)
        try:
            same = Delimiters.of(sent) == self.marks
        except ValueError:
            same = False
        if not same:
            found = problem("delimiters_changed", Severity.FATAL, una.position, field="UNA")
            raise BrokenFileError(found)

    def _end_interchange(self, unz: Segment) -> Iterator[Problem]:
        promised, found = unz.at(1), self.groups or self.messages
        if not promised.isdecimal() or int(promised[:9]) != found:
            yield problem(
                "message_count_differs",
                Severity.WARNING,
                unz.position,
                field="UNZ.1",
                received=promised,
                promised=promised[:20],
                found=found,
            )
        reference = self.unb.at(5) if self.unb is not None else unz.at(2)
        if unz.at(2) != reference:
            yield problem(
                "interchange_ref_differs",
                Severity.WARNING,
                unz.position,
                field="UNZ.2",
                received=unz.at(2),
                promised=unz.at(2)[:35],
                found=reference[:35],
            )
        self.unb = None

    def _end_message(self, unt: Segment) -> Iterator[Record | Problem]:
        assert self.unh is not None
        if self.body is None and not self.skipping:
            yield from self._open_body()
        if self.body is not None:
            yield from self.body.close(unt.offset)
        promised = unt.at(1)
        if not promised.isdecimal() or int(promised[:9]) != self.segments:
            yield problem(
                "segment_count_differs",
                Severity.WARNING,
                unt.position,
                field="UNT.1",
                received=promised,
                promised=promised[:20],
                found=self.segments,
            )
        if unt.at(2) != self.unh.at(1):
            yield problem(
                "message_ref_differs",
                Severity.WARNING,
                unt.position,
                field="UNT.2",
                received=unt.at(2),
                promised=unt.at(2)[:35],
                found=self.unh.at(1)[:35],
            )
        if not self.skipping:
            yield MessageEnd(unt.position)
        self.unh, self.body, self.head_segments = None, None, []

    # -- the message

    def _begin_message(self, unh: Segment) -> Iterator[Problem]:
        code = unh.at(2).upper()
        self.kind = TYPES.get(code)
        if self.kind is None:
            self.skipping = True
            sent = unh.at(2)[:40]
            yield problem("not_cuscar", Severity.WARNING, unh.position, field="UNH.2.1", received=sent, type=sent)
        else:
            self.any_known = True

    def _in_head(self, segment: Segment) -> Iterator[Record | Problem]:
        assert self.kind is not None
        if not self.kind.starts(segment):
            if len(self.head_segments) >= limits.RECORD_SEGMENTS:
                limit = limits.RECORD_SEGMENTS
                raise BrokenFileError(problem("too_many_segments", Severity.FATAL, segment.position, limit=limit))
            self.head_segments.append(segment)
            return
        yield from self._open_body()
        if self.body is not None:
            yield from self.body.feed(segment)

    def _open_body(self) -> Iterator[Record | Problem]:
        assert self.kind is not None
        chosen = self.tokenizer.charset
        envelope = Envelope(
            sender=self.unb.at(2) if self.unb is not None else "",
            interchange_ref=self.unb.at(5) if self.unb is not None else "",
            syntax={"marks": list(self.marks), "charset": chosen.name, "declared": chosen.declared},
        )
        head, self.head_segments = self.head_segments, []
        record, problems = self.kind.header(head, envelope)
        if record is not None:
            self.body = self.kind.body(record, self.tokenizer, True)
            yield record
        else:
            self.skipping = True
        yield from problems
        if self.body is not None and self.kind.head_in_body:
            for segment in head[1:]:
                yield from self.body.feed(segment)


def _cut(missing: str, offset: int, segment: int | None = None) -> BrokenFileError:
    at = Position(offset, segment)
    return BrokenFileError(problem("file_cut", Severity.FATAL, at, field=missing, missing=missing))
