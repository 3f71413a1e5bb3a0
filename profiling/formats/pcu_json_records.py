"""Items of a pcu-manifest into records: equipment, consignments and what they hold."""

from __future__ import annotations

import re
from typing import Final

from profiling.formats import limits
from profiling.formats.bill_checks import settle
from profiling.formats.commodities import in_text
from profiling.formats.json_fields import Fields
from profiling.formats.records import (
    Commodity,
    Consignment,
    Conveyance,
    DangerousGoods,
    Direction,
    DocumentType,
    Equipment,
    EquipmentKind,
    Fill,
    Function,
    Item,
    Loading,
    Mode,
    Party,
    PartyRole,
    Position,
    Problem,
    Reference,
    Seal,
    SealParty,
    Span,
)

EQUIPMENT: Final = "equipment"
CONSIGNMENTS: Final = "consignments"
IDENTIFIER_TYPES: Final = ("imo", "call_sign", "train", "plate", "registration", "carrier")
SCHEMES: Final = ("HS", "TNVED", "GNG", "ETSNG")
FREIGHT_TERMS: Final = ("prepaid", "collect")
_COMMODITY: Final = re.compile(r"[0-9]{4,12}\Z")


def conveyance(fields: Fields) -> Conveyance:
    read = Conveyance(
        mode=fields.code("mode", Mode),
        identifier=fields.text("identifier"),
        identifier_type=fields.one_of("identifier_type", IDENTIFIER_TYPES),
        name=fields.text("name", limits.NAME),
        voyage=fields.text("voyage"),
        flag=fields.country("flag"),
        departure=fields.place("departure"),
        arrival=fields.place("arrival"),
        etd=fields.time("etd"),
        eta=fields.time("eta"),
    )
    fields.close()
    return read


def equipment(fields: Fields, at: Position, span: Span) -> tuple[Equipment | None, list[Problem]]:
    found = fields.found
    record = Equipment(
        position=at,
        span=span,
        number=_equipment_number(fields, "number"),
        kind=fields.code("kind", EquipmentKind, required=True) or EquipmentKind.CONTAINER,
        size_type=fields.text("size_type"),
        fill=fields.code("fill", Fill),
        seals=tuple(_seal(seal) for seal in fields.each("seals")),
        tare_kg=fields.number("tare_kg"),
        gross_kg=fields.number("gross_kg"),
        vgm_kg=fields.number("vgm_kg"),
        temperature_c=fields.number("temperature_c", negative=True),
        carried_on=_equipment_number(fields, "carried_on", required=False),
        placed_from=fields.place("placed_from"),
        placed_to=fields.place("placed_to"),
    )
    fields.close()
    return (None if found.refused else record), found.named("")


def _equipment_number(fields: Fields, name: str, *, required: bool = True) -> str:
    return "".join(fields.text(name, limits.EQUIPMENT_NO, required=required).split()).upper()


def _seal(fields: Fields) -> Seal:
    number = fields.text("number", limits.SEAL_NO, required=True)
    seal = Seal(number, fields.code("party", SealParty) or SealParty.UNKNOWN)
    fields.close()
    return seal


def consignment(
    fields: Fields, at: Position, span: Span, function: Function
) -> tuple[Consignment | None, list[Problem]]:
    found = fields.found
    document_no = fields.text("document_no", limits.DOCUMENT_NO, required=True)
    kind = fields.code("document_type", DocumentType, required=True) or DocumentType.BILL
    items = [_item(each, line) for line, each in enumerate(fields.each("items"), start=1)]
    if not items and not function.withdraws:
        found.refuse("goods_missing", fields.at("items"), "items")
    amounts = settle(fields.number("gross_kg"), fields.whole("packages"), fields.number("volume_m3"), items, at, found)
    record = Consignment(
        position=at,
        span=span,
        document_type=kind,
        document_no=document_no,
        line=fields.whole("line"),
        issuer=fields.text("issuer"),
        master_no=fields.text("master_no", limits.DOCUMENT_NO),
        ucr=fields.text("ucr", limits.REFERENCE_NO),
        direction=fields.code("direction", Direction),
        procedure=fields.text("procedure"),
        loading_place=fields.place("loading_place"),
        discharge_place=fields.place("discharge_place"),
        receipt_place=fields.place("receipt_place"),
        delivery_place=fields.place("delivery_place"),
        origin_country=fields.country("origin_country"),
        destination_country=fields.country("destination_country"),
        value=fields.number("value"),
        currency=fields.currency("currency"),
        freight=fields.number("freight"),
        freight_currency=fields.currency("freight_currency"),
        freight_terms=fields.one_of("freight_terms", FREIGHT_TERMS),
        parties=tuple(_party(each) for each in fields.each("parties")),
        loadings=tuple(_loading(each) for each in fields.each("loadings")),
        references=tuple(_reference(each) for each in fields.each("references")),
        gross_kg=amounts.gross_kg,
        packages=amounts.packages,
        volume_m3=amounts.volume_m3,
        items=amounts.items,
    )
    fields.close()
    return (None if found.refused else record), found.named(document_no[: limits.DOCUMENT_NO])


def _item(fields: Fields, line: int) -> Item:
    description = fields.text("description", limits.DESCRIPTION)
    marks = fields.text("marks", limits.MARKS)
    sent = fields.inner("commodity")
    commodity = _commodity(sent) if sent is not None else in_text(description, marks)
    item = Item(
        line=line,
        description=description,
        packages=fields.whole("packages"),
        package_code=fields.text("package_code"),
        package_text=fields.text("package_text", limits.NAME),
        marks=marks,
        commodity=commodity,
        gross_kg=fields.number("gross_kg"),
        net_kg=fields.number("net_kg"),
        volume_m3=fields.number("volume_m3"),
        value=fields.number("value"),
        currency=fields.currency("currency"),
        origin=fields.country("origin"),
        dangerous=tuple(_dangerous(each) for each in fields.each("dangerous")),
    )
    fields.close()
    return item


def _commodity(fields: Fields) -> Commodity:
    code = fields.text("code", required=True).replace(".", "").replace(" ", "")
    if code and not _COMMODITY.match(code):
        at = fields.at("code")
        fields.found.refuse("type_wrong", at, "code", code, expected="a commodity code of 4 to 12 digits")
    commodity = Commodity(code, fields.one_of("scheme", SCHEMES) or "HS")
    fields.close()
    return commodity


def _dangerous(fields: Fields) -> DangerousGoods:
    goods = DangerousGoods(fields.text("un_number", required=True), fields.text("hazard_class"), fields.text("regime"))
    fields.close()
    return goods


def _party(fields: Fields) -> Party:
    party = Party(
        role=fields.code("role", PartyRole, required=True) or PartyRole.NOTIFY,
        name=fields.text("name", limits.NAME, required=True),
        address=fields.text("address", limits.ADDRESS),
        city=fields.text("city", limits.NAME),
        postcode=fields.text("postcode"),
        country=fields.country("country"),
        tax_id=fields.text("tax_id"),
        code=fields.text("code"),
        contact=fields.text("contact", limits.NAME),
    )
    fields.close()
    return party


def _loading(fields: Fields) -> Loading:
    loading = Loading(_equipment_number(fields, "equipment"), fields.whole("packages"), fields.number("gross_kg"))
    fields.close()
    return loading


def _reference(fields: Fields) -> Reference:
    reference = Reference(
        fields.text("kind", required=True),
        fields.text("number", limits.REFERENCE_NO, required=True),
        fields.time("date"),
    )
    fields.close()
    return reference
