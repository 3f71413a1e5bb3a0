"""Indicators about when things were told, and where the goods leave the conveyance."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import Past
from profiling.reference import places

_SECONDS_AN_HOUR = 3600


@indicator(
    label=_("The message came after the arrival it announces"),
    group=Group.ROUTE,
    type=ValueType.BOOLEAN,
    missing=_("The time of arrival is not known."),
    source="Indicators, Route and time: late pre-arrival data",
    needs=("eta", "eta_is_day", "received_at", "zone"),
)
def told_after_arrival(subject: SubjectFacts, past: Past) -> bool | None:
    """Of an arrival told by its day alone, only a later day is after it."""
    if subject.eta is None:
        return None
    if subject.eta_is_day:
        return subject.received_at.astimezone(subject.zone).date() > subject.eta.astimezone(subject.zone).date()
    return subject.received_at > subject.eta


@indicator(
    label=_("Document amended so many hours after departure"),
    group=Group.ROUTE,
    type=ValueType.NUMBER,
    unit="h",
    missing=_("It is the first version, or the time of departure is not known."),
    source="Indicators, Route and time: amended after loading",
    needs=("prior_versions", "etd", "received_at"),
)
def amended_hours_after_departure(subject: SubjectFacts, past: Past) -> Decimal | None:
    """Negative where it was amended before the conveyance left."""
    if not subject.prior_versions or subject.etd is None:
        return None
    return Decimal(int((subject.received_at - subject.etd).total_seconds())) / _SECONDS_AN_HOUR


@indicator(
    label=_("Month of arrival"),
    group=Group.ROUTE,
    type=ValueType.INTEGER,
    missing=_("The time of arrival is not known."),
    source="Indicators, Goods: off-season produce",
    needs=("eta", "zone"),
)
def arrival_month(subject: SubjectFacts, past: Past) -> int | None:
    return subject.eta.astimezone(subject.zone).month if subject.eta else None


@indicator(
    label=_("Hour of the day the message was received"),
    group=Group.ROUTE,
    type=ValueType.INTEGER,
    missing=_("Never missing."),
    source="Indicators, Route and time: last-minute request",
    needs=("received_at", "zone"),
)
def received_hour(subject: SubjectFacts, past: Past) -> int:
    return subject.received_at.astimezone(subject.zone).hour


@indicator(
    label=_("Discharged in another country than the destination"),
    group=Group.ROUTE,
    type=ValueType.BOOLEAN,
    missing=_("No country of destination, or the place of discharge is not a UN/LOCODE."),
    source="Indicators, Route and time: detour or needless transhipment",
    needs=("destination_country", "discharge_place"),
)
def discharged_outside_destination(subject: SubjectFacts, past: Past) -> bool | None:
    lands_in = places.country_of(subject.discharge_place)
    if not lands_in or not subject.destination_country:
        return None
    return lands_in != subject.destination_country
