"""Reader of CUSCAR, the customs cargo report of UN/EDIFACT (D.95B to D.21A).

`read` walks the whole interchange and checks its envelope; `read_span` reads only a run of records again.
Both use one `_Body`, so that they cannot differ. Memory holds one record and the equipment numbers of a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from profiling.formats import charset, limits
from profiling.formats.charset import Charset
from profiling.formats.cuscar_bill import BillReader
from profiling.formats.cuscar_documents import Context, names_document
from profiling.formats.cuscar_equipment import equipment
from profiling.formats.cuscar_header import header, is_late
from profiling.formats.cuscar_parties import PartyReader
from profiling.formats.edifact import PIECE, Delimiters, Run, Segment, Tokenizer, count_segments, one_line, opening
from profiling.formats.listed import Listed
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import (
    Consignment,
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

_STARTS: Final = (b"UNA", b"UNB", b"UNG", b"UNH")
_LEVEL: Final = re.compile(rb"UNB.(UNO[A-Z])")
_TURNS: Final = frozenset({"CNI", "EQD", "RFF", "GID", "CNT"})  # where a record may begin, end or turn
_ENDS: Final = {"EQD": frozenset({"EQD", "CNI"}), "CNI": frozenset({"CNI", "UNT"})}  # of a run that is one record
_SERVICE: Final = frozenset({"UNB", "UNG", "UNE", "UNZ", "UNH", "UNT", "UNA"})


class CuscarReader:
    """See `registry.Reader`."""

    name = "cuscar"

    def sniff(self, head: bytes, stream: BinaryIO) -> bool:
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        return text.startswith(_STARTS) and b"CUSCAR" in text.upper()

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
        body = _Body(_context(header), tokenizer, None)
        try:
            number = (begin.segment or 1) + count_segments(stream, marks, begin.offset, span.start)
            first = next(tokenizer.segments(stream, span.start, span.end, number), None)
            if first is not None and first.tag == "RFF":
                body.cni = _cni_before(stream, tokenizer, begin.offset, span.start)
            for each in tokenizer.runs(stream, span.start, _ENDS, span.end, number):
                if isinstance(each, Run):
                    yield from body.take(each)
                else:
                    yield from body.feed(each)
            yield from body.close(span.end)
        except BrokenFileError as broken:
            yield broken.problem


def _context(header: Header) -> Context:
    return Context(header.function, header.conveyance.mode, bool(header.syntax["late"]))


def _cni_before(stream: BinaryIO, tokenizer: Tokenizer, start: int, end: int) -> Segment | None:
    """The last CNI of [start, end): the one a further RFF of the same CNI belongs to."""
    window = limits.RECORD_BYTES
    while True:
        low = max(start, end - window)
        last: Segment | None = None
        for segment in tokenizer.segments(stream, low, end):
            if segment.tag == "CNI":
                last = segment
        if last is not None or low == start:
            return last
        window *= 4


class _Body:
    """Gathers the segments of a record until the next begins, then reads it."""

    def __init__(self, context: Context, tokenizer: Tokenizer, listed: Listed | None) -> None:
        self.context = context
        self.tokenizer = tokenizer
        self.listed = listed
        self.parties = PartyReader()
        self.group: list[Segment] = []
        self.cni: Segment | None = None
        self.goods = False
        self.documents: set[str] = set()
        self.too_long = ""  # code of the problem

    def feed(self, segment: Segment) -> Iterable[Record | Problem]:
        """Take one more segment; gives what it completes."""
        tag = segment.tag
        done: Iterable[Record | Problem] = ()
        if tag not in _TURNS:
            if not self.group:
                return ()  # belongs to no record
        elif tag == "CNI":
            done = self.close(segment.offset)
            self.cni = segment
        elif self.cni is None:
            if tag == "EQD":
                done = self.close(segment.offset)
            elif tag == "CNT":
                return self.close(segment.offset)  # totals of the manifest, between equipment and bills
            elif not self.group:
                return ()
        elif names_document(segment):
            number = one_line(segment.at(1, 2))
            if self.goods and number not in self.documents:
                cni = self.cni
                done = self.close(segment.offset)
                self.cni = cni
            self.documents.add(number)
        elif tag == "GID":
            self.goods = True
        if self.group and segment.offset - self.group[0].offset > limits.RECORD_BYTES:
            self.too_long = "record_too_long"
        elif len(self.group) >= limits.RECORD_SEGMENTS:
            self.too_long = "too_many_segments"
        else:
            self.group.append(segment)
        return done

    def close(self, end: int) -> list[Record | Problem]:
        """The record gathered so far and its problems; it ends at this offset."""
        group, cni, too_long = self.group, self.cni, self.too_long
        self.group, self.cni, self.goods, self.documents, self.too_long = [], None, False, set(), ""
        if not group:
            return []
        span = Span(group[0].offset, end)
        if too_long:
            at = group[0].position
            refused = Refused(at, span, cni is not None)
            limit = limits.RECORD_BYTES if too_long == "record_too_long" else limits.RECORD_SEGMENTS
            return [refused, problem(too_long, Severity.ERROR, at, limit=limit)]
        record, problems = self._read(group, cni, span)
        return self._done(record, problems, group[0], span, cni is not None)

    def take(self, run: Run) -> Iterable[Record | Problem]:
        """Take a run of segments that mostly is one record; gives what it completes."""
        segments, is_bill = run.segments, run.segments[0].tag == "CNI"
        if not self._is_record(run, is_bill):
            return [done for segment in run.placed() for done in self.feed(segment)]
        before = self.close(run.offset) if self.group else []
        segments[0] = first = segments[0].placed(run.offset, run.number)
        span = Span(run.offset, run.end)
        record, problems = self._read(segments, first if is_bill else None, span)
        if problems:  # they are told with their places, which shared segments do not know
            segments = list(run.placed())
            record, problems = self._read(segments, segments[0] if is_bill else None, span)
        done = self._done(record, problems, first, span, is_bill)
        return before + done if before else done

    def _is_record(self, run: Run, is_bill: bool) -> bool:
        if run.end - run.offset > limits.RECORD_BYTES or len(run.segments) > limits.RECORD_SEGMENTS:
            return False
        if not is_bill:
            return self.cni is None and "CNT" not in [segment.tag for segment in run.segments]
        tags = [segment.tag for segment in run.segments]
        if "GID" not in tags:
            return True
        goods = tags.index("GID")
        return "RFF" not in tags[goods:] or not any(map(names_document, run.segments[goods:]))

    def _read(
        self, group: list[Segment], cni: Segment | None, span: Span
    ) -> tuple[Equipment | Consignment | None, list[Problem]]:
        if cni is None:
            return equipment(group, span)
        return BillReader(group, cni, span, self.context, self.parties).read()

    def _done(
        self, record: Equipment | Consignment | None, problems: list[Problem], first: Segment, span: Span, is_bill: bool
    ) -> list[Record | Problem]:
        if record is None:
            return [Refused(first.position, span, is_bill), *problems]
        if self.listed is not None:
            problems.extend(self.listed.check(record))
        return [record, *problems]


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
        self.body: _Body | None = None
        self.skipping = False
        self.strays: set[str] = set()

    def read(self) -> Iterator[Record | Problem]:
        first, end = True, self.start
        for each in self.tokenizer.runs(self.stream, self.start, _ENDS):
            if isinstance(each, Run) and self.body is not None:
                self.segments += len(each.segments)
                yield from self.body.take(each)
                continue
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
        """Told, but where it begins a bill or equipment: a message that ends too early would lose them in silence."""
        if segment.tag in ("CNI", "EQD"):
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

    def _in_head(self, segment: Segment) -> Iterator[Record | Problem]:
        if segment.tag not in ("EQD", "CNI"):
            if len(self.head_segments) >= limits.RECORD_SEGMENTS:
                limit = limits.RECORD_SEGMENTS
                raise BrokenFileError(problem("too_many_segments", Severity.FATAL, segment.position, limit=limit))
            self.head_segments.append(segment)
            return
        yield from self._open_body()
        if self.body is not None:
            yield from self.body.feed(segment)

    def _open_body(self) -> Iterator[Record | Problem]:
        chosen = self.tokenizer.charset
        unh = self.head_segments[0]
        syntax: dict[str, Any] = {
            "marks": list(self.marks),
            "charset": chosen.name,
            "declared": chosen.declared,
            "late": is_late(f"{unh.at(2, 2)}.{unh.at(2, 3).upper()}"),
        }
        record, problems = header(
            self.head_segments,
            sender=self.unb.at(2) if self.unb is not None else "",
            interchange_ref=self.unb.at(5) if self.unb is not None else "",
            syntax=syntax,
        )
        if record is not None:
            self.body = _Body(_context(record), self.tokenizer, Listed())
            yield record
        else:
            self.skipping = True
        self.head_segments = self.head_segments[:1]
        yield from problems


def _cut(missing: str, offset: int, segment: int | None = None) -> BrokenFileError:
    at = Position(offset, segment)
    return BrokenFileError(problem("file_cut", Severity.FATAL, at, field=missing, missing=missing))
