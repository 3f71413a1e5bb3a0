"""Where the headings of a table stand, and what each column seems to hold: proposed to people, never taken as said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from typing import Any, Final

from profiling.formats.records import DocumentType, Mode
from profiling.formats.table_columns import BY_KEY, known, plain, synonyms, without_unit
from profiling.formats.table_mapping import SEVERAL, Choice, Mapping, fingerprint, heading_keys
from profiling.formats.table_numbers import number_style
from profiling.formats.table_sheets import Book, Sheet, letters
from profiling.formats.table_values import as_text

HEADINGS_WITHIN: Final = 40  # rows: papers put letterheads and voyages above their tables
SAMPLES: Final = 3
VALUES_LOOKED_AT: Final = 200
NEAR: Final = 0.84  # of 1: how alike two headings are that are one misspelt
CURRENCIES: Final = frozenset(
    [
        "USD",
        "EUR",
        "CNY",
        "RUB",
        "KZT",
        "UZS",
        "KGS",
        "TJS",
        "TMT",
        "GBP",
        "JPY",
        "TRY",
        "INR",
        "AED",
        "KRW",
        "CHF",
        "PKR",
        "AFN",
        "AZN",
        "GEL",
        "IRR",
    ]
)
_BOX: Final = re.compile(r"[A-Z]{3}[UJZ][ -]?[0-9]{6}[ -]?[0-9]\Z")
_WAGON: Final = re.compile(r"[2-9][0-9]{7}\Z")
_HS: Final = re.compile(r"(?:0[1-9]|[1-8][0-9]|9[0-7])[0-9]{4}(?:[0-9]{2}){0,2}\Z")
_LOCODE: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}\Z")
_SIZE: Final = re.compile(r"[1-9LMN][0-9A-F][A-Z0-9][0-9]\Z")


@dataclass(frozen=True, slots=True)
class Laid:
    """A sheet with its headings found. `row` is theirs, from 1; `keys` name the columns as in a mapping."""

    sheet: Sheet
    row: int
    headings: list[str]
    keys: list[str]
    fingerprint: str

    @property
    def body(self) -> list[list[Any]]:
        return self.sheet.rows[self.row :]


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it is shown to be mapped.

    sure: "exact" (a known heading), "near" (nearly one), "values" (by what stands under it) or "" (not known). `also`:
    fields it could hold as well. `unit`: what its heading says, or the first of its kind.
    """

    key: str
    heading: str
    letter: str
    samples: tuple[str, ...]
    field: str = ""
    sure: str = ""
    unit: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for a table. decimal_unsure: cells that can be read both ways; dates_unsure: likewise."""

    fingerprint: str
    columns: tuple[Column, ...]
    decimal: str
    dates: str
    defaults: dict[str, str] = field(default_factory=dict)
    decimal_unsure: int = 0
    dates_unsure: int = 0

    def mapping(self) -> Mapping:
        """The proposal as if it were agreed."""
        return Mapping(
            self.fingerprint,
            {one.key: Choice(one.field, one.unit if one.field else "", one.heading) for one in self.columns},
            self.decimal,
            self.dates,
            self.defaults,
        )


def tables_of(book: Book) -> tuple[list[Laid], list[Sheet]]:
    """The sheets that are read together, which share their headings, and those that are left.

    The first sheet with the most known headings leads; a workbook of one table on many sheets is one table.
    """
    laid = [found for sheet in book.sheets if (found := lay(sheet)) is not None]
    if not laid:
        return [], []
    lead = max(laid, key=lambda one: (_known_count(one.headings), -one.sheet.offset))
    chosen = [one for one in laid if one.fingerprint == lead.fingerprint]
    taken = {id(one.sheet) for one in chosen}
    left = [sheet for sheet in book.sheets if id(sheet) not in taken and any(map(_filled, sheet.rows))]
    return chosen, left


def lay(sheet: Sheet) -> Laid | None:
    """Find the row of headings: the first with the most known ones, else the first of words over a row of values."""
    best, most = -1, 1
    for index, row in enumerate(sheet.rows[:HEADINGS_WITHIN]):
        count = _known_count(row)
        if count > most:
            best, most = index, count
    if best < 0:
        best = _row_of_words(sheet.rows[:HEADINGS_WITHIN])
    if best < 0:
        return None
    headings = [as_text(cell) for cell in sheet.rows[best]]
    return Laid(sheet, best + 1, headings, heading_keys(headings), fingerprint(headings))


def _known_count(row: Sequence[Any]) -> int:
    return len({key for cell in row if type(cell) is str and 0 < len(cell) < 80 and (key := known(cell)[0])})


def _row_of_words(rows: Sequence[Sequence[Any]]) -> int:
    for index, row in enumerate(rows[:-1]):
        cells = [cell for cell in row if cell not in ("", None)]
        under = [cell for cell in rows[index + 1] if cell not in ("", None)]
        words = [cell for cell in cells if isinstance(cell, str) and not re.search(r"\d", cell)]
        if len(cells) >= 2 and len(words) == len(cells) and len(under) >= 2:
            return index
    return -1


def _filled(row: Sequence[Any]) -> bool:
    return any(cell not in ("", None) for cell in row)


# ---- what is proposed


def proposal(book: Book) -> Proposal | None:
    """What the columns of a book seem to hold; None where no headings are found."""
    laid, _left = tables_of(book)
    if not laid:
        return None
    lead = laid[0]
    columns = _columns(lead)
    chosen = {one.field for one in columns}
    decimal, unsure = _decimal(lead, columns)
    dates, dates_unsure = _dates(lead, columns)
    return Proposal(lead.fingerprint, tuple(columns), decimal, dates, _defaults(lead, chosen), unsure, dates_unsure)


def _columns(laid: Laid) -> list[Column]:
    body = laid.body[:VALUES_LOOKED_AT]
    found = []
    for at, (key, heading) in enumerate(zip(laid.keys, laid.headings, strict=True)):
        if not key:
            continue
        values = [as_text(row[at]) for row in body if at < len(row) and row[at] not in ("", None)]
        found.append(_judged(key, heading, letters(at), values))
    return _each_once(found)


def _judged(key: str, heading: str, letter: str, values: list[str]) -> Column:
    samples = tuple(value[:80] for value in list(dict.fromkeys(values))[:SAMPLES])
    name, unit = known(heading)
    sure = "exact" if name else ""
    also: tuple[str, ...] = ()
    by_values = _by_values(values)
    if not name:
        name, also = near(heading)
        sure = "near" if name else ""
    if name == "container" and by_values and by_values[0] == "wagon":
        also = ("wagon", *also)
    if not name and by_values:
        name, sure, also = (by_values[0] if len(by_values) == 1 else ""), "values", by_values
        sure = sure if name else ""
    return Column(
        key, heading, letter, samples, name, sure, _unit(name, unit), tuple(one for one in also if one != name)
    )


def _unit(name: str, said: str) -> str:
    kind = BY_KEY[name].kind if name else ""
    if kind == "mass":
        return said if said in ("KGM", "TNE", "LBR") else "KGM"
    if kind == "volume":
        return said if said in ("MTQ", "FTQ", "LTR") else "MTQ"
    return ""


def _each_once(columns: list[Column]) -> list[Column]:
    """A field for one column alone goes to the surest; the others show it as what they could hold as well."""
    rank = {"exact": 0, "near": 1, "values": 2, "": 3}
    taken: dict[str, str] = {}
    for one in sorted(columns, key=lambda each: rank[each.sure]):
        if one.field and one.field not in SEVERAL:
            taken.setdefault(one.field, one.key)
    kept = []
    for one in columns:
        if one.field and one.field not in SEVERAL and taken[one.field] != one.key:
            one = Column(one.key, one.heading, one.letter, one.samples, "", "", "", (one.field, *one.also))
        kept.append(one)
    return kept


@cache
def near(heading: str) -> tuple[str, tuple[str, ...]]:
    """The field of the known heading that is nearly this one, and other fields that are as near."""
    short = without_unit(heading)[0] or plain(heading)
    if len(short) < 4:
        return "", ()
    scores: dict[str, float] = {}
    matcher = SequenceMatcher(autojunk=False, b=short)
    for synonym, name in synonyms().items():
        if len(synonym) < 4:
            continue
        score = 0.0
        if len(synonym) >= 6 and synonym in short:
            score = 0.84 + 0.1 * len(synonym) / len(short)  # "наименование и адрес грузополучателя"
        else:
            matcher.set_seq1(synonym)
            if matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR:
                score = matcher.ratio()
        if score >= NEAR:
            scores[name] = max(scores.get(name, 0.0), score)
    if not scores:
        return "", ()
    ranked = sorted(scores, key=lambda name: -scores[name])
    return ranked[0], tuple(name for name in ranked[1:4] if scores[name] > scores[ranked[0]] - 0.06)


def _by_values(values: list[str]) -> tuple[str, ...]:
    """Fields whose values look like these, where four of five do."""
    if not values:
        return ()

    def most(shape: re.Pattern[str]) -> bool:
        return sum(bool(shape.match(value)) for value in values) * 5 >= 4 * len(values)

    if most(_BOX):
        return ("container",)
    if sum(value in CURRENCIES for value in values) * 5 >= 4 * len(values):
        return ("currency",)
    if most(_LOCODE):
        return ("loading_place", "discharge_place", "delivery_place")
    if most(_SIZE):
        return ("size_type",)
    if most(_WAGON):
        return ("wagon", "hs") if most(_HS) else ("wagon",)
    if most(_HS):
        return ("hs",)
    return ()


def _cells(laid: Laid, columns: list[Column], kinds: frozenset[str]) -> list[tuple[int, list[Any]]]:
    """(place, cells) of the columns that are proposed for fields of these kinds."""
    chosen = {one.key for one in columns if one.field and BY_KEY[one.field].kind in kinds}
    return [(at, [row[at] for row in laid.body if at < len(row)]) for at, key in enumerate(laid.keys) if key in chosen]


def _decimal(laid: Laid, columns: list[Column]) -> tuple[str, int]:
    """The decimal mark that the columns show, else that of the language of the headings; and how many are unsure."""
    votes = {",": 0, ".": 0}
    unsure = 0
    for _at, cells in _cells(laid, columns, frozenset({"number", "mass", "volume"})):
        style = number_style(enumerate(cells, start=1), "")
        if style.is_shown:
            votes[style.mark] += 1
        else:
            unsure += style.unsure
    if votes[","] != votes["."]:
        return max(votes, key=lambda mark: votes[mark]), unsure
    return ("," if re.search(r"[^\x00-\x7f]", "".join(laid.headings)) else "."), unsure


def _dates(laid: Laid, columns: list[Column]) -> tuple[str, int]:
    orders: dict[str, int] = {}
    unsure = 0
    for _at, cells in _cells(laid, columns, frozenset({"date"})):
        for cell in cells:
            match = re.match(r"(\d{1,2})[/ -](\d{1,2})[/ -]\d{2,4}", cell) if isinstance(cell, str) else None
            if match is None:
                continue
            first, second = int(match.group(1)), int(match.group(2))
            order = "DMY" if first > 12 else "MDY" if second > 12 else ""
            orders[order] = orders.get(order, 0) + 1
            unsure += not order
    shown = [order for order in orders if order]
    if len(shown) == 1:
        return shown[0], 0
    return "", unsure


def _defaults(laid: Laid, chosen: set[str]) -> dict[str, str]:
    """The kind of document and of transport that the headings speak of."""
    text = " ".join(laid.keys)
    kind, mode = DocumentType.BILL, Mode.SEA
    if chosen & {"wagon", "train", "gng", "etsng"} or "смгс" in text or "smgs" in text:
        kind, mode = DocumentType.SMGS, Mode.RAIL
    elif chosen & {"truck", "trailer"} or "cmr" in text or "смр" in text:
        kind, mode = DocumentType.CMR, Mode.ROAD
    elif "awb" in text or "авианакладн" in text:
        kind, mode = DocumentType.AIR_WAYBILL, Mode.AIR
    elif chosen & {"master_no"}:
        kind = DocumentType.HOUSE_BILL
    return {"document_type": kind.value, "mode": mode.value}
