"""The columns of a sender's table are mapped in the browser: it waits, one column is corrected, and it is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pcu.accounts.models import Unit, User
from profiling.cargo.models import Consignment, Submission
from profiling.intake import services as intake
from tests.browser.conftest import DESK, PHONE, SHOTS
from tests.formats.tables import csv_of
from tests.intake.conftest import do_all_jobs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ODD = [
    "Nr of paper",
    "Who sends",
    "Грузополучатель",
    "Контейнер",
    "Вес брутто, т",
    "Код ТН ВЭД",
    "Груз",
    "ETA",
    "Clerk",
]
ROWS: list[list[Any]] = [
    [
        "K-301",
        "Mill of the North",
        "Altyn Trade LLP",
        "MSKU1234565",
        "1,5",
        "70320",
        "Чеснок свежий",
        "03/05/2026",
        "A.",
    ],
    ["K-301", "Mill of the North", "Altyn Trade LLP", "TCLU9044219", "0,75", "392410", "Посуда", "03/05/2026", "A."],
    ["K-302", "Blue Hill Paper", "Bereke LLP", "TEMU6180477", "lots", "480256", "Бумага", "03/05/2026", "B."],
    ["Итого", "", "", "", "2,25", "", "", "", ""],
]


def send(path: Path, page: Page, table: list[list[Any]]) -> Submission:
    path.write_bytes(csv_of(table, ";", "cp1251"))
    page.goto("/submissions/upload/")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.wait_for_url("**/submissions/*-*/")
    return do_all_jobs(Submission.objects.latest("pk"))


def is_as_wide_as_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.fixture
def page(sign_in: Callable[..., Page], officer: User) -> Page:
    SHOTS.mkdir(parents=True, exist_ok=True)
    return sign_in(officer)


def test_a_table_is_mapped_once_and_the_next_is_read_at_once(page: Page, tmp_path: Path, unit: Unit) -> None:
    waiting = send(tmp_path / "cargo.csv", page, [ODD, *ROWS])
    assert waiting.status == Submission.Status.MAPPING
    expect(page.get_by_text("Somebody has to say what the columns of this table hold.")).to_be_visible(timeout=15_000)
    page.goto("/submissions/")
    page.screenshot(path=SHOTS / "mapping-list.png", full_page=True)
    page.get_by_role("link", name="Map the columns").click()

    # proposed: known headings are, and the first column, which names the bills, is not
    expect(page.get_by_role("row", name="D Контейнер").get_by_role("combobox")).to_have_value("container")
    expect(page.get_by_label("Unit of Вес брутто, т")).to_have_value("TNE")
    expect(page.get_by_role("row", name="A Nr of paper").get_by_role("combobox")).to_have_value("")
    page.screenshot(path=SHOTS / "mapping-proposed.png", full_page=True)

    # corrected with the keyboard alone; the preview follows by itself
    preview = page.locator("#preview")
    column = page.get_by_role("row", name="A Nr of paper").get_by_role("combobox")
    column.focus()
    page.keyboard.type("Document number")
    expect(column).to_have_value("document_no")
    page.keyboard.press("Tab")
    expect(preview.get_by_text("K-301")).to_be_visible()
    expect(preview.get_by_text("lots is not a number")).to_be_visible()
    expect(preview.get_by_text("E4", exact=False).first).to_be_visible()
    expect(preview.get_by_text("Day and month cannot be told apart").first).to_be_visible()
    page.get_by_role("row", name="B Who sends").get_by_role("combobox").select_option("shipper")
    page.get_by_label("Order of dates").select_option("DMY")
    expect(preview.get_by_text("Mill of the North")).to_be_visible()
    expect(preview.get_by_text("Day and month cannot be told apart")).to_have_count(0)
    page.screenshot(path=SHOTS / "mapping-preview.png", full_page=True)

    # without scripts the button does the same
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview").get_by_text("K-302")).to_be_visible()
    page.get_by_role("button", name="Confirm the mapping").click()
    expect(page.get_by_text("The mapping is kept, and the file is read now.")).to_be_visible()
    done = do_all_jobs(waiting)
    assert done.status == Submission.Status.DONE
    page.goto(f"/submissions/{done.ref}/")
    expect(page.get_by_role("link", name="K-301")).to_be_visible()
    page.screenshot(path=SHOTS / "mapping-read.png", full_page=True)
    bill = Consignment.objects.get(document_no="K-301")
    assert bill.current is not None
    assert bill.current.gross_kg == 2250
    assert bill.call.eta is not None

    second = send(tmp_path / "next.csv", page, [ODD, ["K-401", *ROWS[0][1:]]])
    assert second.status == Submission.Status.DONE
    assert Consignment.objects.filter(document_no="K-401").exists()


def test_what_is_wrong_with_a_mapping_stands_beside_the_column(page: Page, tmp_path: Path, unit: Unit) -> None:
    waiting = send(tmp_path / "cargo.csv", page, [ODD, *ROWS])
    page.goto(f"/submissions/{waiting.ref}/mapping/")
    for row in ("A Nr of paper", "B Who sends"):
        page.get_by_role("row", name=row).get_by_role("combobox").select_option("document_no")
    page.get_by_role("button", name="Confirm the mapping").click()
    wrong = page.get_by_role("row", name="B Who sends")
    expect(wrong.get_by_role("alert")).to_have_text("This field is already chosen for the column Nr of paper.")
    page.screenshot(path=SHOTS / "mapping-wrong.png", full_page=True)
    waiting.refresh_from_db()
    assert waiting.status == Submission.Status.MAPPING


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (DESK, "dark")], ids=["phone", "night", "desk"]
)
def test_the_page_fits_the_screen(
    sign_in: Callable[..., Page], officer: User, unit: Unit, size: dict[str, int], scheme: str
) -> None:
    waiting = do_all_jobs(
        intake.receive(
            sender=officer, unit=unit, pieces=[csv_of([["BL", *ODD[1:]], *ROWS], ";")], file_name="cargo.csv"
        )
    )
    page = sign_in(officer, size=size, scheme=scheme)
    SHOTS.mkdir(parents=True, exist_ok=True)
    for address in (f"/submissions/{waiting.ref}/mapping/", f"/submissions/{waiting.ref}/", "/submissions/"):
        page.goto(address)
        assert is_as_wide_as_the_screen(page), address
        name = address.strip("/").rpartition("/")[2][:8]
        page.screenshot(path=SHOTS / f"mapping-{name}-{size['width']}-{scheme}.png", full_page=True)


def test_a_column_that_becomes_a_weight_is_asked_for_its_unit_at_once(page: Page, tmp_path: Path, unit: Unit) -> None:
    waiting = send(
        tmp_path / "cargo.csv", page, [["BL", "Goods", "How heavy"], ["A1", "TEA", "1.5"], ["A2", "TEA", "2"]]
    )
    page.goto(f"/submissions/{waiting.ref}/mapping/")
    row = page.get_by_role("row", name="C How heavy")
    expect(row.get_by_text("not known")).to_be_visible()
    row.get_by_role("combobox").select_option("gross_kg")
    expect(row.get_by_text("chosen")).to_be_visible()
    unit_of_it = page.get_by_label("Unit of How heavy")
    unit_of_it.focus()
    unit_of_it.select_option("TNE")
    expect(page.locator("#preview").get_by_text("1,500")).to_be_visible()
    expect(unit_of_it).to_have_value("TNE")
    expect(unit_of_it).to_be_focused()
