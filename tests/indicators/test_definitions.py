"""What each indicator answers, and when it stays silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from profiling.formats.records import EquipmentKind, Fill, PartyRole, SealParty
from profiling.indicators.compute import compute
from profiling.indicators.facts import ItemFacts, PartyFacts, SealEvent, SealFacts, SubjectFacts
from profiling.indicators.history import History, Past, PreviousVersion, months_before
from tests.indicators.subjects import (
    BOX,
    CONSIGNEE,
    LINEN,
    NOTIFY,
    RECEIVED,
    SHIPPER,
    past,
    plain_consignment,
    visit_alone,
)

MISSING = None


def values(subject: SubjectFacts, known: Past | None = None) -> dict[str, Any]:
    (computed,) = compute([subject], History({subject.key: known} if known else {}))
    assert computed.faults == ()
    return computed.values


def value(code: str, known: Past | None = None, **changes: Any) -> Any:
    return values(plain_consignment(**changes), known).get(code)


def test_a_plain_consignment_tells_what_it_says() -> None:
    found = values(plain_consignment())
    assert found["gross_kg"] == 18400.0
    assert found["kg_per_package"] == 23.0
    assert found["kg_per_m3"] == 287.5
    assert found["value_per_kg"] == 4.0
    assert found["freight_percent_of_value"] == 8.0
    assert found["items_weight_gap_percent"] == found["loaded_weight_gap_percent"] == 0.0
    assert found["items_packages_gap"] == found["missing_fields_count"] == found["amendments_count"] == 0
    assert found["hs_chapter"] == "63"
    assert found["hs_heading"] == "6302"
    assert found["hs_subheading"].startswith("6302")
    assert found["mode"] == "rail"
    assert found["document_type"] == "smgs"
    assert found["hours_before_arrival"] == 26.0
    assert found["received_date"] == "2026-05-12"
    assert found["arrival_date"] == "2026-05-13"
    assert found["goods_text"] == " bed linen of polyester printed "
    assert found["container_count"] == 1
    for code in (
        *("goods_text_vague", "hs_missing", "hs_chapter_unknown", "to_order_without_notify", "notify_elsewhere"),
        *("party_name_placeholder", "container_check_digit_wrong", "seal_missing_on_full", "customs_seal_absent"),
        *("empty_with_weight", "unbilled_visit", "loaded_outside_origin", "net_above_gross", "container_void_rich"),
    ):
        assert found[code] is False, code


# ------------------------------------------------------------------------------------------------- history
@pytest.mark.parametrize(
    ("years", "found", "first_time", "count"),
    [
        (3, 0, True, 0),
        (3, 4, False, 4),
        (1, 0, MISSING, MISSING),  # no proof of absence
        (1, 4, False, MISSING),  # but one find is proof of presence
        (3, None, MISSING, MISSING),  # nobody to count
    ],
)
def test_history_is_missing_and_not_zero_until_it_covers_its_window(
    years: int, found: int | None, first_time: bool | None, count: int | None
) -> None:
    known = past(years=years, consignee_consignments=found, shipper_consignments=found, pair_consignments=found)
    answers = values(plain_consignment(), known)
    for code in ("consignee_first_time", "shipper_first_time", "pair_first_time"):
        assert answers.get(code) is first_time
    assert answers.get("consignee_consignments_24m") == count


def test_a_subject_never_looked_up_has_no_history_at_all() -> None:
    assert not {"consignee_first_time", "lane_consignments_24m", "seal_seen_before"} & set(values(plain_consignment()))


@pytest.mark.parametrize(
    ("moment", "earlier"),
    [("2026-05-12", "2024-05-12"), ("2024-02-29", "2022-02-28"), ("2026-01-31", "2024-01-31")],
)
def test_months_are_calendar_months(moment: str, earlier: str) -> None:
    at = datetime.fromisoformat(f"{moment}T09:30:00+00:00")
    assert months_before(at, 24).date().isoformat() == earlier


def test_coverage_begins_at_the_very_start_of_the_window() -> None:
    start = months_before(RECEIVED, 24)
    assert Past(RECEIVED, history_start=start).covers(24)
    assert not Past(RECEIVED, history_start=start + timedelta(seconds=1)).covers(24)


def test_history_months_counts_whole_months() -> None:
    assert value("history_months", Past(RECEIVED, history_start=RECEIVED - timedelta(days=20))) == 0
    assert value("history_months", past(years=2)) == 24
    assert value("history_months", Past(RECEIVED, history_start=months_before(RECEIVED, 24) + timedelta(days=1))) == 23


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (past(consignee_headings=frozenset({"6302", "9403"})), False),
        (past(consignee_headings=frozenset({"9403"})), True),
        (past(years=1, consignee_headings=frozenset({"9403"})), MISSING),
        (past(), MISSING),
    ],
)
def test_goods_are_new_only_for_a_consignee_with_a_record(known: Past, expected: bool | None) -> None:
    assert value("consignee_goods_unseen", known) is expected


def test_a_lane_is_as_rare_as_its_rarest_heading() -> None:
    assert value("lane_consignments_24m", past(lane_counts={"6302": 40, "0101": 1})) == 1
    assert value("lane_consignments_24m", past(years=1, lane_counts={"6302": 40})) is MISSING


def test_a_seal_seen_on_other_equipment_is_told_however_short_the_history() -> None:
    assert value("seal_seen_before", past(years=1, seals_elsewhere={"CN7730412": 2})) is True
    assert value("seal_seen_before", past(seals_elsewhere={"CN7730412": 0})) is False
    assert value("seal_seen_before", past(years=1, seals_elsewhere={"CN7730412": 0})) is MISSING
    assert value("seal_seen_before", past(), visits=(replace(BOX, seals=()),)) is MISSING


def test_the_seals_seen_before_are_named_and_none_is_not_the_same_as_unknown() -> None:
    two = (replace(BOX, seals=(SealFacts("CN 7730413"), SealFacts("CN7730412"))),)
    seen = {"CN7730412": 2, "CN7730413": 1}
    assert value("seals_seen_before", past(seals_elsewhere=seen), visits=two) == "CN7730412, CN7730413"
    assert value("seals_seen_before", past(seals_elsewhere={"CN7730412": 0})) == "–"
    assert value("seals_seen_before", past(years=1)) is MISSING


def test_full_containers_without_a_seal_are_named_as_many_as_fit() -> None:
    assert value("unsealed_containers") == "–"
    bare = [replace(BOX, number=f"MSKU000{n:04d}", seals=()) for n in range(9)]
    assert value("unsealed_containers", visits=tuple(bare[:2])) == "MSKU0000000, MSKU0000001"
    told = value("unsealed_containers", visits=tuple(bare))
    assert told == "MSKU0000000, MSKU0000001, MSKU0000002, MSKU0000003 +5"
    assert value("unsealed_containers", visits=(replace(BOX, fill=None),)) is MISSING


def test_what_is_declared_empty_and_carries_is_named_with_its_weight() -> None:
    empty = replace(BOX, fill=Fill.EMPTY)
    heavy = replace(empty, number="TGHU1112223", loaded_packages=None, loaded_kg=None)  # 18,400 kg above its tare
    packed = replace(empty, number="TGHU4445556", loaded_packages=4, loaded_kg=None, gross_kg=None)
    assert value("empty_equipment_with_weight", visits=(packed, heavy)) == "TGHU1112223, TGHU4445556"
    assert value("empty_equipment_kg", visits=(packed, heavy)) == 18400
    assert value("empty_equipment_kg", visits=(packed,)) is MISSING
    assert value("empty_equipment_with_weight", visits=(BOX,)) == "–"


def test_days_known_counts_from_the_first_mention() -> None:
    assert value("consignee_days_known", past(consignee_first_seen=RECEIVED - timedelta(days=41, hours=3))) == 41


# ------------------------------------------------------------------------------------------------- parties
@pytest.mark.parametrize("name", ["n/a", "SAME AS CONSIGNEE", "ООО", "не указан", "-", "X", "12345"])
def test_a_placeholder_is_no_name(name: str) -> None:
    assert value("party_name_placeholder", parties=(SHIPPER, replace(CONSIGNEE, name=name))) is True


@pytest.mark.parametrize("name", ["BP", "同方股份", "Same Day Couriers", "ООО Ромашка", "ЖШС Нұр"])
def test_a_short_or_foreign_name_is_still_a_name(name: str) -> None:
    assert value("party_name_placeholder", parties=(replace(CONSIGNEE, name=name),)) is False


@pytest.mark.parametrize(
    ("consignee", "notify", "expected"),
    [
        ("To the order of Bank RBK", None, True),
        ("TO ORDER", "same as above", True),
        ("ORDER", "To order", True),
        ("По приказу банка", None, True),
        ("To order", "ТОО «Степь Трейд»", False),
        ("Border Order Systems", None, False),
    ],
)
def test_to_order_counts_when_nobody_else_is_named(consignee: str, notify: str | None, expected: bool) -> None:
    named = [replace(CONSIGNEE, name=consignee)] + ([replace(NOTIFY, name=notify)] if notify else [])
    assert value("to_order_without_notify", parties=tuple(named)) is expected


def test_parties_are_compared_with_the_country_of_destination() -> None:
    assert value("notify_elsewhere", parties=(replace(NOTIFY, country="AE"),)) is True
    assert value("notify_elsewhere", parties=(replace(NOTIFY, country=""),)) is MISSING
    forwarder = PartyFacts(PartyRole.CONSIGNEE, "Silk Way Logistics LLP")
    assert value("consignee_named_forwarder", parties=(forwarder,)) is True


# --------------------------------------------------------------------------------------------------- goods
@pytest.mark.parametrize(
    "text",
    [
        "General cargo",
        "STC: 1 container, spare parts",
        "FAK",
        "Сборный груз",
        "ТНП в ассортименте",
        "2 pallets of goods",
    ],
)
def test_stop_words_alone_are_vague(text: str) -> None:
    assert value("goods_text_vague", items=(LINEN, ItemFacts(2, text))) is True


@pytest.mark.parametrize("text", ["Spare parts for tractors", "Груз: обувь детская", "棉布"])
def test_one_word_of_substance_is_not_vague(text: str) -> None:
    assert value("goods_text_vague", items=(ItemFacts(1, text),)) is False


def test_without_any_description_vagueness_is_not_known() -> None:
    found = values(plain_consignment(items=(ItemFacts(1, " - "),)))
    assert not {"goods_text", "goods_text_vague", "goods_text_words"} & set(found)


@pytest.mark.parametrize(
    ("code", "scheme", "missing", "unknown_chapter", "chapter"),
    [
        ("6302.32", "HS", False, False, "63"),
        ("6302320000", "TNVED", False, False, "63"),
        ("63023200", "GNG", False, False, "63"),
        ("691153", "ETSNG", True, MISSING, MISSING),
        ("", "", True, MISSING, MISSING),
        ("77010000", "HS", False, True, "77"),
        ("9901", "HS", False, True, "99"),
        ("63", "HS", True, False, MISSING),
    ],
)
def test_a_commodity_code_is_read_by_its_scheme(
    code: str, scheme: str, missing: bool, unknown_chapter: bool | None, chapter: str | None
) -> None:
    found = values(plain_consignment(items=(ItemFacts(1, "x", code, scheme),)))
    assert found["hs_missing"] is missing
    assert found.get("hs_chapter_unknown") is unknown_chapter
    assert found.get("hs_chapter") == chapter


def test_the_main_code_is_that_of_the_heaviest_line() -> None:
    light = ItemFacts(1, "Toys", "950300", "HS", gross_kg=Decimal(10))
    assert value("hs_heading", items=(light, LINEN)) == "6302"


# -------------------------------------------------------------------------------------- weights and values
def test_a_ratio_without_a_divisor_is_missing() -> None:
    found = values(plain_consignment(packages=0, volume_m3=None, value=None))
    assert not {"kg_per_package", "kg_per_m3", "value_per_kg", "freight_percent_of_value"} & set(found)


def test_documents_that_disagree_show_by_how_much() -> None:
    assert value("items_weight_gap_percent", gross_kg=Decimal(20000)) == 8.0
    assert value("items_packages_gap", packages=812) == 12
    assert value("items_weight_gap_percent", items=(LINEN, ItemFacts(2))) is MISSING
    assert value("net_above_gross", gross_kg=Decimal(17000)) is True


def test_freight_in_another_currency_is_not_compared() -> None:
    assert value("freight_percent_of_value", freight_currency="CNY") is MISSING


def test_weight_is_spread_over_laden_containers_only() -> None:
    empty = replace(BOX, visit_id=32, fill=Fill.EMPTY)
    assert value("laden_kg_per_container", visits=(BOX, empty)) == 18400.0
    assert value("laden_kg_per_container", visits=(empty,)) is MISSING


# ----------------------------------------------------------------------------------------------- equipment
@pytest.mark.parametrize(
    ("number", "wrong"),
    [("CSQU3054383", False), ("csqu 305438-3", False), ("CSQU3054384", True), ("CSQX3054383", True)],
)
def test_a_container_number_is_checked(number: str, wrong: bool) -> None:
    assert value("container_check_digit_wrong", visits=(replace(BOX, number=number),)) is wrong


def test_a_wagon_is_no_container() -> None:
    wagon = replace(BOX, kind=EquipmentKind.WAGON, number="52345672", seals=())
    found = values(plain_consignment(visits=(wagon,)))
    assert found["container_check_digit_wrong"] is False
    assert found["seal_missing_on_full"] is False
    assert (found["container_count"], found["wagon_count"]) == (0, 1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),  # packages are loaded in it
        ({"loaded_packages": None, "loaded_kg": None}, True),  # 18,400 kg above its tare
        ({"loaded_packages": 0, "loaded_kg": None, "gross_kg": Decimal(4320)}, False),  # within the tolerance
        ({"loaded_packages": None, "loaded_kg": None, "gross_kg": Decimal(4321)}, True),
        ({"loaded_packages": None, "loaded_kg": None, "tare_kg": None}, MISSING),
        ({"loaded_packages": None, "loaded_kg": None, "gross_kg": Decimal(3820), "vgm_kg": Decimal(9000)}, True),
    ],
)
def test_an_empty_with_something_in_it(changes: dict[str, Any], expected: bool | None) -> None:
    assert value("empty_with_weight", visits=(replace(BOX, fill=Fill.EMPTY, **changes),)) is expected


@pytest.mark.parametrize(
    ("parties", "absent"),
    [
        ([SealParty.SHIPPER], True),
        ([SealParty.SHIPPER, SealParty.CUSTOMS], False),
        ([SealParty.UNKNOWN], MISSING),
        ([SealParty.SHIPPER, SealParty.UNKNOWN], MISSING),  # the unknown one may be customs'
        ([], MISSING),
    ],
)
def test_a_customs_seal_is_absent_only_where_all_seals_are_known(parties: list[SealParty], absent: bool | None) -> None:
    seals = tuple(SealFacts(f"S{n}", party) for n, party in enumerate(parties))
    assert value("customs_seal_absent", visits=(replace(BOX, seals=seals),)) is absent


def test_a_full_container_needs_a_seal_with_a_number() -> None:
    assert value("seal_missing_on_full", visits=(BOX, replace(BOX, visit_id=2, seals=(SealFacts(" - "),)))) is True
    assert value("seal_missing_on_full", visits=(replace(BOX, fill=None, seals=()),)) is MISSING
    assert value("seal_missing_on_full", visits=()) is MISSING


def test_a_seal_read_otherwise_on_arrival_was_changed() -> None:
    def read(number: str) -> Any:
        seals = (*BOX.seals, SealFacts(number, event=SealEvent.ARRIVAL))
        return value("seal_changed", visits=(replace(BOX, seals=seals),))

    assert read("CN-7730412") is False
    assert read("CN7731190") is True
    assert value("seal_changed") is MISSING


def test_hidden_room_is_read_from_the_type_code() -> None:
    def hidden(size_type: str) -> Any:
        return value("container_void_rich", visits=(replace(BOX, size_type=size_type),))

    assert [hidden(code) for code in ("45R1", "22T6", "22P1", "22G1")] == [True, True, True, False]
    assert [hidden(code) for code in ("4200", "4532", "2270")] == [False, True, True]  # codes of before 1996
    assert [hidden(code) for code in ("", "9999", "40HC")] == [MISSING] * 3


def test_shared_containers_and_weights_take_the_worst_of_them() -> None:
    other = replace(BOX, visit_id=2, other_consignments=29, vgm_kg=Decimal(24442))
    found = values(plain_consignment(visits=(BOX, other)))
    assert found["bills_sharing_container"] == 29
    assert found["container_gross_kg_max"] == 24442.0
    assert found["vgm_gap_percent"] == 10.0


def test_what_a_gate_weighed_is_held_against_what_was_declared() -> None:
    light = replace(BOX, weighed_kg=Decimal(22000))
    heavy = replace(BOX, visit_id=2, weighed_kg=Decimal(24442))
    verified = replace(BOX, visit_id=3, vgm_kg=Decimal(24400), weighed_kg=Decimal(24442))
    found = values(plain_consignment(visits=(light, heavy, verified)))
    assert (found["gate_weight_gap_kg"], found["gate_weight_gap_percent"]) == (2222.0, 10.0)
    unsaid = replace(BOX, gross_kg=None, weighed_kg=Decimal(24442))
    assert value("gate_weight_gap_kg", visits=(BOX, unsaid)) is MISSING


# --------------------------------------------------------------------------------------- documents, the record
def test_missing_fields_are_counted() -> None:
    bare = plain_consignment(
        parties=(), items=(), gross_kg=None, packages=None, loading_place="", discharge_place="", destination_country=""
    )
    assert values(bare)["missing_fields_count"] == 8
    assert value("missing_fields_count", loading_place="", receipt_place="CNXIA") == 0


def test_changes_are_against_the_version_before() -> None:
    known = past(
        previous=PreviousVersion(
            gross_kg=Decimal(16000), packages=790, consignee_id=99, destination_country="KZ", discharge_place="KZDZH"
        )
    )
    found = values(plain_consignment(version_number=2, prior_versions=1), known)
    assert found["amendments_count"] == 1
    assert found["weight_changed_percent"] == 15.0
    assert found["packages_changed"] == 10
    assert found["consignee_changed"] is True
    assert found["destination_changed"] is True
    first = values(plain_consignment(), past())
    assert not {"weight_changed_percent", "packages_changed", "consignee_changed", "destination_changed"} & set(first)


def test_a_place_of_loading_tells_a_country_only_as_un_locode() -> None:
    assert value("loaded_outside_origin", loading_place="AEJEA") is True
    assert value("loaded_outside_origin", loading_place="710500") is MISSING


def test_late_data_is_negative_when_it_comes_after_the_arrival() -> None:
    assert value("hours_before_arrival", eta=RECEIVED - timedelta(minutes=90)) == -1.5
    assert value("hours_before_arrival", eta=None) is MISSING
    assert value("hours_before_arrival", eta_is_day=True) is MISSING
    assert value("arrival_date", eta_is_day=True) is not MISSING


def test_calendar_days_are_those_of_the_unit() -> None:
    eta = datetime.fromisoformat("2026-05-12T19:30:00+00:00")  # 00:30 of the next day in Almaty
    assert value("arrival_date", eta=eta) == date(2026, 5, 13).isoformat()


def test_a_visit_without_a_bill_answers_only_what_it_can() -> None:
    found = values(visit_alone(replace(BOX, loaded_kg=None, loaded_packages=None)))
    assert found["unbilled_visit"] is True
    assert found["container_count"] == 1
    assert found["seal_missing_on_full"] is False
    for code in ("missing_fields_count", "amendments_count", "to_order_without_notify", "goods_lines", "document_type"):
        assert code not in found
