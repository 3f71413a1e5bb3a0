"""Writing down a seizure at a desk and on a tablet, and handing the goods over."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from inspections.choices import PhotoKind
from inspections.lists import install_starter_lists
from inspections.models import InspectionLine, Seizure, Signature
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cargo import store
from profiling.cases.models import Case
from tests.browser.conftest import PHONE, SHOTS, SignIn
from tests.browser.test_triage import is_wider_than_its_window
from tests.factories_inspections import (
    InspectionFactory,
    LineFactory,
    PhotoFactory,
    SealRecordFactory,
    TeamMemberFactory,
)
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"width": 1366, "height": 900}
TABLET = {"width": 1024, "height": 768}


@pytest.fixture
def line(unit: Unit, officer: User, colleague: User, scored: list[Case]) -> InspectionLine:
    """The suspicious container being examined, with a find."""
    install_starter_lists(unit)
    case = next(one for one in scored if one.visits.count() == 1 and one.consignments.exists())
    inspection = InspectionFactory(
        case=case, created_by=officer, started_at=timezone.now() - timezone.timedelta(hours=4), ended_at=None
    )
    TeamMemberFactory(inspection=inspection, user=officer, leads=True)
    TeamMemberFactory(inspection=inspection, user=colleague, agency="drug_control")
    line = LineFactory(inspection=inspection, visit=case.visits.get(), result="found")
    SealRecordFactory(line=line, event="found", number="CN 8841270", condition="differs")
    picture = BytesIO()
    Image.new("RGB", (160, 120), "#7a5a3a").save(picture, "JPEG")
    thumb = store.put([picture.getvalue()], limit=100_000).sha256
    PhotoFactory(inspection=inspection, line=line, kind=PhotoKind.FINDING, thumb_sha256=thumb)
    return line


def shot(page: Page, name: str, *, whole: bool = True) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"seizure-{name}.png", full_page=whole, caret="initial")


def write_down(page: Page, line: InspectionLine) -> None:
    """Two brands behind a false wall."""
    page.goto(f"/inspections/lines/{line.ref}/seizures/new/")
    page.get_by_text("Tobacco", exact=True).click()
    page.get_by_label("Brand on the pack").fill("Golden Steppe KS")
    page.get_by_role("button", name="Brand", exact=True).click()
    expect(page.get_by_label("Brand on the pack")).to_have_count(2)
    for row, (brand, kind, stamp, sticks) in enumerate(
        [("Golden Steppe KS", "King size", "None", "1 440 000"), ("Orient Blue Slims", "Slim", "Forged", "800 000")]
    ):
        page.locator(f"#i-{row}-brand").fill(brand)
        page.locator(f"#i-{row}-kind").select_option(label=kind)
        page.locator(f"#i-{row}-stamp").select_option(label=stamp)
        page.locator(f"#i-{row}-sticks").fill(sticks)
    page.locator("#i-0-origin").fill("AE")
    page.locator("#i-0-cases").fill("144")
    page.get_by_label("Estimated value").fill("212 800")
    page.get_by_label("How it was estimated").fill("95 USD per 1,000 sticks")
    page.get_by_label("Method").select_option(label="Built into the structure")
    page.get_by_text("Scan image").click()
    page.get_by_text("Measuring inside").click()
    page.get_by_label("What was seen").fill("Riveted steel sheet, fresh paint, 2.10 m behind the front wall.")


def save(page: Page) -> None:
    page.locator("header").get_by_role("button", name="Save").click()


def test_a_seizure_is_written_down_sampled_and_handed_over_at_the_desk(
    sign_in: SignIn, officer: User, colleague: User, line: InspectionLine
) -> None:
    page = sign_in(officer, DESK)
    page.goto(f"/inspections/lines/{line.ref}/seizures/new/")
    shot(page, "new")
    write_down(page, line)
    save(page)
    expect(page.locator(".err")).to_have_text("Say where it was hidden.")
    expect(page.locator("#i-1-brand")).to_have_value("Orient Blue Slims")
    shot(page, "error")
    page.get_by_label("Place").select_option(label="Behind a false front wall")
    save(page)
    expect(page.locator(".sz-hero")).to_contain_text("212,800")
    page.wait_for_load_state()  # from here on the page is changed by its scripts
    seizure = Seizure.objects.get()
    assert seizure.quantity == 2_240_000

    page.locator("#samples summary").get_by_text("Add a sample").click()
    page.get_by_label("Number of the bag").fill("KZ-S-7731")
    page.get_by_label("What it is").fill("Two packs of each brand")
    page.get_by_label("Laboratory").fill("Almaty customs laboratory")
    # what is typed above stays while a part of the page comes anew
    page.get_by_label("What was seen").fill("Typed and not saved yet")
    page.get_by_role("button", name="Add a sample").click()
    expect(page.locator("#samples")).to_contain_text("no result yet")
    expect(page.get_by_label("What was seen")).to_have_value("Typed and not saved yet")

    page.get_by_text("Link a person, a company or a route").click()
    page.locator("#linked .sz-chips button").first.click()
    expect(page.locator(".sz-links li")).to_have_count(1)

    page.locator("#custody summary").get_by_text("Hand over").click()
    page.locator("#custody input[name=place]").fill("Store 2")
    page.get_by_label("Seal of the package").fill("KZ 0043117")
    page.get_by_label("Who receives").select_option(label="Daniyar Muratov")
    page.locator("#custody").get_by_role("button", name="Hand over").click()
    expect(page.locator(".sz-hand")).to_contain_text("waits for a signature")
    shot(page, "custody")
    page.get_by_label("Password of Daniyar Muratov").fill("not this one")
    page.locator(".sz-sign").filter(has_text="Daniyar").get_by_role("button", name="Sign").click()
    expect(page.locator(".sz-hand .err")).to_contain_text("This is not the password of Daniyar Muratov")
    for name in ("Daniyar Muratov", "Aigerim Serikbay"):
        page.locator(".sz-sign").filter(has_text=name).first.get_by_label(f"Password of {name}").fill(cargo.PASSWORD)
        page.locator(".sz-sign").filter(has_text=name).first.get_by_role("button", name="Sign").click()
        expect(page.get_by_label(f"Password of {name}")).to_have_count(0)
    expect(page.locator("#custody")).to_contain_text("held by Daniyar Muratov")
    assert Signature.objects.count() == 2
    page.reload()
    shot(page, "desk")

    page.goto("/seizures/")
    expect(page.locator(".sz-totals")).to_contain_text("2,240,000 sticks")
    shot(page, "list", whole=False)
    page.goto("/seizures/samples/")
    shot(page, "samples", whole=False)
    page.goto(f"/cases/{seizure.case.ref}/#seizures")
    expect(page.locator("#seizures")).to_contain_text(seizure.number)
    page.goto(f"/seizures/{seizure.ref}/protocol/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    shot(page, "protocol")


@pytest.mark.parametrize(("name", "size"), [("tablet", TABLET), ("phone", PHONE)])
def test_it_is_written_down_on_a_tablet_and_fits_a_phone(
    sign_in: SignIn, officer: User, line: InspectionLine, name: str, size: dict[str, int]
) -> None:
    page = sign_in(officer, size, scheme="dark" if name == "phone" else "light")
    write_down(page, line)
    page.get_by_label("Place").select_option(label="Behind a false front wall")
    assert not is_wider_than_its_window(page)
    shot(page, f"{name}-form")
    page.locator("#account").get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/seizures/[0-9a-f-]{36}/"))
    assert not is_wider_than_its_window(page)
    shot(page, name)
    page.goto("/seizures/")
    assert not is_wider_than_its_window(page)
    shot(page, f"{name}-list", whole=False)


def test_the_lists_of_the_country_are_kept_on_a_page(sign_in: SignIn, unit: Unit) -> None:
    install_starter_lists(unit)
    page = sign_in(cargo.person(unit.parent, Role.SUPERVISOR, "nurlan"), DESK)
    page.goto("/seizures/lists/")
    page.locator("#place").get_by_label("New word, en").fill("In a spare wheel")
    page.locator("#place").get_by_role("button", name="Add").click()
    expect(page.locator("#place .sz-words li")).to_have_count(17)
    page.locator("#place .sz-words li").last.get_by_role("button", name="Move up").click()
    expect(page.locator("#place .sz-words li").last.get_by_role("textbox").first).not_to_have_value("In a spare wheel")
    page.locator("#place .sz-words li").first.get_by_role("button", name="Retire").click()
    expect(page.locator("#place")).to_contain_text("Retired: 1")
    shot(page, "lists", whole=False)
