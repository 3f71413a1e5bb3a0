"""Numbers, weights, volumes and dates as senders write them, turned into the units of `records`.

A value that cannot be used is None and comes with the code of the problem, never with a guess.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from profiling.formats.records import MessageTime

_AS_IT_IS: Final = Decimal(1)
KILOGRAMS: Final = {
    "": _AS_IT_IS,
    "KGM": _AS_IT_IS,
    "KGS": _AS_IT_IS,
    "KG": _AS_IT_IS,
    "K": _AS_IT_IS,
    "GRM": Decimal("0.001"),
    "TNE": Decimal(1000),
    "MT": Decimal(1000),
    "LBR": Decimal("0.45359237"),
    "LB": Decimal("0.45359237"),
    "LBS": Decimal("0.45359237"),
    "L": Decimal("0.45359237"),
}
CUBIC_METRES: Final = {
    "": _AS_IT_IS,
    "MTQ": _AS_IT_IS,
    "M3": _AS_IT_IS,
    "CBM": _AS_IT_IS,
    "LTR": Decimal("0.001"),
    "DMQ": Decimal("0.001"),
    "FTQ": Decimal("0.028316846592"),
}
DIGITS_LIMIT: Final = 12  # before the decimal mark: a thousand million tonnes are a mistake
THOUSANDTH: Final = Decimal("0.001")
_SIGNED: Final = re.compile(r"([+-]?)([0-9]*)(?:[.,]([0-9]*))?\Z")
_GROUPED: Final = re.compile(r"[+-]?[0-9]{1,3}(?:([.,])[0-9]{3}(?:\1[0-9]{3})*)?([.,])[0-9]+\Z")


class Amount(NamedTuple):
    """A value, or the code and params of what is wrong with it. Nothing sent: all three empty."""

    value: Decimal | None = None
    wrong: str = ""
    detail: str = ""


NOTHING: Final = Amount()


def number(text: str) -> Amount:
    """A non-negative decimal; point and comma are both decimal marks (ISO 9735), blanks are ignored."""
    return _short_number(text) if len(text) <= _SHORT else _number(text)


def _number(text: str) -> Amount:
    if not text:
        return NOTHING
    if len(text) <= DIGITS_LIMIT and text.isascii() and text.isdigit():  # most are, and this is ten times faster
        return Amount(Decimal(text))
    compact = text.replace(" ", "").replace("\xa0", "")
    if not compact:
        return NOTHING
    grouped = _GROUPED.match(compact) if "," in compact and "." in compact else None
    if grouped and grouped.group(1) and grouped.group(1) != grouped.group(2):
        # Both marks: the last one is the decimal mark, the other groups thousands.
        compact = compact.replace(grouped.group(1), "")
    match = _SIGNED.match(compact)
    if match is None:
        return Amount(None, "number_invalid", text)
    sign, whole, fraction = match.groups()
    if not (whole or fraction) or len(whole.lstrip("0")) > DIGITS_LIMIT or len(fraction or "") > DIGITS_LIMIT:
        return Amount(None, "number_invalid", text)
    value = Decimal(f"{whole or 0}.{fraction}" if fraction else whole or 0)
    if sign == "-" and value:
        return Amount(None, "number_negative", text)
    return Amount(value)


# A bill says the same weight and the same count several times: of its totals, its items, and what is loaded where.
_SHORT: Final = 40
_short_number = lru_cache(maxsize=256)(_number)


def in_unit(text: str, unit: str, factors: dict[str, Decimal]) -> Amount:
    """A quantity in the base unit of `factors`; converted values are rounded to a thousandth."""
    found = _short_number(text) if len(text) <= _SHORT else _number(text)
    if found.value is None:
        return found
    factor = factors.get(unit) or factors.get(unit.upper())
    if factor is None:
        return Amount(None, "unit_unknown", unit)
    return found if factor is _AS_IT_IS else Amount((found.value * factor).quantize(THOUSANDTH))


def count(text: str) -> Amount:
    """A whole number of packages or pieces, below 10^9. "12.0" is 12, "12.5" cannot be used."""
    found = _short_number(text) if len(text) <= _SHORT else _number(text)
    if found.value is None or (len(text) < 10 and text.isdigit()):  # digits alone are whole, and below 10^9
        return found
    if found.value != found.value.to_integral_value() or found.value >= 1_000_000_000:
        return Amount(None, "number_invalid", text)
    return found


_SHAPES: Final = {
    # digits: (format of strptime, precision)
    6: ("%y%m%d", "date"),
    8: ("%Y%m%d", "date"),
    10: ("%y%m%d%H%M", "minute"),
    12: ("%Y%m%d%H%M", "minute"),
    14: ("%Y%m%d%H%M%S", "second"),
}
_ZONED: Final = re.compile(r"([0-9]{6,14})(?:Z|([+-])([0-9]{2}):?([0-9]{2}))\Z")
_DATE_ONLY: Final = {"101", "102"}
YEARS: Final = range(1950, 2101)  # a time outside them is a slip, and in another zone may be no date at all


def edifact_time(text: str, code: str) -> MessageTime | None:
    """A date or time by its length; UN/EDIFACT 2379 (`code`) decides only where the length does not.

    Senders write 12 digits and call them 102 (CCYYMMDD): the length is believed, and a time of 0000 there
    is no time. None where it is no possible date or time.
    """
    digits, offset = text.replace(" ", ""), None
    if zoned := _ZONED.match(digits):
        digits, sign, hours, minutes = zoned.group(1), zoned.group(2), zoned.group(3), zoned.group(4)
        offset = 0 if sign is None else (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
        if abs(offset) > 14 * 60:
            return None
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in _SHAPES:
        return None
    shape, precision = _SHAPES[len(digits)]
    if len(digits) == 12 and code == "202":
        shape, precision = "%y%m%d%H%M%S", "second"
    try:
        local = datetime.strptime(digits, shape)  # noqa: DTZ007  (naive on purpose: see MessageTime)
    except ValueError:
        return None
    if local.year not in YEARS:
        return None
    if code in _DATE_ONLY and precision == "minute" and digits.endswith("0000"):
        precision = "date"
    return MessageTime(text, precision, local, offset)
