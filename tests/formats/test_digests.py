"""Digests of stored bills stay what they are: a changed digest would make every bill look amended when sent again."""

from __future__ import annotations

import hashlib
import io

import pytest

from profiling.formats.cuscar import CuscarReader
from profiling.formats.generate import generate_cuscar, generate_rail_json
from profiling.formats.records import Consignment, Equipment
from profiling.formats.registry import content_digest, detect
from tests.formats.samples import BILL, BOX, HEAD, edi

RICH = edi(
    *HEAD,
    *BOX,
    "CNI+1+MASTER9:BOL:CARR",
    "RFF+BH:H 1",
    "RFF+MB:MASTER9",
    "RFF+ABT:26-1/77",
    "RFF+UCN:U1",
    "CNT+7:1000.50:KGM",
    "CNT+15:12,5:MTQ",
    "LOC+9+CNSHA:139:6:SHANGHAI",
    "LOC+76+CNNGB",
    "LOC+28+KZ",
    "GIS+24",
    "CUX+2:EUR",
    "CPI+4++PP",
    "MOA+64:120.00:USD",
    "NAD+CZ+EAST1:172+EAST TRADING CO:12 RIVER ROAD:CN",
    "CTA+IC+:MR LI",
    "COM++86 21 555:TE",
    "NAD+CN+++ТОО «СТЕПЬ»+УЛ. АБАЯ 1+АЛМАТЫ++050000+KZ",
    "RFF+ADZ:123456789012",
    "NAD+NI+++SAME AS CONSIGNEE",
    "GID+1+10:CT:::КОРОБКИ",
    "FTX+AAA+++ИГРУШКИ ?+ КУКЛЫ ?'А?':LOT 7",
    "LOC+27+CNSHA",
    "MEA+AAE+G+TNE:1.0005",
    "MEA+AAE+N+KGM:990",
    "MOA+40:5000.10",
    "SGP+MSKU1234565+10",
    "MEA+AAE+G+KGM:1000.50",
    "DGS+IMD+3+1263",
    "PCI+28+A/B",
    "CST++950300",
)


def _digests(raw: bytes) -> list[str]:
    reader = detect(io.BytesIO(raw))
    assert reader is not None
    return [content_digest(each) for each in reader.read(io.BytesIO(raw)) if isinstance(each, Consignment)]


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (edi(*HEAD, *BOX, *BILL), "5f264987987b155aca7fe3b590e4b4d23a3964fd9c502627c1ebfe96ddec79f9"),
        (RICH, "485e59a225540932abdae1ce289a41991eb0aa786b2726f41181b25388d4fe13"),
    ],
    ids=["plain", "rich"],
)
def test_the_digest_of_a_stored_bill_does_not_change(text: str, digest: str) -> None:
    assert _digests(text.encode()) == [digest]


@pytest.mark.parametrize(
    ("raw", "digest"),
    [
        (b"".join(generate_cuscar(200)), "30c18f58dc7a4cb738840dcbd3b6ade07ebf41b410596a5fb034fc23648265a0"),
        (b"".join(generate_rail_json(60)), "4fd081524d9053941d21554a2f02465c2a08e3864c502f19949f4ab2871a32e5"),
    ],
    ids=["cuscar", "rail"],
)
def test_the_digests_of_a_whole_message_do_not_change(raw: bytes, digest: str) -> None:
    assert hashlib.sha256("".join(_digests(raw)).encode()).hexdigest() == digest


def test_where_the_records_of_a_message_stand_does_not_change() -> None:
    told = [
        (each.position.offset, each.position.segment, each.span.start, each.span.end)
        for each in CuscarReader().read(io.BytesIO(b"".join(generate_cuscar(200))))
        if isinstance(each, Consignment | Equipment)
    ]
    assert (
        hashlib.sha256(repr(told).encode()).hexdigest()
        == "6c03957d9078caab776a7ed9a6294fb7ebc458b190edbc88d76d479bb7c26808"
    )
