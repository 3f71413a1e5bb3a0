"""A rule goes its way in the browser: proposed, approved by another, released, in shadow, live, rolled back."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from pcu.accounts.roles import Role
from profiling.rules import drafts
from profiling.rules.models import Release
from profiling.rules.services import install_starter, live_release
from tests import factories
from tests.browser.conftest import PHONE, SHOTS, SignIn
from tests.rules.written import said
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"rules-{name}.png", caret="initial", full_page=True)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), name


def test_a_rule_goes_from_the_draft_to_live_and_back(sign_in: SignIn) -> None:
    altynkol = factories.UnitFactory()
    kz = altynkol.parent
    before = install_starter(unit=kz)
    analyst, chief = cargo.person(kz, Role.ANALYST), cargo.person(kz, Role.SUPERVISOR)
    draft = drafts.start(unit=kz, user=analyst, said=said())

    writer = sign_in(analyst)
    writer.goto(reverse("rule_draft", args=[draft.ref]))
    shot(writer, "draft")
    writer.get_by_role("button", name="Propose").click()
    writer.wait_for_url("**/R-900/1/")
    assert writer.get_by_role("button", name="Approve").count() == 0

    checker = sign_in(chief)
    checker.goto(reverse("rule_proposals"))
    checker.get_by_role("link", name="R-900").click()
    checker.get_by_role("button", name="Approve").click()
    checker.get_by_text("Decided: approved.").wait_for()

    writer.goto(reverse("releases"))
    writer.get_by_role("button", name="New release").click()
    writer.get_by_role("button", name="Take in").click()
    writer.get_by_text("Saved.").wait_for()
    writer.get_by_role("button", name="Propose").click()
    writer.get_by_text("It waits for somebody who did not propose it.").wait_for()
    release = Release.objects.get(name="KZ 2")

    checker.goto(reverse("release", args=[release.ref]))
    checker.get_by_role("button", name="Approve").click()
    checker.get_by_role("button", name="Start shadow").click()
    checker.get_by_role("heading", name="In shadow, beside what was live").wait_for()
    checker.get_by_label("Where").select_option(label=kz.name)
    checker.get_by_role("button", name="Put live").click()
    checker.get_by_role("button", name="Roll back").wait_for()
    assert live_release(altynkol) == release
    shot(checker, "release")
    phone = sign_in(analyst, size=PHONE, scheme="dark", locale="ru")
    for name, address in (
        ("list", reverse("rule_list")),
        ("rule", reverse("rule", args=["KZ", "R-900"])),
        ("releases", reverse("releases")),
        ("release-phone", reverse("release", args=[release.ref])),
    ):
        phone.goto(address)
        shot(phone, name)

    checker.get_by_label("Why roll back").fill("Half the train was red")
    checker.get_by_role("button", name="Roll back").click()
    checker.get_by_text("Rolled back.").wait_for()
    assert live_release(altynkol) == before
