"""Fixtures that every test may use."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import translation
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

# How long an example takes is for the benchmarks: a loaded machine must not fail a test.
settings.register_profile("pcu", deadline=None)
settings.load_profile("pcu")

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
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread; the ORM calls of a test beside it are no danger.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--headless=new"])
        yield browser
        browser.close()
