"""Indicators about figures that look made up, and about how the carriage is paid."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.definitions.weights import per_kg
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import Past

_STEPS = (1, 2, 5, 10)  # the figures people write limits in: 1,000, 2,000, 5,000, 10,000
_SOME_LINES = 2


@indicator(
    label=_("Lines of goods with the same weight, packages and value"),
    group=Group.WEIGHT,
    type=ValueType.INTEGER,
    missing=_("Fewer than two lines of goods give a weight."),
    source="Indicators, Weight and value: repeated identical figures",
    needs=("items.gross_kg", "items.net_kg", "items.packages", "items.value"),
)
def identical_lines(subject: SubjectFacts, past: Past) -> int | None:
    """The largest number of lines that give the same figures; 1 where all differ."""
    figures = [
        (item.gross_kg, item.net_kg, item.packages, item.value)
        for item in subject.items
        if item.gross_kg is not None or item.net_kg is not None
    ]
    return max(Counter(figures).values()) if len(figures) >= _SOME_LINES else None


@indicator(
    label=_("Containers loaded with the same weight"),
    group=Group.WEIGHT,
    type=ValueType.INTEGER,
    missing=_("Fewer than two containers with a loaded weight."),
    source="Indicators, Weight and value: repeated identical figures",
    needs=("visits.kind", "visits.loaded_kg"),
)
def identical_loads(subject: SubjectFacts, past: Past) -> int | None:
    weights = [visit.loaded_kg for visit in subject.containers if visit.loaded_kg is not None]
    return max(Counter(weights).values()) if len(weights) >= _SOME_LINES else None


@indicator(
    label=_("Gross weight ends in so many zeros"),
    group=Group.WEIGHT,
    type=ValueType.INTEGER,
    missing=_("The document gives no gross weight above zero."),
    source="Indicators, Weight and value: repeated identical figures",
    needs=("gross_kg",),
)
def gross_kg_zeros(subject: SubjectFacts, past: Past) -> int | None:
    """20,000 kg has four: nobody weighed it."""
    if subject.gross_kg is None or subject.gross_kg <= 0:
        return None
    if subject.gross_kg != subject.gross_kg.to_integral_value():
        return 0
    digits = str(int(subject.gross_kg))
    return len(digits) - len(digits.rstrip("0"))


@indicator(
    label=_("Declared value stands below the next round figure by"),
    group=Group.VALUE,
    type=ValueType.NUMBER,
    unit="%",
    missing=_("The document gives no value above zero."),
    source="Indicators, Weight and value: value just below a threshold",
    needs=("value",),
)
def value_below_round_percent(subject: SubjectFacts, past: Past) -> Decimal | None:
    """Round are 1, 2 and 5 with any number of zeros: 9,900 stands 1 % below 10,000. A round figure itself is at 0."""
    if subject.value is None or subject.value <= 0:
        return None
    unit = Decimal(1).scaleb(subject.value.adjusted())
    above = next(step * unit for step in _STEPS if step * unit >= subject.value)
    return (above - subject.value) * 100 / above


@indicator(
    label=_("Freight of one kilogram, in its own currency"),
    group=Group.VALUE,
    type=ValueType.NUMBER,
    unit="per kg",
    missing=_("No freight, or no weight above zero."),
    source="Indicators, Weight and value: freight percentile on lane",
    needs=("freight", "items.net_kg", "gross_kg"),
)
def freight_per_kg(subject: SubjectFacts, past: Past) -> Decimal | None:
    return per_kg(subject, subject.freight)


@indicator(
    label=_("How the freight is paid"),
    group=Group.VALUE,
    type=ValueType.CODE,
    missing=_("The document does not say who pays the freight."),
    source="Indicators, Weight and value: prepaid by third party, cash",
    needs=("freight_terms",),
)
def freight_terms(subject: SubjectFacts, past: Past) -> str | None:
    return subject.freight_terms or None
