"""Indicators about codes: pure answers from what is known, and reading it for a chunk."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from pcu.accounts.models import Unit
from profiling.codelists.lookup import RATE_HOLDS, Asked, Rates, loaded_lists, look_up
from profiling.codelists.services import load
from profiling.formats.records import DocumentType, EquipmentKind, Mode
from profiling.indicators.codes import with_codes
from profiling.indicators.compute import compute
from profiling.indicators.facts import CodeFacts, SubjectFacts
from profiling.indicators.history import History
from profiling.reference.files.rows import Kind
from tests.factories import UnitFactory
from tests.indicators.subjects import BOX, LINEN, RECEIVED, plain_consignment, visit_alone

DAY = date(2026, 5, 12)


def value(code: str, **changes: Any) -> Any:
    (computed,) = compute([plain_consignment(**changes)], History({}))
    assert computed.faults == ()
    return computed.values.get(code)


@pytest.mark.parametrize(
    ("indicator", "listed"),
    [
        ("place_code_unknown", "unknown_places"),
        ("package_code_unknown", "unknown_packages"),
        ("container_owner_unknown", "unknown_owners"),
    ],
)
def test_a_code_in_no_list_is_a_finding_and_a_list_not_loaded_is_none(indicator: str, listed: str) -> None:
    assert value(indicator) is None
    assert value(indicator, codes=CodeFacts(**{listed: ()})) is False
    assert value(indicator, codes=CodeFacts(**{listed: ("ZZZZZ",)})) is True


@pytest.mark.parametrize(
    ("code", "scheme", "answer"),
    [
        ("630232", "HS", False),
        ("6302320000", "TNVED", False),
        ("630201", "HS", True),
        ("6302", "HS", None),
        ("", "HS", None),
        ("630201", "ETSNG", None),
    ],
)
def test_a_subheading_of_no_edition_is_told(code: str, scheme: str, answer: bool | None) -> None:
    assert value("hs_code_unknown", items=(replace(LINEN, hs_code=code, hs_scheme=scheme),)) is answer


def test_a_subheading_of_another_edition_is_none_of_no_edition() -> None:
    older = CodeFacts(other_editions=frozenset({"630201"}))
    assert value("hs_code_unknown", items=(replace(LINEN, hs_code="63020100"),), codes=older) is False


@pytest.mark.parametrize(
    ("codes", "unknown", "void"),
    [
        (["45G1"], False, False),
        (["4532"], False, True),
        (["45R1", "22G1"], False, True),
        (["40HC"], True, None),
        (["22G1", "??"], True, False),
        (["9999"], None, None),
        ([""], None, None),
    ],
)
def test_size_and_type(codes: list[str], unknown: bool | None, void: bool | None) -> None:
    visits = tuple(replace(BOX, visit_id=n, size_type=code) for n, code in enumerate(codes))
    assert value("size_type_unknown", visits=visits) is unknown
    assert value("container_void_rich", visits=visits) is void


@pytest.mark.parametrize(
    ("numbers", "answer"),
    [(["12345674"], False), (["12345675"], True), (["12345674", "12345675"], True), (["1234567"], None), ([], None)],
)
def test_wagon_digits(numbers: list[str], answer: bool | None) -> None:
    wagons = tuple(replace(BOX, visit_id=n, kind=EquipmentKind.WAGON, number=no) for n, no in enumerate(numbers))
    assert value("wagon_check_digit_wrong", visits=wagons) is answer


@pytest.mark.parametrize(
    ("vehicles", "answer"),
    [
        ([(EquipmentKind.TRUCK, "123ABC02"), (EquipmentKind.TRAILER, "12ABC02")], False),
        ([(EquipmentKind.TRUCK, "123ABC02"), (EquipmentKind.TRAILER, "SOMETHING")], True),
        ([(EquipmentKind.CONTAINER, "SOMETHING")], None),
        ([], None),
    ],
    ids=["known", "one unknown", "no vehicle", "nothing"],
)
def test_plates_of_trucks_and_trailers(vehicles: list[tuple[EquipmentKind, str]], answer: bool | None) -> None:
    visits = tuple(replace(BOX, visit_id=n, kind=kind, number=no) for n, (kind, no) in enumerate(vehicles))
    assert value("plate_form_unknown", visits=visits) is answer


@pytest.mark.parametrize(
    ("mode", "code", "answer"),
    [
        (Mode.RAIL, "781316", False),
        (Mode.RAIL, "781317", True),
        (Mode.RAIL, "78131", None),
        (Mode.ROAD, "781317", None),
    ],
)
def test_station_codes(mode: Mode, code: str, answer: bool | None) -> None:
    places = {"loading_place": code, "discharge_place": "", "receipt_place": "", "delivery_place": ""}
    assert value("station_code_wrong", mode=mode, **places) is answer


def test_carnets_and_only_carnets_are_judged_by_their_number() -> None:
    assert value("tir_number_malformed") is None
    assert value("tir_number_malformed", document_type=DocumentType.TIR, document_no="XT12345678") is False
    assert value("tir_number_malformed", document_type=DocumentType.TIR, document_no="12345678") is True


@pytest.mark.parametrize(
    ("value_in", "freight_in", "answer"),
    [("USD", "USD", False), ("USD", "QQQ", True), ("RUR", "", True), ("ZZZ", "", None), ("", "", None)],
)
def test_currencies_that_do_not_exist(value_in: str, freight_in: str, answer: bool | None) -> None:
    assert value("currency_unknown", currency=value_in, freight_currency=freight_in) is answer


def test_values_in_dollars_need_a_rate() -> None:
    rate = CodeFacts(usd=Decimal("0.5"))
    assert value("value_usd", currency="CNY") is None
    assert value("value_usd", currency="CNY", codes=rate) == 35000.0
    assert value("value_usd_per_kg", currency="CNY", codes=rate) == 2.0
    assert value("value_usd", value=None, codes=rate) is None
    assert value("value_usd", value=Decimal(0), codes=rate) == 0.0


# --- rates


def rates(*rows: tuple[int, str, str, str, str, str]) -> Rates:
    return Rates((DAY + timedelta(days=d), bank, hub, Decimal(h), cur, Decimal(c)) for d, bank, hub, h, cur, c in rows)


ECB_USD = (0, "ecb", "EUR", "1", "USD", "1.25")
NBK_USD = (0, "nbk", "KZT", "500", "USD", "1")
NBK_AMD = (0, "nbk", "KZT", "130", "AMD", "100")


def test_a_rate_is_found_either_way_and_over_the_bank_s_own_currency() -> None:
    known = rates(ECB_USD, NBK_USD, NBK_AMD)
    assert known.worth("EUR", "USD", DAY) == Decimal("1.25")
    assert known.worth("USD", "EUR", DAY) == Decimal("0.8")
    assert known.worth("KZT", "USD", DAY) == Decimal("0.002")
    assert known.worth("AMD", "USD", DAY) == Decimal("0.0026")
    assert known.worth("CNY", "USD", DAY) is None
    assert known.worth("EUR", "KZT", DAY) is None  # two banks are not mixed


def test_the_rate_of_the_last_day_published_holds_for_a_while_and_never_a_later_one() -> None:
    known = rates(ECB_USD, (3, "ecb", "EUR", "1", "USD", "1.5"))
    assert known.worth("EUR", "USD", DAY + timedelta(days=2)) == Decimal("1.25")
    assert known.worth("EUR", "USD", DAY + timedelta(days=3)) == Decimal("1.5")
    assert known.worth("EUR", "USD", DAY - timedelta(days=1)) is None
    assert known.worth("EUR", "USD", DAY + timedelta(days=3) + RATE_HOLDS) == Decimal("1.5")
    assert known.worth("EUR", "USD", DAY + timedelta(days=4) + RATE_HOLDS) is None


def test_banks_of_one_day_are_believed_in_a_fixed_order() -> None:
    own = (0, "aaa", "EUR", "1", "USD", "9")
    assert rates(own, ECB_USD).worth("EUR", "USD", DAY) == Decimal("1.25")
    assert rates(ECB_USD, own).worth("EUR", "USD", DAY) == Decimal("1.25")


amounts = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(100000), places=4)


@given(amounts, amounts, amounts, amounts)
def test_there_and_back_is_one(a: Decimal, b: Decimal, c: Decimal, d: Decimal) -> None:
    known = rates((0, "nbk", "KZT", str(a), "USD", str(b)), (0, "nbk", "KZT", str(c), "CNY", str(d)))
    there, back = known.worth("CNY", "USD", DAY), known.worth("USD", "CNY", DAY)
    assert there is not None
    assert back is not None
    assert abs(there * back - 1) < Decimal("1e-20")


# --- read for a chunk


def loaded(kind: Kind, content: str, **options: Any) -> None:
    load(kind=kind, stream=io.BytesIO(content.encode()), file_name="f", **options)


def load_everything() -> None:
    loaded(Kind.PLACES, ',"CN","XIA","Xi an","Xi an",,"--3-----","AI","2407",,,\n')
    loaded(Kind.PACKAGES, "code,name\nZX,Zebra crate\n")
    loaded(Kind.OWNERS, "bic,company\nCSQ,Example\n")
    loaded(Kind.HS, "code,description\n630201,Linen of the test\n", edition="2017")
    loaded(Kind.RATES, f"day,currency,units,value,base,source\n{DAY},USD,1,500,KZT,nbk\n{DAY},CNY,1,70,KZT,nbk\n")


def lists() -> list[str]:
    """What is loaded, read as the look-up reads it: along with other rows."""
    return list(Unit.objects.annotate(lists=loaded_lists()).values_list("lists", flat=True)[:1].get())


@pytest.fixture(autouse=True)
def a_unit_to_read_along_with(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        UnitFactory()


def subjects(count: int) -> list[SubjectFacts]:
    items = (replace(LINEN, package_code="zx"), replace(LINEN, line=2, package_code="QQ", hs_code="630201"))
    return [
        plain_consignment(key=f"s{n}", currency=("CNY", "KZT", "USD", "QQQ")[n % 4], items=items) for n in range(count)
    ]


@pytest.mark.django_db
def test_without_any_list_nothing_is_said() -> None:
    assert with_codes([], lists()) == []
    (one,) = with_codes([plain_consignment(currency="CNY")], lists())
    assert one.codes == CodeFacts()
    (dollars,) = with_codes([plain_consignment()], lists())
    assert dollars.codes == CodeFacts(usd=Decimal(1))


@pytest.mark.django_db
def test_border_places_alone_do_not_make_other_codes_unknown() -> None:
    loaded(Kind.PLACES, "scheme,code,name,country\nborder_post,KZ-X,Post,KZ\n")
    (one,) = with_codes([plain_consignment()], lists())
    assert one.codes.unknown_places is None


@pytest.mark.django_db
def test_what_the_lists_say_of_a_chunk() -> None:
    load_everything()
    found = with_codes([*subjects(4), visit_alone(replace(BOX, number="QQQU3054383"))], lists())
    first = found[0].codes
    assert first.unknown_places == ("KZALA",)
    assert first.unknown_packages == ("QQ",)
    assert first.unknown_owners == ()
    assert first.other_editions == {"630201"}
    assert [one.codes.usd for one in found] == [Decimal("0.14"), Decimal("0.002"), Decimal(1), None, None]
    assert found[-1].codes.unknown_owners == ("QQQ",)
    assert found[-1].codes.unknown_places is None


@pytest.mark.django_db
def test_the_number_of_queries_is_the_same_for_any_chunk() -> None:
    load_everything()
    known = lists()
    with CaptureQueriesContext(connection) as one:
        with_codes(subjects(1), known)
    with CaptureQueriesContext(connection) as many:
        with_codes(subjects(200), known)
    assert len(one) == len(many) == 3


@pytest.mark.django_db
def test_a_code_that_was_given_up_stands_on_old_papers_and_is_known() -> None:
    loaded(Kind.PLACES, '"X","QA","XYY","Old Quay","Old Quay",,"1-------","XX","9801",,,\n')
    assert look_up(Asked(places=["QAXYY", "QAXYX"]), lists()).unknown(Kind.PLACES, ["QAXYY", "QAXYX"]) == ("QAXYX",)
    assert look_up(Asked(), lists()).unknown(Kind.PLACES, [""]) is None
    assert RECEIVED.date() == DAY
