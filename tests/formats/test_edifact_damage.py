"""Messages of every EDIFACT type cut into spans, damaged and hostile: the same records, no exception, no loss."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.formats import edifact, limits
from profiling.formats.charset import choose
from profiling.formats.edifact import Tokenizer, opening
from profiling.formats.problems import BrokenFileError, sentence
from profiling.formats.records import (
    Document,
    Equipment,
    Header,
    MessageEnd,
    Movement,
    MovementKind,
    Problem,
    Purpose,
    Refused,
    Severity,
    Span,
)
from profiling.formats.registry import header_from_json, header_to_json, reader_of
from tests.formats.samples import edi, problems, read

MESSAGES = Path(__file__).parents[1] / "fixtures" / "messages"
NAMES = sorted(path.name for path in MESSAGES.glob("*.edi"))
RECORDS = (Equipment, Movement, Document)
ACTS = st.sampled_from(["drop", "double", "swap"])


def _read(raw: bytes) -> list[Any]:
    return list(reader_of("cuscar").read(io.BytesIO(raw)))


# -- spans


def _messages(found: list[Any]) -> list[list[Any]]:
    """What was read, one list for each message that has a header."""
    messages: list[list[Any]] = []
    for each in found:
        if isinstance(each, Header):
            messages.append([each])
        elif messages:
            messages[-1].append(each)
    return messages


def _key(found: Problem) -> tuple[Any, ...]:
    return (found.code, found.document, found.position, found.field, found.received)


def _check_spans(raw: bytes, cuts: list[bool]) -> None:
    found = _read(raw)
    # Problems of the header, which for a paper lie within its span.
    of_head = {_key(e) for e in found if isinstance(e, Problem) and e.field in ("BGM.3", "BGM.1.1", "BGM")}
    for head, *rest in _messages(found):
        kept = header_from_json(json.loads(json.dumps(header_to_json(head))))
        assert kept == head
        reader = reader_of(kept.source_format)
        runs: list[list[Any]] = []
        records = [each for each in rest if isinstance(each, RECORDS)]
        for index, record in enumerate(records):
            if not runs or cuts[index % len(cuts)]:
                runs.append([])
            runs[-1].append(record)
        told = {_key(each) for each in rest if isinstance(each, Problem)}
        again: set[tuple[Any, ...]] = set()
        for run in runs:
            span = Span(run[0].span.start, run[-1].span.end)
            part = list(reader.read_span(io.BytesIO(raw), kept, span))
            numbered = replace(span, segment=run[0].span.segment)
            assert list(reader.read_span(io.BytesIO(raw), kept, numbered)) == part
            assert [each for each in part if isinstance(each, RECORDS)] == run
            again |= {_key(each) for each in part if isinstance(each, Problem)}
        assert again <= told
        within = {each for each in told if any(r.span.start <= each[2].offset < r.span.end for r in records)}
        assert {each for each in within if each[0] != "equipment_repeated"} <= again | of_head


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.booleans(), min_size=1, max_size=5))
def test_spans_of_any_partition_read_as_the_whole(name: str, cuts: list[bool]) -> None:
    raw = (MESSAGES / name).read_bytes()
    _check_spans(raw, cuts)
    _check_spans(raw.replace(b"KGM:", b"KGM:x").replace(b"+++5'", b"+++5'XYZ+1'").replace(b"\n", b"\r\n"), cuts)


def test_spans_of_records_are_the_bytes_they_say() -> None:
    raw = (MESSAGES / "coarri.edi").read_bytes()
    first, second = [each for each in _read(raw) if isinstance(each, Movement)]
    assert raw[first.span.start : first.span.end].startswith(b"EQD+CN+PCVU2045185")
    assert first.span.end == second.span.start
    assert raw[second.span.end :].startswith(b"CNT+16")
    paper = (MESSAGES / "iftmcs.edi").read_bytes()
    (bill,) = [each for each in _read(paper) if isinstance(each, Document)]
    assert paper[bill.span.start : bill.span.end].startswith(b"BGM+705")
    assert paper[bill.span.end :].startswith(b"UNT+")


# -- damage


def _check(raw: bytes) -> list[Any]:
    found = _read(raw)
    fatal = any(isinstance(each, Problem) and each.severity is Severity.FATAL for each in found)
    heads = sum(isinstance(each, Header) for each in found)
    ends = sum(isinstance(each, MessageEnd) for each in found)
    assert fatal or (heads == ends and heads)
    for index, each in enumerate(found):
        repr(each).encode("utf-8")
        if isinstance(each, Problem):
            assert sentence(each)
        elif isinstance(each, RECORDS):
            assert 0 <= each.span.start < each.span.end <= len(raw)
        elif isinstance(each, Refused):
            after = []
            for later in found[index + 1 :]:
                if not isinstance(later, Problem):
                    break
                after.append(later)
            assert any(problem.severity is Severity.ERROR for problem in after)
        elif isinstance(each, Header):
            assert header_from_json(header_to_json(each)) == each
    if not fatal:
        _check_nothing_lost(raw, found)
    return found


def _check_nothing_lost(raw: bytes, found: list[Any]) -> None:
    """Every paper, and every container of a message of containers alone, is a record, or refused and told."""
    for head, *rest in _messages(found):
        if head.purpose is Purpose.DOCUMENTS:
            assert sum(isinstance(each, (Document, Refused)) for each in rest) == 1
    if "not_cuscar" in problems(found) or any(isinstance(each, Document) for each in found):
        return
    formats = {each.source_format for each in found if isinstance(each, Header)}
    if formats & {"cuscar", "cusrep", "iftmcs", "iftmin", "cusdec"}:
        return
    try:
        marks, start = opening(raw)
        units = sum(s.tag == "EQD" for s in Tokenizer(marks, choose("", raw)).segments(io.BytesIO(raw), start))
    except BrokenFileError:  # an oracle needs a whole file; what was broken is told as fatal
        raise AssertionError from None
    seen = sum(isinstance(each, (*RECORDS, Refused)) for each in found)
    assert seen == units if "baplie" not in formats else seen >= units


PIECES = st.sampled_from(
    [
        *(b"'", b"+", b":", b"?", b"??'", b"\x00", b"\xff", b"\xd1", b"CNT+16:x'", b"TDT+20'", b"SEL'", b"CNI+1'"),
        *(b"EQD+CN+'", b"EQD+CN+PCVU1111111'", b"LOC+147+1'", b"UNT+1'", b"UNH+9+CODECO:D:95B:UN'", b"UNS+D'"),
        *(b"CST+1+x'", b"GID'", b"NAD'", b"UNB+UNOC:3+A+B+1:1+1'", b"BGM+98++9'", b"RFF+BM:'", b"EQN+1'", b"XYZ+1'"),
    ]
)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=50, deadline=None)
@given(
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(PIECES, st.binary(max_size=4))), min_size=1, max_size=6
    )
)
def test_changed_messages_never_raise_and_lose_nothing(name: str, edits: list[tuple[float, int, bytes]]) -> None:
    raw = (MESSAGES / name).read_bytes()
    for where, length, piece in edits:
        at = int(where * len(raw))
        raw = raw[:at] + piece + raw[at + length :]
    _check(raw)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, deadline=None)
@given(
    edits=st.lists(
        st.tuples(st.integers(0, 10_000), st.sampled_from(["drop", "double", "swap"])), min_size=1, max_size=5
    )
)
def test_segments_dropped_doubled_and_swapped_lose_nothing(name: str, edits: list[tuple[int, str]]) -> None:
    segments = (MESSAGES / name).read_bytes().split(b"'\n")[1:-1]
    for number, kind in edits:
        at = number % (len(segments) - 1)
        if kind == "drop":
            del segments[at]
        elif kind == "double":
            segments.insert(at, segments[at])
        else:
            segments[at], segments[at + 1] = segments[at + 1], segments[at]
    _check(b"".join(segment + b"'\n" for segment in segments))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_cut_anywhere_is_fatal(name: str) -> None:
    raw = (MESSAGES / name).read_bytes().rstrip()
    for end in range(raw.index(b"UNH") + 3, len(raw), 41):
        assert any(each.severity is Severity.FATAL for each in problems(_check(raw[:end])).values())


@given(st.lists(st.sampled_from(["good", "no number", "long number", "no event"]), min_size=1, max_size=12))
def test_every_movement_is_a_record_or_refused_with_a_reason(kinds: list[str]) -> None:
    lines: list[str] = []
    for index, kind in enumerate(kinds):
        number = {"no number": "", "long number": "X" * 18}.get(kind, f"PCVU{index:07}")
        status = "6" if kind == "no event" else "3"
        lines += [f"EQD+CN+{number}+22G1:102:5++{status}+5", "MEA+AAE+G+KGM:9"]
    found = read(edi("UNH+M1+COARRI:D:95B:UN", "BGM+1+N+9", *lines))
    seen = [each for each in found if isinstance(each, (Movement, Refused))]
    assert [isinstance(each, Movement) for each in seen] == [kind == "good" for kind in kinds]
    assert all(each.event is MovementKind.DISCHARGED for each in seen if isinstance(each, Movement))
    refused = {each.position for each in seen if isinstance(each, Refused)}
    errors = {each.position for each in found if isinstance(each, Problem) and each.severity is Severity.ERROR}
    assert refused == errors


# -- hostile files


@pytest.mark.parametrize("code", ["CUSCAR", "CUSREP", "BAPLIE", "COARRI", "VERMAS", "IFTMIN", "CUSDEC"])
def test_a_million_segments_without_a_terminator_are_refused(code: str) -> None:
    found = _read(f"UNB+UNOC:3+A+B+1:1+1'UNH+1+{code}:D:95B:UN'BGM+1+1+9'".encode() + b"EQD+CN+X\n" * 1_000_000)
    assert problems(found)["segment_too_long"].params["limit"] == edifact.SEGMENT_LIMIT


@pytest.mark.parametrize("code", ["BAPLIE", "CODECO", "IFTMCS", "CUSDEC"])
def test_one_huge_segment_rejects_the_file(code: str) -> None:
    found = _read(edi(f"UNH+1+{code}:D:95B:UN", "BGM+36+1+9", "FTX+AAA+++" + "A" * 70_000).encode())
    assert problems(found)["segment_too_long"].severity is Severity.FATAL


@pytest.mark.parametrize("name", NAMES)
def test_an_interchange_inside_an_interchange_is_a_cut_file(name: str) -> None:
    raw = (MESSAGES / name).read_bytes()
    unb = raw[raw.index(b"UNB") : raw.index(b"UNH")]
    doubled = problems(_read(raw.replace(unb, unb + unb, 1)))["file_cut"]
    assert doubled.params["missing"] == "UNZ"
    inside = problems(_read(raw.replace(b"BGM", unb + b"BGM", 1)))["file_cut"]
    assert inside.params["missing"] == "UNT"


@pytest.mark.parametrize("name", ["coarri.edi", "baplie_cells.edi", "cusrep.edi"])
def test_a_container_of_endless_segments_is_refused_and_the_next_is_read(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RECORD_SEGMENTS", 30)
    raw = (MESSAGES / name).read_bytes()
    at = raw.index(b"SEL+") if b"SEL+" in raw else raw.index(b"NAD+CA", raw.index(b"EQD"))
    long = raw[:at] + b"SEL+S1'" * 60 + raw[at:]
    found = _check(long)
    assert problems(found)["too_many_segments"].params == {"limit": 30}
    wanted = sum(isinstance(each, RECORDS) for each in _read(raw)) - 1
    assert sum(isinstance(each, RECORDS) for each in found) == wanted


@pytest.mark.parametrize("name", ["iftmcs.edi", "cusdec.edi"])
def test_a_paper_of_endless_segments_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = (MESSAGES / name).read_bytes()
    monkeypatch.setattr(limits, "RECORD_SEGMENTS", 30)
    found = _check(raw)
    assert problems(found)["too_many_segments"].severity is Severity.ERROR
    assert not any(isinstance(each, Document) for each in found)
