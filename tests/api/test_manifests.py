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
def client_api(api, operator):
    return api(operator)


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
    assert client_api.get(response.json()["url"]).json()["ref"] == str(submission.ref)


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


def test_the_options_of_the_query_are_kept(client_api, altynkol):
    push(client_api, query=f"?unit={altynkol.code}&atomic=true&dry_run=true")
    submission = Submission.objects.get()
    assert (submission.atomic, submission.dry_run, submission.unit.code) == (True, True, altynkol.code)


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


def test_a_unit_must_be_named_by_who_has_several_and_be_ones_own(api, altynkol, dostyk, dushanbe):
    both = api(factories.person(altynkol.parent))
    assert error_of(push(both))["attr"] == "unit"
    assert error_of(push(both, query="?unit=NOWHERE"))["attr"] == "unit"
    assert error_of(push(both, query=f"?unit={dushanbe.code}"))["attr"] == "unit"
    assert push(both, query=f"?unit={dostyk.code}").status_code == 202


def test_who_may_not_push_is_told_so(api, altynkol):
    assert error_of(push(api(factories.person(altynkol, Role.AUDITOR))))["attr"] == "unit"
    assert not Submission.objects.exists()


def test_a_client_sees_its_own_submissions_only(api, operator, post, altynkol):
    other = factories.SubmissionFactory(unit=altynkol)
    told = {row["ref"] for row in api(operator).get(URL).json()["results"]}
    assert told == {str(ref) for ref in Submission.objects.filter(sender=operator).values_list("ref", flat=True)}
    assert api(operator).get(f"{URL}{other.ref}/").status_code == 404


def test_what_became_flagged_is_for_staff_alone(api, operator, officer, post):
    url = f"{URL}{post.submission.ref}/"
    assert "flagged" in api(officer).get(url).json()["counts"]
    assert set(api(operator).get(url).json()["counts"]) == {"read", "accepted", "refused"}


def test_only_what_failed_on_our_side_is_tried_again_and_not_by_a_client(api, altynkol, operator, officer, post):
    url = f"{URL}{post.submission.ref}/retry/"
    refused = api(officer).post(url)
    assert (refused.status_code, error_of(refused)["code"]) == (409, "not_retryable")
    for user in (operator, factories.person(altynkol, Role.LIAISON)):
        assert api(user).post(url).status_code == 403
