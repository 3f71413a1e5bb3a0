"""WCO Data Model XML: what declarations and cargo reports become, and how the two are told apart."""

from __future__ import annotations

import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.formats import records as r
from profiling.formats.registry import reader_of
from tests.formats.samples import bills, boxes, header, problems, read, stream

MESSAGES = Path(__file__).parents[1] / "fixtures" / "messages"
PAPER = (MESSAGES / "wco_declaration.xml").read_text("utf-8")
CARGO = (MESSAGES / "wco_cargo.xml").read_text("utf-8")


def _papers(found: list[Any]) -> list[r.Document]:
    return [each for each in found if isinstance(each, r.Document)]


def _problems(found: list[Any]) -> list[r.Problem]:
    return [each for each in found if isinstance(each, r.Problem)]


def _replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


# -- declarations


def test_a_declaration_is_a_paper_and_says_so_in_its_header() -> None:
    found = read(PAPER)
    assert not problems(found)
    assert not bills(found)
    head = header(found)
    assert (head.source_format, head.purpose, head.function) == ("wco-dm", r.Purpose.DOCUMENTS, r.Function.ORIGINAL)
    assert (head.sender, head.message_ref, head.manifest_number) == (
        "NL810000001",
        "BERG-26-0417",
        "26NL000510AB12CD34",
    )
    assert (head.direction, head.conveyance.mode) == (r.Direction.IMPORT, r.Mode.SEA)
    assert (head.conveyance.identifier, head.conveyance.identifier_type) == ("9999993", "imo")


def test_the_paper_names_its_bill_its_parties_and_its_container() -> None:
    (paper,) = _papers(read(PAPER))
    assert (paper.kind, paper.number) == (r.DocumentKind.DECLARATION, "26NL000510AB12CD34")
    assert (paper.consignments, paper.ucr) == (("TRL26-5512",), "6NL820000002-77")
    assert paper.issued is not None
    assert (paper.issued.local, paper.issued.offset_minutes) == (datetime(2026, 11, 3, 10, 15), 0)
    assert (paper.gross_kg, paper.net_kg, paper.packages) == (Decimal(18450), Decimal(17930), 920)
    assert (paper.value, paper.currency, paper.delivery_terms) == (Decimal(48250), "EUR", "CFR")
    assert (paper.loading_place, paper.origin_country, paper.destination_country) == (
        r.Place("TRIZM", "", "unlocode"),
        "TR",
        "NL",
    )
    assert paper.loadings == (r.Loading("PCVU2000000"),)
    assert paper.seals == (r.Seal("TR4410"),)
    assert [(p.role, p.name, p.tax_id) for p in paper.parties] == [
        (r.PartyRole.CONSIGNEE, "NOORD CERAMICS BV", "NL820000002"),
        (r.PartyRole.DECLARANT, "BERG EXPEDITIE", "NL810000001"),
    ]
    assert [(each.kind, each.number) for each in paper.references] == [
        ("declarant", "BERG-26-0417"),
        ("N380", "INV-8841"),
        ("goods_location", "NL A U RTMDELTA"),
        ("route", "TR NL"),
    ]
    assert paper.procedure == "4000, C07"


def test_goods_have_the_whole_code_their_packages_and_their_own_units() -> None:
    first, second = _papers(read(PAPER))[0].items
    assert (first.commodity, second.commodity) == (r.Commodity("6907210010"), r.Commodity("38245090"))
    assert (first.value, first.currency) == (Decimal(31250), "EUR")
    assert second.gross_kg == Decimal(4000)  # said in tonnes
    assert (first.packages, first.package_code, first.marks) == (800, "BX", "NC 1-800")
    assert (second.packages, second.package_code, second.package_text) == (120, "", "100 BG, 20 CT")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (">14450</GrossMassMeasure>", ">44450</GrossMassMeasure>", "gross_differs"),
        ("<GoodsItemQuantity>2<", "<GoodsItemQuantity>3<", "count_differs"),
        ("<TotalPackageQuantity>920<", "<TotalPackageQuantity>9<", "packages_differ"),
        (">69072100<", ">TILES<", "code_unknown"),
        ('unitCode="TNE"', 'unitCode="XYZ"', "unit_unknown"),
        (">20261103101500Z<", ">20261303101500Z<", "date_impossible"),
        ("<TradeTerms>", "<Colour>RED</Colour><TradeTerms>", "unknown_field"),
        ("<InvoiceAmount ", "<OtherAmount>1</OtherAmount><InvoiceAmount ", "unknown_field"),
    ],
)
def test_what_does_not_fit_is_told_once_and_the_paper_stays(old: str, new: str, code: str) -> None:
    found = read(_replaced(PAPER, old, new))
    assert [each.code for each in found if isinstance(each, r.Problem)] == [code]
    assert len(_papers(found)) == 1


def test_an_attachment_is_not_read_and_that_is_told() -> None:
    image = f"<ImageBinaryObject>{'QUJD' * 5000}</ImageBinaryObject>"
    found = read(_replaced(PAPER, "<TradeTerms>", image + "<TradeTerms>"))
    assert set(problems(found)) == {"xml_attachment"}
    assert len(_papers(found)) == 1


def test_before_it_is_registered_a_declaration_goes_by_the_number_of_the_declarant() -> None:
    unregistered = _replaced(PAPER, "<ID>26NL000510AB12CD34</ID>", "")
    assert _papers(read(unregistered))[0].number == "BERG-26-0417"
    found = read(_replaced(unregistered, "BERG-26-0417", ""))
    assert problems(found)["document_no_missing"].severity is r.Severity.ERROR
    assert any(isinstance(each, r.Refused) and each.is_bill for each in found)


def test_an_amendment_says_by_its_type_what_it_does() -> None:
    cancelled = (
        '<Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2"><FunctionCode>13</FunctionCode>'
        "<FunctionalReferenceID>BERG-26-0418</FunctionalReferenceID><ID>26NL000510AB12CD34</ID>"
        "<TypeCode>INV</TypeCode></Declaration>"
    )
    found = read(cancelled)
    assert (header(found).function, header(found).purpose) == (r.Function.CANCEL, r.Purpose.DOCUMENTS)
    assert _papers(found)[0].number == "26NL000510AB12CD34"
    assert header(read(cancelled.replace("INV", "COR"))).function is r.Function.CHANGE


# -- cargo reports


def test_a_cargo_report_is_read_without_any_problem() -> None:
    found = read(CARGO)
    assert not problems(found)
    assert (len(bills(found)), len(boxes(found)), len(_papers(found))) == (2, 2, 0)
    head = header(found)
    assert (head.source_format, head.purpose, head.direction) == ("wco-dm", r.Purpose.CARGO, r.Direction.IMPORT)
    assert (head.manifest_number, head.sender, head.issuer) == ("CR-2026-91", "GE4000777", "TRVR")
    means = head.conveyance
    assert (means.mode, means.identifier, means.identifier_type) == (r.Mode.SEA, "9999993", "imo")
    assert (means.name, means.voyage, means.arrival) == ("TIDE ROVER", "044N", r.Place("GEPTI", "", "unlocode"))
    assert means.eta is not None
    assert means.eta.local == datetime(2026, 10, 30, 21)


def test_a_house_bill_stands_under_its_master_with_goods_and_parties() -> None:
    house, plain = bills(read(CARGO))
    assert (house.document_type, house.document_no, house.master_no) == (
        r.DocumentType.HOUSE_BILL,
        "BM-77",
        "TRL26-5513",
    )
    assert (house.ucr, house.freight_terms, house.line) == ("6TR55501", "prepaid", 1)
    assert (house.gross_kg, house.packages, house.volume_m3) == (Decimal(12600), 420, Decimal("21.4"))
    assert house.loadings == (r.Loading("PCVU2000000", 420, Decimal(12600)),)
    assert house.items[0].description == "KITCHENWARE OF STEEL"
    assert house.items[0].commodity == r.Commodity("732393")
    assert house.items[1].dangerous == (r.DangerousGoods("1263", "3"),)
    shipper, consignee, notify = house.parties
    assert (shipper.role, shipper.country) == (r.PartyRole.SHIPPER, "TR")
    assert (consignee.tax_id, consignee.contact) == ("405000111", "+995 32 200000")
    assert (notify.name, notify.same_as) == ("KOLKHIDA HOME", r.PartyRole.CONSIGNEE)
    assert (plain.document_type, plain.document_no, plain.master_no) == (r.DocumentType.BILL, "TRL26-5514", "")


def test_equipment_is_listed_once_wherever_it_stands_and_a_mention_is_no_list() -> None:
    first, second = boxes(read(CARGO))
    assert (first.number, first.size_type, first.fill) == ("PCVU2000000", "22G1", r.Fill.FULL)
    assert [seal.number for seal in first.seals] == ["BM7701", "BM7702"]
    assert (second.number, second.fill, second.seals) == ("PCVU2000021", r.Fill.FULL, (r.Seal("RP1"),))


@pytest.mark.parametrize(
    ("code", "function"),
    [
        ("9", r.Function.ORIGINAL),
        ("5", r.Function.REPLACE),
        ("1", r.Function.CANCEL),
        ("4", r.Function.CHANGE),
        ("2", r.Function.ADD),
        ("3", r.Function.DELETE),
    ],
)
def test_the_function_is_that_of_the_message(code: str, function: r.Function) -> None:
    text = _replaced(CARGO, "<FunctionCode>9<", f"<FunctionCode>{code}<")
    assert header(read(text)).function is function


def test_a_function_that_is_not_known_refuses_the_message_and_none_is_told() -> None:
    found = read(_replaced(CARGO, "<FunctionCode>9<", "<FunctionCode>77<"))
    wrong = problems(found)["function_not_supported"]
    assert (wrong.severity, wrong.position.pointer) == (r.Severity.FATAL, "/Declaration/FunctionCode")
    assert not bills(found)
    found = read(_replaced(CARGO, "<FunctionCode>9</FunctionCode>", ""))
    assert problems(found)["function_assumed"].severity is r.Severity.WARNING
    assert len(bills(found)) == 2


def test_a_report_that_cancels_everything_needs_no_consignment() -> None:
    start, end = CARGO.index("<Consignment>"), CARGO.rindex("</Consignment>") + len("</Consignment>")
    found = read(_replaced(CARGO[:start] + CARGO[end:], "<FunctionCode>9<", "<FunctionCode>1<"))
    assert (header(found).purpose, header(found).function) == (r.Purpose.CARGO, r.Function.CANCEL)
    assert not problems(found)
    assert isinstance(found[-1], r.MessageEnd)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<TransportContractDocument><ID>TRL26-5514</ID><TypeCode>705</TypeCode></TransportContractDocument>", "",
         "document_no_missing"),
        ("TRL26-5514", "T" * 36, "document_no_too_long"),
    ],
)  # fmt: skip
def test_what_a_bill_cannot_do_without_refuses_it_alone(old: str, new: str, code: str) -> None:
    found = read(_replaced(CARGO, old, new))
    wrong = problems(found)[code]
    assert (wrong.severity, wrong.position.pointer) == (r.Severity.ERROR, "/Declaration/Consignment[2]")
    assert [each.document_no for each in bills(found)] == ["BM-77"]
    assert sum(isinstance(each, r.Refused) and each.is_bill for each in found) == 1
    assert len(boxes(found)) == 2


def test_the_house_bill_may_stand_apart_from_the_contract_of_the_carrier() -> None:
    """So writes China, which also wraps the declaration, names equipment a level deeper and seals flat."""
    text = (
        '<Manifest xmlns="urn:Declaration:datamodel:standard:CN:MT1401:1"><Head><MessageID>CN_1</MessageID>'
        "<FunctionCode>9</FunctionCode><SenderID>4403</SenderID></Head><Declaration><BorderTransportMeans>"
        "<JourneyID>100E</JourneyID><TypeCode>1</TypeCode><ID>UN9999993</ID><Name>TIDE ROVER</Name>"
        "</BorderTransportMeans><Consignment><TransportContractDocument><ID>M-9</ID></TransportContractDocument>"
        "<AssociatedTransportDocument><ID>H-9</ID></AssociatedTransportDocument>"
        "<ConsignmentPackaging><QuantityQuantity>5</QuantityQuantity></ConsignmentPackaging>"
        "<TransportEquipment><EquipmentIdentification><ID>PCVU2000000</ID></EquipmentIdentification>"
        "<FullnessCode>5</FullnessCode><SealID>M/CN1</SealID></TransportEquipment>"
        "<ConsignmentItem><SequenceNumeric>1</SequenceNumeric><ConsignmentItemPackaging><QuantityQuantity>5"
        "</QuantityQuantity><TypeCode>CT</TypeCode></ConsignmentItemPackaging><Commodity><CargoDescription>咖啡壶"
        "</CargoDescription></Commodity><GoodsMeasure><GrossMassMeasure>70</GrossMassMeasure></GoodsMeasure>"
        "<EquipmentIdentification><ID>PCVU2000000</ID></EquipmentIdentification></ConsignmentItem>"
        "</Consignment></Declaration></Manifest>"
    )
    found = read(text)
    assert not problems(found)
    (bill,) = bills(found)
    assert (bill.document_type, bill.document_no, bill.master_no) == (r.DocumentType.HOUSE_BILL, "H-9", "M-9")
    assert bill.loadings == (r.Loading("PCVU2000000", 5, Decimal(70)),)
    assert boxes(found)[0].seals == (r.Seal("M/CN1"),)
    head = header(found)
    assert (head.manifest_number, head.sender, head.message_ref) == ("9999993/100E", "4403", "CN_1")


# -- choosing


def test_other_declarations_and_envelopes_are_not_taken_for_it() -> None:
    reader = reader_of("wco-dm")
    for other in ("<Declaration><Income>5</Income></Declaration>", "<MetaData><Title>x</Title></MetaData>"):
        assert not reader.sniff(other.encode(), stream(other))
    utf16 = CARGO.replace("UTF-8", "UTF-16").encode("utf-16")
    assert reader.sniff(utf16[:4096], stream(utf16))
    assert len(bills(read(utf16))) == 2


def test_an_envelope_without_a_declaration_holds_no_message() -> None:
    found = list(reader_of("wco-dm").read(stream("<MetaData><WCOTypeName>DEC</WCOTypeName></MetaData>")))
    assert [(each.code, each.severity) for each in found] == [("message_missing", r.Severity.FATAL)]


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["good", "no number", "long number", "no goods", "bad weight"]), max_size=12))
def test_every_bill_is_accepted_or_refused_with_a_reason(kinds: list[str]) -> None:
    start, end = CARGO.rindex("<Consignment>"), CARGO.rindex("</Consignment>") + len("</Consignment>")
    changes = {
        "no number": ("<ID>TRL26-5514</ID>", ""),
        "long number": ("TRL26-5514", "T" * 40),
        "no goods": ("ConsignmentItem>", "OtherItem>"),
        "bad weight": ("8000</TotalGrossMassMeasure>", "eight</TotalGrossMassMeasure>"),
    }
    several = [
        CARGO[start:end].replace(*changes.get(kind, ("", ""))).replace("TRL26-5514", f"B{index}")
        for index, kind in enumerate(kinds)
    ]
    found = read(CARGO[: CARGO.index("<Consignment>")] + "".join(several) + "</Declaration>")
    refused = [each for each in found if isinstance(each, r.Refused) and each.is_bill]
    errors = {each.position.offset for each in _problems(found) if each.severity is r.Severity.ERROR}
    assert len(bills(found)) + len(refused) == len(kinds)
    assert len(bills(found)) == sum(kind in ("good", "bad weight") for kind in kinds)
    assert {each.position.offset for each in refused} == errors


def test_a_bill_of_thousands_of_parties_takes_no_long_time() -> None:
    many = "".join(f"<NotifyParty><Name>SAME AS CONSIGNEE OF NOBODY {n}</Name></NotifyParty>" for n in range(5000))
    began = time.process_time()
    text = _replaced(CARGO, "<NotifyParty><Name>SAME AS CONSIGNEE</Name></NotifyParty>", many)
    found = read(text.replace("Consignee>", "Nobody>"))  # who is meant is not there
    assert len(bills(found)[0].parties) == 5001
    assert time.process_time() - began < 10
