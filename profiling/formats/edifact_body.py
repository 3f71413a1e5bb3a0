"""Gathers the segments of one record of an EDIFACT message until the next begins, within bounds, then has it made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from profiling.formats import limits
from profiling.formats.edifact import Run, Segment
from profiling.formats.problems import problem
from profiling.formats.records import Position, Problem, Record, Refused, Severity, Span


def tags(words: str) -> frozenset[str]:
    """Segment tags written with blanks between them."""
    return frozenset(words.split())


class RecordBody:
    """What the bodies of all message types share; see `edifact_interchange.Body`.

    A subclass says where records turn (`feed`) and what a group of segments is (`make`).
    """

    is_bill = True  # whether a refused record is what the message is there for

    def __init__(self) -> None:
        self.group: list[Segment] = []
        self.too_long = ""  # code of the problem

    def resume(self, stream: BinaryIO, begin: int, first: Segment) -> None:
        """Most records say all of themselves."""

    def feed(self, segment: Segment) -> Iterable[Record | Problem]:
        raise NotImplementedError

    def take(self, run: Run) -> Iterable[Record | Problem]:
        return [done for segment in run.placed() for done in self.feed(segment)]

    def add(self, segment: Segment) -> None:
        """One more segment of the record; what goes beyond its bounds is dropped and remembered."""
        if self.group and segment.offset - self.group[0].offset > limits.RECORD_BYTES:
            self.too_long = "record_too_long"
        elif len(self.group) >= limits.RECORD_SEGMENTS:
            self.too_long = "too_many_segments"
        else:
            self.group.append(segment)

    def close(self, end: int) -> list[Record | Problem]:
        """The record gathered so far and its problems; it ends at this offset."""
        group, too_long = self.group, self.too_long
        self.group, self.too_long = [], ""
        if not group:
            return []
        span, at = Span(group[0].offset, end, group[0].number), group[0].position
        if too_long:
            limit = limits.RECORD_BYTES if too_long == "record_too_long" else limits.RECORD_SEGMENTS
            return [Refused(at, span, self.is_bill), problem(too_long, Severity.ERROR, at, limit=limit)]
        record, problems = self.make(group, span)
        return self.done(record, problems, at, span)

    def done(self, record: Record | None, problems: list[Problem], at: Position, span: Span) -> list[Record | Problem]:
        """What `make` gave, as it goes to whoever reads the message."""
        if record is not None:
            return [record, *problems, *self.across(record)]
        if any(each.severity is Severity.ERROR for each in problems):
            return [Refused(at, span, self.is_bill), *problems]
        return list(problems)  # what was gathered holds nothing to record, such as an empty cell of a stowage plan

    def make(self, group: list[Segment], span: Span) -> tuple[Record | None, list[Problem]]:
        """The record of these segments, or None where an error among the problems refuses it."""
        raise NotImplementedError

    def across(self, record: Record) -> Iterable[Problem]:
        """Problems that only the records before it show."""
        return ()
