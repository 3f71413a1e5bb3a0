"""What the text of a paper proposes for the fields of a document: by labels in English and Russian. Pure.

Proposals only: a person confirms each beside the original. Nothing here is ever used unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from profiling.reference import countries, currencies, hs, iso6346

MOST_TEXT: Final = 400_000
"""Characters of all pages that are looked at."""
MOST_LISTED: Final = 50
"""Containers or commodity codes proposed of one paper."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One value found. field: a name of the form. page: 1 for the first. line: the line it stands in, as written."""

    field: str
    value: str
    page: int
    line: str


_MET: Final = frozenset(
    code
    for codes in (
        "AED AFN AMD AZN BYN CHF CNY EUR GBP GEL INR IRR JPY KGS",
        "KRW KZT PKR PLN RUB TJS TMT TRY UAH USD UZS",
    )
    for code in codes.split()
)
"""Currencies looked for in running text: three capital letters are mostly something else ("TOP", "ALL", "MOP")."""
_GAP: Final = r"\s*[:№#\-–.]*\s*"
_LABELS: Final[dict[str, tuple[str, ...]]] = {
    "number": (
        r"(?:commercial |proforma |tax )?invoice\s*(?:no|number|num|nr|№|#)\b",
        r"packing list\s*(?:no|number|№|#)\b",
        r"(?:инвойс|счет-фактура|счёт-фактура|счет|счёт|коммерческий инвойс|упаковочный лист)\s*№",
        r"(?:waybill|b/l|bill of lading|declaration|permit|certificate)\s*(?:no|number|№|#)\b",
        r"(?:накладная|декларация|разрешение|сертификат)\s*№",
    ),
    "issued": (
        r"(?:invoice |issue |document )?date(?: of issue)?\b",
        r"dated\b",
        r"дата(?: инвойса| документа| выдачи)?(?!\w)",
    ),
    "shipper": (
        r"(?:seller|shipper|exporter|consignor|supplier)(?: ?/ ?(?:seller|shipper|exporter|consignor))?\b",
        r"(?:продавец|отправитель|грузоотправитель|поставщик|экспортер|экспортёр)(?!\w)",
    ),
    "consignee": (
        r"(?:buyer|consignee|importer|bill to|sold to|ship to)(?: ?/ ?(?:buyer|consignee|importer))?\b",
        r"(?:покупатель|получатель|грузополучатель|импортер|импортёр)(?!\w)",
    ),
    "gross_kg": (
        r"(?:total )?gross(?: weight| wt\.?| mass)?(?:\s*[\[(,]?\s*(?:kgs?|kilograms?)\.?\s*[\])]?)?",
        r"(?:общий )?(?:вес|масса) брутто(?:\s*[\[(,]?\s*кг\.?\s*[\])]?)?",
        r"брутто(?:\s*[\[(,]?\s*кг\.?\s*[\])]?)?",
    ),
    "net_kg": (
        r"(?:total )?net(?:t)?(?: weight| wt\.?| mass)(?:\s*[\[(,]?\s*(?:kgs?|kilograms?)\.?\s*[\])]?)?",
        r"(?:общий )?(?:вес|масса) нетто(?:\s*[\[(,]?\s*кг\.?\s*[\])]?)?",
        r"нетто(?:\s*[\[(,]?\s*кг\.?\s*[\])]?)?",
    ),
    "tare_kg": (
        r"tare(?: weight)?(?:\s*[\[(,]?\s*kgs?\.?\s*[\])]?)?",
        r"(?:вес )?тар[аы](?:\s*[\[(,]?\s*кг\.?\s*[\])]?)?",
    ),
    "packages": (
        r"(?:total |number of |no\.? of |quantity of )?(?:packages|cartons|pkgs|ctns|pieces|colli|places)\b",
        r"(?:количество|кол-во|всего|число)?\s*(?:грузовых )?мест(?!\w)",
    ),
    "value": (
        r"(?:grand total|total (?:amount|value|invoice value|price)|invoice total|amount due)\b",
        # a bare total counts where money follows: there are totals of packages and of kilograms as well
        rf"(?:total|итого)(?!\w)(?=\s*[:.\-]*\s*(?:(?:{'|'.join(sorted(_MET))})\b|[$€¥₸₽]|\d))",
        r"(?:итого к оплате|всего к оплате|общая (?:сумма|стоимость)|сумма(?: инвойса)?)(?!\w)",
    ),
    "origin_country": (
        r"(?:country of )?origin(?: of goods)?\b",
        r"(?:страна )?происхождени[ея](?: товара)?(?!\w)",
    ),
    "seals": (r"seals?(?:\s*(?:no|number|№|#)s?)?\b", r"пломб[аыу]?(?:\s*№)?(?!\w)"),
}
_COMPILED: Final = {
    name: re.compile(r"(?:^|(?<=[\s(|;,]))(?:" + "|".join(patterns) + ")" + _GAP, re.IGNORECASE)
    for name, patterns in _LABELS.items()
}
_BOX: Final = re.compile(r"(?<![A-Z0-9])([A-Z]{3}[UJZ])[\s-]?(\d{6})[\s-]?(\d)(?!\d)")
_HS: Final = re.compile(
    r"(?:\bH\.?\s?S\.?(?:\s*code)?s?|commodity code|тн\s?вэд(?:\s*еаэс)?)\s*[:№.#-]*\s*((?:\d[ .]?){4,10})",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"\d[\d\s\u00a0\u202f.,']*")
_CURRENCY: Final = re.compile(r"(?<![A-Z])([A-Z]{3})(?![A-Z])")
_SIGNS: Final = {"€": "EUR", "¥": "CNY", "₸": "KZT", "₽": "RUB", "$": "USD"}
_DATES: Final = (
    (re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})"), (3, 2, 1)),
)
_MONTH_NAMES: Final = (
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "янв фев мар апр мая июн июл авг сен окт ноя дек",
)
_MONTHS: Final = {name: place for names in _MONTH_NAMES for place, name in enumerate(names.split(), 1)}
_WORDED: Final = (
    (re.compile(r"(\d{1,2})[\s.,-]*([^\W\d_]{3,9})[\s.,-]*(\d{4})"), (1, 2, 3)),
    (re.compile(r"([^\W\d_]{3,9})[\s.]*(\d{1,2}),?\s*(\d{4})"), (2, 1, 3)),
)


def propose(pages: Sequence[str]) -> list[Proposal]:
    """Proposals in the order of the form's fields; of each field the first that reads, containers and codes all."""
    lines = list(_lines(pages))
    found = [one for name, read in _READERS if (one := _labelled(name, read, lines)) is not None]
    return [*found, *_money_words(lines, found), *_containers(lines), *_codes(lines)]


def _lines(pages: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """(page, line, the line after it)."""
    left = MOST_TEXT
    for page, text in enumerate(pages, 1):
        rows = [" ".join(row.split()) for row in text[:left].splitlines()]
        rows = [row for row in rows if row]
        left -= len(text)
        for place, row in enumerate(rows):
            yield page, row[:500], rows[place + 1][:500] if place + 1 < len(rows) else ""
        if left <= 0:
            return


def _labelled(name: str, read: Callable[[str], str], lines: Sequence[tuple[int, str, str]]) -> Proposal | None:
    """The value behind a label, or under one that stands alone."""
    for page, line, below in lines:
        for label in _COMPILED[name].finditer(line):
            rest = line[label.end() :]
            if value := read(rest) if rest.strip() else read(below):
                return Proposal(name, value, page, line if rest.strip() else f"{line} {below}")
    return None


def _text(rest: str) -> str:
    # what follows a wide gap or a bar is another column
    value = re.split(r"\s{2,}|\||;", rest.strip())[0].strip(" ,:")
    return value[:140] if sum(character.isalpha() for character in value) >= 2 else ""


def _code(rest: str) -> str:
    found = re.match(r"[^\s,;|]*\d[^\s,;|]*(?:[/-][^\s,;|]+)*", rest.strip())
    return found[0].strip(".:")[:70] if found else ""


def _date(rest: str) -> str:
    for pattern, order in _DATES:
        if found := pattern.search(rest[:40]):
            year, month, day = (int(found[place]) for place in order)
            return _calendar(year, month, day)
    for pattern, order in _WORDED:
        if found := pattern.search(rest[:40]):
            month_found = _MONTHS.get(found[order[1]].lower()[:3], 0)
            return _calendar(int(found[order[2]]), month_found, int(found[order[0]]))
    return ""


def _calendar(year: int, month: int, day: int) -> str:
    try:
        made = date(year, month, day)
    except ValueError:
        return ""
    return made.isoformat() if 1990 <= year <= 2100 else ""


def number_in(text: str) -> Decimal | None:
    """The first number of a text: "1 234,50", "1.234,50", "1,234.50", "19860". Three digits behind one sign are
    thousands: papers of trade write "19,860 kg".
    """
    found = _NUMBER.search(text)
    if found is None:
        return None
    raw = re.sub(r"[\s\u00a0\u202f']", "", found[0]).rstrip(".,")
    signs = [character for character in raw if character in ".,"]
    if len(set(signs)) == 2 or (len(signs) == 1 and len(raw) - raw.index(signs[0]) - 1 != 3):
        mark = signs[-1]
        raw = raw.replace("," if mark == "." else ".", "").replace(mark, ".")
    else:
        raw = raw.replace(",", "").replace(".", "")
    try:
        return Decimal(raw)
    except InvalidOperation:
        return None


def _number(rest: str) -> str:
    # a figure stands near its label, or the label was a word of a sentence
    value = number_in(rest[:60]) if re.search(r"\d", rest[:40]) else None
    return "" if value is None or value >= Decimal(10) ** 11 else format(value, "f")


def _kilograms(rest: str) -> str:
    value = _number(rest)
    if value and re.match(r"[^a-zа-я]*\s*(?:t|mt|tons?|tonnes?|т|тн|тонн)\b", rest.strip(), re.IGNORECASE):
        return format(Decimal(value) * 1000, "f")
    return value


def _whole(rest: str) -> str:
    value = _number(rest)
    return value if value and "." not in value and int(value) < 10**9 else ""


def _country(rest: str) -> str:
    return countries.alpha_2(_text(rest) or rest.strip())


_READERS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("number", _code),
    ("issued", _date),
    ("shipper", _text),
    ("consignee", _text),
    ("gross_kg", _kilograms),
    ("net_kg", _kilograms),
    ("tare_kg", _kilograms),
    ("packages", _whole),
    ("value", _number),
    ("origin_country", _country),
    ("seals", _code),
)


def _money_words(lines: Sequence[tuple[int, str, str]], found: Sequence[Proposal]) -> Iterator[Proposal]:
    """The currency in the line of the total, else the only one that the paper names."""
    total = next((one for one in found if one.field == "value"), None)
    if total is not None and (code := _currency(total.line)):
        yield Proposal("currency", code, total.page, total.line)
        return
    named = {code: (page, line) for page, line, _below in reversed(lines) if (code := _currency(line))}
    if len(named) == 1:
        [(code, (page, line))] = named.items()
        yield Proposal("currency", code, page, line)


def _currency(line: str) -> str:
    for code in _CURRENCY.findall(line):
        if code in _MET and currencies.is_known(code):
            return str(code)
    return next((code for sign, code in _SIGNS.items() if sign in line), "")


def _containers(lines: Sequence[tuple[int, str, str]]) -> Iterator[Proposal]:
    """Numbers whose check digit fits (ISO 6346); anything else of that form is left to a person."""
    seen: set[str] = set()
    for page, line, _below in lines:
        for found in _BOX.finditer(line.upper()):
            number = "".join(found.groups())
            if number not in seen and iso6346.check(number).verdict is iso6346.Verdict.VALID:
                seen.add(number)
                yield Proposal("containers", number, page, line)
                if len(seen) == MOST_LISTED:
                    return


def _codes(lines: Sequence[tuple[int, str, str]]) -> Iterator[Proposal]:
    seen: set[str] = set()
    for page, line, _below in lines:
        for found in _HS.finditer(line):
            code = re.sub(r"\D", "", found[1])
            if code not in seen and hs.known_level(code) in ("heading", "subheading"):
                seen.add(code)
                yield Proposal("hs", code, page, line)
                if len(seen) == MOST_LISTED:
                    return
