"""Templates of notes: the page lists them all, every file is what the readers take, and strangers get none."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse

from profiling.formats.note_boxes import NOTES
from profiling.formats.registry import detect
from profiling.web.note_templates import FORMS
from tests.web.pages import holds_something_inline, text

pytestmark = pytest.mark.django_db


def test_the_page_lists_every_note_with_its_files(desk: Client) -> None:
    response = desk.get(reverse("note_templates"))
    page = text(response)
    assert not holds_something_inline(response)
    for note in NOTES:
        assert note.title in page
        for form in FORMS:
            assert f'href="{reverse("note_template", args=[note.code, form])}"' in page
    assert reverse("note_templates") in text(desk.get(reverse("upload")))


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("code", [note.code for note in NOTES])
def test_a_file_is_handed_out_that_its_reader_takes(desk: Client, code: str, form: str) -> None:
    response = desk.get(reverse("note_template", args=[code, form]))
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="pcu-{code}.{form}"'
    reader = detect(io.BytesIO(response.content))
    assert reader is not None
    assert reader.name == ("rail-xlsx" if (code, form) == ("train", "xlsx") else f"note-{form}")


def test_the_old_address_of_the_rail_workbook_still_works(desk: Client) -> None:
    response = desk.get("/templates/train-list.xlsx")
    assert response.status_code == 200
    assert response["Content-Disposition"] == 'attachment; filename="pcu-train-list.xlsx"'
    reader = detect(io.BytesIO(response.content))
    assert reader is not None
    assert reader.name == "rail-xlsx"


@pytest.mark.parametrize("args", [["letter", "xlsx"], ["cmr", "doc"]], ids=["note", "form"])
def test_what_there_is_not_is_not_found(desk: Client, args: list[str]) -> None:
    assert desk.get(reverse("note_template", args=args)).status_code == 404


def test_strangers_get_neither_page_nor_file(client: Client) -> None:
    for address in (reverse("note_templates"), reverse("note_template", args=["cmr", "xlsx"])):
        assert client.get(address).status_code == 302


def test_only_reading_is_allowed(desk: Client) -> None:
    assert desk.post(reverse("note_templates")).status_code == 405
    assert desk.post(reverse("note_template", args=["cmr", "xlsx"])).status_code == 405
