"""The boxes of a note are corrected in the browser, and documents are sent with a manifest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pcu.accounts.models import Unit
from pcu.accounts.roles import Role
from profiling.cargo.models import Submission
from profiling.intake import boxes
from tests.browser.conftest import DESK, PHONE, SHOTS
from tests.factories_documents import pdf
from tests.intake.conftest import do_all_jobs
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(sign_in: Callable[..., Page], unit: Unit) -> Page:
    SHOTS.mkdir(parents=True, exist_ok=True)
    return sign_in(cargo.person(unit, Role.SUPERVISOR, "lead"))


def is_as_wide_as_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_supervisor_corrects_a_box_and_is_told_what_is_wrong(page: Page, unit: Unit, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    page.goto("/templates/")
    page.get_by_role("link", name="Boxes, CMR consignment notes").click()
    heading = page.get_by_label("Heading in Russian: Масса брутто, кг / Gross mass, kg")
    heading.fill("")
    page.get_by_role("button", name="Keep for Altynkol").click()
    expect(page.get_by_text("A box needs a heading in both languages.")).to_be_visible()
    assert is_as_wide_as_the_screen(page)
    page.screenshot(path=SHOTS / f"boxes-wrong-{size['width']}.png", full_page=True)
    heading.fill("Вес с паллетами")
    page.get_by_role("button", name="Keep for Altynkol").click()
    expect(page.get_by_text("in the table: Масса брутто, кг")).to_be_visible()
    assert is_as_wide_as_the_screen(page)
    page.screenshot(path=SHOTS / f"boxes-{size['width']}.png")
    page.goto("/templates/")
    expect(page.get_by_text("as Altynkol corrects them")).to_be_visible()
    assert is_as_wide_as_the_screen(page)
    page.screenshot(path=SHOTS / f"templates-{size['width']}.png")
    assert boxes.agreed_boxes(unit)["note_boxes"]["cmr"] == {"notes": {"gross_kg": {"ru": "Вес с паллетами"}}}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_documents_are_sent_with_a_manifest(page: Page, size: dict[str, int], tmp_path: Path) -> None:
    page.set_viewport_size(size)
    invoice, letter = tmp_path / "invoice.pdf", tmp_path / "letter.exe"
    invoice.write_bytes(pdf(["INVOICE No 7"]))
    letter.write_bytes(b"MZ\x90")
    page.goto("/submissions/upload/")
    page.get_by_label("File", exact=True).set_input_files(cargo.FIXTURES / "rail.json")
    page.get_by_label("Documents that belong to it").set_input_files([invoice, letter])
    assert is_as_wide_as_the_screen(page)
    page.screenshot(path=SHOTS / f"upload-documents-{size['width']}.png", full_page=True)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.wait_for_url("**/submissions/*-*/")
    do_all_jobs(Submission.objects.latest("pk"))
    page.reload()
    expect(page.get_by_text("letter.exe was not taken", exact=False)).to_be_visible()
    assert is_as_wide_as_the_screen(page)
    page.screenshot(path=SHOTS / f"sent-documents-{size['width']}.png", full_page=True)
    page.get_by_role("link", name="invoice.pdf").click()
    expect(page.get_by_text("came with it").first).to_be_visible()
