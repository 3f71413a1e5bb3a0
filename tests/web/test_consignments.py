"""The pages of consignments and of equipment visits."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pcu.accounts.models import Unit, User
from profiling.cargo.models import Consignment, ConveyanceCall, EquipmentVisit
from profiling.cases.models import Case
from profiling.rules.models import Release
from tests import factories
from tests.factories_workbench import ShadowScoreFactory
from tests.web import cargo
from tests.web.pages import HTMX, holds_something_inline, link, queries_of, rows, text


@pytest.fixture
def rail(unit: Unit, officer: User) -> Consignment:
    """The SMGS note of the rail sample: forty containers, wagons, Cyrillic parties."""
    found = cargo.load("rail.json", unit, officer).versions.order_by("pk").first()
    assert found is not None
    return found.consignment


# ---- list


def test_the_list_shows_number_equipment_parties_goods_and_weight(desk: Client, rail: Consignment) -> None:
    version = rail.current
    assert version is not None
    page = text(desk.get(reverse("consignments")))
    assert rail.document_no in page
    consignee = version.mentions.get(role="consignee")
    assert consignee.name.replace('"', "&quot;") in page
    assert reverse("party", args=[consignee.party.ref]) in page
    others = version.loadings.count() - 1
    assert others > 1
    assert f"and {others} more" in page


def test_the_list_shows_nothing_of_another_unit(outside: Client, rail: Consignment) -> None:
    page = text(outside.get(reverse("consignments")))
    assert rail.document_no not in page
    assert "This unit has no consignments yet" in page


def test_the_lane_is_that_of_the_newest_assessment_by_a_release_that_decides(desk: Client, rail: Consignment) -> None:
    assert rail.current is not None
    kz = rail.unit.parent
    red, green = cargo.lane(kz), cargo.lane(kz, "green", "n", 5)
    live, shadow = cargo.release(kz), cargo.release(kz, Release.State.SHADOW, "2026.2")
    cargo.assess(rail.current, live, green, 3)
    newest = cargo.assess(rail.current, live, red, 86)
    ShadowScoreFactory(assessment=newest, release=shadow, lane=green, score=1)
    page = text(desk.get(reverse("consignments")))
    assert "lane-e lane-score" in page
    assert rows(desk.get(reverse("consignments") + "?lane=red")) == 1
    assert rows(desk.get(reverse("consignments") + "?lane=green")) == 0


def test_the_lanes_to_choose_from_are_those_of_the_units_country(
    desk: Client, rail: Consignment, other_unit: Unit
) -> None:
    cargo.lane(rail.unit.parent, "red")
    cargo.lane(other_unit.parent, "violet")
    page = text(desk.get(reverse("consignments")))
    assert '<option value="red">' in page
    assert "violet" not in page


def test_a_withdrawn_consignment_keeps_what_it_said_last_in_the_list_and_on_its_page(
    desk: Client, rail: Consignment
) -> None:
    said = rail.current
    assert said is not None
    rail.current = factories.VersionFactory(consignment=rail, number=said.number + 1, function="cancel", gross_kg=None)
    rail.save()
    goods = said.items.get().description
    page = text(desk.get(reverse("consignments"), {"document_no": rail.document_no}))
    assert "withdrawn" in page
    assert goods in page
    page = text(desk.get(reverse("consignment", args=[rail.ref])))
    assert "The sender has withdrawn" in page
    assert goods in page


def test_what_a_withdrawn_consignment_said_last_is_what_came_last_and_not_what_was_read_last(
    desk: Client, rail: Consignment
) -> None:
    said = rail.current
    assert said is not None
    goods = said.items.get().description
    earlier = said.received_at - timedelta(hours=2)
    late = factories.VersionFactory(consignment=rail, number=said.number + 1, received_at=earlier)
    factories.ItemFactory(version=late, description="Goods of the message before")
    rail.current = factories.VersionFactory(consignment=rail, number=said.number + 2, function="cancel", gross_kg=None)
    rail.save()
    page = text(desk.get(reverse("consignments"), {"document_no": rail.document_no}))
    assert goods in page
    assert "Goods of the message before" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("document_no={number}", True),
        ("document_no={number_start}", True),
        ("document_no=nothing", False),
        ("container={box}", True),
        ("container={box_spaced}", True),
        ("container=ZZZU", False),
        ("container=---", False),
        ("party={firm}", True),
        ("party={tax}", True),
        ("party=nobody", False),
        ("mode=rail", True),
        ("mode=sea", False),
        ("conveyance={train}", True),
        ("conveyance=nothing", False),
        ("received_from={today}", True),
        ("received_to={today}", True),
        ("received_from=2100-01-01", False),
        ("received_to=2000-01-01", False),
        ("received_to=9999-12-31", True),
        ("submission={submission}", True),
        ("submission=01890000-0000-7000-8000-000000000000", False),
        ("document_no={number}&mode=sea", False),
    ],
)
def test_each_filter_finds_what_it_should_and_nothing_else(
    desk: Client, rail: Consignment, query: str, found: bool
) -> None:
    version = rail.current
    assert version is not None
    loading = version.loadings.select_related("visit").order_by("pk").last()
    firm = version.mentions.exclude(tax_id="").select_related("party").first()
    assert loading is not None
    assert firm is not None
    box = loading.visit.number
    said = query.format(
        number=rail.document_no,
        number_start=rail.document_no[:4].lower(),
        box=box,
        box_spaced=f"{box[:4].lower()} {box[4:10]}-{box[10:]}",
        firm=firm.party.name[3:12],
        tax=firm.tax_id,
        train=rail.call.voyage or rail.call.identifier,
        today=timezone.now().astimezone(rail.unit.zone).date().isoformat(),
        submission=version.submission.ref,
    )
    response = desk.get(reverse("consignments") + "?" + said)
    assert response.status_code == 200
    assert (f'data-row="{rail.ref}"' in text(response)) is found


def test_filters_stay_in_the_address_and_on_the_next_page(
    desk: Client, unit: Unit, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiling.web.consignments.LIST_SIZE", 2)
    cargo.load("sea.edi", unit, officer)
    everything = Consignment.objects.count()
    assert everything > 2
    address = reverse("consignments")
    response = desk.get(f"{address}?mode=sea&party=", headers=HTMX)
    assert response["HX-Push-Url"] == f"{address}?mode=sea"
    assert "HX-Request" in response["Vary"]
    seen = rows(response)
    while further := link(response, "next"):
        assert "mode=sea" in further
        response = desk.get(address + further)
        seen += rows(response)
    assert seen == everything


def test_going_back_in_the_browser_gets_the_whole_page(desk: Client, rail: Consignment) -> None:
    response = desk.get(reverse("consignments"), headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in text(response)


def test_more_than_a_thousand_are_not_counted_to_the_end(
    desk: Client, rail: Consignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    Consignment.objects.bulk_create(
        Consignment(
            unit=rail.unit,
            call=rail.call,
            document_type="bill",
            document_no=f"B{number}",
            created_at=rail.created_at,
            updated_at=rail.updated_at,
        )
        for number in range(1001)
    )
    page = text(desk.get(reverse("consignments")))
    assert "more than 1,000" in page


def test_a_consignment_that_says_nothing_yet_is_listed_and_has_a_page(desk: Client, rail: Consignment) -> None:
    bare = Consignment.objects.create(
        unit=rail.unit,
        call=ConveyanceCall.objects.create(unit=rail.unit, key="x"),
        document_type="bill",
        document_no="BARE-1",
        created_at=rail.created_at,
        updated_at=rail.updated_at,
    )
    assert "BARE-1" in text(desk.get(reverse("consignments")))
    assert desk.get(reverse("consignment", args=[bare.ref])).status_code == 200


def test_the_list_takes_as_many_queries_for_many_rows_as_for_one(
    desk: Client, rail: Consignment, officer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert rail.current is not None
    kz = rail.unit.parent
    red, live = cargo.lane(kz), cargo.release(kz)
    cargo.open_case(cargo.assess(rail.current, live, red))
    expected = queries_of(desk, reverse("consignments"))
    for version in cargo.load("sea.edi", rail.unit, officer).versions.select_related("consignment__unit"):
        cargo.open_case(cargo.assess(version, live, red), number=f"ALT-{version.pk}")
    with django_assert_num_queries(expected):
        desk.get(reverse("consignments"))


# ---- one consignment


def test_the_page_tells_goods_parties_equipment_and_versions(desk: Client, rail: Consignment) -> None:
    version = rail.current
    assert version is not None
    page = text(desk.get(reverse("consignment", args=[rail.ref])))
    for visit in EquipmentVisit.objects.filter(loadings__version=version):
        assert reverse("visit", args=[visit.ref]) in page
    for mention in version.mentions.all():
        assert reverse("party", args=[mention.party.ref]) in page
    for item in version.items.all():
        assert item.description in page
    assert reverse("submission", args=[version.submission.ref]) in page
    assert "No case was opened." in page
    assert "Not assessed yet." in page


def test_assessments_and_cases_stand_on_the_page(desk: Client, rail: Consignment) -> None:
    assert rail.current is not None
    kz = rail.unit.parent
    case = cargo.open_case(cargo.assess(rail.current, cargo.release(kz), cargo.lane(kz)))
    page = text(desk.get(reverse("consignment", args=[rail.ref])))
    assert case.number in page
    assert "R-114" in page
    assert "2026.1" in page


def test_the_page_takes_as_many_queries_for_forty_containers_as_for_one(
    desk: Client, rail: Consignment, officer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    road = cargo.load("road.json", rail.unit, officer).versions.select_related("consignment").first()
    assert road is not None
    expected = queries_of(desk, reverse("consignment", args=[road.consignment.ref]))
    with django_assert_num_queries(expected):
        desk.get(reverse("consignment", args=[rail.ref]))


# ---- one visit


def test_the_visit_tells_its_seals_what_carries_it_and_what_is_in_it(desk: Client, rail: Consignment) -> None:
    assert rail.current is not None
    visit = rail.current.loadings.filter(visit__placements__isnull=False, visit__seals__isnull=False)[0].visit
    page = text(desk.get(reverse("visit", args=[visit.ref])))
    for seal in visit.seals.all():
        assert seal.number_as_written in page
    for placement in visit.placements.all():
        assert reverse("visit", args=[placement.carrier.ref]) in page
    assert reverse("consignment", args=[rail.ref]) in page
    assert '<svg class="chain' in page
    assert "None is known here." in page


def test_the_wagon_tells_what_it_carries(desk: Client, rail: Consignment) -> None:
    wagon = EquipmentVisit.objects.filter(carried__isnull=False).order_by("pk")[0]
    page = text(desk.get(reverse("visit", args=[wagon.ref])))
    for placement in wagon.carried.all():
        assert reverse("visit", args=[placement.visit.ref]) in page


def test_other_visits_of_the_number_are_those_one_may_see(
    desk: Client, rail: Consignment, other_unit: Unit, outsider: User
) -> None:
    visit = EquipmentVisit.objects.filter(kind="container").order_by("pk")[0]

    def again(unit: Unit) -> EquipmentVisit:
        return EquipmentVisit.objects.create(
            unit=unit,
            call=ConveyanceCall.objects.create(unit=unit, key="earlier", voyage="X1"),
            kind=visit.kind,
            number=visit.number,
            number_as_written=visit.number,
            created_at=visit.created_at,
            updated_at=visit.updated_at,
        )

    here, abroad = again(rail.unit), again(other_unit)
    page = text(desk.get(reverse("visit", args=[visit.ref])))
    assert reverse("visit", args=[here.ref]) in page
    assert str(abroad.ref) not in page


def test_the_visit_takes_as_many_queries_for_many_rows_as_for_one(
    desk: Client, rail: Consignment, officer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one = EquipmentVisit.objects.filter(placements__isnull=False).order_by("pk")[0]
    expected = queries_of(desk, reverse("visit", args=[one.ref]))
    cargo.load("rail.json", rail.unit, officer)  # says everything of it a second time
    with django_assert_num_queries(expected):
        desk.get(reverse("visit", args=[one.ref]))


# ---- all of them


@pytest.mark.parametrize("name", ["consignment", "visit"])
def test_an_outsider_and_a_wrong_reference_get_404(desk: Client, outside: Client, rail: Consignment, name: str) -> None:
    ref = rail.ref if name == "consignment" else EquipmentVisit.objects.order_by("pk")[0].ref
    assert desk.get(reverse(name, args=[ref])).status_code == 200
    assert outside.get(reverse(name, args=[ref])).status_code == 404
    assert desk.get(reverse(name, args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("name", ["consignments", "consignment", "visit"])
def test_reading_pages_take_no_post_and_hold_nothing_inline(desk: Client, rail: Consignment, name: str) -> None:
    refs = {"consignment": [rail.ref], "visit": [EquipmentVisit.objects.order_by("pk")[0].ref], "consignments": []}
    address = reverse(name, args=refs[name])
    assert desk.post(address).status_code == 405
    assert not holds_something_inline(desk.get(address))


def test_a_case_of_another_unit_is_not_told(outside: Client, desk: Client, rail: Consignment, other_unit: Unit) -> None:
    """A case passed on is worked elsewhere, and a case elsewhere is nobody's business here."""
    assert rail.current is not None
    kz = rail.unit.parent
    case = cargo.open_case(cargo.assess(rail.current, cargo.release(kz), cargo.lane(kz)))
    Case.objects.filter(pk=case.pk).update(unit=other_unit, working_unit=other_unit)
    assert case.number not in text(desk.get(reverse("consignments")))
    assert case.number not in text(desk.get(reverse("consignment", args=[rail.ref])))


def test_assessments_that_repeat_the_one_before_stand_as_one(desk: Client, rail: Consignment) -> None:
    assert rail.current is not None
    kz = rail.unit.parent
    live, red, green = cargo.release(kz), cargo.lane(kz), cargo.lane(kz, "green", "n", 5)
    for lane, score in ((green, 3), (red, 86), (red, 86), (red, 86)):
        cargo.assess(rail.current, live, lane, score)
    page = text(desk.get(reverse("consignment", args=[rail.ref])))
    shown = page.partition('<ol class="scored">')[2].partition("</ol>")[0]
    assert shown.count("lane-score") == 2
    assert "2 before it were the same" in shown
