"""ASYCUDA declarations: one paper each, with the bills it writes off, and what its odd spelling means."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from profiling.formats import records as r
from tests.formats.samples import header, problems, read

SAMPLE = (Path(__file__).parents[1] / "fixtures" / "messages" / "sad.xml").read_text("utf-8")


def _paper(text: str = SAMPLE) -> r.Document:
    (found,) = [each for each in read(text) if isinstance(each, r.Document)]
    return found


def test_the_header_says_what_the_declaration_is_for() -> None:
    head = header(read(SAMPLE))
    assert (head.source_format, head.purpose, head.function) == (
        "asycuda-sad",
        r.Purpose.DOCUMENTS,
        r.Function.ORIGINAL,
    )
    assert (head.manifest_number, head.sender, head.issuer) == ("2026 612", "77001", "FJLTK")
    assert (head.direction, head.conveyance.mode) == (r.Direction.IMPORT, r.Mode.SEA)
    assert (head.conveyance.name, head.conveyance.flag) == ("MANTA SPIRIT", "SG")


def test_the_declaration_becomes_a_paper_about_the_bills_it_writes_off() -> None:
    paper = _paper()
    assert (paper.kind, paper.number) == (r.DocumentKind.DECLARATION, "2026/FJLTK/C/4711")
    assert paper.consignments == ("CRL612001", "CRL612002")
    assert paper.issued is not None
    assert paper.issued.local == datetime(2026, 10, 23)
    assert (paper.gross_kg, paper.net_kg, paper.packages) == (Decimal("21220.5"), Decimal(20400), 934)
    assert (paper.value, paper.currency, paper.delivery_terms) == (Decimal(61000), "NZD", "CIF")
    assert (paper.origin_country, paper.destination_country, paper.procedure) == ("NZ", "FJ", "4000")
    assert paper.loading_place == r.Place("NZAKL", "AUCKLAND", "unlocode")
    assert paper.conveyance == "MANTA SPIRIT"
    assert paper.loadings == (r.Loading("PCVU1000000", 934, Decimal("21220.5")),)
    assert paper.seals == (r.Seal("NZ88001"),)
    assert [(p.role, p.name, p.tax_id) for p in paper.parties] == [
        (r.PartyRole.SHIPPER, "KAURI DAIRY & FOODS LTD AUCKLAND", ""),
        (r.PartyRole.CONSIGNEE, "VITI GROCERS", "50012345"),
        (r.PartyRole.DECLARANT, "BULA CLEARANCE", "77001"),
    ]
    assert [(each.kind, each.number) for each in paper.references] == [
        ("manifest", "2026 612"),
        ("declarant", "BC-101"),
        ("goods_location", "LTK-A"),
        ("380", "KD-2026-88"),
    ]


def test_items_have_the_whole_commodity_code_and_their_own_amounts() -> None:
    first, second = _paper().items
    assert first.commodity == r.Commodity("0402100090")
    assert second.commodity == r.Commodity("820559")
    assert first.description == "Milk powder; SKIMMED MILK POWDER 25KG"
    assert (first.packages, first.package_code, first.marks) == (600, "CT", "VITI 1-600")
    assert (first.gross_kg, first.net_kg, first.value) == (Decimal(14400), Decimal(13900), Decimal(40000))
    assert second.marks == ""


def test_only_the_supplementary_units_of_the_sample_have_no_place_in_the_records() -> None:
    told = [each for each in read(SAMPLE) if isinstance(each, r.Problem)]
    assert {each.code for each in told} == {"unknown_field"}
    assert {each.field for each in told} == {
        "Suppplementary_unit_code",
        "Suppplementary_unit_quantity",
        "Place",
    }


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (">10/23/26<", ">10/11/26<", "date_ambiguous"),
        (">10/23/26<", ">23/23/26<", "date_impossible"),
        (">04021000<", ">MILK<", "code_unknown"),
        (">14400</Gross_weight_itm>", ">44400</Gross_weight_itm>", "gross_differs"),
        ("<Total_number_of_items>2<", "<Total_number_of_items>3<", "count_differs"),
        ("<Total_number_of_packages>934<", "<Total_number_of_packages>900<", "packages_differ"),
    ],
)
def test_what_does_not_fit_is_told_once_and_the_paper_stays(old: str, new: str, code: str) -> None:
    assert old in SAMPLE
    found = read(SAMPLE.replace(old, new))
    assert [each.code for each in found if isinstance(each, r.Problem) and each.code != "unknown_field"] == [code]
    assert sum(isinstance(each, r.Document) for each in found) == 1


def test_before_it_is_registered_a_declaration_goes_by_the_number_of_the_declarant() -> None:
    text = SAMPLE.replace("<Number>4711</Number>", "<Number/>")
    assert _paper(text).number == "BC-101"
    found = read(text.replace("<Number>BC-101</Number>", "<Number><null/></Number>"))
    assert problems(found)["document_no_missing"].severity is r.Severity.ERROR
    assert any(isinstance(each, r.Refused) and each.is_bill for each in found)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (">IM<", ">SD<", "Type_of_declaration"),
        (">4</Declaration_gen", ">7</Declaration_gen", "Declaration_gen_procedure_code"),
        ("<Total_weight>21220.5<", "<Total_weight>9<", "Total_weight"),
        ("<Nationality>SG<", "<Nationality>MH<", "Nationality"),
    ],
)
def test_what_says_otherwise_than_what_was_read_is_told(old: str, new: str, field: str) -> None:
    assert old in SAMPLE
    found = read(SAMPLE.replace(old, new, 1))
    assert field in {each.field for each in found if isinstance(each, r.Problem)}


def test_the_name_of_an_attached_document_takes_the_place_of_its_code_or_number() -> None:
    nameless = SAMPLE.replace(">380</Attached", "></Attached")
    assert _paper(nameless).references[-1].kind == "INVOICE"
    numberless = SAMPLE.replace(">KD-2026-88<", "><")
    assert (_paper(numberless).references[-1].kind, _paper(numberless).references[-1].number) == ("380", "INVOICE")


def test_without_procedures_of_items_the_model_of_the_declaration_counts() -> None:
    assert _paper(SAMPLE.replace("Extended_customs_procedure", "National_procedure")).procedure == "IM 4"
