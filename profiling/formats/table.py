"""Reader of anybody's table of cargo: CSV, XLSX, XLS or ODS, by a mapping of its columns that was agreed.

Rows of one document number become one consignment; the containers, wagons and trucks they name become equipment.
Offsets of positions and spans count rows, not bytes: equipment stands at its row, a bill at BILLS plus the first row of
it, a sheet further on by `table_sheets.OFFSETS_A_SHEET`; the pointer names sheet and cell. What is agreed travels
in the `syntax` of the header, so that a second pass reads alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from types import MappingProxyType
from typing import Any, BinaryIO, Final

from profiling.formats.listed import Listed
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import (
    Consignment,
    Conveyance,
    Direction,
    Equipment,
    Function,
    Header,
    MessageEnd,
    Mode,
    Position,
    Problem,
    Record,
    Refused,
    Severity,
    Span,
)
from profiling.formats.table_bill import BILLS, consignment, equipment, place_said
from profiling.formats.table_mapping import Mapping, MappingError, from_json
from profiling.formats.table_proposal import Laid, Proposal, proposal, tables_of
from profiling.formats.table_rows import OF_MESSAGE, Message, Plan, Skipped, gather, plan_of, shown_names
from profiling.formats.table_sheets import Book, Sheet, looks_like_table, read_book

_NOTHING: Final[AnyMapping[str, Any]] = MappingProxyType({})


class TableReader:
    """See `registry.Reader`. `agreed`: a mapping as JSON (`table_mapping`), and "sender", the name of who sent it."""

    name = "table"

    def sniff(self, head: bytes, stream: BinaryIO) -> bool:
        return looks_like_table(head, stream)

    def fingerprint(self, stream: BinaryIO) -> str:
        """Of the set of headings, by which a mapping is found. Raises BrokenFileError as `proposal` does."""
        laid, _left = tables_of(read_book(stream))
        if not laid:
            raise _no_headings()
        return laid[0].fingerprint

    def proposal(self, stream: BinaryIO) -> Proposal:
        """What the columns seem to hold, to be confirmed. Raises BrokenFileError for what no mapping could read."""
        found = proposal(read_book(stream))
        if found is None:
            raise _no_headings()
        return found

    def read(self, stream: BinaryIO, agreed: AnyMapping[str, Any] = _NOTHING) -> Iterator[Record | Problem]:
        try:
            book = read_book(stream)
            if not agreed:
                if not tables_of(book)[0]:
                    raise _no_headings()
                yield problem("mapping_missing", Severity.FATAL, Position(0))
                return
            yield from _read(book, from_json(agreed), str(agreed.get("sender", "")), dict(agreed))
        except BrokenFileError as broken:
            yield broken.problem
        except MappingError as error:
            fault = error.faults[0]
            yield problem(fault.code, Severity.FATAL, Position(0), field=fault.where[:60], **fault.params)

    def read_span(self, stream: BinaryIO, header: Header, span: Span) -> Iterator[Record | Problem]:
        try:
            table = _Table(read_book(stream), from_json(header.syntax["agreed"]))
            for message in table.messages:
                if message.first.at.offset == header.position.offset:
                    for record in _records(message, table.mapping):
                        if span.start <= record.position.offset < span.end:
                            yield record
        except BrokenFileError as broken:
            yield broken.problem


def _no_headings() -> BrokenFileError:
    return BrokenFileError(problem("headings_missing", Severity.FATAL, Position(0)))


class _Table:
    """A book laid out by a mapping: its messages, and what is told of it as a whole."""

    def __init__(self, book: Book, mapping: Mapping) -> None:
        self.mapping = mapping
        self.laid, self.left = tables_of(book)
        if not self.laid:
            raise _no_headings()
        self.plans = [plan_of(one, mapping) for one in self.laid]
        self.skipped = Skipped()
        self.messages = gather(self.laid, self.plans, self.skipped)


def _read(book: Book, mapping: Mapping, sender: str, agreed: dict[str, Any]) -> Iterator[Record | Problem]:
    table = _Table(book, mapping)
    if mapping.fingerprint and mapping.fingerprint != table.laid[0].fingerprint:
        yield problem("mapping_of_other_headings", Severity.FATAL, table.laid[0].sheet.at(table.laid[0].row))
        return
    told = [*book.told, *_told(table.laid, table.plans, table.left, table.skipped)]
    for message in table.messages:
        header = _header(message, mapping, sender, agreed)
        if header.function is not Function.ORIGINAL and not header.manifest_number:
            # Nobody could tell what it takes back or replaces.
            code, at = header.function.value, message.first.at
            yield problem("manifest_number_missing", Severity.FATAL, at, field="manifest_number", received=code)
            return
        yield header
        yield from told
        told = []
        listed = Listed()
        for record in _records(message, mapping):
            yield record
            if isinstance(record, Equipment | Consignment):
                yield from listed.check(record)
        yield MessageEnd(message.first.at)
    if told:
        yield from told  # a table without a single row


def _records(message: Message, mapping: Mapping) -> Iterator[Record | Problem]:
    """Equipment, then bills, then what was kept out."""
    withdraws = function_of(message, mapping).withdraws
    for unit in message.units.values():
        yield equipment(unit)
    for line in message.alone:
        yield from line.found.named("")
    for draft in message.bills.values():
        record, problems = consignment(draft, mapping, withdraws=withdraws)
        if withdraws and record is not None:
            problems = []  # of what is taken back only the number counts
        at = Position(BILLS + draft.head.at.offset, None, draft.head.at.pointer)
        yield record or Refused(at, Span(at.offset, at.offset + 1), is_bill=True)
        yield from problems
    for line, is_bill in message.refused:
        offset = line.at.offset + (BILLS if is_bill else 0)
        yield Refused(Position(offset, None, line.at.pointer), Span(offset, offset + 1), is_bill)
        yield from line.found.named("")


def _header(message: Message, mapping: Mapping, sender: str, agreed: dict[str, Any]) -> Header:
    said: dict[str, Any] = {}
    lines = [line for draft in message.bills.values() for line in draft.lines] or [message.first]
    for line in lines:
        for name in (*OF_MESSAGE, "loading_place", "discharge_place", "truck"):
            if name in line.values:
                said.setdefault(name, line.values[name])
    mode = Mode(mapping.defaults["mode"]) if mapping.defaults.get("mode") else None
    truck = (said.get("truck") or ("",))[0]
    identifier, kind = next(
        (
            (text, kind)
            for text, kind in ((said.get("imo", ""), "imo"), (said.get("train", ""), "train"), (truck, "plate"))
            if text
        ),
        ("", ""),
    )
    numbers = "\n".join((*message.bills, *message.units))
    manifest = said.get("manifest_number", "")
    direction = mapping.defaults.get("direction")
    return Header(
        source_format=TableReader.name,
        position=message.first.at,
        sender=sender,
        # A table names no message of its own: what it lists tells one from another.
        message_ref=manifest or hashlib.sha256(numbers.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        function=function_of(message, mapping),
        manifest_number=manifest,
        conveyance=Conveyance(
            mode=mode,
            identifier=identifier,
            identifier_type=kind,
            name=said.get("vessel", ""),
            voyage=said.get("voyage", "") or said.get("train", ""),
            departure=said.get("loading_place") or place_said(mapping, "loading_place"),
            arrival=said.get("discharge_place") or place_said(mapping, "discharge_place"),
            etd=said.get("etd"),
            eta=said.get("eta"),
        ),
        release="1",
        direction=Direction(direction) if direction else None,
        syntax={"agreed": agreed},
    )


def function_of(message: Message, mapping: Mapping) -> Function:
    """What is to be done with the bills of a message: as its rows say, else as was agreed for the tables."""
    said = message.key[-1] or mapping.defaults.get("function", "")
    return Function(said) if said else Function.ORIGINAL


def _told(laid: list[Laid], plans: list[Plan], left: list[Sheet], skipped: Skipped) -> Iterator[Problem]:
    """What is said once for a whole table."""

    def warn(code: str, at: Position, field: str = "", **params: Any) -> Problem:
        return problem(code, Severity.WARNING, at, field=field, **params)

    for sheet in left:
        yield warn("sheet_not_read", Position(sheet.offset, None, f"/{sheet.name}"), sheet=sheet.name)
    for table, plan in zip(laid, plans, strict=True):
        if plan.unread:
            yield warn("columns_not_read", table.sheet.at(table.row), columns=shown_names(plan.unread))
        for heading, (at, style) in plan.styles.items():
            # Agreed or shown by the other cells it is settled; else it is an assumption, and told as one.
            if style.unsure and not style.is_shown and not style.is_agreed:
                place = table.sheet.at(style.first, at)
                yield warn("number_mark_assumed", place, heading[:60], count=style.unsure, mark=style.mark)
    if skipped.count:
        place = laid[0].sheet.at(laid[0].row)
        yield warn(
            "rows_skipped",
            place,
            above=skipped.above,
            blank=skipped.blank,
            totals=skipped.totals,
            headings=skipped.headings,
        )
