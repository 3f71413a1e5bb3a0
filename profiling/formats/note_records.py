"""The cells of a note into records. Workbook, JSON and XML all give a `Book`; what becomes of it is said here once.

Rows are turned into the members of "pcu-manifest" records and checked as those are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from profiling.formats import limits
from profiling.formats.findings import Findings
from profiling.formats.json_fields import Fields
from profiling.formats.listed import Listed
from profiling.formats.note_boxes import Note
from profiling.formats.note_members import consignment_members, other_codes, place_of
from profiling.formats.pcu_json_records import consignment, conveyance, equipment
from profiling.formats.rail_cells import Row, Table
from profiling.formats.records import (
    Consignment,
    Conveyance,
    DocumentType,
    Equipment,
    EquipmentKind,
    Function,
    Header,
    MessageEnd,
    MessageTime,
    Mode,
    Movement,
    MovementKind,
    Place,
    Position,
    Problem,
    Purpose,
    Record,
    Refused,
    Severity,
    Span,
)

FUNCTIONS: Final = {
    "": Function.ORIGINAL,
    **dict.fromkeys(("новое", "new", "original"), Function.ORIGINAL),
    **dict.fromkeys(("замена", "replacement", "replace"), Function.REPLACE),
    **dict.fromkeys(("отмена", "cancellation", "cancel"), Function.CANCEL),
}
FILLS: Final = {
    **dict.fromkeys(("гр", "груж", "груженый", "гружёный", "full", "laden", "f"), "full"),
    **dict.fromkeys(("пор", "порожний", "empty", "e"), "empty"),
}
EVENTS: Final = {
    **dict.fromkeys(("прием", "приём", "accepted"), MovementKind.ARRIVED),
    **dict.fromkeys(("сдача", "handed over"), MovementKind.DEPARTED),
}
MODES: Final = {
    **dict.fromkeys(("авто", "автомобильный", "road"), Mode.ROAD),
    **dict.fromkeys(("жд", "железнодорожный", "rail"), Mode.RAIL),
}
_CARRIERS: Final = (  # what stands on what: each on the one before it
    ("wagon", EquipmentKind.WAGON),
    ("truck", EquipmentKind.TRUCK),
    ("trailer", EquipmentKind.TRAILER),
    ("container", EquipmentKind.CONTAINER),
)
_TOLD: Final = ("size_type", "tare_kg", "gross_kg")


@dataclass(frozen=True, slots=True)
class Book:
    """The cells of a note. end: where its last record ends, in the measure of the rows."""

    head: Mapping[str, Any]
    unknown: list[tuple[str, Position]]  # of the head
    equipment: Table
    notes: Table
    end: int


@dataclass(frozen=True, slots=True)
class _HandOver:
    """What the head of a transfer list says of all its rows."""

    event: MovementKind
    at: MessageTime | None
    place: Place | None


def records(book: Book, note: Note, source_format: str, syntax: Mapping[str, Any]) -> Iterator[Record | Problem]:
    """The whole message: header, problems of the head, records with theirs, end."""
    header, problems, hand_over = _header(book, note, source_format, syntax)
    if header is not None:
        yield header
    yield from problems
    if header is None:
        return
    listed = Listed()
    for record in _body(book, note, header, hand_over):
        yield record
        if isinstance(record, Equipment | Consignment):
            yield from listed.check(record)
    yield MessageEnd(Position(book.end, None, f"/{(note.notes or note.equipment).name}"))


def records_between(book: Book, note: Note, header: Header, span: Span) -> Iterator[Record | Problem]:
    """The records of [start, end), as `records` gives them."""
    _again, _problems, hand_over = _header(book, note, header.source_format, header.syntax)
    for record in _body(book, note, header, hand_over):
        if span.start <= record.position.offset < span.end:
            yield record


def _body(
    book: Book, note: Note, header: Header, hand_over: _HandOver
) -> Iterator[Equipment | Movement | Consignment | Refused | Problem]:
    if note.purpose is Purpose.MOVEMENTS:
        yield from _movements(book, note, hand_over)
        return
    yield from _equipment(book, note)
    yield from _consignments(book, note, header)


# ---- the head


def _word(cells: dict[str, Any], name: str) -> str:
    return str(cells.pop(name, "")).strip().rstrip(".").lower()


def _header(
    book: Book, note: Note, source_format: str, syntax: Mapping[str, Any]
) -> tuple[Header | None, list[Problem], _HandOver]:
    found = Findings()
    cells = dict(book.head)
    pointer = f"/{note.head.name}"
    at = Position(0, None, pointer)
    for heading, where in (*book.unknown, *book.equipment.unknown, *book.notes.unknown):
        found.warn("unknown_field", where, heading[: limits.CODE])
    for each in (book.equipment, book.notes):
        for column in each.missing:
            found.refuse("column_missing", Position(0, None, f"/{each.name}/1"), column, column=column)
    function = _one_of(cells, "function", FUNCTIONS, pointer, found) or Function.ORIGINAL
    mode = _one_of(cells, "mode", MODES, pointer, found) or note.mode
    event = _one_of(cells, "event", EVENTS, pointer, found)
    fields = Fields(cells, 0, pointer, found)
    is_required = any(column.key == "train" and column.required for column in note.head.columns)
    number = fields.text("train", required=is_required) or fields.text("truck")
    inner: dict[str, Any] = {"mode": mode.value}
    if number:
        kind = "train" if "train" in cells else "plate"
        inner |= {"identifier": number, "identifier_type": kind, "voyage": number}
    if "junction" in cells:
        inner["arrival" if event is MovementKind.ARRIVED else "departure"] = place_of(
            cells["junction"], note.code_scheme
        )
    inner |= {key: place_of(cells[key], note.code_scheme) for key in ("departure", "arrival") if key in cells}
    inner |= {key: cells[key] for key in ("etd", "eta") if key in cells}
    railways = [text for name in ("railway_from", "railway_to") if (text := fields.text(name, limits.NAME))]
    carried: Conveyance = conveyance(Fields(inner, 0, pointer, found))
    handed_at = fields.time("at")
    if note.purpose is Purpose.MOVEMENTS:
        for name in ("junction", "at", "event"):
            if name not in book.head:
                found.refuse("field_missing", fields.at(name), name)
    fields.seen |= {"departure", "arrival", "etd", "eta", "junction"}
    hand_over = _HandOver(
        event or MovementKind.ARRIVED,
        handed_at,
        carried.arrival if event is MovementKind.ARRIVED else carried.departure,
    )
    header = Header(
        source_format=source_format,
        position=at,
        sender=fields.text("sender", required=True),
        message_ref=fields.text("manifest_number", required=True),
        function=function,
        manifest_number=fields.text("manifest_number", limits.REFERENCE_NO, required=True),
        conveyance=carried,
        release="1",
        issuer=railways[0][: limits.CODE] if railways else "",
        purpose=note.purpose,
        syntax=syntax,
    )
    fields.close()
    problems = found.named("")
    if not found.refused:
        return header, problems, hand_over
    fatal = [replace(p, severity=Severity.FATAL) if p.severity is Severity.ERROR else p for p in problems]
    return None, fatal, hand_over


def _one_of(cells: dict[str, Any], name: str, words: Mapping[str, Any], pointer: str, found: Findings) -> Any:
    """What a word of the head stands for; None for no word, or one that is told as not allowed."""
    said = _word(cells, name)
    if said in words:
        return words[said]
    if said:
        allowed = ", ".join(word for word in words if word)
        at = Position(0, None, f"{pointer}/{name}")
        found.refuse("value_not_allowed", at, name, said, allowed=allowed)
    return None


# ---- wagons, trucks, containers


def fill_of(row: Row) -> str:
    said = str(row.cells.get("fill", "")).strip().rstrip(".").lower()
    return FILLS.get(said, said)


def seals_of(row: Row) -> list[str]:
    """The seal numbers of a row, as written."""
    sent = row.cells.get("seals", "")
    if isinstance(sent, list):  # JSON has arrays
        sent = ";".join(map(str, sent))
    return [seal.strip() for seal in re.split(r"[;,\n]", str(sent)) if seal.strip()]


def _equipment(book: Book, note: Note) -> Iterator[Equipment | Refused | Problem]:
    """Each carrier once, and on it what the row is about."""
    required = {column.key for column in note.equipment.columns if column.required}
    known: set[str] = set()
    for row in book.equipment.rows:
        at, span = Position(row.start, None, row.pointer), Span(row.start, row.end)
        found = Findings()
        for members in _units(row, required, known, note):
            is_last = "seals" in members
            fields = Fields(members, row.start, row.pointer, found if is_last else Findings())
            record, problems = equipment(fields, at, span)
            if record is not None and is_last and "place" in row.cells:
                stowage = found.text(str(row.cells["place"]), limits.CODE, at, "place")
                record, problems = replace(record, stowage=stowage), found.named("")
            yield record or Refused(at, span, is_bill=False)
            yield from problems


def _units(row: Row, required: set[str], known: set[str], note: Note) -> list[dict[str, Any]]:
    """The members of what a row names, the innermost last: it alone has the seals and weights of the row."""
    cells = row.cells
    chain = [(cells.get(key, ""), kind) for key, kind in _CARRIERS if cells.get(key) or key in required]
    if not chain:
        chain = [("", EquipmentKind.CONTAINER)]
    units = []
    for place, (number, kind) in enumerate(chain):
        members: dict[str, Any] = {"number": number, "kind": kind.value}
        if place:
            members["carried_on"] = chain[place - 1][0]
        if place < len(chain) - 1:
            if str(number) not in known:
                units.append(members)
        else:
            members |= {key: cells[key] for key in _TOLD if key in cells}
            by = {"party": note.seal_party.value} if note.seal_party else {}
            members["seals"] = [{"number": seal, **by} for seal in seals_of(row)]
            if fill := fill_of(row):
                members["fill"] = fill
            units.append(members)
        known.add(str(number))
    return units


def _movements(book: Book, note: Note, hand_over: _HandOver) -> Iterator[Movement | Refused | Problem]:
    """One event for each wagon and for each container on it; seals and weights as they stood at the hand-over."""
    documents: dict[tuple[int, int], tuple[str, ...]] = {
        (row.start, row.end): tuple(
            part.strip()[: limits.DOCUMENT_NO]
            for part in re.split(r"[;,\n]", str(row.cells.get("document_no", "")))
            if part.strip()
        )
        for row in book.equipment.rows
    }
    for record in _equipment(book, note):
        if isinstance(record, Equipment):
            yield Movement(
                position=record.position,
                span=record.span,
                number=record.number,
                kind=record.kind,
                event=hand_over.event,
                at=hand_over.at,
                place=hand_over.place,
                size_type=record.size_type,
                fill=record.fill,
                seals=record.seals,
                gross_kg=record.gross_kg,
                carried_on=record.carried_on,
                documents=documents[record.span.start, record.span.end],
            )
        elif isinstance(record, Refused):
            yield replace(record, is_bill=True)
        else:
            yield record


# ---- notes


def _consignments(book: Book, note: Note, header: Header) -> Iterator[Consignment | Refused | Problem]:
    """One consignment for the rows of one number that stand together."""
    for rows in _runs(book.notes.rows):
        first = rows[0]
        at, span = Position(first.start, None, first.pointer), Span(first.start, rows[-1].end)
        found = Findings()
        kind = _document_type(rows, note, header, first, found)
        members = consignment_members(rows, kind, note.code_scheme, found)
        codes = [other_codes(row, found) for row in rows]
        fields = Fields(members, first.start, first.pointer, found)
        record, problems = consignment(fields, at, span, header.function)
        if record is not None and any(codes):
            pairs = zip(record.items, codes, strict=True)
            record = replace(record, items=tuple(replace(item, other_codes=told) for item, told in pairs))
        yield record or Refused(at, span, is_bill=True)
        yield from problems


_KINDS: Final = {
    **dict.fromkeys(("cmr", "смр", "цмр"), DocumentType.CMR),
    **dict.fromkeys(("smgs", "смгс"), DocumentType.SMGS),
    **dict.fromkeys(("cim", "цим"), DocumentType.CIM),
    **dict.fromkeys(("tir", "мдп", "книжка мдп"), DocumentType.TIR),
}


def _document_type(rows: list[Row], note: Note, header: Header, first: Row, found: Findings) -> DocumentType:
    said = next((str(row.cells["document_type"]) for row in rows if "document_type" in row.cells), "")
    if not said:
        is_train = note.document_type is DocumentType.CMR and header.conveyance.mode is Mode.RAIL
        return DocumentType.SMGS if is_train else note.document_type
    kind = _KINDS.get(said.strip().lower())
    if kind is None:
        at = Position(first.start, None, f"{first.pointer}/document_type")
        found.refuse("value_not_allowed", at, "document_type", said, allowed="CMR, SMGS, TIR, CIM")
    return kind or note.document_type


def _runs(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows that follow each other with the same note number; a row without one goes on with the note above."""
    run: list[Row] = []
    for row in rows:
        number = row.cells.get("document_no")
        if run and number and number != run[0].cells.get("document_no"):
            yield run
            run = []
        run.append(row)
    if run:
        yield run
