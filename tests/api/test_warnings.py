"""Warnings over the API: both sides, third units, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from exchanges import body
from exchanges.models import PartnerWarning
from exchanges.services import talk
from pcu.accounts.roles import Role
from profiling.cases.models import Outcome
from tests import factories
from tests import factories_exchanges as made
from tests.web.pages import queries_of

URL = "/api/v1/warnings/"


@pytest.fixture
def chukursay(db):
    return factories.UnitFactory(code="CHU", parent__code="UZ")


@pytest.fixture
def case(altynkol):
    return made.case_to_warn_of(altynkol)


@pytest.fixture
def liaison(altynkol):
    return factories.person(altynkol, Role.LIAISON)


@pytest.fixture
def receiver(chukursay):
    return factories.person(chukursay)


@pytest.fixture
def warning(case, chukursay, liaison):
    return made.warning_to(chukursay, case=case, user=liaison)


def new(case, /, **changes):
    return {
        "case": str(case.ref),
        "to_unit": "CHU",
        "visits": [str(one.ref) for one in case.visits.all()],
        "consignments": [str(one.ref) for one in case.consignments.all()],
        "roles": ["consignee"],
        "subject": "Plastic ware",
        "grounds": "Seal differs",
        "action": "unload",
        "urgency": "urgent",
        "expires_at": (timezone.now() + timedelta(days=20)).isoformat(),
    } | changes


def faults(answer):
    return {(error["attr"], error["code"]) for error in answer.json()["errors"]}


def test_a_warning_is_written_and_sent_in_one_call(api, case, chukursay, liaison):
    answer = api(liaison).post(URL, new(case), format="json")
    assert answer.status_code == 201
    said = answer.json()
    assert (said["state"], said["to_unit"], said["case"]) == ("sent", "CHU", str(case.ref))
    assert body.read(said["body"]).equipment[0].number == case.visits.get().number
    assert {clock["kind"] for clock in said["clocks"]} == {"acknowledge", "feedback"}


def test_a_draft_is_sent_later(api, case, chukursay, liaison):
    said = api(liaison).post(URL, new(case, send=False), format="json").json()
    assert (said["state"], said["clocks"]) == ("draft", [])
    assert api(liaison).post(f"{URL}{said['ref']}/send/").json()["state"] == "sent"
    assert api(liaison).post(f"{URL}{said['ref']}/send/").status_code == 409


@pytest.mark.parametrize(
    ("field", "code", "changes"),
    [
        ("case", "invalid", {"case": "01890000-0000-7000-8000-000000000000"}),
        ("to_unit", "invalid_warning", {"to_unit": "NOWHERE"}),
        ("to_unit", "invalid_warning", {"to_unit": "ALT"}),
        ("visits", "invalid", {"visits": ["01890000-0000-7000-8000-000000000000"]}),
        ("visits", "invalid_warning", {"visits": [], "consignments": [], "roles": []}),
        ("roles.0", "invalid_choice", {"roles": ["king"]}),
        ("grounds", "blank", {"grounds": " "}),
        ("expires_at", "invalid_warning", {"expires_at": "2020-01-01T00:00:00Z"}),
        ("handling", "invalid_warning", {"handling": "unit"}),
        ("persons_reason", "invalid_warning", {"with_persons": True}),
    ],
)
def test_bad_input_is_told_by_its_field(api, case, chukursay, liaison, field, code, changes):
    answer = api(liaison).post(URL, new(case, **changes), format="json")
    assert answer.status_code == 400
    assert faults(answer) == {(field, code)}
    assert not PartnerWarning.objects.exclude(state="draft").exists()


def test_a_refused_sending_leaves_no_draft_behind(api, case, chukursay, liaison):
    api(liaison).post(URL, new(case, handling="unit"), format="json")
    assert not PartnerWarning.objects.exists()


def test_each_side_reads_its_own_and_a_third_nothing(api, warning, case, liaison, receiver, outsider, operator):
    theirs = api(receiver).get(f"{URL}{warning.ref}/")
    assert theirs.json()["case"] is None
    text = json.dumps(theirs.json())
    for secret in (case.number, str(case.ref), "R-1", made.IIN):
        assert secret not in text
    assert api(liaison).get(f"{URL}{warning.ref}/").json()["case"] == str(case.ref)
    assert api(liaison).get(URL).json()["results"][0]["case"] == str(case.ref)
    assert api(outsider).get(f"{URL}{warning.ref}/").status_code == 404
    assert api(operator).get(URL).status_code == 403
    assert api(liaison).get(f"{URL}?to_unit=CHU&state=read").json()["results"]
    assert not api(liaison).get(f"{URL}?to_unit=DSB").json()["results"]


def test_it_is_acknowledged_answered_and_amended(api, warning, case, receiver):
    assert api(receiver).post(f"{URL}{warning.ref}/acknowledge/").json()["state"] == "acknowledged"
    number = case.visits.get().number
    told = {
        "located": "yes",
        "action": "scan",
        "result": "found",
        "equipment": [number],
        "commodity": "tobacco",
        "quantity": "10 cartons",
        "seized": True,
    }
    first = api(receiver).post(f"{URL}{warning.ref}/feedback/", told, format="json")
    assert first.status_code == 201
    twice = api(receiver).post(f"{URL}{warning.ref}/feedback/", told, format="json")
    assert (twice.status_code, faults(twice)) == (409, {(None, "already_answered")})
    told |= {"result": "clean", "seized": False, "commodity": "", "amends": first.json()["ref"]}
    assert api(receiver).post(f"{URL}{warning.ref}/feedback/", told, format="json").status_code == 201
    stale = api(receiver).post(f"{URL}{warning.ref}/feedback/", told, format="json")
    assert (stale.status_code, faults(stale)) == (409, {(None, "feedback_changed")})
    assert [one.result for one in Outcome.objects.order_by("pk")] == ["found", "clean"]
    wrong = api(receiver).post(f"{URL}{warning.ref}/feedback/", told | {"amends": str(case.ref)}, format="json")
    assert faults(wrong) == {("amends", "invalid")}


def test_recalling_needs_a_reason_and_the_sender(api, warning, liaison, receiver):
    address = f"{URL}{warning.ref}/recall/"
    assert api(receiver).post(address, {"reason": "No"}, format="json").status_code == 403
    assert faults(api(liaison).post(address, {}, format="json")) == {("reason", "required")}
    assert api(liaison).post(address, {"reason": "Wrong box"}, format="json").json()["state"] == "recalled"
    gone = api(receiver).post(f"{URL}{warning.ref}/acknowledge/")
    assert (gone.status_code, faults(gone)) == (409, {(None, "not_now")})


def test_both_sides_write_and_notes_stay_at_home(api, warning, liaison, receiver):
    address = f"{URL}{warning.ref}/messages/"
    note = {"unit": "ALT", "text": "Our source says so", "kind": "note"}
    assert api(liaison).post(address, note, format="json").status_code == 201
    asked = {"unit": "ALT", "text": "Arrived?", "kind": "question"}
    assert api(liaison).post(address, asked, format="json").json()["kind"] == "question"
    assert [one["text"] for one in api(receiver).get(address).json()] == ["Arrived?"]
    assert api(receiver).post(address, {"unit": "CHU", "text": "Yes"}, format="json").status_code == 201
    assert [one["unit"] for one in api(liaison).get(address).json()] == ["ALT", "ALT", "CHU"]
    assert api(receiver).post(address, {"unit": "ALT", "text": "Forged"}, format="json").status_code == 403
    assert faults(api(receiver).post(address, {"unit": "DSB", "text": "Hm"}, format="json")) == {("unit", "invalid")}
    assert faults(api(receiver).post(address, {"unit": "CHU", "text": " "}, format="json")) == {("text", "blank")}


def test_lists_and_details_cost_the_same_however_much_there_is(api, warning, case, chukursay, liaison, altynkol):
    few = [queries_of(api(liaison), URL), queries_of(api(liaison), f"{URL}{warning.ref}/")]
    for _each in range(3):
        made.warning_to(chukursay, case=case, user=liaison)
        talk.write(thread=warning.thread, user=liaison, unit=altynkol, text="Hm", kind="question")
    assert [queries_of(api(liaison), URL), queries_of(api(liaison), f"{URL}{warning.ref}/")] == few


def test_calls_repeated_under_one_key_make_one_thing(api, case, chukursay, liaison, receiver):
    keyed = {"HTTP_IDEMPOTENCY_KEY": "shift 7, call 1"}
    written = new(case)
    first, again = (api(liaison).post(URL, written, format="json", **keyed) for _each in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["ref"] == again.json()["ref"]
    messages = f"{URL}{first.json()['ref']}/messages/"
    said = {"unit": "CHU", "text": "It is here"}
    refs = {api(receiver).post(messages, said, format="json", **keyed).json()["ref"] for _each in range(2)}
    assert len(refs) == 1
    other = api(receiver).post(messages, said | {"text": "It has left"}, format="json", **keyed)
    assert other.json()["ref"] not in refs
