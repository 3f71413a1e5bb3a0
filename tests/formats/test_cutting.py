"""Segments of a piece are cut together, and elements when they are asked for; the words are those of one by one."""

from __future__ import annotations

import io
from collections.abc import Iterable
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from profiling.formats import edifact
from profiling.formats.charset import Charset
from profiling.formats.edifact import Delimiters, Segment, Tokenizer, raw_segments
from profiling.formats.problems import BrokenFileError
from profiling.formats.records import Problem

MARKS = st.sampled_from([Delimiters(), Delimiters("|", "*", ",", "\\", "~"), Delimiters(release="")])
CHARSETS = st.sampled_from(
    [Charset("", "ascii"), Charset("utf-8", "utf-8"), Charset("cp1251", "ascii"), Charset("", "iso8859-5")]
)
# Service characters of both sets, line breaks, a control character, a blank of no ASCII, halves of characters.
MARKED = [b"?", b"??", b"?'", b"'", b"'", b"+", b":", b"\\", b"~", b"*", b"|"]
ODD = [
    b"\r\n",
    b"\n",
    b" ",
    b"\x01",
    b"\x1a",
    b"\xc2\xa0",
    b"\xd0",
    b"\x9f",
    b"\xff",
    "Ы".encode(),
    "Ы".encode("cp1251"),
]
WORDS = ["Ы".encode("cp1251"), b"CNI", b"cni", b"RFF+BM:1", b"LOC+9+CNSHA:139:6'", b"LOC+9+CNSHA:139:6'", b"A", b"7"]
BITS = st.sampled_from([*MARKED, *ODD, *WORDS])


def _all_of(segment: Segment) -> tuple[object, ...]:
    """What a reader may ask, the single texts first: they are asked for before anything is cut."""
    texts = [[segment.at(element, component) for component in range(1, 5)] for element in range(1, 6)]
    lines = [segment.lines(element) for element in range(1, 6)]
    return (
        texts, lines, segment.elements, segment.last, segment.raw, segment.tag, segment.fault, segment.position
    )  # fmt: skip


def _read(segments: Iterable[Segment]) -> tuple[list[tuple[object, ...]], Problem | None]:
    """All of every segment up to where the file is broken, and how it is."""
    found: list[tuple[object, ...]] = []
    try:
        found.extend(map(_all_of, segments))
    except BrokenFileError as broken:
        return found, broken.problem
    return found, None


@given(st.lists(BITS, max_size=40).map(b"".join), MARKS, CHARSETS, st.sampled_from([1, 7, 1 << 14]))
def test_what_is_cut_together_is_what_is_cut_one_by_one(
    raw: bytes, marks: Delimiters, charset: Charset, piece: int
) -> None:
    raw += marks.terminator.encode() * 2  # the first may be released
    together, single = Tokenizer(marks, charset), Tokenizer(marks, charset)
    with patch.object(edifact, "CUT_AT_ONCE", piece):
        expected, broken = _read(single.segment(*each) for each in raw_segments(io.BytesIO(raw), marks, 0) if each[0])
        found, also_broken = _read(together.segments(io.BytesIO(raw), 0))
        assert also_broken == broken
        assert found == expected
        # What is remembered by now gives the same words again.
        assert _read(together.segments(io.BytesIO(raw), 0)) == (expected, broken)


@given(st.lists(st.sampled_from([b"?", b"'", b"a"]), max_size=30).map(b"".join))
def test_a_terminator_is_released_by_an_odd_number_of_release_characters(raw: bytes) -> None:
    parts, part, released = [], b"", False
    for code in raw:
        byte = bytes([code])
        if byte == b"'" and not released:
            parts.append(part)
            part = b""
            continue
        part += byte
        released = byte == b"?" and not released
    assert edifact._parted(raw, b"'", b"?") == [*parts, part]
