"""The tablet at the container door, in a real browser: recorded without a link, reloaded, sent, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from inspections.models import Inspection, InspectionLine
from inspections.recording import Change, apply_changes
from pcu.accounts.models import User
from profiling.cases.models import Case
from tests import factories
from tests.browser.conftest import DESK, PHONE, SHOTS, SignIn
from tests.factories_recording import picture
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UPRIGHT = {"width": 820, "height": 1180}
ACROSS = {"width": 1024, "height": 768}


def open_act(page: Page, act: Inspection) -> None:
    page.goto(f"/inspections/{act.ref}/")
    expect(page.locator("main[data-replayed=yes]")).to_be_visible()


def shoot(page: Page, name: str, *, full: bool = False) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", caret="initial", full_page=full)


def saved(page: Page) -> None:
    expect(page.locator(".ins-save")).to_contain_text("Saved")
    expect(page.locator(".ins-save")).to_contain_text("works without a link")


def is_wider_than_its_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def here(page: Page) -> Any:
    """The line that stands open."""
    return page.locator("[data-line-part]:not([hidden])")


def tick(line: Any, method: str) -> None:
    line.locator(f"[data-field='methods.{method}'] .ins-tile").click()


def record(page: Page, tmp_path: Path) -> None:
    """What an officer does at the door of the first container."""
    line = here(page)
    tick(line, "scan")
    line.locator("[data-field='methods.scan'] [data-part=device]").fill("XRV-2")
    tick(line, "full_devanning")
    for point in ("left", "right", "floor", "roof", "doors"):
        line.locator(f"[data-field='points.{point}'] .seg-ok").click()
    line.locator("[data-field='points.front'] .seg-finding").click()
    line.locator("[data-field='points.front'] [data-part=note]").fill("9.92 m deep, not 12.03")
    line.get_by_role("button", name="Seal found").click()
    line.locator("[data-field^='seals.'] [data-part=number]").last.fill("CN 8841270")
    line.locator("[data-field^='seals.'] .seg-differs").last.click()
    line.get_by_label("Packages found").fill("840")
    line.get_by_label("How counted").select_option("counted")
    line.get_by_label("Gross weight found").fill("15 966,5")
    line.get_by_label("Findings: what and where").fill("Steel sheet riveted 2.1 m behind the front wall.")
    line.locator("[data-field=result] .seg-found").click()
    photo = tmp_path / "doors.jpg"
    photo.write_bytes(picture((1600, 1200)))
    line.locator("[data-photo-missing=doors] input[type=file]").set_input_files(photo)
    expect(line.locator("[data-photo-id]")).to_have_count(1)
    line.get_by_label("Findings: what and where").blur()


def check(line: InspectionLine) -> None:
    line.refresh_from_db()
    assert line.methods["scan"]["done"]
    assert line.methods["scan"]["device"] == "XRV-2"
    assert line.points["front"] == {"state": "finding", "note": "9.92 m deep, not 12.03"}
    assert {name for name, told in line.points.items() if told["state"] == "ok"} == {
        "left", "right", "floor", "roof", "doors",
    }  # fmt: skip
    assert (line.packages_found, line.counted_how, str(line.gross_found_kg)) == (840, "counted", "15966.500")
    assert line.findings == "Steel sheet riveted 2.1 m behind the front wall."
    assert line.result == "found"
    assert [(seal.number, seal.condition) for seal in line.seals.all()] == [("CN 8841270", "differs")]
    assert [photo.kind for photo in line.photos.all()] == ["doors"]


def test_an_examination_is_recorded_at_the_door_and_saved_as_it_goes(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path
) -> None:
    page = sign_in(officer, size=UPRIGHT)
    open_act(page, act)
    record(page, tmp_path)
    saved(page)
    check(line)
    act.refresh_from_db()
    assert act.state == "under_way"
    expect(page.locator("[data-left]")).to_contain_text("Things left")
    assert not is_wider_than_its_window(page)
    shoot(page, "tablet-820-below")
    page.evaluate("window.scrollTo(0, 0)")
    shoot(page, "tablet-820x1180")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("[data-field=time] [data-part=started]")).not_to_have_value("")
    saved(page)
    act.refresh_from_db()
    assert act.started_at is not None
    small = page.evaluate(
        "Array.from(document.querySelectorAll('.ins button, .ins a, .ins .inp, .ins .seg label, .ins-tile')).filter("
        "(one) => one.offsetParent && one.getBoundingClientRect().height < 43.5 && !one.closest('.sub, .ins-ph-w, p'))"
        ".map((one) => one.outerHTML.slice(0, 120))"
    )
    assert small == []


def test_without_a_link_entries_and_photographs_wait_survive_a_reload_and_arrive(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path, unplugged: Callable[..., Any]
) -> None:
    page = sign_in(officer, size=UPRIGHT)
    open_act(page, act)
    expect(page.locator("main[data-kept-page=yes]")).to_be_visible()
    with unplugged(page):
        record(page, tmp_path)
        expect(page.locator(".ins-save")).to_contain_text("Kept on this tablet")
        expect(page.locator(".ins-save")).to_contain_text("to send: ")
        shoot(page, "tablet-offline-820")
        line.refresh_from_db()
        assert line.methods == {}
        page.reload()
        expect(page.locator("main[data-replayed=yes]")).to_be_visible()
        shown = here(page)
        expect(shown.get_by_label("Packages found")).to_have_value("840")
        expect(shown.locator("[data-field='points.front'] [data-part=note]")).to_have_value("9.92 m deep, not 12.03")
        expect(shown.locator("[data-field^='seals.'] [data-part=number]")).to_have_value("CN 8841270")
        expect(shown.get_by_label("Findings: what and where")).to_have_value(
            "Steel sheet riveted 2.1 m behind the front wall."
        )
        expect(shown.locator("[data-photo-id]")).to_have_count(1)
        shoot(page, "tablet-offline-reloaded")
    saved(page)
    check(line)
    page.reload()
    expect(here(page).get_by_label("Packages found")).to_have_value("840")
    expect(here(page).locator("[data-photos] img")).to_have_count(1)
    expect(here(page).locator("[data-photo-id]")).to_have_count(0)


def test_what_was_sent_is_shown_too_when_the_link_goes_before_the_reload(
    sign_in: SignIn, officer: User, act: Inspection, unplugged: Callable[..., Any]
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    expect(page.locator("main[data-kept-page=yes]")).to_be_visible()
    here(page).get_by_label("Packages found").fill("617")
    here(page).get_by_label("Packages found").blur()
    saved(page)
    with unplugged(page):
        page.reload()
        expect(page.locator("main[data-replayed=yes]")).to_be_visible()
        expect(here(page).get_by_label("Packages found")).to_have_value("617")


def test_an_answer_that_is_lost_makes_nothing_twice(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine
) -> None:
    page = sign_in(officer, size=ACROSS)
    lost = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)  # the server has it; the tablet never hears of it
            route.abort()

    page.route("**/changes/", lose)
    open_act(page, act)
    here(page).get_by_label("Packages found").fill("840")
    here(page).get_by_label("Packages found").blur()
    expect(page.locator(".ins-save")).to_contain_text("Kept on this tablet")
    saved(page)
    line.refresh_from_db()
    assert (lost, line.packages_found) == ([200], 840)
    assert act.changes.filter(field="packages_found").count() == 1


def test_a_conflict_is_told_in_place_and_a_person_chooses(
    sign_in: SignIn, officer: User, colleague: User, act: Inspection, line: InspectionLine
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)

    def say(value: str, base: str) -> None:
        change = Change("findings", value, base, line=str(line.ref))
        apply_changes(inspection=act, user=colleague, changes=[change])

    say("Boxes of shoes", "")
    box = here(page).get_by_label("Findings: what and where")
    box.fill("Cartons of cigarettes")
    box.blur()
    trouble = here(page).locator("[data-trouble]")
    expect(trouble).to_contain_text("Boxes of shoes")
    expect(trouble).to_contain_text("Daniyar Muratov")
    trouble.scroll_into_view_if_needed()
    shoot(page, "tablet-conflict")
    page.reload()
    expect(here(page).get_by_label("Findings: what and where")).to_have_value("Cartons of cigarettes")
    here(page).get_by_role("button", name="Take mine").click()
    saved(page)
    line.refresh_from_db()
    assert line.findings == "Cartons of cigarettes"
    say("Shoes after all", "Cartons of cigarettes")
    box.fill("Cartons, opened")
    box.blur()
    here(page).get_by_role("button", name="Leave what is there").click()
    expect(box).to_have_value("Shoes after all")
    line.refresh_from_db()
    assert line.findings == "Shoes after all"


def test_what_cannot_be_is_told_beside_its_box_and_stays_typed_after_a_reload(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    here(page).get_by_label("Packages found").fill("-3")
    here(page).get_by_label("Packages found").blur()
    expect(here(page).locator("[data-trouble]")).to_contain_text("cannot be less than zero")
    expect(page.locator(".ins-save")).to_contain_text("to put right: 1")
    page.reload()
    expect(here(page).get_by_label("Packages found")).to_have_value("-3")
    expect(here(page).locator("[data-trouble]")).to_contain_text("cannot be less than zero")
    here(page).get_by_label("Packages found").fill("3")
    here(page).get_by_label("Packages found").blur()
    saved(page)
    line.refresh_from_db()
    assert line.packages_found == 3


def test_a_photograph_that_is_none_is_told_and_let_go(
    sign_in: SignIn, officer: User, act: Inspection, tmp_path: Path
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    fake = tmp_path / "fake.jpg"
    fake.write_bytes(b"no picture at all")
    here(page).locator(".ins-cam input[type=file]").set_input_files(fake)
    expect(here(page).locator("[data-photo-fate]")).to_contain_text("no picture that can be read")
    here(page).get_by_role("button", name="Let it go").click()
    expect(here(page).locator("[data-photo-id]")).to_have_count(0)
    assert not act.photos.exists()


def test_signing_out_with_something_unsent_warns_and_the_next_person_sees_nothing_of_it(
    sign_in: SignIn, officer: User, colleague: User, act: Inspection, line: InspectionLine
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    expect(page.locator("main[data-kept-page=yes]")).to_be_visible()
    page.route("**/changes/", lambda route: route.abort())
    here(page).get_by_label("Packages found").fill("840")
    here(page).get_by_label("Packages found").blur()
    expect(page.locator(".ins-save")).to_contain_text("Kept on this tablet")
    page.locator("summary.user").click()
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.locator("#unsent")).to_contain_text("kept on this tablet alone: 1")
    shoot(page, "tablet-sign-out")
    page.get_by_role("button", name="Stay signed in").click()
    page.locator("summary.user").click()
    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_role("button", name="Sign out all the same").click()
    page.wait_for_url("**/accounts/login/**")
    assert page.evaluate("caches.keys().then((names) => names.filter((name) => name.startsWith('pcu-exam')))") == []

    def enter(user: User) -> None:
        page.goto("/accounts/login/")
        page.fill("input[name=login]", user.username)
        page.fill("input[name=password]", cargo.PASSWORD)
        page.click("form button[type=submit].btn-primary")
        page.wait_for_url("**/")

    page.unroute("**/changes/")
    enter(colleague)
    open_act(page, act)
    expect(here(page).get_by_label("Packages found")).to_have_value("")
    page.wait_for_timeout(500)
    line.refresh_from_db()
    assert line.packages_found is None
    page.locator("summary.user").click()
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url("**/accounts/login/**")
    enter(officer)
    open_act(page, act)
    expect(here(page).get_by_label("Packages found")).to_have_value("840")
    saved(page)
    line.refresh_from_db()
    assert line.packages_found == 840


def test_the_page_across_on_a_phone_in_the_dark_and_on_paper(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    record(page, tmp_path)
    saved(page)
    page.evaluate("window.scrollTo(0, 0)")
    shoot(page, "tablet-1024x768")
    page.get_by_role("button", name="Next line").click()
    expect(page.locator(".ins-lk[aria-current]")).not_to_contain_text("CAIU")
    dark = sign_in(officer, size=PHONE, scheme="dark")
    open_act(dark, act)
    assert not is_wider_than_its_window(dark)
    shoot(dark, "tablet-phone-dark", full=True)
    dark.goto(f"/inspections/{act.ref}/act/")
    assert not is_wider_than_its_window(dark)
    desk = sign_in(officer, size=DESK)
    desk.goto(f"/inspections/{act.ref}/act/")
    shoot(desk, "act-desk", full=True)
    desk.pdf(path=SHOTS / "act.pdf", format="A4", prefer_css_page_size=True)
    desk.goto("/inspections/")
    assert not is_wider_than_its_window(desk)
    shoot(desk, "inspections-list")


def test_the_plan_and_the_case_page(sign_in: SignIn, officer: User, case: Case, colleague: User) -> None:
    factories.ReferralFactory(case=case, method="full_devanning", note="Look behind the front wall")
    page = sign_in(officer, size={"width": 1366, "height": 900})
    page.goto("/inspections/")
    shoot(page, "inspections-waiting")
    page.goto(f"/cases/{case.ref}/#examinations")
    page.locator("#examinations").scroll_into_view_if_needed()
    shoot(page, "inspections-case")
    page.get_by_role("link", name="Plan the examination").click()
    page.get_by_label("Place").fill("Shed 2")
    page.get_by_label("Daniyar Muratov").check()
    shoot(page, "inspections-plan", full=True)
    page.get_by_role("button", name="Plan").click()
    expect(page.locator("main h1")).to_contain_text("ALT-I-")
    assert Inspection.objects.get().team.count() == 2
    phone = sign_in(officer, size=PHONE)
    phone.goto("/inspections/")
    assert not is_wider_than_its_window(phone)
    shoot(phone, "inspections-list-phone")


def test_without_scripts_the_act_is_plain_forms(
    chromium: Browser, live_server: Any, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path
) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url, viewport=UPRIGHT)  # type: ignore[arg-type]  # a ViewportSize in shape
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", officer.username)
    page.fill("input[name=password]", cargo.PASSWORD)
    page.click("form button[type=submit].btn-primary")
    page.goto(f"/inspections/{act.ref}/?line={line.ref}")
    part = here(page)
    tick(part, "scan")
    part.get_by_label("Packages found").fill("840")
    part.locator("noscript [data-part=number]").first.fill("CN 1")
    part.locator("noscript .seg-broken").first.click()
    part.locator("[data-field=result] .seg-found").click()
    shoot(page, "tablet-no-scripts")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    expect(here(page).get_by_label("Packages found")).to_have_value("840")
    line.refresh_from_db()
    assert (line.result, line.methods["scan"]["done"]) == ("found", True)
    assert [(seal.number, seal.condition) for seal in line.seals.all()] == [("CN 1", "broken")]
    photo = tmp_path / "doors.jpg"
    photo.write_bytes(picture())
    here(page).locator(".ins-cam input[type=file]").set_input_files(photo)
    here(page).get_by_role("button", name="Store the photograph").click()
    expect(here(page).locator("[data-photos] img")).to_have_count(1)
    context.close()
