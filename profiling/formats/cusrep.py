"""Reader of CUSREP, the report of a call of a vessel, train or truck (D.95B to D.16A).

Its head says the call: voyage, means of transport, places and times. Equipment it numbers, such as the trailer of a
truck, is a record; equipment it only counts (EQD with EQN) has no number to be known by.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from profiling.formats.edifact import Segment
from profiling.formats.edifact_body import RecordBody
from profiling.formats.edifact_equipment import TAGS, read_equipment, read_header, tell_unknown
from profiling.formats.edifact_interchange import EdifactReader, Envelope, MessageType, register
from profiling.formats.findings import Findings
from profiling.formats.listed import Listed
from profiling.formats.records import Equipment, Header, Problem, Purpose, Record, Span


def _starts(segment: Segment) -> bool:
    return segment.tag == "EQD"


def _header(segments: list[Segment], envelope: Envelope) -> tuple[Header | None, list[Problem]]:
    return read_header(segments, envelope, "cusrep", Purpose.CONVEYANCE)


class _Body(RecordBody):
    is_bill = False

    def __init__(self, listed: Listed | None) -> None:
        super().__init__()
        self.listed = listed

    def feed(self, segment: Segment) -> Iterable[Record | Problem]:
        done: Iterable[Record | Problem] = ()
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
            return None, found.named("")  # a count
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
