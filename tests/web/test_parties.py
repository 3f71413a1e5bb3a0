"""The page of one party."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pcu.accounts.models import Unit, User
from profiling.cargo.models import Consignment, ConsignmentVersion, PartyMention
from profiling.cases.models import Case
from profiling.parties.core.scripts import Script, script_of
from profiling.parties.models import Party
from tests.web import cargo
from tests.web.pages import holds_something_inline, link, queries_of, text


@pytest.fixture
def firm(unit: Unit, officer: User) -> Party:
    """The consignee of the rail sample."""
    cargo.load("rail.json", unit, officer)
    return PartyMention.objects.filter(role="consignee").order_by("pk")[0].party


def address_of(party: Party) -> str:
    return reverse("party", args=[party.ref])


def mentioned_again(party: Party, times: int, name: str = "Nur Zhol Logistic LLP", role: str = "notify") -> None:
    """The party on the paper of further consignments, each with a container of its own."""
    first = Consignment.objects.filter(versions__mentions__party=party).order_by("pk")[0]
    for number in range(times):
        consignment = Consignment.objects.create(
            unit=party.unit,
            call=first.call,
            document_type="smgs",
            document_no=f"AGAIN-{name}-{number}"[:35],
            created_at=first.created_at,
            updated_at=first.updated_at,
        )
        version = ConsignmentVersion.objects.create(
            consignment=consignment,
            number=1,
            submission=first.current.submission,
            function="original",
            digest="0" * 64,
            received_at=first.updated_at,
            gross_kg=100 + number,
        )
        Consignment.objects.filter(pk=consignment.pk).update(current=version)
        PartyMention.objects.create(
            version=version,
            party=party,
            role=role,
            name=name,
            country=party.country,
            received_at=version.received_at,
        )


def test_the_head_tells_name_tax_number_and_country(desk: Client, firm: Party) -> None:
    page = text(desk.get(address_of(firm)))
    assert firm.tax_id
    assert firm.tax_id in page
    assert f", {firm.country}" in page
    assert '<span class="tg">consignee</span>' in page


def test_names_on_paper_are_counted_by_spelling_with_script_and_roles(desk: Client, firm: Party) -> None:
    mentioned_again(firm, 3)
    mentioned_again(firm, 1, "Nur Zhоl Logistic LLP", "forwarder")  # with a Cyrillic о
    page = text(desk.get(address_of(firm)))
    assert "3 spellings" in page
    assert re.search(r"<td>Nur Zhol Logistic LLP</td>\s*<td[^>]*>Latin</td>\s*<td[^>]*>notify party</td>.*?>3<", page)
    assert re.search(r"<td>Nur Zhоl Logistic LLP</td>.*?mixed within a word", page, re.S)


def test_consignments_are_those_that_any_version_names(desk: Client, firm: Party, unit: Unit, officer: User) -> None:
    """A firm taken off the paper by a later message is the one to look at."""
    before = Consignment.objects.filter(current__mentions__party=firm).get()
    assert before.current is not None
    later = ConsignmentVersion.objects.create(
        consignment=before,
        number=2,
        submission=before.current.submission,
        function="replace",
        digest="1" * 64,
        received_at=timezone.now(),
    )
    Consignment.objects.filter(pk=before.pk).update(current=later)
    assert reverse("consignment", args=[before.ref]) in text(desk.get(address_of(firm)))


def test_open_cases_are_counted_once_each_and_closed_ones_not(desk: Client, firm: Party, unit: Unit) -> None:
    kz = unit.parent
    red, live = cargo.lane(kz), cargo.release(kz)
    mentioned_again(firm, 2)
    versions = ConsignmentVersion.objects.filter(mentions__party=firm).select_related("consignment__unit")
    for version, state in zip(
        versions.order_by("pk"), (Case.State.OPEN, Case.State.REFERRED, Case.State.CLOSED), strict=True
    ):
        cargo.open_case(cargo.assess(version, live, red), number=f"ALT-{version.pk}", state=state)
    assert re.search(r"<dt>Open cases</dt><dd>2</dd>", text(desk.get(address_of(firm))))


def test_the_other_party_of_a_consignee_is_the_shipper(desk: Client, firm: Party) -> None:
    shipper = PartyMention.objects.filter(role="shipper").order_by("pk")[0]
    assert shipper.name in text(desk.get(address_of(firm)))
    consignee = PartyMention.objects.filter(role="consignee", party=firm).order_by("pk")[0]
    assert consignee.name in text(desk.get(address_of(shipper.party)))


def test_the_months_are_counted_in_the_zone_of_the_unit(desk: Client, firm: Party) -> None:
    mentioned_again(firm, 2)
    local = timezone.now().astimezone(firm.unit.zone)
    this = local.replace(day=1, hour=0, minute=30)
    last = this - timedelta(hours=1)  # still last month there, though this month may have begun in UTC
    Consignment.objects.update(created_at=this)
    Consignment.objects.filter(pk=Consignment.objects.order_by("pk")[0].pk).update(created_at=last)
    page = text(desk.get(address_of(firm)))
    bars = re.findall(r"<title>([^<]+): (\d+)</title>", page)
    assert len(bars) == 12
    assert [number for _month, number in bars[-2:]] == ["1", "2"]


def test_the_consignments_are_paged(desk: Client, firm: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiling.web.parties.CONSIGNMENTS_SIZE", 2)
    mentioned_again(firm, 3)
    first = desk.get(address_of(firm))
    further = link(first, "next")
    assert further is not None
    second = desk.get(address_of(firm) + further)
    assert link(second, "next") is None
    assert link(second, "prev")


def test_an_outsider_gets_404_and_so_does_a_wrong_reference(desk: Client, outside: Client, firm: Party) -> None:
    assert outside.get(address_of(firm)).status_code == 404
    assert desk.get(reverse("party", args=[uuid4()])).status_code == 404
    assert desk.get("/parties/1/").status_code == 404


def test_the_page_takes_no_post_and_holds_nothing_inline(desk: Client, firm: Party) -> None:
    assert desk.post(address_of(firm)).status_code == 405
    assert not holds_something_inline(desk.get(address_of(firm)))


def test_the_page_takes_as_many_queries_for_many_consignments_as_for_one(
    desk: Client, firm: Party, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    expected = queries_of(desk, address_of(firm))
    mentioned_again(firm, 20)
    with django_assert_num_queries(expected):
        desk.get(address_of(firm))


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("Nur Zhol LLP", Script.LATIN),
        ("ТОО «Нұр Жол»", Script.CYRILLIC),
        ("西安秦川远达贸易有限公司", Script.HAN),
        ("ТОО Nur Zhol Logistic", Script.LATIN),
        ("Nur Zhоl", Script.MIXED),
        ("شركة", Script.ARABIC),
        ("საქართველო", Script.OTHER),
        ("123-45", None),
        ("", None),
    ],
)
def test_the_script_of_a_name_is_that_of_its_letters(name: str, script: Script | None) -> None:
    assert script_of(name) is script
