"""DCSA bills of lading: papers beside consignments, one or many in a file, and a wrong value costs only itself."""

from __future__ import annotations

import copy
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.formats import dcsa_bl
from profiling.formats import records as r
from profiling.formats.dcsa_bl import DcsaBillReader
from profiling.formats.problems import CODES, sentence
from profiling.formats.registry import detect, header_from_json, header_to_json
from tests.formats.notes import of, problems, read

READER = DcsaBillReader()


def bill(number: str = "BL-1", **changed: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "transportDocumentReference": number,
        "shippingInstructionsReference": "SI-9",
        "transportDocumentTypeCode": "BOL",
        "issueDate": "2026-10-20",
        "isElectronic": True,
        "carrierCode": "PCUL",
        "carrierCodeListProvider": "NMFTA",
        "declaredValue": 1231.1,
        "declaredValueCurrency": "USD",
        "serviceContractReference": "SC-1",
        "transports": {
            "plannedDepartureDate": "2026-10-21",
            "plannedArrivalDate": "2026-11-01",
            "placeOfReceipt": {"locationName": "Yiwu"},
            "portOfLoading": {"UNLocationCode": "CNNGB"},
            "portOfDischarge": {"UNLocationCode": "GEPTI"},
            "vesselVoyages": [
                {"vesselName": "GREY HERON", "vesselIMONumber": "9999981", "carrierExportVoyageNumber": "245W"}
            ],
        },
        "documentParties": {
            "shipper": {
                "partyName": "NORTH GATE CO",
                "address": {"street": "River Road", "streetNumber": "12", "city": "Ningbo", "countryCode": "CN"},
                "taxLegalReferences": [{"type": "VAT", "countryCode": "CN", "value": "CN99"}],
            },
            "consignee": {
                "partyName": "TOO STEPPE",
                "identifyingCodes": [{"codeListProvider": "GLEIF", "partyCode": "L1"}],
            },
            "notifyParties": [{"partyName": "BROKER", "partyContactDetails": [{"name": "A", "email": "a@b.example"}]}],
            "other": [{"partyFunction": "DDR", "party": {"partyName": "FORWARDER"}}],
        },
        "consignmentItems": [
            {
                "carrierBookingReference": "BK-1",
                "descriptionOfGoods": ["PLASTIC", "TOYS"],
                "HSCodes": ["950300"],
                "shippingMarks": ["N/M"],
                "cargoItems": [
                    {
                        "equipmentReference": "PCVU1000005",
                        "cargoGrossWeight": {"value": 1.5, "unit": "TNE"},
                        "cargoGrossVolume": {"value": 30, "unit": "MTQ"},
                        "outerPackaging": {
                            "packageCode": "CT",
                            "numberOfPackages": 100,
                            "description": "Cartons",
                            "dangerousGoods": [{"UNNumber": "1263", "imoClass": "3", "properShippingName": "PAINT"}],
                        },
                    },
                    {
                        "equipmentReference": "PCVU1000010",
                        "cargoGrossWeight": {"value": 500, "unit": "KGM"},
                        "cargoGrossVolume": {"value": 9.5, "unit": "MTQ"},
                        "outerPackaging": {"packageCode": "CT", "numberOfPackages": 20},
                    },
                ],
            }
        ],
        "utilizedTransportEquipments": [
            {
                "equipment": {
                    "equipmentReference": "PCVU1000005",
                    "ISOEquipmentCode": "22G1",
                    "tareWeight": {"value": 2200, "unit": "KGM"},
                },
                "isShipperOwned": True,
                "seals": [{"number": "S1", "source": "CUS"}, {"number": "S2"}],
            },
            {"equipmentReference": "PCVU1000010", "isShipperOwned": False},
        ],
    }  # fmt: skip
    return whole | changed


def sent(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def test_a_bill_becomes_a_paper_beside_its_consignment() -> None:
    found = read(sent(bill()))
    assert problems(found) == []
    header, paper, end = found
    assert (header.source_format, header.purpose, header.sender) == ("dcsa-bl", r.Purpose.DOCUMENTS, "PCUL")
    assert (header.conveyance.identifier, header.conveyance.voyage) == ("9999981", "245W")
    assert (header.conveyance.departure, header.conveyance.arrival) == (
        r.Place("CNNGB", "", "unlocode"),
        r.Place("GEPTI", "", "unlocode"),
    )
    assert (paper.kind, paper.number, paper.consignments) == (r.DocumentKind.BILL, "BL-1", ("BL-1",))
    assert (paper.value, paper.currency, paper.conveyance) == (Decimal("1231.1"), "USD", "GREY HERON")
    assert (paper.gross_kg, paper.packages, paper.volume_m3) == (Decimal(2000), 120, Decimal("39.5"))
    assert paper.loadings == (r.Loading("PCVU1000005", 100, Decimal(1500)), r.Loading("PCVU1000010", 20, Decimal(500)))
    assert paper.seals == (r.Seal("S1", r.SealParty.CUSTOMS), r.Seal("S2"))
    (item,) = paper.items
    assert (item.description, item.commodity, item.package_code) == ("PLASTIC TOYS", r.Commodity("950300"), "CT")
    assert item.dangerous == (r.DangerousGoods("1263", "3", "IMD"),)
    roles = {party.role: party for party in paper.parties}
    assert (roles[r.PartyRole.SHIPPER].address, roles[r.PartyRole.SHIPPER].tax_id) == ("River Road 12", "CN99")
    assert roles[r.PartyRole.CONSIGNEE].code == "L1"
    assert roles[r.PartyRole.NOTIFY].contact == "A, a@b.example"
    assert roles[r.PartyRole.FORWARDER].name == "FORWARDER"
    assert {(each.kind, each.number) for each in paper.references} == {
        ("shipping_instructions", "SI-9"), ("booking", "BK-1"), ("contract", "SC-1"),
    }  # fmt: skip
    assert isinstance(end, r.MessageEnd)


def test_an_array_gives_a_paper_each_with_its_pointer_and_bytes() -> None:
    raw = b"  " + sent([bill("A"), 7, bill("B", mystery=1)])
    found = read(raw)
    papers = of(r.Document, found)
    assert [(each.number, each.position.pointer) for each in papers] == [("A", "/0"), ("B", "/2")]
    for paper in papers:
        assert json.loads(raw[paper.span.start : paper.span.end])["transportDocumentReference"] == paper.number
    assert [each.position.pointer for each in of(r.Refused, found)] == ["/1"]
    assert [(each.code, each.position.pointer) for each in problems(found)] == [
        ("type_wrong", "/1"), ("unknown_field", "/2/mystery"),
    ]  # fmt: skip


@pytest.mark.parametrize("many", [1, 7, 1203])
def test_a_second_pass_reads_any_paper_alike(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dcsa_bl, "MARK_EVERY", 5)
    small = {"transportDocumentTypeCode": "BOL", "consignmentItems": []}
    raw = sent([small | {"transportDocumentReference": f"N{n}"} for n in range(many)])
    whole = read(raw)
    header = header_from_json(json.loads(json.dumps(header_to_json(whole[0]))))
    papers = of(r.Document, whole)
    assert len(papers) == many
    for start in range(0, many, 101):
        part = papers[start : start + 3]
        span = r.Span(part[0].span.start, part[-1].span.end)
        assert of(r.Document, list(READER.read_span(io.BytesIO(raw), header, span))) == part
    one = read(sent(bill()))
    again = list(READER.read_span(io.BytesIO(sent(bill())), one[0], one[1].span))
    assert again == [one[1]]


def test_a_shipping_instruction_is_kept_under_its_booking() -> None:
    whole = bill()
    del whole["transportDocumentReference"], whole["shippingInstructionsReference"]
    found = read(sent(whole))
    (paper,) = of(r.Document, found)
    assert (paper.number, paper.consignments) == ("BK-1", ())
    assert [each.code for each in problems(found)] == ["document_no_from_booking"]
    del whole["consignmentItems"]
    found = read(sent(whole))
    assert of(r.Document, found) == []
    assert [(each.code, each.severity) for each in problems(found)] == [("document_no_missing", r.Severity.ERROR)]


def test_a_wrong_value_costs_only_itself() -> None:
    whole = bill(issueDate="yesterday", declaredValue="much", carrierCode=7)
    whole["consignmentItems"][0]["cargoItems"][0]["cargoGrossWeight"] = {"value": 10, "unit": "STN"}
    whole["consignmentItems"][0]["HSCodes"] = ["950300", "950400", "toys"]
    whole["documentParties"]["shipper"]["address"]["countryCode"] = "China"
    found = read(sent(whole))
    (paper,) = of(r.Document, found)
    assert (paper.issued, paper.value, paper.gross_kg) == (None, None, None)
    assert paper.loadings[0] == r.Loading("PCVU1000005", 100, None)
    assert (paper.items[0].commodity, paper.items[0].other_codes) == (r.Commodity("950300"), (r.Commodity("950400"),))
    assert {each.severity for each in problems(found)} == {r.Severity.WARNING}
    assert {(each.code, each.position.pointer) for each in problems(found)} == {
        ("date_impossible", "/issueDate"),
        ("type_wrong", "/declaredValue"),
        ("type_wrong", "/carrierCode"),
        ("unit_unknown", "/consignmentItems/0/cargoItems/0/cargoGrossWeight"),
        ("code_unknown", "/consignmentItems/0/HSCodes"),
        ("type_wrong", "/documentParties/shipper/address/countryCode"),
    }


def test_an_unknown_member_of_every_item_is_told_once() -> None:
    whole = bill()
    item = whole["consignmentItems"][0] | {"colour": "red"}
    found = read(sent(whole | {"consignmentItems": [item, copy.deepcopy(item), copy.deepcopy(item)]}))
    assert [(each.code, each.position.pointer) for each in problems(found)] == [
        ("unknown_field", "/consignmentItems/0/colour")
    ]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (sent(bill()), "dcsa-bl"),
        (b"\xef\xbb\xbf\n" + sent([bill()]), "dcsa-bl"),
        (sent({"format": "pcu-manifest", "version": "1"}), "pcu-json"),
        (sent({"format": "pcu-manifest", "documentParties": 1, "consignmentItems": 1}), "pcu-json"),
        (sent({"documentParties": {}}), "pcu-json"),
        (sent([1, 2]), None),
    ],
    ids=["object", "array", "manifest", "manifest with strays", "one member", "array of others"],
)
def test_a_bill_is_told_from_a_manifest(raw: bytes, name: str | None) -> None:
    reader = detect(io.BytesIO(raw))
    assert (reader.name if reader else None) == name


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (sent([bill()])[:-9], "file_cut"),
        (b"[]", "message_missing"),
        (b"[1]", "message_missing"),
        (b"{} x", "json_invalid"),
    ],
    ids=["cut", "empty", "no object", "more"],
)  # fmt: skip
def test_a_broken_file_is_told(raw: bytes, code: str) -> None:
    assert [(each.code, each.severity) for each in READER.read(io.BytesIO(raw))] == [(code, r.Severity.FATAL)]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [each for key, child in inner for each in places(child, (*path, key))]


PLACES = places(bill())


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=1, max_size=4), st.integers(1, 3))
def test_whatever_stands_in_a_bill_is_read_or_told(changes: list[tuple[Any, Any]], many: int) -> None:
    whole = bill()
    for path, value in changes:
        holder: Any = whole
        for key in path[:-1]:
            if isinstance(holder, dict):
                holder = holder.get(key)
            else:
                holder = holder[key] if isinstance(holder, list) and key in range(len(holder)) else None
        is_there = isinstance(holder, list) and path[-1] in range(len(holder))
        if is_there or (isinstance(holder, dict) and isinstance(path[-1], str)):
            holder[path[-1]] = value
    found = list(READER.read(io.BytesIO(sent([whole] * many))))
    assert isinstance(found[0], r.Header)
    assert isinstance(found[-1], r.MessageEnd)
    assert len(of((r.Document, r.Refused), found)) == many
    refused = {each.position.pointer for each in of(r.Refused, found)}
    errors = {"/" + (each.position.pointer or "").split("/")[1] for each in problems(found) if each.severity == "error"}
    assert errors == refused
    assert all(sentence(each) and each.code in CODES for each in problems(found))


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=3)), min_size=1, max_size=4))
def test_a_damaged_bill_never_raises(edits: list[tuple[float, int, bytes]]) -> None:
    raw = sent([bill("A"), bill("B")])
    for where, length, piece in edits:
        at = int(where * len(raw))
        raw = raw[:at] + piece + raw[at + length :]
    found = list(READER.read(io.BytesIO(raw)))
    fatal = [each for each in problems(found) if each.severity is r.Severity.FATAL]
    assert bool(fatal) != isinstance(found[-1], r.MessageEnd)
