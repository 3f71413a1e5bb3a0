"""Tables as anybody might send them, written for the tests: one set of rows, in every kind of file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt

from profiling.formats import records as r
from profiling.formats.table import TableReader

READER = TableReader()
HEADINGS = [
    "B/L No",
    "Shipper",
    "Consignee",
    "Container",
    "Seal No",
    "Packages",
    "Gross weight (kg)",
    "HS code",
    "Goods",
]
ROWS: list[list[Any]] = [
    ["AB-1001", "Red River Mills", "Altyn Trade LLP", "MSKU1234565", "S-77", 120, 1234.5, 70320, "GARLIC, FRESH"],
    ["AB-1001", "Red River Mills", "Altyn Trade LLP", "TCLU9044219", "S-78", 80, 800, "392410", "TABLEWARE"],
    ["AB-1002", "Blue Hill Paper", "Bereke LLP", "TEMU6180477", "S-79", 10, 99.25, "480256", "PAPER"],
]
TABLE = [HEADINGS, *ROWS]
ODS_HEAD = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
ODS_FOOT = "</office:spreadsheet></office:body></office:document-content>"


def csv_of(table: Sequence[Sequence[Any]], separator: str = ",", encoding: str = "utf-8") -> bytes:
    def cell(value: Any) -> str:
        text = str(value)
        return f'"{text}"' if separator in text or "\n" in text else text

    return "".join(separator.join(map(cell, row)) + "\r\n" for row in table).encode(encoding)


def xlsx_of(*tables: Sequence[Sequence[Any]], names: Sequence[str] = ("Cargo", "More", "Third")) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, table in zip(names, tables, strict=False):
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(table):
            for column, value in enumerate(cells):
                if isinstance(value, date | datetime):
                    sheet.write_datetime(row, column, value, day)
                elif value != "":
                    sheet.write(row, column, value)
    book.close()
    return target.getvalue()


def xls_of(table: Sequence[Sequence[Any]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Cargo")
    for row, cells in enumerate(table):
        for column, value in enumerate(cells):
            sheet.write(row, column, value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def ods_of(table: Sequence[Sequence[Any]], after: str = "", before: str = "") -> bytes:
    """`after`: rows in XML that follow the table, as office programs write a million blank ones."""

    def cell(value: Any) -> str:
        if isinstance(value, int | float):
            kind = f'office:value-type="float" office:value="{value}"'
            return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"
        if value == "":
            return "<table:table-cell/>"
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'

    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in table)
    content = f'{ODS_HEAD}<table:table table:name="Cargo">{before}{rows}{after}</table:table>{ODS_FOOT}'
    return ods_with(content)


def ods_with(content: str, **more: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
        for name, text in more.items():
            archive.writestr(name, text)
    return target.getvalue()


def agreed_for(sent: bytes, **changes: Any) -> dict[str, Any]:
    """What is proposed, taken as agreed. `fields` changes the field of a column by its heading."""
    mapping = READER.proposal(io.BytesIO(sent)).mapping().as_json()
    for key, name in changes.pop("fields", {}).items():
        mapping["columns"][key]["field"] = name
    return {**mapping, "sender": "agent", **changes}


def read(sent: bytes, **changes: Any) -> list[Any]:
    return list(READER.read(io.BytesIO(sent), agreed_for(sent, **changes)))


def of(kind: Any, found: Sequence[Any]) -> list[Any]:
    return [one for one in found if isinstance(one, kind)]


def problems(found: Sequence[Any]) -> dict[str, r.Problem]:
    """The first problem of each code."""
    told: dict[str, r.Problem] = {}
    for one in of(r.Problem, found):
        told.setdefault(one.code, one)
    return told
