"""The life of rules over the API: the services of the pages, refused by field, with the state that stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from pcu.accounts.roles import Role
from profiling.rules.models import Release, Rule
from profiling.rules.services import install_starter, live_release
from tests import factories
from tests.rules.written import in_shadow, said, version_of


@pytest.fixture
def kz(altynkol) -> Any:
    install_starter(unit=altynkol.parent)
    return altynkol.parent


@pytest.fixture
def analyst(kz) -> Any:
    return factories.person(kz, Role.ANALYST)


@pytest.fixture
def chief(kz) -> Any:
    return factories.person(kz, Role.SUPERVISOR)


def document(**changed: Any) -> dict[str, Any]:
    told = said(**changed)
    told["rule"] = told.pop("code")
    told["expires_on"] = told["expires_on"].isoformat()
    return told


def codes(answer: Any) -> dict[str, str]:
    return {error["attr"]: error["code"] for error in answer.json()["errors"]}


def test_a_rule_is_written_proposed_approved_and_read_back(api, kz, analyst, chief, officer):
    writer = api(analyst)
    made = writer.post("/api/v1/rule-drafts/", {"unit": "KZ", "document": document()}, format="json")
    assert made.status_code == 201, made.json()
    draft = made.json()
    address = f"/api/v1/rule-drafts/{draft['ref']}/"
    assert writer.post(f"{address}propose/", {}, format="json").status_code == 428
    stale = writer.post(f"{address}propose/", {}, format="json", HTTP_IF_MATCH='"7"')
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "changed_meanwhile")
    proposed = writer.post(f"{address}propose/", {"note": "x"}, format="json", HTTP_IF_MATCH='"0"')
    assert proposed.json()["version"] == 1
    rule = Rule.objects.get(code="R-900")
    decide = f"/api/v1/rules/{rule.ref}/decide/"
    verdict = {"version": 1, "verdict": "approved"}
    assert writer.post(decide, verdict, format="json").status_code == 403
    answer = api(chief).post(decide, verdict, format="json")
    assert (answer.status_code, answer.json()["standing"]) == (200, 1)
    read = api(officer).get(f"/api/v1/rules/{rule.ref}/").json()
    assert read["versions"][0]["sentence"].startswith("30 points when: ")
    out = api(officer).get(f"/api/v1/rules/{rule.ref}/document/").json()
    again = writer.post("/api/v1/rule-drafts/", {"unit": "KZ", "document": out}, format="json")
    assert (again.status_code, again.json()["ref"]) == (200, str(rule.ref))


def test_what_is_wrong_with_a_document_is_told_and_nothing_is_kept(api, kz, analyst):
    wrong = document(condition={"lhs": "gross_kg", "op": "gt", "value": "heavy"}, points=0)
    answer = api(analyst).post("/api/v1/rule-drafts/", {"unit": "KZ", "document": wrong}, format="json")
    assert answer.status_code == 400
    assert {error["code"] for error in answer.json()["errors"]} == {"invalid_rule"}
    assert len(answer.json()["errors"]) == 2
    other = api(analyst).post("/api/v1/rule-drafts/", {"unit": "TJ", "document": document()}, format="json")
    assert codes(other) == {"unit": "unknown_unit"}
    assert api(analyst).get("/api/v1/rule-drafts/").json()["results"] == []


def test_a_rule_is_suspended_and_renewed_and_refused_by_field(api, kz, analyst, chief):
    rule = version_of(kz, analyst, chief).rule
    until = (timezone.localdate() + timedelta(days=9)).isoformat()
    address = f"/api/v1/rules/{rule.ref}/"
    client = api(chief)
    assert codes(client.post(f"{address}suspend/", {"until": "2020-01-01", "why": "x"}, format="json")) == {
        "until": "invalid_rule"
    }
    body = {"until": until, "why": "Noisy"}
    assert client.post(f"{address}suspend/", body, format="json").json()["suspended_until"] == until
    assert client.post(f"{address}resume/", {}, format="json").json()["suspended_until"] is None
    assert client.post(f"{address}renew/", body, format="json").json()["expires_on"] == until
    assert client.post(f"{address}retire/", {"why": "Dead"}, format="json").json()["retired_why"] == "Dead"
    refused = client.post(f"{address}renew/", body, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "rule_retired")


def test_a_release_goes_live_at_a_post_and_is_rolled_back(api, kz, altynkol, analyst, chief, officer):
    before = live_release(altynkol)
    release = in_shadow(kz, analyst, chief, version_of(kz, analyst, chief))
    address = f"/api/v1/releases/{release.ref}/"
    compared = api(officer).get(f"{address}shadow/").json()
    assert (compared["scored"], compared["matrix"]) == (0, [])
    client = api(chief)
    assert codes(client.post(f"{address}activate/", {"unit": "XX"}, format="json")) == {"unit": "unknown_unit"}
    assert api(officer).post(f"{address}activate/", {"unit": "ALT"}, format="json").status_code == 400
    live = client.post(f"{address}activate/", {"unit": "ALT", "why": "First"}, format="json").json()
    assert [(one["unit"], one["ended_at"]) for one in live["activations"]] == [("ALT", None)]
    assert live_release(altynkol) == release
    body = {"unit": "ALT", "why": ""}
    assert codes(client.post(f"{address}roll-back/", body, format="json")) == {"why": "invalid_rule"}
    assert client.post(f"{address}roll-back/", {**body, "why": "Noisy"}, format="json").status_code == 200
    assert live_release(altynkol) == before
    refused = client.post(f"{address}approve/", {}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "release_state")
    names = [one["name"] for one in client.get("/api/v1/releases/?state=live").json()["results"]]
    assert names == [before.name]
    assert Release.objects.count() == 2
