"""Facts against a template: what is stored, and what is wrong by field.

Errors are keyed by path: "brand", or "items.0.brand" for a field of the first row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from inspections.commodities.fields import ITEMS, Field, Items, Kind, Shape, Template
from inspections.commodities.numbers import AmbiguousNumberError, NotANumberError, plain, read_number
from profiling.reference import countries, currencies

TEXT_LENGTH = 350
ROWS = 60
NUMBER_LIMIT = Decimal(10) ** 15
Facts = dict[str, Any]


def _(sentence: str) -> str:
    return sentence


SENTENCES: Mapping[str, str] = {
    "required": _("Fill in: {label}."),
    "not_in_template": _("The template of this commodity has no such field."),
    "text_expected": _("Write a text here."),
    "too_long": _("At most {count} characters."),
    "choice_unknown": _("Choose one from the list."),
    "number_invalid": _("Write a number."),
    "number_ambiguous": _("Write the number without marks between thousands, or with a point and all decimals."),
    "number_negative": _("A number below zero is not possible here."),
    "number_too_large": _("At most {count} is possible here."),
    "number_whole": _("Write a whole number."),
    "yes_no_expected": _("Say yes or no."),
    "date_invalid": _("Write a day as 2026-11-24."),
    "country_unknown": _("Use the two letters of the country, for example KZ."),
    "currency_unknown": _("Use the three letters of the currency, for example USD."),
    "cas_invalid": _("This is no CAS number: its last digit does not fit."),
    "basel_invalid": _("A code of the Basel Convention looks like Y46, A1180 or B3011."),
    "hs_invalid": _("A code has 4 to 10 digits."),
    "rows_expected": _("Send rows."),
    "row_needed": _("Fill in at least one row: {label}."),
    "too_many_rows": _("At most {count} rows."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """code: of SENTENCES; params fill its sentence, `label` still to be translated."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class _Wrong(Exception):  # noqa: N818  # carries a fault to the field it is about
    def __init__(self, code: str, **params: Any) -> None:
        self.fault = Fault(code, params)


@dataclass(frozen=True, slots=True)
class Checked:
    """facts: what may be stored; empty values are left out."""

    facts: Facts
    faults: Mapping[str, Fault]


def check(template: Template, told: Any) -> Checked:
    """Facts as JSON or as typed in a form; texts of numbers, days, yes and no are read."""
    faults: dict[str, Fault] = {}
    if not isinstance(told, Mapping):
        return Checked({}, {"": Fault("rows_expected")})
    known = {one.name for one in template.fields} | ({ITEMS} if template.items else set())
    faults |= {str(name): Fault("not_in_template") for name in told if name not in known}
    facts = _row(template.fields, told, "", faults)
    if template.items:
        rows = _rows(template.items, told.get(ITEMS), faults)
        if rows:
            facts[ITEMS] = rows
    return Checked(facts, faults)


def total(template: Template, facts: Mapping[str, Any], unit: str) -> Decimal | None:
    """What the rows add up to in a unit of quantity; None where the rows do not tell it, or not all do."""
    names = [name for name, of in template.items.sums.items() if of == unit] if template.items else []
    rows = facts.get(ITEMS, ())
    if not names or not rows or any(names[0] not in row for row in rows):
        return None
    return sum((Decimal(row[names[0]]) for row in rows), Decimal(0))


def _rows(items: Items, told: Any, faults: dict[str, Fault]) -> list[Facts]:
    if told is None:
        told = []
    if not isinstance(told, Sequence) or isinstance(told, str | bytes):
        faults[ITEMS] = Fault("rows_expected")
        return []
    if len(told) > ROWS:
        faults[ITEMS] = Fault("too_many_rows", {"count": ROWS})
        return []
    known = {one.name for one in items.fields}
    found: list[Facts] = []
    for place, row in enumerate(told):
        path = f"{ITEMS}.{place}."
        if not isinstance(row, Mapping):
            faults[f"{ITEMS}.{place}"] = Fault("rows_expected")
            continue
        if all(_is_empty(value) for value in row.values()):
            continue  # a row that nobody filled in is none
        faults |= {f"{path}{name}": Fault("not_in_template") for name in row if name not in known}
        found.append(_row(items.fields, row, path, faults))
    if not found and not any(key.startswith(ITEMS) for key in faults):
        faults[ITEMS] = Fault("row_needed", {"label": items.one})
    return found


def _row(fields: Sequence[Field], told: Mapping[str, Any], path: str, faults: dict[str, Fault]) -> Facts:
    facts = dict(_values(fields, told, path, faults))
    for one in fields:
        needed = one.required or (one.needed_if is not None and facts.get(one.needed_if[0]) == one.needed_if[1])
        if needed and one.name not in facts and f"{path}{one.name}" not in faults:
            faults[f"{path}{one.name}"] = Fault("required", {"label": one.label})
    return facts


def _values(
    fields: Sequence[Field], told: Mapping[str, Any], path: str, faults: dict[str, Fault]
) -> Iterator[tuple[str, Any]]:
    for one in fields:
        value = told.get(one.name)
        if _is_empty(value):
            continue
        try:
            yield one.name, _READ[one.kind](one, value)
        except _Wrong as wrong:
            faults[f"{path}{one.name}"] = wrong.fault


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(one: Field, value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise _Wrong("text_expected")
    text = value.strip()
    if len(text) > TEXT_LENGTH:
        raise _Wrong("too_long", count=TEXT_LENGTH)
    return _SHAPED[one.shape](text) if one.shape else text


def _choice(one: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in {choice.code for choice in one.choices}:
        raise _Wrong("choice_unknown")
    return value


def _number(one: Field, value: Any) -> str:
    try:
        number = read_number(value)
    except AmbiguousNumberError:
        raise _Wrong("number_ambiguous") from None
    except NotANumberError:
        raise _Wrong("number_invalid") from None
    if number < 0:
        raise _Wrong("number_negative")
    limit = Decimal(one.at_most) if one.at_most is not None else NUMBER_LIMIT
    if number > limit:
        raise _Wrong("number_too_large", count=plain(limit))
    return plain(abs(number))  # a zero may come with a minus


def _count(one: Field, value: Any) -> str:
    number = _number(one, value)
    if "." in number:
        raise _Wrong("number_whole")
    return number


def _yes_no(_one: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("yes", "no"):
        return bool(value == "yes")
    raise _Wrong("yes_no_expected")


def _date(_one: Field, value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise _Wrong("date_invalid") from None


def _country(_one: Field, value: Any) -> str:
    code = value.strip().upper() if isinstance(value, str) else ""
    if not countries.is_known(code):
        raise _Wrong("country_unknown")
    return code


def _currency(_one: Field, value: Any) -> str:
    code = value.strip().upper() if isinstance(value, str) else ""
    if not currencies.is_known(code):
        raise _Wrong("currency_unknown")
    return code


def _cas(text: str) -> str:
    """The last digit is the sum of the others, each times its place from the right, modulo ten."""
    found = re.fullmatch(r"([0-9]{2,7})-([0-9]{2})-([0-9])", text)
    if found is None:
        raise _Wrong("cas_invalid")
    digits = found[1] + found[2]
    if sum(place * int(digit) for place, digit in enumerate(reversed(digits), 1)) % 10 != int(found[3]):
        raise _Wrong("cas_invalid")
    return text


def _basel(text: str) -> str:
    code = text.upper()
    if not re.fullmatch(r"Y[0-9]{1,2}|[AB][0-9]{4}", code):
        raise _Wrong("basel_invalid")
    return code


def _hs(text: str) -> str:
    digits = re.sub(r"[ .]", "", text)
    if not re.fullmatch(r"[0-9]{4,10}", digits):
        raise _Wrong("hs_invalid")
    return digits


_READ: Mapping[Kind, Callable[[Field, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.NUMBER: _number,
    Kind.COUNT: _count,
    Kind.YES_NO: _yes_no,
    Kind.DATE: _date,
    Kind.COUNTRY: _country,
    Kind.CURRENCY: _currency,
}
_SHAPED: Mapping[Shape, Callable[[str], str]] = {Shape.CAS: _cas, Shape.BASEL: _basel, Shape.HS: _hs}
