"""EDIFACT syntax (ISO 9735, versions 1 to 4): bytes into segments, in one pass and with flat memory.

Tokens are cut on bytes, so that every offset is an offset in the file; text is decoded segment by segment.
A segment's number is one more than the count of terminators between the first segment and its start:
any part of a file can be numbered by counting, without reading what stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from profiling.formats.charset import Charset
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import Position, Severity

PIECE: Final = 1 << 20  # bytes read at a time
SEGMENT_LIMIT: Final = 64 * 1024
BOM: Final = b"\xef\xbb\xbf"
_BLANK: Final = b" \t\r\n\x0b\x0c\x1a"
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Delimiters(NamedTuple):
    """Service characters, in the order of UNA; `release` is empty where the sender uses none."""

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    terminator: str = "'"

    @classmethod
    def of(cls, una: bytes) -> Delimiters:
        """From the six characters after the letters UNA. Raises ValueError where they cannot work."""
        text = una.decode("ascii")  # UnicodeDecodeError is a ValueError
        if len(text) < 6:
            raise ValueError(text)
        component, element, decimal, release, _reserved, terminator = tuple(text)
        marks = [component, element, terminator] + ([release] if release != " " else [])
        if len(set(marks)) < len(marks) or any(mark.isalnum() or mark == " " for mark in marks):
            raise ValueError(text)
        return cls(component, element, decimal, "" if release == " " else release, terminator)


class Segment:
    """One segment: `at(e, c)` gives component c of element e, both counted from 1, the tag not counted."""

    __slots__ = ("elements", "fault", "number", "offset", "raw", "tag")

    def __init__(self, raw: bytes, tag: str, elements: list[list[str]], offset: int, number: int, fault: str) -> None:
        self.raw = raw  # as it stands in the file, without the terminator
        self.tag = tag
        self.elements = elements
        self.offset = offset
        self.number = number
        self.fault = fault  # code of the problem that its text had, mostly none

    def at(self, element: int, component: int = 1) -> str:
        """The text there, without blanks around it; empty where the segment is shorter."""
        try:
            return self.elements[element][component - 1].strip()
        except IndexError:
            return ""

    def lines(self, element: int) -> list[str]:
        """The components of an element that hold text, each on one line."""
        if element >= len(self.elements):
            return []
        return [line for part in self.elements[element] if (line := one_line(part))]

    @property
    def position(self) -> Position:
        return Position(self.offset, self.number)


def one_line(text: str) -> str:
    """Line breaks and runs of blanks inside a text become one space."""
    return " ".join(text.split())


def raw_segments(
    stream: BinaryIO, marks: Delimiters, start: int, end: int | None = None, number: int = 1
) -> Iterator[tuple[bytes, int, int]]:
    """(bytes without the terminator, offset, number) of every segment of [start, end).

    Raises BrokenFileError where a segment does not end, or ends after SEGMENT_LIMIT bytes.
    """
    terminator, release = marks.terminator.encode(), marks.release.encode()
    stream.seek(start)
    left = end - start if end is not None else None
    at = start  # offset of `pending`
    pending = b""
    while block := stream.read(PIECE if left is None else min(PIECE, left)):
        if left is not None:
            left -= len(block)
        parts = (pending + block).split(terminator)
        open_parts: list[bytes] = []
        open_length = 0
        last = len(parts) - 1
        for index, part in enumerate(parts):
            if index < last and not (release and _released(part, release)):
                if open_parts:
                    open_parts.append(part)
                    part = terminator.join(open_parts)
                    open_parts, open_length = [], 0
                length = len(part) + 1
                if length > SEGMENT_LIMIT:
                    raise _too_long(at, number)
                body = part.lstrip(_BLANK)
                yield body.rstrip(b"\r\n"), at + len(part) - len(body), number
                at += length
                number += 1
            else:
                open_parts.append(part)
                open_length += len(part) + 1
                if open_length > SEGMENT_LIMIT + 1:
                    raise _too_long(at, number)
        pending = terminator.join(open_parts)
    rest = pending.lstrip(_BLANK)
    if rest.rstrip(b"\x00"):
        offset = at + len(pending) - len(rest)
        raise BrokenFileError(
            problem(
                "file_cut",
                Severity.FATAL,
                Position(offset, number),
                received=rest[:80].decode("utf-8", "replace"),
                missing=marks.terminator,
            )
        )


def _released(part: bytes, release: bytes) -> bool:
    if not part.endswith(release):
        return False
    return (len(part) - len(part.rstrip(release))) % 2 == 1


def _too_long(offset: int, number: int) -> BrokenFileError:
    found = problem("segment_too_long", Severity.FATAL, Position(offset, number), limit=SEGMENT_LIMIT)
    return BrokenFileError(found)


def count_segments(stream: BinaryIO, marks: Delimiters, start: int, end: int) -> int:
    """How many segments end in [start, end): terminators without a release character before them."""
    terminator, release = marks.terminator.encode(), marks.release.encode()
    released = re.compile(b"(?:" + re.escape(release) + b")+" + re.escape(terminator)) if release else None
    stream.seek(start)
    left, found, tail = end - start, 0, b""
    while left > 0 and (block := stream.read(min(PIECE, left))):
        left -= len(block)
        if release:
            block = tail + block
            kept = len(block) - len(block.rstrip(release))
            tail, block = (block[-kept:], block[:-kept]) if kept else (b"", block)
        found += block.count(terminator)
        if released is not None and release + terminator in block:
            found -= sum((len(run.group()) - 1) % 2 for run in released.finditer(block))
    return found


class Tokenizer:
    """Cuts the bytes of a segment into elements and components and undoes the release character."""

    def __init__(self, marks: Delimiters, charset: Charset) -> None:
        self.marks = marks
        self.charset = charset
        service = (marks.release, marks.element, marks.component, marks.terminator)
        # While elements are cut, a released service character is kept as a control character.
        self._hide = [(marks.release + mark, chr(code)) for code, mark in enumerate(service)]
        self._show = dict(enumerate(service))

    def segment(self, raw: bytes, offset: int, number: int) -> Segment:
        text, clean = self.charset.decode(raw)
        fault = "" if clean else "charset"
        element, component, release = self.marks.element, self.marks.component, self.marks.release
        if not text.isprintable() and _CONTROLS.search(text):
            text, fault = _CONTROLS.sub("", text), fault or "control_characters"
        if not release or release not in text:
            parts = [part.split(component) for part in text.split(element)]
        else:
            for released, hidden in self._hide:
                text = text.replace(released, hidden)
            text = text.replace(release, "")
            parts = [[c.translate(self._show) for c in part.split(component)] for part in text.split(element)]
        return Segment(raw, parts[0][0].strip().upper(), parts, offset, number, fault)

    def segments(self, stream: BinaryIO, start: int, end: int | None = None, number: int = 1) -> Iterator[Segment]:
        """Every segment of [start, end) that is not blank."""
        for raw, offset, count in raw_segments(stream, self.marks, start, end, number):
            if raw:
                yield self.segment(raw, offset, count)


def escape(text: str, marks: Delimiters) -> str:
    """The text with its service characters released, ready to stand in a segment."""
    if not marks.release:
        return text
    for mark in (marks.release, marks.element, marks.component, marks.terminator):
        text = text.replace(mark, marks.release + mark)
    return text


def opening(head: bytes) -> tuple[Delimiters, int]:
    """Service characters and the offset of the first segment, from the first bytes of a file.

    Raises BrokenFileError where UNA cannot be used.
    """
    start = len(BOM) if head.startswith(BOM) else 0
    start += len(head[start:]) - len(head[start:].lstrip(_BLANK))
    if not head.startswith(b"UNA", start):
        return Delimiters(), start
    una = head[start + 3 : start + 9]
    try:
        return Delimiters.of(una), start + 9
    except ValueError:
        received = una.decode("utf-8", "replace")
        raise BrokenFileError(
            problem("una_broken", Severity.FATAL, Position(start), field="UNA", received=received)
        ) from None
