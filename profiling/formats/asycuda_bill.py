"""One Bol_segment of an ASYCUDA manifest: the consignment, and the containers listed inside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from profiling.formats import commodities, limits
from profiling.formats.asycuda_codes import BOL_TYPES, PAYMENT, SEALING_PARTIES, TRADERS, fills
from profiling.formats.bill_checks import settle, total
from profiling.formats.cuscar_bill import DIRECTIONS
from profiling.formats.cuscar_documents import BY_MODE
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
    Loading,
    Mode,
    Party,
    Place,
    Reference,
    Refused,
    Seal,
    SealParty,
    Span,
)
from profiling.formats.xml_fields import Fields
from profiling.formats.xml_reader import Told
from profiling.formats.xml_tree import Node

_SEVERAL: Final = re.compile(r"[;,|]")  # seals that share one element
_RUN_STARTS: Final = frozenset({"hs_code", "commodity_code"})
_PORTS: Final = "load_unload_place/"


@dataclass(slots=True)
class _Box:
    """One ctn_segment: a container, and how much of the bill is in it."""

    node: Node
    fields: Fields
    number: str
    packages: int | None
    goods_kg: Decimal | None
    dangerous: DangerousGoods | None
    codes: list[Commodity]

    @classmethod
    def of(cls, node: Node) -> _Box:
        fields = Fields(node, Findings(), "equipment.")
        number, hazard = fields.text("un_number", "un"), fields.text("hazard_class", "imco")
        codes = [commodities.declared(text) for _at, text in fields.all("commodity_code", "commodity_code2")]
        return cls(
            node,
            fields,
            fields.equipment("number", "ctn_reference", refuse=True),
            fields.whole("packages", "number_of_packages", "package"),
            fields.kilograms("goods_kg", "goods_weight"),
            DangerousGoods(number, hazard, "IMD" if hazard else "") if number or hazard else None,
            [code for code in codes if code is not None],
        )


def read_bill(node: Node, header: Header) -> list[Told]:
    """The consignment of a Bol_segment or its refusal, then its containers, each with its problems."""
    bill = Fields(node, Findings())
    boxes = [_Box.of(ctn) for ctn in node.each("ctn_segment")]
    loose = list(_loose_seals(bill))
    # Seals of the whole bill are those of its container where it has one alone.
    shared = loose if len({box.number for box in boxes if box.number}) == 1 else []
    discharge = _discharge(bill)
    table = fills([*header.syntax["countries"], discharge.code[:2] if discharge else ""])
    consignment = _consignment(bill, boxes, header, discharge, [] if shared else loose)
    return [consignment, *(_equipment(box, table, shared) for box in boxes)]


def _discharge(bill: Fields) -> Place | None:
    return bill.place("discharge_place", _PORTS + "place_of_unloading_code", _PORTS + "place_of_unloading_name")


# -- containers


def _equipment(box: _Box, table: Mapping[str, Fill], shared: list[Seal]) -> Told:
    fields, found, node = box.fields, box.fields.found, box.node
    at, span = node.position, Span(node.start, node.end)
    if not box.number and not found.refused:
        found.refuse("equipment_number_missing", node, "equipment.number")
    party = fields.code("seals", SEALING_PARTIES, "sealing_party", "sealing_party_code") or SealParty.UNKNOWN
    seals = [
        Seal(fields.fit(mark, where, "seals", limits.SEAL_NO), party)
        for where, text in fields.all("marks1", "marks2", "marks3", "seal_number", "marks_of_seals")
        for mark in _marks(text)
    ]
    record = Equipment(
        position=at,
        span=span,
        number=box.number,
        kind=EquipmentKind.CONTAINER,
        size_type=fields.text("size_type", "type_of_container", "container_type").upper(),
        fill=fields.code("fill", table, "empty_full", "status"),
        seals=tuple(dict.fromkeys([*seals, *shared])),
        tare_kg=fields.kilograms("tare_kg", "empty_weight", "tare_weight"),
        gross_kg=fields.kilograms("gross_kg", "gross_weight"),
    )
    return (Refused(at, span, is_bill=False) if found.refused else record), found.named("")


def _marks(text: str) -> Iterator[str]:
    for mark in _SEVERAL.split(text):
        mark = mark.strip()
        if mark and mark.strip(".-0") and mark.upper() not in ("N/A", "NIL", "NONE", "NO SEAL"):
            yield mark


def _loose_seals(bill: Fields) -> Iterator[Seal]:
    """The seals that are stated for the whole bill."""
    for path in ("goods_segment/seals_segment", "seals_segment"):
        for segment in bill.each(path):
            party = segment.code("seals", SEALING_PARTIES, "sealing_party_code") or SealParty.UNKNOWN
            for where, text in segment.all("marks_of_seals"):
                for mark in _marks(text):
                    yield Seal(segment.fit(mark, where, "seals", limits.SEAL_NO), party)


# -- the bill


def _consignment(bill: Fields, boxes: list[_Box], header: Header, discharge: Place | None, loose: list[Seal]) -> Told:
    node, found = bill.node, bill.found
    at, span = node.position, Span(node.start, node.end)
    where, document_no = bill.find("bol_id/bol_reference")
    master_at, master_no = bill.find("bol_id/master_bol_ref_number")
    if not document_no:
        found.refuse("document_no_missing", node, "document_no")
    for name, text, place in (("document_no", document_no, where), ("master_no", master_no, master_at)):
        if len(text) > limits.DOCUMENT_NO:
            found.refuse("document_no_too_long", place, name, text, limit=limits.DOCUMENT_NO)
    master_no = master_no or header.syntax["master"]
    loadings = _loadings(boxes)
    goods = [_goods(each, line) for line, each in enumerate(bill.each("goods_segment", "items."), start=1)]
    items = _items(bill, boxes, goods)
    if not items and not header.function.withdraws:
        found.refuse("goods_missing", node, "items")
    packages = total([item.packages for item in goods])
    volume = total([item.volume_m3 for item in goods])
    amounts = settle(total([item.gross_kg for item in goods]), packages, volume, items, at, found)
    _check(bill, boxes, loadings, amounts.packages)
    value, currency = bill.money(
        "value", "value_segment/customs_segment/customs_value", "value_segment/customs_segment/customs_currency"
    )
    freight, freight_currency = bill.money(
        "freight", "value_segment/freight_segment/freight_value", "value_segment/freight_segment/freight_currency"
    )
    terms = PAYMENT.get(bill.find("value_segment/freight_segment/pc_indicator")[1].upper(), "")
    line = bill.whole("line", "bol_id/line_number")
    record = Consignment(
        position=at,
        span=span,
        document_type=_kind(bill, header, is_house=bool(master_no)),
        document_no=document_no,
        line=line,
        issuer=bill.text("issuer", "traders_segment/carrier/carrier_code", "traders_segment/carrier/carrier_name"),
        master_no="" if master_no == document_no else master_no,
        direction=bill.code("direction", DIRECTIONS, "bol_id/bol_nature"),
        loading_place=bill.place("loading_place", _PORTS + "place_of_loading_code", _PORTS + "place_of_loading_name")
        or bill.place("loading_place", _PORTS + "port_of_origin_code"),
        discharge_place=discharge,
        gross_kg=amounts.gross_kg,
        packages=amounts.packages,
        volume_m3=amounts.volume_m3,
        value=value,
        currency=currency,
        freight=freight,
        freight_currency=freight_currency,
        freight_terms=terms,
        parties=tuple(_parties(bill)),
        items=amounts.items,
        loadings=tuple(loadings.values()),
        references=tuple(_references(bill, loose)),
    )
    problems = found.named(document_no[: limits.DOCUMENT_NO])
    return (Refused(at, span, is_bill=True) if found.refused else record), problems


def _kind(bill: Fields, header: Header, *, is_house: bool) -> DocumentType:
    kind = bill.code("document_type", BOL_TYPES, "bol_id/bol_type_code")
    is_consolidated = bill.find("consolidated_cargo")[1].lower() not in ("", "0", "false", "n", "no")
    if kind in (None, DocumentType.BILL):
        if header.syntax["is_under_master"] or is_house:
            return DocumentType.HOUSE_BILL
        if kind is None and header.conveyance.mode not in (None, Mode.SEA):
            return BY_MODE.get(header.conveyance.mode, DocumentType.BILL)
        if is_consolidated:
            return DocumentType.MASTER_BILL
    return kind or DocumentType.BILL


def _parties(bill: Fields) -> list[Party]:
    parties = []
    for key, role in TRADERS.items():
        for trader in bill.each(f"traders_segment/{key}", "parties."):
            name = trader.said(f"{key}_name")
            address = trader.said(f"{key}_address")
            at = trader.node.find(f"{key}_name") or trader.node
            code = trader.said(f"{key}_code")
            if name or code or address:
                parties.append(
                    Party(
                        role=role,
                        name=trader.fit(name, at, "name", limits.NAME),
                        address=trader.fit(address, at, "address", limits.ADDRESS),
                        code=trader.fit(code, at, "code", limits.CODE),
                    )
                )
    return list(dict.fromkeys(resolve_same(party, parties) for party in parties))


def _references(bill: Fields, loose: Iterable[Seal]) -> Iterator[Reference]:
    """Seals that cannot be laid to one container, and the shed: what the records have no other place for."""
    yield from dict.fromkeys(Reference("seal", seal.number) for seal in loose)
    shed = " ".join(text for _node, text in bill.all("location/location_code", "location/location_info"))
    if shed:
        yield Reference("goods_location", bill.fit(shed, bill.node, "references.number", limits.REFERENCE_NO))


def _loadings(boxes: list[_Box]) -> dict[str, Loading]:
    """How much is in which container; rows of one container are added up."""
    loadings: dict[str, Loading] = {}
    for box in boxes:
        if not box.number:
            continue
        before = loadings.get(box.number)
        packages, gross = box.packages, box.goods_kg
        if before is not None:
            packages, gross = total([before.packages, packages]), total([before.gross_kg, gross])
        loadings[box.number] = Loading(box.number, packages, gross)
    return loadings


def _check(bill: Fields, boxes: list[_Box], loadings: dict[str, Loading], packages: int | None) -> None:
    """What the bill says of its containers twice."""
    found, name = bill.found, "Num_of_ctn_for_this_bol"
    stated = bill.inner("goods_segment")
    number = stated.whole("containers", name.lower())
    if number and number not in (len(boxes), len(loadings)):
        at = stated.node.find(name.lower()) or stated.node
        found.warn("count_differs", at, name, str(number), stated=str(number), found=str(len(loadings)))
    loaded = total([loading.packages for loading in loadings.values()])
    if packages is not None and loaded and loaded != packages:
        found.warn("loading_packages_differ", bill.node, "packages", str(packages), packages=packages, loaded=loaded)


# -- goods


def _items(bill: Fields, boxes: list[_Box], goods: list[Item]) -> list[Item]:
    """One item a run of HS_Compliance, else one a Goods_segment. The text of the whole bill stays with the first.

    Some countries ask for UN number and class, or for the commodity code, with the container.
    """
    dangerous = tuple(dict.fromkeys(box.dangerous for box in boxes if box.dangerous is not None))
    codes = list(dict.fromkeys(code for box in boxes for code in box.codes))
    runs = [
        run
        for path in ("hs_compliance", "goods_segment/commodity_segment", "commodity_segment")
        for segment in bill.each(path, "items.")
        for run in _runs(segment)
    ]
    if not runs:
        items = [item for item in goods if item != Item(item.line)]
        if items and codes:
            items[0] = replace(items[0], commodity=codes[0])
            # More codes than goods: each is a commodity of its own, of which nothing else is said.
            items += [Item(len(items) + number, commodity=code) for number, code in enumerate(codes[1:], start=1)]
    else:
        items = [_commodity(run, line) for line, run in enumerate(runs, start=1)]
        first, text = items[0], "; ".join(dict.fromkeys(item.description for item in goods if item.description))
        marks = " ".join(dict.fromkeys(item.marks for item in goods if item.marks))
        description = "; ".join(dict.fromkeys(part for part in (text, first.description) if part))
        items[0] = replace(
            first,
            description=bill.fit(description, bill.node, "items.description", limits.DESCRIPTION),
            marks=bill.fit(marks, bill.node, "items.marks", limits.MARKS),
        )
        if len(items) == len(goods) == 1:
            items[0] = _filled(items[0], goods[0])
    if items and dangerous:
        items[0] = replace(items[0], dangerous=dangerous)
    return [_with_code_of_text(item) for item in items]


def _filled(item: Item, goods: Item) -> Item:
    """The one commodity of a bill, with what only its Goods_segment says."""
    return replace(
        item,
        packages=goods.packages if item.packages is None else item.packages,
        package_code=item.package_code or goods.package_code,
        gross_kg=goods.gross_kg if item.gross_kg is None else item.gross_kg,
        volume_m3=goods.volume_m3 if item.volume_m3 is None else item.volume_m3,
    )


def _with_code_of_text(item: Item) -> Item:
    if item.commodity is not None:
        return item
    return replace(item, commodity=commodities.in_text(item.description, item.marks))


def _goods(goods: Fields, line: int) -> Item:
    texts = [text for _node, text in goods.all("goods_description", "information", "remarks")]
    at = goods.node.find("goods_description") or goods.node
    marks = goods.text("marks", "shipping_marks", limit=limits.MARKS)
    return Item(
        line=line,
        description=goods.fit("; ".join(dict.fromkeys(texts)), at, "description", limits.DESCRIPTION),
        packages=goods.whole("packages", "number_of_packages"),
        package_code=goods.text("package_code", "package_type_code").upper(),
        package_text=goods.text("package_text", "package_type_name", limit=limits.NAME),
        marks="" if NO_MARKS.match(marks) else marks,
        gross_kg=goods.kilograms("gross_kg", "gross_mass"),
        volume_m3=goods.cubic_metres("volume_m3", "volume_in_cubic_meters"),
    )


def _runs(segment: Fields) -> Iterator[Fields]:
    """The parts of an HS_Compliance: a code and what follows it, up to the next code."""
    run: Node | None = None
    for child in segment.node.children:
        if run is None or (child.key in _RUN_STARTS and any(each.key in _RUN_STARTS for each in run.children)):
            if run is not None:
                yield Fields(run, segment.found, segment.prefix)
            run = Node(segment.node.name, segment.node.key, child.start, segment.node.parent)
        run.children.append(child)
    if run is not None and any(child.value for child in run.children):
        yield Fields(run, segment.found, segment.prefix)


def _commodity(run: Fields, line: int) -> Item:
    at, text = run.find("hs_code", "commodity_code")
    code = commodities.declared(text)
    if text and code is None:
        run.found.warn("code_unknown", at, "items.commodity", text, code=text[:40])
    value, currency = run.money("value", "customs_value", "customs_currency")
    return Item(
        line=line,
        description=run.text("description", "commercial_description", "goods_description", limit=limits.DESCRIPTION),
        packages=run.whole("packages", "number_of_packages"),
        package_code=run.text("package_code", "package_type_code").upper(),
        commodity=code,
        gross_kg=run.kilograms("gross_kg", "gross_mass"),
        net_kg=run.kilograms("net_kg", "net_mass"),
        volume_m3=run.cubic_metres("volume_m3", "volume_in_cubic_meters"),
        value=value,
        currency=currency,
        origin=run.country("origin", "country_of_origin", "country_of_origin_code"),
    )
