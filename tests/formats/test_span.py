"""Any cut of a message into spans gives the records and problems that one reading gives."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.formats.records import Consignment, Equipment, Problem, Span
from profiling.formats.registry import header_from_json, header_to_json
from tests.formats.samples import BILL, BOX, HEAD, edi, header, manifest, note, read, reader_of, stream

WHOLE_ONLY = {
    "equipment_repeated",
    "equipment_not_listed",
    "segment_count_differs",
    "message_ref_differs",
    "interchange_header_missing",
}


def _sea() -> str:
    cyrillic = [s.replace("PLASTIC TOYS", "ИГРУШКИ ?+ КУКЛЫ ?'А?'") for s in BILL]
    second = [s.replace("B1", "B2").replace("KGM:1000", "KGM:x") for s in BILL]
    houses = [
        "CNI+3+MASTER9:BOL:CARR",
        "CNT+5:2",
        "RFF+BH:H1",
        "GID+1+5:CT",
        "FTX+AAA+++TEA",
        "RFF+BH:H2",
        "GID+1+6:CT",
        "FTX+AAA+++COFFEE",
    ]
    empty = ["EQD+CN+TCKU1234567+22G1++3+4", "MEA+AAE+T+KGM:2200"]
    refused = ["CNI+4+B4", "RFF+BM:B4"]
    last = [s.replace("B1", "B5") for s in BILL]
    return edi(*HEAD, *BOX, *empty, *cyrillic, *second, *houses, *refused, *last).replace("'", "'\r\n", 9)


def _rail() -> dict[str, Any]:
    notes = [note(f"Н{i}", items=[] if i == 3 else note("x")["items"]) for i in range(7)]
    return manifest(consignments=notes)


def _many() -> dict[str, Any]:
    return manifest(consignments=[note(f"Н{i}") for i in range(1203)])


def _records(found: list[Any]) -> list[Any]:
    return [each for each in found if isinstance(each, (Consignment, Equipment))]


def _check(raw: bytes, cuts: list[bool]) -> None:
    reader = reader_of(raw)
    found = list(reader.read(io.BytesIO(raw)))
    kept = header_from_json(json.loads(json.dumps(header_to_json(header(found)))))
    assert kept == header(found)
    records = _records(found)
    runs: list[list[Any]] = []
    for index, record in enumerate(records):
        fresh = not runs or type(runs[-1][-1]) is not type(record) or cuts[index % len(cuts)]
        if fresh:
            runs.append([record])
        else:
            runs[-1].append(record)
    again: list[Any] = []
    for run in runs:
        span = Span(run[0].span.start, run[-1].span.end)
        part = list(reader.read_span(io.BytesIO(raw), kept, span))
        numbered = replace(span, segment=run[0].span.segment)
        assert list(reader.read_span(io.BytesIO(raw), kept, numbered)) == part
        assert _records(part) == run
        again.extend(part)
    first = {each for each in map(_key, found) if each and each[0] not in WHOLE_ONLY}
    second = {each for each in map(_key, again) if each}
    assert second <= first
    named = {record.document_no for record in records if isinstance(record, Consignment)}
    assert {each for each in first if each[1] in named} == {each for each in second if each[1] in named}


def _key(found: Any) -> Any:
    if not isinstance(found, Problem):
        return None
    return (found.code, found.document, found.position, found.field, found.received)


@pytest.mark.parametrize("build", [_sea, _rail], ids=["cuscar", "json"])
@given(cuts=st.lists(st.booleans(), min_size=1, max_size=12))
def test_spans_of_any_partition_read_as_the_whole(build: Any, cuts: list[bool]) -> None:
    _check(stream(build()).getvalue(), cuts)


def test_spans_beyond_the_first_marks_keep_their_pointers() -> None:
    raw = stream(_many()).getvalue()
    _check(raw, [True, False, False, False, False, False, False])
    last = _records(read(raw))[-1]
    assert last.position.pointer == "/consignments/1202"
    assert raw[last.span.start : last.span.end].startswith(b'{"document_type"')


def test_spans_of_equipment_are_contiguous() -> None:
    raw = _sea().encode()
    found = [each for each in read(raw) if isinstance(each, Equipment)]
    assert found[0].span.end == found[1].span.start
    assert raw[found[1].span.end :].startswith(b"CNI")


def test_two_house_bills_under_one_cni_are_two_consignments_of_one_master() -> None:
    found = {b.document_no: b for b in read(_sea()) if isinstance(b, Consignment)}
    assert found["H1"].master_no == found["H2"].master_no == "MASTER9"
    assert found["H1"].issuer == found["H2"].issuer == "CARR"
    assert [item.description for item in found["H2"].items] == ["COFFEE"]
    assert found["H1"].span.end == found["H2"].span.start
