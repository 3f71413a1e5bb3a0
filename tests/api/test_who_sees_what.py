"""Walks every address of the API as nobody, as a client system and as somebody of another country."""

from __future__ import annotations

import json
import re

import pytest
from rest_framework.test import APIClient

from profiling.api.urls import router
from profiling.cases.models import Hold
from tests import factories

ROOT = "/api/v1/"
# What a sender must never learn: the words themselves, and the values of this case.
SECRET = re.compile(r"scor|lane|case|flag|assess|sampl|risk|lookout|\bred\b|grounds|referr|authority", re.IGNORECASE)
FOR_CLIENTS = {"manifest-list", "manifest-detail", "manifest-problems", "manifest-retry"} | {
    "hold-notice-list",
    "hold-notice-acknowledge",
}


@pytest.fixture
def subjects(case, submission, hold, referral):
    return {
        "manifest": submission,
        "consignment": case.consignments.get(),
        "visit": case.visits.first(),
        "assessment": case.assessment,
        "case": case,
        "hold": hold,
        "hold-notice": hold,
        "referral": referral,
    }


@pytest.fixture
def addresses(subjects):
    """Every address there is: name, method, path."""
    found = []
    for prefix, viewset, base in router.registry:
        for route in router.get_routes(viewset):
            methods = router.get_method_map(viewset, route.mapping)
            path = route.url.replace("{prefix}", prefix).replace("{trailing_slash}", "/").strip("^$")
            path = path.replace("{lookup}", str(subjects[base].ref))
            name = route.name.replace("{basename}", base)
            found += [(name, method, ROOT + path.lstrip("/")) for method in methods]
    assert len(found) > 20
    return found


def ask(api: APIClient, method: str, path: str):
    body = {"by": "Ivanova", "text": "x", "kind": "scan", "reasons": ["seal"]} if method == "post" else None
    if method == "post" and path.endswith("manifests/"):
        return api.generic("POST", path, b"UNB+", content_type="application/edifact")
    return getattr(api, method)(path, body, **({"format": "json"} if body else {}))


def test_nobody_is_answered_without_signing_in(addresses):
    for _name, method, path in addresses:
        assert ask(APIClient(), method, path).status_code == 401, (method, path)


def test_a_client_is_answered_by_two_groups_only_and_never_told_what_is_looked_at(sender_api, addresses):
    answered = set()
    for name, method, path in addresses:
        response = ask(sender_api, method, path)
        if response.status_code == 403:
            body = response.json()["errors"][0]
            assert body["code"] == "permission_denied"
        else:
            answered.add(name)
            assert response.status_code < 400, (method, path, response.content)
            told = json.dumps(response.json(), ensure_ascii=False).replace(path, "")
            assert not SECRET.search(told), (path, SECRET.search(told))
    assert answered == FOR_CLIENTS - {"manifest-retry"}


def test_a_client_may_not_read_the_words_of_the_schema(sender_api):
    assert sender_api.get(f"{ROOT}schema/").status_code == 403
    assert sender_api.get(f"{ROOT}docs/").status_code == 403


def test_a_notice_tells_the_operator_what_to_keep_and_nothing_else(sender_api, hold):
    (notice,) = sender_api.get(f"{ROOT}hold-notices/").json()["results"]
    assert set(notice) == {
        *("ref", "equipment", "notice", "state"),
        *("placed_at", "notified_at", "acknowledged_at", "lifted_at", "updated_at"),
    }
    assert (notice["equipment"], notice["notice"]) == (hold.visit.number, "Keep it at the terminal.")


def test_reading_a_notice_is_noted_and_acknowledging_it_too(sender_api, hold):
    (notice,) = sender_api.get(f"{ROOT}hold-notices/").json()["results"]
    assert notice["state"] == "notified"
    answer = sender_api.post(f"{ROOT}hold-notices/{hold.ref}/acknowledge/", {"by": "Ivanova"}, format="json")
    assert answer.json()["state"] == "acknowledged"
    hold.refresh_from_db()
    assert (hold.state, hold.acknowledged_by) == (Hold.State.ACKNOWLEDGED, "Ivanova")


def test_another_client_of_the_unit_reads_no_notice_and_marks_none(as_user, unit, hold):
    other = as_user(factories.client_system(unit))
    assert other.get(f"{ROOT}hold-notices/").json()["results"] == []
    assert other.post(f"{ROOT}hold-notices/{hold.ref}/acknowledge/", {"by": "x"}, format="json").status_code == 404
    hold.refresh_from_db()
    assert hold.state == Hold.State.PLACED


def test_staff_neither_read_notices_for_the_operator_nor_acknowledge_them(api, hold):
    assert api.get(f"{ROOT}hold-notices/").status_code == 403
    hold.refresh_from_db()
    assert hold.state == Hold.State.PLACED


def test_somebody_of_another_country_finds_nothing(outsider_api, addresses):
    for name, method, path in addresses:
        if name.startswith("hold-notice"):
            continue
        response = ask(outsider_api, method, path)
        if not name.endswith("-list"):
            assert response.status_code == 404, (method, path)
        elif method == "get":
            assert response.json()["results"] == [], path


def test_staff_of_the_unit_find_what_the_outsider_does_not(api, subjects):
    """So that the walks above are not empty for want of rows."""
    for prefix, _viewset, base in router.registry:
        if base != "hold-notice":
            assert api.get(f"{ROOT}{prefix}/{subjects[base].ref}/").status_code == 200
            assert api.get(f"{ROOT}{prefix}/").json()["results"], prefix
