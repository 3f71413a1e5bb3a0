"""Indicators about weight, packages and value: ratios and disagreements inside one document."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from profiling.formats.records import Fill
from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import Past
from profiling.indicators.sharing import shared


def _ratio(dividend: Decimal | int | None, divisor: Decimal | int | None) -> Decimal | None:
    """None unless both are known and the divisor is above zero."""
    if dividend is None or divisor is None or divisor <= 0:
        return None
    return Decimal(dividend) / Decimal(divisor)


def gap_percent(found: Decimal | int | None, declared: Decimal | int | None) -> Decimal | None:
    """How far one figure is from another, in per cent of the other, never negative."""
    if found is None or declared is None:
        return None
    return _ratio(abs(Decimal(found) - Decimal(declared)) * 100, declared)


def _sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    """The sum; None of nothing or where one is unknown: a sum with a hole in it disagrees with anything."""
    total: Decimal | None = None
    for number in numbers:
        if number is None:
            return None
        total = number if total is None else total + number
    return total


def per_kg(subject: SubjectFacts, amount: Decimal | None) -> Decimal | None:
    """What falls on one kilogram: of the net weight where every line has one, else of the gross weight."""
    net = _net_kg(subject)
    return _ratio(amount, net if net else subject.gross_kg)


@shared
def _net_kg(subject: SubjectFacts) -> Decimal | None:
    return _sum(item.net_kg for item in subject.items)


@indicator(
    label=_("Gross weight"),
    group=Group.WEIGHT,
    type=ValueType.NUMBER,
    unit="kg",
    missing=_("The document gives no gross weight."),
    source="Indicators, Weight and value",
    needs=("gross_kg",),
)
def gross_kg(subject: SubjectFacts, past: Past) -> Decimal | None:
    return subject.gross_kg


@indicator(
    label=_("Packages"),
    group=Group.WEIGHT,
    type=ValueType.INTEGER,
    missing=_("The document gives no number of packages."),
    source="Indicators, Weight and value",
    needs=("packages",),
)
def packages(subject: SubjectFacts, past: Past) -> int | None:
    return subject.packages


@indicator(
    label=_("Gross weight of one package"),
    group=Group.WEIGHT,
    type=ValueType.NUMBER,
    unit="kg",
    missing=_("No gross weight, or no number of packages above zero."),
    source="Indicators, Weight and value: kg per package",
    needs=("gross_kg", "packages"),
)
def kg_per_package(subject: SubjectFacts, past: Past) -> Decimal | None:
    return _ratio(subject.gross_kg, subject.packages)


@indicator(
    label=_("Weights of the lines differ from the document's gross weight by"),
    group=Group.WEIGHT,
    type=ValueType.NUMBER,
    unit="%",
    missing=_("No gross weight of the document, or a line without one."),
    source="Indicators, Weight and value: documents disagree (weight)",
    needs=("gross_kg", "items.gross_kg"),
)
def items_weight_gap_percent(subject: SubjectFacts, past: Past) -> Decimal | None:
    return gap_percent(_sum(item.gross_kg for item in subject.items), subject.gross_kg)


@indicator(
    label=_("Weights loaded in the equipment differ from the document's gross weight by"),
    group=Group.WEIGHT,
    type=ValueType.NUMBER,
    unit="%",
    missing=_("No gross weight of the document, or equipment without a loaded weight."),
    source="Indicators, Weight and value: documents disagree (weight)",
    needs=("gross_kg", "visits.loaded_kg"),
)
def loaded_weight_gap_percent(subject: SubjectFacts, past: Past) -> Decimal | None:
    return gap_percent(_sum(visit.loaded_kg for visit in subject.visits), subject.gross_kg)


@indicator(
    label=_("Packages of the lines differ from the document's by"),
    group=Group.WEIGHT,
    type=ValueType.INTEGER,
    missing=_("No number of packages of the document, or a line without one."),
    source="Indicators, Weight and value: documents disagree (packages)",
    needs=("packages", "items.packages"),
)
def items_packages_gap(subject: SubjectFacts, past: Past) -> int | None:
    counts = [item.packages for item in subject.items]
    known = [count for count in counts if count is not None]
    if subject.packages is None or not counts or len(known) < len(counts):
        return None
    return abs(sum(known) - subject.packages)


@indicator(
    label=_("Net weight is above gross weight"),
    group=Group.WEIGHT,
    type=ValueType.BOOLEAN,
    missing=_("No gross weight, or a line without a net weight."),
    source="Indicators, Weight and value: documents disagree (weight)",
    needs=("gross_kg", "items.net_kg"),
)
def net_above_gross(subject: SubjectFacts, past: Past) -> bool | None:
    net = _net_kg(subject)
    if net is None or subject.gross_kg is None:
        return None
    return net > subject.gross_kg


@indicator(
    label=_("Cargo weight per laden container"),
    group=Group.WEIGHT,
    type=ValueType.NUMBER,
    unit="kg",
    missing=_("No gross weight, or no container that is not empty."),
    source="Indicators, Weight and value: over payload",
    needs=("gross_kg", "visits.kind", "visits.fill"),
)
def laden_kg_per_container(subject: SubjectFacts, past: Past) -> Decimal | None:
    laden = sum(visit.fill != Fill.EMPTY for visit in subject.containers)
    return _ratio(subject.gross_kg, laden)


@indicator(
    label=_("Weight of the cargo per cubic metre"),
    group=Group.WEIGHT,
    type=ValueType.NUMBER,
    unit="kg",
    missing=_("No gross weight, or no volume above zero."),
    source="Indicators, Weight and value: density",
    needs=("gross_kg", "volume_m3"),
)
def kg_per_m3(subject: SubjectFacts, past: Past) -> Decimal | None:
    return _ratio(subject.gross_kg, subject.volume_m3)


@indicator(
    label=_("Declared value"),
    group=Group.VALUE,
    type=ValueType.NUMBER,
    missing=_("The document gives no value."),
    source="Indicators, Weight and value",
    needs=("value",),
)
def declared_value(subject: SubjectFacts, past: Past) -> Decimal | None:
    return subject.value


@indicator(
    label=_("Currency of the declared value"),
    group=Group.VALUE,
    type=ValueType.CODE,
    missing=_("The document gives no currency."),
    source="Indicators, Weight and value",
    needs=("currency",),
)
def value_currency(subject: SubjectFacts, past: Past) -> str | None:
    return subject.currency or None


@indicator(
    label=_("Declared value of one kilogram, in its own currency"),
    group=Group.VALUE,
    type=ValueType.NUMBER,
    unit="per kg",
    missing=_("No value, or no weight above zero."),
    source="Indicators, Weight and value: value per kg",
    needs=("value", "items.net_kg", "gross_kg"),
)
def value_per_kg(subject: SubjectFacts, past: Past) -> Decimal | None:
    return per_kg(subject, subject.value)


@indicator(
    label=_("Freight in per cent of the declared value"),
    group=Group.VALUE,
    type=ValueType.NUMBER,
    unit="%",
    missing=_("No freight or value, or they are in different currencies."),
    source="Indicators, Weight and value: freight above value",
    needs=("freight", "freight_currency", "value", "currency"),
)
def freight_percent_of_value(subject: SubjectFacts, past: Past) -> Decimal | None:
    if subject.freight is None or not subject.currency or subject.freight_currency != subject.currency:
        return None
    return _ratio(subject.freight * 100, subject.value)
