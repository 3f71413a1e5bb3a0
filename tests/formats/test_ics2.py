"""Entry summary declarations of ICS2: house bills under their master, straight bills, partial filings, amendments."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from profiling.formats import records as r
from profiling.formats.registry import detect
from tests.formats.samples import bills, boxes, header, problems, read, stream

SAMPLE = (Path(__file__).parents[1] / "fixtures" / "messages" / "ics2_f11.xml").read_text("utf-8")
GOODS = (
    "<goodsItem><commodity><descriptionOfGoods>Tea</descriptionOfGoods></commodity><packaging><numberOfPackages>5"
    "</numberOfPackages><typeOfPackages>CT</typeOfPackages></packaging>{}<weight><grossMass>50</grossMass></weight>"
    "</goodsItem>"
)


def _replaced(old: str, new: str) -> str:
    assert old in SAMPLE
    return SAMPLE.replace(old, new, 1)


def _filing(root: str, content: str) -> str:
    return f'<{root} xmlns="urn:wco:datamodel:eu:ics2:2"><LRN>L-1</LRN>{content}</{root}>'


def _master(content: str, kind: str = "N704") -> str:
    return (
        f"<consignmentMasterLevel>{content}<transportDocumentMasterLevel><documentNumber>M-1</documentNumber>"
        f"<type>{kind}</type></transportDocumentMasterLevel></consignmentMasterLevel>"
    )


def test_the_sample_is_read_without_any_problem() -> None:
    found = read(SAMPLE)
    assert not problems(found)
    assert (len(bills(found)), len(boxes(found))) == (2, 2)
    head = header(found)
    assert (head.source_format, head.release, head.purpose) == ("ics2", "IE3F11", r.Purpose.CARGO)
    assert (head.manifest_number, head.sender, head.issuer) == ("LRN26-7781", "PT500000001", "PT500000001")
    means = head.conveyance
    assert (means.mode, means.identifier, means.identifier_type) == (r.Mode.SEA, "9999993", "imo")
    assert (means.voyage, means.flag) == ("611W", "PT")
    assert means.eta is not None
    assert (means.eta.local.isoformat(), means.eta.offset_minutes) == ("2026-10-29T04:30:00", 0)


def test_house_bills_stand_under_their_master_and_have_its_places() -> None:
    first, second = bills(read(SAMPLE))
    assert (first.document_type, first.document_no, first.master_no) == (
        r.DocumentType.HOUSE_BILL,
        "MWH-0091",
        "TDL611-204",
    )
    assert (second.document_no, second.master_no) == ("MWH-0092", "TDL611-204")
    assert first.loading_place == second.loading_place == r.Place("VNHPH", "", "unlocode")
    assert first.discharge_place == r.Place("PTLEI", "", "unlocode")
    assert second.discharge_place == r.Place("", "LEIXOES TERMINAL NORTE")
    assert (first.ucr, first.gross_kg, first.packages) == ("6PT510000002-9", Decimal("9150.5"), 270)
    assert [(each.kind, each.number) for each in first.references] == [("N380", "MW-554"), ("route", "VN PT")]


def test_parties_are_those_of_the_bill_and_of_what_stands_around_it() -> None:
    first, second = bills(read(SAMPLE))
    assert [(each.role, each.name) for each in first.parties] == [
        (r.PartyRole.SHIPPER, "MEKONG WOOD JSC"),
        (r.PartyRole.SHIPPER, "SAIGON HOME TRADE"),
        (r.PartyRole.CONSIGNEE, "DOURO MOVEIS LDA"),  # also the buyer, of which nothing more is said
        (r.PartyRole.FORWARDER, ""),
        (r.PartyRole.DECLARANT, "TIDE LINES"),
        (r.PartyRole.CARRIER, "TIDE LINES"),
    ]
    consignor, consignee = first.parties[0], first.parties[2]
    assert (consignor.address, consignor.city, consignor.country) == ("Lot 7, PO 31, Dinh Vu", "Hai Phong", "VN")
    assert (consignee.address, consignee.postcode, consignee.tax_id) == ("Rua Nova 12", "4000-100", "PT510000002")
    assert consignee.contact == "imports@douro.example"
    assert second.parties[1].same_as is r.PartyRole.SHIPPER


def test_goods_and_containers_of_the_sample() -> None:
    found = read(SAMPLE)
    chairs, varnish = bills(found)[0].items
    assert (chairs.commodity, chairs.marks) == (r.Commodity("94015200"), "DM 1-210")
    assert varnish.dangerous == (r.DangerousGoods("1263"),)
    assert bills(found)[0].loadings == (r.Loading("PCVU2000000", 270, Decimal("9150.5")),)
    first, of_master = boxes(found)
    assert (first.size_type, first.fill) == ("45G1", r.Fill.FULL)
    assert [seal.number for seal in first.seals] == ["VN1201", "VN1202"]
    assert (of_master.number, of_master.fill) == ("PCVU2000021", r.Fill.EMPTY)
    assert of_master.position.pointer == "/IE3F11/consignmentMasterLevel/transportEquipment[1]"


def test_codes_of_sizes_are_no_iso_text_and_are_told_where_they_mean_no_kind() -> None:
    found = read(_replaced("<containerSizeAndType>45G1<", "<containerSizeAndType>22<"))
    assert boxes(found)[0].size_type == ""
    assert problems(found)["unknown_field"].field == "containerSizeAndType"
    found = read(_replaced("<containerSizeAndType>45G1<", "<containerSizeAndType>17<"))
    assert (boxes(found)[0].kind, boxes(found)[0].size_type) == (r.EquipmentKind.TRAILER, "")
    assert not problems(found)


@pytest.mark.parametrize("key", ["consignmentHouseLevel", "houseConsignment"])
def test_a_straight_bill_is_named_at_master_level_alone(key: str) -> None:
    house = f"<{key}><totalGrossMass>50</totalGrossMass>{GOODS.format('')}</{key}>"
    text = _filing("IE3F10", _master(house))
    if key == "houseConsignment":
        text = text.replace("consignmentMasterLevel", "masterConsignment")
    found = read(text)
    assert not problems(found)
    (bill,) = bills(found)
    assert (bill.document_type, bill.document_no, bill.master_no) == (r.DocumentType.BILL, "M-1", "")


def test_without_house_bills_the_master_is_the_bill_and_its_equipment_stands_in_it() -> None:
    box = "<transportEquipment><containerIdentificationNumber>PCVU2000000</containerIdentificationNumber>{}"
    listed = box.format("<containerPackedStatus>B</containerPackedStatus></transportEquipment>")
    mention = box.format("</transportEquipment>")
    found = read(_filing("IE3F12", _master(listed + GOODS.format(mention))))
    assert not problems(found)
    (bill,) = bills(found)
    assert (bill.document_type, bill.document_no) == (r.DocumentType.MASTER_BILL, "M-1")
    assert bill.loadings == (r.Loading("PCVU2000000", 5, Decimal(50)),)
    assert [(each.number, each.fill) for each in boxes(found)] == [("PCVU2000000", r.Fill.FULL)]
    # What is named with goods and listed nowhere stays with the bill and is told.
    found = read(_filing("IE3F12", _master(GOODS.format(mention))))
    assert bills(found)[0].loadings == (r.Loading("PCVU2000000", 5, Decimal(50)),)
    wrong = problems(found)["equipment_not_listed"]
    assert (wrong.received, wrong.document) == ("PCVU2000000", "M-1")


@pytest.mark.parametrize(
    ("root", "kind", "mode", "document"),
    [
        ("IE3F20", "N741", r.Mode.AIR, r.DocumentType.AIR_WAYBILL),
        ("IE3F43", "", r.Mode.POST, r.DocumentType.AIR_WAYBILL),
        ("IE3F50", "N730", r.Mode.ROAD, r.DocumentType.CMR),
        ("IE3F50", "N952", r.Mode.ROAD, r.DocumentType.TIR),
        ("IE3F51", "N720", r.Mode.RAIL, r.DocumentType.CIM),
        ("IE3F51", "N722", r.Mode.RAIL, r.DocumentType.SMGS),
    ],
)
def test_the_family_says_the_mode_and_the_code_the_document(
    root: str, kind: str, mode: r.Mode, document: r.DocumentType
) -> None:
    found = read(_filing(root, _master(GOODS.format(""), kind)))
    assert header(found).conveyance.mode is mode
    assert bills(found)[0].document_type is document


def test_an_amendment_changes_the_bills_that_it_holds_under_the_number_of_the_customs() -> None:
    content = "<MRN>26PT000340000001A7</MRN>" + _master(GOODS.format(""))
    head = header(read(_filing("IE3A12", content)))
    assert (head.function, head.manifest_number, head.message_ref) == (r.Function.CHANGE, "26PT000340000001A7", "L-1")


def test_of_several_masters_a_house_bill_stands_under_its_own() -> None:
    house = (
        f"<consignmentHouseLevel>{GOODS.format('')}<transportDocumentHouseLevel><documentNumber>H-{{}}"
        "</documentNumber></transportDocumentHouseLevel></consignmentHouseLevel>"
    )
    masters = [_master(house.format(n)).replace("M-1", f"M-{n}") for n in (1, 2, 3)]
    found = bills(read(_filing("IE3F27", "".join(masters))))
    assert [(each.document_no, each.master_no) for each in found] == [("H-1", "M-1"), ("H-2", "M-2"), ("H-3", "M-3")]


@pytest.mark.parametrize(
    ("old", "new", "code", "pointer"),
    [
        ("<documentNumber>MWH-0092</documentNumber>", f"<documentNumber>{'M' * 36}</documentNumber>",
         "document_no_too_long", "/IE3F11/consignmentMasterLevel/consignmentHouseLevel[2]"),
    ],
)  # fmt: skip
def test_what_a_bill_cannot_do_without_refuses_it_alone(old: str, new: str, code: str, pointer: str) -> None:
    found = read(_replaced(old, new))
    wrong = problems(found)[code]
    assert (wrong.severity, wrong.position.pointer) == (r.Severity.ERROR, pointer)
    assert [each.document_no for each in bills(found)] == ["MWH-0091"]
    assert sum(isinstance(each, r.Refused) and each.is_bill for each in found) == 1
    assert len(boxes(found)) == 2


def test_a_consignment_that_names_no_document_at_all_is_refused() -> None:
    found = read(_filing("IE3F14", f"<consignmentHouseLevel>{GOODS.format('')}</consignmentHouseLevel>"))
    wrong = problems(found)["document_no_missing"]
    assert (wrong.severity, wrong.position.pointer) == (r.Severity.ERROR, "/IE3F14/consignmentHouseLevel[1]")


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        (">6150.5<", ">12x<", "number_invalid", "items.gross_kg"),
        (">9150.5<", ">99150.5<", "gross_differs", "gross_kg"),
        (">210<", ">-5<", "number_negative", "items.packages"),
        (">940152<", ">CHAIR<", "code_unknown", "items.commodity"),
        (">B</containerPackedStatus>", ">Q</containerPackedStatus>", "code_unknown", "equipment.fill"),
        ("<numberOfSeals>2<", "<numberOfSeals>3<", "count_differs", "seals"),
        ("<LRN>LRN26-7781</LRN>", "", "manifest_number_missing", "LRN"),
        ("<placeOfDelivery>", "<colour>RED</colour><placeOfDelivery>", "unknown_field", "colour"),
        ("2026-10-29T04:30:00Z", "2026-13-29T04:30:00Z", "date_impossible", "eta"),
    ],
)
def test_values_that_cannot_be_used_are_told_once_and_the_bill_stays(old: str, new: str, code: str, field: str) -> None:
    found = read(_replaced(old, new))
    assert [(each.code, each.field) for each in found if isinstance(each, r.Problem)] == [(code, field)]
    assert len(bills(found)) == 2


def test_equipment_without_a_number_is_refused_and_what_names_it_is_told_of() -> None:
    found = read(_replaced(">PCVU2000000<", "><"))
    assert {code: each.severity for code, each in problems(found).items()} == {
        "equipment_number_missing": r.Severity.ERROR,
        "equipment_not_listed": r.Severity.WARNING,
    }
    assert [each.is_bill for each in found if isinstance(each, r.Refused)] == [False]
    assert len(bills(found)) == 2


def test_goods_may_be_filed_apart_from_buyer_and_seller() -> None:
    house = (
        "<consignmentHouseLevel><goodsShipment><seller><name>SAIGON HOME TRADE</name></seller></goodsShipment>"
        "<transportDocumentHouseLevel><documentNumber>H-1</documentNumber></transportDocumentHouseLevel>"
        "</consignmentHouseLevel>"
    )
    found = read(_filing("IE3F16", house))
    assert problems(found)["goods_missing"].severity is r.Severity.WARNING
    assert bills(found)[0].parties[0].name == "SAIGON HOME TRADE"


@pytest.mark.parametrize("root", ["IE3R01", "IE3N99", "IE3Q02", "IE4F10"])
def test_answers_of_the_system_are_no_filings(root: str) -> None:
    assert detect(stream(_filing(root, "<MRN>26PT000340000001A7</MRN>"))) is None
