"""A train list is held against the notes of its train: missing, extra, different."""

from __future__ import annotations

import json

import pytest

from profiling.cargo.models import Consignment, EquipmentVisit
from profiling.cases.models import Case
from profiling.intake.train_check import check_train, has_train_list
from tests import factories
from tests.formats.notes import filled
from tests.formats.rail import HEAD, NOTE_ROWS, WAGON_ROWS, workbook


def note(number: str, container: str, *, wagon: str, gross: int = 10000, seal: str = "") -> tuple[dict, dict]:
    box = {"number": container, "kind": "container", "carried_on": wagon, "fill": "full"}
    if seal:
        box["seals"] = [{"number": seal}]
    bill = {
        "document_type": "smgs",
        "document_no": number,
        "items": [{"description": "PLASTIC WARE", "packages": 5, "gross_kg": gross}],
        "loadings": [{"equipment": container, "packages": 5, "gross_kg": gross}],
    }
    return box, bill


def message(*notes: tuple[dict, dict]) -> bytes:
    wagons = [{"number": number, "kind": "wagon"} for number in {box["carried_on"] for box, _bill in notes}]
    return json.dumps(
        {
            "format": "pcu-manifest", "version": "1", "function": "original", "sender": "FORWARDER",
            "message_ref": "F-1", "manifest_number": "F-1",
            "conveyance": {"mode": "rail", "identifier": "8021", "voyage": "8021", "eta": "2026-11-24T15:00"},
            "equipment": [*wagons, *(box for box, _bill in notes)],
            "consignments": [bill for _box, bill in notes],
        }
    ).encode()  # fmt: skip


def test_a_workbook_alone_is_read_scored_and_agrees_with_itself(push):
    submission = push(workbook())
    assert (submission.status, submission.format, submission.accepted_count) == ("done", "rail-xlsx", 2)
    assert set(EquipmentVisit.objects.values_list("number", "kind")) == {
        ("94233459", "wagon"), ("TEMU6180477", "container"), ("TCLU9044219", "container"), ("94188620", "wagon"),
    }  # fmt: skip
    assert Consignment.objects.count() == 2
    check = check_train(submission)
    assert [extra.number for extra in check.extra] == ["TCLU9044219"]
    assert check.extra[0].unit.is_empty
    assert (check.listed, check.missing, check.different) == (3, [], [])


def test_a_list_is_held_against_notes_that_others_sent(push):
    push(
        message(
            note("21847733", "TEMU6180477", wagon="94233467", seal="CN8841207"),
            note("21900001", "CAIU7302318", wagon="94233475"),
        )
    )
    listed = {**WAGON_ROWS[0], "tare_kg": 3700, "gross_kg": 16298, "document_no": "21847799"}
    check = check_train(push(workbook(wagons=[listed, WAGON_ROWS[1]], notes=[])))
    assert [(one.visit.number, one.documents) for one in check.missing] == [("CAIU7302318", ["21900001"])]
    assert [extra.number for extra in check.extra] == ["TCLU9044219"]
    assert {(one.what, one.listed, one.told) for one in check.different} == {
        ("wagon", "94233459", "94233467"),
        ("seals", "CN8841270, KZ1", "CN8841207"),
        ("note", "21847799", "21847733"),
        ("weight", "12598", "10000"),
    }


@pytest.mark.parametrize(
    ("noted", "listed", "differs"),
    [(10000, 10500, False), (10000, 10501, True), (8000, 8400, False), (8000, 8401, True), (8000, 7599, True)],
)
def test_weights_differ_past_five_percent_or_half_a_tonne(push, noted, listed, differs):
    push(message(note("1", "TEMU6180477", wagon="94233459", gross=noted)))
    row = {"wagon": "94233459", "container": "TEMU6180477", "tare_kg": 3700, "gross_kg": 3700 + listed}
    check = check_train(push(workbook(wagons=[row], notes=[])))
    assert [one.what for one in check.different] == (["weight"] if differs else [])


def test_a_note_that_comes_late_makes_the_same_list_complete(push):
    submission = push(workbook(wagons=WAGON_ROWS[:1], notes=[]))
    assert [extra.number for extra in check_train(submission).extra] == ["TEMU6180477"]
    push(message(note("21847733", "TEMU6180477", wagon="94233459")))
    assert check_train(submission).agrees


def test_a_list_is_not_held_against_an_earlier_state_of_itself(push):
    first = {**WAGON_ROWS[0], "seals": "A1"}
    push(workbook(wagons=[first], notes=NOTE_ROWS[:2]))
    again = workbook({**HEAD, "function": "замена"}, wagons=[{**first, "seals": "B2"}], notes=NOTE_ROWS[:2])
    assert check_train(push(again)).different == []


def test_a_withdrawn_note_names_nothing(push):
    submission = push(workbook(wagons=WAGON_ROWS[:1], notes=NOTE_ROWS[:2]))
    push(workbook({**HEAD, "function": "отмена"}, wagons=WAGON_ROWS[:1], notes=NOTE_ROWS[:1]))
    assert [extra.number for extra in check_train(submission).extra] == ["TEMU6180477"]


def test_what_is_on_the_list_without_a_note_is_scored_as_equipment_without_a_bill(push):
    push(workbook(wagons=[{"wagon": "94233459", "container": "TEMU6180477", "fill": "full"}], notes=[]))
    visit = EquipmentVisit.objects.get(number="TEMU6180477")
    assert visit.assessments.count() == 1
    assert Case.objects.filter(visits=visit).count() <= 1


def test_a_check_only_or_another_format_has_nothing_to_hold_against(push):
    assert check_train(push(workbook(), dry_run=True)) is None
    assert check_train(push(message(note("1", "TEMU6180477", wagon="94233459")))) is None


@pytest.mark.parametrize("form", ["xlsx", "xml", "json"])
def test_the_same_list_is_held_against_notes_in_whatever_form_it_comes(push, form):
    forwarded = message(
        note("21847733", "TEMU6180477", wagon="94233459", seal="CN1"), note("9", "CAIU7302318", wagon="1")
    )
    push(forwarded.replace(b"2026-11-24T15:00", b"2026-11-24T14:00"))
    submission = push(filled("train", form))
    assert has_train_list(submission)
    check = check_train(submission)
    assert (check.call.voyage, check.listed) == ("8021", 2)
    assert [(one.visit.number, one.documents) for one in check.missing] == [("CAIU7302318", ["9"])]
    assert [one.number for one in check.extra] == ["94188620"]
    assert [(one.what, one.listed, one.told) for one in check.different] == [("seals", "CN1, KZ2", "CN1")]


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_list_in_another_form_is_no_second_opinion(push, form):
    push(workbook({**HEAD, "train": "8021"}, wagons=[{**WAGON_ROWS[0], "seals": "OTHER"}], notes=NOTE_ROWS[:2]))
    assert not [one for one in check_train(push(filled("train", form))).different if one.what == "seals"]


@pytest.mark.parametrize("form", ["xlsx", "xml", "json"])
def test_another_note_is_no_train_list(push, form):
    submission = push(filled("smgs", form))
    assert not has_train_list(submission)
    assert check_train(submission) is None


def test_lists_of_every_form_are_found_through_the_api_and_other_notes_are_not(push, client, people):
    lists = {str(push(filled("train", form)).ref) for form in ("xlsx", "xml", "json")}
    push(filled("cmr", "json"))
    client.force_login(people[0])
    assert {one["ref"] for one in client.get("/api/v1/train-lists/").json()["results"]} == lists


@pytest.fixture
def people(altynkol):
    abroad = factories.UnitFactory(code="DSB", parent__code="TJ")
    return factories.person(altynkol), factories.person(abroad)


def test_page_and_api_show_the_check_to_the_unit_and_not_to_others(push, client, people, client_system):
    officer, outsider = people
    submission = push(workbook(wagons=WAGON_ROWS[:2], notes=[]))
    page, api = f"/submissions/{submission.ref}/train-list/", f"/api/v1/train-lists/{submission.ref}/"
    client.force_login(officer)
    text = client.get(page).content.decode()
    assert "TEMU 618047" in text
    assert "8021" in text
    assert client.get(api).json()["extra"][0]["equipment"] == "TEMU6180477"
    assert page in client.get(f"/submissions/{submission.ref}/").content.decode()
    assert client.get("/templates/train-list.xlsx").content.startswith(b"PK")
    client.force_login(outsider)
    assert (client.get(page).status_code, client.get(api).status_code) == (404, 404)
    bearer = {"Authorization": f"Token {factories.token_of(client_system)}"}
    client.logout()
    assert client.get(api, headers=bearer).status_code == 403
