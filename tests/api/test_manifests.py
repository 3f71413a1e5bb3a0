"""Pushing manifests: raw or as a form, in pieces, never too large, never twice."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pcu.accounts.roles import Role
from pcu.accounts.services import grant
from pcu.desk.models import Job
from profiling.cargo import store
from profiling.cargo.models import Submission, SubmissionProblem
from tests import factories

SEA = (Path(__file__).parent.parent / "fixtures" / "sea.edi").read_bytes()
ADDRESS = "/api/v1/manifests/"


def push(client, body=SEA, query="", **headers):
    return client.post(f"{ADDRESS}{query}", body, content_type="application/edifact", **headers)


def test_a_raw_push_is_stored_byte_for_byte_and_answered_with_where_to_ask(api, operator):
    answer = push(api(operator))
    assert answer.status_code == 202
    submission = Submission.objects.get()
    assert answer.json() == {
        "ref": str(submission.ref),
        "status": "received",
        "url": f"http://testserver{ADDRESS}{submission.ref}/",
    }
    assert answer["Location"] == answer.json()["url"]
    assert (submission.sender, submission.size) == (operator, len(SEA))
    assert submission.sha256 == hashlib.sha256(SEA).hexdigest()
    with store.get(submission.sha256) as stream:
        assert stream.read() == SEA
    assert api(operator).get(answer.json()["url"]).json()["status"] == "received"


def test_a_form_push_is_the_same_push(api, operator):
    body = {"file": SimpleUploadedFile("Манифест.edi", SEA)}
    answer = api(operator).post(ADDRESS, body, format="multipart")
    assert answer.status_code == 202
    submission = Submission.objects.get()
    assert submission.sha256 == hashlib.sha256(SEA).hexdigest()
    assert submission.file_name == "Манифест.edi"
    assert push(api(operator)).json()["ref"] == answer.json()["ref"]


def test_a_form_without_the_file_is_told_so(api, operator):
    for body in ({}, {"file": "text"}, {"other": SimpleUploadedFile("a", b"x")}):
        answer = api(operator).post(ADDRESS, body, format="multipart")
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "file")


def test_an_officer_pushes_by_session_with_the_forgery_token_only(officer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert push(client).status_code == 403
    assert not Submission.objects.exists()


def test_the_same_key_and_body_is_answered_as_the_first_time(api, operator):
    first = push(api(operator), HTTP_IDEMPOTENCY_KEY="k1")
    again = push(api(operator), HTTP_IDEMPOTENCY_KEY="k1")
    assert (again.status_code, again.json()["ref"]) == (202, first.json()["ref"])
    other = push(api(operator), b"UNB+OTHER", HTTP_IDEMPOTENCY_KEY="k1")
    assert (other.status_code, other.json()["errors"][0]["code"]) == (409, "idempotency_conflict")
    assert Submission.objects.count() == 1


def test_history_is_loaded_by_who_runs_the_installation_and_by_no_sender(api, operator, altynkol):
    assert push(api(operator), query="?history=true").status_code == 403
    assert not Submission.objects.exists()
    keeper = factories.person(altynkol, Role.ADMINISTRATOR)
    answer = push(api(keeper), query="?history=true")
    assert answer.status_code == 202
    assert api(keeper).get(answer.json()["url"]).json()["history"] is True
    assert push(api(keeper)).status_code == 403


def test_a_key_that_is_too_long_is_refused(api, operator):
    answer = push(api(operator), HTTP_IDEMPOTENCY_KEY="k" * 201)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "Idempotency-Key")


def test_an_empty_body_is_refused(api, operator):
    answer = push(api(operator), b"")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "empty")


class Unread(io.RawIOBase):
    """A body that may not be read."""

    def read(self, size=-1):
        raise AssertionError("the body was read")


@pytest.mark.parametrize("content_type", ["application/edifact", "multipart/form-data; boundary=x"])
def test_a_body_that_says_it_is_too_large_is_refused_unread(operator, officer, settings, content_type):
    settings.MAX_UPLOAD = 1000
    for sign_in in ("token", "session"):
        client = Client()
        headers = {}
        if sign_in == "token":
            headers["HTTP_AUTHORIZATION"] = f"Token {factories.token_of(operator)}"
        else:
            client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
        answer = client.generic(
            "POST", ADDRESS, b"", content_type, CONTENT_LENGTH="100000", **{"wsgi.input": Unread()}, **headers
        )
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, "too_large"), sign_in


def test_a_form_whose_file_is_a_little_too_large_is_refused(api, operator, settings):
    settings.MAX_UPLOAD = 1000
    answer = api(operator).post(ADDRESS, {"file": SimpleUploadedFile("a", b"x" * 1001)}, format="multipart")
    assert answer.status_code == 413
    assert not Submission.objects.exists()


def chunked(body, operator):
    """Push a body without a length, as a server hands it on that ends the input itself."""
    payload = io.BytesIO(body)
    answer = Client().generic(
        "POST",
        ADDRESS,
        b"",
        "application/edifact",
        headers={"Authorization": f"Token {factories.token_of(operator)}", "Transfer-Encoding": "chunked"},
        **{"wsgi.input": payload, "wsgi.input_terminated": True},
    )
    assert "CONTENT_LENGTH" not in answer.wsgi_request.META
    return answer, payload


def test_a_body_without_a_length_is_read_to_its_end(operator):
    answer, _payload = chunked(SEA, operator)
    assert answer.status_code == 202
    assert Submission.objects.get().size == len(SEA)


def test_a_body_without_a_length_is_refused_once_it_is_too_large(operator, settings):
    settings.MAX_UPLOAD = 100_000
    answer, payload = chunked(b"x" * 1_000_000, operator)
    assert answer.status_code == 413
    assert len(payload.read()) > 700_000  # the rest was left unread
    assert not Submission.objects.exists()


def test_a_body_that_was_cut_on_the_way_is_no_push_and_leaves_its_key_free(api, operator):
    key = {"Idempotency-Key": "train 1204"}
    answer = Client().generic(
        "POST",
        ADDRESS,
        SEA,
        "application/edifact",
        headers={"Authorization": f"Token {factories.token_of(operator)}", **key},
        **{"wsgi.input": io.BytesIO(SEA[:3000])},
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "body_cut")
    assert not Submission.objects.exists()
    assert push(api(operator), headers=key).status_code == 202


def test_who_may_push_to_several_units_names_one(api, operator, dostyk, dushanbe):
    grant(user=operator, unit=dostyk, role=Role.CLIENT)
    unnamed = push(api(operator))
    assert (unnamed.status_code, unnamed.json()["errors"][0]["attr"]) == (400, "unit")
    assert "ALT, DOS" in unnamed.json()["errors"][0]["detail"]
    foreign = push(api(operator), query="?unit=DSB")
    assert foreign.status_code == 400
    assert "DSB" not in foreign.json()["errors"][0]["detail"]
    assert push(api(operator), query="?unit=DOS").status_code == 202
    assert Submission.objects.get().unit == dostyk


@pytest.mark.parametrize("query", ["", "?unit=ALT", "?unit=DSB", "?unit=nowhere"])
def test_who_may_not_push_is_forbidden_to_whatever_unit_is_named(api, altynkol, dushanbe, query):
    answer = push(api(factories.person(altynkol, Role.AUDITOR)), query=query)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "permission_denied")
    assert answer.json()["errors"][0]["detail"] == "Your role does not allow you to push manifests."
    assert not Submission.objects.exists()


def test_the_options_are_kept_and_nonsense_is_refused(api, operator):
    assert push(api(operator), query="?atomic=true&dry_run=1").status_code == 202
    submission = Submission.objects.get()
    assert (submission.atomic, submission.dry_run) == (True, True)
    answer = push(api(operator), query="?atomic=perhaps")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "atomic")


def test_problems_are_told_with_place_value_and_a_sentence(api, post, operator):
    body = api(operator).get(f"{ADDRESS}{post.submission.ref}/").json()
    assert body["problems_count"] == 1
    assert body["problems"] == [
        {
            "code": "file_cut",
            "severity": "error",
            "field": "",
            "document": "",
            "position": {"offset": 812, "segment": 14},
            "received": "UNT+",
            "message": "The file ends too early: UNZ is missing.",
        }
    ]


def test_the_first_problems_are_told_all_are_counted_and_all_can_be_read_in_pages(api, post, operator, officer):
    made = factories.ProblemFactory.create_batch(205, submission=post.submission)
    factories.ProblemFactory(submission__unit=post.submission.unit)
    body = api(operator).get(f"{ADDRESS}{post.submission.ref}/").json()
    assert (len(body["problems"]), body["problems_count"]) == (200, 206)
    assert body["problems_url"] == f"http://testserver{ADDRESS}{post.submission.ref}/problems/"
    for user in (operator, officer):
        met = []
        address = f"{body['problems_url']}?page_size=100"
        while address:
            page = api(user).get(address).json()
            met.append(page["results"])
            address = page["next"]
        assert [len(problems) for problems in met] == [100, 100, 6]
        assert [problem for problems in met for problem in problems][:200] == body["problems"]
    SubmissionProblem.objects.filter(pk=made[0].pk).update(received="LATER")
    last = api(operator).get(f"{body['problems_url']}?page_size=205").json()["results"]
    assert last[1]["received"] == "LATER", "in the order of the file"


def test_problems_of_a_competitor_and_of_another_unit_do_not_exist(api, post, altynkol, outsider):
    for user in (factories.client_system(altynkol), outsider):
        assert api(user).get(f"{ADDRESS}{post.submission.ref}/problems/").status_code == 404
    answer = api(factories.person(altynkol)).get(f"{ADDRESS}{post.submission.ref}/problems/?cursor=x")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "not_found")


def test_what_did_not_fail_is_not_tried_again_and_a_client_may_not_ask(api, post, operator, officer):
    address = f"{ADDRESS}{post.submission.ref}/retry/"
    assert api(operator).post(address).status_code == 403
    refused = api(officer).post(address)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "not_retryable")


def test_what_failed_on_our_side_is_tried_again_by_staff(api, post, officer):
    Submission.objects.filter(pk=post.submission.pk).update(status="failed", failure="The disk was full.")
    Job.objects.create(
        kind="submission.read", unit=post.submission.unit, subject=post.submission.ref, state="failed", attempts=3
    )
    answer = api(officer).post(f"{ADDRESS}{post.submission.ref}/retry/")
    assert (answer.status_code, answer.json()["status"]) == (202, "reading")
    job = Job.objects.get()
    assert (job.state, job.attempts) == ("waiting", 0)
