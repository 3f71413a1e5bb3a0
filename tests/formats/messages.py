"""Every kind of message that is read here, as bytes: the fixtures, the templates filled, tables of anybody."""

from __future__ import annotations

import json
from pathlib import Path

from profiling.formats.note_boxes import NOTES
from tests.formats import notes, rail, tables, x12, xml_samples
from tests.formats.test_dcsa import bill as dcsa_bill

FIXTURES = Path(__file__).parent.parent / "fixtures"
FILES = sorted([*FIXTURES.glob("*.edi"), *FIXTURES.glob("*.json"), *(FIXTURES / "messages").iterdir()])

MESSAGES: dict[str, bytes] = {
    **{path.name: path.read_bytes() for path in FILES},
    **{f"{note.code}-{form}": notes.filled(note.code, form) for note in NOTES for form in notes.WRITERS},
    "train-list": rail.workbook(),
    "x12-309": x12.manifest(*x12.numbered("PCUB1"), *x12.numbered("PCUB2"), "LX*3", "M11*PCUB3*57020*1*CTN*1*K"),
    "x12-310": x12.ocean(),
    "awmds": xml_samples.awmds(xml_samples.bill("B1"), xml_samples.bill("B2")).encode(),
    "dcsa": json.dumps([dcsa_bill("DCSA-1"), dcsa_bill("DCSA-2")]).encode(),
}
TABLES: dict[str, bytes] = {
    "csv": tables.csv_of(tables.TABLE),
    "xlsx": tables.xlsx_of(tables.TABLE),
    "xls": tables.xls_of(tables.TABLE),
    "ods": tables.ods_of(tables.TABLE),
}
