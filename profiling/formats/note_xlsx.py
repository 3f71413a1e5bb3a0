"""Reader of the workbooks of `note_boxes`: consignment notes, carnets, transfer lists as XLSX.

Offsets of positions and spans count rows, not bytes: a row of the units begins at its number, one of the notes at
NOTES_BASE plus its number; the pointer names sheet and row. A workbook is small, so a second pass reads it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from python_calamine import CalamineError, CalamineWorkbook

from profiling.formats.note_boxes import BY_CODE, NOTES, TRAIN_LIST, Note
from profiling.formats.note_columns import Sheet
from profiling.formats.note_corrections import CORRECTIONS, corrected
from profiling.formats.note_records import Book, records, records_between
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.rail_cells import HEADINGS_WITHIN, Table, head_cells, table
from profiling.formats.records import Header, Position, Problem, Record, Severity, Span
from profiling.formats.workbook_guard import MAGIC, UNPACKED, NotModestError, require_modest, sheet_names

NOTES_BASE: Final = 2_000_000  # above the most rows a sheet can have
ROWS: Final = 20_000  # of one sheet; a train has some hundred


class NoteXlsxReader:
    """See `registry.Reader`. What kind of note it is, its sheets say.

    `agreed` may correct the boxes (`note_corrections`); what it says stays in the header for the second pass.
    """

    name = "note-xlsx"
    notes: tuple[Note, ...] = tuple(note for note in NOTES if note is not TRAIN_LIST)

    def sniff(self, head: bytes, stream: BinaryIO) -> bool:
        """A workbook that has the sheets of the message and of the units; other workbooks are other readers'."""
        return head.startswith(MAGIC) and self._note(sheet_names(stream)) is not None

    def read(self, stream: BinaryIO, agreed: Mapping[str, Any] | None = None) -> Iterator[Record | Problem]:
        try:
            note, syntax = self._agreed_note(stream, agreed)
            yield from records(book(stream, note), note, self.name, syntax)
        except BrokenFileError as broken:
            yield broken.problem

    def read_span(self, stream: BinaryIO, header: Header, span: Span) -> Iterator[Record | Problem]:
        try:
            note = corrected(BY_CODE[header.syntax["note"]], header.syntax) if header.syntax else self.notes[0]
            yield from records_between(book(stream, note), note, header, span)
        except BrokenFileError as broken:
            yield broken.problem

    def _note(self, names: tuple[str, ...]) -> Note | None:
        lower = [name.lower() for name in names]

        def has(sheet: Sheet) -> bool:
            return any(word in name for name in lower for word in sheet.words)

        return next((note for note in self.notes if has(note.head) and has(note.equipment)), None)

    def _agreed_note(self, stream: BinaryIO, agreed: Mapping[str, Any] | None) -> tuple[Note, dict[str, Any]]:
        note = self._note(sheet_names(stream)) or self.notes[0]
        told = (agreed or {}).get(CORRECTIONS)
        syntax = {"note": note.code, **({CORRECTIONS: told} if told else {})}
        return corrected_or_told(note, agreed), syntax


def corrected_or_told(note: Note, agreed: Mapping[str, Any] | None) -> Note:
    """`corrected`; what is wrong with a correction is a fatal problem of the file. Raises BrokenFileError."""
    try:
        return corrected(note, agreed)
    except ValueError as error:
        raise _broken("boxes_wrong", correction=str(error)) from error


def _broken(code: str, **params: Any) -> BrokenFileError:
    return BrokenFileError(problem(code, Severity.FATAL, Position(0), **params))


def book(stream: BinaryIO, note: Note) -> Book:
    """The sheets of a note. Raises BrokenFileError for what is no such workbook, or one that would take too much."""
    try:
        require_modest(stream, rows=ROWS + HEADINGS_WITHIN)
    except NotModestError as error:
        raise _broken(error.code, limit=UNPACKED >> 20 if error.code == "workbook_too_large" else ROWS) from error
    found = _cells(stream, note.sheets)
    for sheet in (note.head, note.equipment):
        if sheet.name not in found:
            raise _broken("sheet_missing", sheet=sheet.name)
    head, unknown = head_cells(found[note.head.name], note.head)
    rows = table(found.get(note.notes.name, []), note.notes, NOTES_BASE) if note.notes else Table("", [])
    return Book(head, unknown, table(found[note.equipment.name], note.equipment), rows, NOTES_BASE + len(rows.rows))


def _cells(stream: BinaryIO, sheets: tuple[Sheet, ...]) -> dict[str, list[list[Any]]]:
    """The cells of the sheets that are known, by the name of our sheet."""
    found: dict[str, list[list[Any]]] = {}
    stream.seek(0)
    try:
        opened = CalamineWorkbook.from_filelike(stream)
        for name in opened.sheet_names:
            for sheet in sheets:
                if sheet.name not in found and any(word in name.lower() for word in sheet.words):
                    found[sheet.name] = opened.get_sheet_by_name(name).to_python(skip_empty_area=False)
                    break
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the reader is no Python: what it trips over may be no Exception (a Rust panic)
        if isinstance(error, Exception) and not isinstance(error, CalamineError | OSError | ValueError):
            raise
        raise _broken("workbook_unreadable") from error
    return found
