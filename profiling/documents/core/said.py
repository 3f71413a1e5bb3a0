"""What one statement says of each field of a comparison: a tuple of values, empty where it is silent. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from profiling.documents.core.differences import Atoms, Field, Statement
from profiling.formats.records import DocumentKind, PartyRole, Place
from profiling.parties.core.identity import plain_code, plain_name


def _party(role: PartyRole) -> Callable[[Statement], Atoms]:
    def read(statement: Statement) -> Atoms:
        party = next((one for one in statement.said.parties if one.role is role and plain_name(one.name)), None)
        return (party.name,) if party else ()

    return read


def _goods(statement: Statement) -> Atoms:
    texts = dict.fromkeys(item.description.strip() for item in statement.said.items if item.description.strip())
    return ("; ".join(texts),) if texts else ()


def _hs(statement: Statement) -> Atoms:
    codes = {
        plain_code(item.commodity.code)
        for item in statement.said.items
        if item.commodity is not None and item.commodity.scheme in ("HS", "TNVED", "GNG")
    }
    return tuple(sorted(codes - {""}))


def _packages(statement: Statement) -> Atoms:
    said = statement.said
    if said.packages is not None:
        return (said.packages,)
    counts = [item.packages for item in said.items]
    known = [count for count in counts if count is not None]
    return (sum(known),) if counts and len(known) == len(counts) else ()


def total_of(whole: Decimal | None, parts: Sequence[Decimal | None]) -> Atoms:
    if whole is not None:
        return (whole,)
    known = [part for part in parts if part is not None]
    # a sum with a hole in it disagrees with anything
    return (sum(known, Decimal(0)),) if parts and len(known) == len(parts) else ()


def gross_of(statement: Statement) -> Atoms:
    if statement.said.kind in (DocumentKind.WEIGHBRIDGE, DocumentKind.GATE):
        return ()  # the scale weighs the vehicle with the cargo
    return total_of(statement.said.gross_kg, [item.gross_kg for item in statement.said.items])


def _net(statement: Statement) -> Atoms:
    if statement.said.kind in (DocumentKind.WEIGHBRIDGE, DocumentKind.GATE):
        return ()
    return total_of(statement.said.net_kg, [item.net_kg for item in statement.said.items])


def _volume(statement: Statement) -> Atoms:
    return total_of(statement.said.volume_m3, [item.volume_m3 for item in statement.said.items])


def _value(statement: Statement) -> Atoms:
    said = statement.said
    if said.value is not None:
        return (said.value, said.currency)
    currencies = {item.currency for item in said.items}
    summed = total_of(None, [item.value for item in said.items])
    return (*summed, currencies.pop()) if summed and len(currencies) == 1 else ()


def _containers(statement: Statement) -> Atoms:
    return tuple(sorted({plain_code(one.equipment) for one in statement.said.loadings} - {""}))


def _seals(statement: Statement) -> Atoms:
    return tuple(sorted({plain_code(seal.number) for seal in statement.said.seals} - {""}))


def _origin(statement: Statement) -> Atoms:
    said = {statement.said.origin_country} - {""} or {item.origin for item in statement.said.items} - {""}
    return tuple(sorted(said))


def _destination(statement: Statement) -> Atoms:
    country = statement.said.destination_country
    return (country,) if country else ()


def _place(place: Place | None) -> Atoms:
    return () if place is None or not (place.code or place.name) else (place.code or place.name,)


SAID: Final[Mapping[Field, Callable[[Statement], Atoms]]] = MappingProxyType(
    {
        Field.SHIPPER: _party(PartyRole.SHIPPER),
        Field.CONSIGNEE: _party(PartyRole.CONSIGNEE),
        Field.NOTIFY: _party(PartyRole.NOTIFY),
        Field.GOODS: _goods,
        Field.HS: _hs,
        Field.PACKAGES: _packages,
        Field.GROSS_KG: gross_of,
        Field.NET_KG: _net,
        Field.VOLUME_M3: _volume,
        Field.VALUE: _value,
        Field.CONTAINERS: _containers,
        Field.SEALS: _seals,
        Field.ORIGIN: _origin,
        Field.DESTINATION: _destination,
        Field.LOADING: lambda statement: _place(statement.said.loading_place),
        Field.DISCHARGE: lambda statement: _place(statement.said.discharge_place),
        Field.RECEIPT: lambda statement: _place(statement.said.receipt_place),
        Field.DELIVERY: lambda statement: _place(statement.said.delivery_place),
    }
)
