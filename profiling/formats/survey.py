"""What a file holds as we read it: its format, its records by kind, and what was told of it; for tables and checks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import BinaryIO

from profiling.formats.records import (
    Consignment,
    Document,
    Equipment,
    Header,
    MessageEnd,
    Movement,
    Problem,
    Refused,
    Severity,
)
from profiling.formats.registry import NOTHING_AGREED, Agreed, detect


@dataclass
class Survey:
    """Counts of one file. source_format is "" where no reader knows it; complete: every message has its end."""

    source_format: str = ""
    messages: int = 0
    ends: int = 0
    consignments: int = 0
    equipment: int = 0
    movements: int = 0
    documents: int = 0
    refused: int = 0
    severities: Counter[Severity] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return self.messages > 0 and self.ends == self.messages and not self.severities[Severity.FATAL]


def survey(stream: BinaryIO, agreed: Agreed = NOTHING_AGREED, *, keep: int = 0) -> Survey:
    """Read a file from its start and count. keep: how many problems to keep as they are told."""
    found = Survey()
    reader = detect(stream)
    if reader is None:
        return found
    found.source_format = reader.name
    stream.seek(0)
    for record in reader.read(stream, agreed):
        match record:
            case Problem():
                found.severities[record.severity] += 1
                found.codes[record.code] += 1
                if len(found.problems) < keep:
                    found.problems.append(record)
            case Header():
                found.messages += 1
                found.source_format = record.source_format
            case MessageEnd():
                found.ends += 1
            case Consignment():
                found.consignments += 1
            case Equipment():
                found.equipment += 1
            case Movement():
                found.movements += 1
            case Document():
                found.documents += 1
            case Refused():
                found.refused += 1
    return found
