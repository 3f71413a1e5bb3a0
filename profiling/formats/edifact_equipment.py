"""Equipment groups of the container messages: EQD with what stands around it, in any order.

BAPLIE, COPRAR, COARRI, CODECO and VERMAS (D.95B to D.16A, SMDG and ITG guides) write containers with the segments
of the EQD group of CUSCAR, so that reader is used; here is what they add to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from profiling.formats import limits
from profiling.formats.cuscar_equipment import equipment, number_of
from profiling.formats.cuscar_header import header
from profiling.formats.cuscar_places import place
from profiling.formats.edifact import Segment, one_line
from profiling.formats.edifact_body import tags
from profiling.formats.edifact_interchange import Envelope
from profiling.formats.findings import Findings
from profiling.formats.quantities import KILOGRAMS, edifact_time, in_unit
from profiling.formats.records import (
    DangerousGoods,
    Equipment,
    Header,
    MessageTime,
    Place,
    Problem,
    Purpose,
    Severity,
    Span,
)

CELL: Final = "147"  # UN/EDIFACT 3227: stowage cell
HEAD_TAGS: Final = tags(
    "UNH BGM DTM FTX RFF TDT LOC NAD CTA COM GDS EQN QTY MEA HAN TSR STS GIS GEI UNS CNT DOC POC TPL AUT "
    "TAX DIM GOR MOA CUX CPI TOD"
)
TAGS: Final = tags(
    "EQD EQN EQA RFF TMD DTM TSR LOC MEA DIM TMP RNG SEL FTX PCD DGS HAN TDT NAD CTA COM GDS GID SGP PIA "
    "DAM COD STS ATT DOC QTY MOA TPL GOR GEI CNT UNS AUT"
)
_GROSS: Final = frozenset({"AET", "AAD", "WT"})  # UN/EDIFACT 6313: gross mass of the equipment with what is in it
_BILLS: Final = frozenset({"BM", "MB", "BH", "BN", "AWB", "HWB", "MWB", "AAM", "AAS"})  # UN/EDIFACT 1153
_OPERATORS: Final = frozenset({"CA", "CF"})  # UN/EDIFACT 3035: carrier, container operator
_SHORTEST: Final = 3  # characters of a document number; planners write RFF+BM:1 where they know none


def read_header(
    segments: list[Segment], envelope: Envelope, name: str, purpose: Purpose, **syntax: Any
) -> tuple[Header | None, list[Problem]]:
    """The head of a message that adds to cargo; `syntax` is kept with the header for `read_span`."""
    return header(
        segments,
        source_format=name,
        sender=envelope.sender,
        interchange_ref=envelope.interchange_ref,
        syntax={**envelope.syntax, **syntax},
        purpose=purpose,
        known=HEAD_TAGS,
    )


def is_cell(segment: Segment) -> bool:
    """Whether it is the LOC that says where on the vessel a container stands."""
    return segment.tag == "LOC" and segment.at(1) == CELL


def read_equipment(group: list[Segment], span: Span, found: Findings) -> Equipment | None:
    """The equipment of a group, its stow position, and in `found` its problems.

    None, and an error in `found`, where no EQD has a usable number.
    """
    eqd = next((segment for segment in group if segment.tag == "EQD"), None)
    if eqd is None:
        found.refuse("equipment_number_missing", group[0], "equipment.number")
        return None
    record, problems = equipment([eqd, *(segment for segment in group if segment is not eqd)], span)
    found.problems.extend(problems)
    found.refused = found.refused or any(each.severity is Severity.ERROR for each in problems)
    for segment in group:
        if segment.tag not in TAGS:
            tell_unknown(segment, found)
    if record is None:
        return None
    places = places_of(group)
    return replace(
        record,
        position=group[0].position,
        gross_kg=_gross(group, found) if record.gross_kg is None else record.gross_kg,
        placed_from=places.get("9"),
        placed_to=places.get("11") or places.get("12"),
        stowage=next((one_line(loc.at(2))[: limits.CODE] for loc in group if is_cell(loc)), ""),
        dangerous=dangerous_of(group),
        documents=documents_of(group, found),
        operator=next((operator_of(nad) for nad in group if nad.tag == "NAD" and nad.at(1) in _OPERATORS), ""),
    )


def dangerous_of(group: Iterable[Segment]) -> tuple[DangerousGoods, ...]:
    """What each DGS of the group names: UN number (7124), class (8351), regulations (8273)."""
    named = (
        DangerousGoods(dgs.at(3)[: limits.CODE], dgs.at(2)[: limits.CODE], dgs.at(1).upper()[: limits.CODE])
        for dgs in group
        if dgs.tag == "DGS" and (dgs.at(2) or dgs.at(3))
    )
    return tuple(dict.fromkeys(named))


def operator_of(nad: Segment) -> str:
    return (nad.at(2) or one_line(nad.at(4)))[: limits.CODE]


def tell_unknown(segment: Segment, found: Findings) -> None:
    found.warn("segment_unknown", segment, "", segment.tag, tag=segment.tag[:20])


def _gross(group: Iterable[Segment], found: Findings) -> Decimal | None:
    for mea in group:
        if mea.tag == "MEA" and mea.at(2).upper() in _GROSS:
            text = mea.at(3, 2)
            return found.amount(in_unit(text, mea.at(3), KILOGRAMS), mea, "equipment.gross_kg", text)
    return None


def places_of(group: Iterable[Segment]) -> Mapping[str, Place]:
    """The first LOC of each UN/EDIFACT 3227 qualifier."""
    places: dict[str, Place] = {}
    for loc in group:
        if loc.tag == "LOC" and (loc.at(2) or loc.at(2, 4)):
            places.setdefault(loc.at(1), place(loc))
    return places


def time_of(group: Iterable[Segment], kinds: tuple[str, ...], found: Findings) -> MessageTime | None:
    """The first usable DTM of these UN/EDIFACT 2005 qualifiers, in their order."""
    times: dict[str, MessageTime] = {}
    for dtm in group:
        text = dtm.at(1, 2)
        if dtm.tag != "DTM" or not text:
            continue
        time = edifact_time(text, dtm.at(1, 3))
        if time is None:
            found.warn("date_impossible", dtm, f"DTM {dtm.at(1)}", text)
        else:
            times.setdefault(dtm.at(1).upper(), time)
    return next((times[kind] for kind in kinds if kind in times), None)


def documents_of(group: Iterable[Segment], found: Findings) -> tuple[str, ...]:
    """Numbers of the bills and bookings the group names."""
    numbers: dict[str, None] = {}
    for rff in group:
        if rff.tag != "RFF" or rff.at(1).upper() not in _BILLS:
            continue
        number = one_line(rff.at(1, 2))
        if len(number) > limits.DOCUMENT_NO:
            found.warn("document_no_too_long", rff, "documents", number, limit=limits.DOCUMENT_NO)
        elif len(number) >= _SHORTEST:
            numbers[number] = None
    return tuple(numbers)


def carried_on(group: Iterable[Segment]) -> str:
    """Number of the wagon, truck or trailer of the group: of an inland leg, else of the attached equipment."""
    attached = ""
    for segment in group:
        if segment.tag == "TDT" and segment.at(3) != "1" and segment.at(1) != "20":
            number = number_of(segment.at(8) or segment.at(8, 4))
            if number:
                return number[: limits.EQUIPMENT_NO]
        elif segment.tag == "EQA" and segment.at(1).upper() in ("RR", "TE", "CH"):
            attached = attached or number_of(segment.at(2))
    return attached[: limits.EQUIPMENT_NO]
