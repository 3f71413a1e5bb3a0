"""Rail workbooks for tests: the template that is handed out, filled in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from profiling.formats.rail_columns import SMGS, TRAIN, WAGONS, Sheet

HEAD = {
    "manifest_number": "NL-8021",
    "train": "8021",
    "sender": "KTZ Altynkol",
    "departure": "Khorgos",
    "arrival": "711000",
    "eta": "24.11.2026 14:30",
}
WAGON_ROWS = (
    {"wagon": 94233459, "container": "TEMU6180477", "seals": "CN8841270; KZ1", "gross_kg": "13 368,5", "fill": "гр"},
    {"wagon": 94233459, "container": "TCLU9044219", "fill": "пор."},
    {"wagon": "94188620", "seals": "W1", "tare_kg": 22500, "gross_kg": 64000},
)
NOTE_ROWS = (
    {
        "document_no": "21847733", "shipper": "YIWU HENGDA", "shipper_country": "CN", "consignee": "ТОО ЖЕТІСУ",
        "consignee_country": "KZ", "consignee_tax_id": 231140009817, "description": "PLASTIC WARE", "hs": 392410,
        "packages": 600, "gross_kg": 10000, "container": "TEMU6180477", "value": "1200,50", "currency": "USD",
        "invoice": "INV-7",
    },
    {"description": "HANGERS", "hs": "70320", "packages": 16, "gross_kg": 770, "container": "TEMU6180477"},
    {"document_no": "21847734", "description": "CEMENT", "gng": "252329", "gross_kg": 41500, "wagon": 94188620},
)  # fmt: skip


def workbook(
    head: Mapping[str, Any] = HEAD,
    wagons: Sequence[Mapping[str, Any]] = WAGON_ROWS,
    notes: Sequence[Mapping[str, Any]] = NOTE_ROWS,
    *,
    language: str = "heading",
) -> bytes:
    """XLSX bytes; `language` picks the headings: "heading" (both), "ru" or "en"."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet(TRAIN.name)
    for row, column in enumerate(TRAIN.columns):
        page.write(row, 0, getattr(column, language))
        page.write(row, 1, head.get(column.key))
    for sheet, rows in ((WAGONS, wagons), (SMGS, notes)):
        _fill(book.add_worksheet(sheet.name), sheet, rows, language)
    book.close()
    return target.getvalue()


def _fill(page: Any, sheet: Sheet, rows: Sequence[Mapping[str, Any]], language: str) -> None:
    for place, column in enumerate(sheet.columns):
        page.write(0, place, getattr(column, language))
        for number, row in enumerate(rows, start=1):
            page.write(number, place, row.get(column.key))
