"""Files of a report: text stays text, letters of all languages are there, and every file says what it is."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from decimal import Decimal
from typing import Any

import fontpkg
import pytest
from django.utils import translation
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pcu.desk import exports
from pcu.desk.exports import BOM, Column, Kind, Report, Table, neutral, printable

HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\u200b=1", "\ufeff=1", "＝1", "＋1",
    "－1", "＠x", "﹦1", "﹢1", "\"=1", "a;=1", "a,=1", "a\t=1", "a\n=1", "a; \u200b＝1",
]  # fmt: skip
REGION = "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі Ӣӣ Ӯӯ Ҳҳ Ҷҷ Ўў Ёё Oʻzbekiston gʻ Tojikiston № € “”"


def report(*rows: Any, note: str = "") -> Report:
    columns = [
        Column("Name", Kind.TEXT),
        Column("Cases"),
        Column("Kilograms", Kind.NUMBER),
        Column("Hit rate", Kind.PERCENT),
    ]
    return Report(
        name="figures",
        title="Figures",
        by="A. Serikbay",
        facts=[("Unit", "Altynkol")],
        tables=[Table("By name", columns, rows, note)],
    )


def written(kind: str, of: Report) -> bytes:
    return bytes(exports.download(of, kind).content)


def csv_rows(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def is_formula(cell: str) -> bool:
    """As a spreadsheet judges what it reads from a file."""
    bare = unicodedata.normalize("NFKC", cell).lstrip(' "\t\r\n\u00a0\u200b\ufeff')
    return bare[:1] in ("=", "+", "-", "@") and bool(bare)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_csv_file_can_be_taken_for_a_formula_whatever_parts_its_cells(text):
    content = written("csv", report([text, 1, None, None], note=text))
    for delimiter in ",;\t":
        for row in csv_rows(content, delimiter):
            assert not [cell for cell in row if is_formula(cell)], row


@given(st.text(alphabet=" =+-@＝＋－＠\t\r\n;,|\"'aж1\u200b\u00a0", max_size=12))
def test_neutral_text_never_begins_a_formula_and_loses_nothing(text):
    kept = neutral(text)
    for part in [kept, *kept.replace(",", ";").replace("|", ";").replace("\t", ";").split(";")]:
        assert not is_formula(part)
    assert kept.replace("'", "") == text.replace("'", "")
    assert neutral("Firm «Нұр-Жол», 12") == "Firm «Нұр-Жол», 12"


def test_csv_parts_cells_as_the_language_of_the_reader_does():
    of = report(["Алтынкөл", 1234, Decimal("2.500"), 8.25])
    with translation.override("en"):
        content = written("csv", of)
        assert content.startswith(BOM.encode())
        assert ["Алтынкөл", "1234", "2.5", "8.2"] in csv_rows(content)
    with translation.override("ru"):
        assert ["Алтынкөл", "1234", "2,5", "8,2"] in csv_rows(written("csv", of), ";")


def test_numbers_below_nothing_are_numbers_and_no_formulas():
    assert ["x", "-3", "-0.5", ""] in csv_rows(written("csv", report(["x", -3, -0.5, None])))


def test_xlsx_holds_strings_as_strings_and_numbers_as_numbers():
    content = written("xlsx", report(*([text, 7, Decimal("2.5"), 8.2] for text in HOSTILE)))
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/" in name]
    assert not any("<f>" in sheet or "hyperlink" in sheet for sheet in sheets)
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = read.get_sheet_by_name("By name").to_python()
    assert [row[1:] for row in rows[4:]] == [[7, 2.5, 8.2]] * len(HOSTILE)
    assert rows[4][0] == "=1+1"
    assert rows[3] == ["Name", "Cases", "Kilograms", "Hit rate, %"]


def test_sheets_have_names_that_excel_allows_and_none_twice():
    columns = [Column("x", Kind.TEXT)]
    titles = ["By [unit]: a/b*c?", "By [unit]: a/b*c?", "x" * 50, "X" * 50, "''"]
    of = Report("f", "F", "me", [], [Table(title, columns, [["1"]]) for title in titles])
    names = CalamineWorkbook.from_filelike(io.BytesIO(written("xlsx", of))).sheet_names
    assert len({name.casefold() for name in names}) == len(titles) + 1
    assert all(0 < len(name) <= 31 and not set("[]:*?/\\'") & set(name) for name in names)


def test_every_file_says_what_it_is_of_who_made_it_and_that_the_data_is_synthetic(settings):
    settings.SYNTHETIC_DATA = True
    told = {row[0]: row[1:] for row in csv_rows(written("csv", report())) if row}
    assert told["Unit"] == ["Altynkol"]
    assert told["Made by"] == ["A. Serikbay"]
    assert told["Data"] == ["Synthetic data"]
    about, table = (
        CalamineWorkbook.from_filelike(io.BytesIO(written("xlsx", report()))).get_sheet_by_index(place).to_python()
        for place in (0, 1)
    )
    assert ["Data", "Synthetic data"] in about
    assert "Synthetic data" in table[0][0]
    settings.SYNTHETIC_DATA = False
    assert b"Synthetic" not in written("csv", report())


def test_a_pdf_is_made_with_letters_of_every_language_and_any_text(settings):
    settings.SYNTHETIC_DATA = True
    many = [[f"{REGION} {number}", number, Decimal("1.5"), 50.0] for number in range(120)]
    content = written("pdf", report(*many, ["中 \0 \u202f\t=1", None, None, None]))
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") > 3
    # what a search in the text layer goes by: glyphs to letters
    told = set(re.findall(rb"<([0-9A-F]{4})>", content))
    assert {f"{ord(letter):04X}".encode() for letter in "ӘғҚңӨұҮһҲӣӯҶЎʻ"} <= told
    for weight in (400, 700):
        letters = TTFont(fontpkg.path("Fira Sans", weight=weight)).getBestCmap()
        assert [letter for letter in REGION if ord(letter) not in letters] == []


def test_text_on_paper_loses_control_characters_only():
    assert printable("a\0b\tc\nd\x7f ә") == "ab c d ә"


def test_a_file_is_to_keep_and_not_to_show():
    response = exports.download(report(), "csv")
    assert response["Content-Disposition"] == 'attachment; filename="figures.csv"'
    assert response["Cache-Control"] == "private, no-store"
    with pytest.raises(KeyError):
        exports.download(report(), "exe")
