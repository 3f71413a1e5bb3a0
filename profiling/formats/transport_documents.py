"""Readers of IFTMCS and IFTMIN, the bill of lading and the shipping instruction (D.95B to D.16A).

One message is one bill. Its goods, parties and values are written as in a bill of CUSCAR and are read by the same
reader; equipment comes after the goods here, and the places may stand with the main carriage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from profiling.formats import limits
from profiling.formats.cuscar_bill import BillReader
from profiling.formats.cuscar_documents import Context
from profiling.formats.cuscar_parties import PartyReader
from profiling.formats.edifact import Segment, Tokenizer, one_line
from profiling.formats.edifact_body import tags
from profiling.formats.edifact_document import (
    IN_EQUIPMENT,
    DocumentBody,
    document_header,
    joined,
    named_conveyance,
    units,
)
from profiling.formats.edifact_equipment import tell_unknown, time_of
from profiling.formats.edifact_interchange import EdifactReader, Envelope, MessageType, register
from profiling.formats.findings import Findings
from profiling.formats.records import Document, DocumentKind, Function, Header, PartyRole, Problem, Reference, Span

_WAYBILLS: Final = frozenset({"720", "722", "730", "740", "741"})  # UN/EDIFACT 1001: rail, road and air
_BILLS: Final = frozenset({"704", "705", "706", "707", "708", "709", "710", "711", "712", "713", "714"}) | _WAYBILLS
_MAIN: Final = frozenset({"20", ""})  # UN/EDIFACT 8051: main carriage
_OF_LEG: Final = frozenset({"DTM", "TSR", "LOC", "RFF", "TPL", "FTX", "MEA"})
_OF_BILL: Final = frozenset({"BM", "BN", "MB", "BH", "UCN", "UCR"})  # never the reference of a leg
_PASSED: Final = tags("BGM UNS PCD ICD EFI PAI GOR TPL EQN SPR EQA COD")


def _starts(segment: Segment) -> bool:
    return segment.tag in ("GID", "EQD")


@dataclass(slots=True)
class _Parts:
    """The segments of the message in the order in which a bill of CUSCAR has them."""

    first: list[Segment] = field(default_factory=list)  # references and places of the bill
    bill: list[Segment] = field(default_factory=list)
    parties: list[Segment] = field(default_factory=list)
    goods: list[Segment] = field(default_factory=list)
    units: list[list[Segment]] = field(default_factory=list)
    terms: str = ""  # Incoterms


def _sorted_out(segments: list[Segment], found: Findings) -> _Parts:
    parts = _Parts()
    where = "bill"  # or "party", "main", "leg", "goods", "unit"
    for segment in segments:
        tag = segment.tag
        if tag == "CNI":
            tell_unknown(segment, found)  # a bill within a bill: these messages have none
        elif tag == "EQD":
            where = "unit"
            parts.units.append([segment])
        elif tag == "GID":
            where = "goods"
            parts.goods.append(segment)
        elif where == "unit" and tag in IN_EQUIPMENT:
            parts.units[-1].append(segment)
        elif tag == "TDT" and where != "goods":
            where = "main" if segment.at(1) in _MAIN else "leg"
        elif where in ("main", "leg") and tag in _OF_LEG:
            if tag == "DTM":
                time_of([segment], (), found)
            elif where == "main" and (tag == "LOC" or (tag == "RFF" and segment.at(1).upper() in _OF_BILL)):
                parts.first.append(segment)
        elif tag == "NAD":
            parts.parties.append(segment)
            where = "goods" if where == "goods" else "party"
        elif tag == "TOD":
            parts.terms = parts.terms or segment.at(3).upper()[: limits.CODE]
            parts.bill.append(segment)
        elif tag in _PASSED:
            continue
        elif where == "goods":
            parts.goods.append(segment)
        elif where == "party" and tag in ("RFF", "CTA", "COM"):
            parts.parties.append(segment)
        else:
            where = "bill"
            (parts.first if tag == "RFF" else parts.bill).append(segment)
    return parts


def _document(segments: list[Segment], span: Span, header: Header, found: Findings) -> Document | None:
    begin = segments[0]
    bgm = next((segment for segment in segments if segment.tag == "BGM"), None)
    code, own = ("", "") if bgm is None else (bgm.at(1), one_line(bgm.at(2)))
    parts = _sorted_out(segments, found)
    # The bill reader falls back on the number of CNI; here it is the one of BGM.
    cni = Segment(begin.raw, "CNI", [["CNI"], [""], [own]], begin.offset, begin.number, "")
    # A paper that names no goods still names parties, seals and weights: it is told, not refused.
    context = Context(Function.CANCEL, header.conveyance.mode, False)
    ordered = [cni, *parts.first, *parts.bill, *parts.parties, *parts.goods]
    bill, problems = BillReader(ordered, cni, span, context, PartyReader()).read()
    found.problems.extend(problems)
    if bill is None:
        found.refused = True
        return None
    if not bill.items:
        found.warn("goods_missing", begin, "items")
    loadings, seals = units(parts.units, span, found)
    carrier = next((party for party in bill.parties if party.role is PartyRole.CARRIER), None)
    references = list(bill.references)
    if bill.master_no:
        references.append(Reference("master_bill", bill.master_no))
    is_bill = code in _BILLS and 0 < len(own) <= limits.DOCUMENT_NO
    return Document(
        position=begin.position,
        span=span,
        kind=DocumentKind.WAYBILL if code in _WAYBILLS else DocumentKind.BILL,
        number=bill.document_no,
        issued=header.issued_at,
        issuer=header.issuer if carrier is None else carrier.code or carrier.name[: limits.CODE],
        consignments=tuple(dict.fromkeys([bill.document_no, own] if is_bill else [bill.document_no])),
        ucr=bill.ucr,
        references=tuple(references),
        parties=bill.parties,
        items=bill.items,
        loadings=joined(bill.loadings, loadings),
        seals=tuple(seals),
        gross_kg=bill.gross_kg,
        packages=bill.packages,
        volume_m3=bill.volume_m3,
        value=bill.value,
        currency=bill.currency,
        delivery_terms=parts.terms,
        loading_place=bill.loading_place,
        discharge_place=bill.discharge_place,
        origin_country=bill.origin_country,
        destination_country=bill.destination_country,
        conveyance=named_conveyance(header),
        receipt_place=bill.receipt_place,
        delivery_place=bill.delivery_place,
    )


def _register(code: str, name: str) -> EdifactReader:
    def header(segments: list[Segment], envelope: Envelope) -> tuple[Header | None, list[Problem]]:
        return document_header(segments, envelope, name)

    def body(header: Header, _tokenizer: Tokenizer, _whole: bool) -> DocumentBody:
        return DocumentBody(header, _document)

    losing = frozenset({"GID"})
    return EdifactReader(register(MessageType(code, name, _starts, header, body, head_in_body=True, losing=losing)))


READERS: Final = (_register("IFTMCS", "iftmcs"), _register("IFTMIN", "iftmin"))
