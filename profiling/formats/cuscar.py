"""Reader of CUSCAR, the customs cargo report of UN/EDIFACT (D.95B to D.21A).

Memory holds one record and the equipment numbers of a message.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, Final

from profiling.formats import limits
from profiling.formats.cuscar_bill import BillReader
from profiling.formats.cuscar_documents import Context, names_document
from profiling.formats.cuscar_equipment import equipment
from profiling.formats.cuscar_header import header, is_late
from profiling.formats.cuscar_parties import PartyReader
from profiling.formats.edifact import Run, Segment, Tokenizer, one_line
from profiling.formats.edifact_body import RecordBody
from profiling.formats.edifact_interchange import EdifactReader, Envelope, MessageType, register
from profiling.formats.listed import Listed
from profiling.formats.records import (
    Consignment,
    Equipment,
    Header,
    Problem,
    Record,
    Span,
)

_TURNS: Final = frozenset({"CNI", "EQD", "RFF", "GID", "CNT"})  # where a record may begin, end or turn
_ENDS: Final = {"EQD": frozenset({"EQD", "CNI"}), "CNI": frozenset({"CNI", "UNT"})}  # of a run that is one record


def _starts(segment: Segment) -> bool:
    return segment.tag in ("EQD", "CNI")


def _header(segments: list[Segment], envelope: Envelope) -> tuple[Header | None, list[Problem]]:
    unh = segments[0]
    late = is_late(f"{unh.at(2, 2)}.{unh.at(2, 3).upper()}")
    return header(
        segments,
        source_format="cuscar",
        sender=envelope.sender,
        interchange_ref=envelope.interchange_ref,
        syntax={**envelope.syntax, "late": late},
    )


def _body(header: Header, tokenizer: Tokenizer, whole: bool) -> _Body:
    return _Body(_context(header), tokenizer, Listed() if whole else None)


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


class _Body(RecordBody):
    """Equipment groups, then consignments; `cni` is the CNI of the consignment that is gathered."""

    def __init__(self, context: Context, tokenizer: Tokenizer, listed: Listed | None) -> None:
        super().__init__()
        self.context = context
        self.tokenizer = tokenizer
        self.listed = listed
        self.parties = PartyReader()
        self.cni: Segment | None = None
        self.goods = False
        self.documents: set[str] = set()

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
        self.add(segment)
        return done

    def take(self, run: Run) -> Iterable[Record | Problem]:
        """Take a run of segments that mostly is one record; gives what it completes."""
        if not self._is_record(run):
            return super().take(run)
        before = self.close(run.offset) if self.group else []
        segments, span = run.segments, Span(run.offset, run.end, run.number)
        segments[0] = segments[0].placed(run.offset, run.number)
        self.cni = segments[0] if segments[0].tag == "CNI" else None
        record, problems = self.make(segments, span)
        if problems:  # they are told with their places, which shared segments do not know
            segments = list(run.placed())
            self.cni = segments[0] if self.cni is not None else None
            record, problems = self.make(segments, span)
        self.is_bill, self.cni = self.cni is not None, None
        if record is not None and not problems:
            done = [record, *self.across(record)]
        else:
            done = self.done(record, problems, segments[0].position, span)
        return before + done if before else done

    def _is_record(self, run: Run) -> bool:
        if run.end - run.offset > limits.RECORD_BYTES or len(run.segments) > limits.RECORD_SEGMENTS:
            return False
        tags = [segment.tag for segment in run.segments]
        if tags[0] != "CNI":
            return self.cni is None and "CNT" not in tags
        if "GID" not in tags:
            return True
        goods = tags.index("GID")
        return "RFF" not in tags[goods:] or not any(map(names_document, run.segments[goods:]))

    def close(self, end: int) -> list[Record | Problem]:
        self.is_bill = self.cni is not None
        done = super().close(end)
        self.cni, self.goods, self.documents = None, False, set()
        return done

    def make(self, group: list[Segment], span: Span) -> tuple[Record | None, list[Problem]]:
        if self.cni is None:
            return equipment(group, span)
        return BillReader(group, self.cni, span, self.context, self.parties).read()

    def across(self, record: Record) -> Iterable[Problem]:
        if self.listed is not None and isinstance(record, (Consignment, Equipment)):
            return self.listed.check(record)
        return ()

    def resume(self, stream: BinaryIO, begin: int, first: Segment) -> None:
        """A span that starts with a further RFF belongs to the CNI before it."""
        if first.tag == "RFF":
            self.cni = _cni_before(stream, self.tokenizer, begin, first.offset)


CUSCAR: Final = register(MessageType("CUSCAR", "cuscar", _starts, _header, _body, runs=_ENDS))


class CuscarReader(EdifactReader):
    """See `registry.Reader`."""

    def __init__(self) -> None:
        super().__init__(CUSCAR)
