"""The catalogue of indicators as a table for files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from pcu.accounts.models import Unit
from pcu.desk.exports import Cell, Column, Kind, Report, Table
from profiling.indicators.catalogue import IndicatorSpec
from profiling.indicators.labels import GROUPS, TYPES, UNITS
from profiling.rules.distributions import DAYS, Distribution


def report_of(specs: Sequence[IndicatorSpec], spread: Mapping[str, Distribution], unit: Unit, user: Any) -> Report:
    """One row an indicator, in the order of `specs`."""
    sample = next(iter(spread.values())).sample if spread else 0
    columns = (
        *(Column(label, Kind.TEXT) for label in (_("Group"), _("Indicator"), _("Code"), _("Type"), _("Unit"))),
        *(Column(label, Kind.TEXT) for label in (_("Needs"), _("When it is missing"), _("Source"))),
        Column(_("Missing"), Kind.PERCENT),
        Column(_("True"), Kind.PERCENT),
        *(Column(label, Kind.NUMBER) for label in (_("Lower quartile"), _("Median"), _("Upper quartile"))),
        Column(_("Most frequent"), Kind.TEXT),
    )
    return Report(
        name="indicators",
        title=_("Indicators"),
        by=str(user),
        facts=[
            (_("Unit"), unit.name),
            (_("Values of"), _("%(days)d days, %(sample)d assessments") % {"days": DAYS, "sample": sample}),
        ],
        tables=[Table(_("Indicators"), columns, _rows(specs, spread))],
    )


def _rows(specs: Sequence[IndicatorSpec], spread: Mapping[str, Distribution]) -> Iterator[Sequence[Cell]]:
    for spec in specs:
        found = spread.get(spec.code) or Distribution(0, 0)
        numbers = found.numbers
        yield (
            str(GROUPS[spec.group]),
            str(spec.label),
            spec.code,
            str(TYPES[spec.type]),
            str(UNITS.get(spec.unit, spec.unit)),
            ", ".join(spec.needs),
            str(spec.missing),
            spec.source,
            100 * found.missing_share if found.sample else None,
            None if found.true_share is None else 100 * found.true_share,
            numbers.quarter if numbers else None,
            numbers.median if numbers else None,
            numbers.three_quarters if numbers else None,
            ", ".join(f"{code} ({count})" for code, count in found.most) or None,
        )
