"""Writes a manifest as ASYCUDA World XML (Awmds), UTF-8, for systems that import it; `asycuda_manifest` reads it back.

What the format has no element for is left out: equipment that no bill names, house and other references, net weights.
An address is one text there: street, city, postcode and country become one line, and the tax number takes the place of
the party's code where it has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape

from profiling.formats.asycuda_codes import TRADERS
from profiling.formats.cuscar_bill import DIRECTIONS
from profiling.formats.cuscar_header import MODES
from profiling.formats.problems import storable
from profiling.formats.records import (
    Consignment,
    Direction,
    DocumentType,
    Equipment,
    Fill,
    Header,
    Item,
    Loading,
    Party,
    PartyRole,
    Place,
    SealParty,
)

_MODES: Final = {mode: code for code, mode in MODES.items()}
_NATURES: Final[Mapping[Direction, str]] = {direction: code for code, direction in DIRECTIONS.items()}
_TYPES: Final = {
    DocumentType.BILL: "BOL",
    DocumentType.MASTER_BILL: "MSB",
    DocumentType.HOUSE_BILL: "HSB",
    DocumentType.SEA_WAYBILL: "SWB",
    DocumentType.AIR_WAYBILL: "AWB",
    DocumentType.CMR: "CMR",
    DocumentType.SMGS: "SMGS",
    DocumentType.CIM: "CIM",
    DocumentType.TIR: "TIR",
}
_SEALING: Final = {
    SealParty.CARRIER: "CAR",
    SealParty.SHIPPER: "SHP",
    SealParty.CUSTOMS: "CUS",
    SealParty.CONSOLIDATOR: "CON",
    SealParty.QUARANTINE: "AC",
    SealParty.TERMINAL: "TER",
}
_FILLS: Final = {Fill.FULL: "FCL", Fill.EMPTY: "EMP"}
_ELEMENTS: Final[Mapping[PartyRole, str]] = {role: key.title() for key, role in TRADERS.items()}
_SEALS: Final = 3  # elements for seals of a container; more share the last
_PAYMENT: Final = {"prepaid": "P", "collect": "C"}


@dataclass(frozen=True, slots=True)
class Totals:
    """What Totals_segment states: bills, packages, containers, kilograms."""

    bills: int
    packages: int
    containers: int
    gross_kg: Decimal

    @classmethod
    def of(cls, bills: Iterable[Consignment]) -> Totals:
        number, packages, gross, boxes = 0, 0, Decimal(0), set[str]()
        for bill in bills:
            number += 1
            packages += bill.packages or 0
            gross += bill.gross_kg or 0
            boxes.update(loading.equipment for loading in bill.loadings)
        return cls(number, packages, len(boxes), gross)


def write_awmds(
    header: Header,
    bills: Iterable[Consignment],
    *,
    office: str,
    totals: Totals,
    equipment: Callable[[str], Equipment | None],
) -> Iterator[bytes]:
    """The pieces of the file, a bill each. office: customs office code; equipment: what is known of a number."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<Awmds>\n'
    yield _element("General_segment", _general(header, office, totals)).encode() + b"\n"
    for bill in bills:
        yield _element("Bol_segment", _bill(bill, equipment)).encode() + b"\n"
    yield b"</Awmds>\n"


def _text(name: str, value: object) -> str:
    """An element with this text; nothing where there is none."""
    if isinstance(value, Decimal):
        value = format(value, "f")
    if value is None or value == "":
        return ""
    return f"<{name}>{escape(storable(str(value)))}</{name}>"


def _element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"


def _code(place: Place | None) -> str:
    return (place.code or place.name) if place else ""


def _general(header: Header, office: str, totals: Totals) -> str:
    means = header.conveyance
    departure, arrival = means.etd, means.eta
    segment_id = (
        _text("Customs_office_code", office)
        + _text("Voyage_number", means.voyage)
        + _text("Date_of_departure", departure and f"{departure.local:%Y-%m-%d}")
        + _text("Date_of_arrival", arrival and f"{arrival.local:%Y-%m-%d}")
        + _text("Time_of_arrival", (arrival and arrival.precision != "date" and f"{arrival.local:%H:%M}") or "")
    )
    counted = (
        _text("Total_number_of_bols", totals.bills)
        + _text("Total_number_of_packages", totals.packages)
        + _text("Total_number_of_containers", totals.containers)
        + _text("Total_gross_mass", totals.gross_kg)
    )
    transport = (
        _element("Carrier", _text("Carrier_code", header.issuer))
        + _element("Shipping_Agent", _text("Shipping_Agent_code", header.sender))
        + _text("Mode_of_transport_code", means.mode and _MODES[means.mode])
        + _text("Identity_of_transporter", means.name)
        + _text("Nationality_of_transporter_code", means.flag)
        + _text("Registration_number_of_transport_code", means.identifier)
    )
    ports = _text("Place_of_departure_code", _code(means.departure)) + _text(
        "Place_of_destination_code", _code(means.arrival)
    )
    return (
        _element("General_segment_id", segment_id)
        + _element("Totals_segment", counted)
        + _element("Transport_information", transport)
        + _element("Load_unload_place", ports)
    )


def _bill(bill: Consignment, equipment: Callable[[str], Equipment | None]) -> str:
    identity = (
        _text("Bol_reference", bill.document_no)
        + _text("Line_number", bill.line)
        + _text("Bol_nature", bill.direction and _NATURES[bill.direction])
        + _text("Bol_type_code", _TYPES[bill.document_type])
        + _text("Master_bol_ref_number", bill.master_no)
    )
    ports = _text("Place_of_loading_code", _code(bill.loading_place)) + _text(
        "Place_of_unloading_code", _code(bill.discharge_place)
    )
    traders = "".join(
        _trader(element, party) for role, element in _ELEMENTS.items() for party in bill.parties if party.role is role
    )
    return (
        _element("Bol_id", identity)
        + _text("Consolidated_Cargo", int(bill.document_type is DocumentType.MASTER_BILL))
        + _element("Load_unload_place", ports)
        + _element("Traders_segment", traders)
        + "".join(_box(loading, equipment(loading.equipment)) for loading in bill.loadings)
        + _goods(bill)
        + _values(bill)
        + "".join(_commodity(item, is_first=index == 0) for index, item in enumerate(bill.items) if _is_run(bill))
    )


def _trader(element: str, party: Party) -> str:
    address = ", ".join(part for part in (party.address, party.city, party.postcode, party.country) if part)
    return _element(
        element,
        _text(f"{element}_code", party.code or party.tax_id)
        + _text(f"{element}_name", party.name)
        + _text(f"{element}_address", address),
    )


def _box(loading: Loading, box: Equipment | None) -> str:
    content = _text("Ctn_reference", loading.equipment) + _text("Number_of_packages", loading.packages)
    if box is not None:
        numbers = [seal.number for seal in box.seals]
        shown = [*numbers[: _SEALS - 1], ";".join(numbers[_SEALS - 1 :])]
        content += (
            _text("Type_of_container", box.size_type)
            + _text("Empty_Full", box.fill and _FILLS[box.fill])
            + "".join(_text(f"Marks{place}", mark) for place, mark in enumerate(shown, start=1))
            + _text("Sealing_Party", _SEALING.get(box.seals[0].party, "") if box.seals else "")
            + _text("Empty_weight", box.tare_kg)
            + _text("Gross_weight", box.gross_kg)
        )
    return _element("ctn_segment", content + _text("Goods_weight", loading.gross_kg))


def _is_run(bill: Consignment) -> bool:
    """Whether the goods need HS_Compliance: they are several, or have a code or an origin."""
    return len(bill.items) > 1 or any(
        item.origin or (item.commodity is not None and item.commodity.source == "declared") for item in bill.items
    )


def _goods(bill: Consignment) -> str:
    if not bill.items:
        return ""
    first = bill.items[0]
    content = (
        _text("Number_of_packages", bill.packages)
        + _text("Package_type_code", first.package_code)
        + _text("Gross_mass", bill.gross_kg)
        + _text("Shipping_marks", first.marks)
        + _text("Goods_description", first.description)
        + _text("Volume_in_cubic_meters", bill.volume_m3)
        + _text("Num_of_ctn_for_this_bol", len(bill.loadings))
    )
    return _element("Goods_segment", content)


def _values(bill: Consignment) -> str:
    freight = (
        _text("PC_indicator", _PAYMENT.get(bill.freight_terms, ""))
        + _text("Freight_value", bill.freight)
        + _text("Freight_currency", bill.freight_currency)
    )
    value = _text("Customs_value", bill.value) + _text("Customs_currency", bill.currency)
    return _element("Value_segment", _element("Freight_segment", freight) + _element("Customs_segment", value))


def _commodity(item: Item, *, is_first: bool) -> str:
    declared = item.commodity if item.commodity is not None and item.commodity.source == "declared" else None
    return _element(
        "HS_Compliance",
        _text("HS_code", declared and declared.code)
        + _text("Commercial_description", "" if is_first else item.description)
        + _text("Number_of_packages", item.packages)
        + _text("Package_type_code", item.package_code)
        + _text("Gross_mass", item.gross_kg)
        + _text("Country_of_origin", item.origin),
    )
