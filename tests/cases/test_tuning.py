"""Requests for tuning: who asks, who answers, and what stands open."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from pcu.accounts.roles import Role
from profiling.cases import tuning
from profiling.cases.errors import InvalidTuningError, TuningClosedError
from profiling.cases.models import TuningRequest
from tests import factories


@pytest.fixture
def version(altynkol):
    return factories.RuleVersionFactory(rule=factories.RuleFactory(unit=altynkol.parent, code="R-1"))


@pytest.fixture
def fired(altynkol, version):
    case = factories.case_in(altynkol)
    case.assessment.fired = [{"version": version.pk, "code": "R-1", "points": 40, "values": {}}]
    case.assessment.save()
    return case


def test_one_person_asks_once_at_a_case_and_may_say_it_better(fired, altynkol):
    officer, colleague = factories.person(altynkol), factories.person(altynkol)
    first = tuning.ask(case=fired, user=officer, rule="R-1", note="Fires for every reefer")
    again = tuning.ask(case=fired, user=officer, rule="R-1", note=" Fires for every reefer in July ")
    assert (again.pk, again.note) == (first.pk, "Fires for every reefer in July")
    tuning.ask(case=fired, user=colleague, rule="R-1", note="As he says")
    told = tuning.open_of([altynkol], timezone.now())[first.rule_id]
    assert (told.people, told.count, told.notes[0].note) == (2, 2, "As he says")
    assert tuning.asked_by(officer, fired)["R-1"] == first


@pytest.mark.parametrize(
    ("rule", "note", "field"),
    [("R-1", "  ", "note"), ("R-1", "x" * 1001, "note"), ("R-2", "No such rule fired", "rule")],
)
def test_what_is_missing_is_told_and_nothing_is_kept(fired, altynkol, rule, note, field):
    with pytest.raises(InvalidTuningError) as refused:
        tuning.ask(case=fired, user=factories.person(altynkol), rule=rule, note=note)
    assert set(refused.value.errors) == {field}
    assert not TuningRequest.objects.exists()


def test_who_does_not_work_on_the_case_does_not_ask(fired, altynkol, dostyk, dushanbe):
    for nobody in (
        factories.person(dostyk),
        factories.person(dushanbe),
        factories.person(altynkol, Role.AUDITOR),
        factories.client_system(altynkol),
    ):
        with pytest.raises(PermissionDenied):
            tuning.ask(case=fired, user=nobody, rule="R-1", note="Noise")


def test_who_writes_rules_answers_and_an_answer_is_final(fired, altynkol):
    officer, analyst = factories.person(altynkol), factories.person(altynkol.parent, Role.ANALYST)
    asked = tuning.ask(case=fired, user=officer, rule="R-1", note="Noise")
    everything = TuningRequest.objects.visible_to(analyst)
    with pytest.raises(PermissionDenied):
        tuning.close(requests=everything, rule=asked.rule, user=officer, answer="No")
    with pytest.raises(InvalidTuningError):
        tuning.close(requests=everything, rule=asked.rule, user=analyst, answer=" ")
    assert tuning.close(requests=everything, rule=asked.rule, user=analyst, answer="Reefers are let off") == 1
    asked.refresh_from_db()
    assert (asked.closed_by, asked.answer) == (analyst, "Reefers are let off")
    assert tuning.open_of([altynkol], timezone.now()) == {}
    assert tuning.close(requests=everything, rule=asked.rule, user=analyst, answer="Again") == 0
    with pytest.raises(TuningClosedError, match="Reefers are let off"):
        tuning.ask(case=fired, user=officer, rule="R-1", note="Still noise")
    with pytest.raises(TuningClosedError):
        tuning.close_one(request=asked, user=analyst, answer="Again")


def test_only_what_one_sees_is_answered(fired, altynkol, dostyk):
    asked = tuning.ask(case=fired, user=factories.person(altynkol), rule="R-1", note="Noise")
    analyst = factories.UserFactory(membership=(altynkol.parent, Role.ANALYST))
    neighbour = factories.person(dostyk)
    assert list(TuningRequest.objects.visible_to(analyst)) == [asked]
    assert not TuningRequest.objects.visible_to(neighbour).exists()
    assert not TuningRequest.objects.visible_to(factories.client_system(altynkol)).exists()


# ---- over the pages and the API


def test_the_button_at_the_case_lands_in_the_ledger_and_its_answer_comes_back(client, fired, altynkol, version):
    release = factories.ReleaseFactory(unit=altynkol.parent)
    release.versions.add(version)
    officer = factories.person(altynkol)
    analyst = factories.person(altynkol.parent, Role.ANALYST)
    client.force_login(officer)
    page = client.get(f"/cases/{fired.ref}/").content.decode()
    assert "Needs tuning" in page
    assert f'maxlength="{tuning.LONGEST}"' in page  # without the comma that figures are grouped by
    refused = client.post(f"/cases/{fired.ref}/tuning/", {"rule": "R-1", "note": " "})
    assert (refused.status_code, "Say what is wrong" in refused.content.decode()) == (422, True)
    client.post(f"/cases/{fired.ref}/tuning/", {"rule": "R-1", "note": "Fires for <b>every</b> reefer"})
    assert "You asked for tuning" in client.get(f"/cases/{fired.ref}/").content.decode()
    seen = client.get("/rules/").content.decode()
    assert "1 officer asked for tuning" in seen
    assert "Answer and close" not in seen
    assert client.post("/rules/of/KZ/R-1/tuning/", {"answer": "No"}).status_code == 403
    client.force_login(analyst)
    book = client.get("/rules/").content.decode()
    assert "Fires for &lt;b&gt;every&lt;/b&gt; reefer" in book
    assert "Answer and close" in book
    client.post("/rules/of/KZ/R-1/tuning/", {"answer": " "})
    assert TuningRequest.objects.filter(closed_at=None).count() == 1
    client.post("/rules/of/KZ/R-1/tuning/", {"answer": "Reefers are let off"})
    assert "asked for tuning" not in client.get("/rules/").content.decode()
    client.force_login(officer)
    assert "Reefers are let off" in client.get(f"/cases/{fired.ref}/").content.decode()


def test_the_api_asks_lists_and_answers(client, fired, altynkol, dushanbe):
    client.force_login(factories.person(altynkol))
    asks = f"/api/v1/cases/{fired.ref}/tuning-requests/"
    made = client.post(asks, {"rule": "R-1", "note": "Noise"}, content_type="application/json")
    assert (made.status_code, made.json()["rule"], made.json()["answer"]) == (201, "R-1", "")
    wrong = client.post(asks, {"rule": "R-9", "note": "Noise"}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["attr"]) == (400, "rule")
    ref = made.json()["ref"]
    close = f"/api/v1/tuning-requests/{ref}/close/"
    assert client.post(close, {"answer": "No"}, content_type="application/json").status_code == 403
    client.force_login(factories.person(altynkol.parent, Role.ANALYST))
    listed = client.get("/api/v1/tuning-requests/?open=true&rule=R-1").json()["results"]
    assert [one["note"] for one in listed] == ["Noise"]
    told = client.post(close, {"answer": "Narrowed"}, content_type="application/json").json()
    assert (told["answer"], told["closed_at"] is None) == ("Narrowed", False)
    assert client.post(close, {"answer": "Again"}, content_type="application/json").status_code == 409
    assert client.get("/api/v1/tuning-requests/?open=true").json()["results"] == []
    for nobody in (factories.person(dushanbe), factories.person(factories.UnitFactory(code="DOS"))):
        client.force_login(nobody)
        assert client.get("/api/v1/tuning-requests/").json()["results"] == []
        assert client.get(f"/api/v1/tuning-requests/{ref}/").status_code == 404


def test_a_client_token_never_sees_what_officers_say_of_rules(client, fired, altynkol):
    tuning.ask(case=fired, user=factories.person(altynkol), rule="R-1", note="Noise")
    headers = {"Authorization": f"Token {factories.token_of(factories.client_system(altynkol))}"}
    listed = client.get("/api/v1/tuning-requests/", headers=headers)
    assert listed.status_code == 403 or listed.json()["results"] == []
    asked = client.post(
        f"/api/v1/cases/{fired.ref}/tuning-requests/",
        {"rule": "R-1", "note": "Noise"},
        content_type="application/json",
        headers=headers,
    )
    assert asked.status_code in (403, 404)
