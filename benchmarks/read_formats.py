"""How fast messages are read: `python -m benchmarks.read_formats [bills]`."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

import xlsxwriter
from python_calamine import CalamineWorkbook

from pcu.celery import collect_garbage_rarely
from profiling.formats.charset import choose
from profiling.formats.edifact import PIECE, Tokenizer, opening, raw_segments
from profiling.formats.generate import generate_cuscar, generate_rail_json
from profiling.formats.generate_xml import generate_awmds
from profiling.formats.registry import reader_of
from profiling.formats.table import TableReader

TABLE_COLUMNS = (
    "B/L No", "Shipper", "Shipper address", "Shipper country", "Consignee", "Consignee address", "Consignee country",
    "Consignee tax id", "Notify party", "Container", "Size/Type", "Seal", "Packages", "Package type", "Gross weight",
    "Net weight", "Volume", "Goods", "HS code", "Value", "Currency", "Origin", "POL", "POD", "Marks",
)  # fmt: skip


def _measure(name: str, raw: bytes, read: Callable[[], Any]) -> None:
    began = time.process_time()
    found = sum(1 for _each in read())
    spent = time.process_time() - began
    print(f"{name:24} {len(raw) / 1e6:7.1f} MB {found:9,} in {spent:6.2f} s = {len(raw) / 1e6 / spent:6.1f} MB/s")


def _workbook(rows: int) -> bytes:
    """An XLSX table of `rows` bills under 25 headings."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("Cargo")
    sheet.write_row(0, 0, TABLE_COLUMNS)
    for row in range(1, rows + 1):
        firm, buyer = f"Mill {row % 400}", f"Trade {row % 900}"
        sheet.write_row(
            row, 0,
            (f"BL{row:06}", firm, f"{row % 90} River Road", "CN", buyer, f"{row % 70} Main Street", "KZ",
             f"{row % 900:012}", buyer, f"MSKU{row:07}", "45G1", f"S{row:07}", row % 900 + 1, "cartons",
             18_000 + row % 999 + 0.5, 17_000 + row % 999, 60.25, f"TABLEWARE OF PLASTIC {row % 50}", "392410",
             25_000.5, "USD", "CN", "CNSHA", "KZALT", "N/M"),
        )  # fmt: skip
    book.close()
    return target.getvalue()


def table(rows: int = 10_000) -> float:
    """How many times as long as the bare spreadsheet reader, which makes cells and nothing of them, the table takes."""
    raw = _workbook(rows)

    def bare() -> int:
        began = time.process_time()
        for name in (book := CalamineWorkbook.from_filelike(io.BytesIO(raw))).sheet_names:
            book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        return int((time.process_time() - began) * 1e6)

    reader = TableReader()
    agreed = reader.proposal(io.BytesIO(raw)).mapping().as_json()
    cells = min(bare() for _again in range(3))
    began = time.process_time()
    found = sum(1 for _each in reader.read(io.BytesIO(raw), agreed))
    spent = time.process_time() - began
    ratio = spent * 1e6 / cells
    print(
        f"{'Table read (XLSX)':24} {len(raw) / 1e6:7.1f} MB {found:9,} in {spent:6.2f} s = {ratio:6.1f} x bare cells "
        f"({cells / 1e6:.2f} s)"
    )
    return ratio


def xml(bills: int = 10_000) -> float:
    """How many times as long as bare expat, which calls a function an element and makes nothing of it, XML takes."""
    raw = b"".join(generate_awmds(bills))
    reader = reader_of("asycuda-manifest")

    def bare() -> float:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda _name, _attributes: None
        parser.EndElementHandler = lambda _name: None
        parser.CharacterDataHandler = lambda _text: None
        began = time.process_time()
        parser.Parse(raw, True)
        return time.process_time() - began

    elements = min(bare() for _again in range(3))
    began = time.process_time()
    found = sum(1 for _each in reader.read(io.BytesIO(raw)))
    spent = time.process_time() - began
    size, ratio = len(raw) / 1e6, spent / elements
    print(
        f"{'ASYCUDA manifest read':24} {size:7.1f} MB {found:9,} in {spent:6.2f} s = {size / spent:6.1f} MB/s, "
        f"{ratio:.1f} x bare expat ({size / elements:.1f} MB/s)"
    )
    return ratio


def main(bills: int) -> None:
    collect_garbage_rarely()  # as the workers do, which read
    cuscar, rail = reader_of("cuscar"), reader_of("pcu-json")
    raw = b"".join(generate_cuscar(bills))
    marks, start = opening(raw[:PIECE])
    tokenizer = Tokenizer(marks, choose("UNOW", raw[:PIECE]))
    _measure("CUSCAR cut in segments", raw, lambda: raw_segments(io.BytesIO(raw), marks, start))
    _measure("CUSCAR cut in components", raw, lambda: tokenizer.segments(io.BytesIO(raw), start))
    _measure("CUSCAR read", raw, lambda: cuscar.read(io.BytesIO(raw)))
    text = b"".join(generate_rail_json(bills))
    _measure("pcu-manifest read", text, lambda: rail.read(io.BytesIO(text)))
    xml(bills)
    table()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
