"""VID of set 309 with its seals and goods: one container, wagon or trailer."""

from __future__ import annotations

from typing import Final

from profiling.formats import limits
from profiling.formats.edifact import Segment
from profiling.formats.findings import Findings
from profiling.formats.records import Equipment, EquipmentKind, Fill, Problem, Refused, Seal, Span
from profiling.formats.x12_values import equipment_number, seals, text

# Data element 40, equipment description code.
KINDS: Final = {
    **dict.fromkeys(("CN", "CC", "20", "2B", "40", "4B", "C1", "CX", "CZ"), EquipmentKind.CONTAINER),
    **dict.fromkeys(("RR", "RC", "BX", "FR", "TA", "FC"), EquipmentKind.WAGON),
    **dict.fromkeys(("TL", "TF", "TV", "TW", "RT", "FT"), EquipmentKind.TRAILER),
    **dict.fromkeys(("TR", "TT"), EquipmentKind.TRUCK),
    "CH": EquipmentKind.CHASSIS,
    "BB": EquipmentKind.BREAK_BULK,
}
_FILLS: Final = {"E": Fill.EMPTY, "L": Fill.FULL}


def number_of(segment: Segment) -> str:
    return equipment_number(segment.at(2), segment.at(3))


def unit(segments: list[Segment], end: int) -> tuple[Equipment | Refused, list[Problem]]:
    first = segments[0]
    found = Findings()
    at, span = first.position, Span(first.offset, end, first.number)
    number = number_of(first)
    if not number:
        found.refuse("equipment_number_missing", first, "equipment.number")
    elif len(number) > limits.EQUIPMENT_NO:
        found.refuse("equipment_number_too_long", first, "equipment.number", number, limit=limits.EQUIPMENT_NO)
    kind = KINDS.get(first.at(1))
    if kind is None:
        found.warn("code_unknown", first, "equipment.kind", first.at(1), code=first.at(1)[:40])
    numbers = (text(first, element, limits.SEAL_NO, found, "seals.number") for element in (4, 5))
    sealed = [Seal(each) for each in numbers if each]
    for segment in segments[1:]:
        if segment.tag == "M7":
            sealed += seals(segment, found)
    if found.refused:
        return Refused(at, span, is_bill=False), found.named("")
    record = Equipment(
        position=at,
        span=span,
        number=number,
        kind=kind or EquipmentKind.CONTAINER,
        size_type=text(first, 9, limits.CODE, found, "equipment.size_type"),
        fill=_FILLS.get(first.at(10)),
        seals=tuple(dict.fromkeys(sealed)),
    )
    return record, found.named("")
