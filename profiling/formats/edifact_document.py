"""A whole EDIFACT message as one paper: its segments from BGM to UNT are one record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from profiling.formats import limits
from profiling.formats.cuscar_equipment import SEAL_PARTIES, equipment
from profiling.formats.cuscar_header import header
from profiling.formats.edifact import Segment
from profiling.formats.edifact_body import RecordBody, tags
from profiling.formats.edifact_interchange import Envelope
from profiling.formats.findings import Findings
from profiling.formats.records import (
    Document,
    Header,
    Loading,
    Problem,
    Purpose,
    Record,
    Seal,
    SealParty,
    Severity,
    Span,
)

# Reads the segments of a message; its problems go into Findings, where an error refuses the paper.
Make = Callable[[list[Segment], Span, Header, Findings], Document | None]
IN_EQUIPMENT: Final = tags(
    "EQN TMD MEA DIM SEL TPL HAN TMP RNG FTX RFF PCD EQA COD TSR TDT NAD DTM LOC GIN CTA COM SPR"
)


class DocumentBody(RecordBody):
    """Gathers all that it is fed and makes one Document of it."""

    def __init__(self, header: Header, make: Make) -> None:
        super().__init__()
        self.header = header
        self.make_document = make

    def feed(self, segment: Segment) -> Iterable[Record | Problem]:
        self.add(segment)
        return ()

    def make(self, group: list[Segment], span: Span) -> tuple[Record | None, list[Problem]]:
        found = Findings()
        record = self.make_document(group, span, self.header, found)
        number = "" if record is None else record.number
        return None if found.refused else record, found.named(number)


def units(groups: Iterable[list[Segment]], span: Span, found: Findings) -> tuple[list[Loading], list[Seal]]:
    """The containers, wagons or trailers that EQD groups of a paper name, and all their seals.

    One that has no number, or none that can be used, is told; the paper stands without it.
    """
    loadings: list[Loading] = []
    seals: list[Seal] = []
    for group in groups:
        record, problems = equipment(group, span)
        for each in problems:
            if each.severity is Severity.ERROR:
                found.warn(each.code, group[0], each.field, each.received, **each.params)
            else:
                found.problems.append(each)
        if record is not None:
            loadings.append(Loading(record.number, None, record.gross_kg))
            seals.extend(record.seals)
        else:
            seals.extend(seal(segment, found) for segment in group if segment.tag == "SEL" and segment.at(1))
    return loadings, list(dict.fromkeys(seals))


def seal(sel: Segment, found: Findings) -> Seal:
    number = found.text(sel.at(1), limits.SEAL_NO, sel, "seals")
    return Seal(number, SEAL_PARTIES.get(sel.at(2).upper(), SealParty.UNKNOWN))


def joined(said: Iterable[Loading], listed: Iterable[Loading]) -> tuple[Loading, ...]:
    """Loadings that the goods say, with the weight and the further equipment that the list of equipment says."""
    both = {loading.equipment: loading for loading in said}
    for loading in listed:
        before = both.get(loading.equipment)
        if before is None:
            both[loading.equipment] = loading
        elif before.gross_kg is None:
            both[loading.equipment] = Loading(before.equipment, before.packages, loading.gross_kg)
    return tuple(both.values())


def named_conveyance(header: Header) -> str:
    """The name of what carries it, or its number, or the voyage."""
    way = header.conveyance
    return (way.name or way.identifier or way.voyage)[: limits.NAME]


def document_header(segments: list[Segment], envelope: Envelope, name: str) -> tuple[Header | None, list[Problem]]:
    """The head of a paper. Its segments are read again with the body, which tells what is wrong with them."""
    return header(
        segments,
        source_format=name,
        sender=envelope.sender,
        interchange_ref=envelope.interchange_ref,
        syntax=envelope.syntax,
        purpose=Purpose.DOCUMENTS,
    )
