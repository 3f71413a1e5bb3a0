"""An officer who reads Russian meets no English words of ours, and no page grows wider than its window."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from pcu.accounts.models import User
from pcu.translations.catalogue import stored
from profiling.cargo.models import Consignment, EquipmentVisit, Submission
from profiling.cases import services
from profiling.cases.choices import DecisionKind, Method, Reason
from profiling.cases.models import Case
from profiling.parties.models import Party
from tests.browser.conftest import PHONE, SHOTS, SignIn

DESK = {"width": 1366, "height": 768}
# All that a reader meets: visible text, and what is read out, shown on hover or before one types. Words marked as
# another language's own, as on the buttons that choose one, are left out.
WORDS_ON_PAGE = """() => {
  const told = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (text.parentElement.closest("[lang]") === document.documentElement) told.add(text.textContent);
  }
  for (const name of ["title", "aria-label", "placeholder", "alt", "data-key-label"])
    for (const element of document.querySelectorAll(`[${name}]`)) told.add(element.getAttribute(name));
  return [...told, document.title].map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


@pytest.fixture
def officer(officer: User) -> User:
    officer.language = "ru"
    officer.save()
    return officer


@pytest.fixture
def held(scored: list[Case], officer: User) -> Case:
    """A case with its equipment held and referred."""
    case = next(case for case in scored if case.equipment_number)
    services.decide(
        case=case,
        user=officer,
        kind=DecisionKind.HOLD_AND_REFER,
        reasons=[Reason.SEAL],
        note="",
        expected_version=case.version,
        override_reason="x",
        notice="x",
        authority="x",
        method=Method.DOG,
    )
    return case


@pytest.fixture(scope="module")
def english() -> re.Pattern[str]:
    """Matches every text of ours that Russian words otherwise; a place for a value matches anything."""
    places = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
    patterns = set()
    for message in stored("ru"):
        texts, translations = ({one} if isinstance(one, str) else set(one) for one in (message.id, message.string))
        for text in texts - translations:
            words = places.split(text.replace("%%", "%"))
            if any(re.search(r"[A-Za-z]{2}", part) for part in words):
                patterns.add(".+".join(re.escape(part) for part in words))
    return re.compile("|".join(sorted(patterns)))


def addresses(scored: list[Case], held: Case) -> Iterator[tuple[str, str]]:
    waiting = next(case for case in scored if case.pk != held.pk)
    yield "queue", "/"
    yield "queue-all", "/?state=all"
    yield "case", f"/cases/{waiting.ref}/"
    yield "case-held", f"/cases/{held.ref}/"
    yield "case-unfired", f"/cases/{held.ref}/unfired/"
    yield "overdue", "/cases/overdue/"
    yield "overdue-held", "/cases/overdue/?show=held"
    yield "statistics", "/statistics/?group=unit"
    yield "submissions", "/submissions/"
    for place, submission in enumerate(Submission.objects.all()):
        yield f"submission-{place}", f"/submissions/{submission.ref}/"
    yield "upload", "/submissions/upload/"
    yield "consignments", "/consignments/"
    yield "nothing-found", "/consignments/?document_no=none"
    for place, consignment in enumerate(Consignment.objects.order_by("pk")[:60:20]):
        yield f"consignment-{place}", f"/consignments/{consignment.ref}/"
    for place, visit in enumerate(EquipmentVisit.objects.order_by("pk")[:60:20]):
        yield f"visit-{place}", f"/equipment/{visit.ref}/"
    yield "party", f"/parties/{Party.objects.order_by('pk')[0].ref}/"
    yield "password", "/accounts/password/change/"
    yield "second-factor", "/accounts/2fa/"
    yield "confirm", "/accounts/2fa/totp/activate/"
    yield "sign-out", "/accounts/logout/"
    yield "not-found", "/nowhere/"


def left_in_english(page: Page, english: re.Pattern[str]) -> list[str]:
    return [text for text in page.evaluate(WORDS_ON_PAGE) if english.fullmatch(text)]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_holds_english_words_or_outgrows_its_window(
    sign_in: SignIn, officer: User, scored: list[Case], held: Case, english: re.Pattern[str], size: dict[str, int]
) -> None:
    page = sign_in(officer, size=size, locale="ru-RU")
    SHOTS.mkdir(parents=True, exist_ok=True)
    faults = {}
    for name, address in addresses(scored, held):
        answer = page.goto(address)
        assert answer is not None
        assert answer.headers["content-language"] == "ru", address
        page.screenshot(path=SHOTS / f"ru-{size['width']}-{name}.png", full_page=True)
        if words := left_in_english(page, english):
            faults[address] = words
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults[f"{address} (width)"] = ["wider than its window"]
    assert faults == {}


def test_the_search_for_english_words_finds_them(
    sign_in: SignIn, colleague: User, scored: list[Case], english: re.Pattern[str]
) -> None:
    page = sign_in(colleague)
    expect(page.locator("#preview .prev-t")).to_be_visible()
    found = left_in_english(page, english)
    for words in ("Queue", "Filters", "Why this one", "Search the queue", "Drawn at random, 1 in 1"):
        assert words in found


def test_queue_and_case_read_in_russian(sign_in: SignIn, officer: User, held: Case) -> None:
    page = sign_in(officer, size=DESK, locale="ru-RU")
    expect(page.locator("h1")).to_contain_text("Очередь")
    expect(page.locator("#preview")).to_contain_text("Приостановка и досмотр")
    page.goto(f"/cases/{held.ref}/")
    for words in ("Почему", "Товар", "Стороны", "Вагоны, контейнеры и пломбы", "Хронология"):
        expect(page.locator("h2", has_text=words).first).to_be_visible()
    expect(page.locator("#time")).to_contain_text("приостанавливает выдачу")
    expect(page.locator("#holds")).to_contain_text("Служебная собака")


def test_the_language_is_switched_where_one_stands_signed_out_and_signed_in(
    chromium: Browser, live_server: object, sign_in: SignIn, colleague: User, scored: list[Case]
) -> None:
    context = chromium.new_context(base_url=str(live_server), locale="en")
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Русский").click()
    expect(page.get_by_role("heading", name="Войти")).to_be_visible()
    context.close()
    page = sign_in(colleague)
    page.goto("/submissions/?status=done")
    page.locator("summary.user").click()
    page.get_by_role("button", name="Русский").click()
    expect(page).to_have_url(re.compile(r"/submissions/\?status=done$"))
    expect(page.get_by_role("heading", name="Загрузки")).to_be_visible()
