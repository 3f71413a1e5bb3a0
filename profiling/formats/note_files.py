"""What the readers of pcu-note in JSON and XML share: which note it is, how large it may be, tables of its rows.

    {"format": "pcu-note", "version": "1", "note": "cmr",
     "head": {…}, "equipment": [{…}], "notes": [{…}]}

Members and elements are the keys of `note_boxes`, as text or numbers. Offsets and spans are bytes of the file. A note
is small (BYTES, ROWS), so it is held whole; what is larger is a pcu-manifest.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from profiling.formats.note_boxes import BY_CODE, Note
from profiling.formats.note_corrections import CORRECTIONS, known_keys
from profiling.formats.note_records import Book, records, records_between
from profiling.formats.note_template import VERSION
from profiling.formats.note_xlsx import ROWS, corrected_or_told
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.rail_cells import Row, Table, value_of
from profiling.formats.records import Header, Position, Problem, Record, Severity, Span

BYTES: Final = 32 << 20
TABLES: Final = ("equipment", "notes")


class Gathered:
    """What a parser finds in a file, row by row. `note` and `version` may come last."""

    def __init__(self) -> None:
        self.note: Any = None
        self.version: Any = None
        self.head: dict[str, Any] = {}
        self.rows: dict[str, list[tuple[dict[str, Any], int, int]]] = {name: [] for name in TABLES}
        self.strays: list[tuple[str, Position]] = []  # members and elements that no note has
        self.end = 0

    def row(self, table: str, cells: dict[str, Any], start: int, end: int) -> None:
        """Take one row. Raises BrokenFileError where there are too many."""
        rows = self.rows[table]
        if len(rows) >= ROWS:
            raise broken("note_too_many_rows", start, limit=ROWS)
        rows.append((cells, start, end))
        self.end = max(self.end, end)

    def book(self, note: Note) -> Book:
        """The cells under the names of the note; names it does not have are told once each."""
        unknown = list(self.strays)
        head = {}
        known = known_keys(note, "head")
        for key, value in self.head.items():
            if key in known:
                if (cell := value_of(key, value)) is not None:
                    head[key] = cell
            else:
                unknown.append((key, Position(0, None, f"/head/{key}")))
        equipment = self._table("equipment", note)
        rows = self._table("notes", note)
        return Book(head, unknown, equipment, rows, self.end)

    def _table(self, name: str, note: Note) -> Table:
        known = known_keys(note, name)
        found = Table(name, [])
        told: set[str] = set()
        for place, (cells, start, end) in enumerate(self.rows[name]):
            pointer = f"/{name}/{place}"
            for key in cells:
                if key not in known and key not in told:
                    told.add(key)
                    found.unknown.append((key, Position(start, None, f"{pointer}/{key}")))
            kept = {key: value for key in cells if key in known and (value := value_of(key, cells[key])) is not None}
            if kept:
                found.rows.append(Row(place + 1, kept, pointer, start, end))
        return found


def broken(code: str, offset: int = 0, **params: Any) -> BrokenFileError:
    return BrokenFileError(problem(code, Severity.FATAL, Position(offset), **params))


def require_small(stream: BinaryIO) -> None:
    """Raise BrokenFileError for a file larger than BYTES."""
    if stream.seek(0, os.SEEK_END) > BYTES:
        raise broken("note_too_large", limit=BYTES >> 20)
    stream.seek(0)


def note_of(found: Gathered) -> Note:
    """The kind of note a file says it is. Raises BrokenFileError."""
    note = BY_CODE.get(found.note) if isinstance(found.note, str) else None
    if note is None or found.version != VERSION:
        shown = f"{found.note} {found.version}"
        allowed = ", ".join(f"{code} {VERSION}" for code in BY_CODE)
        at = Position(0, None, "/note")
        raise BrokenFileError(
            problem("note_unknown", Severity.FATAL, at, field="note", received=shown, allowed=allowed)
        )
    return note


def read_whole(found: Gathered, source_format: str, agreed: Mapping[str, Any] | None) -> Iterator[Record | Problem]:
    note = note_of(found)
    told = (agreed or {}).get(CORRECTIONS)
    syntax = {"note": note.code, **({CORRECTIONS: told} if told else {})}
    note = corrected_or_told(note, agreed)
    yield from records(found.book(note), note, source_format, syntax)


def read_part(found: Gathered, header: Header, span: Span) -> Iterator[Record | Problem]:
    note = corrected_or_told(note_of(found), header.syntax)
    yield from records_between(found.book(note), note, header, span)
