"""A warning from Altynkol to Chukursay by two people: composed, sent, read, acknowledged, answered, credited."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from exchanges.models import PartnerWarning
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases.models import Case, Outcome
from tests import factories
from tests import factories_exchanges as made
from tests.browser.conftest import PHONE, SHOTS, SignIn
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LAPTOP = {"width": 1366, "height": 900}


@pytest.fixture
def altynkol(db: None) -> Unit:
    return cargo.working_unit(cargo.country())


@pytest.fixture
def chukursay(db: None) -> Unit:
    return cargo.working_unit(cargo.country("UZ", "Uzbekistan"), "CHU", "Chukursay")


def named(unit: Unit, role: Role, username: str, first: str, last: str) -> User:
    user = cargo.person(unit, role, username)
    user.first_name, user.last_name = first, last
    user.save()
    return user


@pytest.fixture
def liaison(altynkol: Unit) -> User:
    return named(altynkol, Role.LIAISON, "gulnar", "Gulnar", "Tleubayeva")


@pytest.fixture
def receiver(chukursay: Unit) -> User:
    return named(chukursay, Role.OFFICER, "otabek", "Otabek", "Yoldoshev")


@pytest.fixture
def case(altynkol: Unit) -> Case:
    case = made.case_to_warn_of(altynkol, boxes=2, equipment_number="TCLU9044158", equipment_count=2)
    first, second = case.visits.order_by("pk")
    for visit, number in ((first, "TCLU9044158"), (second, "TEMU6180477")):
        type(visit).objects.filter(pk=visit.pk).update(number=number, number_as_written=number)
    return case


def shoot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"warning-{name}.png", caret="initial")


def is_wider_than_its_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_a_warning_goes_from_altynkol_to_chukursay_and_comes_back_as_credit(
    sign_in: SignIn, liaison: User, receiver: User, case: Case, chukursay: Unit
) -> None:
    ours, theirs = sign_in(liaison, size=LAPTOP), sign_in(receiver, size=LAPTOP)
    ours.goto(f"/cases/{case.ref}/#warnings")
    ours.get_by_role("link", name="Warn another unit").click()
    ours.get_by_label("To", exact=True).select_option("CHU")
    ours.get_by_label("In short").fill("Plastic ware, seal differs")
    shoot(ours, "compose")
    ours.get_by_role("button", name="Look at the draft").click()
    expect(ours.get_by_role("alert").first).to_contain_text("Something is missing")
    expect(ours.get_by_label("In short")).to_have_value("Plastic ware, seal differs")
    ours.get_by_label("Grounds, as the other side reads them").fill(
        "Same shipper and notify party as our find of 11 November. The seal on arrival differs from the rail note."
    )
    ours.get_by_label("What is asked").select_option("unload")
    ours.get_by_label("Urgency", exact=True).last.select_option("urgent")
    ours.get_by_role("button", name="Look at the draft").click()
    expect(ours.locator(".msg-info")).to_contain_text("Chukursay will read exactly this")
    expect(ours.locator("#body")).to_contain_text("TCLU 904415 8")
    expect(ours.locator("#body")).not_to_contain_text("Karim")
    shoot(ours, "draft")
    ours.get_by_role("button", name="Send to Chukursay").click()
    expect(ours.locator(".flow .is-done")).to_have_count(1)

    theirs.goto("/messages/")
    expect(theirs.locator(".side .n-hot")).to_contain_text("1")
    shoot(theirs, "inbox")
    theirs.locator(".th").click()
    expect(theirs.locator("#body")).to_contain_text("Same shipper and notify party")
    shoot(theirs, "received")
    theirs.get_by_role("button", name="Acknowledge").click()
    expect(theirs.locator(".ms-ev")).to_contain_text("acknowledged by Otabek Yoldoshev")
    theirs.wait_for_load_state()  # a key pressed before its scripts run is lost
    theirs.get_by_label("Text").fill("When did it leave?")
    theirs.get_by_label("Question", exact=True).check()
    theirs.keyboard.press("Control+Enter")
    expect(theirs.locator(".ms-scroll")).to_contain_text("When did it leave?")

    warning = PartnerWarning.objects.get()
    ours.goto(f"/messages/{warning.thread.ref}/")
    expect(ours.locator(".ms-m.is-asked")).to_contain_text("When did it leave?")
    shoot(ours, "asked")
    ours.get_by_label("Text").fill("On train 8015, this morning.")
    ours.keyboard.press("Control+Enter")
    expect(ours.locator(".ms-m.is-asked")).to_have_count(0)

    theirs.goto(f"/messages/{warning.thread.ref}/")
    theirs.get_by_role("link", name="Give feedback").click()
    theirs.wait_for_url("**/feedback/")
    theirs.get_by_label("Yes", exact=True).first.check()
    theirs.get_by_label("Found", exact=True).check()
    theirs.get_by_label("TCLU 904415 8").check()
    theirs.get_by_label("What was done").select_option("full_devanning")
    theirs.get_by_label("What was found").select_option("tobacco")
    theirs.get_by_label("How much").fill("612,000 cigarettes")
    theirs.get_by_label("Seized").check()
    theirs.get_by_label("New facts, for the other side").fill("Behind the first two rows of cartons, no false wall.")
    shoot(theirs, "feedback")
    theirs.get_by_role("button", name="Send feedback").click()
    expect(theirs.locator(".fbk")).to_contain_text("612,000 cigarettes")
    expect(theirs.locator(".ms-scroll")).not_to_contain_text("R-1")

    ours.goto(f"/messages/{warning.thread.ref}/")
    expect(ours.locator(".flow .is-find")).to_contain_text("Found")
    expect(ours.locator(".ms-side")).to_contain_text("seizure further down the line")
    expect(ours.locator(".ms-ev").last).to_contain_text("It counts for R-1")
    shoot(ours, "answered")
    outcome = Outcome.objects.get()
    assert (outcome.case, outcome.visit.number, outcome.result) == (case, "TCLU9044158", "found")
    ours.goto(f"/cases/{case.ref}/#warnings")
    expect(ours.locator("#warnings")).to_contain_text("answered")
    shoot(ours, "case")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_messages_fit_a_phone(
    sign_in: SignIn, liaison: User, receiver: User, case: Case, chukursay: Unit, scheme: str
) -> None:
    warning = made.warning_to(chukursay, case=case, user=liaison, urgency="flash")
    page = sign_in(receiver, size=PHONE, scheme=scheme)
    page.goto("/messages/")
    assert not is_wider_than_its_window(page)
    shoot(page, f"phone-inbox-{scheme}")
    page.locator(".th").click()
    page.wait_for_url(re.compile(str(warning.thread.ref)))
    assert not is_wider_than_its_window(page)
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"warning-phone-thread-{scheme}.png", caret="initial", full_page=True)
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    page.get_by_role("link", name="Give feedback").click()
    page.wait_for_url("**/feedback/")
    assert not is_wider_than_its_window(page)
    page.get_by_label("Not examined", exact=True).check()
    expect(page.get_by_label("What was found")).to_be_hidden()
    page.screenshot(path=SHOTS / f"warning-phone-feedback-{scheme}.png", caret="initial", full_page=True)
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_text("Say why it was not examined.")).to_be_visible()


def test_a_thread_stands_on_a_tablet(
    sign_in: SignIn, liaison: User, case: Case, chukursay: Unit, altynkol: Unit
) -> None:
    warning = made.warning_to(chukursay, case=case, user=liaison)
    factories.person(altynkol)
    page = sign_in(liaison, size={"width": 1024, "height": 768})
    page.goto(f"/messages/{warning.thread.ref}/")
    assert not is_wider_than_its_window(page)
    shoot(page, "tablet")
