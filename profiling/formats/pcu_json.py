"""Reader of "pcu-manifest" version 1: this project's own JSON for sea, rail and road (schema/pcu-manifest-1.json).

Members may come in any order. A first walk over the file takes the header, the numbers of the equipment and, every
so often, where an item of an array begins; with these marks a span can be read without counting from the start.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, Final

from profiling.formats import limits
from profiling.formats.findings import Findings
from profiling.formats.json_fields import Fields
from profiling.formats.json_stream import ArrayBounds, Member, items_between, members
from profiling.formats.listed import Listed
from profiling.formats.pcu_json_records import CONSIGNMENTS, EQUIPMENT, consignment, conveyance, equipment
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import (
    Consignment,
    Conveyance,
    Direction,
    Equipment,
    Function,
    Header,
    MessageEnd,
    Position,
    Problem,
    Record,
    Refused,
    Severity,
    Span,
)

FORMAT: Final = "pcu-manifest"
VERSION: Final = "1"
MARK_EVERY: Final = 500  # items between two marks
_ARRAYS: Final = frozenset({EQUIPMENT, CONSIGNMENTS})


@dataclass(slots=True)
class _Outline:
    """What the first walk keeps."""

    head: dict[str, Any] = field(default_factory=dict)
    repeated: list[tuple[str, int]] = field(default_factory=list)
    marks: dict[str, list[int]] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    end: int = 0


class PcuJsonReader:
    """See `registry.Reader`."""

    name = "pcu-json"

    def sniff(self, head: bytes, stream: BinaryIO) -> bool:
        if head[:2] in (b"\xff\xfe", b"\xfe\xff"):  # told as a wrong character set, not as an unknown file
            return head[2:8].replace(b"\x00", b"").lstrip().startswith(b"{")
        return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x00").startswith(b"{")

    def read(self, stream: BinaryIO, agreed: object = None) -> Iterator[Record | Problem]:
        try:
            outline = _outline(stream)
            header, problems = _header(outline)
            if header is not None:
                yield header
            yield from problems
            if header is None:
                return
            listed = Listed(outline.listed)
            for event in members(stream, _ARRAYS):
                if isinstance(event, Member) and event.index is not None:
                    record, problems = _record(event, header)
                    yield record
                    yield from problems
                    if not isinstance(record, Refused):
                        yield from listed.check(record)
            yield MessageEnd(Position(outline.end, None, ""))
        except BrokenFileError as broken:
            yield broken.problem

    def read_span(self, stream: BinaryIO, header: Header, span: Span) -> Iterator[Record | Problem]:
        try:
            for event in _events(stream, header.syntax["marks"], span):
                record, problems = _record(event, header)
                yield record
                yield from problems
        except BrokenFileError as broken:
            yield broken.problem


def _events(stream: BinaryIO, marks: dict[str, list[int]], span: Span) -> Iterator[Member]:
    """The items of [start, end), which may run from one array into the other."""
    arrays = sorted((offsets, key) for key, offsets in marks.items() if offsets)
    for number, (offsets, key) in enumerate(arrays):
        begins, ends = offsets[0], offsets[-1]  # the last mark is the end of the last item
        if number and begins >= span.end:
            return
        start, end = max(span.start, begins), min(span.end, ends)
        if start >= end:
            continue
        mark = max(bisect_right(offsets[:-1], start) - 1, 0)
        index = mark * MARK_EVERY
        if offsets[mark] < start:
            # Count from the mark: the text between it and the span ends with the comma before the span.
            index += _count(stream, key, offsets[mark], start)
        yield from items_between(stream, key, index, start, end)


def _count(stream: BinaryIO, key: str, start: int, end: int) -> int:
    return sum(1 for _item in items_between(stream, key, 0, start, end))


def _outline(stream: BinaryIO) -> _Outline:
    outline = _Outline()
    last: dict[str, int] = {}
    size = 0  # of the head
    for event in members(stream, _ARRAYS):
        if isinstance(event, ArrayBounds):
            if event.key in outline.marks:
                at = Position(event.start, None, f"/{event.key}")
                raise BrokenFileError(problem("field_repeated", Severity.FATAL, at, field=event.key))
            outline.marks[event.key] = []
        elif event.index is not None:
            if event.index % MARK_EVERY == 0:
                outline.marks[event.key].append(event.start)
            last[event.key] = event.end
            if event.key == EQUIPMENT and isinstance(event.value, dict):
                number = event.value.get("number")
                if isinstance(number, str):
                    outline.listed.add("".join(number.split()).upper())
        else:
            if event.key in outline.head:
                outline.repeated.append((event.key, event.start))
            outline.head[event.key] = event.value
            outline.end = event.end
            size += len(event.key) + event.end - event.start
            if size > limits.HEAD_BYTES:
                at = Position(event.start, None, f"/{event.key}")
                raise BrokenFileError(problem("record_too_long", Severity.FATAL, at, limit=limits.HEAD_BYTES))
    for key, end in last.items():
        outline.marks[key].append(end)
    outline.end = max(outline.end, *last.values(), 0)
    return outline


def _header(outline: _Outline) -> tuple[Header | None, list[Problem]]:
    """The header, or the fatal problems that leave none."""
    sent = outline.head
    if sent.get("format") != FORMAT or sent.get("version") != VERSION:
        received = f"{sent.get('format')} {sent.get('version')}"
        at = Position(0, None, "/format")
        return None, [problem("format_unknown", Severity.FATAL, at, field="format", received=received)]
    found = Findings()
    for key, offset in outline.repeated:
        found.warn("field_repeated", Position(offset, None, f"/{key}"), key[: limits.CODE])
    fields = Fields(sent, 0, "", found)
    fields.text("format")
    fields.text("version")
    for name in sorted(_ARRAYS):
        if fields.members.get(name) is not None:
            found.refuse("type_wrong", fields.at(name), name, expected="an array")
        fields.seen.add(name)
    inner = fields.inner("conveyance")
    function = fields.code("function", Function, required=True)
    header = Header(
        source_format=PcuJsonReader.name,
        position=Position(0, None, ""),
        sender=fields.text("sender", required=True),
        message_ref=fields.text("message_ref", required=True),
        function=function or Function.ORIGINAL,
        manifest_number=fields.text("manifest_number", limits.REFERENCE_NO, required=True),
        conveyance=conveyance(inner) if inner is not None else Conveyance(),
        release=VERSION,
        issuer=fields.text("issuer"),
        direction=fields.code("direction", Direction),
        issued_at=fields.time("issued_at"),
        syntax={"marks": outline.marks},
    )
    fields.close()
    problems = found.named("")
    if not found.refused:
        return header, problems
    # An error in the header is an error of every bill: nothing of the message can be used.
    return None, [replace(p, severity=Severity.FATAL) if p.severity is Severity.ERROR else p for p in problems]


def _record(event: Member, header: Header) -> tuple[Equipment | Consignment | Refused, list[Problem]]:
    found = Findings()
    pointer = f"/{event.key}/{event.index}"
    at, span = Position(event.start, None, pointer), Span(event.start, event.end)
    refused = Refused(at, span, event.key != EQUIPMENT)
    if not isinstance(event.value, dict):
        found.refuse("type_wrong", at, event.key, str(event.value), expected="an object")
        return refused, found.named("")
    fields = Fields(event.value, event.start, pointer, found)
    record: Equipment | Consignment | None
    if event.key == EQUIPMENT:
        record, problems = equipment(fields, at, span)
    else:
        record, problems = consignment(fields, at, span, header.function)
    return record or refused, problems
