"""Pushing manifests: raw and by form, once and again, too large, and what the answer tells whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pcu.accounts.roles import Role
from profiling.cargo import store
from profiling.cargo.models import Submission
from tests import factories

URL = "/api/v1/manifests/"
SEA = (Path(__file__).parent.parent / "fixtures" / "sea.edi").read_bytes()


@pytest.fixture
def client_api(as_user, unit):
    return as_user(factories.client_system(unit, "railway"))


def push(api, body: bytes = SEA, query: str = "", content_type: str = "application/edifact", **headers):
    return api.generic("POST", f"{URL}{query}", body, content_type=content_type, **headers)


def error_of(response) -> dict:
    assert set(response.json()) == {"type", "errors"}
    return response.json()["errors"][0]


@pytest.mark.parametrize("content_type", ["application/edifact", "application/octet-stream", "application/json"])
def test_a_raw_body_is_stored_as_it_came_and_answered_with_its_address(client_api, content_type):
    response = push(client_api, content_type=content_type)
    assert response.status_code == 202
    submission = Submission.objects.get()
    assert set(response.json()) == {"ref", "status", "url"}
    assert response.json()["url"] == response["Location"] == f"http://testserver{URL}{submission.ref}/"
    assert store.get(submission.sha256).read() == SEA
    assert client_api.get(response.json()["url"]).json()["size"] == len(SEA)


def test_a_file_of_a_form_is_taken_with_its_name(client_api):
    response = client_api.post(URL, {"file": SimpleUploadedFile("sea.edi", SEA)}, format="multipart")
    assert response.status_code == 202
    submission = Submission.objects.get()
    assert (submission.file_name, submission.size) == ("sea.edi", len(SEA))


def test_a_form_without_the_file_and_an_empty_body_are_refused(client_api):
    assert error_of(client_api.post(URL, {"other": "x"}, format="multipart"))["attr"] == "file"
    empty = push(client_api, b"")
    assert (empty.status_code, error_of(empty)["code"]) == (400, "empty")
    assert not Submission.objects.exists()


def test_the_options_of_the_query_are_kept(client_api):
    push(client_api, query="?unit=ALT&atomic=true&dry_run=true")
    submission = Submission.objects.get()
    assert (submission.atomic, submission.dry_run, submission.unit.code) == (True, True, "ALT")


def test_the_same_key_and_body_answer_the_first_again_and_another_body_conflicts(client_api):
    first = push(client_api, HTTP_IDEMPOTENCY_KEY="train 81342").json()
    assert push(client_api, HTTP_IDEMPOTENCY_KEY="train 81342").json() == first
    other = push(client_api, SEA + b"\n", HTTP_IDEMPOTENCY_KEY="train 81342")
    assert (other.status_code, error_of(other)["code"]) == (409, "idempotency_conflict")
    assert Submission.objects.count() == 1
    assert push(client_api, HTTP_IDEMPOTENCY_KEY="x" * 201).status_code == 400


@pytest.mark.parametrize("content_type", ["application/edifact", "multipart/form-data; boundary=x"])
def test_too_much_is_refused_by_its_announced_length_before_it_is_read(client_api, settings, content_type):
    settings.MAX_UPLOAD = 100
    response = push(client_api, b"x" * 70_000, content_type=content_type)
    assert response.status_code == 413
    assert error_of(response)["code"] == "too_large"
    assert not Submission.objects.exists()


def test_a_file_past_the_limit_inside_a_form_of_allowed_length_is_refused_too(client_api, settings):
    settings.MAX_UPLOAD = 100
    response = client_api.post(URL, {"file": SimpleUploadedFile("a.edi", b"x" * 101)}, format="multipart")
    assert response.status_code == 413


def test_a_unit_must_be_named_by_who_has_several_and_be_ones_own(as_user, unit):
    both = as_user(factories.person(unit.parent))
    factories.UnitFactory(parent=unit.parent, code="KHO")
    assert error_of(push(both))["attr"] == "unit"
    assert error_of(push(both, query="?unit=NOWHERE"))["attr"] == "unit"
    assert push(both, query="?unit=KHO").status_code == 202
    foreign = factories.UnitFactory(code="DSB")
    assert error_of(push(both, query=f"?unit={foreign.code}"))["attr"] == "unit"


def test_who_may_not_push_is_told_so(auditor_api):
    assert push(auditor_api).status_code == 403


def test_problems_are_told_in_the_language_asked_for_with_place_and_received_value(sender_api, submission):
    shown = sender_api.get(f"{URL}{submission.ref}/").json()
    assert (shown["read"], shown["accepted"], shown["refused"]) == (3, 2, 1)
    (problem,) = shown["problems"]
    assert problem["message"] == "12,5,7 is not a number that can be used here."
    assert problem["position"] == {"offset": 812, "segment": 14}
    assert problem["received"] == "12,5,7"
    assert sender_api.get(shown["problems_url"]).json()["results"] == [problem]


def test_what_became_flagged_and_what_failed_here_is_for_staff_alone(api, sender_api, submission):
    Submission.objects.update(failure="worker 3 ran out of memory")
    url = f"{URL}{submission.ref}/"
    assert {"flagged", "failure"} <= set(api.get(url).json())
    for told in (sender_api.get(url).json(), sender_api.get(URL).json()["results"][0]):
        assert not {"flagged", "failure"} & set(told)


def test_a_client_sees_its_own_submissions_only(sender_api, submission, unit):
    other = factories.SubmissionFactory(unit=unit)
    assert [row["ref"] for row in sender_api.get(URL).json()["results"]] == [str(submission.ref)]
    assert sender_api.get(f"{URL}{other.ref}/").status_code == 404


def test_only_what_failed_on_our_side_is_tried_again(as_user, unit, submission, sender_api):
    url = f"{URL}{submission.ref}/retry/"
    officer = as_user(factories.person(unit))
    refused = officer.post(url)
    assert (refused.status_code, error_of(refused)["code"]) == (409, "not_retryable")
    assert sender_api.post(url).status_code == 403
    assert as_user(factories.person(unit, Role.LIAISON)).post(url).status_code == 403
