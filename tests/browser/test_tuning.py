"""From the button at the case to the ledger and back, and the cut line of the queue, in a real browser."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases.models import Case, TuningRequest
from tests.browser.conftest import DESK, PHONE, SHOTS, SignIn
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def leader(unit: Unit) -> User:
    return cargo.person(unit, Role.SUPERVISOR, username="yerlan")


@pytest.fixture
def analyst(unit: Unit) -> User:
    assert unit.parent
    return cargo.person(unit.parent, Role.ANALYST, username="asel")


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", caret="initial")


def test_what_an_officer_says_of_a_rule_lands_in_the_ledger_and_is_answered(
    sign_in: SignIn, officer: User, analyst: User, scored: list[Case]
) -> None:
    case = max(scored, key=lambda one: one.score)
    page = sign_in(officer)
    page.goto(f"/cases/{case.ref}/")
    page.keyboard.press("h")
    page.locator("#decision").get_by_label("Grounds").fill("Two seals in a week")
    first = page.locator(".tune").first
    first.get_by_text("Needs tuning").click()
    first.get_by_role("button", name="Ask for tuning").click()
    expect(first).to_contain_text("Say what is wrong with the rule.")
    first.get_by_label("What is wrong with it").fill("It fires for every reefer")
    shot(page, "tuning-ask")
    first.get_by_role("button", name="Ask for tuning").click()
    expect(first).to_contain_text("You asked for tuning")
    # the decision that was being written is as it was
    expect(page.locator("#decision").get_by_label("Grounds")).to_have_value("Two seals in a week")
    asked = TuningRequest.objects.get()

    ledger = sign_in(analyst)
    ledger.goto("/rules/")
    told = ledger.locator(".lg-asked")
    told.get_by_text("1 officer asked for tuning").click()
    expect(told).to_contain_text("It fires for every reefer")
    shot(ledger, "tuning-ledger")
    told.get_by_label("What became of it").fill("Reefers are let off from Monday")
    told.get_by_role("button", name="Answer and close").click()
    expect(ledger.locator(".lg-asked")).to_have_count(0)
    asked.refresh_from_db()
    assert asked.closed_by == analyst

    page.goto(f"/cases/{case.ref}/")
    first.get_by_text("Your request for tuning was answered").click()
    expect(first).to_contain_text("Reefers are let off from Monday")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_line_follows_what_is_stated_and_the_filters(
    sign_in: SignIn, leader: User, scored: list[Case], size: dict[str, int]
) -> None:
    cache.clear()
    page = sign_in(leader)
    page.set_viewport_size(size)
    page.goto("/")
    expect(page.locator(".cutline")).to_have_count(0)
    page.goto("/rules/capacity/")
    page.get_by_label("Inspections a shift").fill("2")
    page.get_by_label("Hours of a shift").fill("24")
    page.get_by_label("A shift begins at").fill("00:00")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("The cut line of the queue follows at once.")
    page.goto("/")
    expect(page.locator("#queue-hands")).to_contain_text("2 of 2 inspections left")
    rows = page.locator("#queue-rows tbody tr")
    expect(rows.nth(2)).to_have_class("cutline")
    expect(page.locator("tr.below")).to_have_count(len(scored) - 2)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    shot(page, f"cut-line-{'desk' if size == DESK else 'phone'}")
    if size == DESK:
        for _each in range(3):
            page.keyboard.press("j")  # over the line, which is no row
        expect(page.locator("tr.below").first).to_be_visible()
        page.get_by_label("Case, container, bill, consignee").fill("nothing of the kind")
        expect(page.locator("#queue-rows")).to_contain_text("Nothing matches these filters")
        expect(page.locator(".cutline")).to_have_count(0)
        expect(page.locator("#queue-hands")).to_contain_text("2 of 2 inspections left")
