"""Photographs of the tablet page when the browser keeps none, the link goes or the server refuses: none is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from inspections.models import Inspection, InspectionLine
from pcu.accounts.models import User
from tests.browser.conftest import SignIn
from tests.browser.test_tablet import here, open_act, saved, shoot
from tests.browser.trouble import (
    BESIDE,
    CORNER,
    FULL_FOR_PHOTOGRAPHS,
    TRY_NOW,
    UPRIGHT,
    Server,
    enter,
    photographs,
    take,
)
from tests.factories_recording import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_photograph_waits_through_every_answer_that_is_no_judgement_of_it(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path
) -> None:
    page = sign_in(officer, size=UPRIGHT)
    open_act(page, act)
    server = Server(page, "**/photos/?*")
    server.status = "away"
    take(page, tmp_path)
    for status, told in BESIDE.items():
        server.status = status
        page.evaluate(TRY_NOW)
        expect(photographs(page).locator("[data-photo-fate]")).to_contain_text(told)
        expect(page.locator(".ins-save")).to_contain_text(CORNER[status])
    photographs(page).scroll_into_view_if_needed()
    shoot(page, "tablet-photo-waits")
    page.reload()
    expect(photographs(page)).to_have_count(1)
    assert not line.photos.exists()
    server.status = None
    page.evaluate(TRY_NOW)
    saved(page)
    assert line.photos.count() == 1
    page.reload()
    expect(here(page).locator("[data-photos] img")).to_have_count(1)
    expect(photographs(page)).to_have_count(0)


@pytest.mark.parametrize("status", [400, 413])
def test_a_photograph_refused_by_its_content_is_kept_and_can_be_sent_again(
    status: int, sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path
) -> None:
    page = sign_in(officer, size=UPRIGHT)
    open_act(page, act)
    server = Server(page, "**/photos/?*")
    server.status = status
    take(page, tmp_path)
    expect(photographs(page).locator("[data-photo-fate]")).to_contain_text(f"Because of {status}.")
    page.wait_for_timeout(2600)  # longer than the first pause of what is tried again
    assert server.asked == 1
    page.reload()
    expect(photographs(page).locator("[data-photo-fate]")).to_contain_text(f"Because of {status}.")
    photographs(page).scroll_into_view_if_needed()
    shoot(page, f"tablet-photo-{status}")
    server.status = None
    photographs(page).get_by_role("button", name="Send it again").click()
    saved(page)
    assert line.photos.count() == 1


def test_a_cut_body_is_no_judgement_of_a_photograph(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path
) -> None:
    page = sign_in(officer, size=UPRIGHT)
    open_act(page, act)
    cut: list[str] = []

    def cut_once(route: Route) -> None:
        if cut:
            return route.continue_()
        cut.append(route.request.url)
        return route.fulfill(
            status=400, json={"type": "client_error", "errors": [{"code": "body_cut", "detail": "Cut."}]}
        )

    page.route("**/photos/?*", cut_once)
    take(page, tmp_path)
    saved(page)
    assert (len(cut), line.photos.count()) == (1, 1)


def test_a_photograph_that_cannot_be_kept_is_sent_at_once_and_says_so_while_it_waits(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path
) -> None:
    page = sign_in(officer, size=UPRIGHT)
    open_act(page, act)
    page.evaluate(FULL_FOR_PHOTOGRAPHS)
    server = Server(page, "**/photos/?*")
    take(page, tmp_path)
    expect(photographs(page).locator("[data-photo-fate]")).to_have_text("")
    assert line.photos.count() == 1
    server.status = "away"
    take(page, tmp_path, "two.jpg", picture((640, 480)))
    fate = photographs(page).last.locator("[data-photo-fate]")
    expect(fate).to_contain_text("waits for a link")
    expect(fate).to_contain_text("Not kept on this device: leave this page open until it is sent.")
    expect(page.locator("[data-stop]")).to_contain_text("keeps nothing")
    shoot(page, "tablet-photo-held")
    page.evaluate("IDBObjectStore.prototype.put = window.whole;" + TRY_NOW)
    expect(fate).to_have_text("waits for a link")
    page.reload()
    expect(photographs(page)).to_have_count(1)
    server.status = None
    page.evaluate(TRY_NOW)
    saved(page)
    assert line.photos.count() == 2


def test_a_photograph_taken_while_another_is_on_its_way_follows_it(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path
) -> None:
    page = sign_in(officer, size=UPRIGHT)
    open_act(page, act)
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if held:
            return route.continue_()
        held.append(route)
        return None

    page.route("**/photos/?*", hold_first)
    take(page, tmp_path)
    expect(photographs(page).locator("[data-photo-fate]")).to_have_text("is being sent")
    take(page, tmp_path, "two.jpg", picture((640, 480)))
    with page.expect_response("**/changes/"):  # nor does an entry wait for it
        enter(page, "Packages found", "840")
    expect(photographs(page)).to_have_count(2)
    expect(page.locator(".ins-save")).to_contain_text("to send: 2")
    line.refresh_from_db()
    assert line.packages_found == 840
    held[0].continue_()
    saved(page)
    assert line.photos.count() == 2


def test_a_photograph_of_a_seal_waits_for_the_entry_of_its_seal(
    sign_in: SignIn, officer: User, act: Inspection, line: InspectionLine, tmp_path: Path
) -> None:
    page = sign_in(officer, size=UPRIGHT)
    open_act(page, act)
    server = Server(page, "**/changes/")
    server.status = 500
    here(page).get_by_role("button", name="Seal found").click()
    seal = here(page).locator("[data-field^='seals.']").last
    seal.locator("[data-part=number]").fill("CN 1")
    seal.locator("[data-part=number]").blur()
    expect(page.locator(".ins-save")).to_contain_text("to send: 1")
    path = tmp_path / "seal.jpg"
    path.write_bytes(picture())
    seal.locator("input[type=file]").set_input_files(path)
    expect(page.locator(".ins-save")).to_contain_text("to send: 2")
    server.status = None
    page.evaluate(TRY_NOW)
    saved(page)
    assert [photo.seal and photo.seal.number for photo in line.photos.all()] == ["CN 1"]
