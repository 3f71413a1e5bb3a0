"""Exchange rates as central banks publish them, and a form of our own.

European Central Bank: XML of a day, of ninety days and of all days, and the CSV forms (from memory of the bank's
documentation). Central Bank of Uzbekistan: JSON and XML with Ccy, Nominal, Rate, Date (its description, in public
code). National Bank of Kazakhstan: RSS and `get_rates` XML with title, description, quant (public code that reads it).
Banks of Russia and Tajikistan: ValCurs with CharCode, Nominal, Value (the first seen in public copies; of the second
only that its export is XML). No bank was asked while this was written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from profiling.reference.files.opening import Part, csv_rows, decoded, first_heading, tables, whole
from profiling.reference.files.rows import Fault, FileError, Rate, Said
from profiling.reference.files.xml import elements, root

Rows = Iterator[Said | Rate | Fault]
_CURRENCY: Final = re.compile(r"[A-Z]{3}\Z")
_DAYS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%d/%m/%Y", "%Y%m%d", "%d.%m.%y")
_LARGEST: Final = Decimal(10) ** 12
_ONE: Final = Decimal(1)
# Records of the banks' XML: element, day, currency, for how many units, worth of them.
_NBK: Final = ("title", "quant", "description")
_VALUTE: Final = ("CharCode", "Nominal", "Value")
_CBU: Final = ("Ccy", "Nominal", "Rate")


def day_of(text: str) -> date | None:
    """A date in one of the forms the banks use."""
    for form in _DAYS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return None


def amount_of(text: str) -> Decimal | None:
    """A number above zero with a decimal point or comma; None for others."""
    try:
        number = Decimal(re.sub(r"[\s\xa0]", "", text).replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 < number < _LARGEST else None


def _rate(
    line: int,
    part: Part,
    source: str,
    said: str,
    hub: str,
    currency: str,
    units: str,
    worth: str,
    *,
    inverse: bool = False,
) -> Rate | Fault:
    received = f"{said} {currency} {units} {worth}".strip()
    day, count, value = day_of(said), amount_of(units or "1"), amount_of(worth)
    if not _CURRENCY.match(currency):
        return Fault(line, "currency_malformed", received, part.name)
    if day is None:
        return Fault(line, "date_malformed", received, part.name)
    if count is None or value is None:
        return Fault(line, "rate_malformed", received, part.name)
    if inverse:
        return Rate(line, source, day, hub, count, currency, value)
    return Rate(line, source, day, hub, value, currency, count)


def is_xml(part: Part) -> bool:
    return root(part) in ("Envelope", "rates", "rss", "ValCurs", "CBU_Curr")


def read_xml(part: Part) -> Rows:
    match root(part):
        case "Envelope":
            yield Said("European Central Bank")
            for cube in elements(part, ("Cube",)):
                if "currency" in cube.attributes:
                    currency, rate = cube.attributes["currency"], cube.attributes.get("rate", "")
                    day = cube.above.get("time", "")
                    yield _rate(cube.line, part, "ecb", day, "EUR", currency, "1", rate, inverse=True)
        case "ValCurs":
            yield from _valutes(part)
        case "CBU_Curr":
            yield Said("Central Bank of Uzbekistan")
            for entry in elements(part, ("CcyNtry",)):
                code, units, worth = (entry.get(name) for name in _CBU)
                said = entry.get("date") or entry.get("Date")
                yield _rate(entry.line, part, "cbu", said, "UZS", code, units, worth)
        case _:
            yield from _nbk(part)


def _nbk(part: Part) -> Rows:
    """One day for the whole file (`date` after or before the items), or a day with each item (`pubDate`)."""
    yield Said("National Bank of Kazakhstan")
    day = ""
    items = []
    for element in elements(part, ("item", "date")):
        if element.name == "date":
            day = element.text
        else:
            items.append(element)
    for item in items:
        code, units, worth = (item.get(name) for name in _NBK)
        yield _rate(item.line, part, "nbk", item.get("pubDate") or day, "KZT", code, units, worth)


def _valutes(part: Part) -> Rows:
    """Russia and Tajikistan write the same form and do not say whose it is; no bank quotes its own currency."""
    day = ""
    found = []
    for element in elements(part, ("Valute", "ValCurs")):
        if element.name == "ValCurs":
            day = element.attributes.get("Date", "")
        else:
            found.append(element)
    quoted = {element.get("CharCode") for element in found}
    if ("RUB" in quoted) == ("TJS" in quoted):
        raise FileError("file_unreadable", kind="rates", forms="ValCurs of RUB or of TJS")
    bank, hub, name = ("nbt", "TJS", "Tajikistan") if "RUB" in quoted else ("cbr", "RUB", "Russia")
    yield Said(f"ValCurs, {name}")
    for element in found:
        code, units, worth = (element.get(name) for name in _VALUTE)
        yield _rate(element.line, part, bank, day, hub, code, units, worth)


def is_json(part: Part) -> bool:
    return part.head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"[") and b'"Ccy"' in part.head


def read_json(part: Part) -> Rows:
    """Central Bank of Uzbekistan."""
    try:
        found = json.loads(whole(part).decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise FileError("json_broken") from error
    if not isinstance(found, list):
        raise FileError("json_broken")
    yield Said("Central Bank of Uzbekistan")
    for number, record in enumerate(found, start=1):
        if not isinstance(record, dict):
            yield Fault(number, "rate_malformed", str(record)[:200], part.name)
            continue
        code, units, worth = (str(record.get(name, "")) for name in _CBU)
        yield _rate(number, part, "cbu", str(record.get("Date", "")), "UZS", code, units, worth)


def is_ecb_csv(part: Part) -> bool:
    cells = decoded(part.head.partition(b"\n")[0]).split(",")
    return cells[0].strip().lower() == "date" and sum(bool(_CURRENCY.match(cell.strip())) for cell in cells) > 1


def read_ecb_csv(part: Part) -> Rows:
    """A row a day, a column a currency; N/A where there was no rate."""
    yield Said("European Central Bank")
    currencies: list[str] = []
    for line, cells in csv_rows(part):
        if not currencies:
            currencies = cells
            continue
        for currency, rate in zip(currencies[1:], cells[1:], strict=False):
            if currency and rate and rate.upper() != "N/A":
                yield _rate(line, part, "ecb", cells[0], "EUR", currency, "1", rate, inverse=True)


_OWN: Final = {
    "day": ("day", "date", "дата"),
    "currency": ("currency", "валюта"),
    "units": ("units", "nominal", "quant", "количество"),
    "worth": ("value", "rate", "курс"),
    "hub": ("base", "hub"),
    "source": ("source",),
}
_OWN_NEEDED: Final = ("day", "currency", "worth", "hub")


def is_own(part: Part) -> bool:
    return first_heading(part, _OWN, _OWN_NEEDED)


def read_own(part: Part) -> Rows:
    """day, currency, units, value, base, source: so many units of the currency are worth `value` of the base."""
    yield Said("rates")
    for row in tables(part, _OWN, _OWN_NEEDED):
        hub = row.get("hub").upper()
        if not _CURRENCY.match(hub):
            yield Fault(row.line, "currency_malformed", row.received, row.part)
            continue
        yield _rate(
            row.line,
            part,
            row.get("source").lower()[:20] or "own",
            row.get("day"),
            hub,
            row.get("currency").upper(),
            row.get("units"),
            row.get("worth"),
        )
