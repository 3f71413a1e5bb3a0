"""Notes for tests: what stands in the boxes of each kind, and the files made of it by the writers that we hand out."""

from __future__ import annotations

import io
from typing import Any

from profiling.formats import records as r
from profiling.formats.note_boxes import BY_CODE
from profiling.formats.note_template import json_note, workbook, xml
from profiling.formats.registry import detect

_FIRMS = {
    "shipper": "URUMQI NORTH GATE CO",
    "shipper_country": "CN",
    "consignee": "ТОО «Ақ жол & сын»",
    "consignee_country": "KZ",
    "consignee_tax_id": "231140009817",
}
_GOODS = {"description": "PLASTIC WARE <new>", "packages": "600", "package_text": "картон", "gross_kg": "10000.5"}
_RAIL = {"train": "8021", "departure": "708507", "arrival": "Khorgos", "eta": "24.11.2026 14:30"}
_ROAD = {"truck": "777ABC02", "departure": "Urumqi", "arrival": "Nur Zholy", "eta": "24.11.2026 14:30"}
_MESSAGE = {"manifest_number": "M-1", "sender": "Carrier"}
_SECOND = {"description": "HANGERS", "packages": "16", "gross_kg": "770"}

SAMPLES: dict[str, tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]] = {
    "train": (
        _MESSAGE | _RAIL,
        [
            {"wagon": "94233459", "container": "TEMU6180477", "seals": "CN1; KZ2", "fill": "гр", "place": "1"},
            {"wagon": "94188620", "tare_kg": "22500", "gross_kg": "64000", "place": "2"},
        ],
        [{"document_no": "21847733", **_FIRMS, **_GOODS, "container": "TEMU6180477", "hs": "70320"}, _SECOND],
    ),
    "smgs": (
        _MESSAGE | _RAIL,
        [{"wagon": "94233459", "container": "TEMU6180477", "seals": "CN1; KZ2", "fill": "full"}],
        [
            {
                "document_no": "21847733", **_FIRMS, **_GOODS, "container": "TEMU6180477", "gng": "392410",
                "loading_place": "045400", "discharge_place": "708507", "delivery_place": "Алматы", "carrier": "KTZ",
                "freight": "1200.50", "freight_currency": "USD", "contract": "K-7", "contract_date": "01.09.2026",
                "documents": "INV-9; PL-9", "procedure": "80",
            },
            _SECOND,
        ],
    ),
    "cim": (
        _MESSAGE | _RAIL,
        [{"wagon": "318146012345", "tare_kg": "21000"}],
        [{"document_no": "2185123456", **_FIRMS, **_GOODS, "wagon": "318146012345", "gng": "870323"}, _SECOND],
    ),
    "cmr": (
        _MESSAGE | _ROAD,
        [{"truck": "777ABC02", "trailer": "12XYZ02", "seals": "S1;S2", "fill": "full"}],
        [
            {
                "document_no": "CMR-1", **_FIRMS, **_GOODS, "trailer": "12XYZ02", "marks": "N/M", "volume_m3": "60,5",
                "value": "100", "currency": "USD", "un_number": "1263", "hazard_class": "3",
                "receipt_place": "Urumqi", "delivery_place": "Almaty", "invoice": "INV-7",
            },
            _SECOND,
        ],
    ),
    "tir": (
        _MESSAGE | _ROAD,
        [{"truck": "777ABC02", "trailer": "12XYZ02", "seals": "TIR1"}],
        [
            {
                "document_no": "XA12345678", "holder": "ТОО ПЕРЕВОЗКИ", "holder_code": "KAZ/061/123", **_FIRMS,
                **_GOODS, "trailer": "12XYZ02", "loading_place": "Urumqi", "discharge_place": "50501",
                "origin_country": "CN", "destination_country": "KZ", "cmr": "CMR-1",
            },
            _SECOND,
        ],
    ),
    "transfer": (
        _MESSAGE | {"junction": "708507", "at": "24.11.2026 14:30", "event": "прием", "railway_from": "КЖД"},
        [
            {"wagon": "94233459", "container": "TEMU6180477", "seals": "CN1; KZ2", "document_no": "21847733; 21847734"},
            {"wagon": "94233459", "container": "TCLU9044219", "fill": "пор."},
            {"wagon": "94188620", "gross_kg": "64000"},
        ],
        [],
    ),
    "eaeu": (
        _MESSAGE | {"mode": "авто", **_ROAD},
        [{"truck": "777ABC02", "trailer": "12XYZ02"}],
        [
            {
                "document_no": "CMR-1", "document_type": "CMR", **_FIRMS, **_GOODS, "tnved": "3924100000",
                "trailer": "12XYZ02", "declarant": "Broker", "customs_declaration": "50501/241126/0001",
            },
            _SECOND,
        ],
    ),
}  # fmt: skip
WRITERS = {"xlsx": workbook, "xml": xml, "json": json_note}


def filled(code: str, form: str) -> bytes:
    return WRITERS[form](BY_CODE[code], *SAMPLES[code])


def read(sent: bytes, agreed: Any = None) -> list[Any]:
    reader = detect(io.BytesIO(sent))
    assert reader is not None
    return list(reader.read(io.BytesIO(sent), agreed or {}))


def problems(found: list[Any]) -> list[r.Problem]:
    return [each for each in found if isinstance(each, r.Problem)]


def of(kind: type, found: list[Any]) -> list[Any]:
    return [each for each in found if isinstance(each, kind)]
