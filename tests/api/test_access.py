"""Who may call what: walks every endpoint as nobody, as an outsider and as a client system."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from profiling.cargo.models import Submission
from profiling.cases.models import Hold
from tests import factories
from tests.api.walk import api_endpoints, filled, patterns

FOR_CLIENTS = ("/api/v1/manifests/", "/api/v1/hold-notices/", "/api/v1/documents/")
ENDPOINTS = [(route, method) for route, methods in api_endpoints() for method in methods]
WITH_REF = [(route, method) for route, method in ENDPOINTS if "<uuid:ref>" in route]
# What a client system must never read, as a key or a word of any answer.
UNTOLD = re.compile(r"score|\blanes?\b|\bcases?\b|flag|lookout|sampl|drawn|ground|assess|authority|head of post", re.I)


def test_the_walk_finds_the_endpoints():
    routes = {route for route, _method in ENDPOINTS}
    assert {"/api/v1/cases/<uuid:ref>/decisions/", "/api/v1/manifests/", "/api/v1/schema/"} <= routes
    assert len(ENDPOINTS) >= 25


@pytest.mark.parametrize(("route", "method"), ENDPOINTS)
def test_nobody_is_let_in_without_signing_in(api, post, route, method):
    answer = getattr(api(None), method)(filled(route, post.refs), {}, format="json")
    assert answer.status_code == 401
    # The page of the API's description is HTML; everything else answers the one standard error body.
    expected = "401" if route == "/api/v1/docs/" else "not_authenticated"
    assert expected in answer.content.decode()


@pytest.mark.parametrize(("route", "method"), WITH_REF)
def test_rows_of_others_do_not_exist_for_an_outsider(api, post, outsider, route, method):
    answer = getattr(api(outsider), method)(
        filled(route, post.refs), {"by": "Me", "text": "Hm"}, format="json", HTTP_IF_MATCH='"1"'
    )
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["code"] == "not_found"


LISTS = [
    "consignments",
    "visits",
    "assessments",
    "cases",
    "holds",
    "referrals",
    "manifests",
    "outcomes",
    "reports",
    "reviews",
    "warnings",
    "lookouts",
    "lookout-hits",
]
LISTS += ["rules", "rule-drafts", "releases", "rule-lists", "tuning-requests"]
LISTS += ["documents", "seizures", "handovers", "samples", "listed-words"]


@pytest.mark.parametrize("name", LISTS)
def test_lists_hold_what_one_may_see_and_nothing_else(api, post, officer, outsider, name):
    assert str(post.refs[name]) in api(officer).get(f"/api/v1/{name}/").content.decode()
    assert api(outsider).get(f"/api/v1/{name}/").json() == {"next": None, "results": []}


@pytest.mark.parametrize(("route", "method"), ENDPOINTS)
def test_a_client_system_reaches_manifests_and_notices_and_is_told_nothing_else(api, post, operator, route, method):
    answer = getattr(api(operator), method)(filled(route, post.refs), {"by": "Foreman"}, format="json")
    if route.startswith(FOR_CLIENTS):
        assert answer.status_code in (200, 202, 400, 403, 409)
    else:
        assert answer.status_code == 403
    assert not UNTOLD.search(answer.content.decode())


def test_a_client_system_reaches_no_page(post, operator):
    token = f"Token {factories.token_of(operator)}"
    unguarded = {"healthz", "metrics", "accounts/login/"}
    reached = 0
    for route, _entry in patterns():
        if route.startswith("api/") or "<" in route or "(" in route or route in unguarded:
            continue
        answer = Client().get(f"/{route}", headers={"Authorization": token})
        assert answer.status_code in (302, 403, 404, 405) or "accounts/" in route, route
        assert not UNTOLD.search(answer.content.decode()) or "accounts/" in route, route
        reached += 1
    assert reached > 5


def test_a_client_system_sees_its_own_manifests_and_notices_only(api, post, operator, altynkol):
    competitor = factories.client_system(altynkol)
    assert api(operator).get(f"/api/v1/manifests/{post.submission.ref}/").status_code == 200
    assert api(operator).get(f"/api/v1/hold-notices/{post.hold.ref}/").status_code == 200
    for address in (f"/api/v1/manifests/{post.submission.ref}/", f"/api/v1/hold-notices/{post.hold.ref}/"):
        assert api(competitor).get(address).status_code == 404
    assert api(competitor).get("/api/v1/manifests/").json()["results"] == []
    assert api(competitor).get("/api/v1/hold-notices/").json()["results"] == []


def test_the_number_flagged_is_for_the_unit_and_never_for_the_sender(api, post, operator, officer):
    address = f"/api/v1/manifests/{post.submission.ref}/"
    assert api(operator).get(address).json()["counts"] == {"read": 1, "accepted": 1, "refused": 0}
    assert api(officer).get(address).json()["counts"] == {"read": 1, "accepted": 1, "refused": 0, "flagged": 1}


def test_a_deactivated_token_opens_nothing(api, post, operator):
    client = api(operator)
    operator.is_active = False
    operator.save()
    assert client.get("/api/v1/manifests/").status_code == 401


def test_a_token_of_a_client_system_without_any_role_sees_its_past_and_pushes_nowhere(api, post, operator):
    operator.memberships.all().delete()
    assert api(operator).get("/api/v1/manifests/").json()["results"]
    answer = api(operator).post("/api/v1/manifests/", b"UNB+", content_type="application/octet-stream")
    assert answer.status_code == 403
    assert Submission.objects.filter(sender=operator, sha256__gt="0" * 64).count() == 0


def test_reading_a_notice_is_being_notified_and_it_can_be_acknowledged(api, post, operator, officer):
    address = f"/api/v1/hold-notices/{post.hold.ref}/"
    api(officer).get(f"/api/v1/holds/{post.hold.ref}/")
    assert Hold.objects.get().state == "placed"
    listed = api(operator).get("/api/v1/hold-notices/").json()["results"]
    assert [(notice["state"], notice["notice"]) for notice in listed] == [("notified", "Keep it at the terminal.")]
    assert Hold.objects.get().notified_at is not None
    answer = api(operator).post(f"{address}acknowledge/", {"by": "Foreman"}, format="json")
    assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")
    again = api(operator).post(f"{address}acknowledge/", {"by": "Another"}, format="json")
    assert again.json()["acknowledged_by"] == "Foreman"


def test_a_lifted_hold_is_told_and_not_acknowledged(api, post, operator, officer):
    lifted = api(officer).post(f"/api/v1/holds/{post.hold.ref}/lift/")
    assert (lifted.status_code, lifted.json()["lifted_now"]) == (200, True)
    assert api(officer).post(f"/api/v1/holds/{post.hold.ref}/lift/").json()["lifted_now"] is False
    address = f"/api/v1/hold-notices/{post.hold.ref}/"
    assert api(operator).get(address).json()["state"] == "lifted"
    refused = api(operator).post(f"{address}acknowledge/", {"by": "Foreman"}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "hold_lifted")
