"""Tables as files: CSV, XLSX and PDF of the same report, for every page that exports.

Text from outside never becomes a formula: CSV marks it with an apostrophe, XLSX writes strings as strings, PDF has no
formulas. Every file says what it is of, who made it and when, and that the data is synthetic where it is.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import chain
from typing import IO, Any

import fontpkg
import xlsxwriter
from django.conf import settings
from django.http import HttpResponse
from django.utils import formats, timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.fonts import FontFace

from pcu.desk.times import in_words

Cell = str | int | float | Decimal | None
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"

# ---- what a report is


class Kind(Enum):
    """What a column holds; PERCENT is a number of 0 to 100 and its head says so."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    kind: Kind = Kind.COUNT

    @property
    def head(self) -> str:
        return f"{self.label}, %" if self.kind is Kind.PERCENT else self.label


@dataclass(frozen=True, slots=True)
class Table:
    """Rows are walked once and may be a generator. An empty cell is None."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`name`: of the file, without its ending. `facts`: what it is of, as label and value; `by`: who made it."""

    name: str
    title: str
    by: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]

    def about(self) -> list[tuple[str, str]]:
        """Facts with who, when and the mark of synthetic data."""
        made = [(_("Made by"), self.by), (_("Made at"), in_words(timezone.localtime()))]
        mark = [(_("Data"), _("Synthetic data"))] if settings.SYNTHETIC_DATA else []
        return [*self.facts, *made, *mark]


# ---- text that stays text

_LEADS = "=+-@"
_SEPARATORS = ";,\t\r\n|"


def neutral(text: str) -> str:
    """Text with an apostrophe before all that a spreadsheet could take for the beginning of a formula.

    That is = + - @ and their full-width forms at the beginning, also behind spaces, invisible characters and quotes,
    and after a separator: a file opened where another one is used is cut there. A tab or line end at the beginning
    counts, too.
    """
    kept: list[str] = []
    begins = True
    for place, letter in enumerate(text):
        if begins and unicodedata.normalize("NFKC", letter)[:1] in _LEADS:
            kept.append("'")
            begins = False
        elif place == 0 and letter in "\t\r\n":
            kept.append("'")
        elif begins and not _is_unseen(letter):
            begins = False
        if letter in _SEPARATORS:
            begins = True
        kept.append(letter)
    return "".join(kept)


def _is_unseen(letter: str) -> bool:
    return letter == '"' or unicodedata.category(letter)[0] in "ZC"


def printable(text: str) -> str:
    """Text without control characters; line ends and tabs become spaces."""
    spaced = re.sub(r"[\t\r\n]+", " ", text)
    return "".join(letter for letter in spaced if unicodedata.category(letter) not in ("Cc", "Cs"))


# ---- CSV


def write_csv(report: Report, out: IO[bytes]) -> None:
    """UTF-8 with a mark at the beginning. Where the language writes a decimal comma, cells part at semicolons,
    else at commas: what a spreadsheet in that language opens without asking.
    """
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    text.write(BOM)
    comma = formats.get_format("DECIMAL_SEPARATOR") == ","
    writer = csv.writer(text, delimiter=";" if comma else ",", lineterminator="\r\n")
    writer.writerow([neutral(report.title)])
    writer.writerows([neutral(label), neutral(value)] for label, value in report.about())
    for table in report.tables:
        writer.writerow([])
        writer.writerow([neutral(table.title)])
        writer.writerow([neutral(column.head) for column in table.columns])
        for row in table.rows:
            writer.writerow(
                [_csv_cell(cell, column, comma) for cell, column in zip(row, table.columns, strict=True)],
            )
        if table.note:
            writer.writerow([neutral(table.note)])
    text.detach()


def _csv_cell(cell: Cell, column: Column, comma: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return neutral(cell)
    number = _plain(cell, column)
    return number.replace(".", ",") if comma else number


def _plain(number: float | Decimal, column: Column) -> str:
    """A number without grouping: percent with one place, quantities without idle zeros."""
    if column.kind is Kind.PERCENT:
        return f"{number:.1f}"
    if isinstance(number, int):
        return str(number)
    digits = f"{number:f}" if isinstance(number, Decimal) else f"{number:.3f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


# ---- XLSX

_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_WIDTHS = {Kind.TEXT: 34, Kind.COUNT: 13, Kind.NUMBER: 16, Kind.PERCENT: 13}


def write_xlsx(report: Report, out: IO[bytes]) -> None:
    """One sheet about the report, then one a table, rows written as they come."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, {**options, "strings_to_numbers": False}) as book:
        bold = book.add_format({"bold": True})
        head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "bottom"})
        shapes = {
            Kind.COUNT: book.add_format({"num_format": "#,##0"}),
            Kind.NUMBER: book.add_format({"num_format": "#,##0.###"}),
            Kind.PERCENT: book.add_format({"num_format": "0.0"}),
        }
        about = book.add_worksheet(_sheet_name(_("About"), set()))
        about.set_column(0, 0, 26)
        about.set_column(1, 1, 60)
        about.write_string(0, 0, report.title, bold)
        for place, (label, value) in enumerate(report.about(), start=2):
            about.write_string(place, 0, label)
            about.write_string(place, 1, value)
        taken = {about.get_name().casefold()}
        for table in report.tables:
            sheet = book.add_worksheet(_sheet_name(table.title, taken))
            taken.add(sheet.get_name().casefold())
            for place, column in enumerate(table.columns):
                sheet.set_column(place, place, _WIDTHS[column.kind])
            title = f"{table.title} · {_('Synthetic data')}" if settings.SYNTHETIC_DATA else table.title
            sheet.write_string(0, 0, title, bold)
            if table.note:
                sheet.write_string(1, 0, table.note)
            for place, column in enumerate(table.columns):
                sheet.write_string(3, place, column.head, head)
            sheet.freeze_panes(4, 0)
            for line, row in enumerate(table.rows, start=4):
                for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
                    if isinstance(cell, str):
                        sheet.write_string(line, place, cell)
                    elif cell is not None:
                        sheet.write_number(line, place, cell, shapes[column.kind])


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name Excel allows: 31 letters, some signs not, none twice."""
    name = _FORBIDDEN_IN_NAMES.sub(" ", title)[:31].strip() or "1"
    number = 2
    while name.casefold() in taken:
        name = f"{name[:27].strip()} {number}"
        number += 1
    return name


# ---- PDF

_FONT = "Fira Sans"
_SHARES = {Kind.TEXT: 2.6, Kind.COUNT: 1.0, Kind.NUMBER: 1.2, Kind.PERCENT: 1.0}
_NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


class _Paper(FPDF):
    """A4 across; every page carries the title, the mark of synthetic data, who made it and its number."""

    def __init__(self, title: str, foot: str) -> None:
        super().__init__(orientation="landscape", format="A4")
        self.heading, self.foot = title, foot
        for style, weight in (("", 400), ("B", 700)):
            self.add_font(_FONT, style, fontpkg.path(_FONT, weight=weight))
        self.set_margins(14, 12)
        self.set_auto_page_break(True, 16)

    def header(self) -> None:
        self.set_font(_FONT, "", 8)
        self.cell(0, 5, self.heading)
        if settings.SYNTHETIC_DATA:
            self.set_x(self.l_margin)
            self.set_font(_FONT, "B", 8)
            self.cell(0, 5, _("Synthetic data"), align="R")
        self.ln(8)

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(_FONT, "", 8)
        self.cell(0, 5, self.foot)
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")


def write_pdf(report: Report, out: IO[bytes]) -> None:
    """Tables under each other, their heads repeated on every page; text can be searched and copied."""
    about = report.about()
    foot = "  ·  ".join(_on_paper(value) for _label, value in about[len(report.facts) :][:2])
    paper = _Paper(_on_paper(report.title), foot)
    paper.set_title(_on_paper(report.title))
    paper.set_author(_on_paper(report.by))
    paper.set_draw_color(190)
    paper.set_lang(translation.get_language() or "en")
    paper.add_page()
    paper.set_font(_FONT, "B", 15)
    paper.multi_cell(0, 8, _on_paper(report.title), new_x="LMARGIN", new_y="NEXT")
    for label, value in about:
        paper.set_font(_FONT, "", 9)
        paper.cell(44, 5, _on_paper(label))
        paper.multi_cell(0, 5, _on_paper(value), new_x="LMARGIN", new_y="NEXT")
    for table in report.tables:
        _draw(paper, table)
    out.write(bytes(paper.output()))


def _draw(paper: _Paper, table: Table) -> None:
    rows = iter(table.rows)
    first = next(rows, None)
    if paper.will_page_break(34):
        paper.add_page()
    paper.ln(6)
    paper.set_font(_FONT, "B", 11)
    paper.multi_cell(0, 6, _on_paper(table.title), new_x="LMARGIN", new_y="NEXT")
    paper.set_font(_FONT, "", 8)
    if table.note:
        paper.multi_cell(0, 4, _on_paper(table.note), new_x="LMARGIN", new_y="NEXT")
    if first is None:
        paper.multi_cell(0, 5, "–", new_x="LMARGIN", new_y="NEXT")
        return
    with paper.table(
        col_widths=tuple(_SHARES[column.kind] for column in table.columns),
        text_align=tuple("LEFT" if column.kind is Kind.TEXT else "RIGHT" for column in table.columns),
        borders_layout="HORIZONTAL_LINES",
        headings_style=FontFace(emphasis="BOLD"),
        line_height=5,
        first_row_as_headings=True,
    ) as drawn:
        drawn.row([_on_paper(column.head) for column in table.columns])
        for row in chain([first], rows):
            drawn.row([_paper_cell(cell, column) for cell, column in zip(row, table.columns, strict=True)])


def _paper_cell(cell: Cell, column: Column) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return _on_paper(cell)
    digits = _plain(cell, column)
    places = len(digits.partition(".")[2])
    return _on_paper(formats.number_format(Decimal(digits), decimal_pos=places, use_l10n=True, force_grouping=True))


def _on_paper(text: str) -> str:
    """What the font can draw: it has no narrow space."""
    return printable(text).replace(_NARROW_SPACE, "\N{NO-BREAK SPACE}")


# ---- an answer

_FORMATS: dict[str, tuple[str, Callable[[Report, Any], None]]] = {
    "csv": ("text/csv; charset=utf-8", write_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "pdf": ("application/pdf", write_pdf),
}
FORMATS: Sequence[str] = tuple(_FORMATS)
MIME_TYPES = {kind: mime for kind, (mime, _write) in _FORMATS.items()}


def download(report: Report, kind: str) -> HttpResponse:
    """The report as a file to keep. Raises KeyError for a kind that is none of FORMATS."""
    mime, write = _FORMATS[kind]
    out = io.BytesIO()
    write(report, out)
    response = HttpResponse(out.getvalue(), content_type=mime)
    response["Content-Disposition"] = content_disposition_header(True, f"{report.name}.{kind}") or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
