"""The back-test, looked at and moved: sliders, the address, keeping it, desk, phone and dark."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.rules import snapshots
from profiling.rules.models import PastRecord, Release
from tests import factories
from tests import factories_workbench as workbench
from tests.browser.conftest import DESK, PHONE, SHOTS, SignIn
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def own_snapshots(tmp_path, settings: Settings) -> None:
    settings.SNAPSHOT_DIR = str(tmp_path / "snapshots")
    snapshots.CACHE.clear()


@pytest.fixture
def draft(unit: Unit) -> Release:
    """Nine hundred past consignments of a unit: heavy packages and new pairs of firms hold more than chance."""
    chance = Random(27)
    source = workbench.HistoryImportFactory(unit=unit)
    records = []
    for row in range(900):
        heavy, new = chance.random() < 0.08, chance.random() < 0.12
        opened = chance.random() < (0.5 if heavy or new else 0.04)
        found = opened and chance.random() < (0.35 if heavy else 0.2 if new else 0.03)
        values = {
            "kg_per_package": 60.0 if heavy else 12.0, "packages": 40, "hs_chapter": "62", "pair_first_time": new,
            "consignee_consignments_24m": 1 if new else 20, "goods_text_vague": chance.random() < 0.2,
            "goods_text_words": chance.randint(1, 12), "seal_missing_on_full": chance.random() < 0.05,
        }  # fmt: skip
        records.append(
            PastRecord(
                source=source,
                row=row + 2,
                moment=timezone.now() - timedelta(days=1 + row % 85),
                indicators=values,
                result="found" if found else "clean" if opened else "never",
                random=opened and not heavy and not new,
            )
        )
    PastRecord.objects.bulk_create(records)
    live = Release.objects.get()
    made = Release.objects.create(
        unit=live.unit, name="KZ 2", state=Release.State.DRAFT, thresholds=live.thresholds, sample_lane=live.sample_lane
    )
    made.versions.set(live.versions.exclude(rule__code__in=["R-004", "R-005"]))
    packages = live.versions.get(rule__code="R-004")
    changed = factories.RuleVersionFactory(
        rule=packages.rule, number=2, titles=packages.titles, condition=packages.condition, points=45
    )
    made.versions.add(changed)
    workbench.CapacityFactory(unit=unit, inspections_per_shift=1, shift_hours=24)
    return made


@pytest.fixture
def analyst(unit: Unit) -> User:
    return cargo.person(unit, Role.ANALYST, "analyst")


def looked_at(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_points_are_moved_by_slider_and_what_comes_of_it_is_kept(
    draft: Release, analyst: User, sign_in: SignIn
) -> None:
    page = sign_in(analyst, size=DESK)
    page.goto(f"/rules/releases/{draft.ref}/backtest/")
    expect(page.get_by_role("heading", name="Back-test: KZ 2 against KZ 1")).to_be_visible()
    looked_at(page, "backtest-desk")
    fired = page.locator("#bt-result tr", has=page.get_by_text("R-001", exact=True))
    expect(fired).to_contain_text("+18")
    slider = page.locator("input[type=range][data-for=p-R-001]")
    slider.focus()
    slider.press("End")
    expect(page.get_by_label("R-001", exact=False).first).to_have_value("100")
    expect(fired).to_contain_text("+100")
    assert "p.R-001=100" in page.url
    page.get_by_label("Keep it as").fill("Firms first")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("heading", name="Firms first")).to_be_visible()
    looked_at(page, "backtest-kept")
    page.get_by_role("link", name="Back-tests").click()
    expect(page.get_by_role("link", name="Firms first")).to_be_visible()
    looked_at(page, "backtest-list")


def test_what_cannot_be_is_told_and_the_page_fits_a_phone_and_the_dark(
    draft: Release, analyst: User, sign_in: SignIn
) -> None:
    page = sign_in(analyst, size=DESK, scheme="dark")
    page.goto(f"/rules/releases/{draft.ref}/backtest/?days=365")
    looked_at(page, "backtest-dark")
    page.locator("#l-red").fill("1")
    page.locator("#l-red").press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("Lanes begin at different points")
    phone = sign_in(analyst, size=PHONE)
    phone.goto(f"/rules/releases/{draft.ref}/backtest/")
    expect(phone.get_by_text("Known finds caught").first).to_be_visible()
    looked_at(phone, "backtest-phone")


def test_the_panel_of_a_rule_that_is_written_says_what_it_would_have_done(
    draft: Release, analyst: User, sign_in: SignIn
) -> None:
    page = sign_in(analyst, size=DESK)
    page.goto(f"/rules/releases/{draft.ref}/backtest/")
    page.evaluate(
        """async () => {
          const said = new URLSearchParams({points: "30", code: "R-004", days: "90",
            condition: '{"lhs": "kg_per_package", "op": "gt", "value": 50}'});
          const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
          const answer = await fetch("/rules/preview/", {method: "POST", body: said, headers: {"X-CSRFToken": token}});
          const sheet = document.createElement("link");
          sheet.rel = "stylesheet"; sheet.href = "/static/css/rule_preview.css";
          document.head.append(sheet);
          document.querySelector(".bt-side").innerHTML = await answer.text();
        }"""
    )
    panel = page.locator(".bt-side")
    expect(panel.get_by_text("Only this rule")).to_be_visible()
    expect(panel).to_contain_text("The version that is live fired for")
    page.wait_for_timeout(300)
    looked_at(page, "rule-preview")
