"""Cases through the API: versions, conflicts, holds, and what a list costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from pcu.accounts.roles import Role
from profiling.cases.models import Case, Hold, Referral
from profiling.cases.services import claim, comment
from tests import factories

CASES = "/api/v1/cases/"
SCAN = {"kind": "scan", "reasons": ["seal"], "override_reason": "the seal was replaced"}


@pytest.fixture
def url(case):
    return f"{CASES}{case.ref}/"


def first_error(response) -> dict:
    assert set(response.json()) == {"type", "errors"}
    return response.json()["errors"][0]


def decide(api, url, etag: str, body: dict):
    return api.post(f"{url}decisions/", body, format="json", HTTP_IF_MATCH=etag)


def test_the_etag_is_the_version_and_moves_with_every_change(api, url):
    before = api.get(url)["ETag"]
    after = api.post(f"{url}claim/")
    assert after.status_code == 200
    assert after["ETag"] != before
    assert api.get(url)["ETag"] == after["ETag"]


def test_a_decision_on_the_version_as_read_is_taken(api, url, case, officer):
    response = decide(api, url, api.get(url)["ETag"], SCAN)
    assert response.status_code == 201
    told = response.json()
    assert (told["state"], told["decided_lane"]["code"]) == ("referred", "orange")
    assert told["decisions"][0]["decided_by"] == officer.username
    assert Referral.objects.get().case == case


def test_a_decision_without_a_version_is_refused(api, url):
    for headers in ({}, {"HTTP_IF_MATCH": "*"}):
        response = api.post(f"{url}decisions/", SCAN, format="json", **headers)
        assert (response.status_code, first_error(response)["code"]) == (428, "precondition_required")


@pytest.mark.parametrize("etag", [None, '"999"', "nonsense", '"-1"'])
def test_a_decision_on_another_version_conflicts_and_changes_nothing(api, url, case, officer, etag):
    seen = api.get(url)["ETag"]
    comment(case=case, user=officer, text="wait")
    response = decide(api, url, etag or seen, SCAN)
    assert (response.status_code, first_error(response)["code"]) == (409, "case_changed")
    assert Case.objects.get().state == Case.State.OPEN


def test_what_is_missing_is_told_by_field(api, url):
    etag = api.get(url)["ETag"]
    body = {"kind": "hold_and_refer", "reasons": ["other"], "visits": []}
    response = decide(api, url, etag, body)
    assert response.status_code == 400
    assert {error["attr"] for error in response.json()["errors"]} >= {"note", "visits", "notice", "authority", "method"}


def test_holding_names_equipment_by_ref_and_no_other_than_the_cases(api, url, case, unit):
    etag = api.get(url)["ETag"]
    body = {
        "kind": "hold_and_refer",
        "reasons": ["seal"],
        "notice": "Keep it.",
        "authority": "Head of post",
        "method": "dog",
    }
    foreign = factories.VisitFactory(unit=unit)
    assert decide(api, url, etag, {**body, "visits": [str(foreign.ref)]}).status_code == 400
    chosen = case.visits.last()
    response = decide(api, url, etag, {**body, "visits": [str(chosen.ref)]})
    assert response.status_code == 201
    assert Hold.objects.get().visit == chosen


def test_passing_on_names_the_unit_by_its_code(api, url, case, unit):
    other = factories.UnitFactory(parent=unit.parent)
    foreign = factories.UnitFactory()
    body = {"kind": "pass_to_unit", "reasons": ["no_capacity"]}
    etag = api.get(url)["ETag"]
    assert decide(api, url, etag, {**body, "pass_to": foreign.code}).status_code == 400
    assert decide(api, url, etag, {**body, "pass_to": other.code}).json()["working_unit"] == other.code


def test_who_passes_on_a_case_of_another_unit_may_lose_sight_of_it(as_user, case, unit):
    second, third = factories.UnitFactory.create_batch(2, parent=unit.parent)
    Case.objects.update(working_unit=second)
    api = as_user(factories.person(second))
    url = f"{CASES}{case.ref}/"
    body = {"kind": "pass_to_unit", "reasons": ["no_capacity"], "pass_to": third.code}
    assert decide(api, url, api.get(url)["ETag"], body).status_code == 204
    assert api.get(url).status_code == 404


def test_a_claim_of_another_conflicts_and_a_supervisor_takes_over(api, as_user, url, case, unit):
    holder = factories.person(unit)
    claim(case=case, user=holder)
    for act in ("claim", "give-back"):
        assert api.post(f"{url}{act}/").status_code == 409
    assert api.post(f"{url}take-over/", {}, format="json").status_code == 403
    supervisor = factories.person(unit, Role.SUPERVISOR)
    taken = as_user(supervisor).post(f"{url}take-over/", {"reason": "end of shift"}, format="json")
    assert taken.json()["claimed_by"] == supervisor.username


def test_who_may_only_read_is_refused_and_nothing_changes(auditor_api, url, case, hold):
    assert auditor_api.get(url).status_code == 200
    etag = auditor_api.get(url)["ETag"]
    assert auditor_api.post(f"{url}claim/").status_code == 403
    assert auditor_api.post(f"{url}comments/", {"text": "x"}, format="json").status_code == 403
    assert decide(auditor_api, url, etag, SCAN).status_code == 403
    assert auditor_api.post(f"/api/v1/holds/{hold.ref}/lift/", {}, format="json").status_code == 403
    assert not case.events.exists()


def test_a_comment_stands_in_the_timeline(api, url, officer):
    assert api.post(f"{url}comments/", {"text": "Same shipper."}, format="json").status_code == 201
    (event,) = api.get(url).json()["events"]
    assert (event["kind"], event["text"], event["actor"]) == ("comment", "Same shipper.", officer.username)
    assert api.post(f"{url}comments/", {"text": "  "}, format="json").status_code == 400


def test_lifting_twice_changes_nothing_the_second_time(api, hold):
    url = f"/api/v1/holds/{hold.ref}/lift/"
    first = api.post(url, {"note": "weighed again"}, format="json").json()
    assert first["state"] == "lifted"
    assert api.post(url, {}, format="json").json() == first


# ---- lists


@pytest.fixture
def several(unit, lanes, case, officer):
    now = timezone.now()
    mine = factories.laden_case(unit, lanes["orange"], claimed_by=officer, claimed_until=now + timedelta(minutes=9))
    expired = factories.laden_case(
        unit, lanes["green"], origin=Case.Origin.SAMPLE, claimed_by=officer, claimed_until=now - timedelta(minutes=9)
    )
    others = factories.laden_case(
        unit,
        lanes["red"],
        claimed_by=factories.person(unit),
        claimed_until=now + timedelta(minutes=9),
        consignee="Tian Shan Trade",
        conveyance="81342",
        due_at=now + timedelta(minutes=10),
    )
    return {"free": case, "mine": mine, "expired": expired, "others": others}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"free", "mine", "expired", "others"}),
        ("lane=red", {"free", "others"}),
        ("lane=red&lane=green", {"free", "others", "expired"}),
        ("lane=unheard-of", set()),
        ("claim=mine", {"mine"}),
        ("claim=free", {"free", "expired"}),
        ("claim=others", {"others"}),
        ("origin=sample", {"expired"}),
        ("state=closed", set()),
        ("q=shan", {"others"}),
        ("q=%2D%2D", set()),
        ("conveyance=8134", {"others"}),
    ],
)
def test_cases_are_found_by(api, several, query, expected):
    refs = {row["ref"] for row in api.get(f"{CASES}?{query}").json()["results"]}
    assert refs == {str(several[name].ref) for name in expected}


def test_cases_are_found_by_their_numbers_documents_and_containers(api, several):
    case = several["mine"]
    container, document = case.visits.last().number, case.consignments.get().document_no
    for words in (case.number, document, f"{container[:4]} {container[4:]}"):
        assert [row["number"] for row in api.get(CASES, {"q": words}).json()["results"]] == [case.number]


def test_cases_due_before_and_changed_since_a_moment(api, several):
    soon = (timezone.now() + timedelta(minutes=30)).isoformat()
    assert [row["ref"] for row in api.get(CASES, {"due_before": soon}).json()["results"]] == [
        str(several["others"].ref)
    ]
    since = several["others"].updated_at.isoformat()
    assert [row["ref"] for row in api.get(CASES, {"updated_since": since}).json()["results"]] == [
        str(several["others"].ref)
    ]
    assert api.get(CASES, {"updated_since": "yesterday"}).status_code == 400


def test_a_walk_through_the_pages_meets_every_row_once_even_when_all_changed_at_one_moment(api, several):
    Case.objects.update(updated_at=timezone.now())
    met, address = [], f"{CASES}?page_size=1"
    while address:
        answer = api.get(address).json()
        met += [row["ref"] for row in answer["results"]]
        address = answer["next"]
    assert met == [str(case.ref) for case in Case.objects.order_by("pk")]


def test_the_urgent_lane_comes_first_when_asked_for(api, several):
    ranks = [row["recommended_lane"]["rank"] for row in api.get(f"{CASES}?ordering=lane").json()["results"]]
    assert ranks == [1, 1, 2, 5]


PLACES = {
    "cases": lambda case: case,
    "consignments": lambda case: case.consignments.get(),
    "visits": lambda case: case.visits.first(),
    "assessments": lambda case: case.assessment,
    "holds": lambda case: case.holds.get(),
    "referrals": lambda case: case.referrals.get(),
    "manifests": lambda case: case.consignments.get().current.submission,
}


@pytest.mark.parametrize("place", PLACES)
def test_a_list_costs_the_same_however_many_rows_it_has(
    api, unit, lanes, case, hold, referral, officer, place, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6) as few:
        rows = len(api.get(f"/api/v1/{place}/").json()["results"])
    for _n in range(4):
        another = factories.laden_case(unit, lanes["orange"], claimed_by=officer)
        Hold.objects.create(
            unit=unit,
            case=another,
            visit=another.visits.first(),
            notice="x",
            authority="x",
            placed_by=officer,
            placed_at=timezone.now(),
            updated_at=timezone.now(),
        )
        Referral.objects.create(
            unit=unit,
            case=another,
            method="dog",
            created_by=officer,
            created_at=timezone.now(),
            updated_at=timezone.now(),
        )
    with django_assert_num_queries(len(few)):
        assert len(api.get(f"/api/v1/{place}/").json()["results"]) > rows


@pytest.mark.parametrize("place", PLACES)
def test_a_detail_costs_the_same_however_long_its_story(
    api, case, hold, referral, officer, place, django_assert_num_queries, django_assert_max_num_queries
):
    url = f"/api/v1/{place}/{PLACES[place](case).ref}/"
    with django_assert_max_num_queries(16) as few:
        assert api.get(url).status_code == 200
    for n in range(5):
        comment(case=case, user=officer, text=f"{n}")
    factories.laden(case.consignments.get().current, 3)
    with django_assert_num_queries(len(few)):
        assert api.get(url).status_code == 200
