"""Facts of seizures in the reader's words: labels of templates, values, faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inspections.commodities.checking import SENTENCES, Fault
from inspections.commodities.fields import ITEMS, UNITS, Field, Kind, Template
from inspections.commodities.templates import template
from inspections.models import Seizure
from pcu.desk.templatetags.desk import quantity
from profiling.reference import countries


def words(text: str) -> str:
    """A label of a template in the active language."""
    return _(text) if text else ""


def unit_label(code: str) -> str:
    return words(UNITS[code]) if code in UNITS else code


def sentence(fault: Fault) -> str:
    """What is wrong, for people."""
    params = {**fault.params}
    if "label" in params:
        params["label"] = words(params["label"])
    return words(SENTENCES[fault.code]).format(**params)


def said(field: Field, value: Any) -> str:
    """A stored value as people read it; empty for none."""
    if value is None or value == "":
        return ""
    match field.kind:
        case Kind.CHOICE:
            return next((words(choice.label) for choice in field.choices if choice.code == value), str(value))
        case Kind.NUMBER | Kind.COUNT:
            number = quantity(Decimal(str(value)))
            return f"{number} {words(field.unit)}" if field.unit else number
        case Kind.YES_NO:
            return _("Yes") if value else _("No")
        case Kind.DATE:
            return date_format(date.fromisoformat(value), "DATE_FORMAT")
        case Kind.COUNTRY:
            name = countries.name(value, get_language() or "en")
            return f"{value} {name}" if name else str(value)
        case _:
            return str(value)


@dataclass(frozen=True, slots=True)
class Told:
    """The facts of a seizure for reading. sums: a text below each column, "" where nothing is added up."""

    pairs: Sequence[tuple[str, str]]
    label: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    sums: Sequence[str]


def template_of(seizure: Seizure) -> Template:
    """The template the facts were checked against."""
    return template(seizure.commodity, seizure.template_version)


def told(seizure: Seizure) -> Told:
    """The facts in the order of the template; fields nobody filled in are left out, columns stay."""
    of = template_of(seizure)
    facts: Mapping[str, Any] = seizure.facts
    pairs = [(words(field.label), said(field, facts[field.name])) for field in of.fields if field.name in facts]
    if of.items is None:
        return Told(pairs, "", (), (), ())
    rows: Sequence[Mapping[str, Any]] = facts.get(ITEMS, [])
    used = [field for field in of.items.fields if any(field.name in row for row in rows)]
    return Told(
        pairs=pairs,
        label=words(of.items.label),
        columns=[words(field.label) for field in used],
        rows=[[said(field, row.get(field.name)) for field in used] for row in rows],
        sums=list(_sums(used, of.items.counted, rows)) if len(rows) > 1 else (),
    )


def _sums(used: Sequence[Field], counted: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for field in used:
        # denominations are no amount to add up, and amounts in several currencies neither
        adds = field.name in counted and field.name not in ("denomination", "amount")
        values = [Decimal(row[field.name]) for row in rows if field.name in row] if adds else []
        yield quantity(sum(values, Decimal(0))) if values else ""
