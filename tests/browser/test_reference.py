"""The reference page, looked at: desk, phone, dark; a code is looked up and the file behind it is found."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import Page, expect

from pcu.accounts.models import Unit
from pcu.accounts.roles import Role
from profiling.codelists.services import load
from profiling.codelists.starter import load_starter
from profiling.reference.files.rows import Kind
from tests.browser.conftest import DESK, PHONE, SHOTS, SignIn
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def loaded(kind: Kind, content: str, name: str, **options: str) -> None:
    load(kind=kind, stream=io.BytesIO(content.encode()), file_name=name, **options)  # type: ignore[arg-type]


def looked_at(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_code_is_looked_up_from_the_menu(unit: Unit, sign_in: SignIn) -> None:
    load_starter()
    rates = "day,currency,units,value,base,source\n2026-11-24,USD,1,500.5,KZT,nbk\nsoon,EUR,1,1,KZT,nbk\n"
    loaded(Kind.RATES, rates, "rates-of-the-day.csv")
    loaded(Kind.PACKAGES, "code,name\nZX,Crate for one zebra\n", "rec21_rev12e.csv")
    loaded(Kind.HS, "code;description;наименование\n9801;Zebras;Зебры\n", "hs.csv", edition="2017")
    analyst = cargo.person(unit, Role.ANALYST, "analyst")
    page = sign_in(analyst, size=DESK)
    page.get_by_role("link", name="Reference", exact=True).first.click()
    expect(page.get_by_role("heading", name="Reference data")).to_be_visible()
    expect(page.locator("tr[data-load]")).to_have_count(4)
    looked_at(page, "reference-desk")
    page.get_by_label("Code or name").fill("altyn")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator("tr[data-row=KZ-ALTYNKOL]")).to_contain_text("Алтынколь")
    page.locator("tr[data-load] summary").click()
    expect(page.get_by_text("This is no date.")).to_be_visible()
    looked_at(page, "reference-found")
    phone = sign_in(analyst, size=PHONE)
    phone.goto("/reference/?q=al")
    expect(phone.locator("tr[data-row=UZ-GALABA]")).to_be_visible()
    looked_at(phone, "reference-phone")
    dark = sign_in(analyst, size=DESK, scheme="dark")
    dark.goto("/reference/?q=nothing+like+it")
    expect(dark.get_by_text("No loaded list has this code or name")).to_be_visible()
    looked_at(dark, "reference-dark")
