"""Seizures over the API: recorded, changed, handed over, answered by the laboratory; the words and the templates."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from inspections.choices import State
from inspections.lists import install_starter_lists
from inspections.models import Handover, Inspection, Link, Seizure, Signature
from pcu.accounts.roles import Role
from tests import factories
from tests.factories_inspections import InspectionFactory, LineFactory, PhotoFactory

PASSWORD = "correct horse battery"


@pytest.fixture
def line(altynkol, officer):
    install_starter_lists(altynkol)
    inspection = InspectionFactory(case=factories.case_in(altynkol), created_by=officer)
    return LineFactory(inspection=inspection, result="found")


@pytest.fixture
def told(line) -> dict[str, Any]:
    return {
        "line": str(line.ref),
        "commodity": "drugs",
        "facts": {
            "substance": "heroin",
            "form": "powder",
            "packaging": "40 bags",
            "kit_result": "positive",
            "purity": 62.5,
        },
        "seized_at": timezone.now().isoformat(),
        "quantity": "40.125",
        "quantity_unit": "kg",
        "place": "floor",
        "concealment": "built_in",
        "detections": ["dog", "scan"],
    }


def record(client, told):
    answer = client.post("/api/v1/seizures/", told, format="json")
    assert answer.status_code == 201, answer.content
    return answer


def faults(answer) -> dict[str, str]:
    return {error["attr"]: error["code"] for error in answer.json()["errors"]}


def test_a_seizure_is_recorded_read_changed_and_taken_out(api, officer, told):
    client = api(officer)
    made = record(client, told)
    address = f"/api/v1/seizures/{made.json()['ref']}/"
    assert made["ETag"] == '"1"'
    assert made.json()["facts"]["purity"] == "62.5"
    assert made.json()["detections"] == ["scan", "dog"]
    account = {**told, "quantity": "41"}
    del account["line"]
    assert client.put(address, account, format="json").status_code == 428
    changed = client.put(address, account, format="json", HTTP_IF_MATCH='"1"')
    assert (changed.status_code, changed.json()["quantity"], changed["ETag"]) == (200, "41.000", '"2"')
    stale = client.put(address, account, format="json", HTTP_IF_MATCH='"1"')
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "seizure_changed")
    assert client.delete(address, HTTP_IF_MATCH='"2"').status_code == 204
    assert client.get(address).json()["removed_at"] is not None


def test_each_fault_names_its_field(api, officer, told):
    told["facts"] = {"substance": "other", "form": "gold", "packaging": "", "kit_result": "positive"}
    told |= {"quantity": "-1", "quantity_unit": "sticks"}
    answer = api(officer).post("/api/v1/seizures/", told, format="json")
    assert answer.status_code == 400
    assert set(faults(answer)) == {
        "facts.substance_name", "facts.form", "facts.packaging", "quantity", "quantity_unit",
    }  # fmt: skip
    assert not Seizure.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"line": "0190c8f0-0000-7000-8000-000000000000"}, "line"),
        ({"place": "cellar"}, "place"),
        ({"detections": ["scan", "smell"]}, "detections"),
        ({"consignment": "0190c8f0-0000-7000-8000-000000000000"}, "consignment"),
        ({"commodity": "gold"}, "commodity"),
    ],
)
def test_what_is_named_must_be_there(api, officer, told, wrong, field):
    answer = api(officer).post("/api/v1/seizures/", {**told, **wrong}, format="json")
    assert (answer.status_code, list(faults(answer))) == (400, [field])


def test_a_line_of_others_does_not_exist_for_an_outsider(api, outsider, told):
    assert list(faults(api(outsider).post("/api/v1/seizures/", told, format="json"))) == ["line"]


def test_a_reader_records_nothing(api, altynkol, told):
    analyst = factories.person(altynkol, Role.ANALYST)
    assert api(analyst).post("/api/v1/seizures/", told, format="json").status_code == 403


def test_an_approved_act_takes_no_change_and_its_laboratory_answers_all_the_same(api, officer, told):
    client = api(officer)
    ref = record(client, told).json()["ref"]
    made = client.post(f"/api/v1/seizures/{ref}/samples/", {"bag": "B-1", "description": "Powder"}, format="json")
    assert made.status_code == 201
    Inspection.objects.update(state=State.APPROVED)
    refused = client.post("/api/v1/seizures/", told, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "not_editable")
    sample = f"/api/v1/samples/{made.json()['ref']}/"
    assert client.get("/api/v1/samples/?awaited=true").json()["results"][0]["bag"] == "B-1"
    result = {"verdict": "confirms", "result": "Heroin, 61 %", "reported_on": str(timezone.localdate())}
    assert client.post(f"{sample}result/", result, format="json").status_code == 200
    again = client.post(f"{sample}result/", result, format="json")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "result_given")
    assert client.get("/api/v1/samples/?awaited=true").json()["results"] == []
    assert client.delete(sample).status_code == 409


def test_goods_are_handed_over_and_signed(api, officer, colleague, told):
    for user in (officer, colleague):
        user.set_password(PASSWORD)
        user.save()
    client = api(officer)
    ref = record(client, told).json()["ref"]
    people = client.get(f"/api/v1/seizures/{ref}/custodians/").json()
    assert [person["ref"] for person in people["givers"]] == [str(officer.ref)]
    body = {"what": "40 bags", "place": "Store", "giver": str(colleague.ref), "receiver": str(officer.ref)}
    refused = client.post(f"/api/v1/seizures/{ref}/handovers/", body, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "not_the_holder")
    body |= {"giver": str(officer.ref), "receiver": str(colleague.ref)}
    made = client.post(f"/api/v1/seizures/{ref}/handovers/", body, format="json")
    assert made.status_code == 201
    sign = f"/api/v1/handovers/{made.json()['ref']}/signatures/"
    wrong = client.post(sign, {"side": "gave", "password": "wrong"}, format="json")
    assert (wrong.status_code, faults(wrong)) == (400, {"password": "wrong_password"})
    # each in a session of the own
    assert client.post(sign, {"side": "gave", "password": PASSWORD}, format="json").status_code == 201
    theirs = api(colleague).post(sign, {"side": "received", "password": PASSWORD}, format="json")
    assert theirs.status_code == 201
    again = client.post(sign, {"side": "gave", "password": PASSWORD}, format="json")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "already_signed")
    shown = client.get(f"/api/v1/seizures/{ref}/").json()
    assert shown["chain_broken_at"] is None
    assert {one["side"] for one in shown["handovers"][0]["signatures"]} == {"gave", "received"}


def test_passwords_are_tried_by_nobody_but_the_signer_and_the_unit(api, altynkol, officer, told):
    ref = record(api(officer), told).json()["ref"]
    body = {
        "what": "40 bags",
        "place": "Store",
        "giver": str(officer.ref),
        "receiver_name": "B",
        "receiver_agency": "C",
    }
    made = api(officer).post(f"/api/v1/seizures/{ref}/handovers/", body, format="json").json()["ref"]
    sign = f"/api/v1/handovers/{made}/signatures/"
    analyst = factories.person(altynkol, Role.ANALYST)
    assert api(analyst).post(sign, {"side": "gave", "password": "guess"}, format="json").status_code == 403
    photo = PhotoFactory(inspection=Handover.objects.get().seizure.inspection)
    paper = {"side": "received", "paper": str(photo.ref)}
    assert api(officer).post(sign, {"side": "received"}, format="json").status_code == 400
    assert api(officer).post(sign, paper, format="json").status_code == 201
    assert Signature.objects.get().paper_sha256 == photo.sha256


def test_names_of_persons_are_withheld_from_who_only_reads(api, altynkol, officer, told):
    client = api(officer)
    ref = record(client, told).json()["ref"]
    made = client.post(f"/api/v1/seizures/{ref}/links/", {"kind": "person", "name": "Ivan"}, format="json")
    assert (made.status_code, made.json()["name"]) == (201, "Ivan")
    for role, name in ((Role.ANALYST, ""), (Role.LIAISON, ""), (Role.AUDITOR, "Ivan"), (Role.SUPERVISOR, "Ivan")):
        (link,) = api(factories.person(altynkol, role)).get(f"/api/v1/seizures/{ref}/").json()["links"]
        assert (link["name"], link["is_withheld"]) == (name, name == "")
    assert client.delete(f"/api/v1/seizure-links/{made.json()['ref']}/").status_code == 204
    assert not Link.objects.exists()


def test_disposal_over_the_api_names_its_version(api, officer, told):
    client = api(officer)
    ref = record(client, told).json()["ref"]
    address = f"/api/v1/seizures/{ref}/disposal/"
    assert client.post(address, {"disposal": "Burnt"}, format="json").status_code == 428
    told_of = client.post(address, {"disposal": "Burnt"}, format="json", HTTP_IF_MATCH='"1"')
    assert (told_of.status_code, told_of.json()["disposal"]) == (200, "Burnt")


def test_words_are_read_by_the_country_and_kept_by_its_supervisors(api, line, officer, altynkol):
    places = api(officer).get("/api/v1/listed-words/?list=place&page_size=50").json()["results"]
    assert len(places) == 16
    body = {"country": "KZ", "list": "place", "labels": {"en": "Spare wheel", "ru": "Запаска"}}
    assert faults(api(officer).post("/api/v1/listed-words/", body, format="json")) == {"country": "invalid"}
    keeper = api(factories.person(altynkol.parent, Role.SUPERVISOR))
    made = keeper.post("/api/v1/listed-words/", body, format="json")
    assert (made.status_code, made.json()["code"]) == (201, "spare_wheel")
    address = f"/api/v1/listed-words/{made.json()['ref']}/"
    assert api(officer).patch(address, {"retired": True}, format="json").status_code == 403
    changed = keeper.patch(address, {"retired": True, "move": "up", "labels": {"en": "In the spare"}}, format="json")
    assert changed.json()["label"] == "In the spare"
    assert changed.json()["retired_at"] is not None
    assert api(officer).get("/api/v1/listed-words/?retired=true").json()["results"][0]["code"] == "spare_wheel"


def test_templates_say_what_is_asked_in_the_language_of_the_request(api, officer):
    templates = api(officer).get("/api/v1/commodity-templates/").json()
    tobacco = next(one for one in templates if one["commodity"] == "tobacco")
    assert list(tobacco["units"]) == ["sticks", "packs", "kg"]
    brand = tobacco["items"]["fields"][0]
    assert (brand["name"], brand["required"], brand["kind"]) == ("brand", True, "text")
    assert tobacco["items"]["sums"] == {"sticks": "sticks"}
    only = api(officer).get("/api/v1/commodity-templates/?commodity=waste").json()
    assert [one["commodity"] for one in only] == ["waste"]
    assert api(officer).get("/api/v1/commodity-templates/?commodity=gold").status_code == 400


def test_a_key_sent_again_records_once(api, officer, told):
    client = api(officer)
    made = [
        client.post("/api/v1/seizures/", told, format="json", HTTP_IDEMPOTENCY_KEY="k").json() for _call in range(2)
    ]
    assert made[0]["ref"] == made[1]["ref"]
    link = {"kind": "company", "name": "Broker and Sons"}
    address = f"/api/v1/seizures/{made[0]['ref']}/links/"
    ties = [client.post(address, link, format="json", HTTP_IDEMPOTENCY_KEY="k").json()["ref"] for _call in range(2)]
    assert len(set(ties)) == Link.objects.count() == Seizure.objects.count() == 1


def test_a_supervisor_signs_for_a_giver_who_is_gone(api, altynkol, officer, colleague, told):
    seizure = Seizure.objects.get(ref=record(api(officer), told).json()["ref"])
    body = {"what": "Bags", "place": "Store", "giver": str(officer.ref), "receiver": str(colleague.ref)}
    made = api(officer).post(f"/api/v1/seizures/{seizure.ref}/handovers/", body, format="json").json()
    officer.is_active = False
    officer.save()
    address = f"/api/v1/handovers/{made['ref']}/signatures/"
    assert api(colleague).post(address, {"side": "gave", "reason": "Left"}, format="json").status_code == 403
    lead = api(factories.person(altynkol, Role.SUPERVISOR))
    assert faults(lead.post(address, {"side": "gave"}, format="json")) == {"reason": "invalid_act"}
    signed = lead.post(address, {"side": "gave", "reason": "Left"}, format="json")
    assert (signed.status_code, signed.json()["reason"]) == (201, "Left")
