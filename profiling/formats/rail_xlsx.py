"""Reader of the rail workbook: the train list and the SMGS notes of one train as XLSX.

It is one of the workbooks of `note_boxes`, and the first there was: submissions name its format "rail-xlsx". The same
list may come as a note in JSON or XML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO, Final

from profiling.formats import note_json, note_xml
from profiling.formats.note_boxes import TRAIN_LIST, Note
from profiling.formats.note_json import NoteJsonReader
from profiling.formats.note_records import Book, fill_of, seals_of
from profiling.formats.note_xlsx import NoteXlsxReader, book
from profiling.formats.note_xml import NoteXmlReader


class RailXlsxReader(NoteXlsxReader):
    """See `registry.Reader`."""

    name = "rail-xlsx"
    notes = (TRAIN_LIST,)


# How each format that may hold a train list is opened.
_BOOKS: Final[Mapping[str, Callable[[BinaryIO, Note], Book]]] = {
    RailXlsxReader.name: book,
    NoteJsonReader.name: lambda stream, note: note_json.gathered(stream).book(note),
    NoteXmlReader.name: lambda stream, note: note_xml.gathered(stream).book(note),
}
NOTE_FORMATS: Final = (NoteJsonReader.name, NoteXmlReader.name)
"""Formats whose header says in its `syntax` whether the note is a train list."""


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """One row of a train list as it stands: what it says is where, sealed how, of what note, kilograms."""

    row: int
    wagon: str
    container: str
    seals: tuple[str, ...]
    is_empty: bool
    tare_kg: Decimal | None
    gross_kg: Decimal | None
    document_no: str


def train_list(stream: BinaryIO, source_format: str = RailXlsxReader.name, note: Note = TRAIN_LIST) -> list[ListedUnit]:
    """The rows of the train list alone, to be held against cargo. `note`: its boxes as the unit corrects them.

    Raises BrokenFileError.
    """
    units = []
    for row in _BOOKS[source_format](stream, note).equipment.rows:
        cells = row.cells
        tare, gross = (
            cells.get(key) if isinstance(cells.get(key), Decimal) else None for key in ("tare_kg", "gross_kg")
        )
        units.append(
            ListedUnit(
                row=row.number,
                wagon=str(cells.get("wagon", "")),
                container=str(cells.get("container", "")),
                seals=tuple(seals_of(row)),
                is_empty=fill_of(row) == "empty",
                tare_kg=tare,
                gross_kg=gross,
                document_no=str(cells.get("document_no", "")),
            )
        )
    return units
