"""The rows of one note into the members of a pcu-manifest consignment."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from profiling.formats import commodities, limits
from profiling.formats.findings import Findings
from profiling.formats.rail_cells import Row
from profiling.formats.records import Commodity, DocumentType, PartyRole, Position

_PLACES: Final = ("loading_place", "discharge_place", "receipt_place", "delivery_place")
_PARTY: Final = ("address", "city", "country", "tax_id", "code", "contact")
_ITEM: Final = (
    "description",
    "packages",
    "package_text",
    "marks",
    "gross_kg",
    "net_kg",
    "volume_m3",
    "value",
    "currency",
)
_PLAIN: Final = ("currency", "procedure", "origin_country", "destination_country", "freight", "freight_currency", "ucr")
_SCHEMES: Final = (("HS", "hs"), ("TNVED", "tnved"), ("GNG", "gng"), ("ETSNG", "etsng"))
_REFERENCES: Final = (
    ("invoice", "invoice"),
    ("contract", "contract"),
    ("customs_declaration", "customs_declaration"),
    ("cmr", "cmr"),
    ("documents", "document"),
)
_DIGITS: Final = 20  # of the whole part of a number that may be added
_INNERMOST: Final = ("container", "trailer", "truck", "wagon")


def place_of(text: Any, scheme: str) -> Any:
    """A place as its code in `scheme` ("station", "customs_office"), if all digits, or its name."""
    if not isinstance(text, str):
        return text
    return {"code": text, "scheme": scheme} if text.isdigit() else {"name": text}


def consignment_members(rows: list[Row], kind: DocumentType, scheme: str, found: Findings) -> dict[str, Any]:
    """What the rows of one note say together. Details of a firm without a name are told and not used."""
    first = rows[0]
    head: dict[str, Any] = {}
    for row in rows:
        head = {**row.cells, **head}  # what a later row adds; the first one counts
    members: dict[str, Any] = {"document_type": kind.value, "document_no": head.get("document_no")}
    members |= {key: place_of(head[key], scheme) for key in _PLACES if key in head}
    members |= {key: head[key] for key in _PLAIN if key in head}
    members["parties"] = _parties(head, first, found)
    members["items"] = [_item(row.cells) for row in rows]
    for row in rows:
        if "hazard_class" in row.cells and "un_number" not in row.cells:
            at = Position(row.start, None, f"{row.pointer}/un_number")
            found.warn("field_missing", at, "un_number")
    if references := _references(rows, found):
        members["references"] = references
    members["loadings"] = _loadings(rows)
    return members


def _parties(head: dict[str, Any], first: Row, found: Findings) -> list[dict[str, Any]]:
    parties = []
    for role in PartyRole:
        told = {name: head[f"{role.value}_{name}"] for name in _PARTY if head.get(f"{role.value}_{name}")}
        if name := head.get(role.value):
            parties.append({"role": role.value, "name": name, **told})
        elif told:
            found.warn("field_missing", Position(first.start, None, f"{first.pointer}/{role.value}"), role.value)
    return parties


def _item(cells: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {key: cells[key] for key in _ITEM if key in cells}
    for scheme, key in _SCHEMES:
        if key in cells:
            padded = commodities.declared(str(cells[key])) if scheme in ("HS", "TNVED") else None
            item["commodity"] = {"scheme": scheme, "code": padded.code if padded else cells[key]}
            break
    if "un_number" in cells:
        item["dangerous"] = [{key: cells[key] for key in ("un_number", "hazard_class") if key in cells}]
    return item


def other_codes(row: Row, found: Findings) -> tuple[Commodity, ...]:
    """The commodity codes of a row beside its first: railways name the same goods in several lists."""
    named = [(scheme, key) for scheme, key in _SCHEMES if key in row.cells]
    codes = []
    for scheme, key in named[1:]:
        sent = str(row.cells[key])
        digits = sent.replace(".", "").replace(" ", "")
        if digits.isascii() and digits.isdigit() and 4 <= len(digits) <= 12:
            codes.append(Commodity(digits, scheme))
        else:
            at = Position(row.start, None, f"{row.pointer}/{key}")
            found.warn("code_unknown", at, key, sent, code=sent[:40])
    return tuple(codes)


def _references(rows: list[Row], found: Findings) -> list[dict[str, Any]]:
    """Papers by kind, each number once; a list of papers is parted at its semicolons."""
    references: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        for key, kind in _REFERENCES:
            sent = row.cells.get(key)
            if sent is None:
                continue
            if isinstance(sent, list):  # JSON has arrays
                sent = ";".join(map(str, sent))
            at = Position(row.start, None, f"{row.pointer}/{key}")
            for part in filter(None, map(str.strip, re.split(r"[;\n]", str(sent)))):
                number = found.text(part, limits.REFERENCE_NO, at, key)
                reference = references.setdefault((kind, number), {"kind": kind, "number": number})
                if key == "contract" and "contract_date" in row.cells:
                    reference["date"] = row.cells["contract_date"]
    return list(references.values())


def _loadings(rows: list[Row]) -> list[dict[str, Any]]:
    """How much is in which container, else trailer, truck or wagon. Rows of one are added up where all say how much."""
    by_number: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        number = next((row.cells[key] for key in _INNERMOST if row.cells.get(key)), None)
        if isinstance(number, str):
            by_number.setdefault(number, []).append(row.cells)
    loadings = []
    for number, cells in by_number.items():
        loading: dict[str, Any] = {"equipment": number}
        for key in ("packages", "gross_kg"):
            said = [each[key] for each in cells if key in each]
            if len(said) == len(cells) and all(map(_may_be_added, said)):
                loading[key] = sum(said)
        loadings.append(loading)
    return loadings


def _may_be_added(value: Any) -> bool:
    """Numbers of any size come in JSON; the sum of two large ones is none."""
    return isinstance(value, Decimal) and value.is_finite() and value.adjusted() < _DIGITS
