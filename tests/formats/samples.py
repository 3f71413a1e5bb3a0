"""Builders of small messages for the tests of the readers."""

from __future__ import annotations

import io
import json
from typing import Any

from profiling.formats.records import Consignment, Equipment, Header, Problem, Span
from profiling.formats.registry import Reader, detect

HEAD = [
    "UNH+M1+CUSCAR:D:95B:UN",
    "BGM+85+MAN001+9",
    "DTM+137:202610200930:203",
    "TDT+20+245W+1++LINE:172:20:ACME LINE+++9778791:146:11:BLUE HERON:DK",
    "LOC+60+GEPTI:139:6",
    "DTM+132:202611010600:203",
]
BOX = ["EQD+CN+MSKU1234565+22G1:102:5++3+5", "SEL+S1001+CA"]
BILL = [
    "CNI+1+B1",
    "RFF+BM:B1",
    "CNT+7:1000:KGM",
    "CNT+11:10",
    "LOC+9+CNSHA:139:6",
    "NAD+CZ+++EAST TRADING CO+12 RIVER ROAD+SHANGHAI++200000+CN",
    "NAD+CN+++TOO STEPPE IMPORT+UL. ABAYA 1+ALMATY++050000+KZ",
    "GID+1+10:CT",
    "FTX+AAA+++PLASTIC TOYS",
    "MEA+AAE+G+KGM:1000",
    "SGP+MSKU1234565+10",
    "CST++950300",
]


def edi(*segments: str, count: int | None = None, una: str = "", level: str = "UNOW:4") -> str:
    """An interchange around the segments of one message, which starts with UNH and lacks its UNT."""
    total = len(segments) + 1 if count is None else count
    ref = segments[0].split("+")[1] if segments else "M1"
    lines = [f"UNB+{level}+LINE+PCU+261020:0930+R1", *segments, f"UNT+{total}+{ref}", "UNZ+1+R1"]
    return una + "".join(line + "'" for line in lines)


def sea(*bill: str, box: list[str] | None = None, head: list[str] | None = None) -> str:
    return edi(*(head or HEAD), *(BOX if box is None else box), *(bill or BILL))


def manifest(**changed: Any) -> dict[str, Any]:
    """A pcu-manifest of one wagon, one container on it and one note."""
    whole: dict[str, Any] = {
        "format": "pcu-manifest",
        "version": "1",
        "function": "original",
        "message_ref": "T-1",
        "manifest_number": "TRAIN-77",
        "sender": "KTZ-TEST",
        "conveyance": {"mode": "rail", "identifier": "77", "identifier_type": "train", "eta": "2026-11-01"},
        "equipment": [
            {"number": "98765432", "kind": "wagon"},
            {
                "number": "MSKU1234565",
                "kind": "container",
                "fill": "full",
                "carried_on": "98765432",
                "seals": [{"number": "A1", "party": "customs"}],
            },
        ],
        "consignments": [note("N1")],
    }
    whole.update(changed)
    return whole


def note(number: str, **changed: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "document_type": "smgs",
        "document_no": number,
        "gross_kg": 1000,
        "packages": 10,
        "parties": [{"role": "shipper", "name": "EAST"}, {"role": "consignee", "name": "ТОО СТЕПЬ"}],
        "items": [{"description": "ИГРУШКИ", "packages": 10, "gross_kg": 1000}],
        "loadings": [{"equipment": "MSKU1234565", "packages": 10}],
    }
    whole.update(changed)
    return whole


def stream(text: str | bytes | dict[str, Any]) -> io.BytesIO:
    if isinstance(text, dict):
        text = json.dumps(text, ensure_ascii=False)
    return io.BytesIO(text.encode() if isinstance(text, str) else text)


def reader_of(raw: bytes) -> Reader:
    reader = detect(io.BytesIO(raw))
    assert reader is not None
    return reader


def read(text: str | bytes | dict[str, Any]) -> list[Any]:
    source = stream(text)
    return list(reader_of(source.getvalue()).read(source))


def problems(found: list[Any]) -> dict[str, Problem]:
    return {each.code: each for each in found if isinstance(each, Problem)}


def header(found: list[Any]) -> Header:
    return next(each for each in found if isinstance(each, Header))


def bills(found: list[Any]) -> list[Consignment]:
    return [each for each in found if isinstance(each, Consignment)]


def boxes(found: list[Any]) -> list[Equipment]:
    return [each for each in found if isinstance(each, Equipment)]


def whole_span(found: list[Any]) -> Span:
    spans = [each.span for each in found if isinstance(each, (Consignment, Equipment))]
    return Span(min(s.start for s in spans), max(s.end for s in spans))
