"""A rule built in a real browser: the conditions with the keyboard alone, then proposed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from pcu.accounts.models import Unit
from pcu.accounts.roles import Role
from profiling.rules import drafts
from profiling.rules.models import Proposal, RuleDraft
from tests.browser.conftest import PHONE, SHOTS, SignIn
from tests.factories import person
from tests.rules.written import said
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"width": 1440, "height": 900}


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"rule-edit-{name}.png", caret="initial", full_page=True)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), name


def saved(page: Page) -> int:
    return int(page.locator("#editor [name=edit]").input_value())


def test_a_rule_is_built_with_the_keyboard_and_proposed(sign_in: SignIn, unit: Unit) -> None:
    analyst = person(unit.parent, Role.ANALYST)
    analyst.set_password(cargo.PASSWORD)
    analyst.save()
    draft = drafts.start(unit=unit.parent, user=analyst, said=said(condition={}))
    page = sign_in(analyst, DESK)
    page.goto(f"/rules/drafts/{draft.ref}/edit/")
    page.locator("h1").click()
    page.keyboard.press("c")
    expect(page.locator("[id='c.1.fact']")).to_be_focused()
    page.keyboard.type("gross_kg")
    page.keyboard.press("Tab")
    expect(page.locator("[id='c.1.op'] option[value=gt]")).to_be_attached()
    page.locator("[id='c.1.op']").focus()
    page.locator("[id='c.1.op']").select_option("gt")
    expect(page.locator("[id='c.1.value']")).to_be_visible()
    page.locator("[id='c.1.value']").focus()
    page.keyboard.type("heavy")
    page.keyboard.press("Tab")
    expect(page.locator("[id='c.1.err']")).to_be_visible()
    expect(page.locator("[id='c.1.value']")).to_have_value("heavy")
    shot(page, "wrong")
    page.locator("[id='c.1.value']").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("20000")
    page.keyboard.press("Tab")
    expect(page.locator(".ru-say")).to_contain_text("20,000")
    shot(page, "desk")
    page.set_viewport_size({"width": 1024, "height": 768})
    shot(page, "1024")
    page.set_viewport_size(PHONE)
    shot(page, "phone")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(DESK)
    shot(page, "dark")
    page.locator("button[value=propose]").click()
    page.wait_for_url("**/rules/of/**")
    assert Proposal.objects.get().version.condition == {"all": [{"lhs": "gross_kg", "op": "gt", "value": 20000}]}
    assert RuleDraft.objects.get().closed_at is not None
