"""Cells of anybody's table into values: numbers with either mark, dates, HS codes that lost their zero.

A cell becomes its value; or `Told`, a value (None where none can be used) with what has to be said of it. What can be
read in two ways is decided for the whole column, by what its other cells show, else by what was agreed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from profiling.formats import limits
from profiling.formats.commodities import declared
from profiling.formats.problems import storable
from profiling.formats.quantities import (
    CUBIC_METRES,
    KILOGRAMS,
    THOUSANDTH,
    YEARS,
)
from profiling.formats.records import Commodity, Direction, DocumentType, Fill, Function, MessageTime, Place
from profiling.formats.table_columns import UNITS, Field, plain
from profiling.formats.table_numbers import BLANKS, GROUPS, PLAIN, NumberStyle, Told, number

EXACT: Final = 10**15  # whole numbers up to it keep all their digits in a spreadsheet
_MOST: Final = 1_000_000_000
_SCIENTIFIC: Final = re.compile(r"[0-9][.,]?[0-9]*E\+[0-9]{1,3}\Z", re.IGNORECASE)
_COUNTED: Final = re.compile(r"([0-9][0-9 \u00a0.,]*)\s*([^0-9\s].*)?\Z", re.DOTALL)
_PARTS: Final = re.compile(r"[;,/\n\r]+|\s{2,}")
_BOX: Final = re.compile(r"[A-Z]{3}[A-Z][ -]?[0-9]{6}[ -]?[0-9]")
_LOCODE: Final = re.compile(r"[A-Z]{2}[ ]?[A-Z0-9]{3}\Z")
_CURRENCY: Final = re.compile(r"[A-Z]{3}\Z")
_DATE: Final = re.compile(
    r"(\d{1,4})([./ -])(\d{1,2}|[^\W\d]{3,10})\2(\d{2,4})(?:[ T,]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?)?Z?\Z"
)
_FIRST_SERIAL, _LAST_SERIAL = 18_264, 73_415  # 1950 and 2100 as days of a spreadsheet
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001  (days of a spreadsheet have no zone)
_MONTHS: Final = (
    ("jan", "янв", "ene"), ("feb", "fev", "fév", "фев"), ("mar", "мар"), ("apr", "avr", "апр", "abr"),
    ("may", "mai", "май", "мая"), ("jun", "juin", "июн"), ("jul", "juil", "июл"),
    ("aug", "aou", "aoû", "авг", "ago"), ("sep", "сен"), ("oct", "окт"),
    ("nov", "ноя"), ("dec", "déc", "дек", "dic"),
)  # fmt: skip

DOCUMENT_TYPES: Final[dict[str, DocumentType]] = {
    **{kind.value.replace("_", ""): kind for kind in DocumentType},
    **dict.fromkeys(
        ("bl", "bol", "billoflading", "straight", "str", "коносамент", "connaissement", "conocimiento"),
        DocumentType.BILL,
    ),
    **dict.fromkeys(("mbl", "master", "mb", "mawb", "мастер", "линейный"), DocumentType.MASTER_BILL),
    **dict.fromkeys(("hbl", "house", "hb", "hawb", "хаус", "домашний"), DocumentType.HOUSE_BILL),
    **dict.fromkeys(("swb", "waybill", "seawaybill"), DocumentType.SEA_WAYBILL),
    **dict.fromkeys(("смгс", "smgs2015"), DocumentType.SMGS),
    **dict.fromkeys(("цим",), DocumentType.CIM),
    **dict.fromkeys(("смр", "цмр"), DocumentType.CMR),
    **dict.fromkeys(("мдп", "книжкамдп", "carnettir"), DocumentType.TIR),
    **dict.fromkeys(("awb", "авианакладная", "lta"), DocumentType.AIR_WAYBILL),
}  # fmt: skip
DIRECTIONS: Final[dict[str, Direction]] = {
    **dict.fromkeys(("22", "export", "exp", "e", "экспорт", "вывоз", "exportation", "exportacion"), Direction.EXPORT),
    **dict.fromkeys(("23", "import", "imp", "i", "импорт", "ввоз", "importation", "importacion"), Direction.IMPORT),
    **dict.fromkeys(("24", "transit", "t", "транзит", "transito"), Direction.TRANSIT),
    **dict.fromkeys(
        ("28", "transhipment", "transshipment", "ts", "перевалка", "transbordement", "transbordo"),
        Direction.TRANSHIPMENT,
    ),
}  # fmt: skip
# The digits are those of UN/EDIFACT 1225.
FUNCTIONS: Final[dict[str, Function]] = {
    **dict.fromkeys(("9", "original", "new", "n", "новый", "новая", "исходный", "nouveau", "nuevo"), Function.ORIGINAL),
    **dict.fromkeys(("5", "replace", "replacement", "замена", "remplacement", "reemplazo"), Function.REPLACE),
    **dict.fromkeys(
        ("1", "cancel", "cancelled", "canceled", "cancellation", "отмена", "аннулирование", "annulation", "anulacion"),
        Function.CANCEL,
    ),
    **dict.fromkeys(
        ("4", "change", "changed", "amend", "amended", "amendment", "изменение", "корректировка", "modification",
         "modificacion"),
        Function.CHANGE,
    ),
    **dict.fromkeys(("2", "add", "added", "addition", "добавление", "ajout", "adicion"), Function.ADD),
    **dict.fromkeys(
        ("3", "delete", "deleted", "deletion", "удаление", "исключение", "suppression", "eliminacion"), Function.DELETE
    ),
}  # fmt: skip
FILLS: Final[dict[str, Fill]] = {
    **dict.fromkeys(
        (
            "full", "f", "laden", "loaded", "fcl", "lcl", "5", "гр", "груж", "груженый", "полный", "plein", "charge",
            "lleno", "cargado",
        ),
        Fill.FULL,
    ),
    **dict.fromkeys(
        ("empty", "e", "mt", "mty", "emp", "ety", "4", "пор", "порожний", "пустой", "vide", "vacio"), Fill.EMPTY
    ),
}  # fmt: skip


_WORDS: Final[dict[str, AnyMapping[str, Any]]] = {
    "document_type": DOCUMENT_TYPES,
    "direction": DIRECTIONS,
    "fill": FILLS,
}


# ---- one reader of cells for each kind of field

Convert = Callable[[Any], Any]


def converter(of: Field, *, unit: str, style: NumberStyle, dates: str) -> Convert:
    """What reads a cell that is not blank of this field. `unit` as in a mapping; `dates` "DMY", "MDY", "YMD" or ""."""
    match of.kind:
        case "mass" | "volume":
            factors = KILOGRAMS if of.kind == "mass" else CUBIC_METRES
            return lambda cell: _measured(cell, style, unit, factors)
        case "number" | "temperature":
            return lambda cell: _amount(cell, style, is_signed=of.kind == "temperature")
        case "packages":
            return lambda cell: _packages(cell, style)
        case "date":
            return lambda cell: when(cell, dates)
        case "hs":
            return hs
        case "numbers" | "seals" | "number_one":
            return lambda cell: _numbers(cell, of.kind)
        case "place":
            return _place
        case "country":
            return country
        case "currency":
            return _currency
        case "function":
            return _function
        case "document_type" | "direction" | "fill":
            words = _WORDS[of.kind]
            return lambda cell: _word(cell, words)
        case _:
            return _text_reader(of.limit, is_name=of.key in ("document_no", "master_no"))


def _text_reader(limit: int, *, is_name: bool) -> Convert:
    def read(cell: Any) -> Any:
        if type(cell) is str and len(cell) <= limit and not is_name and cell.isprintable():  # most are
            return cell.strip()
        return text_of(cell, limit, is_name=is_name)

    return read


def as_text(cell: Any) -> str:
    """A cell as a person sees it: whole numbers without a fraction, dates in ISO 8601."""
    if type(cell) is str:
        return cell.strip()
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else str(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes") if cell.hour or cell.minute else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip()


def text_of(cell: Any, limit: int, *, is_name: bool = False) -> Any:
    """A text; `is_name`: by which rows are told apart, so that lost digits and cut ends would mix two of them up."""
    text = as_text(cell)
    lost = isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= EXACT
    if lost or (is_name and _SCIENTIFIC.match(text)):
        return Told(text[:limit], "digits_lost", is_name)
    if len(text) > limit:
        return Told(text[:limit].rstrip(), "text_too_long" if is_name else "text_cut", is_name, {"limit": limit})
    if not text.isprintable():
        clean = (
            storable(text).replace("\N{REPLACEMENT CHARACTER}", "")
            if "\N{REPLACEMENT CHARACTER}" not in text
            else storable(text)
        )
        if clean != text:
            return Told(clean, "control_characters")
    return text


def _amount(cell: Any, style: NumberStyle, *, is_signed: bool = False) -> Any:
    value, after, wrong = number(cell, style, is_signed=is_signed)
    if wrong is not None:
        return wrong
    if after and not is_signed and not _CURRENCY.match(after.upper()):
        return Told(None, "number_invalid", params={"value": str(cell)[:40]})
    return value


def _measured(cell: Any, style: NumberStyle, unit: str, factors: dict[str, Decimal]) -> Any:
    value, after, wrong = number(cell, style)
    if wrong is not None:
        return wrong
    if after:
        unit = UNITS.get(plain(after), "")
        if unit not in factors or not unit:
            return Told(None, "unit_unknown", params={"unit": after[:40]})
    factor = factors.get(unit, Decimal(1))
    return value if factor == 1 or value is None else (value * factor).quantize(THOUSANDTH)


def _packages(cell: Any, style: NumberStyle) -> Any:
    """(packages, kind of packages): "120 CTN" says both."""
    text = ""
    if isinstance(cell, str) and not PLAIN.match(cell):
        counted = _COUNTED.match(cell.strip())
        if counted is None:
            return Told(None, "number_invalid", params={"value": cell[:40]})
        cell, text = counted.group(1).strip(), (counted.group(2) or "").strip()
        if GROUPS.match(cell.translate(BLANKS)):
            cell = re.sub(r"\D", "", cell)  # packages are whole: marks before three digits group thousands
    value, after, wrong = number(cell, style)
    if wrong is not None:
        return wrong
    if value is None or after or value != value.to_integral_value() or value >= _MOST:
        return Told(None, "number_invalid", params={"value": str(cell)[:40]})
    return int(value), text[: limits.NAME]


def hs(cell: Any) -> Any:
    """A Commodity. A number has lost its leading zero: an even length gives it back, and it is told."""
    text = as_text(cell)
    digits = text.replace(".", "").replace(" ", "").replace("\u00a0", "").replace("-", "")
    if len(digits) == 3 and digits.isdecimal() and digits.isascii():
        digits = f"0{digits}"  # a heading of four digits
        return Told(Commodity(digits), "hs_zero_restored", params={"code": digits})
    found = declared(digits)
    if found is None:
        return Told(None, "code_unknown", params={"code": text[:40]})
    if found.code != digits:
        return Told(found, "hs_zero_restored", params={"code": found.code})
    return found


def when(cell: Any, dates: str) -> Any:
    """A MessageTime. Text is read in the agreed order, or where only one order is possible; else it is told."""
    if isinstance(cell, datetime):
        return _moment(cell.isoformat(), cell, has_time=bool(cell.hour or cell.minute))
    if isinstance(cell, date):
        return _moment(cell.isoformat(), datetime(cell.year, cell.month, cell.day), has_time=False)  # noqa: DTZ001
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if not isfinite(cell) or not _FIRST_SERIAL <= cell <= _LAST_SERIAL:
            return Told(None, "date_impossible")
        local = _EPOCH + timedelta(minutes=round(cell * 24 * 60))
        found = _moment(str(cell), local, has_time=bool(local.hour or local.minute))
        return Told(found, "date_from_serial", params={"date": local.date().isoformat()})
    text = str(cell).strip()
    match = _DATE.match(text)
    if match is None:
        return Told(None, "date_impossible")
    first, sign, middle, last, hour, minute = match.groups()
    month = _month(middle)
    if len(first) == 4:
        order = "YMD"
    elif month or sign == ".":
        order = "DMY"  # a month in letters, or points, which nobody writes between month and day
    else:
        order = dates or ("DMY" if int(first) > 12 else "MDY" if int(middle) > 12 else "")
    if not order:
        return Told(None, "date_ambiguous")
    parts = dict(zip(order, (first, str(month or middle), last), strict=True))
    year = int(parts["Y"]) + (2000 if len(parts["Y"]) == 2 else 0)
    try:
        local = datetime(year, int(parts["M"]), int(parts["D"]), int(hour or 0), int(minute or 0))  # noqa: DTZ001
    except ValueError:
        return Told(None, "date_impossible")
    return _moment(text, local, has_time=hour is not None)


def _moment(source: str, local: datetime, *, has_time: bool) -> Any:
    if local.year not in YEARS:
        return Told(None, "date_impossible")
    return MessageTime(source, "minute" if has_time else "date", local.replace(tzinfo=None, second=0, microsecond=0))


def _month(text: str) -> int:
    """The month of its name in one of four languages, 0 for digits."""
    low = text.casefold()
    return next((at for at, names in enumerate(_MONTHS, start=1) if low.startswith(names)), 0)


def _numbers(cell: Any, kind: str) -> Any:
    """Numbers of equipment or of seals, each once, as a tuple. Equipment in capitals without blanks."""
    text = as_text(cell)
    if text.isalnum() and text.isupper():  # most are one number, written plainly
        return (text,) if kind != "seals" else (text[: limits.SEAL_NO],)
    if isinstance(cell, int | float) and abs(cell) >= EXACT:
        return Told((text,), "digits_lost")
    if kind == "number_one":
        return ("".join(text.split()).upper().replace("-", ""),)
    if kind == "seals":
        return tuple(dict.fromkeys(part[: limits.SEAL_NO] for one in _PARTS.split(text) if (part := one.strip())))
    upper = text.upper()
    boxes = _BOX.findall(upper)
    if len(boxes) > 1:
        rest = _BOX.sub(" ", upper)
        if not re.search(r"\w", rest):
            return tuple(dict.fromkeys(re.sub(r"[ -]", "", box) for box in boxes))
    parts = [re.sub(r"[\s-]", "", one) for one in re.split(r"[;,\n\r]+", upper)]
    return tuple(dict.fromkeys(part for part in parts if part))


def _place(cell: Any) -> Any:
    text = as_text(cell)
    if _LOCODE.match(text):
        return Place(text.replace(" ", ""), "", "unlocode")
    if text.isdecimal() and 4 <= len(text) <= 6:
        return Place(text, "", "station")
    return Place("", text[: limits.NAME])


_look_up: Callable[[str], str] = lambda _name: ""  # noqa: E731


def know_countries(look_up: Callable[[str], str]) -> None:
    """Say how a country's name becomes its code. Readers stand below the reference and cannot ask it themselves."""
    global _look_up
    _look_up = look_up
    _named.clear()


_named: dict[str, str] = {}


def country(cell: Any) -> Any:
    """ISO 3166-1 alpha-2, from the code or, where names are known (`know_countries`), the name."""
    text = as_text(cell)
    code = text.upper()
    if len(code) == 2 and code.isascii() and code.isalpha():
        return code
    found = _named.get(text)
    if found is None:
        found = _look_up(text[:100])
        if len(_named) < 5000:
            _named[text] = found
    return found or Told(None, "code_unknown", params={"code": text[:40]})


def _currency(cell: Any) -> Any:
    code = as_text(cell).upper()
    code = {"$": "USD", "US$": "USD", "€": "EUR", "¥": "CNY", "RMB": "CNY", "₽": "RUB", "₸": "KZT", "РУБ": "RUB"}.get(
        code, code
    )
    return code if _CURRENCY.match(code) else Told(None, "code_unknown", params={"code": code[:40]})


def _function(cell: Any) -> Any:
    """A row of which nobody knows what is to be done with it is refused: a deletion taken for news would stand."""
    said = plain(as_text(cell)[:60])
    return FUNCTIONS.get(said) or Told(None, "function_not_supported", True, {"code": as_text(cell)[:40]})


def _word(cell: Any, words: AnyMapping[str, Any]) -> Any:
    said = plain(as_text(cell)[:60])
    return words.get(said) or Told(None, "code_unknown", params={"code": as_text(cell)[:40]})
