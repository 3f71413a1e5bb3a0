"""The rail workbook as it is handed out: empty, with headings in Russian and English and a hint on each."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from profiling.formats.rail_columns import SHEETS, TRAIN, Sheet


def template() -> bytes:
    """An XLSX workbook of three sheets: the train, its wagons, its SMGS notes."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#e7f1fb", "border": 1})
    needed = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#a9cdf0", "border": 1})
    text = book.add_format({"num_format": "@"})
    for sheet in SHEETS:
        page = book.add_worksheet(sheet.name)
        if sheet is TRAIN:
            _write_train(page, sheet, heading, needed, text)
        else:
            _write_table(page, sheet, heading, needed, text)
    book.close()
    return target.getvalue()


def _write_train(page: Any, sheet: Sheet, heading: Any, needed: Any, text: Any) -> None:
    page.set_column(0, 0, 44)
    page.set_column(1, 1, 28, text)
    page.set_column(2, 2, 60)
    for row, column in enumerate(sheet.columns):
        page.write_string(row, 0, column.heading, needed if column.required else heading)
        page.write_blank(row, 1, None, text)
        if column.hint_ru:
            page.write_string(row, 2, f"{column.hint_ru} / {column.hint_en}")


def _write_table(page: Any, sheet: Sheet, heading: Any, needed: Any, text: Any) -> None:
    page.freeze_panes(1, 1)
    page.set_row(0, 64)
    for place, column in enumerate(sheet.columns):
        is_number = column.key.endswith("_kg") or column.key in ("packages", "value")
        page.set_column(place, place, column.width, None if is_number else text)
        page.write_string(0, place, column.heading, needed if column.required else heading)
        if column.hint_ru:
            page.write_comment(0, place, f"{column.hint_ru}\n{column.hint_en}")
