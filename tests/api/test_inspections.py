"""The API of examinations: plan, record, photograph, start, give up; and who may."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from inspections.models import Inspection, InspectionLine, Photo
from pcu.accounts.roles import Role
from profiling.cases.models import Referral
from tests import factories
from tests.factories_recording import picture, planned

JPEG = "image/jpeg"


@pytest.fixture
def at(post):
    """The address of the act, or of something of it."""
    return lambda tail="": f"/api/v1/inspections/{post.inspection.ref}/{tail}"


@pytest.fixture
def line(post) -> InspectionLine:
    return post.inspection.lines.get()


def change(line: Any, field: str, value: Any, base: Any = None, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "line": str(line.ref) if line else "",
        "field": field,
        "value": value,
        "base": base,
        **fields,
    }


def test_an_examination_is_planned_from_a_referral_and_its_referral_is_gone(api, post, officer):
    referral = Referral.objects.filter(state="open").first()
    body = {
        "referral": str(referral.ref),
        "place": "Shed 2",
        "planned_for": "2026-03-02T11:00:00+05:00",
        "team": [{"user": str(officer.ref), "leads": True}],
        "present": [{"name": "O. Lim", "capacity": "carrier"}],
    }
    answer = api(officer).post("/api/v1/inspections/", body, format="json")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["state"], told["asked_method"], told["place"]) == ("planned", "scan", "Shed 2")
    assert [(one["user"]["ref"], one["agency"], one["leads"]) for one in told["team"]] == [
        (str(officer.ref), "customs", True)
    ]
    assert len(told["lines"]) == 1
    assert {one["field"] for one in told["missing"]} == {"time", "methods", "result"}
    again = api(officer).post("/api/v1/inspections/", body, format="json")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "referral_gone")


def test_one_on_intelligence_names_its_case_and_its_reason(api, post, officer):
    body = {"case": str(post.case.ref), "team": [{"user": str(officer.ref)}]}
    refused = api(officer).post("/api/v1/inspections/", body, format="json")
    assert refused.status_code == 400
    assert {error["attr"] for error in refused.json()["errors"]} == {"reason", "method", "why"}
    body |= {"reason": "intelligence", "method": "scan", "why": "A call"}
    assert api(officer).post("/api/v1/inspections/", body, format="json").status_code == 201


def test_a_key_sent_again_plans_once(api, post, officer):
    body = {"case": str(post.case.ref), "team": [{"user": str(officer.ref)}]}
    body |= {"reason": "intelligence", "method": "scan", "why": "A call"}
    answers = [
        api(officer).post("/api/v1/inspections/", body, format="json", HTTP_IDEMPOTENCY_KEY="k") for _call in range(2)
    ]
    assert answers[0].json()["ref"] == answers[1].json()["ref"]


@pytest.mark.parametrize("named", [{}, {"referral": str(uuid4()), "case": str(uuid4())}])
def test_it_rests_on_a_referral_or_on_a_case(api, post, officer, named):
    body = {"team": [{"user": str(officer.ref)}], **named}
    answer = api(officer).post("/api/v1/inspections/", body, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "referral")


@pytest.mark.parametrize("named", ["referral", "case"])
def test_what_an_outsider_names_is_not_there(api, post, outsider, named):
    ref = post.referral.ref if named == "referral" else post.case.ref
    body = {named: str(ref), "team": [{"user": str(outsider.ref)}]}
    assert api(outsider).post("/api/v1/inspections/", body, format="json").status_code == 404


def test_changes_are_answered_one_by_one(api, post, officer, at, line):
    sent = [
        change(line, "packages_found", "12"),
        change(line, "gross_found_kg", "-1"),
        change(line, "findings", "Boxes"),
        change(None, "time", {"started": "2026-03-02T11:10", "ended": "2026-03-02T11:00"}),
    ]
    answer = api(officer).post(at("changes/"), {"changes": sent}, format="json")
    assert answer.status_code == 200
    told = answer.json()
    assert [(one["outcome"], one["code"]) for one in told["answers"]] == [
        ("applied", ""),
        ("refused", "negative"),
        ("applied", ""),
        ("refused", "end_before_start"),
    ]
    assert [one["id"] for one in told["answers"]] == [one["id"] for one in sent]
    assert told["answers"][0]["hint"]
    assert told["state"] == "under_way"
    assert "methods" in {one["field"] for one in told["missing"]}
    assert api(officer).post(at("changes/"), {"changes": sent}, format="json").json() == told


def test_a_conflict_tells_both_values_and_who_wrote_the_other(api, post, officer, colleague, at, line):
    api(officer).post(at("changes/"), {"changes": [change(line, "findings", "Boxes", "")]}, format="json")
    mine = change(line, "findings", "Cartons", "", tablet=str(uuid4()))
    (told,) = api(colleague).post(at("changes/"), {"changes": [mine]}, format="json").json()["answers"]
    assert (told["outcome"], told["shown"], told["yours"], told["by"]) == (
        "conflict",
        "Boxes",
        "Cartons",
        str(officer),
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"changes": []},
        {"changes": [{}]},
        {"changes": [{"id": "x", "field": "findings", "value": ""}]},
        {"changes": [{"id": str(uuid4()), "field": "findings"}]},
        {"changes": [{"id": str(uuid4()), "field": "findings", "value": "", "turn": -1}]},
        {"changes": [{"id": str(uuid4()), "field": "findings", "value": ""}] * 201},
    ],
)
def test_a_body_that_is_none_is_refused(api, post, officer, at, body):
    assert api(officer).post(at("changes/"), body, format="json").status_code == 400


def test_a_submitted_act_answers_a_conflict(api, post, officer, at, line):
    Inspection.objects.update(state="submitted")
    answer = api(officer).post(at("changes/"), {"changes": [change(line, "findings", "x")]}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_editable")


def test_the_team_is_said_anew(api, post, officer, colleague, at):
    body = {"team": [{"user": str(officer.ref), "leads": True}, {"user": str(colleague.ref)}]}
    answer = api(officer).post(at("team/"), body, format="json")
    assert answer.status_code == 200
    assert len(answer.json()["team"]) == 2
    assert [one["name"] for one in answer.json()["present"]] == ["O. Lim"]
    refused = api(officer).post(at("team/"), {"team": []}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "team")


def test_it_is_started_and_given_up(api, post, officer, at):
    assert api(officer).post(at("start/")).json()["state"] == "under_way"
    assert api(officer).post(at("drop/"), {}, format="json").status_code == 400
    given_up = api(officer).post(at("drop/"), {"reason": "The crane broke"}, format="json")
    assert given_up.json()["state"] == "dropped"
    assert api(officer).post(at("start/")).status_code == 409


def test_a_role_that_reads_changes_nothing(api, post, altynkol, at, line):
    analyst = factories.person(altynkol, Role.ANALYST)
    client = api(analyst)
    assert client.get(at()).status_code == 200
    sent = {"changes": [change(line, "findings", "x")]}
    assert client.post(at("changes/"), sent, format="json").status_code == 403
    assert client.post(at("start/")).status_code == 403
    assert client.post(at("drop/"), {"reason": "x"}, format="json").status_code == 403
    assert client.post(at("photos/?kind=doors"), picture(), content_type=JPEG).status_code == 403
    photo = post.inspection.photos.get()
    assert client.post(f"/api/v1/inspection-photos/{photo.ref}/remove/").status_code == 403


def test_lists_are_filtered(api, post, officer, colleague):
    client = api(officer)

    def found(query: str) -> int:
        only = f"case={post.inspection.case.ref}"
        return len(client.get(f"/api/v1/inspections/?{only}&{query}").json()["results"])

    assert (found("mine=true"), found("mine=false"), found("state=planned")) == (0, 1, 0)
    assert (found("state=under_way"), found(""), found("unit=DOS")) == (1, 1, 0)
    assert (found("overdue=true"), found("overdue=false")) == (1, 0)
    api(officer).post(
        f"/api/v1/inspections/{post.inspection.ref}/team/", {"team": [{"user": str(officer.ref)}]}, "json"
    )
    assert found("mine=true") == 1
    assert client.get("/api/v1/inspections/?state=lost").status_code == 400


class TestPhotographs:
    def test_a_body_is_kept_and_shown_without_what_came(self, api, post, officer, at, line):
        content = picture(comment=b"SECRET")
        upload_id = uuid4()
        address = at(f"photos/?kind=doors&line={line.ref}&caption=Left%20door&upload_id={upload_id}")
        answer = api(officer).post(address, content, content_type=JPEG)
        assert answer.status_code == 201
        told = answer.json()
        assert (told["kind"], told["caption"], told["line"]) == ("doors", "Left door", str(line.ref))
        assert api(officer).post(address, content, content_type=JPEG).json()["ref"] == told["ref"]
        for size in ("shown", "thumb", "nonsense"):
            shown = api(officer).get(f"/api/v1/inspection-photos/{told['ref']}/image/?size={size}")
            assert shown.status_code == 200
            assert b"SECRET" not in shown.content
            assert shown["Content-Type"] == JPEG
            assert shown["Content-Disposition"] == "inline"
            assert shown["X-Content-Type-Options"] == "nosniff"
            assert "private" in shown["Cache-Control"]

    @pytest.mark.parametrize(
        ("content", "code"), [(b"MZ not a picture", "not_a_picture"), (picture()[:-300], "picture_cut"), (b"", "")]
    )
    def test_what_is_no_picture_is_told(self, api, post, officer, at, content, code):
        answer = api(officer).post(at("photos/?kind=doors"), content, content_type=JPEG)
        assert answer.status_code == 400
        error = answer.json()["errors"][0]
        assert error["attr"] == "body"
        assert error["code"] == (code or "not_a_picture")
        assert post.inspection.photos.count() == 1

    def test_a_body_that_says_it_is_too_large_is_not_read(self, api, post, officer, at, settings):
        settings.MAX_PHOTO = 1000

        class Unread:
            def read(self, *_size):
                raise AssertionError("the body was read")

            readline = read

        answer = api(officer).generic(
            "POST",
            at("photos/?kind=doors"),
            content_type=JPEG,
            **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(200 * 1024 * 1024)},
        )
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, "too_large")

    @pytest.mark.parametrize("query", ["", "kind=selfie", "kind=doors&upload_id=7", "kind=doors&seal=x"])
    def test_a_query_that_does_not_fit_is_told(self, api, post, officer, at, query):
        assert api(officer).post(at(f"photos/?{query}"), picture(), content_type=JPEG).status_code == 400

    def test_a_line_of_another_act_is_not_found(self, api, post, officer, at):
        address = at(f"photos/?kind=doors&line={uuid4()}")
        assert api(officer).post(address, picture(), content_type=JPEG).status_code == 404

    def test_one_taken_out_stays_to_be_read(self, api, post, officer):
        photo = Photo.objects.get(inspection=post.inspection)
        address = f"/api/v1/inspection-photos/{photo.ref}/"
        assert api(officer).post(f"{address}remove/").json()["removed_at"]
        assert api(officer).post(f"{address}remove/").status_code == 200
        assert api(officer).get(f"{address}image/").status_code == 200

    def test_bytes_that_are_gone_are_not_found(self, api, post, officer):
        Photo.objects.update(shown_sha256="f" * 64)
        assert (
            api(officer)
            .get(f"/api/v1/inspection-photos/{Photo.objects.get(inspection=post.inspection).ref}/image/")
            .status_code
            == 404
        )


def test_lines_are_left_out_and_added(api, post, officer, line):
    act = planned(post.case, officer)
    address, visit = f"/api/v1/inspections/{act.ref}", str(act.lines.get().visit.ref)
    for named, field in ((act.lines.get(), "reason"), (line, "line")):
        body = {"line": str(named.ref), "reason": "" if named != line else "Never came"}
        at = address if named != line else f"/api/v1/inspections/{post.inspection.ref}"
        refused = api(officer).post(f"{at}/leave-out/", body, format="json")
        assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, field)
    body = {"line": str(act.lines.get().ref), "reason": "Never came"}
    left = api(officer).post(f"{address}/leave-out/", body, format="json").json()
    assert left["lines"] == []
    assert [(one["visit"], one["why"]) for one in left["left_out"]] == [(visit, "Never came")]
    added = api(officer).post(f"{address}/lines/", {"visit": visit}, format="json").json()
    assert ([one["equipment"]["ref"] for one in added["lines"]], added["left_out"]) == ([visit], [])
    assert api(officer).post(f"{address}/lines/", {"visit": str(uuid4())}, format="json").status_code == 404
