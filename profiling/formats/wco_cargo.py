"""One Consignment of a WCO cargo report: the transport document, and the equipment listed inside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from profiling.formats import limits
from profiling.formats.asycuda_codes import PAYMENT
from profiling.formats.bill_checks import settle, total
from profiling.formats.cuscar_documents import BY_MODE
from profiling.formats.cuscar_equipment import KINDS, SEAL_PARTIES
from profiling.formats.cuscar_parties import resolve_same
from profiling.formats.findings import Findings
from profiling.formats.records import (
    Consignment,
    DocumentType,
    Equipment,
    EquipmentKind,
    Fill,
    Header,
    Item,
    Mode,
    Party,
    PartyRole,
    Reference,
    Refused,
    Seal,
    SealParty,
    Span,
)
from profiling.formats.wco_fields import (
    DOCUMENTS,
    HOUSES,
    MASTERS,
    MEANT,
    Named,
    code_of_document,
    item,
    loadings,
    parties,
    place,
    route,
)
from profiling.formats.wco_fields import references as papers
from profiling.formats.xml_fields import Fields
from profiling.formats.xml_reader import Told
from profiling.formats.xml_tree import Node

_WAGON: Final = re.compile(r"\d{8}\Z|\d{12}\Z", re.ASCII)  # numbers of 1520 mm and of UIC
# UN/EDIFACT 8169: 4 empty, 5 full, 6 no volume available, 7 and 8 full with one or several consignments.
_FILLS: Final = {"4": Fill.EMPTY, **dict.fromkeys(("5", "6", "7", "8"), Fill.FULL)}
_PARTIES: Final = (
    ("consignor", PartyRole.SHIPPER),
    ("exporter", PartyRole.SHIPPER),
    ("consignee", PartyRole.CONSIGNEE),
    ("importer", PartyRole.CONSIGNEE),
    ("notifyparty", PartyRole.NOTIFY),
    ("carrier", PartyRole.CARRIER),
    ("freightforwarder", PartyRole.FORWARDER),
    ("consolidator", PartyRole.FORWARDER),
    ("transportcontractdocument/consolidator", PartyRole.FORWARDER),
    ("agent", PartyRole.AGENT),
    ("deliverydestination", PartyRole.DELIVERY),
)
_GOODS: Final = ("consignmentitem", "governmentagencygoodsitem", "goodsshipment/governmentagencygoodsitem")
_EQUIPMENT: Final = "transportequipment"
_TOTAL_PACKAGES: Final = ("totalpackagequantity", "consignmentpackaging/quantityquantity")
_TOTAL_GROSS: Final = ("totalgrossmassmeasure", "grossmassmeasure", "goodsmeasure/grossmassmeasure")
_TOTAL_VOLUME: Final = ("grossvolumemeasure", "goodsmeasure/grossvolumemeasure")


@dataclass(slots=True)
class _Box:
    """One TransportEquipment that is listed; `line` of the item it stands with, else 0."""

    node: Node
    fields: Fields
    number: str
    line: int


def read_consignment(node: Node, header: Header) -> list[Told]:
    """The consignment or its refusal, then its equipment, each with its problems."""
    bill = Fields(node, Findings())
    goods = [fields for path in _GOODS for fields in bill.each(path, "items.")]
    boxes = [_box(each, 0) for each in node.each(_EQUIPMENT)]
    named: list[tuple[int, str]] = []
    for line, fields in enumerate(goods, start=1):
        for path in (_EQUIPMENT, f"commodity/{_EQUIPMENT}", "equipmentidentification"):
            for each in fields.node.each(path):
                if _is_mention(each):
                    named.append((line, Fields(each, bill.found, "loadings.").equipment("equipment", "id")))
                else:
                    boxes.append(_box(each, line))
    items = [item(fields, line) for line, fields in enumerate(goods, start=1)]
    consignment = _consignment(bill, items, boxes, named, header)
    return [consignment, *(_equipment(box, header) for box in boxes)]


def _box(node: Node, line: int) -> _Box:
    fields = Fields(node, Findings(), "equipment.")
    number = fields.equipment("number", "id", "equipmentidentification/id", refuse=True)
    return _Box(node, fields, number, line)


def _is_mention(node: Node) -> bool:
    """With an item the number alone names equipment that is listed elsewhere."""
    return {child.key for child in node.children} <= {"id", "sequencenumeric"}


# -- equipment


def _equipment(box: _Box, header: Header) -> Told:
    fields, found, node = box.fields, box.fields.found, box.node
    at, span = node.position, Span(node.start, node.end)
    if not box.number and not found.refused:
        found.refuse("equipment_number_missing", node, "equipment.number")
    kind = fields.code("kind", KINDS, "typecode")
    if kind is None:
        is_wagon = header.conveyance.mode is Mode.RAIL and _WAGON.match(box.number)
        kind = EquipmentKind.WAGON if is_wagon else EquipmentKind.CONTAINER
    record = Equipment(
        position=at,
        span=span,
        number=box.number,
        kind=kind,
        size_type=fields.text("size_type", "characteristiccode").upper(),
        fill=fields.code("fill", _FILLS, "fullnesscode"),
        seals=tuple(dict.fromkeys(seals(fields))),
        tare_kg=fields.kilograms("tare_kg", "tareweightmeasure", "emptyweightmeasure"),
        gross_kg=fields.kilograms("gross_kg", "grossmassmeasure", "grossweightmeasure"),
    )
    return (Refused(at, span, is_bill=False) if found.refused else record), found.named("")


def seals(fields: Fields) -> Iterator[Seal]:
    """The seals of an equipment: Seal/ID, or SealID as China writes them."""
    for seal in fields.each("seal"):
        party = seal.code("seals", SEAL_PARTIES, "sealingpartycode", "affixingpartytypecode", "sealingpartytypecode")
        for where, text in seal.all("id"):
            yield Seal(seal.fit(text, where, "seals", limits.SEAL_NO), party or SealParty.UNKNOWN)
    for where, text in fields.all("sealid"):
        yield Seal(fields.fit(text, where, "seals", limits.SEAL_NO))


# -- the bill


def _consignment(
    bill: Fields, items: list[Item], boxes: list[_Box], named: list[tuple[int, str]], header: Header
) -> Told:
    node, found = bill.node, bill.found
    at, span = node.position, Span(node.start, node.end)
    kind, document_no, master_no, others = _documents(bill, header)
    if not document_no:
        found.refuse("document_no_missing", node, "document_no")
    for name, text in (("document_no", document_no), ("master_no", master_no)):
        if len(text) > limits.DOCUMENT_NO:
            found.refuse("document_no_too_long", node, name, text, limit=limits.DOCUMENT_NO)
    if not items and not header.function.withdraws:
        found.refuse("goods_missing", node, "items")
    gross, packages = bill.kilograms("gross_kg", *_TOTAL_GROSS), bill.whole("packages", *_TOTAL_PACKAGES)
    volume = bill.cubic_metres("volume_m3", *_TOTAL_VOLUME) or total([each.volume_m3 for each in items])
    amounts = settle(gross, packages, volume, items, at, found)
    value, currency = bill.money("value", "valueamount")
    if value is None:
        value, currency = bill.money("value", "customsvalueamount")
    freight, freight_currency = bill.money("freight", "freight/amount")
    terms = bill.find("freight/paymentmethodcode", "freightpayment/methodcode", "freightpayment/paymentmethodcode")[1]
    ucr = next(iter(_ucrs(bill)), "")
    record = Consignment(
        position=at,
        span=span,
        document_type=kind,
        document_no=document_no,
        line=bill.whole("line", "sequencenumeric"),
        issuer=bill.text("issuer", "carrier/id", "carrier/name"),
        master_no="" if master_no == document_no else master_no,
        ucr=ucr,
        direction=header.direction,
        procedure=bill.text("procedure", "governmentprocedure/currentcode", "customsstatuscode"),
        loading_place=place(bill, "loading_place", "loadinglocation"),
        discharge_place=place(bill, "discharge_place", "unloadinglocation"),
        receipt_place=place(bill, "receipt_place", "acceptanceplace", "goodsconsignedplace"),
        delivery_place=place(bill, "delivery_place", "goodsreceiptplace", "transitdestination"),
        origin_country=bill.country("origin_country", "exportcountry/id", "exportationcountrycode"),
        destination_country=bill.country("destination_country", "destination/countrycode"),
        gross_kg=amounts.gross_kg,
        packages=amounts.packages,
        volume_m3=amounts.volume_m3,
        value=value,
        currency=currency,
        freight=freight,
        freight_currency=freight_currency,
        freight_terms=PAYMENT.get(terms.upper(), ""),
        parties=tuple(_parties(bill)),
        items=amounts.items,
        loadings=tuple(loadings([*((box.line, box.number) for box in boxes), *named], amounts.items)),
        references=tuple(dict.fromkeys(others)),
    )
    problems = found.named(document_no[: limits.DOCUMENT_NO])
    return (Refused(at, span, is_bill=True) if found.refused else record), problems


def _parties(bill: Fields) -> Iterator[Party]:
    found = list(parties(bill, _PARTIES))
    yield from dict.fromkeys(resolve_same(each, found[:MEANT]) for each in found)


def _ucrs(bill: Fields) -> Iterator[str]:
    for where, text in bill.all("ucr/id", "ucr/traderassignedreferenceid", "consignmentitem/ucr/id"):
        yield bill.fit(text, where, "ucr", limits.CODE)


def _documents(bill: Fields, header: Header) -> tuple[DocumentType, str, str, list[Reference]]:
    """Kind, number and number of the master bill, and what else is named.

    The contract of carriage is the bill itself, unless one names a house bill too: in an AssociatedTransportDocument,
    or as a second contract whose code says which of them is the master.
    """
    contracts = _numbers(bill, "transportcontractdocument")
    houses = _numbers(bill, "associatedtransportdocument")
    others: list[Reference] = []
    for path in ("additionaldocument", "previousdocument"):
        found = papers(bill, path)
        others += [Reference(paper.code, paper.number) if isinstance(paper, Named) else paper for paper in found]
    others += route(bill, "itinerary")
    masters = [each for each in (*contracts, *houses) if each.code in MASTERS]
    own = [each for each in (*houses, *contracts) if each.code not in MASTERS]
    own.sort(key=lambda each: each.code not in DOCUMENTS)  # a known kind before codes of a country's own
    if houses and own and own[0] in houses and not masters and contracts:
        masters = contracts[:1]
    elif not masters and any(each.code in HOUSES for each in own):
        bills = [each for each in own if each.code in DOCUMENTS and each.code not in HOUSES]
        own.sort(key=lambda each: each.code not in HOUSES)
        masters = bills[:1]
    if not own and not masters:
        return DocumentType.BILL, "", "", others
    first = own[0] if own else masters[0]
    master = masters[0].number if masters and own else ""
    used = {first.number, master}
    others += [
        Reference(each.code or "document", each.number) for each in (*contracts, *houses) if each.number not in used
    ]
    return _kind(first, header.conveyance.mode, is_house=bool(master)), first.number, master, others


def _numbers(bill: Fields, path: str) -> list[Named]:
    found = []
    for paper in bill.each(path):
        number = paper.find("id")[1]
        code = code_of_document(paper.text("document_type", "typecode"))
        if number:
            # What is too long to be a number is refused with the bill.
            found.append(Named(code, number[: limits.NAME]))
    return found


def _kind(named: Named, mode: Mode | None, *, is_house: bool) -> DocumentType:
    kind = DOCUMENTS.get(named.code)
    if kind in (None, DocumentType.BILL):
        if is_house and mode is not Mode.AIR:
            return DocumentType.HOUSE_BILL
        if kind is None and mode not in (None, Mode.SEA):
            return BY_MODE.get(mode, DocumentType.BILL)
    return kind or DocumentType.BILL
