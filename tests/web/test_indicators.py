"""The catalogue of indicators: page, API and files say what the functions say, and how values were spread lately."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from redis.exceptions import RedisError

from pcu.accounts.models import Unit, User
from profiling.indicators import catalogue_docs
from profiling.indicators.catalogue import REGISTRY, Group, ValueType
from profiling.indicators.compute import compute
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import History, Past
from profiling.rules.distributions import A_DAY, BARS, Distribution, distributions, summarise
from tests import factories
from tests.indicators.subjects import plain_consignment
from tests.web.conftest import signed_in
from tests.web.pages import holds_something_inline, text

pytestmark = pytest.mark.django_db
API = "/api/v1/indicators/"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def here() -> Unit:
    return factories.UnitFactory()


@pytest.fixture
def analyst(here: Unit) -> User:
    return factories.person(here)


def assessed(unit: Unit, *, days: float = 1, **values: Any) -> None:
    factories.AssessmentFactory(
        version=factories.VersionFactory(consignment__call__unit=unit),
        indicators=values,
        created_at=timezone.now() - timedelta(days=days),
    )


def asked(client: Client, **query: str) -> str:
    answer = client.get(reverse("indicators"), query)
    assert answer.status_code == 200
    assert not holds_something_inline(answer)
    return text(answer)


def the_file(client: Client, kind: str = "csv", **query: str) -> str:
    answer = client.get(reverse("indicators_file", args=[kind]), query)
    assert answer.status_code == 200
    return answer.content.decode("utf-8-sig")


@pytest.fixture
def brand_new(monkeypatch: pytest.MonkeyPatch) -> str:
    """An indicator as somebody adds it: one decorated function, and nothing else told."""
    monkeypatch.setattr(REGISTRY, "_indicators", dict(REGISTRY.indicators()))

    @REGISTRY.indicator(
        label="Letters of the document number",
        group=Group.META,
        type=ValueType.INTEGER,
        missing="A visit without a bill has no document.",
        source="Test of the catalogue",
        needs=("document_no",),
    )
    def letters_of_document_no(subject: SubjectFacts, past: Past) -> int | None:
        return len(subject.document_no) or None

    return "letters_of_document_no"


def test_one_function_is_on_the_page_in_the_api_in_the_files_and_in_the_docs(
    here: Unit, analyst: User, brand_new: str
) -> None:
    (computed,) = compute([plain_consignment()], History())
    assert computed.values[brand_new] == 8
    assessed(here, **{brand_new: 8})
    client = signed_in(analyst)
    page = asked(client)
    assert f'data-indicator="{brand_new}"' in page
    for word in ("Letters of the document number", "Test of the catalogue", "document_no", "median 8"):
        assert word in page, word
    rows = the_file(client).splitlines()
    (row,) = [row for row in rows if brand_new in row]
    assert "Letters of the document number" in row
    (told,) = [one for one in client.get(API, {"unit": here.code}).json()["results"] if one["code"] == brand_new]
    assert (told["label"], told["type"], told["needs"]) == (
        "Letters of the document number",
        "integer",
        ["document_no"],
    )
    assert told["spread"]["numbers"]["median"] == 8
    assert f"| `{brand_new}` |" in catalogue_docs.page()


def test_the_page_lists_every_indicator_under_its_group(analyst: User) -> None:
    page = asked(signed_in(analyst))
    assert all(f'data-indicator="{code}"' in page for code in REGISTRY.specs())
    assert f"{len(REGISTRY.specs())} of {len(REGISTRY.specs())}" in page
    assert "no value" in page


@pytest.mark.parametrize(
    ("query", "inside", "outside"),
    [
        ({"q": "robust z"}, "value_per_kg_robust_z", "gross_kg"),
        ({"q": "SEAL seen"}, "seal_seen_before", "seal_changed"),
        ({"group": "meta"}, "nearest_find", "gross_kg"),
        ({"type": "date"}, "arrival_date", "gross_kg"),
        ({"type": "date", "group": "route", "q": "arrival"}, "arrival_date", "departure_date"),
        ({"type": "what", "group": "ever"}, "gross_kg", "nothing_like_it"),
    ],
)
def test_the_list_is_narrowed_by_words_group_and_type(
    analyst: User, query: dict[str, str], inside: str, outside: str
) -> None:
    page = asked(signed_in(analyst), **query)
    assert f'data-indicator="{inside}"' in page
    assert f'data-indicator="{outside}"' not in page
    csv = the_file(signed_in(analyst), **query)
    assert f",{inside}," in csv
    assert f",{outside}," not in csv


def test_words_that_nothing_has_find_nothing_and_are_escaped(analyst: User) -> None:
    page = asked(signed_in(analyst), q="<b>zebra")
    assert "No indicator has these words" in page
    assert "<b>zebra" not in page


def test_values_are_spread_by_what_assessments_stored(here: Unit, analyst: User) -> None:
    for number in range(1, 10):
        assessed(here, gross_kg=number * 100.0, hs_missing=number < 3, mode="rail" if number > 4 else "road")
    assessed(here, goods_text=" bed linen ")
    found = distributions(unit=here, now=timezone.now())
    weight = found["gross_kg"]
    assert (weight.sample, weight.missing, weight.missing_share) == (10, 1, 0.1)
    assert weight.numbers is not None
    assert (weight.numbers.quarter, weight.numbers.median, weight.numbers.three_quarters) == (300, 500, 700)
    assert sum(weight.numbers.bars) == 9
    assert len(weight.numbers.bars) == BARS
    assert found["hs_missing"].true_share == pytest.approx(2 / 9)
    assert found["mode"].most == (("rail", 5), ("road", 4))
    assert (found["goods_text"].known, found["packages"].known) == (1, 0)
    page = asked(signed_in(analyst))
    assert "median 500" in page
    assert "<rect" in page


def test_only_ninety_days_of_the_unit_count_and_no_day_drowns_the_others(here: Unit) -> None:
    assessed(here, days=89, gross_kg=1.0)
    assessed(here, days=91, gross_kg=1.0)
    for _each in range(A_DAY + 5):
        assessed(here, days=2, gross_kg=2.0)
    sibling = factories.UnitFactory(code="DOS")
    assessed(sibling, gross_kg=3.0)
    found = distributions(unit=here, now=timezone.now())["gross_kg"]
    assert (found.sample, found.missing) == (A_DAY + 1, 0)
    assert distributions(unit=sibling, now=timezone.now())["gross_kg"].sample == 1


def test_a_spread_is_counted_once_a_day_in_one_query(
    here: Unit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assessed(here, gross_kg=1.0)
    now = timezone.now()
    with django_assert_num_queries(1):
        first = distributions(unit=here, now=now)
    assessed(here, gross_kg=2.0)
    with django_assert_num_queries(0):
        assert distributions(unit=here, now=now) == first
    with django_assert_num_queries(1):
        assert distributions(unit=here, now=now + timedelta(days=1))["gross_kg"].sample == 2


def test_a_lost_cache_costs_a_count_and_no_page(here: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_args: object, **_more: object) -> None:
        raise RedisError

    monkeypatch.setattr("profiling.rules.distributions.cache.get", lost)
    monkeypatch.setattr("profiling.rules.distributions.cache.set", lost)
    assessed(here, gross_kg=1.0)
    assert distributions(unit=here, now=timezone.now())["gross_kg"].sample == 1


def test_of_one_value_or_of_equal_ones_there_is_one_bar() -> None:
    specs = {"gross_kg": REGISTRY.specs()["gross_kg"]}
    for rows in ([{"gross_kg": 7.0}], [{"gross_kg": 7.0}] * 30):
        found = summarise(rows, specs)["gross_kg"]
        assert found.numbers is not None
        assert (found.numbers.low, found.numbers.median, found.numbers.high) == (7, 7, 7)
        assert found.numbers.bars == (len(rows),)
    assert summarise([], specs)["gross_kg"] == Distribution(0, 0)
    assert Distribution(0, 0).missing_share == 1


def test_the_api_tells_the_spread_of_units_one_reads(here: Unit, analyst: User) -> None:
    foreign = factories.UnitFactory(code="DSB", parent__code="TJ")
    client = signed_in(analyst)
    without = client.get(API).json()["results"]
    assert {one["code"] for one in without} == set(REGISTRY.specs())
    assert all(one["spread"] is None for one in without)
    assessed(here, mode="rail", arrival_date="2026-05-12", hs_missing=True)
    told = {one["code"]: one for one in client.get(API, {"unit": here.code}).json()["results"]}
    assert told["mode"]["spread"]["most"] == [{"code": "rail", "number": 1}]
    assert told["arrival_date"]["spread"]["days"] == ["2026-05-12", "2026-05-12"]
    assert told["hs_missing"]["spread"]["true"] == 1
    assert client.get(API, {"unit": foreign.code}).status_code == 404
    refused = client.get(API, {"group": "zebra"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["attr"] == "group"
    assert {one["type"] for one in client.get(API, {"type": "date"}).json()["results"]} == {"date"}


def test_the_page_is_of_ones_own_unit_and_of_nobody_without_one(analyst: User) -> None:
    assert Client().get(reverse("indicators")).status_code == 302
    nobody = signed_in(factories.UserFactory())
    assert nobody.get(reverse("indicators")).status_code in {403, 404}
    assert signed_in(analyst).get(reverse("indicators_file", args=["exe"])).status_code == 404


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_the_list_is_a_spreadsheet_and_a_paper_too(analyst: User, kind: str) -> None:
    answer = signed_in(analyst).get(reverse("indicators_file", args=[kind]))
    assert answer.status_code == 200
    assert answer.content[:2] == (b"PK" if kind == "xlsx" else b"%P")
