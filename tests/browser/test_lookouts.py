"""Lookouts in a real browser: from a seal on the equipment page to a hit on a case, at the desk and on a phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pcu.accounts.models import Unit, User
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.models import SealObservation
from profiling.cases.models import Case
from profiling.cases.watching import SEARCH
from profiling.lookouts.models import Lookout
from tests.browser.conftest import PHONE, SHOTS, SignIn
from tests.factories_lookouts import HitFactory, LookoutFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"width": 1366, "height": 900}


def shot(page: Page, name: str, *, whole: bool = False) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    # the caret is left alone: hiding it would leave style attributes for the next swap to trip over
    page.screenshot(path=SHOTS / f"lookouts-{name}.png", caret="initial", full_page=whole)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), name


def search_what_stands() -> None:
    for job in Job.objects.filter(kind=SEARCH, state=Job.State.WAITING):
        assert jobs.run(job.pk)


def kept(unit: Unit, officer: User) -> None:
    """A list with something of each."""
    day = timezone.localdate
    for said in (
        {"value": "TGHU 304512 9", "action": "must_examine", "source": "partner", "source_ref": "DSB-W-2026-00012"},
        {"kind": "name", "value": "ТОО «Силк Роуд Логистик»", "source": "intelligence", "source_ref": "И-77/26"},
        {"kind": "tax_number", "value": "БИН 070540009213", "action": "inform", "agency": "customs"},
        {"kind": "plate", "value": "01 AB 2233 TJ", "expires_on": day() + timedelta(days=6)},
    ):
        HitFactory(
            lookout=LookoutFactory(
                unit=unit, created_by=officer, reason="Two seals in a week, cartons too heavy", **said
            )
        )


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_seal_is_watched_for_and_its_case_says_why(
    sign_in: SignIn, officer: User, unit: Unit, scored: list[Case], size: dict[str, int]
) -> None:
    name = "phone" if size is PHONE else "desk"
    kept(unit, officer)
    page = sign_in(officer, size=size)
    seal = SealObservation.objects.filter(visit__cases__isnull=False).order_by("pk").first()
    assert seal is not None
    page.goto(f"/equipment/{seal.visit.ref}/")
    shot(page, f"equipment-{name}")
    page.get_by_role("link", name=f"Place a lookout: {seal.number_as_written}").click()
    page.wait_for_url("**/lookouts/new/**")
    expect(page.get_by_label("Value")).to_have_value(seal.number_as_written)
    expect(page.locator("#lookout-preview")).to_contain_text("stand now")
    page.get_by_label("Must be examined").check()
    page.get_by_label("Why").fill("The same seal came on another box on Monday")
    shot(page, f"form-{name}", whole=True)
    page.get_by_label("Value").fill("NOSEAL")
    expect(page.locator("#lookout-preview")).to_contain_text("This cannot be placed")
    page.get_by_label("Value").fill(seal.number_as_written)
    expect(page.locator("#lookout-preview .lk-counts")).to_be_visible()
    page.get_by_role("button", name="Place the lookout").click()
    page.wait_for_url(re.compile(r"/lookouts/[0-9a-f-]+/"))
    expect(page.locator("main")).to_contain_text("What stands is being searched")
    search_what_stands()
    page.reload()
    expect(page.locator("#rows tbody tr")).not_to_have_count(0)
    shot(page, f"page-{name}", whole=True)
    placed = Lookout.objects.get(kind="seal")
    page.locator("#rows tbody tr").first.get_by_role("link", name=re.compile(r"ALT-\d+")).click()
    expect(page.locator("#why")).to_contain_text("The same seal came on another box on Monday")
    expect(page.locator("#why")).to_contain_text(placed.number)
    expect(page.locator("#time")).to_contain_text(f"lookout hit: {placed.number}")
    shot(page, f"case-{name}")
    page.goto("/")
    expect(page.locator("[data-row] .tg-bad", has_text="lookout").first).to_be_visible()
    shot(page, f"queue-{name}")
    page.goto("/lookouts/")
    expect(page.locator(".notices tbody tr")).to_have_count(1)
    shot(page, f"list-{name}", whole=True)
    page.locator(".notices").get_by_role("button", name="Seen", exact=True).click()
    expect(page.locator(".notices")).to_have_count(0)
    page.get_by_role("link", name=re.compile("Import")).click()
    shot(page, f"import-{name}", whole=True)
    page.set_input_files(
        "input[name=file]",
        {
            "name": "watch.csv",
            "mimeType": "text/csv",
            "buffer": b"kind,value,action,reason,expires_on\nseal,NOSEAL,inform,x,2020-01-01\n",
        },
    )
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#refused-h")).to_be_visible()
    shot(page, f"import-refused-{name}")
