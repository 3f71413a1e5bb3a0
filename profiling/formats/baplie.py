"""Reader of BAPLIE, the stowage plan of a vessel (SMDG 1.5 to 3.1; D.95B to D.13B).

It adds to containers that others announced where they stand and what they weigh; it names no shipper. Two orders of
segments are in use: the cell first and the container after it, or the container first. The first of a message decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, Final

from profiling.formats.edifact import Segment, Tokenizer
from profiling.formats.edifact_body import RecordBody
from profiling.formats.edifact_equipment import TAGS, is_cell, read_equipment, read_header, tell_unknown
from profiling.formats.edifact_interchange import EdifactReader, Envelope, MessageType, register
from profiling.formats.findings import Findings
from profiling.formats.listed import Listed
from profiling.formats.records import Equipment, Header, Problem, Purpose, Record, Span

_SAYS_CARGO: Final = frozenset({"MEA", "RFF", "DGS", "TMP"})  # what an empty cell does not have


def _starts(segment: Segment) -> bool:
    return segment.tag == "EQD" or is_cell(segment)


def _header(segments: list[Segment], envelope: Envelope) -> tuple[Header | None, list[Problem]]:
    return read_header(segments, envelope, "baplie", Purpose.STOWAGE)


class _Body(RecordBody):
    is_bill = False

    def __init__(self, tokenizer: Tokenizer, listed: Listed | None) -> None:
        super().__init__()
        self.tokenizer = tokenizer
        self.listed = listed
        self.cell_first: bool | None = None
        self.has_container = False

    def feed(self, segment: Segment) -> Iterable[Record | Problem]:
        done: Iterable[Record | Problem] = ()
        cell = is_cell(segment)
        if cell or segment.tag == "EQD":
            if self.cell_first is None:
                self.cell_first = cell
            # A second container in one cell, or bundled with the first, begins a record of its own.
            if cell if self.cell_first else segment.tag == "EQD":
                done = self._turn(segment)
            elif segment.tag == "EQD":
                done = self._turn(segment) if self.has_container else ()
                self.has_container = True
        elif segment.tag == "CNT":
            return self._turn(segment)
        if self.group or cell or segment.tag == "EQD":
            self.add(segment)
        elif segment.tag not in TAGS:
            found = Findings()
            tell_unknown(segment, found)
            done = [*done, *found.problems]
        return done

    def _turn(self, segment: Segment) -> list[Record | Problem]:
        self.has_container = segment.tag == "EQD"
        return self.close(segment.offset)

    def make(self, group: list[Segment], span: Span) -> tuple[Record | None, list[Problem]]:
        found = Findings()
        said = {segment.tag for segment in group}
        if "EQD" not in said and not said & _SAYS_CARGO:
            for segment in group:
                if segment.tag not in TAGS:
                    tell_unknown(segment, found)
            return None, found.named("")  # an empty cell
        record = read_equipment(group, span, found)
        return None if found.refused else record, found.named("")

    def across(self, record: Record) -> Iterable[Problem]:
        if self.listed is None or not isinstance(record, Equipment):
            return ()
        return self.listed.check(record)

    def resume(self, stream: BinaryIO, begin: int, first: Segment) -> None:
        for segment in self.tokenizer.segments(stream, begin):
            if _starts(segment):
                self.cell_first = is_cell(segment)
                return


BAPLIE: Final = register(
    MessageType(
        "BAPLIE",
        "baplie",
        _starts,
        _header,
        lambda _header, tokenizer, whole: _Body(tokenizer, Listed() if whole else None),
    )
)
READER: Final = EdifactReader(BAPLIE)
