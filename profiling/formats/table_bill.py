"""Drafts of a table made into records: the rows of one bill into a consignment, those of a container into equipment."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from profiling.formats import limits
from profiling.formats.bill_checks import settle
from profiling.formats.commodities import in_text
from profiling.formats.cuscar_parties import resolve_same
from profiling.formats.records import (
    Commodity,
    Consignment,
    DangerousGoods,
    Direction,
    DocumentType,
    Equipment,
    Item,
    Loading,
    Party,
    PartyRole,
    Place,
    Position,
    Problem,
    Reference,
    Seal,
    Span,
)
from profiling.formats.table_mapping import Mapping
from profiling.formats.table_rows import EQUIPMENT, OF_BILL, Draft, Line, Unit, goods_said
from profiling.formats.table_values import as_text

BILLS: Final = 2_000_000  # above the most rows of a sheet
_ROLES: Final = (
    ("shipper", PartyRole.SHIPPER), ("consignee", PartyRole.CONSIGNEE), ("notify", PartyRole.NOTIFY),
    ("forwarder", PartyRole.FORWARDER),
)  # fmt: skip
_REFERENCES: Final = ("booking", "invoice")
_CODES: Final = (("gng", "GNG"), ("etsng", "ETSNG"))


def place_said(mapping: Mapping, name: str) -> Place | None:
    """A place that was agreed for all rows."""
    said = mapping.defaults.get(name, "")
    if not said:
        return None
    is_code = len(said) == 5 and said.isascii() and said.isupper()
    return Place(said, "", "unlocode") if is_code else Place("", said)


def equipment(unit: Unit) -> Equipment:
    said = unit.said
    at = unit.line.at
    return Equipment(
        position=at,
        span=Span(at.offset, at.offset + 1),
        number=unit.number,
        kind=unit.kind,
        size_type=said.get("size_type", ""),
        fill=said.get("fill"),
        seals=tuple(Seal(number) for number in unit.seals),
        tare_kg=said.get("tare_kg"),
        vgm_kg=said.get("vgm_kg"),
        temperature_c=said.get("temperature_c"),
        carried_on=unit.carried_on,
    )


def consignment(draft: Draft, mapping: Mapping, *, withdraws: bool = False) -> tuple[Consignment | None, list[Problem]]:
    """The bill, None where its problems keep it out; and the problems, each at its cell.

    withdraws: it is taken back, so that it need not name goods.
    """
    head, found = draft.head, draft.head.found
    said = head.values if len(draft.lines) == 1 else _together(draft)
    for line in draft.lines[1:]:
        found.problems += line.found.problems
        found.refused |= line.found.refused
    at = Position(BILLS + head.at.offset, None, head.at.pointer)
    currency = mapping.defaults.get("currency", "")
    items = [
        _item(number, line.values, currency)
        for number, line in enumerate((line for line in draft.lines if goods_said(line)), start=1)
    ]
    if not items and not withdraws:
        found.refuse("goods_missing", at, "items")
    amounts = settle(None, None, None, items, at, found)
    direction = said.get("direction") or mapping.defaults.get("direction")
    record = Consignment(
        position=at,
        span=Span(at.offset, at.offset + 1),
        document_type=said.get("document_type") or DocumentType(mapping.defaults.get("document_type") or "bill"),
        document_no=draft.number,
        issuer=said.get("issuer", ""),
        master_no=said.get("master_no", ""),
        ucr=said.get("ucr", ""),
        direction=Direction(direction) if direction else None,
        procedure=said.get("procedure", ""),
        loading_place=said.get("loading_place") or place_said(mapping, "loading_place"),
        discharge_place=said.get("discharge_place") or place_said(mapping, "discharge_place"),
        receipt_place=said.get("receipt_place"),
        delivery_place=said.get("delivery_place"),
        origin_country=said.get("origin_country", ""),
        destination_country=said.get("destination_country", ""),
        gross_kg=amounts.gross_kg,
        packages=amounts.packages,
        volume_m3=_sum(item.volume_m3 for item in items),
        parties=_parties(said),
        items=amounts.items,
        loadings=_loadings(draft.lines),
        references=tuple(Reference(kind, said[kind]) for kind in _REFERENCES if kind in said),
    )
    return (None if found.refused else record), found.named(draft.number[: limits.DOCUMENT_NO])


def _together(draft: Draft) -> dict[str, Any]:
    """What the rows of a bill say of it as a whole: the first word counts, another one is told."""
    said = dict(draft.head.values)
    for line in draft.lines[1:]:
        for name in OF_BILL:
            value = line.values.get(name)
            if value is None:
                continue
            if said.setdefault(name, value) != value:
                first = said[name]
                draft.head.found.warn("rows_differ", line.at, name, _shown(value), first=_shown(first)[:80])
    return said


def _shown(value: Any) -> str:
    return (value.code or value.name) if isinstance(value, Place) else as_text(value)


def _item(number: int, values: dict[str, Any], currency: str) -> Item:
    packages, package_text = values.get("packages", (None, ""))
    description, marks = values.get("description", ""), values.get("marks", "")
    commodity = values.get("hs")
    if commodity is None:
        commodity = next((Commodity(values[name], scheme) for name, scheme in _CODES if name in values), None)
    value = values.get("value")
    un_number = values.get("un_number", "")
    return Item(
        line=number,
        description=description,
        packages=packages,
        package_text=values.get("package_text") or package_text,
        marks=marks,
        commodity=commodity or in_text(description, marks),
        gross_kg=values.get("gross_kg"),
        net_kg=values.get("net_kg"),
        volume_m3=values.get("volume_m3"),
        value=value,
        currency=values.get("currency") or (currency if value is not None else ""),
        origin=values.get("origin", ""),
        dangerous=(DangerousGoods(un_number, values.get("hazard_class", "")),) if un_number else (),
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum where every amount is known."""
    known = list(amounts)
    return sum((one for one in known if one is not None), Decimal(0)) if known and None not in known else None


def _sum_whole(counts: list[int | None]) -> int | None:
    known = [one for one in counts if one is not None]
    return sum(known) if len(known) == len(counts) else None


def _parties(said: dict[str, Any]) -> tuple[Party, ...]:
    parties = [
        Party(
            role=role,
            name=said.get(name, ""),
            address=said.get(f"{name}_address", ""),
            country=said.get(f"{name}_country", ""),
            tax_id=said.get(f"{name}_tax_id", ""),
        )
        for name, role in _ROLES
        if name in said or f"{name}_tax_id" in said or f"{name}_address" in said
    ]
    return tuple(resolve_same(party, parties) for party in parties)


def _loadings(lines: list[Line]) -> tuple[Loading, ...]:
    """How much is in which container, else wagon, trailer or truck. Rows of one are added up where all say."""
    by_number: dict[str, list[tuple[int | None, Decimal | None]]] = {}
    for line in lines:
        values = line.values
        name = next((name for name in ("container", "wagon", "trailer", "truck") if values.get(name)), "")
        numbers = [number for number in values.get(name, ()) if len(number) <= limits.EQUIPMENT_NO]
        alone = len(numbers) == 1
        for number in numbers:
            packages = values.get("packages", (None, ""))[0] if alone else None
            by_number.setdefault(number, []).append((packages, values.get("gross_kg") if alone else None))
    return tuple(
        Loading(
            number,
            _sum_whole([packages for packages, _gross in said]),
            _sum(gross for _packages, gross in said),
        )
        for number, said in by_number.items()
    )


assert {name for name, _kind in EQUIPMENT} == {"container", "wagon", "trailer", "truck"}
