"""The page of boxes: seen by all who read, corrected by who leads the unit, and the files follow."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.formats.note_boxes import BY_CODE, NOTES
from profiling.formats.note_corrections import sheets_of
from profiling.intake import boxes
from profiling.intake.models import NoteBoxes
from tests.web import cargo
from tests.web.conftest import signed_in
from tests.web.pages import holds_something_inline, text

pytestmark = pytest.mark.django_db
CMR = BY_CODE["cmr"]


@pytest.fixture
def supervisor(unit: Unit) -> User:
    return cargo.person(unit, Role.SUPERVISOR)


@pytest.fixture
def lead(supervisor: User) -> Client:
    return signed_in(supervisor)


def form(**changed: str) -> dict[str, str]:
    """The form of the CMR note as the table has it, with some of it changed: `notes__gross_kg__ru="…"`."""
    said = {}
    for table, sheet in sheets_of(CMR).items():
        for column in sheet.columns:
            for name in ("box", "ru", "en"):
                said[f"{table}.{column.key}.{name}"] = str(getattr(column, name))
            said[f"{table}.{column.key}.field"] = column.key
    return said | {name.replace("__", "."): value for name, value in changed.items()}


def keep(client: Client, version: int = 0, node: str = "ALT", do: str = "correct", **changed: str) -> Any:
    return client.post(address(), {**form(**changed), "version": version, "node": node, "do": do})


def address(code: str = "cmr") -> str:
    return reverse("note_boxes", args=[code])


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.code)
def test_every_note_shows_its_boxes_with_their_source(desk: Client, note: Any) -> None:
    response = desk.get(address(note.code))
    page = text(response)
    assert not holds_something_inline(response)
    assert "no public specification" in page
    for sheet in sheets_of(note).values():
        for column in sheet.columns:
            assert column.ru in page
    assert "<select" not in page, "an officer corrects nothing"
    assert address(note.code) in text(desk.get(reverse("note_templates")))


def test_a_supervisor_corrects_and_the_files_and_the_list_follow(lead: Client, desk: Client) -> None:
    answer = keep(lead, notes__gross_kg__ru="Вес с паллетами", notes__gross_kg__box="11a")
    assert answer.status_code == 302
    assert NoteBoxes.objects.get().corrections == {"notes": {"gross_kg": {"ru": "Вес с паллетами", "box": "11a"}}}
    page = text(lead.get(answer.url))
    assert "Вес с паллетами" in page
    assert "in the table: Масса брутто, кг" in page
    assert "as Altynkol corrects them" in text(desk.get(reverse("note_templates")))
    book = CalamineWorkbook.from_filelike(io.BytesIO(desk.get(reverse("note_template", args=["cmr", "xlsx"])).content))
    assert "Вес с паллетами / Gross mass, kg" in book.get_sheet_by_index(2).to_python()[0]
    assert "Вес с паллетами" in text(desk.get(reverse("note_template", args=["cmr", "xml"])))


def test_a_field_that_is_chosen_is_the_member_of_the_sample(lead: Client) -> None:
    assert keep(lead, notes__hs__field="gng").status_code == 302
    sample = json.loads(lead.get(reverse("note_template", args=["cmr", "json"])).content)
    assert "gng" in sample["notes"][0]
    assert "hs" not in sample["notes"][0]


def test_a_unit_elsewhere_keeps_the_table(lead: Client, outside: Client) -> None:
    keep(lead, notes__gross_kg__ru="Вес с паллетами")
    assert "Вес с паллетами" not in text(outside.get(address()))
    assert "Вес с паллетами" not in text(outside.get(reverse("note_template", args=["cmr", "xml"])))
    assert outside.get(f"{address()}?node=ALT").status_code == 404
    assert keep(outside).status_code == 404


def test_what_is_wrong_stands_beside_its_box_and_nothing_said_is_lost(lead: Client) -> None:
    answer = keep(lead, notes__hs__field="truck", notes__hs__ru="Код <груза>", notes__marks__en="")
    page = text(answer)
    assert answer.status_code == 422
    assert 'value="Код &lt;груза&gt;"' in page
    assert 'aria-describedby="e-notes.marks.en"' in page
    assert "A box needs a heading in both languages." in page
    assert not NoteBoxes.objects.exists()
    page = text(keep(lead, notes__hs__field="truck"))
    assert 'id="e-notes.hs.field"' in page
    assert "is read into this field already" in page


def test_what_others_corrected_meanwhile_is_not_overwritten(lead: Client, unit: Unit, supervisor: User) -> None:
    boxes.correct(unit=unit, note=CMR, user=supervisor, corrections={"notes": {"hs": {"box": "10b"}}})
    answer = keep(lead, version=0, notes__hs__box="10c")
    assert answer.status_code == 409
    assert 'value="10b"' in text(answer)
    assert keep(lead, version=1, notes__hs__box="10c").status_code == 302
    assert keep(lead, version="x").status_code == 409


def test_further_headings_that_the_form_does_not_ask_are_kept(lead: Client, unit: Unit, supervisor: User) -> None:
    also = {"notes": {"gross_kg": {"also": ["Bruttogewicht"], "hint_en": "on the scale"}}}
    boxes.correct(unit=unit, note=CMR, user=supervisor, corrections=also)
    assert keep(lead, version=1, notes__gross_kg__box="12").status_code == 302
    assert NoteBoxes.objects.get().corrections["notes"]["gross_kg"] == also["notes"]["gross_kg"] | {"box": "12"}


def test_corrections_are_withdrawn(lead: Client, unit: Unit) -> None:
    keep(lead, notes__hs__box="10b")
    assert keep(lead, version=1, do="withdraw").status_code == 302
    assert not NoteBoxes.objects.exists()


def test_a_country_corrects_for_its_units_and_a_unit_goes_before_it(unit: Unit, lead: Client) -> None:
    keeper = signed_in(cargo.person(unit.parent, Role.ADMINISTRATOR, "keeper"))
    page = text(keeper.get(address()))
    assert 'href="?node=KZ"' in page
    assert keep(keeper, node="KZ", notes__hs__box="10k").status_code == 302
    page = text(lead.get(address()))
    assert 'value="10k"' in page
    assert "As Kazakhstan corrects them" in page
    assert keep(lead, notes__hs__box="10u").status_code == 302
    assert boxes.agreed_boxes(unit)["note_boxes"]["cmr"]["notes"]["hs"] == {"box": "10u"}
    assert keep(lead, node="KZ").status_code == 404


def test_an_officer_and_an_auditor_correct_nothing(desk: Client, reading: Client) -> None:
    for client in (desk, reading):
        assert keep(client, notes__hs__box="1").status_code == 403
    assert not NoteBoxes.objects.exists()


def test_strangers_and_unknown_notes_get_nothing(client: Client, desk: Client) -> None:
    assert client.get(address()).status_code == 302
    assert desk.get(address("letter")).status_code == 404
