"""Reader of DCSA bills of lading: the transport document of the Bill of Lading standard 3.0, as JSON.

A file holds one document or an array of them; each becomes a Document, to be set beside a consignment. The schema is
EBL_v3.0 of DCSA (Apache-2.0). Shipping instructions have the same parts and are read as well: they lack the number of
the document, and the carrier's booking stands in its place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from profiling.formats.dcsa_document import Reading, document
from profiling.formats.json_fields import Fields
from profiling.formats.json_stream import Member, items_between, values
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import (
    Conveyance,
    Document,
    Function,
    Header,
    MessageEnd,
    Mode,
    Position,
    Problem,
    Purpose,
    Record,
    Refused,
    Severity,
    Span,
)

HEAD: Final = 64 << 10  # bytes in which two members that only a bill has must stand
MARK_EVERY: Final = 500  # documents between two marks
_MEMBERS: Final = re.compile(
    rb'"(transportDocumentReference|transportDocumentTypeCode|shippingInstructionsReference|consignmentItems'
    rb'|utilizedTransportEquipments|documentParties)"\s*:'
)
_OURS: Final = re.compile(rb'"format"\s*:\s*"pcu-')


class DcsaBillReader:
    """See `registry.Reader`."""

    name = "dcsa-bl"

    def sniff(self, head: bytes, stream: BinaryIO) -> bool:
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
        if not text.startswith((b"{", b"[")) or _OURS.search(text):
            return False
        stream.seek(0)
        return len(set(_MEMBERS.findall(stream.read(HEAD)))) > 1

    def read(self, stream: BinaryIO, agreed: object = None) -> Iterator[Record | Problem]:
        try:
            header, end = _header(stream)
            yield header
            for event in values(stream):
                yield from _document(event)
            yield MessageEnd(Position(end, None, ""))
        except BrokenFileError as broken:
            yield broken.problem

    def read_span(self, stream: BinaryIO, header: Header, span: Span) -> Iterator[Record | Problem]:
        try:
            marks = header.syntax["marks"]
            if not marks:
                for event in items_between(stream, "", 0, span.start, span.end):
                    yield from _document(Member("", event.value, event.start, event.end))
                return
            mark = max(bisect_right(marks, span.start) - 1, 0)
            for event in items_between(stream, "", mark * MARK_EVERY, marks[mark], span.end):
                if event.start >= span.start:
                    yield from _document(event)
        except BrokenFileError as broken:
            yield broken.problem


def _header(stream: BinaryIO) -> tuple[Header, int]:
    """What the first document says of the voyage; and where the last one ends. Raises BrokenFileError."""
    marks: list[int] = []
    first: Member | None = None
    end = 0
    for event in values(stream):
        if first is None and isinstance(event.value, dict):
            first = event
        if event.index is not None and event.index % MARK_EVERY == 0:
            marks.append(event.start)
        end = event.end
    if first is None:
        raise BrokenFileError(problem("message_missing", Severity.FATAL, Position(0)))
    reading = Reading()
    found = document(_fields(first, reading), Position(first.start), Span(first.start, first.end), reading)
    number = found.number if found else ""
    header = Header(
        source_format=DcsaBillReader.name,
        position=Position(0, None, ""),
        sender=reading.carrier,
        message_ref=number,
        function=Function.ORIGINAL,
        manifest_number=number,
        conveyance=reading.conveyance or Conveyance(mode=Mode.SEA),
        release="3.0",
        issuer=reading.carrier,
        issued_at=found.issued if found else None,
        purpose=Purpose.DOCUMENTS,
        syntax={"marks": marks},
    )
    return header, end


def _fields(event: Member, reading: Reading) -> Fields:
    pointer = "" if event.index is None else f"/{event.index}"
    return Fields(event.value, event.start, pointer, reading.found)


def _document(event: Member) -> Iterator[Document | Refused | Problem]:
    pointer = "" if event.index is None else f"/{event.index}"
    at, span = Position(event.start, None, pointer), Span(event.start, event.end)
    reading = Reading()
    record = None
    if isinstance(event.value, dict):
        record = document(_fields(event, reading), at, span, reading)
    else:
        reading.found.refuse_record("type_wrong", at, "", _shown(event.value), expected="an object")
    yield record or Refused(at, span, is_bill=True)
    yield from _told_once(reading.found.named(record.number if record else ""))


def _shown(value: Any) -> str:
    return "" if isinstance(value, list) else str(value)


def _told_once(found: list[Problem]) -> Iterator[Problem]:
    """A member that nobody reads is told once of a document, though every item has it."""
    told: set[str] = set()
    for each in found:
        if each.code == "unknown_field":
            place = re.sub(r"/\d+(?=/|\Z)", "/*", each.position.pointer or "")
            if place in told:
                continue
            told.add(place)
        yield each
