"""Reader of CUSREP, the report of a call of a vessel, train or truck (D.95B to D.16A).

Its head says the call: voyage, means of transport, places and times, papers and counts. Equipment it numbers, such as
the trailer of a truck, is a record. Equipment that has no number to be known by (EQD with EQN) is a count, and so is
every total at the end (CNT).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from profiling.formats import limits
from profiling.formats.edifact import Segment, one_line
from profiling.formats.edifact_body import RecordBody
from profiling.formats.edifact_equipment import TAGS, read_equipment, read_header, tell_unknown
from profiling.formats.edifact_interchange import EdifactReader, Envelope, MessageType, register
from profiling.formats.findings import Findings
from profiling.formats.listed import Listed
from profiling.formats.quantities import count
from profiling.formats.records import (
    Count,
    Counted,
    Equipment,
    Header,
    Problem,
    Purpose,
    Record,
    Reference,
    Span,
)

_COUNTS: Final[Mapping[str, tuple[Mapping[str, str], str]]] = {
    # UN/EDIFACT 6069
    "CNT": (
        {
            "10": Counted.BILLS,
            "11": Counted.PACKAGES,
            "16": Counted.EQUIPMENT,
            "30": Counted.EMPTY_CONTAINERS,
            "35": Counted.TO_DISCHARGE,
            "36": Counted.TO_LOAD,
            "41": Counted.CREW,
            "42": Counted.PASSENGERS,
        },
        "6069",
    ),
    "QTY": ({}, "6063"),  # which of its codes ports use for what differs: they are kept as sent
}
_KINDS: Final = {"CN": Counted.CONTAINERS, "RR": Counted.WAGONS, "TE": Counted.TRAILERS}  # UN/EDIFACT 8053


def _starts(segment: Segment) -> bool:
    return segment.tag == "EQD"


def _header(segments: list[Segment], envelope: Envelope) -> tuple[Header | None, list[Problem]]:
    header, problems = read_header(segments, envelope, "cusrep", Purpose.CONVEYANCE)
    if header is None:
        return None, problems
    counts, references, told = {}, [], Findings()
    for segment in segments:
        if segment.tag in _COUNTS and (one := _count(segment, Span(segment.offset, segment.offset), told)):
            counts[one.what] = one.number
        elif segment.tag == "RFF" and (number := one_line(segment.at(1, 2))):
            references.append(Reference(segment.at(1).upper()[: limits.CODE], number[: limits.REFERENCE_NO]))
    return replace(header, counts=counts, references=tuple(dict.fromkeys(references))), [*problems, *told.named("")]


def _count(segment: Segment, span: Span, found: Findings) -> Count | None:
    """A QTY or CNT as a count; a fault of its number is told. None for one that counts nothing."""
    code, text = segment.at(1).upper(), segment.at(1, 2)
    if not code or not text:
        return None
    number = found.amount(count(text), segment, "counts", text)
    if number is None:
        return None
    known, listed = _COUNTS[segment.tag]
    return Count(segment.position, span, known.get(code, f"{listed}:{code[: limits.CODE]}"), int(number))


class _Body(RecordBody):
    is_bill = False

    def __init__(self, listed: Listed | None) -> None:
        super().__init__()
        self.listed = listed

    def feed(self, segment: Segment) -> Iterable[Record | Problem]:
        done: Iterable[Record | Problem] = ()
        if segment.tag == "CNT":
            found = Findings()
            total = _count(segment, Span(segment.offset, segment.offset), found)
            return [*self.close(segment.offset), *([total] if total else []), *found.named("")]
        if segment.tag == "EQD":
            done = self.close(segment.offset)
        if segment.tag == "EQD" or self.group:
            self.add(segment)
        return done

    def make(self, group: list[Segment], span: Span) -> tuple[Record | None, list[Problem]]:
        found = Findings()
        if not group[0].at(2) and any(segment.tag == "EQN" for segment in group):
            for segment in group:
                if segment.tag not in TAGS:
                    tell_unknown(segment, found)
            eqn = next(segment for segment in group if segment.tag == "EQN")
            number = found.amount(count(eqn.at(1)), eqn, "counts", eqn.at(1))
            kind = group[0].at(1).upper()
            what = _KINDS.get(kind, f"8053:{kind[: limits.CODE]}")
            return None if number is None else Count(group[0].position, span, what, int(number)), found.named("")
        record = read_equipment(group, span, found)
        return None if found.refused else record, found.named("")

    def across(self, record: Record) -> Iterable[Problem]:
        if self.listed is None or not isinstance(record, Equipment):
            return ()
        return self.listed.check(record)


CUSREP: Final = register(
    MessageType(
        "CUSREP",
        "cusrep",
        _starts,
        _header,
        lambda _header, _tokenizer, whole: _Body(Listed() if whole else None),
    )
)
READER: Final = EdifactReader(CUSREP)
