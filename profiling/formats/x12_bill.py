"""One bill of set 309 into a consignment."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from profiling.formats import commodities, limits
from profiling.formats.bill_checks import settle
from profiling.formats.edifact import Segment, one_line
from profiling.formats.findings import Findings
from profiling.formats.records import (
    Commodity,
    Consignment,
    Direction,
    DocumentType,
    Function,
    Item,
    Loading,
    Party,
    Place,
    Problem,
    Reference,
    Refused,
    Span,
)
from profiling.formats.x12_unit import number_of
from profiling.formats.x12_values import amount, cubic_metres, dangerous, kilograms, party, place, port, text, whole

REFERENCES: Final = {  # data element 128
    "BN": "booking",
    "IV": "invoice",
    "CT": "contract",
    "IB": "in_bond",
    "PK": "packing_list",
    "EX": "export_permit",
    "IP": "import_licence",
}
_PORTS: Final = {"L": "loading_place", "D": "discharge_place", "R": "receipt_place", "E": "delivery_place"}
_TRANSIT: Final = frozenset({"62", "63"})  # in-bond: transportation and exportation, immediate exportation
_PARTY: Final = frozenset({"N2", "N3", "N4", "PER"})


class Bill:
    """The segments from LX, or M11, to the next bill. `arrival`: the port (P4) they stand under."""

    def __init__(self, segments: list[Segment], end: int, arrival: Place | None, function: Function) -> None:
        self.segments = segments
        self.span = Span(segments[0].offset, end, segments[0].number)
        self.function = function
        self.found = Findings()
        self.places: dict[str, Place | None] = {"discharge_place": arrival}
        self.parties: list[Party] = []
        self.references: list[Reference] = []
        self.items: list[Item] = []
        self.loaded: dict[str, list[Item]] = {}
        self.equipment = ""
        self.master = ""
        self.procedure = ""
        self.value: Decimal | None = None
        self.direction: Direction | None = None

    def read(self) -> tuple[Consignment | Refused, list[Problem]]:
        first, found = self.segments[0], self.found
        details = next((segment for segment in self.segments if segment.tag == "M11"), None)
        amended = next((segment for segment in self.segments if segment.tag == "M13"), None)
        self._amended(amended)
        self._walk()
        number, issuer = self._number(details, amended)
        if not number:
            found.refuse("document_no_missing", details or amended or first, "document_no")
        elif len(number) > limits.DOCUMENT_NO:
            found.refuse(
                "document_no_too_long", details or amended or first, "document_no", number, limit=limits.DOCUMENT_NO
            )
        if not self.items and not self.function.withdraws:
            found.refuse("goods_missing", first, "items")
        gross = packages = volume = None
        if details is not None:
            packages = whole(details, 3, found)
            gross = kilograms(details, 5, 6, found)
            volume = cubic_metres(details, 7, 8, found)
            self.places.setdefault("loading_place", place(details.at(2)))
            self.places.setdefault("receipt_place", place("", one_line(details.at(10))))
            self.master = self.master or one_line(details.at(11))
            code = details.at(4)
            self.items = [each if each.package_code else replace(each, package_code=code) for each in self.items]
        amounts = settle(gross, packages, volume, self.items, first.position, found)
        problems = found.named(number[: limits.DOCUMENT_NO])
        if found.refused:
            return Refused(first.position, self.span, is_bill=True), problems
        line = first.at(1) if first.tag == "LX" else ""
        record = Consignment(
            position=first.position,
            span=self.span,
            document_type=DocumentType.HOUSE_BILL if self.master else DocumentType.BILL,
            document_no=number,
            line=int(line) if line.isascii() and line.isdigit() and len(line) < 9 else None,
            issuer=issuer,
            master_no=self.master[: limits.DOCUMENT_NO],
            direction=self.direction,
            procedure=self.procedure,
            loading_place=self.places.get("loading_place"),
            discharge_place=self.places.get("discharge_place"),
            receipt_place=self.places.get("receipt_place"),
            delivery_place=self.places.get("delivery_place"),
            gross_kg=amounts.gross_kg,
            packages=amounts.packages,
            volume_m3=amounts.volume_m3,
            value=self.value,
            currency="USD" if self.value is not None else "",
            parties=tuple(self.parties),
            items=amounts.items,
            loadings=tuple(self._loadings()),
            references=tuple(dict.fromkeys(self.references)),
        )
        return record, problems

    def _number(self, details: Segment | None, amended: Segment | None) -> tuple[str, str]:
        if details is not None and details.at(1):
            return one_line(details.at(1)), details.at(12)[: limits.CODE]
        if amended is not None:
            return one_line(amended.at(8) or amended.at(4)), (amended.at(10) or amended.at(9))[: limits.CODE]
        return "", ""

    def _amended(self, amended: Segment | None) -> None:
        """A message does one thing with all its bills: one that wants another is refused, never done by half."""
        wanted = {"A": Function.ADD, "D": Function.DELETE}.get(amended.at(3), Function.CHANGE) if amended else None
        if wanted is None or wanted is self.function:
            return
        code = amended.at(3) if amended else ""
        at = amended or self.segments[0]
        self.found.refuse("amendment_mixed", at, "M13", code, code=code or "—", function=self.function.value)

    def _walk(self) -> None:
        group: list[Segment] = []
        for segment in self.segments:
            if group and segment.tag not in _PARTY:
                self._party(group)
                group = []
            match segment.tag:
                case "N1":
                    group = [segment]
                case "N2" | "N3" | "N4" | "PER":
                    if group:
                        group.append(segment)
                case "N9":
                    self._reference(segment)
                case "M12":
                    self._in_bond(segment)
                case "R4":
                    function, where = port(segment)
                    if name := _PORTS.get(function):
                        self.places[name] = where or self.places.get(name)
                case "VID":
                    self.equipment = number_of(segment)
                    self.loaded.setdefault(self.equipment, [])
                case "N10":
                    self._goods(segment)
                case "H1" | "H2" | "MAN" | "VC":
                    self._more(segment)
        if group:
            self._party(group)

    def _party(self, group: list[Segment]) -> None:
        if (read := party(group, self.found)) is not None:
            self.parties.append(read)

    def _reference(self, segment: Segment) -> None:
        qualifier = segment.at(1)
        number = text(segment, 2, limits.REFERENCE_NO, self.found, "references.number")
        if qualifier == "MB":
            self.master = number
        elif qualifier not in ("BM", "") and number:
            self.references.append(Reference(REFERENCES.get(qualifier, qualifier[: limits.CODE]), number))

    def _in_bond(self, segment: Segment) -> None:
        self.procedure = segment.at(1)[: limits.CODE]
        if self.procedure in _TRANSIT:
            self.direction = Direction.TRANSIT
        if number := text(segment, 6, limits.REFERENCE_NO, self.found, "references.number"):
            self.references.append(Reference("in_bond", number))
        if segment.at(5):
            self.value = amount(segment, 5, self.found, "value")

    def _goods(self, segment: Segment) -> None:
        found = self.found
        description = text(segment, 2, limits.DESCRIPTION, found, "items.description")
        value = amount(segment, 6, found, "items.value")
        item = Item(
            line=len(self.items) + 1,
            description=description,
            packages=whole(segment, 1, found, "items.packages"),
            package_code=segment.at(10)[: limits.CODE],
            marks=text(segment, 3, limits.MARKS, found, "items.marks"),
            commodity=_commodity(segment, found, description),
            gross_kg=kilograms(segment, 8, 7, found, "items.gross_kg"),
            value=value,
            currency=(segment.at(13) or "USD")[:3] if value is not None else "",
            origin=segment.at(11)[:2] if len(segment.at(11)) == 2 else "",
        )
        self.items.append(item)
        if self.equipment:
            self.loaded[self.equipment].append(item)

    def _more(self, segment: Segment) -> None:
        """What the segments after N10 add to it."""
        if not self.items:
            return
        last = self.items[-1]
        match segment.tag:
            case "H1":
                last = replace(last, dangerous=(*last.dangerous, dangerous(segment, self.found)))
            case "H2":
                told = one_line(f"{last.description} {segment.at(1)}")
                last = replace(last, description=told[: limits.DESCRIPTION])
            case _:  # MAN: qualifier, marks; VC: vehicle identification number
                told = segment.at(2 if segment.tag == "MAN" else 1)
                last = replace(last, marks=one_line(f"{last.marks} {told}")[: limits.MARKS])
        self.items[-1] = last

    def _loadings(self) -> list[Loading]:
        loadings = []
        for number, items in self.loaded.items():
            if not 0 < len(number) <= limits.EQUIPMENT_NO:
                continue  # the unit itself is told
            counts = [item.packages for item in items if item.packages is not None]
            weights = [item.gross_kg for item in items if item.gross_kg is not None]
            loadings.append(
                Loading(
                    number,
                    sum(counts) if counts and len(counts) == len(items) else None,
                    sum(weights, Decimal(0)) if weights and len(weights) == len(items) else None,
                )
            )
        return loadings


def _commodity(segment: Segment, found: Findings, description: str) -> Commodity | None:
    sent = segment.at(5)
    declared = commodities.declared(sent) if sent else None
    if sent and declared is None:
        found.warn("code_unknown", segment, "items.commodity", sent, code=sent[:40])
    return declared or commodities.in_text(description)
