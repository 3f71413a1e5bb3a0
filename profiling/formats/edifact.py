"""EDIFACT syntax (ISO 9735, versions 1 to 4): bytes into segments, in one pass and with flat memory.

Tokens are cut on bytes, so that every offset is an offset in the file; text is decoded segment by segment.
A segment's number is one more than the count of terminators between the first segment and its start:
any part of a file can be numbered by counting, without reading what stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate, pairwise
from typing import Any, BinaryIO, Final, NamedTuple

from profiling.formats.charset import Charset
from profiling.formats.problems import BrokenFileError, problem
from profiling.formats.records import Position, Severity

PIECE: Final = 1 << 20  # bytes read at a time
CUT_AT_ONCE: Final = 1 << 14  # bytes whose segments are held together: few enough for the caches of a core
SEGMENT_LIMIT: Final = 64 * 1024
BOM: Final = b"\xef\xbb\xbf"
_SHORT: Final = 160  # bytes of a segment that is worth remembering, for others of the same words
_REMEMBERED: Final = 1536
_MET: Final = 4096
_COMMON: Final = frozenset("CNI RFF CNT LOC GIS NAD GID FTX MEA SGP PCI CST MOA EQD SEL TMP".split())  # noqa: SIM905
_BLANK: Final = b" \t\r\n\x0b\x0c\x1a"
_BLANK_TEXT: Final = _BLANK.decode()  # characters of one byte: what is taken off counts as bytes
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CONTROL_BYTES: Final = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\r")
_OF_ITS_OWN: Final = frozenset({"CNI", "EQD", "SEL", "SGP"})  # tags of segments that name what is named nowhere else
_HEADS: Final = 256


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
    """One segment: `at(e, c)` gives component c of element e, both counted from 1, the tag not counted.

    Elements are cut into components when somebody asks for them: of most, nobody does.
    """

    __slots__ = ("_cells", "_mark", "before", "fault", "made", "number", "offset", "part", "tag")

    def __init__(
        self,
        part: bytes,
        tag: str,
        cells: list[Any],
        offset: int,
        number: int,
        fault: str,
        before: int = 0,
        made: Any = None,
        mark: str = "",
    ) -> None:
        self.part = part  # as it stands in the file, without the terminator
        self.tag = tag
        self._cells = cells  # an element is a text still, which `mark` parts, or a list of its components
        self.offset = offset
        self.number = number
        self.fault = fault  # code of the problem that its text had, mostly none
        self.before = before  # bytes of the blanks before it
        self.made = made  # what its reader made of it, for others of the same words
        self._mark = mark

    @property
    def raw(self) -> bytes:
        """As it stands in the file, without the blanks around it."""
        return self.part.lstrip(_BLANK).rstrip(b"\r\n")

    @property
    def elements(self) -> list[list[str]]:
        """All of it, the tag first. Not to be changed."""
        return [self.components(element) for element in range(len(self._cells))]

    @property
    def last(self) -> int:
        """The number of its last element."""
        return len(self._cells) - 1

    def placed(self, offset: int, number: int) -> Segment:
        """The same words at a place of the file."""
        return Segment(self.part, self.tag, self._cells, offset, number, self.fault, self.before, self.made, self._mark)

    def at(self, element: int, component: int = 1) -> str:
        """The text there, without blanks around it; empty where the segment is shorter."""
        try:
            found: Any = self._cells[element]
            if found.__class__ is str:
                if self._mark not in found:
                    if component > 1:
                        return ""
                    text: str = found
                    return text.strip()
                found = self._cells[element] = found.split(self._mark)
            text = found[component - 1]
            return text.strip()
        except IndexError:
            return ""

    def components(self, element: int) -> list[str]:
        """The components of an element, blanks and all; none where the segment is shorter. Not to be changed."""
        if element >= len(self._cells):
            return []
        found: Any = self._cells[element]
        if found.__class__ is str:
            found = self._cells[element] = found.split(self._mark)
        parts: list[str] = found
        return parts

    def lines(self, element: int) -> list[str]:
        """The components of an element that hold text, each on one line."""
        return [line for part in self.components(element) if (line := one_line(part))]

    @property
    def position(self) -> Position:
        return Position(self.offset, self.number)


class Run:
    """Segments that follow each other in a piece of the file, from one tag that begins a record up to the next.

    Its segments are shared with others of the same words and do not know where they stand; `placed` ones do.
    """

    __slots__ = ("_parts", "end", "number", "offset", "segments")

    def __init__(self, segments: list[Segment], parts: list[bytes], offset: int, end: int, number: int) -> None:
        self.segments = segments
        self.offset = offset  # of the first
        self.end = end  # offset of what follows
        self.number = number  # of the first
        self._parts = parts

    def placed(self) -> Iterator[Segment]:
        at = self.offset - self.segments[0].before
        for number, (segment, part) in enumerate(zip(self.segments, self._parts, strict=True), start=self.number):
            yield segment.placed(at + segment.before, number)
            at += len(part) + 1


def one_line(text: str) -> str:
    """Line breaks and runs of blanks inside a text become one space."""
    return text if text.isalnum() else " ".join(text.split())


def raw_segments(
    stream: BinaryIO, marks: Delimiters, start: int, end: int | None = None, number: int = 1
) -> Iterator[tuple[bytes, int, int]]:
    """(bytes without the terminator, offset, number) of every segment of [start, end).

    Raises BrokenFileError where a segment does not end, or ends after SEGMENT_LIMIT bytes.
    """
    for _whole, parts, at, count in _pieces(stream, marks, start, end, number):
        for part in parts:
            body = part.lstrip(_BLANK)
            yield body.rstrip(b"\r\n"), at + len(part) - len(body), count
            at += len(part) + 1
            count += 1


def _pieces(
    stream: BinaryIO, marks: Delimiters, start: int, end: int | None, number: int
) -> Iterator[tuple[bytes, list[bytes], int, int]]:
    """The segments of [start, end), a piece of the file at a time: (together, each, offset and number of the first).

    Blanks before a segment belong to it, its terminator does not.
    """
    terminator, release = marks.terminator.encode(), marks.release.encode()
    stream.seek(start)
    left = end - start if end is not None else None
    at = start
    pending = b""
    at_once = min(PIECE, CUT_AT_ONCE)
    while block := stream.read(at_once if left is None else min(at_once, left)):
        if left is not None:
            left -= len(block)
        block = pending + block
        parts = _parted(block, terminator, release)
        pending = parts.pop()
        if parts and max(map(len, parts)) >= SEGMENT_LIMIT:
            whole = next(index for index, part in enumerate(parts) if len(part) >= SEGMENT_LIMIT)
            yield terminator.join(parts[: whole + 1]), parts[:whole], at, number
            raise _too_long(at + sum(map(len, parts[:whole])) + whole, number + whole)
        yield block[: len(block) - len(pending)], parts, at, number
        at += sum(map(len, parts)) + len(parts)
        number += len(parts)
        if len(pending) > SEGMENT_LIMIT:
            raise _too_long(at, number)
    rest = pending.lstrip(_BLANK)
    if rest.rstrip(b"\x00"):
        raise BrokenFileError(
            problem(
                "file_cut",
                Severity.FATAL,
                Position(at + len(pending) - len(rest), number),
                received=rest[:80].decode("utf-8", "replace"),
                missing=marks.terminator,
            )
        )


def _parted(whole: bytes, terminator: bytes, release: bytes) -> list[bytes]:
    """Cut at every terminator that is not released."""
    released = release + terminator
    if not release or released not in whole:
        return whole.split(terminator)
    first, *rest = whole.split(released)
    parts = first.split(terminator)
    for piece in rest:
        last, *more = piece.split(terminator)
        before = parts[-1]
        if (len(before) - len(before.rstrip(release))) % 2:  # what seemed to release it is released itself
            parts[-1] = before + release
            parts.append(last)
        else:
            parts[-1] = before + released + last
        parts += more
    return parts


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
        # Places, firms and qualifiers come up all through a message: what a short segment says is made out once.
        self._known: dict[bytes, Segment] = {}
        self._met = [0] * _MET
        self._heads: dict[str, tuple[str, str, int]] = {}

    def segment(self, raw: bytes, offset: int, number: int) -> Segment:
        """The segment of these bytes, which have no blanks around them."""
        tag, elements, fault = self._words(raw)
        return Segment(raw, tag, elements, offset, number, fault)

    def segments(self, stream: BinaryIO, start: int, end: int | None = None, number: int = 1) -> Iterator[Segment]:
        """Every segment of [start, end) that is not blank. Equal ones share their elements: nobody may change them."""
        for whole, parts, at, count in _pieces(stream, self.marks, start, end, number):
            for part, found in zip(parts, self._all(whole, parts), strict=True):
                if found.tag or found.raw:
                    yield found.placed(at + found.before, count)
                at += len(part) + 1
                count += 1

    def runs(
        self,
        stream: BinaryIO,
        start: int,
        ends: Mapping[str, frozenset[str]],
        end: int | None = None,
        number: int = 1,
    ) -> Iterator[Segment | Run]:
        """What `segments` gives, but whole runs of segments at once where that is possible.

        ends: by the tag that begins a run, the tags that may follow its end.
        """
        bounds = {"", "UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ", *ends}  # a blank segment has no tag
        for whole, parts, at, count in _pieces(stream, self.marks, start, end, number):
            found = self._all(whole, parts)
            offsets = list(accumulate(map(len, parts), initial=at))  # each is short of the terminators before it
            cuts = [index for index, segment in enumerate(found) if segment.tag in bounds]
            single = 0  # what is before was given
            for cut, following in pairwise(cuts):
                if found[following].tag not in ends.get(found[cut].tag, ()):
                    continue
                for index in range(single, cut):
                    if found[index].tag or found[index].raw:
                        yield found[index].placed(offsets[index] + index + found[index].before, count + index)
                yield Run(
                    found[cut:following],
                    parts[cut:following],
                    offsets[cut] + cut + found[cut].before,
                    offsets[following] + following + found[following].before,
                    count + cut,
                )
                single = following
            for index in range(single, len(found)):
                if found[index].tag or found[index].raw:
                    yield found[index].placed(offsets[index] + index + found[index].before, count + index)

    def _all(self, whole: bytes, parts: list[bytes]) -> list[Segment]:
        """The segments that stand so in the file, blanks and all, of no place. whole: all of them together."""
        known, heads, met = self._known, self._heads, self._met
        found: list[Any] = list(map(known.get, parts))
        if not self._is_plain(whole):
            return [segment or self._learn(part) for segment, part in zip(found, parts, strict=True)]
        component, element, _decimal, release, _terminator = self.marks
        codec = self.charset.name or "utf-8"
        for index, segment in enumerate(found):
            if segment is not None:
                continue
            part = parts[index]
            try:
                text = part.decode(codec)
            except UnicodeDecodeError:
                found[index] = self._learn(part)
                continue
            if release and release in text:
                found[index] = self._learn(part)
                continue
            cells: list[Any] = text.split(element)
            tag, cells[0], before = heads.get(cells[0]) or self._head(cells[0])
            found[index] = segment = Segment(part, tag, cells, 0, 0, "", before, None, component)
            if tag not in _OF_ITS_OWN:
                code = hash(part)
                if met[code % _MET] != code:
                    met[code % _MET] = code
                else:
                    self._keep(part, segment)
        return found

    def _is_plain(self, whole: bytes) -> bool:
        """Whether segments hold no control character and have no line break at their end."""
        terminator = self.marks.terminator.encode()
        return (
            len(whole.translate(None, _CONTROL_BYTES)) == len(whole)
            and b"\n" + terminator not in whole
            and b"\r" + terminator not in whole
        )

    def _head(self, text: str) -> tuple[str, str, int]:
        """(tag, text without the blanks before it, how many they are) of what stands before the first element."""
        body = text.lstrip(_BLANK_TEXT)
        tag = body.split(self.marks.component, 1)[0].strip().upper()
        found = (tag, body, len(text) - len(body))
        if len(self._heads) < _HEADS and len(text) <= _SHORT:
            self._heads[text] = found
        return found

    def _learn(self, part: bytes) -> Segment:
        """The segment that stands so in the file, of no place."""
        body = part.lstrip(_BLANK)
        tag, elements, fault = self._words(body.rstrip(b"\r\n"))
        found = Segment(part, tag, elements, 0, 0, fault, len(part) - len(body))
        code = hash(part)
        if self._met[code % _MET] != code:
            self._met[code % _MET] = code
        else:
            self._keep(part, found)
        return found

    def _keep(self, part: bytes, segment: Segment) -> None:
        """For what comes a second time: most numbers never do, and would push out what does."""
        if len(part) <= _SHORT:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[part] = segment

    def _words(self, raw: bytes) -> tuple[str, list[list[str]], str]:
        """(tag, elements, fault) of the bytes of a segment."""
        fault = ""
        if raw.isascii():
            text = raw.decode("ascii")
        else:
            text, clean = self.charset.decode(raw)
            fault = "" if clean else "charset"
        component, element, _decimal, release, _terminator = self.marks
        if not text.isprintable() and _CONTROLS.search(text):
            text, fault = _CONTROLS.sub("", text), fault or "control_characters"
        if not release or release not in text:
            parts = [part.split(component) if component in part else [part] for part in text.split(element)]
        else:
            for released, hidden in self._hide:
                text = text.replace(released, hidden)
            text = text.replace(release, "")
            parts = [[c.translate(self._show) for c in part.split(component)] for part in text.split(element)]
        tag = parts[0][0]
        return tag if tag in _COMMON else tag.strip().upper(), parts, fault


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
