"""Rows of a mapped table into drafts of bills and equipment; what is wrong of a cell is told at the cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from profiling.formats import limits
from profiling.formats.findings import Findings
from profiling.formats.records import EquipmentKind, Position
from profiling.formats.table_columns import BY_KEY, NAMING, TOTALS, plain
from profiling.formats.table_mapping import SEVERAL, Mapping
from profiling.formats.table_numbers import NumberStyle, Told, number_style
from profiling.formats.table_proposal import Laid
from profiling.formats.table_values import Convert, as_text, converter

_TOTAL_STARTS: Final = ("итого", "всего", "total", "subtotal", "grandtotal")
_NUMBERED: Final = frozenset({"mass", "volume", "number", "temperature"})
# Fields of a bill as a whole; the rows of one bill are expected to agree on them.
OF_BILL: Final = (
    "document_type", "master_no", "ucr", "booking", "invoice", "procedure", "direction", "issuer", "shipper",
    "consignee", "notify", "forwarder", "loading_place", "discharge_place", "receipt_place", "delivery_place",
    "origin_country", "destination_country",
    *(f"{role}_{part}" for role in ("shipper", "consignee", "notify") for part in ("address", "country", "tax_id")),
)  # fmt: skip
OF_MESSAGE: Final = ("manifest_number", "vessel", "imo", "voyage", "train", "eta", "etd")
OF_GOODS: Final = (
    "description", "hs", "gng", "etsng", "packages", "package_text", "gross_kg", "net_kg", "volume_m3", "value",
    "currency", "marks", "origin", "un_number", "hazard_class",
)  # fmt: skip
EQUIPMENT: Final = (
    ("wagon", EquipmentKind.WAGON), ("truck", EquipmentKind.TRUCK), ("trailer", EquipmentKind.TRAILER),
    ("container", EquipmentKind.CONTAINER),
)  # fmt: skip
SHOWN_ROWS: Final = 20


@dataclass(slots=True)
class Line:
    """One row of the table: where it is, and its values by field key, blank ones left out."""

    laid: Laid
    number: int
    values: dict[str, Any]
    found: Findings

    @property
    def at(self) -> Position:
        return self.laid.sheet.at(self.number)


@dataclass(slots=True)
class Skipped:
    """Rows that are no cargo, counted so that they can be told."""

    above: int = 0
    blank: int = 0
    totals: int = 0
    headings: int = 0
    repeated: int = 0

    @property
    def count(self) -> int:
        return self.above + self.blank + self.totals + self.headings


@dataclass(slots=True)
class Plan:
    """How the columns of one sheet are read: (place, field key, what reads it) of each that is."""

    readers: list[tuple[int, str, Convert]]
    styles: dict[str, tuple[int, NumberStyle]]  # by heading of the column: place, how its numbers are written
    places: dict[str, int]  # first column of a field
    unread: list[str]  # headings of columns with values that are not read


def plan_of(laid: Laid, mapping: Mapping) -> Plan:
    readers, styles, unread = [], {}, []
    places: dict[str, int] = {}
    body = laid.body
    for at, key in enumerate(laid.keys):
        choice = mapping.columns.get(key) if key else None
        if choice is None or not choice.field:
            if any(at < len(row) and row[at] not in ("", None) for row in body):
                unread.append(laid.headings[at] or laid.sheet.pointer(laid.row, at).rpartition("/")[2])
            continue
        name = choice.field
        style = NumberStyle()
        if BY_KEY[name].kind in _NUMBERED:
            cells = ((number, row[at]) for number, row in enumerate(body, start=laid.row + 1) if at < len(row))
            style = number_style(cells, mapping.decimal)
            styles[laid.headings[at]] = (at, style)
        places.setdefault(name, at)
        readers.append((at, name, converter(BY_KEY[name], unit=choice.unit, style=style, dates=mapping.dates)))
    # Beyond the headings a row may go on: such cells have no name, and are told of as one.
    width = len(laid.keys)
    if any(len(row) > width and any(cell not in ("", None) for cell in row[width:]) for row in body):
        unread.append(laid.sheet.pointer(laid.row, width).rpartition("/")[2])
    return Plan(readers, styles, places, unread)


def lines_of(laid: Laid, plan: Plan, skipped: Skipped) -> Iterator[Line]:
    """The rows of cargo. What is no cargo is counted in `skipped`."""
    skipped.above += sum(any(cell not in ("", None) for cell in row) for row in laid.sheet.rows[: laid.row - 1])
    blank = 0
    readers, headings = plan.readers, laid.headings
    named = [place for name, place in plan.places.items() if name in NAMING]
    for number, row in enumerate(laid.body, start=laid.row + 1):
        width = len(row)
        values: dict[str, Any] = {}
        found: Findings | None = None
        first = next((cell for cell in row if cell != "" and cell is not None), None)
        if first is None:
            blank += 1
            continue
        skipped.blank += blank
        blank = 0
        if type(first) is str and _is_total(first, row, named):
            skipped.totals += 1
            continue
        if _is_heading(row, headings, number == laid.row + 1):
            skipped.headings += 1
            continue
        for at, name, convert in readers:
            if at >= width:
                continue
            cell = row[at]
            if cell == "" or cell is None:
                continue
            value = convert(cell)
            if type(value) is Told:
                found = found or Findings()
                tell = found.refuse if value.refuses else found.warn
                tell(value.code, laid.sheet.at(number, at), name, as_text(cell), **value.params)
                value = value.value
            if value is None or value == "" or value == ():
                continue
            if name in values:
                value = _joined(name, values[name], value)
            values[name] = value
        yield Line(laid, number, values, found or Findings())


def _joined(name: str, before: Any, value: Any) -> Any:
    """What several columns of one field say together."""
    if name not in SEVERAL:
        return before
    if isinstance(before, tuple):
        return tuple(dict.fromkeys((*before, *value)))
    return before if value in before else f"{before} {value}"[: BY_KEY[name].limit]


def _is_total(first: str, row: list[Any], named: list[int]) -> bool:
    """A row of sums: it begins with the word, and no number of a bill or of equipment stands in it."""
    word = plain(first[:60])
    if word not in TOTALS and not word.startswith(_TOTAL_STARTS):
        return False
    others = [row[place] for place in named if place < len(row) and row[place] not in ("", None, first)]
    return not others and (word in TOTALS or bool(named))


def _is_heading(row: list[Any], headings: list[str], is_next: bool) -> bool:
    """The headings again, as on every printed page; or right under them the numbers of the columns."""
    filled = [(at, cell) for at, cell in enumerate(row) if cell not in ("", None)]
    if len(filled) < 2:
        return False
    if type(filled[0][1]) is str and filled[0][0] < len(headings) and filled[0][1] == headings[filled[0][0]]:
        same = sum(at < len(headings) and as_text(cell) == headings[at] for at, cell in filled)
        return same * 5 >= 3 * len(filled)
    return (
        is_next
        and len(filled) >= 3
        and [as_text(cell) for _at, cell in filled] == [str(number) for number in range(1, len(filled) + 1)]
    )


@dataclass(slots=True)
class Draft:
    """The rows of one bill as they come together."""

    number: str
    lines: list[Line]
    last: int  # row
    seen: set[str] = field(default_factory=set)

    @property
    def head(self) -> Line:
        return self.lines[0]


@dataclass(slots=True)
class Unit:
    """One piece of equipment as its rows speak of it."""

    number: str
    kind: EquipmentKind
    line: Line
    carried_on: str = ""
    seals: dict[str, None] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Message:
    """What belongs to one conveyance and manifest."""

    key: tuple[str, ...]
    first: Line
    bills: dict[str, Draft] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    alone: list[Line] = field(default_factory=list)  # equipment that no bill names
    refused: list[tuple[Line, bool]] = field(default_factory=list)  # with whether it is a bill


def message_key(values: dict[str, Any], before: tuple[str, ...] | None) -> tuple[str, ...]:
    """By what messages are told apart; a row that says none of it goes on with the one above.

    The last part is what is to be done with the bill, "" where the row does not say: then what was agreed for all.
    """
    key = tuple(str(values.get(name, "")) for name in ("manifest_number", "vessel", "imo", "voyage", "train"))
    truck = values.get("truck") or ()
    key = (*key, truck[0] if truck else "")
    function = str(values.get("function", ""))
    if before is not None:
        key = key if any(key) else before[:-1]
        function = function or ("" if "document_no" in values else before[-1])
    return (*key, function)


def gather(laid: list[Laid], plans: list[Plan], skipped: Skipped) -> list[Message]:
    """All rows, grouped into messages, bills and equipment, in the order in which each first comes."""
    messages: dict[tuple[str, ...], Message] = {}
    for table, plan in zip(laid, plans, strict=True):
        above: Draft | None = None
        before: tuple[str, ...] | None = None
        names_bills = "document_no" in plan.places
        for line in lines_of(table, plan, skipped):
            values = line.values
            key = before = message_key(values, before)
            message = messages.get(key)
            if message is None:
                message = messages[key] = Message(key, line)
            numbers = _units(message, line)
            document = values.get("document_no")
            if document:
                draft = message.bills.get(document)
                if draft is None:
                    draft = message.bills[document] = Draft(document, [line], line.number)
                else:
                    _add(draft, line, skipped)
                above = draft
            elif not names_bills or (numbers and not goods_said(line)):
                if not numbers:
                    line.found.refuse("equipment_number_missing", line.at, "container")
                    message.refused.append((line, False))
                elif above is not None and names_bills and _goes_on(above, line):
                    _add(above, line, skipped)
                else:
                    message.alone.append(line)
            elif above is not None and _goes_on(above, line):
                _add(above, line, skipped)
            else:
                place = table.sheet.at(line.number, plan.places["document_no"])
                if not any(problem.field == "document_no" for problem in line.found.problems):
                    line.found.refuse("document_no_missing", place, "document_no")
                line.found.refused = True
                message.refused.append((line, True))
                above = None
    return list(messages.values())


def _goes_on(draft: Draft, line: Line) -> bool:
    """Whether a row without a number is part of the bill right above it: it names no other people."""
    head = draft.head.values
    return line.number == draft.last + 1 and not any(
        name in line.values and line.values[name] != head.get(name) for name in ("shipper", "consignee", "master_no")
    )


def _add(draft: Draft, line: Line, skipped: Skipped) -> None:
    """One more row of a bill; the very row again is counted and told, not added up."""
    draft.last = line.number
    if not draft.seen:
        draft.seen.add(repr(draft.head.values))
    said = repr(line.values)
    if said in draft.seen:
        skipped.repeated += 1
        draft.head.found.warn("row_repeated", line.at, "", "")
        return
    draft.seen.add(said)
    if "document_no" not in line.values:
        draft.head.found.warn("row_continues", line.at, "document_no", "", document=draft.number)
    draft.lines.append(line)


def _units(message: Message, line: Line) -> list[str]:
    """Note the equipment of a row; the numbers of it that can be used."""
    values, numbers = line.values, []
    carrier = next((values[name][0] for name in ("wagon", "trailer", "truck") if values.get(name)), "")
    last = next((name for name in ("container", "wagon", "trailer", "truck") if values.get(name)), "")
    for name, kind in EQUIPMENT:
        for number in values.get(name, ()):
            if len(number) > limits.EQUIPMENT_NO:
                line.found.warn("equipment_number_too_long", line.at, name, number, limit=limits.EQUIPMENT_NO)
                continue
            numbers.append(number)
            unit = message.units.get(number)
            if unit is None:
                unit = message.units[number] = Unit(number, kind, line)
            if name == "container" and carrier:
                unit.carried_on = unit.carried_on or carrier
            if name == last:
                for seal in _seals_of(values, name, number):
                    unit.seals[seal] = None
                for each in ("size_type", "fill", "tare_kg", "vgm_kg", "temperature_c"):
                    if each in values:
                        unit.said.setdefault(each, values[each])
    if len(values.get(last, ())) > 1 and len(values.get("seals", ())) not in (0, len(values[last])):
        line.found.warn("seals_unplaced", line.at, "seals", ", ".join(values["seals"]))
    return numbers


def _seals_of(values: dict[str, Any], name: str, number: str) -> tuple[str, ...]:
    """The seals of one container of a row: all where it is alone, by their order where there are as many of both."""
    seals, numbers = values.get("seals", ()), values[name]
    if len(numbers) == 1:
        return tuple(seals)
    return (seals[numbers.index(number)],) if len(seals) == len(numbers) else ()


def goods_said(line: Line) -> bool:
    return any(name in line.values for name in OF_GOODS)


def shown_names(names: list[str]) -> str:
    """Headings in one text, the first of them where they are many."""
    return ", ".join(name[:60] for name in names[:SHOWN_ROWS]) + ("…" if len(names) > SHOWN_ROWS else "")
