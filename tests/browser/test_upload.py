"""A file pushed from the browser, and the page of its submission until it is done."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from pcu.accounts.models import Unit
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.models import Submission
from profiling.rules.models import Lane, Release
from profiling.rules.services import install_starter
from tests.intake.conftest import do_all_jobs
from tests.web import cargo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, settings: Settings) -> None:
    """Bytes go to a folder of the test."""
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path / "store"), "base_url": None}}
    }


@pytest.fixture
def unit() -> Unit:
    country = cargo.country()
    install_starter(unit=country)
    return cargo.working_unit(country)


@pytest.fixture
def page(chromium: Browser, live_server: Any, client: Client, unit: Unit) -> Iterator[Page]:
    """A signed-in page that fails the test on a script error or a breach of the content policy."""
    client.force_login(cargo.person(unit), backend="allauth.account.auth_backends.AuthenticationBackend")
    context = chromium.new_context(viewport=DESK, base_url=live_server.url, color_scheme="light")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert complaints == []


def test_a_file_is_pushed_and_its_page_follows_it_to_the_end_by_itself(page: Page) -> None:
    page.goto("/submissions/")
    page.get_by_role("link", name="Upload a manifest").click()
    page.get_by_label("File", exact=True).set_input_files(cargo.FIXTURES / "rail.json")
    page.get_by_role("button", name="Upload", exact=True).click()
    page.wait_for_url("**/submissions/*-*/")
    expect(page.get_by_role("heading", level=1)).to_have_text("rail.json")
    expect(page.locator(".steps .is-now")).to_have_text("received")

    made = Submission.objects.get()
    assert jobs.run(Job.objects.get(subject=made.ref).pk)  # as a worker would, reading first
    made.refresh_from_db()
    expect(page.locator(".steps .is-now")).to_have_text(str(made.get_status_display()))
    do_all_jobs(made)
    expect(page.locator(".steps .is-done")).to_have_count(4)
    expect(page.get_by_text("not assessed")).to_have_count(0)
    expect(page.get_by_role("link", name="SMGS note")).to_have_count(made.accepted_count)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(3000)
    assert asked == [], "a finished page asks no more"


def test_a_file_past_the_limit_is_told_before_it_is_sent(page: Page, settings: Settings, tmp_path: Path) -> None:
    settings.MAX_UPLOAD = 1000
    large = tmp_path / "large.edi"
    large.write_bytes(b"x" * 1001)
    page.goto("/submissions/upload/")
    page.get_by_label("File", exact=True).set_input_files(large)
    expect(page.get_by_text("This file is larger than")).to_be_visible()
    expect(page.get_by_role("button", name="Upload", exact=True)).to_be_disabled()
    page.get_by_label("File", exact=True).set_input_files(cargo.FIXTURES.parent / "__init__.py")
    expect(page.get_by_role("button", name="Upload", exact=True)).to_be_enabled()


def test_a_filter_changes_the_rows_and_the_address_and_back_brings_them_back(page: Page, unit: Unit) -> None:
    sender = cargo.person(unit, username="sender")
    cargo.submission(unit, sender, b"1", file_name="good.edi")
    cargo.submission(unit, sender, b"2", file_name="bad.edi", status=Submission.Status.REJECTED)
    page.goto("/submissions/")
    page.get_by_label("Status").select_option("rejected")
    expect(page.get_by_text("good.edi")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/submissions/\?status=rejected$"))
    page.get_by_role("link", name="bad.edi").click()
    page.wait_for_url("**/submissions/*-*/")
    page.go_back()
    expect(page.get_by_text("bad.edi")).to_be_visible()
    expect(page.get_by_label("Status")).to_have_value("rejected")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_of_cargo_is_wider_than_the_screen(page: Page, unit: Unit, size: dict[str, int]) -> None:
    sender = cargo.person(unit, username="forwarder")
    made = cargo.load("rail.json", unit, sender)
    cargo.problem(made, "number_invalid", params={"value": "12,5,0"}, position={"segment": 14, "offset": 812})
    cargo.problem(made, "text_cut", severity="warning", params={"limit": 35}, received="Прочие товары " * 12)
    version = made.versions.order_by("pk")[0]
    live = Release.objects.get(state=Release.State.LIVE)
    cargo.open_case(cargo.assess(version, live, Lane.objects.filter(unit=unit.parent)[0]))
    loading = version.loadings.order_by("pk")[0]
    party = version.mentions.get(role="consignee").party
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size(size)  # type: ignore[arg-type]  # a ViewportSize in shape
    for name, address in {
        "submissions": "/submissions/",
        "upload": "/submissions/upload/",
        "submission": f"/submissions/{made.ref}/",
        "consignments": "/consignments/",
        "consignment": f"/consignments/{version.consignment.ref}/",
        "visit": f"/equipment/{loading.visit.ref}/",
        "party": f"/parties/{party.ref}/",
    }.items():
        page.goto(address)
        page.screenshot(path=SHOTS / f"{name}-{size['width']}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, name
