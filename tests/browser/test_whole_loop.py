"""The loop as people walk it: hold, examination, find, review, ledger, warning, lookout, hit, feedback, credit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from exchanges.models import PartnerWarning
from inspections.models import Inspection, InspectionLine, Seizure
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cases.models import Case, Outcome
from profiling.lookouts.models import Lookout, LookoutHit
from tests.browser.conftest import SHOTS, SignIn
from tests.browser.test_tablet import UPRIGHT, is_wider_than_its_window
from tests.factories_recording import picture
from tests.test_loop import BOX, do_all_jobs_of_lookouts, push, unit_of
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SHOWN = "TEMU 618047 7"


@pytest.fixture
def altynkol(db: None) -> Unit:
    return unit_of("ALT", "KZ", "Asia/Almaty")


@pytest.fixture
def chukursay(db: None) -> Unit:
    return unit_of("CHU", "UZ", "Asia/Tashkent")


def named(unit: Unit, role: Role, first: str, last: str) -> User:
    user = cargo.person(unit, role, first.lower())
    user.first_name, user.last_name = first, last
    user.save()
    return user


def shoot(page: Page, name: str, *, whole: bool = False) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"loop-{name}.png", caret="initial", full_page=whole)


def hold_and_refer(page: Page, case: Case) -> None:
    page.goto(f"/cases/{case.ref}/")
    page.keyboard.press("h")
    page.get_by_label("Seal missing or changed").check()
    page.get_by_label("Ask for").select_option("full_devanning")
    page.locator("#decision").get_by_label("What the operator reads").fill("Keep the box on track 7. Do not open it.")
    page.locator("#decision").get_by_label("Grounds").fill("No seal, and goods in words that say nothing")
    for reason in page.locator("#decision [name=override_reason]:visible").all():
        reason.fill("No seal: a scan does not do")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msgs-top")).to_contain_text("Hold and refer")


def plan(page: Page, case: Case, *team: User) -> Inspection:
    page.goto(f"/cases/{case.ref}/#examinations")
    page.locator("#examinations").get_by_role("link", name="Plan the examination").click()
    page.get_by_label("Place").fill("Shed 2, door 4")
    for one in team:
        page.get_by_label(str(one), exact=True).check()
    page.get_by_role("button", name="Plan", exact=True).click()
    page.wait_for_url(re.compile(r"/inspections/[0-9a-f-]{36}/"))
    return Inspection.objects.get(case=case)


def saved(page: Page) -> None:
    expect(page.locator(".ins-save")).to_contain_text("Saved")


def examine(page: Page, act: Inspection, folder: Path) -> None:
    """At the container door, on a tablet: everything an act needs before it is handed in."""
    page.goto(f"/inspections/{act.ref}/")
    expect(page.locator("main[data-replayed=yes]")).to_be_visible()
    line = page.locator("[data-line-part]:not([hidden])")
    times = page.locator("[data-field=time]")
    times.get_by_role("button", name="Begins now").click()
    line.locator("[data-field='methods.full_devanning'] .ins-tile").click()
    for point in ("left", "right", "floor", "roof", "doors", "undercarriage"):
        line.locator(f"[data-field='points.{point}'] .seg-ok").click()
    line.locator("[data-field='points.front'] .seg-finding").click()
    line.locator("[data-field='points.front'] [data-part=note]").fill("9.92 m deep, not 12.03")
    line.get_by_role("button", name="Seal affixed").click()
    line.locator("[data-field^='seals.'] [data-part=number]").last.fill("KZ 0047312")
    line.locator("[data-field^='seals.'] [data-part=by]").last.fill("Aigerim Serikbay")
    line.locator("[data-field^='seals.'] [data-part=at]").last.fill(
        timezone.localtime(timezone=act.unit.zone).strftime("%Y-%m-%dT%H:%M")
    )
    line.get_by_label("Packages found").fill("640")
    line.get_by_label("How counted").select_option("counted")
    line.get_by_label("More or less than declared: say why").fill("Forty cases behind the wall.")
    line.get_by_label("Findings: what and where").fill("False wall, cigarettes behind it.")
    line.locator("[data-field=result] .seg-found").click()
    times.get_by_role("button", name="Ends now").click()
    photo = folder / "photo.jpg"
    photo.write_bytes(picture((1200, 900)))
    missing = line.locator("[data-photo-missing]:not([hidden])")
    while missing.count():
        kinds = missing.count()
        missing.first.locator("input[type=file]").set_input_files(photo)
        expect(missing).to_have_count(kinds - 1)
    saved(page)
    expect(page.locator("[data-left]")).to_contain_text("Nothing is missing")
    assert not is_wider_than_its_window(page)


def seize(page: Page, line: InspectionLine) -> None:
    page.goto(f"/inspections/{line.inspection.ref}/")
    page.locator("[data-line-part]:not([hidden])").get_by_role("link", name="Record a seizure").click()
    page.wait_for_url("**/seizures/new/**")
    page.get_by_text("Tobacco", exact=True).click()
    page.locator("#i-0-brand").fill("Golden Steppe KS")
    page.locator("#i-0-kind").select_option(label="King size")
    page.locator("#i-0-stamp").select_option(label="None")
    page.locator("#i-0-sticks").fill("400 000")
    page.get_by_label("Place").select_option(label="Behind a false front wall")
    page.get_by_label("Method").select_option(label="Built into the structure")
    page.get_by_text("Measuring inside").click()
    page.get_by_label("What was seen").fill("Riveted steel sheet, fresh paint.")
    assert not is_wider_than_its_window(page)
    page.locator("#account").get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/seizures/[0-9a-f-]{36}/"))


def submit(page: Page, act: Inspection, *answers: str) -> None:
    page.goto(f"/inspections/{act.ref}/submit/")
    for number, text in enumerate(answers, 1):
        page.locator(f"#answer-{number}").fill(text)
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".msgs-top")).to_contain_text("waits for a review")


def approve(page: Page, act: Inspection) -> None:
    page.goto("/review/")
    expect(page.locator("#review-title")).to_contain_text(SHOWN)
    page.keyboard.press("a")
    expect(page.locator(".msgs-top")).to_contain_text(f"Approved: {act.number}")


def found_in_ledger(page: Page) -> Any:
    page.goto("/rules/")
    return page.locator(".lg-sum > div", has_text="Found").locator("dd")


def test_a_find_at_altynkol_becomes_a_warning_and_a_find_at_chukursay(
    sign_in: SignIn, altynkol: Unit, chukursay: Unit, tmp_path: Path
) -> None:
    aigerim = named(altynkol, Role.OFFICER, "Aigerim", "Serikbay")
    daniyar = named(altynkol, Role.OFFICER, "Daniyar", "Muratov")
    saule = named(altynkol.parent, Role.SUPERVISOR, "Saule", "Akhmetova")
    marat = named(altynkol.parent, Role.SUPERVISOR, "Marat", "Ospanov")
    gulnar = named(altynkol, Role.LIAISON, "Gulnar", "Tleubayeva")
    otabek = named(chukursay, Role.OFFICER, "Otabek", "Yoldoshev")
    dilnoza = named(chukursay.parent, Role.SUPERVISOR, "Dilnoza", "Karimova")

    # hold and referral at the desk
    push(altynkol, "8021", 3)
    case = Case.objects.get(unit=altynkol)
    desk = sign_in(aigerim)
    expect(desk.locator("[data-row]")).to_have_count(1)
    hold_and_refer(desk, case)
    act = plan(desk, case, aigerim, daniyar)

    # at the container door
    tablet = sign_in(aigerim, size=UPRIGHT)
    examine(tablet, act, tmp_path)
    shoot(tablet, "tablet", whole=True)
    seize(tablet, act.lines.get())
    shoot(tablet, "seizure", whole=True)
    assert Seizure.objects.get().quantity == 400_000
    submit(tablet, act)

    # returned by one supervisor, mended, approved by another; who wrote it is not asked
    first, second = sign_in(saule), sign_in(marat)
    first.goto("/review/")
    expect(first.locator("#review-title")).to_contain_text(SHOWN)
    shoot(first, "review")
    first.get_by_label("Note, needed to return").fill("Where did the team stand?")
    first.get_by_role("button", name="Return").click()
    expect(first.locator(".empty")).to_contain_text("Nothing waits for you")
    desk.goto("/review/")
    expect(desk.locator("#review-title")).to_have_count(0)
    tablet.goto(f"/inspections/{act.ref}/")
    expect(tablet.locator("main[data-replayed=yes]")).to_be_visible()
    tablet.get_by_label("Remarks").fill("Outside, at the doors.")
    tablet.get_by_label("Remarks").blur()
    saved(tablet)
    expect(tablet.locator(".ins-save")).to_contain_text("works without a link")
    submit(tablet, act, "Outside, at the doors.")
    approve(second, act)
    case.refresh_from_db()
    assert (case.state, case.disposition) == ("closed", "inspected_found")

    # the ledger knows it
    expect(found_in_ledger(second)).to_contain_text(re.compile(r"^\s*1 "))
    shoot(second, "ledger")

    # another box of the same people leaves unexamined: the next unit is warned
    push(altynkol, "8025", 90)
    escaped = Case.objects.exclude(pk=case.pk).get(unit=altynkol)
    ours, theirs = sign_in(gulnar), sign_in(otabek)
    ours.goto(f"/cases/{escaped.ref}/#warnings")
    ours.get_by_role("link", name="Warn another unit").click()
    ours.get_by_label("To", exact=True).select_option("CHU")
    ours.get_by_label("In short").fill("No seal, as in our find of today")
    ours.get_by_label("Grounds, as the other side reads them").fill("Same consignee and words as our find of today.")
    ours.get_by_label("What is asked").select_option("unload")
    ours.get_by_role("button", name="Look at the draft").click()
    expect(ours.locator("#body")).to_contain_text(SHOWN)
    ours.get_by_role("button", name="Send to").click()
    expect(ours.locator(".flow .is-done")).to_have_count(1)

    # taken up there and watched for
    warning = PartnerWarning.objects.get()
    theirs.goto(f"/messages/{warning.thread.ref}/")
    theirs.get_by_role("button", name="Acknowledge").click()
    expect(theirs.get_by_role("button", name="Acknowledge")).to_have_count(0)
    theirs.get_by_role("link", name="Make lookouts").click()
    theirs.get_by_label("A hit does").select_option("must_examine")
    shoot(theirs, "lookouts")
    theirs.get_by_role("button", name="Watch for them").click()
    expect(theirs.locator(".flow .is-done")).not_to_have_count(0)
    assert Lookout.objects.filter(unit=chukursay, kind="container").exists()
    do_all_jobs_of_lookouts()

    # a later train brings the box: it must be examined, and says why
    push(chukursay, "3109", 5)
    met = Case.objects.get(unit=chukursay)
    assert LookoutHit.objects.filter(unit=chukursay, value=BOX).exists()
    theirs.goto("/")
    expect(theirs.locator(f"[data-row='{met.ref}']")).to_be_visible()
    theirs.goto(f"/cases/{met.ref}/")
    expect(theirs.locator("#time")).to_contain_text("ookout")
    shoot(theirs, "hit")
    hold_and_refer(theirs, met)
    found = plan(theirs, met, otabek)
    there = sign_in(otabek, size=UPRIGHT)
    examine(there, found, tmp_path)
    submit(there, found)
    approve(sign_in(dilnoza), found)

    # the answer, and what it is worth to who warned
    theirs.goto(f"/messages/{warning.thread.ref}/")
    theirs.get_by_role("link", name="Give feedback").click()
    theirs.wait_for_url("**/feedback/")
    theirs.get_by_label("Yes", exact=True).first.check()
    theirs.get_by_label("Found", exact=True).check()
    theirs.get_by_label(SHOWN).check()
    theirs.get_by_label("What was done").select_option("full_devanning")
    theirs.get_by_label("What was found").select_option("tobacco")
    theirs.get_by_label("How much").fill("40 cases")
    theirs.get_by_label("Seized").check()
    theirs.get_by_role("button", name="Send feedback").click()
    expect(theirs.locator(".fbk")).to_contain_text("40 cases")
    ours.goto(f"/messages/{warning.thread.ref}/")
    expect(ours.locator(".flow .is-find")).to_contain_text("Found")
    expect(ours.locator(".ms-side")).to_contain_text("seizure further down the line")
    shoot(ours, "credit")
    credited = Outcome.objects.standing().get(case=escaped)
    assert (credited.result, credited.source) == ("found", "downstream_seizure")
    found_in_ledger(ours)
    expect(ours.locator(".lg")).to_contain_text("+1 by partners")
    shoot(ours, "ledger-credited")
