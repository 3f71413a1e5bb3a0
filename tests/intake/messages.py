"""What intake made of a message, as plain rows to be compared."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from pcu.accounts.models import Unit
from profiling.cargo.models import (
    CargoDocument,
    Consignment,
    ConsignmentVersion,
    ConveyanceCall,
    EquipmentVisit,
    GoodsItem,
    Loading,
    MovementEvent,
    PartyMention,
    Placement,
    SealObservation,
    VisitStatement,
)
from profiling.documents.models import Document

# What a row says of the cargo; ids, times of our own and submissions differ from push to push.
_ROWS: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Consignment, "unit", ("document_no", "document_type", "issuer", "master_no", "master__document_no")),
    (
        ConsignmentVersion,
        "consignment__unit",
        ("consignment__document_no", "number", "function", "manifest_number", "digest", "position", "gross_kg"),
    ),
    (GoodsItem, "version__consignment__unit", ("version__consignment__document_no", "line", "description", "gross_kg")),
    (PartyMention, "version__consignment__unit", ("version__consignment__document_no", "role", "name", "tax_id")),
    (Loading, "version__consignment__unit", ("version__consignment__document_no", "visit__number", "packages")),
    (CargoDocument, "version__consignment__unit", ("version__consignment__document_no", "kind", "number")),
    (ConveyanceCall, "unit", ("mode", "key", "name", "arrival_code", "eta")),
    (EquipmentVisit, "unit", ("number", "kind", "current__size_type", "current__tare_kg", "current__stowage")),
    (VisitStatement, "visit__unit", ("visit__number", "size_type", "fill", "gross_kg", "vgm_kg", "stowage")),
    (Placement, "visit__unit", ("visit__number", "carrier__number", "from_code", "to_code")),
    (SealObservation, "visit__unit", ("visit__number", "number", "party", "event", "observer")),
    (MovementEvent, "visit__unit", ("visit__number", "event", "at", "place_code", "gross_kg", "seals", "position")),
    (Document, "unit", ("kind", "number", "position", "fields", "consignment__document_no", "matched_by")),
)


def rows_of(unit: Unit) -> dict[str, list[str]]:
    """All that is stored of a unit's cargo, by table, sorted: equal where the same was said."""
    return {
        model.__name__: sorted(map(repr, model.objects.filter(**{of_unit: unit}).values_list(*columns)))
        for model, of_unit, columns in _ROWS
    }


def counts(unit: Unit) -> dict[str, int]:
    return {name: len(rows) for name, rows in rows_of(unit).items()}


def edited(raw: bytes, *changes: tuple[str, str]) -> bytes:
    """Bytes with parts of their text replaced; every part must be there."""
    text = raw.decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def standing(unit: Unit) -> set[str]:
    """Numbers of the consignments that nobody has taken back."""
    found: QuerySet[Consignment] = Consignment.objects.filter(unit=unit).select_related("current")
    return {one.document_no for one in found if not one.is_withdrawn}
