"""What the text of a paper proposes, and the process that opens a PDF."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from profiling.documents.core.reading import number_in, propose
from profiling.documents.opening import UnreadableError, open_pdf
from tests.factories_documents import INVOICE_LINES, pdf

RUSSIAN = (
    "ИНВОЙС № ТР-118 от 05.05.2026",
    "Дата: 5 мая 2026",
    "Продавец: ТОО «Сарыарка Экспорт»",
    "Покупатель: ООО «Восток»",
    "Количество мест: 388",
    "Вес брутто, кг: 18 240,5",
    "Вес нетто (кг) 17 100",
    "Код ТН ВЭД: 6302 32 900 0",
    "Страна происхождения: Китай",
    "Итого: 38 130,50 USD",
)


def read(*lines: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in propose(["\n".join(lines)]):
        found[one.field].append(one.value)
    return found


def test_an_english_invoice_is_proposed_field_by_field() -> None:
    assert read(*INVOICE_LINES) == {
        "number": ["QH-2026/118"],
        "issued": ["2026-05-05"],
        "shipper": ["Yiwu Qianhe Import & Export Co., Ltd."],
        "consignee": ["Steppe Trade LLP"],
        "containers": ["CSQU3054383"],
        "hs": ["630232"],
        "packages": ["388"],
        "gross_kg": ["18240.00"],
        "net_kg": ["17100.00"],
        "origin_country": ["CN"],
        "value": ["38130.50"],
        "currency": ["USD"],
    }


def test_a_russian_invoice_is_proposed_field_by_field() -> None:
    assert read(*RUSSIAN) == {
        "number": ["ТР-118"],
        "issued": ["2026-05-05"],
        "shipper": ["ТОО «Сарыарка Экспорт»"],
        "consignee": ["ООО «Восток»"],
        "hs": ["6302329000"],
        "packages": ["388"],
        "gross_kg": ["18240.5"],
        "net_kg": ["17100"],
        "origin_country": ["CN"],
        "value": ["38130.50"],
        "currency": ["USD"],
    }


def test_a_proposal_says_where_it_stands() -> None:
    [found] = propose(["nothing here", "Gross weight: 12.5 t"])
    assert (found.field, found.value, found.page, found.line) == ("gross_kg", "12500.0", 2, "Gross weight: 12.5 t")


def test_a_value_under_its_label_is_read_and_a_column_beside_it_is_not() -> None:
    assert read("Buyer", "Steppe Trade LLP")["consignee"] == ["Steppe Trade LLP"]
    assert read("Seller: Qianhe Co | Buyer: Steppe")["shipper"] == ["Qianhe Co"]


def test_a_container_whose_check_digit_does_not_fit_is_not_proposed() -> None:
    assert read("CSQU 305438-3 and CSQU 305438 4")["containers"] == ["CSQU3054383"]


def test_a_commodity_code_that_does_not_exist_is_not_proposed() -> None:
    assert read("HS code 9876 54; HS 6302.32")["hs"] == ["630232"]


def test_an_impossible_date_is_not_proposed() -> None:
    assert "issued" not in read("Date: 31.02.2026")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("19,860", "19860"),
        ("19.860", "19860"),
        ("1,234,567", "1234567"),
        ("12,5", "12.5"),
        ("0.5", "0.5"),
        ("1'250.00", "1250.00"),
        ("7.", "7"),
    ],
)
def test_numbers_are_read_as_papers_of_trade_write_them(text: str, number: str) -> None:
    assert number_in(f"{text} kg") == Decimal(number)


@given(st.lists(st.text(max_size=200), max_size=5))
def test_text_of_any_kind_is_read_without_an_error(pages: list[str]) -> None:
    for one in propose(pages):
        assert one.value
        assert 1 <= one.page <= len(pages)


LABELS = ("Gross weight", "Total", "Date", "Invoice No", "Seller", "HS code", "Packages", "Вес брутто", "Origin")


@given(st.sampled_from(LABELS), st.text("0123456789.,-/: ()A€\u00a0", max_size=60))
def test_what_stands_behind_a_label_is_a_value_of_its_kind_or_nothing(label: str, rest: str) -> None:
    for field, values in read(f"{label} {rest}").items():
        if field in ("gross_kg", "value"):
            assert Decimal(values[0]) >= 0
        elif field == "packages":
            assert values[0].isdigit()


# ---- the process that opens a file


def opened(content: bytes, folder: Path) -> dict:
    path = folder / "original"
    path.write_bytes(content)
    return open_pdf(path, folder)


def test_a_pdf_gives_its_text_and_its_pages_drawn(tmp_path: Path) -> None:
    told = opened(pdf(INVOICE_LINES), tmp_path)
    assert told["count"] == 1
    assert "38,130.50" in told["pages"][0]
    [[width, height]] = told["drawn"]
    assert (tmp_path / "1.png").read_bytes().startswith(b"\x89PNG")
    assert 1100 < width <= 1200 < height


def test_cyrillic_text_is_read(tmp_path: Path) -> None:
    told = opened(pdf(RUSSIAN), tmp_path)
    assert {one.field for one in propose(told["pages"])} >= {"gross_kg", "consignee", "value"}


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\0" * 10_000, pdf(["x"])[:300], b"%PDF-1.4 1 0 obj<</Type/Catalog/Pages 1 0 R>>"],
    ids=["head alone", "zeros", "cut", "a loop"],
)
def test_a_broken_pdf_is_told_and_ends_its_own_process_alone(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableError):
        opened(content, tmp_path)


def test_a_page_of_enormous_size_is_drawn_small(tmp_path: Path) -> None:
    made = FPDF(format=(4000, 4000))  # millimetres
    made.add_page()
    [[width, height]] = opened(bytes(made.output()), tmp_path)["drawn"]
    assert (width, height) == (1200, 1200)


def test_only_so_many_pages_are_read(tmp_path: Path, settings) -> None:
    settings.DOCUMENT_PAGES = 2
    made = FPDF()
    for _page in range(7):
        made.add_page()
    told = opened(bytes(made.output()), tmp_path)
    assert (told["count"], len(told["pages"]), len(told["drawn"])) == (7, 2, 2)


def test_a_process_that_takes_too_long_or_too_much_is_ended(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("profiling.documents.opening.SECONDS", 0.01)
    with pytest.raises(UnreadableError, match="too long"):
        opened(pdf(["x"]), tmp_path)
