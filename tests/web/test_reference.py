"""The reference page, the look-up over the API, and names of places beside their codes."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cargo.models import ConsignmentVersion
from profiling.codelists.services import load
from profiling.reference.files.rows import Kind
from tests.web import cargo
from tests.web.conftest import signed_in
from tests.web.pages import holds_something_inline, queries_of, rows, text


def loaded(kind: Kind, content: str, name: str = "list.csv", **options: object) -> None:
    load(kind=kind, stream=io.BytesIO(content.encode()), file_name=name, **options)  # type: ignore[arg-type]


@pytest.fixture
def lists(db: None) -> None:
    loaded(
        Kind.PLACES,
        "scheme,code,name,name_ru,country,valid_to\nstation,123456,Zebra Pass,Зебра-Перевал,KZ,\n"
        "station,123457,Zebra Gone,,KZ,2020-01-01\nharbour,9,Odd <b>row</b>,,KZ,\n",
        "stations.csv",
    )
    loaded(Kind.PACKAGES, "code,name\nZX,Zebra crate\n", "rec21.csv")
    loaded(Kind.HS, "code,description\n9801,Zebras of the test\n", "hs17.csv", edition="2017")
    loaded(Kind.RATES, "day,currency,value,base\n2026-11-24,USD,500,KZT\n", "rates.csv")


@pytest.fixture
def analyst(unit: Unit) -> User:
    return cargo.person(unit, Role.ANALYST)


def asked(client: Client, **query: str) -> str:
    answer = client.get(reverse("reference"), query)
    assert answer.status_code == 200
    assert not holds_something_inline(answer)
    return text(answer)


def test_the_page_tells_which_lists_are_loaded_and_from_which_files(analyst: User, lists: None) -> None:
    page = asked(signed_in(analyst))
    for name in ("stations.csv", "rec21.csv", "hs17.csv", "rates.csv"):
        assert name in page
    assert "not loaded" in page  # units, currencies, countries, owners
    assert "comes with the program" in page  # HS 2022
    assert "newest rates of" in page
    assert "The scheme must be one of: unlocode, station" in page
    assert "Odd &lt;b&gt;row" in page


def test_without_any_file_the_page_says_who_loads_them(analyst: User) -> None:
    assert "No file was loaded yet" in asked(signed_in(analyst))


@pytest.mark.parametrize(
    ("query", "found", "absent"),
    [
        ({"q": "1234"}, ["Zebra Pass", "Zebra Gone", "withdrawn"], ["Zebra crate"]),
        ({"q": "zebra"}, ["Zebra Pass", "Zebra crate", "Zebras of the test"], []),
        ({"q": "перевал"}, ["Zebra Pass"], ["Zebra crate"]),
        ({"q": "zebra", "kind": "packages"}, ["Zebra crate"], ["Zebra Pass"]),
        ({"q": "zebra", "kind": "nonsense"}, ["Zebra crate", "Zebra Pass"], []),
        ({"q": "0101"}, ["Horses"], []),
        ({"q": "z"}, ["at least two characters"], ["Zebra crate"]),
        ({"q": "q%_\\'\0"}, ["No loaded list has this"], ["Zebra crate"]),
    ],
    ids=["code", "name", "russian", "kind", "odd-kind", "package-of-the-program", "short", "odd-signs"],
)
def test_codes_are_looked_up(
    analyst: User, lists: None, query: dict[str, str], found: list[str], absent: list[str]
) -> None:
    page = asked(signed_in(analyst), **query)
    assert all(word in page for word in found)
    assert not any(word in page for word in absent)


def test_the_very_code_comes_first(analyst: User) -> None:
    loaded(Kind.OWNERS, "bic,company\nZAB,Zebra\n")
    loaded(Kind.CURRENCIES, "<ISO_4217><CcyNtry><CcyNm>Zebra</CcyNm><Ccy>ZAA</Ccy></CcyNtry></ISO_4217>")
    page = asked(signed_in(analyst), q="zab")
    assert rows(signed_in(analyst).get(reverse("reference"), {"q": "zab"})) == 1
    assert 'data-row="ZAB"' in page


def test_who_reads_no_cargo_sees_no_list(lists: None, db: None) -> None:
    stranger = cargo.person(cargo.working_unit(cargo.country()), Role.ANALYST)
    stranger.memberships.all().delete()
    page = asked(signed_in(User.objects.get(pk=stranger.pk)), q="zebra")
    assert "Zebra crate" not in page
    assert "stations.csv" not in page


@pytest.mark.parametrize(
    ("role", "stands"),
    [(Role.ANALYST, True), (Role.SUPERVISOR, True), (Role.ADMINISTRATOR, True), (Role.OFFICER, False)],
)
def test_the_menu_leads_there_for_those_who_keep_lists(unit: Unit, role: Role, stands: bool) -> None:
    page = text(signed_in(cargo.person(unit, role)).get(reverse("consignments")))
    assert (f'href="{reverse("reference")}"' in page) is stands


def test_the_page_takes_as_many_queries_for_many_codes_as_for_few(
    analyst: User, lists: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(analyst)
    address = reverse("reference") + "?q=zebra"
    expected = queries_of(client, address)
    loaded(Kind.OWNERS, "bic,company\n" + "".join(f"ZA{a},Zebra {a}\n" for a in "ABCDEFGHIJKLMNOP"))
    for number in range(5):
        loaded(Kind.PACKAGES, f"code,name\nZ{number},Zebra box {number}\n")
    with django_assert_num_queries(expected):
        client.get(address)


def test_only_reading_is_possible(analyst: User) -> None:
    assert signed_in(analyst).post(reverse("reference")).status_code == 405


# --- over the API


def test_the_api_looks_codes_up(analyst: User, lists: None) -> None:
    answer = signed_in(analyst).get("/api/v1/reference/", {"q": "zebra", "kind": "places"})
    assert answer.status_code == 200
    assert answer.json()["results"][0] == {
        "kind": "places",
        "code": "123456",
        "name": "Zebra Pass",
        "name_ru": "Зебра-Перевал",
        "of": "station",
        "country": "KZ",
        "is_withdrawn": False,
    }


@pytest.mark.parametrize("query", [{}, {"q": "z"}, {"q": "zebra", "kind": "rates"}, {"q": "zebra", "limit": "0"}])
def test_the_api_says_what_is_wrong_with_a_question(analyst: User, query: dict[str, str]) -> None:
    answer = signed_in(analyst).get("/api/v1/reference/", query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] in ("q", "kind", "limit")


def test_client_systems_are_turned_away(unit: Unit, lists: None) -> None:
    answer = signed_in(cargo.person(unit)).get("/api/v1/reference/", {"q": "zebra"})
    assert answer.status_code == 200
    client_system = User.objects.create(username="sender", kind=User.Kind.CLIENT)
    assert signed_in(client_system).get("/api/v1/reference/", {"q": "zebra"}).status_code == 403


# --- beside the codes of a consignment


def test_a_place_that_the_paper_names_by_code_alone_is_named(unit: Unit, officer: User) -> None:
    cargo.load("rail.json", unit, officer)
    version = ConsignmentVersion.objects.order_by("pk")[0]
    ConsignmentVersion.objects.filter(pk=version.pk).update(loading_code="123456", loading_name="")
    address = reverse("consignment", args=[version.consignment.ref])
    client = signed_in(officer)
    assert "Zebra Pass" not in text(client.get(address))
    loaded(Kind.PLACES, "scheme,code,name,country\nstation,123456,Zebra Pass,KZ\n")
    assert "Zebra Pass" in text(client.get(address))
