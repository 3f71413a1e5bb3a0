"""The tablet page when the browser keeps nothing, the link goes or the server refuses: nothing is lost, all is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from inspections.models import Inspection, InspectionLine
from inspections.recording import Change, apply_changes
from inspections.web import tablet
from pcu.accounts.models import User
from tests.browser.conftest import PHONE, SignIn
from tests.browser.test_tablet import ACROSS, check, here, is_wider_than_its_window, open_act, record, saved, shoot
from tests.browser.trouble import (
    BROKEN,
    CORNER,
    FULL,
    SLOW_FOR_ONE,
    STORED,
    TRY_NOW,
    UPRIGHT,
    Server,
    Unplugged,
    enter,
    photographs,
    take,
)
from tests.factories_recording import picture
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("how", BROKEN)
def test_a_browser_that_keeps_nothing_sends_every_entry_all_the_same_and_says_so(
    how: str, sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path
) -> None:
    page = sign_in(officer, size=ACROSS)
    page.add_init_script(BROKEN[how])
    page.goto(f"/inspections/{act.ref}/")
    expect(page.locator("main[data-replayed=yes]")).to_be_visible()
    expect(page.locator("[data-stop]")).to_contain_text("keeps nothing once the page is closed")
    expect(page.locator(".ins-save")).to_contain_text("nothing is kept on this device")
    record(page, tmp_path)
    expect(page.locator(".ins-save")).to_contain_text("Saved")
    check(line)
    assert set(act.changes.values_list("tablet", flat=True)) == {None}
    shoot(page, f"tablet-store-{how}")


def test_what_the_page_alone_holds_does_not_hide_what_was_stored_before(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, unplugged: Unplugged
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    with unplugged(page):
        for label, value in (
            ("Packages found", "1"),
            ("Gross weight found", "2"),
            ("Findings: what and where", "three"),
        ):
            enter(page, label, value)
        expect(page.locator(".ins-save")).to_contain_text("to send: 3")
        page.evaluate(FULL)
        enter(page, "Packages found", "11")
        enter(page, "Packages found", "12")
        enter(page, "Radiation at the container", "0.2")
        expect(page.locator("[data-stop]")).to_contain_text("keeps nothing")
        expect(page.locator(".ins-save")).to_contain_text("Not kept on this device")
        assert sorted(page.evaluate(STORED, "changes")) == ["1", "2", "three"]
        shoot(page, "tablet-store-full-offline")
    page.evaluate(TRY_NOW)
    expect(page.locator(".ins-save")).to_contain_text("Saved")
    line.refresh_from_db()
    assert (line.packages_found, line.gross_found_kg, line.findings) == (12, 2, "three")
    assert str(line.radiation_usvh) == "0.200"
    assert not act.changes.exclude(outcome="applied").exists()


def test_the_browser_asks_before_it_closes_a_page_that_alone_holds_an_entry(
    sign_in: SignIn, officer: User, act: Inspection
) -> None:
    page = sign_in(officer, size=ACROSS)
    page.add_init_script(FULL)
    open_act(page, act)
    Server(page, "**/changes/").status = "away"
    here(page).get_by_label("Packages found").click()
    enter(page, "Packages found", "12")
    expect(page.locator(".ins-save")).to_contain_text("Not kept on this device")
    page.locator("summary.user").click()
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.locator("#unsent")).to_contain_text("could not keep, lost when you sign out: 1.")
    expect(page.locator("[data-unsent-kept]")).to_be_hidden()
    page.get_by_role("button", name="Stay signed in").click()
    asked = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", stay)
    page.close(run_before_unload=True)
    page.wait_for_event("close")
    assert asked == ["beforeunload"]


def test_a_newer_entry_that_cannot_be_stored_leaves_the_older_one_in_the_store(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    server = Server(page, "**/changes/")
    server.status = "away"
    enter(page, "Packages found", "840")
    expect(page.locator(".ins-save")).to_contain_text("to send: 1")
    page.evaluate(FULL)
    enter(page, "Packages found", "841")
    expect(page.locator(".ins-save")).to_contain_text("Not kept on this device")
    assert page.evaluate(STORED, "changes") == ["840"]
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(here(page).get_by_label("Packages found")).to_have_value("840")
    enter(page, "Packages found", "842")
    expect(page.locator(".ins-save")).to_contain_text("Kept on this tablet")
    expect(page.locator(".ins-save")).to_contain_text("to send: 1")
    assert page.evaluate(STORED, "changes") == ["842"]
    server.status = None
    page.evaluate(TRY_NOW)
    saved(page)
    line.refresh_from_db()
    assert line.packages_found == 842


def test_an_entry_that_the_page_alone_holds_is_stored_as_soon_as_there_is_room(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    server = Server(page, "**/changes/")
    server.status = "away"
    page.evaluate("window.whole = IDBObjectStore.prototype.put;" + FULL)
    enter(page, "Packages found", "840")
    expect(page.locator(".ins-save")).to_contain_text("Not kept on this device")
    page.evaluate("IDBObjectStore.prototype.put = window.whole;" + TRY_NOW)
    expect(page.locator(".ins-save")).to_contain_text("Kept on this tablet")
    expect(page.locator("[data-stop]")).to_be_hidden()
    page.reload()
    expect(here(page).get_by_label("Packages found")).to_have_value("840")
    server.status = None
    page.evaluate(TRY_NOW)
    saved(page)
    line.refresh_from_db()
    assert line.packages_found == 840


def test_a_lost_answer_makes_no_conflict_with_oneself_where_nothing_is_kept(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine
) -> None:
    page = sign_in(officer, size=ACROSS)
    page.add_init_script(FULL)
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)  # the server has it; the tablet never hears of it
        return route.abort()

    page.route("**/changes/", lose)
    open_act(page, act)
    enter(page, "Packages found", "840")
    expect(page.locator(".ins-save")).to_contain_text("Not kept on this device")
    enter(page, "Packages found", "841")
    page.evaluate(TRY_NOW)
    expect(page.locator(".ins-save")).to_contain_text("Saved")
    line.refresh_from_db()
    assert (lost, line.packages_found) == ([200], 841)
    assert set(act.changes.values_list("outcome", flat=True)) == {"applied"}


def test_what_is_typed_just_before_a_reload_is_there_after_it(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    server = Server(page, "**/changes/")
    server.status = "away"
    here(page).get_by_label("Findings: what and where").press_sequentially("Steel sheet")
    page.reload()
    expect(here(page).get_by_label("Findings: what and where")).to_have_value("Steel sheet")
    server.status = None
    page.evaluate(TRY_NOW)
    saved(page)
    line.refresh_from_db()
    assert line.findings == "Steel sheet"


def test_what_is_typed_while_an_earlier_entry_is_still_being_stored_is_there_after_a_reload(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    page.evaluate(SLOW_FOR_ONE)
    enter(page, "Packages found", "840")
    enter(page, "Findings: what and where", "Steel sheet")
    expect(page.locator(".ins-save")).to_contain_text("Saving")
    page.reload()
    expect(here(page).get_by_label("Findings: what and where")).to_have_value("Steel sheet")
    saved(page)
    line.refresh_from_db()
    assert line.findings == "Steel sheet"


def test_nothing_is_called_saved_before_it_was_looked_at_whatever_writes_it(
    sign_in: SignIn, officer: User, act: Inspection
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    saved(page)
    page.evaluate(SLOW_FOR_ONE)
    page.get_by_role("button", name="Begins now").click()
    assert "Saving" in page.locator(".ins-save").inner_text()


def test_a_link_that_comes_back_while_something_is_still_being_sent_is_used_at_once(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine
) -> None:
    page = sign_in(officer, size=ACROSS)
    page.clock.install()  # nothing is tried again because time went by
    open_act(page, act)
    hanging: list[Route] = []
    page.route("**/changes/", lambda route: route.continue_() if hanging else hanging.append(route))
    with page.expect_request("**/changes/"):
        enter(page, "Packages found", "840")
        page.clock.run_for(10)
    page.evaluate(TRY_NOW)
    page.clock.run_for(10)
    hanging[0].abort()
    expect(page.locator(".ins-save")).to_contain_text("Kept on this tablet")
    page.clock.run_for(10)
    saved(page)
    line.refresh_from_db()
    assert line.packages_found == 840


# ---- a server that refuses


def test_an_entry_waits_through_every_answer_that_is_no_judgement_of_it(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    server = Server(page, "**/changes/")
    for place, (status, told) in enumerate(CORNER.items()):
        server.status = status
        enter(page, "Packages found", str(place + 1))
        expect(page.locator(".ins-save")).to_contain_text(told)
        expect(page.locator(".ins-save")).to_contain_text(re.compile("to send: 1", re.I))
        expect(page.locator(".is-bad[data-field]")).to_have_count(0)
        if told == "the server does not take it":
            expect(page.locator("[data-stop]")).to_contain_text(f"Because of {status}.")
        shoot(page, f"tablet-answer-{status}")
    page.reload()
    expect(here(page).get_by_label("Packages found")).to_have_value(str(len(CORNER)))
    server.status = None
    page.evaluate(TRY_NOW)
    saved(page)
    expect(page.locator("[data-stop]")).to_be_hidden()
    line.refresh_from_db()
    assert line.packages_found == len(CORNER)


def test_one_entry_and_one_photograph_that_the_server_fails_over_hold_up_no_others(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path, unplugged: Unplugged
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)

    def fail(route: Route) -> None:
        text = route.request.url + (route.request.post_data or "" if route.request.url.endswith("/changes/") else "")
        if "poison" in text:
            return route.fulfill(status=500, body="<h1>500</h1>")
        return route.continue_()

    page.route(re.compile(r"/(changes|photos)/(\?.*)?$"), fail)
    with unplugged(page):
        here(page).locator("[data-photo-caption]").fill("poison")
        take(page, tmp_path)
        take(page, tmp_path, "two.jpg", picture((640, 480)))
        expect(photographs(page)).to_have_count(2)
        enter(page, "Findings: what and where", "poison")
        enter(page, "Packages found", "840")
        expect(page.locator(".ins-save")).to_contain_text("to send: 4")
    page.evaluate(TRY_NOW)
    expect(page.locator(".ins-save")).to_contain_text("to send: 2")
    line.refresh_from_db()
    assert (line.packages_found, line.findings, line.photos.count()) == (840, "", 1)
    page.unroute(re.compile(r"/(changes|photos)/(\?.*)?$"))
    page.evaluate(TRY_NOW)
    saved(page)
    line.refresh_from_db()
    assert (line.findings, line.photos.count()) == ("poison", 2)


def test_a_session_that_ends_waits_for_its_officer_to_sign_in_in_another_tab(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    page.context.clear_cookies()
    enter(page, "Packages found", "840")
    take(page, tmp_path)
    expect(page.locator("[data-stop]")).to_contain_text("You are signed out")
    shoot(page, "tablet-signed-out")
    with page.context.expect_page() as opening:
        page.locator("[data-stop]").get_by_role("link", name="Sign in again").click()
    other = opening.value
    other.fill("input[name=login]", officer.username)
    other.fill("input[name=password]", cargo.PASSWORD)
    other.click("form button[type=submit].btn-primary")
    other.wait_for_url("**/")
    other.close()
    page.evaluate(TRY_NOW)
    saved(page)
    expect(page.locator("[data-stop]")).to_be_hidden()
    line.refresh_from_db()
    assert (line.packages_found, line.photos.count()) == (840, 1)


def test_what_waits_when_the_act_is_handed_in_is_told_and_sent_when_it_comes_back(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    Inspection.objects.filter(pk=act.pk).update(state="submitted")
    enter(page, "Packages found", "840")
    expect(page.locator("[data-stop]")).to_contain_text("The act cannot be changed now")
    page.reload()
    expect(page.locator("[data-stop]")).to_contain_text("On this tablet and not sent: 1")
    shoot(page, "tablet-handed-in")
    Inspection.objects.filter(pk=act.pk).update(state="returned")
    page.reload()
    saved(page)
    line.refresh_from_db()
    assert line.packages_found == 840


def test_a_server_out_of_order_does_not_close_an_examination_that_is_reloaded(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sign_in(officer, size=ACROSS)
    open_act(page, act)
    expect(page.locator("main[data-kept-page=yes]")).to_be_visible()
    server = Server(page, "**/changes/")
    server.status = 503
    enter(page, "Packages found", "840")
    expect(page.locator(".ins-save")).to_contain_text("Kept on this tablet")

    def fail(*_: Any) -> None:
        raise RuntimeError("out of order")

    with monkeypatch.context() as patch:
        patch.setattr(tablet, "Sheet", fail)
        page.reload()
        expect(here(page).get_by_label("Packages found")).to_have_value("840")
    server.status = None
    page.evaluate(TRY_NOW)
    saved(page)
    line.refresh_from_db()
    assert line.packages_found == 840


# ---- what needs a link


def test_taking_out_giving_up_and_submitting_say_that_they_need_a_link(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path, unplugged: Unplugged
) -> None:
    page = sign_in(officer, size=UPRIGHT)
    open_act(page, act)
    take(page, tmp_path)
    enter(page, "Packages found", "840")
    saved(page)
    page.reload()
    photo = here(page).locator("[data-photos] li:has(img)")
    with unplugged(page):
        photo.get_by_role("button", name="Take the photograph out").click()
        expect(photo).to_contain_text("This needs a link to the server")
        shoot(page, "tablet-photo-out-offline")
        page.get_by_text("Give the examination up").click()
        page.locator("#drop-reason").fill("Wrong container")
        page.get_by_role("button", name="Give it up").click()
        expect(page.locator("[data-drop-said]")).to_contain_text("This needs a link to the server")
        page.get_by_role("link", name="Submit for review").click()
        expect(page.locator("[data-stop]")).to_contain_text("This needs a link to the server")
        enter(page, "Packages found", "841")
        page.get_by_role("link", name="Submit for review").click()
        expect(page.locator("[data-stop]")).to_contain_text("Not everything was sent yet: 1.")
        assert page.url.startswith(page.evaluate("location.origin") + f"/inspections/{act.ref}/")
    page.evaluate(TRY_NOW)
    saved(page)
    photo.get_by_role("button", name="Take the photograph out").click()
    expect(photo).to_have_count(0)
    assert line.photos.get().removed_at is not None
    page.get_by_role("link", name="Submit for review").click()
    page.wait_for_url("**/submit/")
    page.go_back()
    page.get_by_text("Give the examination up").click()
    page.locator("#drop-reason").fill("Wrong container")
    page.get_by_role("button", name="Give it up").click()
    page.wait_for_url("**/cases/**")
    act.refresh_from_db()
    assert act.state == "dropped"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [ACROSS, UPRIGHT, PHONE], ids=["across", "upright", "phone"])
def test_the_page_in_trouble_fits_every_screen(
    size: dict[str, int], scheme: str, sign_in: SignIn, officer: User, colleague: User, act: Inspection,
    line: InspectionLine, tmp_path: Path,
) -> None:  # fmt: skip
    page = sign_in(officer, size=size, scheme=scheme)
    name = f"tablet-trouble-{size['width']}-{scheme}"
    open_act(page, act)
    apply_changes(inspection=act, user=colleague, changes=[Change("findings", "Shoes", "", line=str(line.ref))])
    enter(page, "Findings: what and where", "Cartons of cigarettes")
    enter(page, "Packages found", "-3")
    expect(here(page).locator("[data-trouble]")).to_have_count(2)
    page.evaluate(FULL)
    Server(page, "**/changes/").status = 409
    Server(page, "**/photos/?*").status = 403
    take(page, tmp_path)
    enter(page, "Gross weight found", "15966")
    expect(photographs(page)).to_contain_text("Not kept on this device")
    expect(page.locator("[data-stop]")).to_contain_text("Because of")
    page.evaluate("window.scrollTo(0, 0)")
    shoot(page, name)
    photographs(page).scroll_into_view_if_needed()
    shoot(page, f"{name}-photos")
    shoot(page, f"{name}-whole", full=True)
    assert not is_wider_than_its_window(page)
    tabs, head = here(page).locator(".ins-t"), page.locator(".ins-h")
    page.evaluate("window.scrollTo(0, 600)")
    if size is not PHONE:  # there the head scrolls away
        below = head.evaluate("(one) => one.getBoundingClientRect().bottom")
        assert tabs.evaluate("(one) => one.getBoundingClientRect().top") >= below - 1
