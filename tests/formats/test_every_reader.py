"""All readers over the bytes of all others, damaged and hostile: no exception, nothing lost, refused in good time."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiling.formats import records as r
from profiling.formats.problems import CODES, sentence
from profiling.formats.registry import NOTHING_AGREED, READERS, Reader, detect, header_from_json, header_to_json
from profiling.formats.table import TableReader
from profiling.formats.workbook_guard import UNPACKED
from tests.formats.messages import MESSAGES, TABLES

SAMPLES = {**MESSAGES, **TABLES}
RECORDS = (r.Consignment, r.Equipment, r.Movement, r.Document, r.Refused)
BY_ROWS = frozenset({"note-xlsx", "rail-xlsx", "table"})  # their offsets count rows, not bytes
QUICK = 10  # seconds of CPU; what is hostile takes a second or less here
# One of each kind: the readers of EDIFACT read every type of it alike.
KINDS: Sequence[Reader] = list({type(reader): reader for reader in READERS}.values())


def _agreed(reader: Reader, raw: bytes) -> Any:
    """A table is read as its headings propose."""
    if not isinstance(reader, TableReader):
        return NOTHING_AGREED
    try:
        return reader.proposal(io.BytesIO(raw)).mapping().as_json()
    except ValueError:  # it has none; reading tells why
        return NOTHING_AGREED


def _read(reader: Reader, raw: bytes) -> list[Any]:
    return list(reader.read(io.BytesIO(raw), _agreed(reader, raw)))


def _check(found: list[Any], raw: bytes, name: str) -> None:
    """What intake relies on: records after their header, reasons after what is refused, places within the file."""
    fatal = any(isinstance(each, r.Problem) and each.severity is r.Severity.FATAL for each in found)
    heads = sum(isinstance(each, r.Header) for each in found)
    ends = sum(isinstance(each, r.MessageEnd) for each in found)
    assert fatal or heads == ends
    is_open = False
    for place, each in enumerate(found):
        repr(each).encode()  # no half of a surrogate pair
        if isinstance(each, r.Problem):
            assert each.code in CODES
            assert sentence(each)
            continue
        if isinstance(each, r.Header):
            is_open = True
            assert header_from_json(json.loads(json.dumps(header_to_json(each)))) == each
        elif isinstance(each, RECORDS):
            assert is_open
            assert 0 <= each.span.start < each.span.end
            assert name in BY_ROWS or each.span.end <= len(raw)
        if isinstance(each, r.Refused):
            assert any(one.severity is r.Severity.ERROR for one in _reasons(found, place))


def _reasons(found: list[Any], place: int) -> list[r.Problem]:
    reasons = []
    for each in found[place + 1 :]:
        if not isinstance(each, r.Problem):
            break
        reasons.append(each)
    return reasons


def _again(reader: Reader, header: r.Header, raw: bytes, spans: Sequence[tuple[int, int]]) -> None:
    for start, end in spans:
        for each in reader.read_span(io.BytesIO(raw), header, r.Span(start, end)):
            assert not isinstance(each, r.Problem) or sentence(each)


@pytest.mark.parametrize("reader", KINDS, ids=[reader.name for reader in KINDS])
def test_each_reader_takes_the_bytes_of_every_other_without_an_exception(reader: Reader) -> None:
    for name, raw in SAMPLES.items():
        found = _read(reader, raw)
        known = reader.name in BY_ROWS or any(isinstance(each, r.Header) for each in found)
        assert known or any(isinstance(each, r.Problem) for each in found), name
        _check(found, raw, reader.name)


@pytest.mark.parametrize("name", SAMPLES)
def test_only_one_reader_claims_a_file_before_the_tables_do(name: str) -> None:
    raw = SAMPLES[name]
    claims = [
        reader.name
        for reader in READERS
        if type(reader) in map(type, KINDS) and reader.sniff(raw[:4096], io.BytesIO(raw))
    ]
    assert claims
    assert detect(io.BytesIO(raw)) is next(reader for reader in READERS if reader.name == claims[0])


@pytest.mark.parametrize("name", SAMPLES)
def test_a_second_pass_over_any_part_of_any_file_never_raises(name: str) -> None:
    raw = SAMPLES[name]
    reader = detect(io.BytesIO(raw))
    assert reader is not None
    headers = [each for each in _read(reader, raw) if isinstance(each, r.Header)]
    other = next(sent for key, sent in SAMPLES.items() if key != name)
    size = len(raw)
    for header in headers[:1]:
        mine = next(each for each in READERS if each.name == header.source_format)
        spans = [(0, size), (size // 3, size // 2), (size - 1, size + 99), (size + 5, size + 9), (7, 7)]
        _again(mine, header, raw, spans)
        _again(mine, header, other, [(0, len(other))])
        _again(mine, header, b"", [(0, 1)])


# ---- damage

PIECES = (
    b'"',
    b"'",
    b"\x00",
    b"\xef\xbb\xbf",
    b"+",
    b"<",
    b"&",
    b"]]>",
    b"\xff\xfe",
    b"?",
    b"{",
    b"\r\n",
    b"UNH+",
    b"-1",
)
FRACTION = st.floats(0, 1, exclude_max=True)


def _cut(raw: bytes, at: int, _piece: bytes) -> bytes:
    return raw[:at]


def _double(raw: bytes, at: int, _piece: bytes) -> bytes:
    return raw[:at] + raw[at // 2 : at] + raw[at:]


def _change(raw: bytes, at: int, piece: bytes) -> bytes:
    return raw[:at] + piece[:1] + raw[at + 1 :]


def _insert(raw: bytes, at: int, piece: bytes) -> bytes:
    return raw[:at] + piece + raw[at:]


def _drop(raw: bytes, at: int, _piece: bytes) -> bytes:
    return raw[:at] + raw[at + 40 :]


def _wide(raw: bytes, _at: int, _piece: bytes) -> bytes:
    return raw.decode("utf-8", "replace").encode("utf-16")


def _cyrillic(raw: bytes, _at: int, _piece: bytes) -> bytes:
    return raw.decode("utf-8", "replace").encode("cp1251", "replace")


ACTS: tuple[Callable[[bytes, int, bytes], bytes], ...] = (_cut, _double, _change, _insert, _drop, _wide, _cyrillic)
DAMAGE = st.lists(st.tuples(st.sampled_from(ACTS), FRACTION, st.sampled_from(PIECES)), min_size=1, max_size=3)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damage=DAMAGE)
def test_a_damaged_file_is_read_as_far_as_it_goes_and_never_raises(
    name: str, damage: list[tuple[Callable[[bytes, int, bytes], bytes], float, bytes]]
) -> None:
    sound = SAMPLES[name]
    raw = sound
    for act, fraction, piece in damage:
        raw = act(raw, int(len(raw) * fraction), piece)
    reader = detect(io.BytesIO(raw))
    if reader is not None:
        _check(_read(reader, raw), raw, reader.name)
    own = detect(io.BytesIO(sound))
    assert own is not None
    whole = _read(own, sound)
    header = next(each for each in whole if isinstance(each, r.Header))
    spans = [(each.span.start, each.span.end) for each in whole if isinstance(each, RECORDS)]
    mine = next(each for each in READERS if each.name == header.source_format)
    _again(mine, header, raw, [*spans[:1], *spans[-1:]])


# ---- hostile


def _zip(entries: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


def _with_entry(workbook: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one entry more, or another content of one."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        entries = {each: archive.read(each) for each in archive.namelist()}
    return _zip({**entries, name: content})


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
PROLOG = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
MANY = 1_000_000


def _zeros() -> bytes:
    """More than a workbook may unpack to, in some hundred kilobytes of an archive."""
    return bytes(UNPACKED + 1)


def _xml(prolog: str, root: str, text: str) -> bytes:
    return f"{prolog}<{root}><General_segment>{text}</General_segment></{root}>".encode()


HOSTILE: dict[str, Callable[[], bytes]] = {
    **{f"laughs-{root}": (lambda root=root: _xml(PROLOG, root, "&l11;")) for root in ("Awmds", "ASYCUDA", "pcu-note")},
    **{f"entity-{root}": (lambda root=root: _xml(OUTSIDE, root, "&f;")) for root in ("Awmds", "ASYCUDA", "pcu-note")},
    "deep-xml": lambda: b"<Awmds>" + b"<a>" * MANY,
    "deep-json": lambda: b'{"format": "pcu-manifest", "version": "1", "equipment": ' + b"[" * MANY,
    "deep-dcsa": lambda: b'[{"documentParties": {}, "consignmentItems": ' + b"[" * MANY,
    "endless-edifact": lambda: MESSAGES["codeco.edi"].split(b"EQD")[0] + b"EQD+CN+PCVU2045185+" * MANY,
    "endless-x12": lambda: MESSAGES["x12-309"].split(b"LX*1")[0] + b"LX*1*" * MANY,
    "endless-string": lambda: b'{"format": "pcu-manifest", "version": "1", "sender": "' + b"x" * (MANY * 20),
    "endless-tag": lambda: b"<Awmds " + b'a="b" ' * MANY,
    "open-quote": lambda: TABLES["csv"] + b'"' + b"A,B,C\r\n" * MANY,
    "zip-bomb-sheet": lambda: _with_entry(TABLES["xlsx"], "xl/worksheets/sheet1.xml", _zeros()),
    "zip-bomb-note": lambda: _with_entry(MESSAGES["cmr-xlsx"], "xl/sharedStrings.xml", _zeros()),
    "zip-bomb-ods": lambda: _with_entry(TABLES["ods"], "content.xml", _zeros()),
    "zip-in-zip": lambda: _zip({"cargo.xlsx": TABLES["xlsx"]}),
    "zip-of-messages": lambda: _zip({"sea.edi": MESSAGES["sea.edi"]}),
    "zip-of-names": lambda: _zip({"../../etc/passwd": b"x", "/etc/shadow": b"y"}),
    "zip-beheaded": lambda: b"PK\x03\x04" + TABLES["ods"][44:],
    "zip-cut": lambda: TABLES["xlsx"][:-30],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_refused_in_good_time(name: str) -> None:
    raw = HOSTILE[name]()
    begun = time.process_time()
    reader = detect(io.BytesIO(raw))
    found = [] if reader is None else list(reader.read(io.BytesIO(raw)))
    assert time.process_time() - begun < QUICK
    told = [each for each in found if isinstance(each, r.Problem)]
    # Unknown, or broken: in neither case is anything of it taken.
    assert reader is None or any(each.severity is r.Severity.FATAL for each in told), [each.code for each in told]
    assert not any(
        "/etc" in repr(each) or "hostname" in repr(each) for each in found if not isinstance(each, r.Problem)
    )


def test_names_in_a_workbook_that_point_elsewhere_open_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    raw = _with_entry(MESSAGES["cmr-xlsx"], "../outside.txt", b"planted")
    reader = detect(io.BytesIO(raw))
    assert reader is not None
    assert [each.number for each in _read(reader, raw) if isinstance(each, r.Equipment)]
    assert list(tmp_path.iterdir()) == []
    assert not (tmp_path.parent / "outside.txt").exists()
