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

UPLOAD = "/submissions/upload/"
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
    ("documents", "supervisor", DESK, "/consignments/?party=261340000118", "main table a[href^='/consignments/0']"),
    ("mapping", "supervisor", DESK, UPLOAD, "main a[href$='/mapping/']"),
)
PARTS = {"documents": "#papers"}  # where the picture begins, if not at the head of the page
# A list as a forwarder keeps it, sent to be checked only: it waits for somebody to say what its columns hold.
LIST = (
    "№ п/п;Накладная;Кто отправил;Грузополучатель;Контейнер;Пломбы;Мест, шт;Масса бр., т;Код ТН ВЭД;Что везём;"
    "Экспедитор\r\n"
    "1;S-4401;Guangzhou Lily Ceramics;ТОО «Арай Сауда»;PCVU2045185;CN 778121;340;12,45;691110;Посуда фарфоровая;Ким\r\n"
    "2;S-4401;Guangzhou Lily Ceramics;ТОО «Арай Сауда»;PCVU2047779;CN 778122;120;4,75;70320;Чеснок свежий;Ким\r\n"
    "3;S-4402;Yiwu Blue Hill Paper;ТОО «Береке»;PCVU2049001;CN 778123;много;8,2;480256;Бумага офисная;Ли\r\n"
    ";Итого;;;;;460;25,4;;;\r\n"
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
            if address == UPLOAD:
                _send_list(page)
            if link and page.locator(link).count():
                page.locator(link).first.click()
                page.wait_for_load_state("networkidle")
            if name in PARTS:
                page.locator(PARTS[name]).evaluate("part => part.scrollIntoView({block: 'start', behavior: 'instant'})")
            page.screenshot(path=IMAGES / f"{name}.png")
            context.close()
            yield name
        browser.close()


def _send_list(page: Page) -> None:
    """Send the list, or come back to the submission it has made before."""
    content = LIST.encode("cp1251")
    page.set_input_files("[name=file]", {"name": "list.csv", "mimeType": "text/csv", "buffer": content})
    page.check("[name=dry_run]")
    page.click("form[data-upload] [type=submit]")
    page.locator("main a[href$='/mapping/']").first.wait_for()


def _sign_in(page: Page, base_url: str, person: str, password: str) -> None:
    page.goto(f"{base_url}/accounts/login/")
    page.fill("[name=login]", person)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()


if __name__ == "__main__":
    for taken in take(sys.argv[1]):
        sys.stdout.write(f"{taken}\n")
