"""Indicators about route and time: where it comes from, how well worn the lane is, how late it was told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from profiling.formats.records import Direction, Mode
from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import WINDOW_MONTHS, Past
from profiling.reference import places

_SECONDS_AN_HOUR = 3600


@indicator(
    label=_("Mode of transport"),
    group=Group.ROUTE,
    type=ValueType.CODE,
    choices=tuple(Mode),
    missing=_("The message does not say the mode."),
    source="Indicators, Route and time",
    needs=("mode",),
)
def mode(subject: SubjectFacts, past: Past) -> str | None:
    return subject.mode


@indicator(
    label=_("Direction"),
    group=Group.ROUTE,
    type=ValueType.CODE,
    choices=tuple(Direction),
    missing=_("The direction is not known."),
    source="Indicators, Route and time",
    needs=("direction",),
)
def direction(subject: SubjectFacts, past: Past) -> str | None:
    return subject.direction


@indicator(
    label=_("Country of origin"),
    group=Group.ROUTE,
    type=ValueType.CODE,
    missing=_("The document gives no country of origin."),
    source="Indicators, Goods: origin never seen for this HS",
    needs=("origin_country",),
)
def origin_country(subject: SubjectFacts, past: Past) -> str | None:
    return subject.origin_country or None


@indicator(
    label=_("Country of destination"),
    group=Group.ROUTE,
    type=ValueType.CODE,
    missing=_("The document gives no country of destination."),
    source="Indicators, Route and time: unusual route",
    needs=("destination_country",),
)
def destination_country(subject: SubjectFacts, past: Past) -> str | None:
    return subject.destination_country or None


@indicator(
    label=_("Place of loading"),
    group=Group.ROUTE,
    type=ValueType.CODE,
    missing=_("The document gives no place of loading."),
    source="Indicators, Route and time: unusual route",
    needs=("loading_place",),
)
def loading_place(subject: SubjectFacts, past: Past) -> str | None:
    return subject.loading_place or None


@indicator(
    label=_("Place of discharge"),
    group=Group.ROUTE,
    type=ValueType.CODE,
    missing=_("The document gives no place of discharge."),
    source="Indicators, Route and time: unusual route",
    needs=("discharge_place",),
)
def discharge_place(subject: SubjectFacts, past: Past) -> str | None:
    return subject.discharge_place or None


@indicator(
    label=_("Loaded in another country than the origin"),
    group=Group.ROUTE,
    type=ValueType.BOOLEAN,
    missing=_("No country of origin, or the place of loading is not a UN/LOCODE."),
    source="Indicators, Route and time: detour or needless transhipment",
    needs=("origin_country", "loading_place"),
)
def loaded_outside_origin(subject: SubjectFacts, past: Past) -> bool | None:
    loaded_in = places.country_of(subject.loading_place)
    if not loaded_in or not subject.origin_country:
        return None
    return loaded_in != subject.origin_country


@indicator(
    label=_("Consignments on the same route in 24 months (origin, destination, HS heading)"),
    group=Group.ROUTE,
    type=ValueType.INTEGER,
    missing=_("No origin, destination or HS code, or the unit keeps records for less than 24 months."),
    source="Indicators, Route and time: unusual route for HS, rare lane",
    needs=("origin_country", "destination_country", "items.hs_code", "past.lane_counts"),
    months=WINDOW_MONTHS,
)
def lane_consignments_24m(subject: SubjectFacts, past: Past) -> int | None:
    """The rarest of the headings declared: one unusual line is what a mixed load hides."""
    return past.count(min(past.lane_counts.values(), default=None))


@indicator(
    label=_("Hours from this message to the arrival"),
    group=Group.ROUTE,
    type=ValueType.NUMBER,
    unit="h",
    missing=_("The time of arrival is not known."),
    source="Indicators, Route and time: late pre-arrival data",
    needs=("eta", "eta_is_day", "received_at"),
)
def hours_before_arrival(subject: SubjectFacts, past: Past) -> Decimal | None:
    """Negative when the message came after the arrival it announces. A day alone has no hour to count to."""
    if subject.eta is None or subject.eta_is_day:
        return None
    seconds = int((subject.eta - subject.received_at).total_seconds())
    return Decimal(seconds) / _SECONDS_AN_HOUR


@indicator(
    label=_("Day of arrival"),
    group=Group.ROUTE,
    type=ValueType.DATE,
    missing=_("The time of arrival is not known."),
    source="Indicators, Route and time",
    needs=("eta", "zone"),
)
def arrival_date(subject: SubjectFacts, past: Past) -> date | None:
    return subject.eta.astimezone(subject.zone).date() if subject.eta else None


@indicator(
    label=_("Day of departure"),
    group=Group.ROUTE,
    type=ValueType.DATE,
    missing=_("The time of departure is not known."),
    source="Indicators, Route and time",
    needs=("etd", "zone"),
)
def departure_date(subject: SubjectFacts, past: Past) -> date | None:
    return subject.etd.astimezone(subject.zone).date() if subject.etd else None


@indicator(
    label=_("Day the message was received"),
    group=Group.ROUTE,
    type=ValueType.DATE,
    missing=_("Never missing."),
    source="Indicators, Route and time",
    needs=("received_at", "zone"),
)
def received_date(subject: SubjectFacts, past: Past) -> date:
    return subject.received_at.astimezone(subject.zone).date()
