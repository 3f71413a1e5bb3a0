"""The JSON schema of pcu-note, made from the table of boxes, so that it cannot say what the reader does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from profiling.formats.note_boxes import NOTES, Note
from profiling.formats.note_columns import Column, Sheet
from profiling.formats.note_template import FORMAT, VERSION

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_CELL: Final = {"type": ["string", "number", "null"]}


def schema(notes: Sequence[Note] = NOTES) -> dict[str, Any]:
    """JSON Schema (2020-12) of a file: `note` says which kind, and each kind which members its tables have.

    A member may be text, a number or null, as a cell may; what the values must be is told when they are read.
    """
    return {
        "$schema": DIALECT,
        "title": FORMAT,
        "type": "object",
        "required": ["format", "version", "note", "head", "equipment"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "note": {
                "oneOf": [{"const": note.code, "title": note.title, "description": note.source} for note in notes]
            },
        },
        "allOf": [
            {"if": {"properties": {"note": {"const": note.code}}}, "then": {"properties": _tables(note)}}
            for note in notes
        ],
    }


def _tables(note: Note) -> dict[str, Any]:
    # Only the head is whole in itself: a line of goods may leave to the line above what it has in common with it.
    needed = [column.key for column in note.head.columns if column.required]
    tables = {
        "head": {**_row(note.head), "required": needed},
        "equipment": {"type": ["array", "null"], "items": _row(note.equipment)},
    }
    if note.notes is not None:
        tables["notes"] = _rows(note.notes)
    return tables


def _rows(sheet: Sheet) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": _row(sheet)}


def _row(sheet: Sheet) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {column.key: _member(column) for column in sheet.columns},
        "additionalProperties": False,
    }


def _member(column: Column) -> dict[str, Any]:
    russian, english = column.hints
    said = " ".join(text for text in (column.ru + ".", russian, english) if text)
    return {**_CELL, "title": column.en, "description": said}
