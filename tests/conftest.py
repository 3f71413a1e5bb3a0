"""Fixtures that every test may use."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.test import TransactionTestCase, override_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker

from tests import emptying, template

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

PATIENCE = 20_000  # ms

# The same examples in every run and none that is refused for taking its time: a run says something about the code, not
# about chance and the machine. New ones are looked for with `pytest --hypothesis-profile=search`.
hypothesis.settings.register_profile(
    "steady", derandomize=True, database=None, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("search", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("steady")

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues that changed, as `make messages` does, so that tests never read old words."""
    if hasattr(config, "workerinput"):
        return
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            compiler = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "compile"]
            subprocess.run([*compiler, "-i", source, "-o", target], check=True)


def pytest_report_header() -> str:
    if CHROMIUM:
        return f"Chromium: {CHROMIUM}"
    return "NO CHROMIUM FOUND: THE BROWSER TESTS ARE SKIPPED (install chromium or set CHROMIUM)"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not CHROMIUM:
        terminalreporter.write_line(pytest_report_header(), red=True, bold=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Every worker copies one migrated database instead of migrating its own."""
    with django_db_blocker.unblock():
        template.use()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """A strong hash takes its time on purpose; here nobody guesses."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptying.teardown)
        yield


@pytest.fixture(autouse=True)
def forgets_the_language() -> Iterator[None]:
    """A request leaves its language active in this thread; the next test must not read it."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """The system's Chromium, headless; tests that need it are skipped where there is none."""
    if not CHROMIUM:
        pytest.skip("no Chromium found; install chromium or set CHROMIUM")
    from playwright.sync_api import expect, sync_playwright

    # how long a sign may take before it counts as never coming; a busy machine must not fail a test
    expect.set_options(timeout=PATIENCE)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread; the ORM calls of a test beside it are no danger.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--headless=new"])
        yield browser
        browser.close()
