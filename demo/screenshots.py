"""The pictures of docs/, taken from a running demonstration: `make screenshots` beside `make demo`.

Signs in as the people of the demo and photographs the pages that the guides tell of, so that a picture shows what the
program shows.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
SIGN_INS = Path(__file__).resolve().parents[1] / "var" / "demo" / "demo-sign-ins"
DESK, TABLET = {"width": 1366, "height": 900}, {"width": 1024, "height": 768}

# picture, who looks, size of the window, address, and a link to follow from there (a CSS selector) or ""
SHOTS = (
    ("queue", "supervisor", DESK, "/", ""),
    ("inspections", "officer2", DESK, "/inspections/?state=approved", ""),
    ("inspection-tablet", "officer2", TABLET, "/inspections/?state=under_way", "main table a[href^='/inspections/']"),
    ("seizures", "officer2", DESK, "/seizures/", ""),
    ("seizure", "officer2", DESK, "/seizures/", "main table a[href^='/seizures/']"),
    ("lookouts", "analyst", DESK, "/lookouts/", ""),
    ("messages", "liaison_kz", DESK, "/messages/", ".th"),
    ("review", "supervisor", DESK, "/review/", ""),
    ("ledger", "supervisor", DESK, "/rules/", ""),
    ("statistics", "supervisor", DESK, "/statistics/", ""),
    ("overdue", "supervisor", DESK, "/cases/overdue/", ""),
)


def take(base_url: str) -> Iterator[str]:
    """Take every picture; gives the name of each as it is taken."""
    password = json.loads(SIGN_INS.read_text())["password"]
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, person, size, address, link in SHOTS:
            context = browser.new_context(viewport={"width": size["width"], "height": size["height"]}, locale="en")
            page = context.new_page()
            _sign_in(page, base_url, person, password)
            page.goto(base_url + address, wait_until="networkidle")
            if link and page.locator(link).count():
                page.locator(link).first.click()
                page.wait_for_load_state()
            page.screenshot(path=IMAGES / f"{name}.png")
            context.close()
            yield name
        browser.close()


def _sign_in(page: Page, base_url: str, person: str, password: str) -> None:
    page.goto(f"{base_url}/accounts/login/")
    page.fill("[name=login]", person)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()


if __name__ == "__main__":
    for taken in take(sys.argv[1]):
        sys.stdout.write(f"{taken}\n")
