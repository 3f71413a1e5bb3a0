"""Statistics and the list of late cases, looked at: desk, phone, dark; nothing is wider than the screen."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases import services
from profiling.cases.models import Referral
from tests import factories
from tests.browser.conftest import PHONE, SHOTS, SignIn
from tests.statistics import world
from tests.statistics.world import Act, Came, Flag, Said, Taken
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1366, "height": 900}
ADDRESS = "/statistics/?since=2026-03-02&until=2026-05-10"


@pytest.fixture
def units() -> list[Unit]:
    return world.units()[:2]


@pytest.fixture
def supervisor(units: list[Unit]) -> User:
    return cargo.person(units[0].parent, Role.SUPERVISOR, "head")


def ten_weeks(units: list[Unit]) -> None:
    """Some work on every third day, the same on every run."""
    rng = random.Random(7)
    sums = {"tobacco": ("sticks", 84_000), "precursors": ("kg", 450), "counterfeit": ("pcs", 1_200)}
    for place in range(70):
        kind = rng.choice(list(sums))
        unit, most = sums[kind]
        found = rng.random() < 0.25
        methods = {method: {"done": True} for method in rng.sample(["scan", "dog", "tailgate", "full_devanning"], 2)}
        taken = [Taken(commodity=kind, quantity=Decimal(rng.randrange(1, most)), quantity_unit=unit)] if found else []
        ended = rng.random()
        flag = Flag(
            hours=24 * place, origin="sample" if rng.random() < 0.3 else "rules", rules=("R-1", "R-2")[: place % 3]
        )
        flag.decisions = [Said(at=1)]
        if ended < 0.7:
            flag.acts = [Act(methods=methods, agencies=("customs", "police")[: 1 + place % 2], taken=taken)]
            flag.outcomes = [Came("found" if found else "clean", commodity=kind if found else "")]
            flag.state, flag.disposition = "closed", "inspected_found" if found else "inspected_clean"
        elif ended < 0.9:
            flag.decisions = [Said("no_examination", (rng.choice(["known_good", "explained", "no_capacity"]),), 2)]
            flag.state, flag.disposition = "closed", "no_examination"
        else:
            flag.late = True
        world.build(flag, units[place % 4 == 0])
        world.unflagged(units[0], hours=24 * place, boxes=2)


def looked_at(page: Page, name: str) -> None:
    """No page is wider than its screen; the picture is kept for those who look."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_statistics_are_read_on_desk_and_phone_and_taken_away(units, supervisor, sign_in: SignIn):
    ten_weeks(units)
    page = sign_in(supervisor, size=DESK)
    page.goto(f"{ADDRESS}&unit=KZ&group=unit")
    expect(page.locator(".st-plot .st-dot")).to_have_count(10)
    looked_at(page, "statistics-desk")
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    assert download.value.suggested_filename == "statistics-KZ-2026-03-02-2026-05-10.xlsx"
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    download.value.save_as(SHOTS / "statistics.pdf")
    page.select_option("#id_unit", "ALT")
    page.select_option("#id_group", "rule")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="By rule")).to_be_visible()
    page.goto(f"{ADDRESS}&until=2026-01-01")
    expect(page.get_by_role("alert")).to_contain_text("before the first")
    looked_at(page, "statistics-error")
    phone = sign_in(supervisor, size=PHONE)
    phone.goto(f"{ADDRESS}&unit=KZ&group=unit")
    looked_at(phone, "statistics-phone")
    dark = sign_in(supervisor, size=DESK, scheme="dark")
    dark.goto(f"{ADDRESS}&unit=KZ")
    looked_at(dark, "statistics-dark")


def test_late_cases_are_found_from_the_queue_and_one_that_never_came_is_closed(units, supervisor, sign_in: SignIn):
    now = timezone.now()
    for hours, unit in ((1, 0), (30, 0), (200, 1), (12, 0)):
        case = factories.case_in(
            units[unit], due_at=now - timedelta(hours=hours), consignee="ТОО «Нұр Жол»", conveyance="X9017 train",
            equipment_number="TEMU6180477",
        )  # fmt: skip
    services.claim(case=case, user=supervisor)
    taken = factories.case_in(units[0], due_at=now - timedelta(hours=70), state="referred")
    factories.ReferralFactory(case=taken, state=Referral.State.TAKEN)
    factories.HoldFactory(case=taken)
    factories.HoldFactory(
        case=factories.case_in(units[0], state="closed", disposition="inspected_clean", closed_at=now)
    )
    page = sign_in(supervisor, size=DESK)
    page.get_by_role("link", name="Past their clock").click()
    page.select_option("#od-unit", "")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("[data-row]")).to_have_count(5)
    looked_at(page, "overdue-desk")
    page.get_by_role("link", name="Closed, equipment still held").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    looked_at(page, "overdue-held")
    phone = sign_in(supervisor, size=PHONE)
    phone.goto("/cases/overdue/")
    looked_at(phone, "overdue-phone")
    dark = sign_in(supervisor, size=DESK, scheme="dark")
    dark.goto("/cases/overdue/")
    looked_at(dark, "overdue-dark")
    page.goto(f"/cases/{case.ref}/")
    page.get_by_text("It never arrived").click()
    looked_at(page, "never-arrived")
    page.get_by_role("button", name="Close: never arrived").click()
    expect(page.get_by_text("Say how you know that it never arrived.")).to_be_visible()
    page.get_by_label("How you know").fill("The train came without it")
    page.get_by_role("button", name="Close: never arrived").click()
    expect(page.get_by_text("Closed, never arrived")).to_be_visible()
    looked_at(page, "never-arrived-closed")
