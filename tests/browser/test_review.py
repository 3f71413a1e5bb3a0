"""A supervisor's round in a real browser: differences, a return by keys, an approval, the next; tablet and phone."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from inspections import reviewing
from inspections.models import Inspection, InspectionLine, Report
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cargo import store
from profiling.cargo.models import EquipmentVisit
from profiling.cases.holding import lift_hold
from profiling.cases.models import Case
from tests import factories
from tests import factories_inspections as made
from tests.browser.conftest import PHONE, SHOTS, SignIn, _named
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LAPTOP = {"width": 1366, "height": 900}
TABLET = {"width": 1024, "height": 768}


@pytest.fixture
def supervisor(unit: Unit) -> User:
    return _named(cargo.person(unit, Role.SUPERVISOR, username="bekov"), "Yerlan", "Bekov")


def picture(tone: str) -> str:
    image = Image.new("RGB", (640, 480), "#3c4650")
    draw = ImageDraw.Draw(image)
    draw.polygon([(120, 90), (520, 90), (600, 440), (40, 440)], fill=tone)
    draw.rectangle([260, 160, 380, 300], fill="#b9772b")
    written = BytesIO()
    image.save(written, "JPEG")
    return store.put([written.getvalue()], limit=1_000_000).sha256


def container(case: Case, number: str) -> EquipmentVisit:
    visit: EquipmentVisit = case.visits.get()
    EquipmentVisit.objects.filter(pk=visit.pk).update(number=number, number_as_written=number)
    Case.objects.filter(pk=case.pk).update(equipment_number=number)
    return visit


def work(unit: Unit, author: User, number: str, box: str, *, result: str = "clean") -> Inspection:
    inspection = made.work(unit, author=author, number=number, result=result)
    container(inspection.case, box)
    made.SealRecordFactory(line=inspection.lines.get(), number="KZ 0047312")
    return inspection


@pytest.fixture
def second_time(unit: Unit, officer: User, supervisor: User) -> Report:
    """A find that was returned with three notes and submitted again."""
    act = work(unit, officer, "ALT-I-2026-0418", "TEMU6180477", result="found")
    hold = factories.HoldFactory(case=act.case)
    line = act.lines.get()
    InspectionLine.objects.filter(pk=line.pk).update(
        points=line.points | {"undercarriage": {"state": "not_checked", "note": "No pit."}},
        gross_found_kg=Decimal(16150),
        weighed_how="calculated",
        difference_note="Goods behind a false wall.",
        findings="Steel sheet found behind the front wall. About 240 cases of cigarettes.",
    )
    seizure = made.SeizureFactory(line=line, number="ALT-S-2026-0092", facts={"cases": 240, "brand": "Minsk 5"})
    made.SampleFactory(seizure=seizure, bag="B-1", due_on=timezone.localdate() + timedelta(days=7))
    made.TeamMemberFactory(inspection=act, user=officer, leads=True)
    made.PersonPresentFactory(inspection=act, name="A. Driver", capacity="Carrier")
    made.PhotoFactory(inspection=act, line=line, kind="doors", shown_sha256=picture("#6d7780"), caption="Doors closed")
    first = reviewing.submit(inspection=act, user=officer)
    note = "Calculated from what? Weigh it.\n240 cases here, 224 in the findings. Which?\nThe number is not in view."
    reviewing.send_back(report=first, reviewer=supervisor, note=note)
    InspectionLine.objects.filter(pk=line.pk).update(
        points=line.points,
        gross_found_kg=Decimal(15966),
        weighed_how="scale",
        weighing_note="Scale 2, average of 3",
        findings=(
            "Steel sheet riveted 2.1 m behind the front wall, fresh paint. Behind it 224 master cases of cigarettes, "
            "no excise stamps."
        ),
    )
    seizure.facts = {"cases": 224, "brand": "Minsk 5"}
    seizure.save()
    for kind, tone in (("empty", "#8b959e"), ("finding", "#55606a")):
        made.PhotoFactory(inspection=act, line=line, kind=kind, shown_sha256=picture(tone), caption="Number in view")
    answers = {"1": "Weighed on scale 2, three times.", "2": "224, counted twice."}
    again = reviewing.submit(inspection=act, user=officer, answers=answers)
    lift_hold(hold=hold, user=officer)
    return again


@pytest.fixture
def others(unit: Unit, officer: User, colleague: User, supervisor: User) -> list[Report]:
    """A clean one, another find, and two that the supervisor had a hand in."""
    clean = work(unit, colleague, "ALT-I-2026-0415", "BMOU5521765")
    found = work(unit, colleague, "ALT-I-2026-0413", "TLLU4271901", result="found")
    own = work(unit, supervisor, "ALT-I-2026-0412", "CAIU7302283")
    joined = work(unit, officer, "ALT-I-2026-0410", "SEGU3166421")
    made.TeamMemberFactory(inspection=joined, user=supervisor)
    authors = (colleague, colleague, supervisor, officer)
    return [
        reviewing.submit(inspection=act, user=author)
        for act, author in zip((clean, found, own, joined), authors, strict=True)
    ]


def is_wider_than_its_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def opened(page: Page, box: str) -> None:
    """The page of this box has come whole: a key pressed before its scripts run is lost."""
    expect(page.locator("#review-title")).to_contain_text(box)
    page.wait_for_load_state()


def shoot(page: Page, name: str, *, whole: bool = False) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"review-{name}.png", caret="initial", full_page=whole)


def test_a_supervisor_reads_the_differences_returns_and_approves_by_keys(
    sign_in: SignIn, supervisor: User, second_time: Report, others: list[Report]
) -> None:
    page = sign_in(supervisor, size=LAPTOP)
    page.goto("/review/")
    expect(page.locator("#review-title")).to_contain_text("TEMU 618047 7")
    expect(page.locator(".rv-d")).to_contain_text("+19.4 % on declared")
    expect(page.locator(".rv-q")).to_contain_text("hidden from you")
    assert not is_wider_than_its_window(page)
    shoot(page, "desk")
    page.keyboard.press("d")
    expect(page.locator(".rv-w").first).to_be_visible()
    shoot(page, "act")
    page.get_by_role("link", name=re.compile(r"^Seizures \d")).click()
    expect(page.locator(".rv-b")).to_contain_text("Minsk 5")
    page.get_by_role("link", name="Photographs").click()
    expect(page.locator(".rv-p img")).to_have_count(3)
    page.wait_for_load_state()
    shoot(page, "photos")
    page.keyboard.press("Control+Enter")  # a return without a note is refused and says so
    expect(page.locator("#review-note-error")).to_contain_text("Say what should change.")
    page.wait_for_load_state()
    page.keyboard.type("The seal is not in view.")
    page.keyboard.press("Control+Enter")
    opened(page, "BMOU 552176 5")
    page.keyboard.press("j")
    opened(page, "TLLU 427190 1")
    page.keyboard.press("k")
    opened(page, "BMOU 552176 5")
    page.keyboard.press("a")
    opened(page, "TLLU 427190 1")
    expect(page.locator(".msgs")).to_contain_text("Approved: ALT-I-2026-0415")
    page.keyboard.press("a")
    expect(page.locator(".empty")).to_contain_text("Nothing waits for you")
    shoot(page, "nothing")
    page.goto("/review/?show=all")
    expect(page.locator(".rv-s")).to_contain_text("You may not decide")
    shoot(page, "own-work")


def test_the_review_in_the_dark_on_a_tablet_and_on_a_phone(
    sign_in: SignIn, supervisor: User, second_time: Report, others: list[Report]
) -> None:
    page = sign_in(supervisor, size=LAPTOP, scheme="dark")
    page.goto("/review/")
    expect(page.locator(".rv-d")).to_be_visible()
    shoot(page, "dark")
    page.set_viewport_size(TABLET)  # type: ignore[arg-type]  # a ViewportSize in shape
    page.goto("/review/")
    assert not is_wider_than_its_window(page)
    shoot(page, "tablet")
    phone = sign_in(supervisor, size=PHONE)
    phone.goto("/review/")
    expect(phone.locator(".rv-l > li").first).to_be_visible()
    expect(phone.locator("#review-title")).to_be_hidden()
    assert not is_wider_than_its_window(phone)
    shoot(phone, "phone-list")
    phone.locator(".rv-l a").first.click()
    expect(phone.locator("#review-title")).to_be_visible()
    assert not is_wider_than_its_window(phone)
    shoot(phone, "phone")
    shoot(phone, "phone-whole", whole=True)


def test_the_officer_answers_the_notes_and_the_case_shows_how_it_stands(
    sign_in: SignIn, officer: User, supervisor: User, second_time: Report
) -> None:
    reviewing.send_back(report=second_time, reviewer=supervisor, note="The seal is not in view.\nWho weighed it?")
    page = sign_in(officer, size=LAPTOP)
    page.goto(f"/cases/{second_time.inspection.case.ref}/#outcome")
    page.locator("#outcome").scroll_into_view_if_needed()
    expect(page.locator("#outcome")).to_contain_text("Who weighed it?")
    shoot(page, "case")
    page.locator("#outcome").get_by_role("link", name="Submit for review").click()
    page.get_by_label("The seal is not in view.").fill("Photograph 4 shows it.")
    shoot(page, "submit")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # as above
    assert not is_wider_than_its_window(page)
    shoot(page, "submit-phone")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".msgs")).to_contain_text("waits for a review")
    assert second_time.inspection.reports.get(number=3).answers == {"1": "Photograph 4 shows it."}
    reviewing.approve(report=second_time.inspection.reports.get(number=3), reviewer=supervisor)
    page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]  # as above
    page.reload()
    page.locator("#outcome").scroll_into_view_if_needed()
    expect(page.locator("#outcome")).to_contain_text("preliminary")
    shoot(page, "case-approved")
