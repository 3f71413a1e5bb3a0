"""ASYCUDA World manifests: what every part of a bill becomes, the roots, the tables of the countries, the totals."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.formats import records as r
from profiling.formats.asycuda_codes import FILLS_OF
from profiling.formats.asycuda_manifest import AsycudaManifestReader
from profiling.formats.asycuda_write import Totals, write_awmds
from profiling.formats.cuscar import CuscarReader
from profiling.formats.generate import generate_cuscar
from profiling.formats.generate_xml import generate_awmds
from profiling.formats.registry import content_digest, header_from_json, header_to_json
from profiling.formats.xml_attachments import Attachment
from tests.formats.samples import bills, boxes, header, problems, read
from tests.formats.xml_samples import BILL, CTN, awmds, bill

SAMPLE = (Path(__file__).parents[1] / "fixtures" / "messages" / "awmds.xml").read_bytes()


def _only_bill(text: str) -> r.Consignment:
    (found,) = bills(read(text))
    return found


# -- the sample


def test_the_sample_is_read_without_any_problem() -> None:
    found = read(SAMPLE)
    assert not problems(found)
    assert (len(bills(found)), len(boxes(found))) == (4, 5)


def test_the_head_becomes_the_header() -> None:
    head = header(read(SAMPLE))
    assert (head.source_format, head.release, head.function) == ("asycuda-manifest", "Awmds", r.Function.ORIGINAL)
    assert head.purpose is r.Purpose.CARGO
    assert head.manifest_number == "FJLTK/612N/2026-10-14"
    assert (head.sender, head.issuer) == ("AGT07", "REEF1")
    means = head.conveyance
    assert (means.mode, means.identifier, means.identifier_type) == (r.Mode.SEA, "9999993", "imo")
    assert (means.name, means.voyage, means.flag) == ("MANTA SPIRIT", "612N", "SG")
    assert means.departure == r.Place("NZAKL", "", "unlocode")
    assert means.eta is not None
    assert (means.eta.precision, means.eta.local.isoformat()) == ("minute", "2026-10-21T05:40:00")
    assert means.etd is not None
    assert means.etd.precision == "date"


def test_a_bill_becomes_a_consignment() -> None:
    first = bills(read(SAMPLE))[0]
    assert (first.document_no, first.document_type, first.line) == ("CRL612001", r.DocumentType.BILL, 1)
    assert first.direction is r.Direction.IMPORT
    assert (first.gross_kg, first.packages, first.volume_m3) == (Decimal(14400), 600, Decimal("24.5"))
    assert (first.value, first.currency) == (Decimal(61000), "NZD")
    assert (first.freight, first.freight_currency, first.freight_terms) == (Decimal(1850), "NZD", "prepaid")
    assert first.loadings == (r.Loading("PCVU1000000", 600, Decimal(14400)),)
    assert first.references == (r.Reference("goods_location", "LTK-A COLD STORE"),)
    shipper, consignee, notify = first.parties
    assert (shipper.role, shipper.name) == (r.PartyRole.SHIPPER, "KAURI DAIRY & FOODS LTD")
    assert shipper.address == "12 HARBOUR RD AUCKLAND"
    assert (consignee.code, consignee.name) == ("50012345", "VITI GROCERS")
    assert notify == replace(consignee, role=r.PartyRole.NOTIFY, same_as=r.PartyRole.CONSIGNEE)


def test_flat_runs_of_commodities_become_items_and_the_text_of_the_bill_stays() -> None:
    first, second = bills(read(SAMPLE))[0].items
    assert first.commodity == r.Commodity("040210")
    assert second.commodity == r.Commodity("040221")
    assert first.description == "MILK POWDER 25KG; KEEP DRY; SKIMMED"
    assert (second.description, second.packages, second.gross_kg, second.origin) == ("WHOLE", 200, Decimal(4800), "NZ")


def test_seals_stand_with_their_container_and_those_of_the_bill_too_where_it_has_one() -> None:
    found = read(SAMPLE)
    first, shared, second, _again, _empty = boxes(found)
    assert first.seals == (
        r.Seal("NZ88001", r.SealParty.SHIPPER),
        r.Seal("MPI-5512", r.SealParty.SHIPPER),
        r.Seal("CUS-777", r.SealParty.CUSTOMS),
    )
    assert [seal.number for seal in shared.seals] == ["L1", "L2"]
    assert second.seals == ()
    # Of two containers nobody knows which the seal of the bill is on.
    assert bills(found)[1].references == (r.Reference("seal", "ZZ-1"),)


def test_documents_and_containers_of_the_sample() -> None:
    found = read(SAMPLE)
    _first, house, master, _empty = bills(found)
    assert (house.document_type, house.master_no) == (r.DocumentType.HOUSE_BILL, "CRL612M")
    assert house.items[0].commodity == r.Commodity("820559", "HS", "text")
    assert house.freight is None
    assert master.document_type is r.DocumentType.MASTER_BILL
    assert [box.fill for box in boxes(found)] == [r.Fill.FULL] * 4 + [r.Fill.EMPTY]
    assert boxes(found)[0].tare_kg == Decimal(2950)


# -- roots


@pytest.mark.parametrize("root", ["Awbolds", "Awmcds"])
def test_bills_under_a_master_add_house_bills_to_the_manifest_it_is_on(root: str) -> None:
    master = (
        "<Master_bol><Customs_office_code>LKCMB</Customs_office_code><Voyage_number>9E</Voyage_number>"
        "<Date_of_departure>2026-10-20</Date_of_departure><Reference_number>M-1</Reference_number></Master_bol>"
    )
    found = read(f"<{root}>{master}{BILL.replace('FCL', '02')}</{root}>")
    assert not problems(found)
    assert (header(found).function, header(found).manifest_number) == (r.Function.ADD, "LKCMB/9E/2026-10-20")
    assert (bills(found)[0].document_type, bills(found)[0].master_no) == (r.DocumentType.HOUSE_BILL, "M-1")
    assert boxes(found)[0].fill is r.Fill.FULL


def test_waybills_that_are_added_leave_the_others_as_they_are() -> None:
    found = read(awmds(BILL).replace("Awmds", "Awappend"))
    assert header(found).function is r.Function.ADD
    assert bills(found)[0].document_type is r.DocumentType.BILL


def test_bills_of_an_export_manifest_are_exports() -> None:
    found = read(awmds(BILL).replace("Awmds", "Awbolegmds"))
    assert header(found).direction is r.Direction.EXPORT
    assert header(found).function is r.Function.ORIGINAL


def test_what_adds_to_a_manifest_must_name_it() -> None:
    found = read(f"<Awappend>{BILL}</Awappend>")
    assert problems(found)["manifest_number_missing"].severity is r.Severity.FATAL
    assert not bills(found)
    found = read(f"<Awmds>{BILL}</Awmds>")
    assert problems(found)["manifest_number_missing"].severity is r.Severity.WARNING
    assert len(bills(found)) == 1


# -- tables of the countries


@pytest.mark.parametrize("country", sorted(FILLS_OF))
def test_every_country_writes_full_and_empty_its_own_way(country: str) -> None:
    for code, fill in FILLS_OF[country].items():
        text = awmds(BILL.replace("FCL", code), office=f"{country}ABC")
        assert boxes(read(text))[0].fill is fill


def test_a_code_that_a_country_does_not_use_is_told_and_left_out() -> None:
    found = read(awmds(BILL.replace("FCL", "02"), office="FJABC"))
    assert boxes(found)[0].fill is None
    wrong = problems(found)["code_unknown"]
    assert (wrong.field, wrong.received) == ("equipment.fill", "02")
    assert wrong.position.pointer == "/Awmds/Bol_segment[1]/ctn_segment/Empty_Full"


def test_bangladesh_writes_status_seal_and_dangerous_goods_with_the_container() -> None:
    box = (
        "<ctn_segment><Ctn_reference>PCVU1000000</Ctn_reference><Number_of_packages>10</Number_of_packages>"
        "<Status>ETY</Status><Seal_number>BD1</Seal_number><IMCO>3</IMCO><UN>1263</UN>"
        "<Commodity_code>3208</Commodity_code><Gross_weight>2300</Gross_weight></ctn_segment>"
    )
    found = read(awmds(bill("B1", box=box)))
    assert not problems(found)
    (container,) = boxes(found)
    assert (container.fill, container.seals, container.gross_kg) == (
        r.Fill.EMPTY,
        (r.Seal("BD1"),),
        Decimal(2300),
    )
    (item,) = bills(found)[0].items
    assert item.dangerous == (r.DangerousGoods("1263", "3", "IMD"),)
    assert item.commodity == r.Commodity("3208")


# -- what is wrong


@pytest.mark.parametrize(
    ("old", "new", "code", "pointer"),
    [
        ("<Bol_reference>B1</Bol_reference>", "", "document_no_missing", "/Awmds/Bol_segment[2]"),
        (">B1<", f">{'B' * 36}<", "document_no_too_long", "/Awmds/Bol_segment[2]/Bol_id/Bol_reference"),
        ("Goods_segment>", "Other_segment>", "goods_missing", "/Awmds/Bol_segment[2]"),
    ],
)
def test_what_a_bill_cannot_do_without_refuses_it_alone(old: str, new: str, code: str, pointer: str) -> None:
    broken = BILL.replace(old, new)
    found = read(awmds(bill("B0"), broken, bill("B2")))
    wrong = problems(found)[code]
    assert (wrong.severity, wrong.position.pointer) == (r.Severity.ERROR, pointer)
    assert [each.document_no for each in bills(found)] == ["B0", "B2"]
    assert sum(isinstance(each, r.Refused) and each.is_bill for each in found) == 1
    assert len(boxes(found)) == 3  # the container is there whatever its bill is


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        (">1000<", ">12x<", "number_invalid", "items.gross_kg"),
        (">1000<", ">-5<", "number_negative", "items.gross_kg"),
        ("<Number_of_packages>10</Number_of_packages><Type", "<Number_of_packages>1.5</Number_of_packages><Type",
         "number_invalid", "equipment.packages"),
        (">23<", ">99<", "code_unknown", "direction"),
        (">BOL<", ">QQQ<", "code_unknown", "document_type"),
        (">CAR<", ">QQQ<", "code_unknown", "equipment.seals"),
        (">22G1<", f">{'X' * 40}<", "text_cut", "equipment.size_type"),
        (">PLASTIC TOYS<", f">{'T' * 8001}<", "text_cut", "items.description"),
        (">PCVU1000000<", "><", "equipment_number_missing", "equipment.number"),
        (">PCVU1000000<", f">{'1' * 18}<", "equipment_number_too_long", "equipment.number"),
        ("<Goods_segment>", "<Goods_segment><Num_of_ctn_for_this_bol>3</Num_of_ctn_for_this_bol>",
         "count_differs", "Num_of_ctn_for_this_bol"),
        ("<Number_of_packages>10</Number_of_packages><Type", "<Number_of_packages>7</Number_of_packages><Type",
         "loading_packages_differ", "packages"),
        ("<Goods_segment>", "<Colour_code>RED</Colour_code><Goods_segment>", "unknown_field", "Colour_code"),
    ],
)  # fmt: skip
def test_values_that_cannot_be_used_are_told_once_and_the_bill_stays(old: str, new: str, code: str, field: str) -> None:
    assert BILL.count(old) == 1
    found = read(awmds(BILL.replace(old, new)))
    told = [each for each in found if isinstance(each, r.Problem)]
    assert [(each.code, each.field) for each in told] == [(code, field)]
    assert len(bills(found)) == 1


def test_dates_that_are_none_are_told() -> None:
    found = read(awmds(BILL).replace("2026-11-01", "2026-13-01").replace("06:00", "6 o'clock"))
    assert header(found).conveyance.eta is None
    assert problems(found)["date_impossible"].position.pointer == (
        "/Awmds/General_segment/General_segment_id/Date_of_arrival"
    )


def test_totals_of_the_head_are_held_against_what_is_found() -> None:
    names = {
        "Total_number_of_bols": ("2", "1"),
        "Total_number_of_packages": ("11", "10"),
        "Total_number_of_containers": ("4", "1"),
        "Total_gross_mass": ("1100", "1000"),
    }
    stated = "".join(f"<{name}>{number}</{name}>" for name, (number, _found) in names.items())
    found = read(awmds(BILL, totals=stated))
    told = {p.field: (p.params["stated"], p.params["found"]) for p in found if isinstance(p, r.Problem)}
    assert told == names
    right = stated.replace(">2<", ">1<").replace(">11<", ">10<").replace(">4<", ">1<").replace("1100", "1005")
    assert not problems(read(awmds(BILL, totals=right)))


def test_a_container_that_two_bills_describe_differently_is_told_once() -> None:
    same = [bill("B1"), bill("B2")]
    assert not problems(read(awmds(*same)))
    other = [bill(f"B{n}", box=CTN.replace("S1001", f"S{n}")) for n in range(4)]
    told = [each for each in read(awmds(*other)) if isinstance(each, r.Problem)]
    assert [(each.code, each.received) for each in told] == [("equipment_differs", "PCVU1000000")]


def in_base64(content: bytes, width: int = 76) -> str:
    """As senders write it: in lines."""
    text = base64.b64encode(content).decode()
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def files_of(text: str, limit: int = 1 << 20) -> list[tuple[Attachment, bytes]]:
    reader, raw = AsycudaManifestReader(), text.encode()
    found = list(reader.read(io.BytesIO(raw)))
    head = header_from_json(json.loads(json.dumps(header_to_json(found[0]))))
    return [(one, one.data.read()) for one in reader.attachments(io.BytesIO(raw), head, limit)]


@pytest.mark.parametrize("size", [60, 11_999, 12_001, 300_000])
def test_a_file_in_a_message_is_told_once_and_given_whole(size: int) -> None:
    content = b"%PDF-1.7" + bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    file = f"<Attached_doc><File_name>invoice.pdf</File_name><File>{in_base64(content)}</File></Attached_doc>"
    raw = awmds(bill("B1"), bill("B2").replace("</Bol_segment>", f"{file}</Bol_segment>"), head=file)
    found = read(raw)
    told = [each.code for each in found if isinstance(each, r.Problem)]
    assert told.count("attachments_kept") == 1
    assert "xml_attachment" not in told
    beside, inside = files_of(raw)
    assert beside[1] == inside[1] == content
    assert {one.name for one, _data in (beside, inside)} == {"invoice.pdf"}
    second = bills(found)[1]
    assert (beside[0].record, inside[0].record) == (None, second.position.offset)
    assert raw.encode()[inside[0].position.offset :].startswith(b"<File>")


def test_of_a_file_beyond_the_limit_one_byte_more_is_kept_and_what_is_no_base64_is_marked() -> None:
    large = f"<Scan>{in_base64(b'%PDF' + b'0' * 50_000)}</Scan>"
    broken = f"<Scan>{'JVBERi' + '*' * 20_000}</Scan>"
    (first, data), (second, _none) = files_of(awmds(BILL, head=large + broken), limit=1000)
    assert (len(data), first.size, first.is_broken) == (1001, 1001, False)
    assert second.is_broken
    assert first.name == "Scan"


def test_a_bill_is_not_too_large_for_a_file_in_it() -> None:
    """What is kept of a bill is measured, not the file, which is read apart."""
    file = f"<Scan>{in_base64(b'%PDF' + b'0' * (7 << 20))}</Scan>"
    found = read(awmds(bill("B1").replace("</Bol_segment>", f"{file}</Bol_segment>"), bill("B2")))
    assert [one.document_no for one in bills(found)] == ["B1", "B2"]
    many = "".join(f"<Remark>{'x' * 15_000}</Remark>" for _each in range(600))
    found = read(awmds(bill("B1").replace("</Bol_segment>", f"{many}</Bol_segment>"), bill("B2")))
    assert [one.document_no for one in bills(found)] == ["B2"]
    assert "record_too_long" in problems(found)


def test_text_that_is_no_file_is_no_attachment() -> None:
    said = "<Remark>JVBERi</Remark><Note>a note of some length, in plain words, that says nothing of it</Note>"
    raw = awmds(BILL, head=said)
    assert files_of(raw) == []
    assert "attachments_kept" not in problems(read(raw))


@given(st.lists(st.sampled_from(["good", "no number", "no goods", "bad weight"]), max_size=12))
def test_every_bill_is_accepted_or_refused_with_a_reason(kinds: list[str]) -> None:
    change = {
        "good": lambda text: text,
        "no number": lambda text: text.replace("Bol_reference", "Bol_name"),
        "no goods": lambda text: text.replace("Goods_segment", "Other"),
        "bad weight": lambda text: text.replace(">1000<", ">x<"),
    }
    found = read(awmds(*(change[kind](bill(f"B{n}")) for n, kind in enumerate(kinds))))
    refused = [each for each in found if isinstance(each, r.Refused)]
    assert len(bills(found)) + len(refused) == len(kinds)
    assert len(refused) == sum(kind in ("no number", "no goods") for kind in kinds)
    reasons = {each.position.offset for each in found if isinstance(each, r.Problem) and each.severity == "error"}
    assert {each.position.offset for each in refused} == reasons


# -- writing


WORD = (
    st.text(alphabet="ABCXYZ абвШ&<>'\"09", min_size=1, max_size=20)
    .map(lambda s: " ".join(s.split()))
    .filter(lambda s: s.strip(".-0 ") and s.upper() not in ("N/A", "NIL", "NONE"))
)
AMOUNT = st.integers(1, 10**6).map(lambda n: Decimal(n) / 8)
NOWHERE = {"position": r.Position(0), "span": r.Span(0, 0)}


@st.composite
def _bill(draw: Any, number: int) -> r.Consignment:
    items = draw(st.integers(1, 3))
    weights = [draw(AMOUNT) for _each in range(items)]
    counts = [draw(st.integers(1, 900)) for _each in range(items)]
    goods = [
        r.Item(
            line=line,
            description=draw(WORD),
            packages=counts[line - 1],
            package_code=draw(st.sampled_from(["CT", "PK", ""])),
            marks=draw(WORD) if line == 1 else "",
            commodity=draw(st.sampled_from([r.Commodity("950300"), r.Commodity("0402100010")])),
            gross_kg=weights[line - 1],
            origin=draw(st.sampled_from(["CN", ""])),
        )
        for line in range(1, items + 1)
    ]
    parties = [
        r.Party(role, draw(WORD), draw(st.sampled_from(["", "QUAY 1"])), code=draw(st.sampled_from(["", "C9"])))
        for role in (r.PartyRole.SHIPPER, r.PartyRole.CONSIGNEE, r.PartyRole.NOTIFY)
    ]
    return r.Consignment(
        **NOWHERE,
        document_type=draw(st.sampled_from([r.DocumentType.SEA_WAYBILL, r.DocumentType.MASTER_BILL])),
        document_no=f"N{number}",
        line=number,
        direction=draw(st.sampled_from(list(r.Direction))),
        loading_place=r.Place("CNSHA", "", "unlocode"),
        discharge_place=r.Place("GEPTI", "", "unlocode"),
        gross_kg=sum(weights, Decimal(0)),
        packages=sum(counts),
        value=draw(AMOUNT),
        currency="USD",
        freight=draw(AMOUNT),
        freight_currency="EUR",
        freight_terms=draw(st.sampled_from(["prepaid", "collect"])),
        parties=tuple(parties),
        items=tuple(goods),
        loadings=(r.Loading(f"PCVU{number:07d}", sum(counts), draw(AMOUNT)),),
    )


@settings(max_examples=60)
@given(st.data(), st.integers(0, 4))
def test_what_is_written_is_read_back(data: st.DataObject, count: int) -> None:
    written = [data.draw(_bill(number)) for number in range(1, count + 1)]
    box = r.Equipment(
        **NOWHERE,
        number="",
        kind=r.EquipmentKind.CONTAINER,
        size_type="22G1",
        fill=data.draw(st.sampled_from(list(r.Fill))),
        seals=tuple(r.Seal(f"S{n}", r.SealParty.CUSTOMS) for n in range(data.draw(st.integers(0, 5)))),
        tare_kg=Decimal(2200),
    )
    head = header(read(SAMPLE))
    totals = Totals.of(written)
    raw = b"".join(
        write_awmds(head, written, office="FJLTK", totals=totals, equipment=lambda number: replace(box, number=number))
    )
    found = read(raw)
    # Copied weights and volumes are told by the same checks as in every format.
    assert not set(problems(found)) - {"gross_repeated"}
    assert header(found).conveyance == head.conveyance
    if "gross_repeated" not in problems(found):
        assert [replace(each, **NOWHERE) for each in bills(found)] == written
    assert [replace(each, **NOWHERE) for each in boxes(found)] == [
        replace(box, number=loading.equipment) for each in written for loading in each.loadings
    ]


def test_the_same_cargo_says_the_same_in_both_formats() -> None:
    edi = [each for each in CuscarReader().read(io.BytesIO(b"".join(generate_cuscar(300))))]  # noqa: C416
    xml = read(b"".join(generate_awmds(300)))
    assert not problems(xml)
    assert len(bills(xml)) == len(bills(edi)) == 300
    for one, other in zip(bills(edi), bills(xml), strict=True):
        for name in ("document_no", "document_type", "line", "direction", "packages", "gross_kg", "loadings"):
            assert getattr(one, name) == getattr(other, name)
        assert [item.commodity for item in one.items] == [item.commodity for item in other.items]
        assert [item.description for item in one.items] == [item.description for item in other.items]
        assert [(p.role, p.name) for p in one.parties] == [(p.role, p.name) for p in other.parties]
    by_number = {box.number: box for box in boxes(edi)}
    for box in boxes(xml):
        other = by_number[box.number]
        assert (box.size_type, box.fill, box.seals, box.tare_kg) == (
            other.size_type,
            other.fill,
            other.seals,
            other.tare_kg,
        )


def test_the_digest_of_a_bill_does_not_depend_on_where_it_stands() -> None:
    first, second = bills(read(awmds(bill("B1"), bill("B1"))))
    assert content_digest(first) == content_digest(second)
    assert first.position != second.position


def test_the_reader_is_registered_under_its_name() -> None:
    assert header(read(SAMPLE)).source_format == AsycudaManifestReader.name
