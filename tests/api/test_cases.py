"""Cases over the API: read, claim, comment, decide."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pcu.accounts.roles import Role
from tests import factories
from tests.api.conftest import working_day


def decision(**body):
    return {"kind": "no_examination", "reasons": ["known_good"], "override_reason": "Known", **body}


def test_the_detail_carries_the_case_its_timeline_and_an_etag(api, post, officer):
    answer = api(officer).get(f"/api/v1/cases/{post.case.ref}/")
    assert answer["ETag"] == '"1"'
    body = answer.json()
    assert (body["number"], body["unit"], body["recommended_lane"]["code"]) == (post.case.number, "ALT", "red")
    assert body["assessment"]["fired"] == [{"code": "R-1", "points": 40, "values": {"gross_kg": 1000}}]
    assert [event["kind"] for event in body["events"]] == ["opened"]
    assert (len(body["holds"]), len(body["referrals"]), len(body["visits"]), body["claim"]) == (1, 1, 1, None)


def test_of_two_officers_the_second_is_told_who_was_first(api, post, officer, colleague):
    address = f"/api/v1/cases/{post.case.ref}/claim/"
    won = api(officer).post(address)
    assert (won.status_code, won.json()["claim"]["by"]["ref"]) == (200, str(officer.ref))
    assert won["ETag"] == '"2"'
    lost = api(colleague).post(address)
    assert lost.status_code == 409
    assert lost.json()["type"] == "client_error"
    assert lost.json()["errors"][0]["code"] == "already_claimed"
    assert str(officer) in lost.json()["errors"][0]["detail"]
    assert api(colleague).post(f"/api/v1/cases/{post.case.ref}/give-back/").status_code == 409
    assert api(officer).post(f"/api/v1/cases/{post.case.ref}/give-back/").json()["claim"] is None


def test_a_supervisor_takes_over_and_an_officer_may_not(api, post, officer, colleague, supervisor):
    api(officer).post(f"/api/v1/cases/{post.case.ref}/claim/")
    address = f"/api/v1/cases/{post.case.ref}/take-over/"
    refused = api(colleague).post(address, {}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "permission_denied")
    assert "take over" in refused.json()["errors"][0]["detail"]
    taken = api(supervisor).post(address, {"reason": "Shift ends"}, format="json")
    assert taken.json()["claim"]["by"]["ref"] == str(supervisor.ref)


def test_a_comment_joins_the_timeline(api, post, officer):
    answer = api(officer).post(f"/api/v1/cases/{post.case.ref}/comments/", {"text": "Seen before"}, format="json")
    assert (answer.status_code, answer.json()["text"]) == (201, "Seen before")
    empty = api(officer).post(f"/api/v1/cases/{post.case.ref}/comments/", {"text": " "}, format="json")
    assert (empty.status_code, empty.json()["errors"][0]["attr"]) == (400, "text")


def test_a_decision_rests_on_a_named_version(api, altynkol, officer, colleague):
    case = factories.case_in(altynkol)
    address = f"/api/v1/cases/{case.ref}/decisions/"
    unnamed = api(officer).post(address, decision(), format="json")
    assert (unnamed.status_code, unnamed.json()["errors"][0]["code"]) == (428, "version_required")
    nonsense = api(officer).post(address, decision(), format="json", HTTP_IF_MATCH="*")
    assert (nonsense.status_code, nonsense.json()["errors"][0]["attr"]) == (400, "If-Match")
    api(colleague).post(f"/api/v1/cases/{case.ref}/comments/", {"text": "Wait"}, format="json")
    stale = api(officer).post(address, decision(), format="json", HTTP_IF_MATCH='"1"')
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "case_changed")
    assert str(colleague) in stale.json()["errors"][0]["detail"]
    taken = api(officer).post(address, decision(), format="json", HTTP_IF_MATCH='"2"')
    assert (taken.status_code, taken.json()["lane"]["code"], taken["ETag"]) == (201, "green", '"3"')
    case.refresh_from_db()
    assert case.state == "closed"


def test_what_is_missing_in_a_decision_is_told_by_field(api, post, officer):
    answer = api(officer).post(
        f"/api/v1/cases/{post.case.ref}/decisions/",
        {"kind": "hold_and_refer", "reasons": ["other"]},
        format="json",
        HTTP_IF_MATCH='"1"',
    )
    assert answer.status_code == 400
    assert answer.json()["type"] == "validation_error"
    assert {error["attr"] for error in answer.json()["errors"]} == {"note", "notice", "authority", "method"}


def test_equipment_to_hold_is_named_by_ref_and_must_be_of_the_case(api, altynkol, officer):
    case, other = (factories.case_in(altynkol, boxes=2) for _ in range(2))
    address = f"/api/v1/cases/{case.ref}/decisions/"
    body = {
        "kind": "hold_and_refer",
        "reasons": ["seal"],
        "notice": "Stay",
        "authority": "Head",
        "method": "dog",
        "visits": [str(other.visits.first().ref)],
    }
    refused = api(officer).post(address, body, format="json", HTTP_IF_MATCH='"1"')
    assert refused.json()["errors"][0]["attr"] == "visits"
    chosen = case.visits.last()
    body["visits"] = [str(chosen.ref)]
    assert api(officer).post(address, body, format="json", HTTP_IF_MATCH='"1"').status_code == 201
    assert [hold.visit for hold in case.holds.all()] == [chosen]


def test_equipment_is_held_apart_from_any_decision(api, altynkol, officer, outsider):
    case, other = (factories.case_in(altynkol, boxes=2) for _ in range(2))
    address = f"/api/v1/cases/{case.ref}/holds/"
    chosen = case.visits.last()
    body = {"visits": [str(chosen.ref)] * 2, "notice": "Stay", "authority": "Head", "grounds": "A word"}
    for nobody, status in ((outsider, 404), (factories.person(altynkol, Role.AUDITOR), 403)):
        assert api(nobody).post(address, body, format="json").status_code == status
    (placed,) = api(officer).post(address, body, format="json").json()
    assert (placed["equipment"]["ref"], placed["state"], placed["notice"]) == (str(chosen.ref), "placed", "Stay")
    assert [hold.grounds for hold in case.holds.all()] == ["A word"]
    again = api(officer).post(address, body, format="json")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "already_held")
    foreign = api(officer).post(address, body | {"visits": [str(other.visits.first().ref)]}, format="json")
    assert (foreign.status_code, foreign.json()["errors"][0]["attr"]) == (400, "visits")
    empty = api(officer).post(address, {"visits": []}, format="json")
    assert {error["attr"] for error in empty.json()["errors"]} == {"notice", "authority"}
    nothing = api(officer).post(address, body | {"visits": []}, format="json")
    assert (nothing.status_code, nothing.json()["errors"][0]["code"]) == (400, "invalid_hold")
    case.refresh_from_db()
    assert case.state == "open"


def test_a_case_is_passed_on_by_unit_code_within_the_country(api, altynkol, dostyk, dushanbe, officer):
    case = factories.case_in(altynkol)
    address = f"/api/v1/cases/{case.ref}/decisions/"
    body = decision(kind="pass_to_unit", reasons=["no_capacity"])
    abroad = api(officer).post(address, {**body, "pass_to": "DSB"}, format="json", HTTP_IF_MATCH='"1"')
    assert abroad.json()["errors"][0]["attr"] == "pass_to"
    passed = api(officer).post(address, {**body, "pass_to": "DOS"}, format="json", HTTP_IF_MATCH='"1"')
    assert (passed.status_code, passed.json()["passed_to"]) == (201, "DOS")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lane=red", {"a"}),
        ("lane=red&lane=yellow", {"a", "b"}),
        ("lane=nosuch", set()),
        ("state=closed", set()),
        ("claimed=mine", {"a"}),
        ("claimed=others", set()),
        ("claimed=free", {"b"}),
        ("q=CASE-A", {"a"}),
        ("q=tamerlan", {"b"}),
        ("q=msku%20111-111", {"a"}),
        ("conveyance=k9795", {"b"}),
        ("origin=sample", set()),
        ("due_before=2026-03-02T12:00:01Z", {"a", "b"}),
        ("due_before=2026-03-02T12:00:00Z", set()),
        ("updated_since=2999-01-01T00:00:00Z", set()),
        ("unit=ALT", {"a", "b"}),
        ("call=01890000-0000-7000-8000-000000000000", set()),
        ("unit=DSB", set()),
    ],
)
def test_cases_are_filtered(api, altynkol, officer, query, found):
    first = factories.case_in(altynkol, number="CASE-A")
    first.visits.update(number="MSKU1111110")
    second = factories.case_in(altynkol, lane="yellow", number="CASE-B", consignee="Tamerlan LLP", conveyance="K9795")
    api(officer).post(f"/api/v1/cases/{first.ref}/claim/")
    names = {first.number: "a", second.number: "b"}
    answer = api(officer).get(f"/api/v1/cases/?{query}")
    assert {names[row["number"]] for row in answer.json()["results"]} == found


def test_a_filter_that_makes_no_sense_is_refused(api, officer):
    answer = api(officer).get("/api/v1/cases/?state=asleep&due_before=tomorrow")
    assert answer.status_code == 400
    assert {error["attr"] for error in answer.json()["errors"]} == {"state", "due_before"}


@pytest.mark.parametrize(
    "name", ["manifests", "consignments", "visits", "assessments", "cases", "holds", "referrals", "hold-notices"]
)
def test_the_number_of_queries_does_not_grow_with_what_is_told(api, altynkol, operator, officer, name):
    counts = []
    reader = operator if name == "hold-notices" else officer
    client = api(reader)
    client.get(f"/api/v1/{name}/")
    for boxes in (1, 4):
        posts = [working_day(altynkol, operator, boxes=boxes) for _ in range(boxes)]
        client.get(f"/api/v1/{name}/")  # notices are read, which writes once
        with CaptureQueriesContext(connection) as listing:
            assert client.get(f"/api/v1/{name}/").status_code == 200
        with CaptureQueriesContext(connection) as detail:
            assert client.get(f"/api/v1/{name}/{posts[0].refs[name]}/").status_code == 200
        counts.append((len(listing), len(detail)))
    assert counts[0] == counts[1]


def test_cases_past_their_clock_and_closed_ones_with_holds_can_be_asked_for(api, altynkol, officer):
    late = factories.case_in(altynkol)
    early = factories.case_in(altynkol, due_at=timezone.now() + timedelta(hours=1))
    held = factories.case_in(altynkol, state="closed")
    factories.HoldFactory(case=held)
    desk = api(officer)

    def asked(**query):
        return {row["ref"] for row in desk.get("/api/v1/cases/", query).json()["results"]}

    assert asked(overdue="true") == {str(late.ref)}
    assert asked(overdue="false") == {str(early.ref), str(held.ref)}
    assert asked(closed_and_held="true") == {str(held.ref)}
    assert asked(closed_and_held="false") == {str(early.ref), str(late.ref)}


def test_cargo_that_never_arrived_closes_its_case_with_a_note(api, altynkol, officer):
    case = factories.case_in(altynkol)
    address = f"/api/v1/cases/{case.ref}/never-arrived/"
    refused = api(officer).post(address, {"note": " "}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "note")
    hold = factories.HoldFactory(case=case)
    held = api(officer).post(address, {"note": "Not on the train"}, format="json")
    assert (held.status_code, held.json()["errors"][0]["code"]) == (409, "standing_holds")
    hold.delete()
    analyst = factories.person(altynkol, Role.ANALYST)
    assert api(analyst).post(address, {"note": "Not on the train"}, format="json").status_code == 403
    closed = api(officer).post(address, {"note": "Not on the train"}, format="json")
    assert (closed.status_code, closed.json()["disposition"]) == (200, "never_arrived")
    assert api(officer).post(address, {"note": "Again"}, format="json").json()["errors"][0]["code"] == "case_closed"
