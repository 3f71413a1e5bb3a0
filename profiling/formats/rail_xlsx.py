"""Reader of the rail workbook (rail_template): the train list and the SMGS notes of one train as XLSX.

Rows are turned into the members of "pcu-manifest" records and checked as those are. Offsets of positions and spans
count rows, not bytes: a row of the second table begins at its number, one of the third at NOTES plus its number; the
pointer names sheet and row. A workbook is small, so a second pass reads it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, BinaryIO, Final

from python_calamine import CalamineError, CalamineWorkbook

from profiling.formats import commodities, limits
from profiling.formats.findings import Findings
from profiling.formats.json_fields import Fields
from profiling.formats.listed import Listed
from profiling.formats.pcu_json_records import consignment, conveyance, equipment
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.rail_cells import HEADINGS_WITHIN, Row, Table, table, train_cells
from profiling.formats.rail_columns import SHEETS, SMGS, TRAIN, WAGONS
from profiling.formats.records import (
    Consignment,
    Equipment,
    EquipmentKind,
    Function,
    Header,
    MessageEnd,
    Position,
    Problem,
    Record,
    Refused,
    Severity,
    Span,
)
from profiling.formats.workbook_guard import MAGIC, UNPACKED, NotModestError, require_modest, sheet_names

NOTES: Final = 2_000_000  # above the most rows a sheet can have
ROWS: Final = 20_000  # of one sheet; a train has some hundred

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


@dataclass(frozen=True, slots=True)
class Book:
    """The cells of a workbook."""

    train: dict[str, Any]
    wagons: Table
    notes: Table


class RailXlsxReader:
    """See `registry.Reader`."""

    name = "rail-xlsx"

    def sniff(self, head: bytes, stream: BinaryIO) -> bool:
        """A workbook that has the sheets of the train and of its wagons; other workbooks are other readers'."""
        if not head.startswith(MAGIC):
            return False
        names = [name.lower() for name in sheet_names(stream)]
        return all(any(word in name for name in names for word in sheet.words) for sheet in (TRAIN, WAGONS))

    def read(self, stream: BinaryIO, agreed: object = None) -> Iterator[Record | Problem]:
        try:
            book = _book(stream)
            header, problems = _header(book)
            if header is not None:
                yield header
            yield from problems
            if header is None:
                return
            listed = Listed()
            for record in (*_equipment(book), *_consignments(book, header)):
                yield record
                if isinstance(record, Equipment | Consignment):
                    yield from listed.check(record)
            yield MessageEnd(Position(NOTES + len(book.notes.rows), None, f"/{SMGS.name}"))
        except BrokenFileError as broken:
            yield broken.problem

    def read_span(self, stream: BinaryIO, header: Header, span: Span) -> Iterator[Record | Problem]:
        try:
            book = _book(stream)
            for record in (*_equipment(book), *_consignments(book, header)):
                if span.start <= record.position.offset < span.end:
                    yield record
        except BrokenFileError as broken:
            yield broken.problem


def _broken(code: str, **params: Any) -> BrokenFileError:
    return BrokenFileError(problem(code, Severity.FATAL, Position(0), **params))


def _book(stream: BinaryIO) -> Book:
    """The three sheets. Raises BrokenFileError for what is no such workbook, or one that would take too much."""
    try:
        require_modest(stream, rows=ROWS + HEADINGS_WITHIN)
    except NotModestError as error:
        raise _broken(error.code, limit=UNPACKED >> 20 if error.code == "workbook_too_large" else ROWS) from error
    found = _cells(stream)
    for sheet in (TRAIN, WAGONS):
        if sheet.name not in found:
            raise _broken("sheet_missing", sheet=sheet.name)
    return Book(
        train_cells(found[TRAIN.name], TRAIN),
        table(found[WAGONS.name], WAGONS),
        table(found.get(SMGS.name, []), SMGS),
    )


def _cells(stream: BinaryIO) -> dict[str, list[list[Any]]]:
    """The cells of the sheets that are known, by the name of our sheet."""
    found: dict[str, list[list[Any]]] = {}
    stream.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(stream)
        for name in book.sheet_names:
            for sheet in SHEETS:
                if sheet.name not in found and any(word in name.lower() for word in sheet.words):
                    found[sheet.name] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                    break
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the reader is no Python: what it trips over may be no Exception (a Rust panic)
        if isinstance(error, Exception) and not isinstance(error, CalamineError | OSError | ValueError):
            raise
        raise _broken("workbook_unreadable") from error
    return found


def _header(book: Book) -> tuple[Header | None, list[Problem]]:
    found = Findings()
    cells = dict(book.train)
    said = str(cells.pop("function", "")).strip().lower()
    for each in (book.wagons, book.notes):
        for heading in each.unknown:
            found.warn("unknown_field", Position(0, None, f"/{each.name}/1"), heading[: limits.CODE])
        for column in each.missing:
            found.refuse("column_missing", Position(0, None, f"/{each.name}/1"), column, column=column)
    fields = Fields(cells, 0, f"/{TRAIN.name}", found)
    if said not in FUNCTIONS:
        allowed = ", ".join(word for word in FUNCTIONS if word)
        found.refuse("value_not_allowed", fields.at("function"), "function", said, allowed=allowed)
    train = fields.text("train", required=True)
    inner: dict[str, Any] = {"mode": "rail", "identifier": train, "identifier_type": "train", "voyage": train}
    inner |= {key: _place(cells[key]) for key in ("departure", "arrival") if key in cells}
    inner |= {key: cells[key] for key in ("etd", "eta") if key in cells}
    fields.seen |= {"departure", "arrival", "etd", "eta"}
    header = Header(
        source_format=RailXlsxReader.name,
        position=Position(0, None, f"/{TRAIN.name}"),
        sender=fields.text("sender", required=True),
        message_ref=fields.text("manifest_number", required=True),
        function=FUNCTIONS.get(said, Function.ORIGINAL),
        manifest_number=fields.text("manifest_number", limits.REFERENCE_NO, required=True),
        conveyance=conveyance(Fields(inner, 0, f"/{TRAIN.name}", found)),
        release="1",
    )
    fields.close()
    problems = found.named("")
    if not found.refused:
        return header, problems
    return None, [replace(p, severity=Severity.FATAL) if p.severity is Severity.ERROR else p for p in problems]


def _place(text: str) -> dict[str, str]:
    """A station as its code, if all digits, or its name."""
    return {"code": text, "scheme": "station"} if text.isdigit() else {"name": text}


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


def train_list(stream: BinaryIO) -> list[ListedUnit]:
    """The rows of the train list alone, to be held against cargo. Raises BrokenFileError."""
    units = []
    for row in _book(stream).wagons.rows:
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
                is_empty=_fill(row) == "empty",
                tare_kg=tare,
                gross_kg=gross,
                document_no=str(cells.get("document_no", "")),
            )
        )
    return units


def _fill(row: Row) -> str:
    said = str(row.cells.get("fill", "")).strip().rstrip(".").lower()
    return FILLS.get(said, said)


def _equipment(book: Book) -> Iterator[Equipment | Refused | Problem]:
    """Wagons, each once, then what stands on them."""
    known: set[str] = set()
    for row in book.wagons.rows:
        at = Position(row.number, None, f"/{book.wagons.name}/{row.number}")
        found = Findings()
        cells = row.cells
        wagon, container = cells.get("wagon", ""), cells.get("container", "")
        told: dict[str, Any] = {key: cells[key] for key in ("size_type", "tare_kg", "gross_kg") if key in cells}
        told["seals"] = [{"number": seal} for seal in seals_of(row)]
        if fill := _fill(row):
            told["fill"] = fill
        carrier: dict[str, Any] = {"number": wagon, "kind": EquipmentKind.WAGON.value}
        records = []
        if not container:
            records.append(carrier | told)
        else:
            if wagon not in known:
                records.append(carrier)
            records.append({"number": container, "kind": EquipmentKind.CONTAINER.value, "carried_on": wagon, **told})
        known.add(wagon)
        for members in records:
            fields = Fields(members, row.number, at.pointer or "", found if members is records[-1] else Findings())
            record, problems = equipment(fields, at, Span(row.number, row.number + 1))
            yield record or Refused(at, Span(row.number, row.number + 1), is_bill=False)
            yield from problems


def seals_of(row: Row) -> list[str]:
    """The seal numbers of a row of the train list, as written."""
    return [seal.strip() for seal in re.split(r"[;,\n]", row.cells.get("seals", "")) if seal.strip()]


def _consignments(book: Book, header: Header) -> Iterator[Consignment | Refused | Problem]:
    """One consignment for the rows of one note number that stand together."""
    for rows in _runs(book.notes.rows):
        first = rows[0]
        start = NOTES + first.number
        pointer = f"/{book.notes.name}/{first.number}"
        at, span = Position(start, None, pointer), Span(start, NOTES + rows[-1].number + 1)
        fields = Fields(_note(rows), start, pointer, Findings())
        record, problems = consignment(fields, at, span, header.function)
        yield record or Refused(at, span, is_bill=True)
        yield from problems


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


def _note(rows: list[Row]) -> dict[str, Any]:
    """The members of a pcu-manifest consignment."""
    head: dict[str, Any] = {}
    for row in rows:
        head = {**row.cells, **head}  # what a later row adds; the first one counts
    members: dict[str, Any] = {"document_type": "smgs", "document_no": head.get("document_no")}
    for key in ("loading_place", "discharge_place"):
        if key in head:
            members[key] = _place(head[key])
    if "currency" in head:
        members["currency"] = head["currency"]
    members["parties"] = [
        {
            key: value
            for key, value in {
                "role": role,
                "name": head.get(role),
                "country": head.get(f"{role}_country"),
                "tax_id": head.get(f"{role}_tax_id"),
            }.items()
            if value
        }
        for role in ("shipper", "consignee")
        if head.get(role)
    ]
    members["items"] = [_item(row.cells) for row in rows]
    if "invoice" in head:
        members["references"] = [{"kind": "invoice", "number": head["invoice"]}]
    members["loadings"] = _loadings(rows)
    return members


_ITEM: Final = ("description", "packages", "package_text", "gross_kg", "net_kg", "value", "currency")


def _item(cells: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {key: cells[key] for key in _ITEM if key in cells}
    for scheme, key in (("HS", "hs"), ("GNG", "gng"), ("ETSNG", "etsng")):
        if key in cells:
            padded = commodities.declared(cells[key]) if scheme == "HS" else None
            item["commodity"] = {"scheme": scheme, "code": padded.code if padded else cells[key]}
            break
    return item


def _loadings(rows: list[Row]) -> list[dict[str, Any]]:
    """How much is in which container, else wagon. Rows of one container are added up where all say how much."""
    by_number: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if number := row.cells.get("container") or row.cells.get("wagon"):
            by_number.setdefault(number, []).append(row.cells)
    loadings = []
    for number, cells in by_number.items():
        loading: dict[str, Any] = {"equipment": number}
        for key in ("packages", "gross_kg"):
            said = [each[key] for each in cells if key in each]
            if len(said) == len(cells) and not any(isinstance(value, str) for value in said):
                loading[key] = sum(said)
        loadings.append(loading)
    return loadings
