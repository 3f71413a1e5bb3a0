"""The API of reviews: what is refused and how, what is told, and to whom."""

from __future__ import annotations

from typing import Any

import pghistory
import pytest
from rest_framework.test import APIClient

from inspections import reviewing
from inspections.models import InspectionLine, Report
from pcu.accounts.models import User
from pcu.accounts.roles import Role
from tests import factories
from tests import factories_inspections as made


def api(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def post(user: User, address: str, **body: Any) -> Any:
    return api(user).post(f"/api/v1/{address}/", body, format="json")


def codes(answer: Any) -> list[tuple[str, str | None]]:
    return [(error["code"], error["attr"]) for error in answer.json()["errors"]]


@pytest.fixture
def act(altynkol, author):
    return made.work(altynkol, author=author)


def test_the_whole_way_by_the_api(act, author, supervisor):
    answer = post(author, f"inspections/{act.ref}/submit", note="As seen.")
    assert (answer.status_code, answer.json()["inspection"]["state"], answer.json()["review"]) == (
        201,
        "submitted",
        None,
    )
    first = answer.json()["ref"]
    returned = post(supervisor, f"reports/{first}/return", note="Weigh it.\nNumber in view.")
    assert (returned.status_code, returned.json()["notes"]) == (200, ["Weigh it.", "Number in view."])
    with pghistory.context(user=author.pk):
        InspectionLine.objects.update(weighing_note="Scale 2")
    second = post(author, f"inspections/{act.ref}/submit", answers=["Scale 2.", ""]).json()
    told = api(supervisor).get(f"/api/v1/reports/{second['ref']}/").json()
    assert told["answers"] == [{"number": 1, "text": "Scale 2."}]
    assert told["differences"]["before"] == first
    assert [(c["section"], c["field"], c["before"], c["after"]) for c in told["differences"]["changes"]] == [
        ("packages", "weighing_note", "", "Scale 2")
    ]
    assert told["content"]["lines"][0]["weighing_note"] == "Scale 2"
    approved = post(supervisor, f"reports/{second['ref']}/approve").json()
    assert approved.get("verdict") == "approved", approved
    assert post(author, f"inspections/{act.ref}/amend", reason="Another seal.").json()["state"] == "amending"
    (outcome,) = api(author).get("/api/v1/outcomes/", {"case": act.case.ref}).json()["results"]
    assert (outcome["result"], outcome["status"], outcome["told_in"]) == ("clean", "confirmed", act.number)


def test_refusals_have_their_status_code_and_field(altynkol, act, author, supervisor):
    InspectionLine.objects.update(result="")
    assert _told(post(author, f"inspections/{act.ref}/submit")) == (400, [("incomplete_act", "result")])
    assert _told(post(author, f"inspections/{act.ref}/amend", reason="Hm")) == (409, [("not_amendable", None)])
    InspectionLine.objects.update(result="clean")
    ref = post(author, f"inspections/{act.ref}/submit").json()["ref"]
    assert _told(post(author, f"inspections/{act.ref}/submit")) == (409, [("not_submittable", None)])
    assert _told(post(supervisor, f"reports/{ref}/return", note=" ")) == (400, [("invalid_act", "note")])
    assert _told(post(author, f"reports/{ref}/approve")) == (403, [("permission_denied", None)])
    own = made.work(altynkol, author=supervisor)
    mine = post(supervisor, f"inspections/{own.ref}/submit").json()["ref"]
    assert _told(post(supervisor, f"reports/{mine}/approve")) == (403, [("own_work", None)])
    post(supervisor, f"reports/{ref}/approve")
    assert _told(post(supervisor, f"reports/{ref}/approve")) == (409, [("already_reviewed", None)])
    assert _told(post(author, f"inspections/{act.ref}/amend", reason="")) == (400, [("invalid_act", "reason")])


def _told(answer: Any) -> tuple[int, list[tuple[str, str | None]]]:
    return answer.status_code, codes(answer)


def test_an_outsider_finds_nothing_and_a_reader_may_do_nothing(act, author, outsider, altynkol):
    report = reviewing.submit(inspection=act, user=author)
    auditor = factories.person(altynkol, Role.AUDITOR)
    for address in (f"inspections/{act.ref}/submit", f"inspections/{act.ref}/amend", f"reports/{report.ref}/approve"):
        body = {"reason": "Hm"}
        assert post(outsider, address, **body).status_code == 404
        assert post(auditor, address, **body).status_code == 403
    assert api(auditor).get(f"/api/v1/reports/{report.ref}/").status_code == 200
    assert api(outsider).get(f"/api/v1/reports/{report.ref}/").status_code == 404
    assert api(outsider).get("/api/v1/outcomes/").json()["results"] == []


def test_a_blind_second_look_names_nobody_until_it_is_decided(act, author, supervisor, settings):
    settings.REVIEW_BLIND_SHARE = 1
    made.TeamMemberFactory(inspection=act)
    report = reviewing.submit(inspection=act, user=author)
    address = f"/api/v1/reports/{report.ref}/"
    told = api(supervisor).get(address).json()
    assert (told["blind"], told["submitted_by"], told["content"]["team"]) == (True, None, [])
    (listed,) = api(supervisor).get("/api/v1/reports/").json()["results"]
    assert listed["submitted_by"] is None
    reviewing.approve(report=report, reviewer=supervisor)
    told = api(supervisor).get(address).json()
    assert told["submitted_by"]["name"] == str(author)
    assert told["content"]["team"]


def test_lists_are_filtered_and_walked_in_order(altynkol, author, supervisor):
    acts = [made.work(altynkol, author=author, result=result) for result in ("found", "clean", "clean")]
    reports = [reviewing.submit(inspection=act, user=author) for act in acts]
    reviewing.approve(report=reports[1], reviewer=supervisor)

    def refs(**query: Any) -> list[str]:
        return [row["ref"] for row in api(supervisor).get("/api/v1/reports/", query).json()["results"]]

    all_of_them = [str(report.ref) for report in reports]
    assert refs() == all_of_them
    assert refs(waiting="true") == [all_of_them[0], all_of_them[2]]
    assert refs(waiting="false") == [all_of_them[1]]
    assert refs(result="found") == all_of_them[:1]
    assert refs(result="clean") == all_of_them[1:]
    assert refs(q=acts[2].number) == all_of_them[2:]
    assert refs(inspection=str(acts[0].ref)) == all_of_them[:1]
    assert refs(unit="DOS") == []
    standing = api(supervisor).get("/api/v1/outcomes/", {"standing": "true", "result": "clean"}).json()["results"]
    assert len(standing) == 1
    assert len(api(supervisor).get("/api/v1/reviews/").json()["results"]) == 1
    assert Report.objects.count() == 3
