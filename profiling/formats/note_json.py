"""Reader of pcu-note in JSON (note_files). `format` must stand near the beginning, as the sample has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from profiling.formats import limits
from profiling.formats.json_stream import ArrayBounds, members
from profiling.formats.note_files import TABLES, Gathered, broken, read_part, read_whole, require_small
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import Header, Position, Problem, Record, Severity, Span

_OURS: Final = re.compile(rb'"format"\s*:\s*"pcu-note"')


class NoteJsonReader:
    """See `registry.Reader`."""

    name = "note-json"

    def sniff(self, head: bytes, stream: BinaryIO) -> bool:
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
        return text.startswith(b"{") and _OURS.search(text) is not None

    def read(self, stream: BinaryIO, agreed: Mapping[str, Any] | None = None) -> Iterator[Record | Problem]:
        try:
            yield from read_whole(gathered(stream), self.name, agreed)
        except BrokenFileError as found:
            yield found.problem

    def read_span(self, stream: BinaryIO, header: Header, span: Span) -> Iterator[Record | Problem]:
        try:
            yield from read_part(gathered(stream), header, span)
        except BrokenFileError as found:
            yield found.problem


def gathered(stream: BinaryIO) -> Gathered:
    """The rows of the whole note. Raises BrokenFileError."""
    require_small(stream)
    found = Gathered()
    for event in members(stream, frozenset(TABLES)):
        if isinstance(event, ArrayBounds):
            continue
        if event.index is not None:
            if not isinstance(event.value, dict):
                raise _wrong(f"/{event.key}/{event.index}", event.start, event.key, event.value, "an object")
            found.row(event.key, event.value, event.start, event.end)
        elif event.key == "note":
            found.note = event.value
        elif event.key == "version":
            found.version = event.value
        elif event.key == "format":
            if event.value != "pcu-note":
                raise broken("note_unknown", event.start, allowed="pcu-note")
        elif event.key == "head":
            if not isinstance(event.value, dict):
                raise _wrong("/head", event.start, "head", event.value, "an object")
            if event.end - event.start > limits.HEAD_BYTES:
                raise broken("record_too_long", event.start, limit=limits.HEAD_BYTES)
            found.head |= event.value
        elif event.key in TABLES:
            if event.value is not None:
                raise _wrong(f"/{event.key}", event.start, event.key, event.value, "an array")
        else:
            found.strays.append((event.key, Position(event.start, None, f"/{event.key}")))
    return found


def _wrong(pointer: str, offset: int, field: str, value: Any, expected: str) -> BrokenFileError:
    at = Position(offset, None, pointer)
    return BrokenFileError(
        problem("type_wrong", Severity.FATAL, at, field=field, received=str(value)[:80], expected=expected)
    )
