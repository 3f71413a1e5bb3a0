"""The files of a note as they are handed out: empty, headed in Russian and English, with a hint on each box.

Filled, they are what the readers read: the writers take rows too, for samples and for units that print.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

import xlsxwriter

from profiling.formats.note_boxes import Note
from profiling.formats.note_columns import Column, Sheet
from profiling.formats.rail_cells import NUMBERS

FORMAT: Final = "pcu-note"
VERSION: Final = "1"
Cells = Mapping[str, Any]
_NOTHING: Final[tuple[Cells, ...]] = ()


def workbook(
    note: Note, head: Cells | None = None, equipment: Sequence[Cells] = _NOTHING, notes: Sequence[Cells] = _NOTHING
) -> bytes:
    """An XLSX workbook: the message, its units, its notes. Text stays text, whatever it begins with."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#e7f1fb", "border": 1})
    needed = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#a9cdf0", "border": 1})
    text = book.add_format({"num_format": "@"})
    _write_head(book.add_worksheet(note.head.name), note.head, head or {}, heading, needed, text)
    _write_table(book.add_worksheet(note.equipment.name), note.equipment, equipment, heading, needed, text)
    if note.notes is not None:
        _write_table(book.add_worksheet(note.notes.name), note.notes, notes, heading, needed, text)
    book.close()
    return target.getvalue()


def _write_head(page: Any, sheet: Sheet, cells: Cells, heading: Any, needed: Any, text: Any) -> None:
    page.set_column(0, 0, 44)
    page.set_column(1, 1, 28, text)
    page.set_column(2, 2, 60)
    for row, column in enumerate(sheet.columns):
        page.write_string(row, 0, column.heading, needed if column.required else heading)
        page.write_string(row, 1, str(cells.get(column.key, "")), text)
        if column.hints[0]:
            page.write_string(row, 2, " / ".join(column.hints))


def _write_table(page: Any, sheet: Sheet, rows: Sequence[Cells], heading: Any, needed: Any, text: Any) -> None:
    page.freeze_panes(1, 1)
    page.set_row(0, 64)
    for place, column in enumerate(sheet.columns):
        is_number = column.key in NUMBERS
        page.set_column(place, place, column.width, None if is_number else text)
        page.write_string(0, place, column.heading, needed if column.required else heading)
        if column.hints[0]:
            page.write_comment(0, place, "\n".join(column.hints))
        for number, row in enumerate(rows, start=1):
            if column.key in row:
                page.write_string(number, place, str(row[column.key]))


def xml(
    note: Note, head: Cells | None = None, equipment: Sequence[Cells] = _NOTHING, notes: Sequence[Cells] = _NOTHING
) -> bytes:
    """A pcu-note in XML. Without rows, one empty row of each table with both names of every element as comments."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<{FORMAT} type="{note.code}" version="{VERSION}">',
        f"  <!-- {_comment(note.ru)} / {_comment(note.title)} -->",
        *_xml_cells("head", note.head.columns, head or {}, "  ", commented=True),
        *_xml_table("equipment", note.equipment, equipment),
    ]
    if note.notes is not None:
        lines += _xml_table("notes", note.notes, notes)
    return ("\n".join([*lines, f"</{FORMAT}>"]) + "\n").encode()


def _xml_table(name: str, sheet: Sheet, rows: Sequence[Cells]) -> list[str]:
    lines = [f"  <{name}>"]
    for number, row in enumerate(rows or ({},)):
        lines += _xml_cells("row", sheet.columns, row, "    ", commented=number == 0)
    return [*lines, f"  </{name}>"]


def _xml_cells(name: str, columns: Sequence[Column], cells: Cells, indent: str, *, commented: bool) -> list[str]:
    lines = [f"{indent}<{name}>"]
    for column in columns:
        if commented:
            mark = " (*)" if column.required else ""
            lines.append(
                f"{indent}  <!-- {_comment(' | '.join(filter(None, (column.heading + mark, *column.hints))))} -->"
            )
        elif column.key not in cells:
            continue
        lines.append(f"{indent}  <{column.key}>{escape(str(cells.get(column.key, '')))}</{column.key}>")
    return [*lines, f"{indent}</{name}>"]


def _comment(text: str) -> str:
    """Two hyphens end a comment."""
    return text.replace("--", "-")


def json_note(
    note: Note, head: Cells | None = None, equipment: Sequence[Cells] = _NOTHING, notes: Sequence[Cells] = _NOTHING
) -> bytes:
    """A pcu-note in JSON. Without rows, one row of each table with every member, all null."""
    whole: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "note": note.code,
        "head": dict(head) if head else _nulls(note.head),
        "equipment": [dict(row) for row in equipment] or [_nulls(note.equipment)],
    }
    if note.notes is not None:
        whole["notes"] = [dict(row) for row in notes] or [_nulls(note.notes)]
    return (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode()


def _nulls(sheet: Sheet) -> dict[str, None]:
    return {column.key: None for column in sheet.columns}
