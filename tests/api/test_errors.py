"""One standard error body, whatever went wrong and wherever."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings

from profiling.api.views.cargo import VisitViewSet


def check(answer, status, kind, code):
    assert answer.status_code == status
    body = answer.json()
    assert set(body) == {"type", "errors"}
    assert body["type"] == kind
    for error in body["errors"]:
        assert set(error) == {"code", "detail", "attr"}
        assert error["detail"]
    assert code in {error["code"] for error in body["errors"]}


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("address", ["/api/v1/nowhere/", "/api/v1/cases/17/", "/api/v1/cases/x/claim/", "/api/v1/x"])
def test_an_address_that_leads_nowhere(api, officer, method, address):
    check(getattr(api(officer), method)(address), 404, "client_error", "not_found")


def test_an_address_that_leads_nowhere_tells_a_stranger_nothing(api, db):
    check(api(None).get("/api/v1/nowhere/"), 401, "client_error", "not_authenticated")


def test_a_row_that_is_not_there(api, officer):
    missing = "/api/v1/cases/01890000-0000-7000-8000-000000000000/"
    check(api(officer).get(missing), 404, "client_error", "not_found")


def test_a_method_that_is_not_offered(api, officer):
    check(api(officer).delete("/api/v1/cases/"), 405, "client_error", "method_not_allowed")


def test_a_body_that_is_no_json(api, post, officer):
    address = f"/api/v1/cases/{post.case.ref}/comments/"
    check(api(officer).post(address, "{", content_type="application/json"), 400, "client_error", "parse_error")
    check(
        api(officer).post(address, "a=b", content_type="application/x-www-form-urlencoded"),
        415,
        "client_error",
        "unsupported_media_type",
    )


@pytest.mark.parametrize("body", ["[" * 100_000, '{"kind": "\\ud800", "reasons": ["other"]}'])
def test_a_body_that_no_answer_could_repeat(api, post, officer, body):
    address = f"/api/v1/cases/{post.case.ref}/decisions/"
    answer = api(officer).post(address, body, content_type="application/json", HTTP_IF_MATCH='"1"')
    check(answer, 400, "client_error", "parse_error")


def test_a_body_with_the_wrong_fields(api, post, officer):
    address = f"/api/v1/cases/{post.case.ref}/decisions/"
    answer = api(officer).post(address, {"kind": "fly"}, format="json", HTTP_IF_MATCH='"1"')
    check(answer, 400, "validation_error", "invalid_choice")
    assert {error["attr"] for error in answer.json()["errors"]} == {"kind", "reasons"}


def test_a_text_that_the_database_cannot_keep(api, post, officer):
    address = f"/api/v1/cases/{post.case.ref}/comments/"
    answer = api(officer).post(address, {"text": "a\0b"}, format="json")
    check(answer, 400, "validation_error", "null_characters_not_allowed")


def test_a_fault_of_ours_tells_nothing_of_it(api, officer, monkeypatch):
    def fails(self):
        raise RuntimeError("password of the database")

    monkeypatch.setattr(VisitViewSet, "get_queryset", fails)
    client = api(officer)
    client.raise_request_exception = False
    answer = client.get("/api/v1/visits/")
    check(answer, 500, "server_error", "error")
    assert "password" not in answer.content.decode()


def test_messages_come_in_the_language_asked_for(api, officer):
    answer = api(officer).get("/api/v1/nowhere/", HTTP_ACCEPT_LANGUAGE="ru")
    assert answer.json()["errors"][0]["detail"] != api(officer).get("/api/v1/nowhere/").json()["errors"][0]["detail"]
    assert "ru" in dict(django_settings.LANGUAGES)
