"""The shell in a real browser: keys, what is said when a request fails, the sheet, the theme."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pcu.accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.desk.trial_urls")]

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def page(chromium: Browser, live_server: Any, client: Any) -> Iterator[Page]:
    """A signed-in page that fails the test on a script error or a breach of the content policy."""
    client.force_login(User.objects.create_user("officer"))
    context = chromium.new_context(viewport=DESK, base_url=live_server.url, color_scheme="light")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert complaints == []


def open_list(page: Page) -> None:
    page.goto("/trial/list")
    expect(page.locator("#preview")).to_have_text("preview of a")


def test_j_and_k_move_and_the_preview_follows(page: Page) -> None:
    open_list(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#preview")).to_have_text("preview of c")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tr[aria-current]")).to_have_attribute("data-row", "b")
    expect(page.locator("#preview")).to_have_text("preview of b")


def test_keys_sit_where_they_sit_on_a_cyrillic_layout(page: Page) -> None:
    open_list(page)
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {code: 'KeyJ', key: 'о', bubbles: true}))")
    expect(page.locator("#preview")).to_have_text("preview of b")


def test_space_picks_and_enter_opens_the_current_row(page: Page) -> None:
    open_list(page)
    page.keyboard.press("j")
    page.keyboard.press("Space")
    expect(page.get_by_label("b", exact=True)).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/trial/open/b")


def test_keys_are_letters_inside_a_field_until_escape(page: Page) -> None:
    open_list(page)
    page.keyboard.press("c")
    expect(page.locator("#comment")).to_be_focused()
    page.keyboard.type("jjk c")
    expect(page.locator("#comment")).to_have_value("jjk c")
    expect(page.locator("tr[aria-current]")).to_have_attribute("data-row", "a")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("tr[aria-current]")).to_have_attribute("data-row", "b")


def test_the_question_mark_lists_the_keys_this_page_has(page: Page) -> None:
    open_list(page)
    page.keyboard.press("Shift+Slash")
    keys = page.get_by_role("dialog", name="Keys on this page")
    expect(keys).to_contain_text("Next, previous")
    expect(keys.locator("div[data-made]")).to_have_text(["CommentC"])
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.goto("/trial/case")
    page.keyboard.press("Shift+Slash")
    expect(keys.locator("div[data-made]")).to_have_text(["No examinationN", "HoldH"])
    expect(keys.get_by_text("Next, previous")).to_be_hidden()


def test_an_ended_session_is_told_and_the_sign_in_page_stays_out_of_the_table(page: Page) -> None:
    open_list(page)
    page.context.clear_cookies()
    page.keyboard.press("j")
    expect(page.locator("#strip-session")).to_be_visible()
    expect(page.locator("#preview")).to_have_text("preview of a")


def test_whoever_signs_in_again_elsewhere_sends_what_was_typed_and_nobody_else_does(
    page: Page, client: Any, live_server: Any
) -> None:
    def sign_in(name: str) -> None:
        client.force_login(User.objects.get_or_create(username=name)[0])
        # signing in makes a new token, whoever it is
        for cookie, value in (("sessionid", client.cookies["sessionid"].value), ("csrftoken", "n" * 32)):
            page.context.add_cookies([{"name": cookie, "value": value, "url": live_server.url}])

    open_list(page)
    sign_in("another")
    page.click("#raced")
    expect(page.locator("#strip-session")).to_be_visible()
    expect(page.locator("#preview")).to_have_text("preview of a")
    sign_in("officer")
    page.click("#raced")
    expect(page.locator("#preview")).to_have_text("taken by another")
    expect(page.locator("#strip-session")).to_be_hidden()


def test_until_the_preview_has_come_nothing_acts_on_the_one_before(page: Page) -> None:
    open_list(page)
    held: list[Any] = []
    page.route("**/trial/preview/b", lambda route: held.append(route))
    page.keyboard.press("j")
    expect(page.locator("#preview")).to_have_js_property("inert", True)
    expect(page.locator("#preview")).to_have_text("preview of a")
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    expect(page.locator("#preview")).to_have_text("preview of b")
    expect(page.locator("#preview")).to_have_js_property("inert", False)


def test_a_lost_connection_is_told_until_it_is_back(page: Page) -> None:
    open_list(page)
    page.context.set_offline(True)
    expect(page.locator("#strip-lost")).to_be_visible()
    with page.expect_event("requestfailed"):
        page.keyboard.press("j")
    page.context.set_offline(False)
    expect(page.locator("#strip-lost")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator("#preview")).to_have_text("preview of c")


def test_a_refusal_is_told_in_words_and_a_race_is_shown_in_place(page: Page) -> None:
    open_list(page)
    page.click("#refused")
    expect(page.locator("#strip-error")).to_have_text("You may not do this.")
    page.click("#raced")
    expect(page.locator("#preview")).to_have_text("taken by another")
    expect(page.locator("#strip-error")).to_be_hidden()


def test_a_decision_key_picks_its_radio_and_shows_its_fields(page: Page) -> None:
    page.goto("/trial/case")
    expect(page.locator("#notice")).to_be_hidden()
    page.keyboard.press("h")
    expect(page.locator("[value=hold]")).to_be_checked()
    expect(page.locator("#notice")).to_be_enabled()
    page.keyboard.press("n")
    expect(page.locator("[value=none]")).to_be_checked()
    expect(page.locator("#notice")).to_be_disabled()


def test_on_a_phone_the_decision_is_a_sheet_over_a_page_that_waits(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/trial/case")
    expect(page.locator("#dec")).to_be_hidden()
    page.click("#open-sheet")
    expect(page.locator("#dec")).to_be_visible()
    expect(page.locator("#dec")).to_have_attribute("aria-modal", "true")
    assert page.locator("#behind").evaluate("part => part.inert")
    page.keyboard.press("Escape")
    expect(page.locator("#dec")).to_be_hidden()
    expect(page.locator("#open-sheet")).to_be_focused()
    assert not page.locator("#behind").evaluate("part => part.inert")


def test_the_theme_follows_the_system_until_one_is_chosen(page: Page) -> None:
    page.goto("/trial/case")
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-theme", "dark")
    page.click("header [data-theme-toggle]:visible")
    expect(root).to_have_attribute("data-theme", "light")
    page.reload()
    expect(root).to_have_attribute("data-theme", "light")


def test_a_menu_closes_on_escape_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/trial/case")
    page.click("summary.user")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.locator("summary.user")).to_be_focused()


@pytest.mark.parametrize("width", [320, 390, 820, 1440])
def test_no_page_of_the_shell_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for address in ("/trial/list", "/accounts/2fa/", "/accounts/password/change/", "/nowhere"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == width, address


def test_pages_hold_no_inline_script_and_no_style(page: Page) -> None:
    for address in ("/trial/list", "/accounts/2fa/", "/accounts/reauthenticate/", "/accounts/logout/", "/nowhere"):
        page.goto(address)
        html = page.content()
        assert not re.search(r"<[^>]+\sstyle=", html), address
        assert not re.search(r"<[^>]+\son\w+=", html), address
        assert not re.search(r"<script(?![^>]*\ssrc=)", html), address
