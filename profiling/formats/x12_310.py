"""Set 310, freight receipt and invoice (ocean): one bill of lading, to be set beside the consignment it is of.

    ST B3 B2A Y6 N9 V1 {N1 N2 N3 N4 G61} {R4} C8 { N7 M7 W09 } { LX { N7 M7 } { L0 L5 {H1} } L1 } L3 SE

A message holds one bill, so its span is the whole message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import BinaryIO, Final

from profiling.formats import commodities, limits
from profiling.formats.bill_checks import settle
from profiling.formats.edifact import Segment, Tokenizer, one_line
from profiling.formats.findings import Findings
from profiling.formats.problems import problem
from profiling.formats.records import (
    Conveyance,
    Document,
    DocumentKind,
    Function,
    Header,
    Item,
    Loading,
    MessageTime,
    Mode,
    Party,
    Place,
    Problem,
    Purpose,
    Record,
    Reference,
    Refused,
    Seal,
    Severity,
    Span,
)
from profiling.formats.x12_bill import REFERENCES
from profiling.formats.x12_values import (
    Envelope,
    cubic_metres,
    dangerous,
    date_of,
    equipment_number,
    kilograms,
    party,
    port,
    seals,
    text,
    whole,
)

_PARTY: Final = frozenset({"N2", "N3", "N4", "G61", "PER"})
_READ: Final = frozenset({"ST", "B3", "B2A", "N9", "V1", "N1", *_PARTY, "R4", "N7", "M7", "LX", "L0", "L5", "L3", "H1"})
# Segments of the set that have no field: charges, clauses, authentication, dates of ports, temperatures.
_UNREAD: Final = frozenset(
    {"Y6", "G3", "M0", "M1", "C2", "C3", "Y2", "DTM", "R2A", "R2", "K1", "H3", "L1", "C8", "W09", "PAL", "L7", "X1",
     "X2", "E1", "PWK", "QTY", "L4", "H2", "N8", "ED", "V9", "SG", "GR5", "Y7", "N12", "SE", "T1"}
)  # fmt: skip


@dataclass(slots=True)
class _Bill:
    number: str = ""
    issued: MessageTime | None = None
    carrier: str = ""
    conveyance: Conveyance = field(default_factory=lambda: Conveyance(mode=Mode.SEA))
    consignments: list[str] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    places: dict[str, Place | None] = field(default_factory=dict)
    loaded: dict[str, Decimal | None] = field(default_factory=dict)
    tares: list[Decimal | None] = field(default_factory=list)
    seals: list[Seal] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    gross: Decimal | None = None
    packages: int | None = None
    volume: Decimal | None = None


class OceanBill:
    """Gathers the segments of the message; all is read when it ends."""

    def __init__(self, envelope: Envelope, header: Header | None) -> None:
        self.envelope = envelope
        self.header = header
        self.group: list[Segment] = []
        self.too_long = False
        self.whole = header is None

    @classmethod
    def begin(cls, start: Segment, envelope: Envelope) -> OceanBill:
        body = cls(envelope, None)
        body.group = [start]
        return body

    @classmethod
    def again(cls, header: Header, stream: BinaryIO, tokenizer: Tokenizer, span: Span) -> OceanBill:
        return cls(Envelope(marks=(), charset="", declared=""), header)

    def ends_before(self, segment: Segment) -> bool:
        return True

    def feed(self, segment: Segment) -> Iterator[Record | Problem]:
        if len(self.group) >= limits.RECORD_SEGMENTS:
            self.too_long = True
        else:
            self.group.append(segment)
        yield from ()

    def close(self, end: int) -> Iterator[Record | Problem]:
        """The header, where it is not known, and the bill."""
        group, self.group = self.group, []
        if not group:
            return
        found = Findings()
        first = group[0]
        read = _read(group, found)
        if self.header is None:
            self.header = _header(first, read, self.envelope)
            yield self.header
        span = Span(first.offset, end, first.number)
        if self.too_long:
            found.refuse("too_many_segments", first, "", limit=limits.RECORD_SEGMENTS)
        if not read.number:
            found.refuse("document_no_missing", first, "document_no")
        elif len(read.number) > limits.DOCUMENT_NO:
            found.refuse("document_no_too_long", first, "document_no", read.number, limit=limits.DOCUMENT_NO)
        record = _document(first, span, read, found)
        yield Refused(first.position, span, is_bill=True) if found.refused else record
        yield from found.named(read.number[: limits.DOCUMENT_NO])
        if self.whole:
            yield from _unknown(group)

    def close_unit(self, end: int) -> Iterator[Record | Problem]:
        yield from ()

    def finish(self, segment: Segment) -> Iterator[Record | Problem]:
        yield from ()


def _unknown(group: list[Segment]) -> Iterator[Problem]:
    """Segments that the set does not have, each once."""
    told: set[str] = set()
    for segment in group:
        if segment.tag not in _READ and segment.tag not in _UNREAD and segment.tag not in told:
            told.add(segment.tag)
            yield problem("segment_unknown", Severity.WARNING, segment.position, tag=segment.tag)


def _header(start: Segment, bill: _Bill, envelope: Envelope) -> Header:
    return Header(
        source_format="x12",
        position=start.position,
        sender=envelope.sender,
        message_ref=f"{envelope.control_number}-{start.at(2)}",
        function=Function.ORIGINAL,
        manifest_number=(bill.number or start.at(2))[: limits.REFERENCE_NO],
        conveyance=bill.conveyance,
        release=envelope.version,
        interchange_ref=envelope.control_number,
        issuer=bill.carrier,
        issued_at=bill.issued,
        purpose=Purpose.DOCUMENTS,
        syntax=envelope.syntax("310"),
    )


def _read(group: list[Segment], found: Findings) -> _Bill:
    bill = _Bill()
    named: list[Segment] = []
    for segment in group:
        if named and segment.tag not in _PARTY:
            _add_party(named, bill, found)
            named = []
        match segment.tag:
            case "B3":
                bill.number = bill.number or one_line(segment.at(3) or segment.at(2))
                bill.carrier = segment.at(11)[: limits.CODE]
                bill.issued = date_of(segment, 6, found, "issued")
                if segment.at(2) and segment.at(3):
                    bill.references.append(Reference("invoice", one_line(segment.at(2))[: limits.REFERENCE_NO]))
            case "N9":
                _reference(segment, bill, found)
            case "V1":
                if not bill.conveyance.name:
                    bill.conveyance = _vessel(segment, bill.conveyance)
            case "N1":
                named = [segment]
            case "N2" | "N3" | "N4" | "G61" | "PER":
                if named:
                    named.append(segment)
            case "R4":
                kind, where = port(segment)
                bill.places.setdefault(kind, where)
            case "N7":
                _unit(segment, bill, found)
            case "M7":
                bill.seals += seals(segment, found)
            case "L0":
                _goods(segment, bill, found)
            case "L5" | "H1":
                _more(segment, bill, found)
            case "L3":
                bill.gross = kilograms(segment, 1, 12, found)
                bill.packages = whole(segment, 11, found)
                bill.volume = cubic_metres(segment, 9, 10, found)
    if named:
        _add_party(named, bill, found)
    return bill


def _add_party(group: list[Segment], bill: _Bill, found: Findings) -> None:
    if (read := party(group, found)) is not None:
        bill.parties.append(read)


def _reference(segment: Segment, bill: _Bill, found: Findings) -> None:
    qualifier, number = segment.at(1), text(segment, 2, limits.REFERENCE_NO, found, "references.number")
    if not number:
        return
    if qualifier == "BM":
        bill.number = number
        bill.consignments.append(number[: limits.DOCUMENT_NO])
    elif qualifier == "MB":
        bill.consignments.append(number[: limits.DOCUMENT_NO])
    else:
        bill.references.append(Reference(REFERENCES.get(qualifier, qualifier[: limits.CODE] or "document"), number))


def _vessel(segment: Segment, known: Conveyance) -> Conveyance:
    identifier = segment.at(1)[: limits.CODE]
    is_imo = segment.at(8) == "L" or (len(identifier) == 7 and identifier.isdigit())
    kind = "imo" if is_imo else "call_sign" if segment.at(8) == "C" else ""
    flag = segment.at(3)
    return replace(
        known,
        identifier=identifier,
        identifier_type=kind if identifier else "",
        name=one_line(segment.at(2))[: limits.NAME],
        voyage=one_line(segment.at(4))[: limits.CODE],
        flag=flag if len(flag) == 2 and flag.isalpha() and flag.isupper() else "",
    )


def _unit(segment: Segment, bill: _Bill, found: Findings) -> None:
    """N7: a container. Weight qualifiers of its cargo are G and N; its own weight is the fifth element."""
    number = equipment_number(segment.at(1), segment.at(2), segment.at(18))
    if not number:
        found.warn("equipment_number_missing", segment, "loadings.equipment")
        return
    if len(number) > limits.EQUIPMENT_NO:
        found.warn("equipment_number_too_long", segment, "loadings.equipment", number, limit=limits.EQUIPMENT_NO)
        return
    gross = kilograms(segment, 3, 17, found, "loadings.gross_kg") if segment.at(4) in ("G", "") else None
    bill.loaded.setdefault(number, gross)
    bill.tares.append(kilograms(segment, 5, 17, found, "tare_kg"))


def _goods(segment: Segment, bill: _Bill, found: Findings) -> None:
    weight = kilograms(segment, 4, 11, found, "items.weight")
    bill.items.append(
        Item(
            line=len(bill.items) + 1,
            packages=whole(segment, 8, found, "items.packages"),
            package_code=segment.at(9)[: limits.CODE],
            gross_kg=None if segment.at(5) == "N" else weight,
            net_kg=weight if segment.at(5) == "N" else None,
            volume_m3=cubic_metres(segment, 6, 7, found),
        )
    )


def _more(segment: Segment, bill: _Bill, found: Findings) -> None:
    """L5 goes on with the words of the last L0; one that comes first makes an item of its own."""
    if not bill.items:
        bill.items.append(Item(line=1))
    last = bill.items[-1]
    if segment.tag == "H1":
        bill.items[-1] = replace(last, dangerous=(*last.dangerous, dangerous(segment, found)))
        return
    sent = segment.at(3)
    declared = commodities.declared(sent) if sent else None
    if sent and declared is None:
        found.warn("code_unknown", segment, "items.commodity", sent, code=sent[:40])
    description = found.text(
        one_line(f"{last.description} {segment.at(2)}"), limits.DESCRIPTION, segment, "items.description"
    )
    marks = found.text(one_line(f"{last.marks} {segment.at(6)}"), limits.MARKS, segment, "items.marks")
    bill.items[-1] = replace(
        last,
        description=description,
        marks=marks,
        package_code=last.package_code or segment.at(5)[: limits.CODE],
        commodity=last.commodity or declared or commodities.in_text(description),
    )


def _document(first: Segment, span: Span, bill: _Bill, found: Findings) -> Document:
    amounts = settle(bill.gross, bill.packages, bill.volume, bill.items, first.position, found)
    tares = [tare for tare in bill.tares if tare is not None]
    net = [item.net_kg for item in bill.items if item.net_kg is not None]
    return Document(
        position=first.position,
        span=span,
        kind=DocumentKind.BILL,
        number=bill.number,
        issued=bill.issued,
        issuer=bill.carrier,
        consignments=tuple(dict.fromkeys(bill.consignments or [bill.number])),
        references=tuple(dict.fromkeys(bill.references)),
        parties=tuple(bill.parties),
        items=amounts.items,
        loadings=tuple(Loading(number, None, gross) for number, gross in bill.loaded.items()),
        seals=tuple(dict.fromkeys(bill.seals)),
        gross_kg=amounts.gross_kg,
        net_kg=sum(net, Decimal(0)) if net and len(net) == len(bill.items) else None,
        tare_kg=sum(tares, Decimal(0)) if tares and len(tares) == len(bill.tares) else None,
        packages=amounts.packages,
        volume_m3=amounts.volume_m3,
        loading_place=bill.places.get("L") or bill.places.get("R"),
        discharge_place=bill.places.get("D") or bill.places.get("E"),
        conveyance=bill.conveyance.name,
        receipt_place=bill.places.get("R"),
        delivery_place=bill.places.get("E"),
    )
