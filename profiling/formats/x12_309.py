"""Set 309, customs manifest: the head, then per port (P4) and line (LX) a bill with its containers and goods.

    ST M10 { P4 { LX M13 M11 N9 {N1 N2 N3 N4 PER} M12 {R4} { VID M7 { N10 VC MAN H1 H2 } } } } SE

Containers stand inside the bills that load them, so one may come in several bills. A manifest that amends says with
M13 what is to be done with each bill; the first one says it for the whole message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from profiling.formats import limits
from profiling.formats.edifact import Segment, Tokenizer, one_line
from profiling.formats.findings import Findings
from profiling.formats.problems import problem
from profiling.formats.records import (
    Conveyance,
    Equipment,
    Function,
    Header,
    MessageTime,
    Mode,
    Place,
    Problem,
    Purpose,
    Record,
    Refused,
    Severity,
    Span,
)
from profiling.formats.x12_bill import Bill
from profiling.formats.x12_unit import unit
from profiling.formats.x12_values import Envelope, date_of, place

_MODES: Final = {
    **dict.fromkeys(("", "O", "S", "VE"), Mode.SEA),
    **dict.fromkeys(("R", "RR"), Mode.RAIL),
    **dict.fromkeys(("M", "J", "TR"), Mode.ROAD),
    **dict.fromkeys(("A", "AE"), Mode.AIR),
}
_FUNCTIONS: Final = {"": Function.ORIGINAL, "A": Function.ADD, "D": Function.DELETE}
_VESSELS: Final = {"L": "imo", "C": "call_sign"}
_ENDS: Final = frozenset({"LX", "P4", "SE", "ST", "GE", "IEA"})
# Segments of the set that have no field: dates, licences, charges, remarks of the envelope kind.
_UNREAD: Final = frozenset({"DTM", "X01", "X02", "K1", "SG", "H3", "M14", "M20", "M21", "YNQ", "SV", "CM", "V9"})
_READ: Final = frozenset(
    {"M10", "P4", "LX", "M11", "M13", "N9", "N1", "N2", "N3", "N4", "PER", "M12", "R4"}
    | {"VID", "M7", "N10", "VC", "MAN", "H1", "H2"}
)


def function_of(segments: Iterable[Segment]) -> Function:
    """What the first M13 says is to be done with its bill; without one, the bills are told for the first time."""
    first = next((segment for segment in segments if segment.tag == "M13"), None)
    return Function.ORIGINAL if first is None else _FUNCTIONS.get(first.at(3), Function.CHANGE)


class Manifest:
    """Gathers the segments of a bill until the next begins, then reads it."""

    def __init__(self, envelope: Envelope, start: Segment | None) -> None:
        self.envelope = envelope
        self.start = start
        self.header: Header | None = None
        self.dead = False  # no header can be made: nothing of the message is read
        self.head: list[Segment] = []
        self.port: tuple[Place | None, MessageTime | None] = (None, None)
        self.group: list[Segment] = []
        self.too_long = False
        self.told: set[str] = set()
        self.whole = True  # unknown segments are told by the first pass alone

    @classmethod
    def begin(cls, start: Segment, envelope: Envelope) -> Manifest:
        return cls(envelope, start)

    @classmethod
    def again(cls, header: Header, stream: BinaryIO, tokenizer: Tokenizer, span: Span) -> Manifest:
        """For a span: the header is known, and the port is the last one told before it."""
        manifest = cls(Envelope(marks=(), charset="", declared=""), None)
        manifest.header = header
        manifest.whole = False
        found = _last_port(stream, tokenizer, header.position.offset, span.start)
        if found is not None:
            manifest._arrive(found)
        return manifest

    def ends_before(self, segment: Segment) -> bool:
        """Whether a bill is whole where this segment follows."""
        return segment.tag in _ENDS

    def feed(self, segment: Segment) -> Iterator[Record | Problem]:
        if self.dead:
            return
        tag = segment.tag
        if tag == "LX" or (tag in ("M11", "M13") and not self._is_open()):
            yield from self.close(segment.offset)
            self.group = [segment]
        elif tag == "P4":
            yield from self.close(segment.offset)
            if self.header is None:
                self.head.append(segment)
            self._arrive(segment)
        elif self.group:
            self._grow(segment)
        elif tag == "VID":  # a span of equipment begins inside a bill
            self.group = [segment]
        elif self.header is None:
            self.head.append(segment)
        if self.whole and tag not in _READ and tag not in _UNREAD and tag not in self.told:
            self.told.add(tag)
            yield problem("segment_unknown", Severity.WARNING, segment.position, tag=tag)

    def _is_open(self) -> bool:
        """A bill has begun and has no number yet, or is amended and lacks its details."""
        tags = {segment.tag for segment in self.group}
        return bool(self.group) and "M11" not in tags and "VID" not in tags

    def _grow(self, segment: Segment) -> None:
        if len(self.group) >= limits.RECORD_SEGMENTS:
            self.too_long = True
        else:
            self.group.append(segment)

    def _arrive(self, segment: Segment) -> None:
        found = Findings()
        self.port = (place(segment.at(1), segment.at(4)), date_of(segment, 2, found, "eta"))

    def close(self, end: int) -> Iterator[Record | Problem]:
        """What the gathered segments make: the header before the first of them, equipment, the bill."""
        if self.header is None and not self.dead and self.group:
            yield from self._open()
        group, self.group = self.group, []
        too_long, self.too_long = self.too_long, False
        if self.dead or self.header is None or not group:
            return
        if too_long:
            at, span = group[0].position, Span(group[0].offset, end, group[0].number)
            yield Refused(at, span, is_bill=True)
            yield problem("too_many_segments", Severity.ERROR, at, limit=limits.RECORD_SEGMENTS)
            return
        yield from _units(group, end)
        if group[0].tag != "VID":
            record, problems = Bill(group, end, self.port[0], self.header.function).read()
            yield record
            yield from problems

    def close_unit(self, end: int) -> Iterator[Record | Problem]:
        """What a span of equipment that ends inside a bill makes."""
        group, self.group = self.group, []
        yield from _units(group, end)

    def finish(self, segment: Segment) -> Iterator[Record | Problem]:
        """The message ends: one without any bill has its header at least."""
        if self.header is None and not self.dead:
            yield from self._open()

    def _open(self) -> Iterator[Record | Problem]:
        header, problems = _header(self.head, self.group, self.start, self.envelope)
        self.header, self.dead = header, header is None
        if header is not None:
            yield header
        yield from problems


def _units(group: list[Segment], end: int) -> Iterator[Equipment | Refused | Problem]:
    """The containers of a bill. Each lasts from its VID to the next."""
    places = [index for index, segment in enumerate(group) if segment.tag == "VID"]
    for order, index in enumerate(places):
        until = places[order + 1] if order + 1 < len(places) else len(group)
        stop = group[until].offset if until < len(group) else end
        record, problems = unit(group[index:until], stop)
        yield record
        yield from problems


def _last_port(stream: BinaryIO, tokenizer: Tokenizer, start: int, end: int) -> Segment | None:
    window = limits.RECORD_BYTES
    while True:
        low = max(start, end - window)
        last = None
        for segment in tokenizer.segments(stream, low, end):
            if segment.tag == "P4":
                last = segment
        if last is not None or low == start:
            return last
        window *= 4


def _header(
    head: list[Segment], group: list[Segment], start: Segment | None, envelope: Envelope
) -> tuple[Header | None, list[Problem]]:
    assert start is not None
    found = Findings()
    manifest = next((segment for segment in head if segment.tag == "M10"), None)
    if manifest is None:
        return None, [problem("header_missing", Severity.FATAL, start.position, segment="M10")]
    arrival, eta = None, None
    for segment in head:
        if segment.tag == "P4":
            arrival, eta = place(segment.at(1), segment.at(4)), date_of(segment, 2, found, "eta")
    mode = _MODES.get(manifest.at(2))
    if mode is None:
        found.warn("code_unknown", manifest, "conveyance.mode", manifest.at(2), code=manifest.at(2)[:40])
    carrier, voyage = manifest.at(1)[: limits.CODE], one_line(manifest.at(6))[: limits.CODE]
    number = one_line(manifest.at(7)) or "-".join(filter(None, (carrier, voyage)))
    if not number:
        return None, [problem("manifest_number_missing", Severity.FATAL, manifest.position, field="M10")]
    flag = manifest.at(3)
    identifier = manifest.at(4)[: limits.CODE]
    kind = _VESSELS.get(manifest.at(10), "imo" if len(identifier) == 7 and identifier.isdigit() else "")
    header = Header(
        source_format="x12",
        position=start.position,
        sender=envelope.sender,
        message_ref=f"{envelope.control_number}-{start.at(2)}",
        function=function_of(group),
        manifest_number=found.text(number, limits.REFERENCE_NO, manifest, "manifest_number"),
        conveyance=Conveyance(
            mode=mode,
            identifier=identifier,
            identifier_type=kind if identifier else "",
            name=found.text(one_line(manifest.at(5)), limits.NAME, manifest, "conveyance.name"),
            voyage=voyage,
            flag=flag if len(flag) == 2 and flag.isalpha() and flag.isupper() else "",
            arrival=arrival,
            eta=eta,
        ),
        release=envelope.version,
        interchange_ref=envelope.control_number,
        issuer=carrier,
        purpose=Purpose.CARGO,
        syntax=envelope.syntax("309"),
    )
    return header, found.named("")
