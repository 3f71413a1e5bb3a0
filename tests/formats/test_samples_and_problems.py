"""The sample files, the generator, the digest, and the list of problem codes."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import profiling.formats
from profiling.formats import edifact, registry
from profiling.formats.cuscar import CuscarReader
from profiling.formats.generate import generate_cuscar, generate_rail_json
from profiling.formats.problems import CODES, sentence
from profiling.formats.records import Consignment, Equipment, Header, MessageEnd, Position, Problem, Severity, Span
from profiling.formats.registry import READERS, content_digest, detect, header_from_json, header_to_json
from profiling.reference import iso6346
from tests.formats.samples import BILL, bills, boxes, header, manifest, note, problems, read, sea, stream

FIXTURES = Path(__file__).parents[1] / "fixtures"
NAMES = ["sea.edi", "rail.json", "road.json"]
SOURCES = Path(next(iter(profiling.formats.__path__)))


def _sample(name: str) -> list:
    return read((FIXTURES / name).read_bytes())


@pytest.mark.parametrize(("name", "units", "documents"), [("sea.edi", 9, 9), ("rail.json", 77, 5), ("road.json", 8, 4)])
def test_samples_are_read_without_any_problem(name: str, units: int, documents: int) -> None:
    found = _sample(name)
    assert not problems(found)
    assert (len(boxes(found)), len(bills(found))) == (units, documents)


def test_only_one_container_of_the_samples_has_a_wrong_digit() -> None:
    numbers = [box.number for name in NAMES for box in boxes(_sample(name)) if box.kind == "container"]
    wrong = [n for n in numbers if iso6346.check(n).verdict is not iso6346.Verdict.VALID]
    assert len(wrong) == 1


def test_a_note_covers_forty_containers_and_a_container_two_bills() -> None:
    rail = bills(_sample("rail.json"))
    assert max(len(bill.loadings) for bill in rail) == 40
    sea_loadings = [loading.equipment for bill in bills(_sample("sea.edi")) for loading in bill.loadings]
    assert max(sea_loadings.count(number) for number in sea_loadings) == 2
    listed = {box.number for box in boxes(_sample("sea.edi"))}
    assert len(listed - set(sea_loadings)) == 1


# -- choosing a reader


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"UNA:+.? 'UNB+UNOA:1+A+B+261020:0930+1'UNH+1+CUSCAR:D:95B:UN'", "cuscar"),
        (b"\xef\xbb\xbf\r\n UNH+1+CUSCAR:D:95B:UN'", "cuscar"),
        (b"UNB+UNOA:1+A+B+261020:0930+1'UNH+1+BAPLIE:D:95B:UN'", "baplie"),
        (b'{"format": "pcu-manifest"', "pcu-json"),
        (b"\xef\xbb\xbf\n{", "pcu-json"),
        (b"UNB+UNOA:1+A+B+261020:0930+1'UNH+1+PAXLST:D:95B:UN'", "cuscar"),  # which says that it does not read it
        (b"<?xml version='1.0'?><Awmds/>", "asycuda-manifest"),
        (b"<?xml version='1.0'?><Other/>", None),
        (b"PK\x03\x04", None),
        (b"", None),
    ],
)
def test_the_reader_is_chosen_by_content(head: bytes, name: str | None) -> None:
    reader = detect(io.BytesIO(head))
    assert (reader.name if reader else None) == name


@pytest.mark.parametrize("name", NAMES)
def test_a_header_survives_being_stored(name: str) -> None:
    head = header(_sample(name))
    assert header_from_json(header_to_json(head)) == head


# -- digest


def test_the_same_bill_has_the_same_digest_wherever_it_stands() -> None:
    bill = bills(read(sea()))[0]
    moved = replace(bill, position=Position(9, 9), span=Span(9, 99), line=77)
    assert content_digest(bill) == content_digest(moved)
    assert re.fullmatch("[0-9a-f]{64}", content_digest(bill))


@given(st.sampled_from(["document_no", "issuer", "ucr", "currency", "origin_country"]), st.text(min_size=1))
def test_any_other_word_changes_the_digest(name: str, text: str) -> None:
    bill = bills(read(sea()))[0]
    changed = replace(bill, **{name: text})
    assert (content_digest(bill) == content_digest(changed)) is (getattr(bill, name) == text)


@given(st.text(st.characters(), min_size=1), st.decimals(allow_nan=False, allow_infinity=False, places=3))
@example('a \\ "b"\n\x00\x1f\x7f ё\u2028 \U0001f6a2', Decimal("-0.000"))
@example("\ud800", Decimal("1E+3"))
def test_a_digest_is_over_the_same_bytes_as_it_always_was(text: str, weight: Decimal) -> None:
    """Digests are stored, so a quicker encoder must write what the one before it wrote."""
    bill = replace(bills(read(sea()))[0], ucr=text, gross_kg=weight)
    said = {name: value for name, value in registry._said(bill).items() if name not in ("position", "span", "line")}
    plain = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=registry._plain)
    assert content_digest(bill) == sha256(plain.encode(said).encode("utf-8", "surrogatepass")).hexdigest()


def test_how_a_number_is_written_does_not_change_the_digest() -> None:
    bill = bills(read(sea()))[0]
    assert content_digest(bill) == content_digest(replace(bill, gross_kg=Decimal("1000.00")))
    assert content_digest(bill) != content_digest(replace(bill, gross_kg=Decimal("1000.01")))


# -- generator


def test_the_generator_gives_the_same_bytes_for_the_same_seed() -> None:
    assert b"".join(generate_cuscar(30)) == b"".join(generate_cuscar(30))
    assert b"".join(generate_cuscar(30)) != b"".join(generate_cuscar(30, seed=8))
    assert b"".join(generate_rail_json(30)) == b"".join(generate_rail_json(30))


def test_generated_messages_are_read_whole() -> None:
    found = read(b"".join(generate_cuscar(600)))
    assert not problems(found)
    assert len(bills(found)) == len(boxes(found)) == 600
    verdicts = [iso6346.check(box.number).verdict for box in boxes(found)]
    assert 0 < verdicts.count(iso6346.Verdict.WRONG_DIGIT) < 30
    assert any(box.fill == "empty" for box in boxes(found))
    rail = read(b"".join(generate_rail_json(50, 3)))
    assert not problems(rail)
    assert (len(bills(rail)), len(boxes(rail))) == (50, 75 + 150)


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edifact, "PIECE", 1 << 16)
    path = tmp_path / "large.edi"
    with path.open("wb") as target:
        target.writelines(generate_cuscar(9000))
    tracemalloc.start()
    try:
        with path.open("rb") as source:
            seen = sum(isinstance(each, Consignment) for each in CuscarReader().read(source))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seen == 9000
    # A piece as bytes and as segments, the head of the file, and the numbers of 9,000 containers.
    assert peak < 5_000_000 < path.stat().st_size


# -- hostile bytes


def _check_stream(raw: bytes) -> None:
    for reader in {type(each): each for each in READERS}.values():  # those of EDIFACT read the same
        found = list(reader.read(io.BytesIO(raw)))
        fatal = any(isinstance(p, Problem) and p.severity is Severity.FATAL for p in found)
        heads = sum(isinstance(each, Header) for each in found)
        ends = sum(isinstance(each, MessageEnd) for each in found)
        assert ends <= heads
        assert fatal or (heads == ends and heads)
        for each in found:
            repr(each).encode("utf-8")
            if isinstance(each, Problem):
                assert sentence(each)
            if isinstance(each, (Consignment, Equipment)):
                assert 0 <= each.span.start < each.span.end <= len(raw)
            if isinstance(each, Header):
                header_from_json(header_to_json(each))


@given(st.binary(max_size=200))
def test_random_bytes_never_raise(raw: bytes) -> None:
    _check_stream(raw)


PIECES = st.sampled_from(
    [s.encode() for s in ("'", "+", ":", "?", "??'", "{", "}", "[", "]", '"', ",", "-1", "\\u", "UNT+1'", "CNI+1'")]
    + [b"\x00", b"\xff", b"\xd1", b"UNH+2+CUSCAR:D:16A'", b"RFF+BH:X'", b"GID+1'", b"UNA:+.? '", b"EQD+CN+'", b"NAD'"]
)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60)
@given(
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(PIECES, st.binary(max_size=4))),
        min_size=1,
        max_size=6,
    )
)
def test_damaged_samples_never_raise(name: str, edits: list[tuple[float, int, bytes]]) -> None:
    raw = (FIXTURES / name).read_bytes()
    for where, length, piece in edits:
        at = int(where * len(raw))
        raw = raw[:at] + piece + raw[at + length :]
    _check_stream(raw)


@given(st.lists(st.sampled_from(["good", "no number", "no goods", "bad date"]), max_size=12))
def test_every_bill_is_accepted_or_refused_with_a_reason(kinds: list[str]) -> None:
    lines: list[str] = []
    for index, kind in enumerate(kinds):
        bill = [s.replace("B1", "" if kind == "no number" else f"B{index}") for s in BILL]
        bill = bill[:7] if kind == "no goods" else bill
        lines += [*bill, "DTM+137:20261399:102"] if kind == "bad date" else bill
    found = read(sea(*lines) if lines else sea("CNI+1"))
    errors = [p for p in found if isinstance(p, Problem) and p.severity is Severity.ERROR]
    refused = {p.position.offset for p in errors}
    assert len(bills(found)) + len(refused) == (len(kinds) or 1)
    notes = []
    for index, kind in enumerate(kinds):
        goods = [] if kind == "no goods" else note("x")["items"]
        notes.append(note("" if kind == "no number" else f"N{index}", items=goods))
    found = read(stream(manifest(consignments=notes)).getvalue())
    refused = {p.position.offset for p in found if isinstance(p, Problem) and p.severity is Severity.ERROR}
    assert len(bills(found)) + len(refused) == len(kinds)


# -- codes


def test_every_code_that_is_reported_has_a_sentence_and_every_sentence_a_use() -> None:
    # Intake reports through the same list, so all of profiling may use a code.
    everywhere = [path for path in SOURCES.parent.rglob("*.py") if path.name != "problems.py"]
    quoted = {code for path in everywhere for code in re.findall(r'"([a-z_0-9]+)"', path.read_text("utf-8"))}
    assert set(CODES) <= quoted
    text = "".join(path.read_text("utf-8") for path in SOURCES.glob("*.py"))
    called = set(re.findall(r'(?:warn|refuse|problem|fail|_wrong|_warning)\(\s*"([a-z_0-9]+)"', text))
    assert called <= set(CODES)
    assert len(called) > 30


def test_sentences_have_named_placeholders_only() -> None:
    for text in CODES.values():
        assert all(name is None or name.isidentifier() for _t, name, _s, _c in Formatter().parse(text))
