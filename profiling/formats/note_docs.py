"""docs/notes.md, made from the table of boxes: `python -m profiling.formats.note_docs > docs/notes.md`."""

from __future__ import annotations

import sys
from typing import Final

from profiling.formats.note_boxes import NOTES, Note
from profiling.formats.note_columns import Sheet
from profiling.formats.records import Purpose

_HEAD: Final = """\
# Notes of rail, road and transit

This page is made from `profiling/formats/note_boxes.py`; change the table and run
`python -m profiling.formats.note_docs > docs/notes.md`. A test holds the two equal.

For none of these papers did we find a public machine-readable specification. So each has a workbook, an XML sample and
a JSON sample of our own (**Submissions › Upload › templates of notes**), which say the same by the same names:

| table | XLSX | XML | JSON |
|---|---|---|---|
| the message | first sheet, a field in each row | `<head>`, an element for each key | `"head": {…}` |
| wagons, vehicles, containers | second sheet | `<equipment><row>…` | `"equipment": [{…}]` |
| notes and their goods | third sheet | `<notes><row>…` | `"notes": [{…}]` |

XML begins `<pcu-note type="cmr" version="1">`, JSON with `"format": "pcu-note", "version": "1", "note": "cmr"`; the
type is the word in brackets below. Headings of a workbook stand in Russian and English in one cell, either alone is
understood, in any order of columns. A note with several goods has a row for each, with its number in every row or in
the first one. Numbers may be text (`13 368,5`), times are `DD.MM.YYYY HH:MM` or ISO 8601, local to the unit. Several
seals or papers stand in one cell, separated by semicolons; in XML they may also be elements of their own.

A row that cannot be read is refused with its place, and the others are kept. Columns and members that no note knows
are told once. Limits: 20,000 rows of a table, 32 MB of XML or JSON; what is larger is a
pcu-manifest. XML with a document type is not read.

**Correcting a box.** A unit corrects the table where its forms are numbered or worded otherwise (**templates of notes ›
Boxes**). What is agreed with a sender may carry the same under `note_boxes`: by note, table and key, any of `box`,
`ru`, `en`, `hint_ru`, `hint_en`, `also`, a list of further headings, and `field`, the key of the field the box is read
into instead. A heading that was corrected is understood as it was too; members of JSON and elements of XML name fields,
so they mean the same whatever was corrected:

```json
{"note_boxes": {"cmr": {"notes": {"gross_kg": {"ru": "Вес груза", "also": ["Bruttogewicht"]}}}}}
```
"""
_BECOMES: Final = {
    Purpose.CARGO: "Becomes consignments and equipment.",
    Purpose.MOVEMENTS: "Becomes movements of wagons and containers, with the seals and weights seen then.",
}
_TABLES: Final = ("head", "equipment", "notes")


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD, *(_note(note) for note in NOTES)])


def _note(note: Note) -> str:
    parts = [f"## {note.title} (`{note.code}`)", "", f"{note.ru}. {_BECOMES[note.purpose]} Source: {note.source}.", ""]
    for table, sheet in zip(_TABLES, note.sheets, strict=False):
        parts += _table(table, sheet)
    if note.unread:
        kept = "; ".join(f"{each.box} {each.en.lower()} ({each.ru.lower()})" for each in note.unread)
        parts += [f"Boxes that no field takes, and the paper keeps: {kept}.", ""]
    return "\n".join(parts)


def _table(table: str, sheet: Sheet) -> list[str]:
    lines = [f"`{table}`, sheet “{sheet.name}”; **bold** is needed:", ""]
    lines += ["| box | key | Russian | English | what belongs there |", "|---|---|---|---|---|"]
    for column in sheet.columns:
        key = f"**`{column.key}`**" if column.required else f"`{column.key}`"
        lines.append(f"| {column.box} | {key} | {column.ru} | {column.en} | {column.hint_en} |")
    return [*lines, ""]


if __name__ == "__main__":
    sys.stdout.write(page())
