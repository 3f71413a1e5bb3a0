"""CUSCAR mapping: where each value stands, and where real senders break the rules."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from profiling.formats import limits
from profiling.formats.cuscar import CuscarReader
from profiling.formats.cuscar_header import is_late
from profiling.formats.quantities import edifact_time
from profiling.formats.records import (
    Commodity,
    DangerousGoods,
    Direction,
    DocumentType,
    EquipmentKind,
    Fill,
    Function,
    Loading,
    MessageEnd,
    Mode,
    PartyRole,
    Place,
    Reference,
    Seal,
    SealParty,
    Severity,
)
from tests.formats.samples import BILL, BOX, HEAD, bills, boxes, edi, header, problems, read, sea, stream

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "messages"


def _bill(*more: str, drop: str = "", base: list[str] | None = None):
    kept = [s for s in (base or BILL) if not drop or not s.startswith(drop)]
    return bills(read(sea(*kept, *more)))[0]


def _with(**changed: str):
    return [changed.get(s[:3], s) for s in BILL]


# -- envelope


def test_header_conveyance_and_times_are_read() -> None:
    found = read(sea())
    head = header(found)
    assert (head.sender, head.interchange_ref, head.message_ref) == ("LINE", "R1", "M1")
    assert (head.function, head.manifest_number, head.release) == (Function.ORIGINAL, "MAN001", "D.95B")
    way = head.conveyance
    assert (way.mode, way.voyage, way.identifier, way.identifier_type) == (Mode.SEA, "245W", "9778791", "imo")
    assert (way.name, way.flag, way.arrival) == ("BLUE HERON", "DK", Place("GEPTI", "", "unlocode"))
    assert way.eta is not None
    assert (way.eta.local.isoformat(), way.eta.precision) == ("2026-11-01T06:00:00", "minute")
    assert isinstance(found[-1], MessageEnd)
    assert not problems(found)


@pytest.mark.parametrize(
    ("code", "function"),
    [
        ("5", Function.REPLACE),
        ("1", Function.CANCEL),
        ("4", Function.CHANGE),
        ("2", Function.ADD),
        ("3", Function.DELETE),
        ("22", Function.ORIGINAL),  # the last of a series: the bills of the others stand
        ("6", Function.ORIGINAL),
        ("50", Function.CANCEL),
    ],
)
def test_every_function_is_read(code: str, function: Function) -> None:
    head = [s.replace("MAN001+9", f"MAN001+{code}") for s in HEAD]
    assert header(read(sea(head=head))).function is function


@pytest.mark.parametrize("code", ["7", "13", "31", "51", "X"])
def test_other_functions_are_fatal_and_named(code: str) -> None:
    found = read(sea(head=[s.replace("MAN001+9", f"MAN001+{code}") for s in HEAD]))
    assert problems(found)["function_not_supported"].params["code"] == code
    assert problems(found)["function_not_supported"].severity is Severity.FATAL
    assert not bills(found)


def test_a_missing_function_is_taken_as_original_with_a_warning() -> None:
    found = read(sea(head=[s.replace("MAN001+9", "MAN001") for s in HEAD]))
    assert header(found).function is Function.ORIGINAL
    assert "function_assumed" in problems(found)


def test_several_messages_of_an_interchange_each_have_head_and_end() -> None:
    one = [*HEAD, *BOX, *BILL]
    middle = [f"UNT+{len(one) + 1}+M1", *[s.replace("M1+", "M2+") for s in one]]
    text = edi(*one, *middle, count=len(one) + 1).replace("UNT+26+M1'UNZ+1", "UNT+26+M2'UNZ+2")
    found = read(text.replace(f"UNT+{len(one) + 1}+M1'UNZ+1", f"UNT+{len(one) + 1}+M2'UNZ+2"))
    assert [type(each).__name__ for each in found] == ["Header", "Equipment", "Consignment", "MessageEnd"] * 2
    assert [each.message_ref for each in found[::4]] == ["M1", "M2"]


def test_functional_groups_are_passed() -> None:
    text = sea().replace("UNH+", "UNG+CUSCAR+LINE+PCU+261020:0930+1+UN+D:95B'UNH+").replace("UNZ+", "UNE+1+1'UNZ+")
    assert not problems(read(text))


def test_a_missing_unb_is_a_warning() -> None:
    text = sea()
    bare = text[text.index("UNH") : text.index("UNZ")]
    found = read(bare)
    assert set(problems(found)) == {"interchange_header_missing"}
    assert len(bills(found)) == 1


def test_wrong_counts_and_references_are_warnings() -> None:
    text = edi(*HEAD, *BOX, *BILL, count=99).replace("+M1'UNZ+1+R1", "+M9'UNZ+4+R7")
    found = problems(read(text))
    assert set(found) == {
        "segment_count_differs",
        "message_ref_differs",
        "message_count_differs",
        "interchange_ref_differs",
    }
    assert found["segment_count_differs"].params == {"promised": "99", "found": 21}
    assert all(each.severity is Severity.WARNING for each in found.values())


def test_digits_of_other_scripts_in_counts_are_only_wrong() -> None:
    found = problems(read(sea().replace("UNT+21", "UNT+²").replace("UNZ+1", "UNZ+٣")))
    assert set(found) == {"segment_count_differs", "message_count_differs"}


def test_another_message_type_is_told_and_the_next_message_is_read() -> None:
    text = sea()
    other = "UNH+M0+PAXLST:D:95B:UN'BGM+1'EQD+CN+X'UNT+4+M0'"
    found = read(text.replace("UNH+M1", other + "UNH+M1").replace("UNZ+1", "UNZ+2"))
    told = problems(found)["not_cuscar"]
    assert (told.received, told.severity, told.position.segment) == ("PAXLST", Severity.WARNING, 2)
    assert [bill.document_no for bill in bills(found)] == ["B1"]


def test_a_cancelling_message_needs_its_number() -> None:
    head = [s.replace("MAN001+9", "+1") for s in HEAD]
    assert problems(read(sea(head=head)))["manifest_number_missing"].severity is Severity.FATAL
    head = [s.replace("MAN001+9", "+9") for s in HEAD]
    assert problems(read(sea(head=head)))["manifest_number_missing"].severity is Severity.WARNING


def test_main_carriage_is_chosen_among_legs() -> None:
    head = [*HEAD[:3], "TDT+10+FEEDER+1", "LOC+60+TRMER:139:6", *HEAD[3:], "TDT+30+TRUCK+3"]
    way = header(read(sea(head=head))).conveyance
    assert (way.voyage, way.arrival) == ("245W", Place("GEPTI", "", "unlocode"))


@pytest.mark.parametrize(
    ("tdt", "mode", "kind"),
    [
        ("TDT+20+1204+2++KZT:172:20+++98765432:::98765432:KZ", Mode.RAIL, "train"),
        ("TDT+20+1+03++X+++01AB2233", Mode.ROAD, "plate"),
        ("TDT+11+12+:11+11+X+++3EKK:103::SHIP", Mode.SEA, "call_sign"),
    ],
)
def test_rail_and_road_use_the_fields_of_the_ship(tdt: str, mode: Mode, kind: str) -> None:
    way = header(read(sea(head=[*HEAD[:3], tdt, *HEAD[4:]]))).conveyance
    assert (way.mode, way.identifier_type) == (mode, kind)
    assert way.name


def test_rail_bills_are_consignment_notes() -> None:
    head = [*HEAD[:3], "TDT+20+1204+2", *HEAD[4:]]
    found = read(sea(*[s.replace("RFF+BM", "RFF+AAM") for s in BILL], head=head))
    assert bills(found)[0].document_type is DocumentType.SMGS


def test_direction_comes_from_gis_or_gei() -> None:
    assert header(read(sea(head=[*HEAD, "GIS+23"]))).direction is Direction.IMPORT
    assert header(read(sea(head=[*HEAD, "GEI+5+24"]))).direction is Direction.TRANSIT
    assert _bill(base=[*BILL[:5], "GIS+28", *BILL[5:]]).direction is Direction.TRANSHIPMENT


# -- equipment


def test_equipment_with_seals_measures_and_temperature() -> None:
    box = [
        "EQD+CN+MSKU 123456 5+45R1:102:5++3+5",
        "MEA+AAE+T+KGM:4600",
        "MEA+AAE+G+LBR:10000",
        "MEA+VGM++KGM:28100",
        "SEL+S1+CA",
        "SEL+S2+CU",
        "SEL+S1+CA",
        "TMP+2+-018:CEL",
        "LOC+9+CNSHA",
        "EQD+RR+98765432+9999++3+4",
        "TMP+2+50:FAH",
    ]
    first, second = boxes(read(sea(box=box)))
    assert (first.number, first.kind, first.size_type) == ("MSKU1234565", EquipmentKind.CONTAINER, "45R1")
    assert (first.tare_kg, first.gross_kg, first.vgm_kg) == (Decimal(4600), Decimal("4535.924"), Decimal(28100))
    assert first.seals == (Seal("S1", SealParty.CARRIER), Seal("S2", SealParty.CUSTOMS))
    assert first.temperature_c == Decimal(-18)
    assert (second.kind, second.size_type, second.fill) == (EquipmentKind.WAGON, "", Fill.EMPTY)
    assert second.temperature_c == Decimal(10)


def test_equipment_without_a_number_is_refused_and_the_rest_goes_on() -> None:
    found = read(sea(box=["EQD+CN++22G1", *BOX]))
    assert problems(found)["equipment_number_missing"].severity is Severity.ERROR
    assert [box.number for box in boxes(found)] == ["MSKU1234565"]


def test_repeated_and_unlisted_equipment_is_told() -> None:
    found = read(sea(*[s.replace("SGP+MSKU1234565", "SGP+TCKU7654321") for s in BILL], box=[*BOX, *BOX]))
    assert problems(found)["equipment_repeated"].params == {"number": "MSKU1234565"}
    assert problems(found)["equipment_not_listed"].document == "B1"


def test_senders_without_any_equipment_list_are_not_scolded() -> None:
    found = read(sea(box=[]))
    assert not problems(found)
    assert bills(found)[0].loadings == (Loading("MSKU1234565", 10),)


# -- bills


def test_a_whole_bill() -> None:
    bill = _bill()
    assert (bill.document_type, bill.document_no, bill.line) == (DocumentType.BILL, "B1", 1)
    assert (bill.gross_kg, bill.packages) == (Decimal(1000), 10)
    assert bill.loading_place == Place("CNSHA", "", "unlocode")
    shipper, consignee = bill.parties
    assert (shipper.role, shipper.name, shipper.address) == (
        PartyRole.SHIPPER,
        "EAST TRADING CO",
        "12 RIVER ROAD",
    )
    assert (consignee.city, consignee.postcode, consignee.country) == ("ALMATY", "050000", "KZ")
    item = bill.items[0]
    assert (item.line, item.packages, item.package_code, item.gross_kg) == (1, 10, "CT", Decimal(1000))
    assert item.commodity == Commodity("950300")


def test_consecutive_references_without_goods_are_one_bill() -> None:
    base = ["CNI+1", "RFF+BM:B7", "RFF+MB:MASTER", "RFF+BN:BK1", "RFF+IV:INV1", "RFF+UCN:UCR1", *BILL[2:]]
    bill = _bill(base=base)
    assert (bill.document_no, bill.master_no, bill.ucr) == ("B7", "MASTER", "UCR1")
    assert bill.document_type is DocumentType.HOUSE_BILL
    assert bill.references == (Reference("booking", "BK1"), Reference("invoice", "INV1"))


def test_the_number_in_cni_is_the_fallback() -> None:
    assert _bill(drop="RFF").document_no == "B1"


def test_a_master_alone_is_a_master_bill() -> None:
    bill = _bill(base=[s.replace("RFF+BM", "RFF+MB") for s in BILL])
    assert (bill.document_type, bill.document_no, bill.master_no) == (DocumentType.MASTER_BILL, "B1", "")


def test_late_directories_name_the_master_in_cni() -> None:
    head = [s.replace("D:95B", "D:16A") for s in HEAD]
    base = ["CNI+1+MST1:BOL:CARR:::20260101", "CNT+7:1", "RFF+BH:H1", *BILL[2:]]
    bill = bills(read(sea(*base, head=head)))[0]
    assert (bill.document_no, bill.master_no, bill.issuer) == ("H1", "MST1", "CARR")
    assert bill.gross_kg == Decimal(1000)
    assert [is_late(text) for text in ("D.95B", "D.15B", "D.16A", "D.21A", "")] == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("base", "code"),
    [
        ([s.replace("B1", "") for s in BILL], "document_no_missing"),
        ([s.replace("B1", "B" * 36) for s in BILL], "document_no_too_long"),
        (BILL[:7], "goods_missing"),
    ],
)
def test_a_bill_that_cannot_be_used_is_refused_and_the_others_go_on(base: list[str], code: str) -> None:
    other = [s.replace("B1", "B2") for s in BILL]
    found = read(sea(*base, *other))
    assert problems(found)[code].severity is Severity.ERROR
    assert [bill.document_no for bill in bills(found)] == ["B2"]


@pytest.mark.parametrize("code", ["1", "3", "50"])
def test_a_bill_that_is_taken_back_needs_no_goods(code: str) -> None:
    head = [s.replace("MAN001+9", f"MAN001+{code}") for s in HEAD]
    assert header(read(sea(head=head))).function.withdraws
    assert bills(read(sea(*BILL[:2], head=head)))[0].items == ()


def test_a_leg_inside_a_bill_changes_neither_ship_nor_places() -> None:
    leg = ["TDT+30++3", "LOC+9+KZALA:139:6", "LOC+11+KZNQZ:139:6", "RFF+BM:TRUCK9"]
    found = read(sea(*BILL[:5], *leg, *BILL[5:]))
    bill = bills(found)[0]
    assert header(found).conveyance.voyage == "245W"
    assert (bill.document_no, bill.loading_place, bill.discharge_place) == (
        "B1",
        Place("CNSHA", "", "unlocode"),
        None,
    )


def test_a_reference_after_a_party_belongs_to_it() -> None:
    bill = _bill(base=[*BILL[:7], "RFF+ADZ:990140001234", "CTA+IC+:A. IVANOV", "COM+?+77010000000:TE", *BILL[7:]])
    assert bill.parties[1].tax_id == "990140001234"
    assert bill.parties[1].contact == "A. IVANOV, +77010000000"
    assert bill.references == ()


@pytest.mark.parametrize(
    ("nad", "name", "address", "city", "country"),
    [
        ("NAD+CN+ID7+FIRM A:STREET 1:TOWN:KZ", "FIRM A", "STREET 1, TOWN", "", "KZ"),
        ("NAD+CN+++FIRM A:STREET 1:ALMATY:KZ", "FIRM A", "STREET 1, ALMATY", "", "KZ"),
        ("NAD+CN+++FIRM A+STREET 1:BLOCK 2+ALMATY+REG+050000+KZ", "FIRM A", "STREET 1, BLOCK 2, REG", "ALMATY", "KZ"),
        ("NAD+CN+++FIRM A+ST 1 TEL +7 701+ALMATY++050000+KZ", "FIRM A", "ST 1 TEL+7 701", "ALMATY", "KZ"),
        ("NAD+CN++FIRM A:ST 1:TEL +77010000000:KZ", "FIRM A", "ST 1, TEL +77010000000", "", "KZ"),
        ("NAD+CN+++FIRM A+ST 1+ALMATY+++KAZAKHSTAN", "FIRM A", "ST 1, KAZAKHSTAN", "ALMATY", ""),
    ],
)
def test_names_and_addresses_of_every_shape(nad: str, name: str, address: str, city: str, country: str) -> None:
    base = [nad if s.startswith("NAD+CN") else s for s in BILL]
    party = _bill(base=base).parties[1]
    assert (party.name, party.address, party.city, party.country) == (name, address, city, country)


def test_same_as_consignee_is_resolved_within_its_bill() -> None:
    second = [s.replace("B1", "B2").replace("STEPPE", "OTHER") for s in BILL]
    notify = "NAD+N1+++SAME AS CONSIGNEE"
    found = bills(read(sea(*BILL[:7], notify, *BILL[7:], *second[:7], notify, *second[7:])))
    for bill, name in zip(found, ("TOO STEPPE IMPORT", "TOO OTHER IMPORT"), strict=True):
        party = bill.parties[-1]
        assert (party.role, party.name, party.same_as) == (PartyRole.NOTIFY, name, PartyRole.CONSIGNEE)


def test_the_shipper_proper_stands_before_the_supplier() -> None:
    base = [*BILL[:5], "NAD+SU+S9+SUPPLIER", *BILL[5:]]
    names = [p.name for p in _bill(base=base).parties if p.role is PartyRole.SHIPPER]
    assert names == ["EAST TRADING CO", "SUPPLIER"]


# -- goods


def test_description_lines_are_joined_and_unreleased_signs_kept() -> None:
    base = [*BILL[:8], "FTX+AAA+++STC:TOYS", "FTX+AAA+++NUTS + BOLTS+SCREWS", *BILL[9:]]
    assert _bill(base=base).items[0].description == "STC TOYS NUTS + BOLTS+SCREWS"


@pytest.mark.parametrize(
    ("more", "commodity"),
    [
        (["CST++8708.99.35:HS"], Commodity("87089935")),
        (["CST++70320:HS"], Commodity("070320")),
        (["RFF+HS:847130"], Commodity("847130")),
        (["PCI+24+HS CODE 080390"], Commodity("080390", "HS", "text")),
        (["FTX+AAA+++PARTS H.S. CODE: 8708.99"], Commodity("870899", "HS", "text")),
        (["FTX+AAA+++ПЛЁНКА ТН ВЭД ЕАЭС 3920102500"], Commodity("3920102500", "TNVED", "text")),
        (["FTX+AAA+++SHS 12 34 56 BARS"], None),
        ([], None),
    ],
)
def test_commodity_codes_declared_or_in_texts(more: list[str], commodity: Commodity | None) -> None:
    assert _bill(*more, drop="CST").items[0].commodity == commodity


def test_dangerous_goods_marks_and_value() -> None:
    base = [*BILL[:10], "MOA+63:1200.50:USD", *BILL[10:], "DGS+IMD+3:1+1173:30", "PCI+28+BOX 1:BOX 2"]
    item = _bill(base=base).items[0]
    assert item.dangerous == (DangerousGoods("1173", "3", "IMD"),)
    assert (item.marks, item.value, item.currency) == ("BOX 1 BOX 2", Decimal("1200.50"), "USD")


@pytest.mark.parametrize("text", ["N/M", "NO MARKS", "nil", "N.M."])
def test_no_marks_are_none(text: str) -> None:
    assert _bill(f"PCI+28+{text}").items[0].marks == ""


def test_values_and_freight_of_the_bill() -> None:
    base = [*BILL[:5], "MOA+64:900", "MOA+44:7:EUR", "MOA+40:50000", "CUX+2:USD", "CPI+4++P", *BILL[5:]]
    bill = _bill(base=base)
    assert (bill.value, bill.currency) == (Decimal(50000), "USD")
    assert (bill.freight, bill.freight_currency, bill.freight_terms) == (Decimal(900), "USD", "prepaid")


@pytest.mark.parametrize(
    ("sent", "kilograms"),
    [
        ("KGM:1000", "1000"),
        ("TNE:1,5", "1500.000"),
        ("LBR:1000", "453.592"),
        ("K:12.5", "12.5"),
        (":7", "7"),
        ("KGM:1.234,5", "1234.5"),
        ("KGM:1 000", "1000"),
    ],
)
def test_weights_become_kilograms(sent: str, kilograms: str) -> None:
    base = [s.replace("KGM:1000", sent) for s in BILL if not s.startswith("CNT+7")]
    assert _bill(base=base).items[0].gross_kg == Decimal(kilograms)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("KGM:abc", "number_invalid"),
        ("KGM:-5", "number_negative"),
        ("XYZ:5", "unit_unknown"),
        ("KGM:1e5", "number_invalid"),
        ("KGM:٣", "number_invalid"),
        ("KGM:" + "9" * 40, "number_invalid"),
    ],
)
def test_values_that_cannot_be_used_are_missing_and_told(sent: str, code: str) -> None:
    found = read(sea(*[s.replace("G+KGM:1000", f"G+{sent}") for s in BILL]))
    assert problems(found)[code].field == "items.gross_kg"
    assert bills(found)[0].items[0].gross_kg is None


def test_a_measure_after_the_split_is_the_weight_in_that_box() -> None:
    bill = _bill("SGP+TCKU7654321+4", "MEA+WT+G+KGM:400")
    assert bill.loadings[1] == Loading("TCKU7654321", 4, Decimal(400))


# -- quality


def _two_items(first: str, second: str) -> list[str]:
    other = [s.replace("GID+1", "GID+2").replace("+10:CT", "+0:CT").replace("5+10", "5+0") for s in BILL[7:]]
    return [
        *[s.replace("G+KGM:1000", f"G+KGM:{first}") for s in BILL],
        *[s.replace("G+KGM:1000", f"G+KGM:{second}") for s in other],
    ]


def test_a_total_repeated_on_each_item_counts_once() -> None:
    found = read(sea(*_two_items("1000", "1000")))
    bill = bills(found)[0]
    assert (bill.gross_kg, [item.gross_kg for item in bill.items]) == (Decimal(1000), [None, None])
    assert set(problems(found)) == {"gross_repeated"}


def test_items_that_do_not_add_up_are_told() -> None:
    assert set(problems(read(sea(*_two_items("400", "300"))))) == {"gross_differs"}
    assert not problems(read(sea(*_two_items("400", "599"))))


def test_missing_totals_are_the_sums_of_the_items() -> None:
    base = [s for s in _two_items("400", "300") if not s.startswith("CNT")]
    bill = bills(read(sea(*base)))[0]
    assert (bill.gross_kg, bill.packages) == (Decimal(700), 10)


def test_a_volume_copied_from_the_weight_is_missing() -> None:
    found = read(sea(*BILL, "MEA+AAE+AAW+MTQ:1000"))
    assert bills(found)[0].items[0].volume_m3 is None
    assert problems(found)["volume_copied"].document == "B1"
    assert _bill("MEA+AAE+AAW+MTQ:12.5").items[0].volume_m3 == Decimal("12.5")


def test_packages_that_differ_are_told() -> None:
    found = problems(read(sea(*[s.replace("CNT+11:10", "CNT+11:12").replace("5+10", "5+9") for s in BILL])))
    assert found["packages_differ"].params == {"items": 10, "total": 12}
    assert found["loading_packages_differ"].params == {"packages": 10, "loaded": 9}


def test_unknown_segments_and_roles_are_told_not_dropped_in_silence() -> None:
    found = problems(read(sea(*BILL[:7], "NAD+ZZ+++WHO", *BILL[7:], "XYZ+1")))
    assert found["code_unknown"].received == "ZZ"
    assert found["segment_unknown"].received == "XYZ"


# -- dates


@pytest.mark.parametrize(
    ("text", "code", "local", "precision"),
    [
        ("261020", "101", "2026-10-20T00:00:00", "date"),
        ("20261020", "102", "2026-10-20T00:00:00", "date"),
        ("20261020", "203", "2026-10-20T00:00:00", "date"),
        ("202603020000", "102", "2026-03-02T00:00:00", "date"),
        ("202603021730", "102", "2026-03-02T17:30:00", "minute"),
        ("202603020000", "203", "2026-03-02T00:00:00", "minute"),
        ("2610200930", "201", "2026-10-20T09:30:00", "minute"),
        ("261020093015", "202", "2026-10-20T09:30:15", "second"),
        ("20261020093015", "204", "2026-10-20T09:30:15", "second"),
    ],
)
def test_dates_are_read_by_their_length(text: str, code: str, local: str, precision: str) -> None:
    found = edifact_time(text, code)
    assert found is not None
    assert (found.local.isoformat(), found.precision, found.source) == (local, precision, text)


def test_a_zone_is_kept() -> None:
    assert edifact_time("202610200930+0500", "205").offset_minutes == 300
    assert edifact_time("202610200930Z", "").offset_minutes == 0


@pytest.mark.parametrize(
    "text", ["20261332", "20260230", "2026", "0930", "soon", "202610202500", "2026102٣", "00010101", "999912312359"]
)
def test_impossible_dates_are_told_with_what_was_sent(text: str) -> None:
    head = [s.replace("132:202611010600", f"132:{text}") for s in HEAD]
    found = read(sea(head=head))
    assert header(found).conveyance.eta is None
    assert problems(found)["date_impossible"].received == text


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="real samples are not part of the project")
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("cuscar_*.edi")), ids=lambda path: path.stem[:9])
def test_real_messages_are_read_without_errors(path: Path) -> None:
    found = read(path.read_bytes())
    assert not [p for p in problems(found).values() if p.severity is not Severity.WARNING]
    assert boxes(found)
    assert isinstance(found[-1], MessageEnd)


@pytest.mark.parametrize("raw", ["UNB+UNOA:1+CUSCAR+B+261020:0930+1'UNZ+0+1'", "UNA:+.? '\r\n"])
def test_a_file_without_a_message_is_fatal(raw: str) -> None:
    found = list(CuscarReader().read(stream(raw)))
    assert problems(found)["message_missing"].severity is Severity.FATAL


def test_a_bill_of_endless_segments_is_refused_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RECORD_SEGMENTS", 50)
    found = read(sea("CNI+1+LONG", *["QTY+1"] * 100, *BILL))
    assert problems(found)["too_many_segments"].severity is Severity.ERROR
    assert len(bills(found)) == 1
    endless = read(sea(head=[*HEAD, *["FTX+AAI"] * 100]))
    assert problems(endless)["too_many_segments"].severity is Severity.FATAL
    assert not any(isinstance(each, MessageEnd) for each in endless)


def test_what_refuses_a_bill_is_told_however_much_else_is_wrong() -> None:
    found = read(sea(*_with(GID="QTY+1", FTX="QTY+1"), *["XYZ+1"] * (limits.RECORD_PROBLEMS + 100)))
    assert problems(found)["goods_missing"].severity is Severity.ERROR
    assert not bills(found)


@pytest.mark.parametrize("lost", ["CNI+2+LOST", "EQD+CN+MSKU1234565"])
def test_a_message_that_ends_before_its_bills_rejects_the_file(lost: str) -> None:
    text = sea()
    at = text.index("UNZ+")
    found = read(f"{text[:at]}{lost}'{text[at:]}")
    assert problems(found)["segment_unexpected"].severity is Severity.FATAL


# -- directories


LATE_HEAD = [
    "UNH+M1+CUSCAR:D:21A:UN",
    "BGM+785:::RFM+MAN001+9",
    "DTM+137:202610200930:203",
    "TDT+11+245W+1++LINE:172:20+++9778791:146:11:BLUE HERON:DK",
    "LOC+60+GEPTI:139:6",
    "GEI+5+24::148",
]


def test_a_bill_of_the_latest_directory_names_its_master_and_fills_many_containers() -> None:
    many = [f"SGP+TCKU{number:07}+2" for number in range(300)]
    bill = [
        "CNI+1+MST1:PBL:CARR::20261001",
        "CNT+7:1",
        "RFF+BH:H1",
        "CNT+11:600",
        "GEI+5+23",
        "NAD+CZ+++EAST TRADING CO",
        "NAD+CN+++TOO STEPPE IMPORT",
        "GID+1+600:CT",
        "TMD+3",
        "LOC+27+CN",
        "FTX+AAA++5:ZZZ+TOYS",
        "MEA+AAE+G+KGM:1000",
        *many,
        "DGS+IMD+9+3077",
    ]
    box = ["EQD+CN+TCKU0000000+22G1:102:5++3+5", "LOC+11+GEPTI", "TMP+2+004:CEL"]
    found = read(sea(*bill, box=box, head=LATE_HEAD))
    assert header(found).direction is Direction.TRANSIT
    (whole,) = bills(found)
    assert (whole.document_no, whole.master_no, whole.direction) == ("H1", "MST1", Direction.IMPORT)
    assert (whole.document_type, whole.packages) == (DocumentType.HOUSE_BILL, 600)
    assert len(whole.loadings) == 300
    assert whole.loadings[299] == Loading("TCKU0000299", 2)
    assert (whole.items[0].origin, whole.items[0].description) == ("CN", "TOYS")
    assert set(problems(found)) == {"equipment_not_listed"}


@pytest.mark.parametrize("release", ["95B", "96A", "98B", "99B", "06A", "16A", "21A"])
@pytest.mark.parametrize(("direction", "meant"), [("GIS+23", Direction.IMPORT), ("GEI+5+28", Direction.TRANSHIPMENT)])
def test_the_direction_is_read_in_every_directory(release: str, direction: str, meant: Direction) -> None:
    head = [s.replace("95B", release) for s in HEAD]
    found = read(sea(*BILL[:5], direction, *BILL[5:], head=head))
    assert header(found).release == f"D.{release}"
    assert bills(found)[0].direction is meant
    assert not problems(found)


def test_header_references_dates_and_contacts_of_middle_directories_are_passed() -> None:
    more = [
        "RFF+ABO:X1",
        "DTM+171:20261019:102",
        "NAD+MS+LINE",
        "CTA+IC+:A. B",
        "COM+a@b.example:EM",
        "QTY+1:5",
        "LOC+5+TRMER",
    ]
    found = read(sea(head=[s.replace("95B", "99B") for s in [*HEAD, *more]]))
    assert not problems(found)
    assert len(bills(found)) == 1
