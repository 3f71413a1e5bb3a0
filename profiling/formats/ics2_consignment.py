"""One consignment of an ICS2 filing, at house or at master level, and the equipment listed inside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from profiling.formats import commodities, limits
from profiling.formats.bill_checks import settle
from profiling.formats.cuscar_items import NO_MARKS
from profiling.formats.cuscar_parties import resolve_same
from profiling.formats.findings import Findings
from profiling.formats.records import (
    Commodity,
    Consignment,
    DangerousGoods,
    DocumentType,
    Equipment,
    EquipmentKind,
    Fill,
    Header,
    Item,
    Mode,
    Party,
    PartyRole,
    Place,
    Reference,
    Refused,
    Seal,
    Span,
)
from profiling.formats.wco_fields import DOCUMENTS, MEANT, code_of_document, distinct, loadings, packages_of
from profiling.formats.xml_fields import Fields
from profiling.formats.xml_reader import Told
from profiling.formats.xml_tree import Node

_EQUIPMENT: Final = "transportequipment"
_ISO_SIZE: Final = re.compile(r"[0-9A-Z]{2}[A-Z][0-9A-Z]\Z")  # ISO 6346; CL710 has other, shorter codes
_TRAILERS: Final = frozenset({"14", "17"})  # of CL710: trailer, semi-trailer
_FILLS: Final = {"A": Fill.EMPTY, "B": Fill.FULL, "4": Fill.EMPTY, "5": Fill.FULL}  # CL709
_PARTIES: Final = (
    ("consignor", PartyRole.SHIPPER),
    ("goodsshipment/seller", PartyRole.SHIPPER),
    ("consignee", PartyRole.CONSIGNEE),
    ("goodsshipment/buyer", PartyRole.CONSIGNEE),
    ("notifyparty", PartyRole.NOTIFY),
    ("carrier", PartyRole.CARRIER),
    ("supplementarydeclarant", PartyRole.DECLARANT),
)
_ACTORS: Final = {"FW": PartyRole.FORWARDER, "CS": PartyRole.FORWARDER}  # CL704; makers and warehouses have no role
_PAPERS: Final = ("supportingdocuments", "previousdocuments", "additionalreferences")


@dataclass(slots=True)
class _Box:
    """One transportEquipment that is listed; `line` of the goods item it stands with, else 0."""

    node: Node
    fields: Fields
    number: str
    line: int

    @classmethod
    def of(cls, node: Node, line: int = 0) -> _Box:
        fields = Fields(node, Findings(), "equipment.")
        return cls(node, fields, fields.equipment("number", "containeridentificationnumber", refuse=True), line)


def place(fields: Fields, field: str, name: str) -> Place | None:
    """A place by UN/LOCODE, by its name, or by its country alone."""
    found = fields.place(field, f"{name}/unlocode", f"{name}/location")
    country = fields.text(field, f"{name}/address/country")
    return found or (Place("", country) if country else None)


def transport_document(fields: Fields, name: str) -> tuple[str, str]:
    """Kind (CL754, without its N) and number; a number too long to be one is refused with the bill."""
    code = code_of_document(fields.text("document_type", f"{name}/type"))
    return code, fields.find(f"{name}/documentnumber")[1][: limits.NAME]


def read_consignment(node: Node, header: Header) -> list[Told]:
    """The consignment or its refusal, then its equipment; at master level equipment may stand as a record itself."""
    if node.key == _EQUIPMENT:
        return [_equipment(_Box.of(node))]
    bill = Fields(node, Findings())
    goods = [item for path in ("goodsitem", "goodsshipment/goodsitem") for item in bill.each(path, "items.")]
    boxes = [_Box.of(each) for each in node.each(_EQUIPMENT)]
    named: list[tuple[int, str]] = []
    for line, fields in enumerate(goods, start=1):
        for each in fields.node.each(_EQUIPMENT):
            if _is_mention(each):
                number = Fields(each, bill.found, "loadings.").equipment("equipment", "containeridentificationnumber")
                named.append((line, number))
            else:
                boxes.append(_Box.of(each, line))
    items = [_item(fields, line) for line, fields in enumerate(goods, start=1)]
    named = [*((box.line, box.number) for box in boxes), *named]
    consignment = _consignment(bill, items, named, header)
    return [consignment, *(_equipment(box) for box in boxes)]


def _is_mention(node: Node) -> bool:
    """With a goods item the number alone names equipment that is listed elsewhere."""
    return [child.key for child in node.children] == ["containeridentificationnumber"]


# -- equipment


def _equipment(box: _Box) -> Told:
    fields, found, node = box.fields, box.fields.found, box.node
    at, span = node.position, Span(node.start, node.end)
    if not box.number and not found.refused:
        found.refuse("equipment_number_missing", node, "equipment.number")
    kind, size_type = EquipmentKind.CONTAINER, ""
    size_at = node.find("containersizeandtype")
    if size_at is not None:
        code = size_at.value.upper()
        if _ISO_SIZE.match(code):
            size_type, size_at.used = code, True
        elif code in _TRAILERS:
            kind, size_at.used = EquipmentKind.TRAILER, True
    seals = [Seal(fields.fit(text, where, "seals", limits.SEAL_NO)) for where, text in fields.all("seal/identifier")]
    number = fields.whole("seals", "numberofseals")
    if number is not None and seals and number != len(seals):
        where = node.find("numberofseals") or node
        found.warn("count_differs", where, "seals", str(number), stated=str(number), found=str(len(seals)))
    record = Equipment(
        position=at,
        span=span,
        number=box.number,
        kind=kind,
        size_type=size_type,
        fill=fields.code("fill", _FILLS, "containerpackedstatus"),
        seals=tuple(dict.fromkeys(seals)),
    )
    return (Refused(at, span, is_bill=False) if found.refused else record), found.named("")


# -- the bill


def _consignment(bill: Fields, items: list[Item], named: list[tuple[int, str]], header: Header) -> Told:
    node, found = bill.node, bill.found
    at, span = node.position, Span(node.start, node.end)
    kind, document_no, master = _document(bill, header)
    if not document_no:
        found.refuse("document_no_missing", node, "document_no")
    for name, text in (("document_no", document_no), ("master_no", master["number"])):
        if len(text) > limits.DOCUMENT_NO:
            found.refuse("document_no_too_long", node, name, text, limit=limits.DOCUMENT_NO)
    if not items:
        # Buyer and seller of a house bill may be filed apart from its goods, so this refuses nothing.
        found.warn("goods_missing", node, "items")
    gross = bill.kilograms("gross_kg", "totalgrossmass", "grossmass")
    amounts = settle(gross, None, None, items, at, found)
    value, currency = bill.money("value", "totalamountinvoiced/amount", "totalamountinvoiced/currency")
    origins = {item.origin for item in items}
    record = Consignment(
        position=at,
        span=span,
        document_type=kind,
        document_no=document_no,
        issuer=bill.text("issuer", "carrier/identificationnumber", "carrier/name"),
        master_no="" if master["number"] == document_no else master["number"],
        ucr=bill.text("ucr", "referencenumberucr/referencenumberucr", "referencenumberucr"),
        loading_place=_place(bill, "loading", master),
        discharge_place=_place(bill, "unloading", master),
        receipt_place=_place(bill, "acceptance", master),
        delivery_place=_place(bill, "delivery", master),
        origin_country=origins.pop() if len(origins) == 1 else "",
        gross_kg=amounts.gross_kg,
        packages=amounts.packages,
        value=value,
        currency=currency,
        parties=tuple(_parties(bill, [*header.syntax["parties"], *master["parties"]])),
        items=amounts.items,
        loadings=tuple(loadings(named, amounts.items)),
        references=tuple(dict.fromkeys(_references(bill))),
    )
    problems = found.named(document_no[: limits.DOCUMENT_NO])
    return (Refused(at, span, is_bill=True) if found.refused else record), problems


def _document(bill: Fields, header: Header) -> tuple[DocumentType, str, Mapping[str, Any]]:
    """Kind and number of the bill, and what is known of its master; a straight bill is named at master level only."""
    around: Mapping[str, Any] = {"number": "", "code": "", "places": {}, "parties": []}
    for each in header.syntax["masters"]:
        if each["start"] <= bill.node.start < each["end"]:
            around = each
    code, number = transport_document(bill, "transportdocumenthouselevel")
    own_code, own_number = transport_document(bill, "transportdocumentmasterlevel")
    if own_number:
        around = {**around, "number": own_number, "code": own_code}
    mode = header.conveyance.mode
    if not number:
        kind = DOCUMENTS.get(around["code"]) or _by_mode(mode)
        is_straight = bill.node.key in ("consignmenthouselevel", "houseconsignment")
        if kind is DocumentType.MASTER_BILL and is_straight:
            kind = DocumentType.BILL
        return kind, around["number"], around
    kind = DOCUMENTS.get(code) or _by_mode(mode)
    if kind is DocumentType.BILL and around["number"] not in ("", number):
        kind = DocumentType.HOUSE_BILL
    return kind, number, around


def _by_mode(mode: Mode | None) -> DocumentType:
    return {
        Mode.ROAD: DocumentType.CMR,
        Mode.RAIL: DocumentType.CIM,
        Mode.AIR: DocumentType.AIR_WAYBILL,
        Mode.POST: DocumentType.AIR_WAYBILL,
    }.get(mode or Mode.SEA, DocumentType.BILL)


def _place(bill: Fields, name: str, master: Mapping[str, Any]) -> Place | None:
    """A place of the bill, else that of the master level around it."""
    found = place(bill, f"{name}_place", f"placeof{name}")
    above = master["places"].get(name)
    return found or (Place(*above) if above else None)


def _parties(bill: Fields, above: Sequence[Mapping[str, Any]]) -> Iterator[Party]:
    """The parties of the bill, then those of the filing and of the master level around it."""
    told = (party(each, role) for path, role in _PARTIES for each in bill.each(path, "parties."))
    found = [each for each in told if each is not None]
    for path in ("additionalsupplychainactor", "goodsitem/additionalsupplychainactor"):
        for actor in bill.each(path, "parties."):
            role_at = actor.node.find("role")
            role = _ACTORS.get(role_at.value.upper()) if role_at else None
            number = actor.text("tax_id", "identificationnumber") if role else ""
            if role_at and role and number:
                role_at.used = True
                found.append(Party(role, "", tax_id=number))
    found += [Party(**{**each, "role": PartyRole(each["role"])}) for each in above]
    yield from distinct(resolve_same(each, found[:MEANT]) for each in found)


def kept(found: Party | None) -> list[dict[str, str]]:
    """A party in values of JSON, for the header to keep; none where there is none."""
    return [{name: str(value) for name, value in asdict(found).items() if value}] if found else []


def party(fields: Fields, role: PartyRole) -> Party | None:
    """A party with its number with customs (EORI)."""
    if not fields.is_there:
        return None
    name = fields.text("name", "name", limit=limits.NAME)
    number = fields.text("tax_id", "identificationnumber")
    parts = ("street", "number", "streetadditionalline", "pobox", "subdivision")
    lines = [fields.find(f"address/{part}")[1] for part in parts]
    street = " ".join(part for part in lines[:2] if part)
    at = fields.node.find("address") or fields.node
    address = ", ".join(part for part in (street, *lines[2:]) if part)
    contact = ", ".join(dict.fromkeys(text for _at, text in fields.all("communication/identifier")))
    list(fields.all("communication/type"))  # telephone and mail are told apart by how they look
    record = Party(
        role=role,
        name=name,
        address=fields.fit(address, at, "address", limits.ADDRESS),
        city=fields.text("city", "address/city", limit=limits.NAME),
        postcode=fields.text("postcode", "address/postcode"),
        country=fields.country("country", "address/country"),
        tax_id=number,
        contact=fields.fit(contact, fields.node, "contact", limits.NAME),
    )
    return record if name or number or address else None


def _references(bill: Fields) -> Iterator[Reference]:
    """Other documents of the bill and its goods, the wagons or trucks it stands on, and its route."""
    for base in ("", "goodsitem/"):
        for name in _PAPERS:
            for paper in bill.each(base + name, "references."):
                number = paper.text("number", "referencenumber", limit=limits.REFERENCE_NO)
                kind = paper.text("kind", "type")
                if number:
                    yield Reference(kind or "document", number)
        for means in bill.each(f"{base}passivebordertransportmeans", "references."):
            number = means.text("number", "identificationnumber", limit=limits.REFERENCE_NO)
            for unsaid in ("typeofidentification", "typeofmeansoftransport", "nationality"):
                means.find(unsaid)
            if number:
                yield Reference("transport_means", number)
    countries = [text for _at, text in bill.all("countriesofroutingofconsignment/country")]
    if countries:
        text = bill.fit(" ".join(countries), bill.node, "references.number", limits.REFERENCE_NO)
        yield Reference("route", text)


# -- goods


def _item(item: Fields, line: int) -> Item:
    description = item.text("description", "commodity/descriptionofgoods", limit=limits.DESCRIPTION)
    rows = list(item.each("packaging"))
    counts = [row.whole("packages", "numberofpackages") for row in rows]
    codes = [row.text("package_code", "typeofpackages").upper() for row in rows]
    marks = " ".join(dict.fromkeys(text for _at, text in item.all("packaging/shippingmarks")))
    marks = item.fit(marks, item.node, "marks", limits.MARKS)
    number, code, text = packages_of(counts, codes)
    value, currency = item.money("value", "itemamountinvoiced/amount", "itemamountinvoiced/currency")
    dangerous = (goods for path in ("commodity/dangerousgoods", "dangerousgoods") for goods in item.each(path))
    return Item(
        line=line,
        description=description,
        packages=number,
        package_code=code,
        package_text=text,
        marks="" if NO_MARKS.match(marks) else marks,
        commodity=_commodity(item) or commodities.in_text(description, marks),
        gross_kg=item.kilograms("gross_kg", "weight/grossmass", "grossmass"),
        net_kg=item.kilograms("net_kg", "weight/netmass", "netmass"),
        value=value,
        currency=currency,
        origin=item.country("origin", "countryoforigin", "origin/countryoforigin"),
        dangerous=tuple(DangerousGoods(un) for goods in dangerous if (un := goods.text("dangerous", "unnumber"))),
    )


def _commodity(item: Fields) -> Commodity | None:
    """Six digits of the Harmonized System, and two of the combined nomenclature where they are known."""
    where = "commodity/commoditycode/"
    at, text = item.find(where + "harmonizedsystemsubheadingcode")
    more = item.find(where + "combinednomenclaturecode")[1]
    if not text:
        return None
    found = commodities.declared(text + more) or commodities.declared(text)
    if found is None:
        item.found.warn("code_unknown", at, "items.commodity", text, code=text[:40])
    return found
