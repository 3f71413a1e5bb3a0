"""Indicators about what the unit remembers: earlier results, a firm over time, contacts, peers, stays of containers."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.definitions.weights import per_kg
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import WINDOW_MONTHS, Past
from profiling.indicators.memory import Who

_SHORT = _("It is not named, or nothing was found and the unit keeps records for less than 24 months.")
_NO_HEADING = _("No HS code, or nothing was found and the unit keeps records for less than 24 months.")
_FINDINGS = "Indicators, Parties: prior findings (count, last, rate)"
_ENOUGH = 5  # examinations from which on a rate is given
_NO_PEERS = _("Goods of several headings, a figure that is not told, or fewer than 20 peers at the last daily count.")


def _finds(past: Past, who: Who) -> int | None:
    results = past.memory.results.get(who)
    return past.at_least(results.finds) if results else None


def _rate(past: Past, who: Who) -> float | None:
    results = past.memory.results.get(who)
    if results is None or results.inspected < _ENOUGH:
        return None
    return 100 * results.found / results.inspected


@indicator(
    label=_("Earlier finds in goods of the consignee (24 months, in any role)"),
    group=Group.PARTIES,
    type=ValueType.INTEGER,
    missing=_SHORT,
    source=_FINDINGS,
    needs=("parties.consignee.party_id", "past.memory.results"),
    months=WINDOW_MONTHS,
)
def consignee_finds_24m(subject: SubjectFacts, past: Past) -> int | None:
    return _finds(past, Who.CONSIGNEE)


@indicator(
    label=_("Earlier finds in goods of the shipper (24 months, in any role)"),
    group=Group.PARTIES,
    type=ValueType.INTEGER,
    missing=_SHORT,
    source=_FINDINGS,
    needs=("parties.shipper.party_id", "past.memory.results"),
    months=WINDOW_MONTHS,
)
def shipper_finds_24m(subject: SubjectFacts, past: Past) -> int | None:
    return _finds(past, Who.SHIPPER)


@indicator(
    label=_("Earlier finds in goods of the notify party (24 months, in any role)"),
    group=Group.PARTIES,
    type=ValueType.INTEGER,
    missing=_SHORT,
    source=_FINDINGS,
    needs=("parties.notify.party_id", "past.memory.results"),
    months=WINDOW_MONTHS,
)
def notify_finds_24m(subject: SubjectFacts, past: Past) -> int | None:
    return _finds(past, Who.NOTIFY)


@indicator(
    label=_("Earlier finds in goods of the carrier (24 months, in any role)"),
    group=Group.PARTIES,
    type=ValueType.INTEGER,
    missing=_SHORT,
    source=_FINDINGS,
    needs=("parties.carrier.party_id", "past.memory.results"),
    months=WINDOW_MONTHS,
)
def carrier_finds_24m(subject: SubjectFacts, past: Past) -> int | None:
    return _finds(past, Who.CARRIER)


@indicator(
    label=_("Earlier finds between this shipper and this consignee (24 months)"),
    group=Group.PARTIES,
    type=ValueType.INTEGER,
    missing=_SHORT,
    source=_FINDINGS,
    needs=("parties.shipper.party_id", "parties.consignee.party_id", "past.memory.results"),
    months=WINDOW_MONTHS,
)
def pair_finds_24m(subject: SubjectFacts, past: Past) -> int | None:
    return _finds(past, Who.PAIR)


@indicator(
    label=_("Earlier finds on this lane with this HS heading (24 months)"),
    group=Group.ROUTE,
    type=ValueType.INTEGER,
    missing=_NO_HEADING,
    source="Indicators, Meta: nearest past seizure (lane, HS, parties)",
    needs=("origin_country", "destination_country", "items.hs_code", "past.memory.results"),
    months=WINDOW_MONTHS,
)
def lane_finds_24m(subject: SubjectFacts, past: Past) -> int | None:
    return _finds(past, Who.LANE)


@indicator(
    label=_("Examinations of goods of the consignee in which something was found (24 months)"),
    group=Group.PARTIES,
    type=ValueType.NUMBER,
    unit="%",
    missing=_("It is not named, or was examined fewer than five times."),
    source=_FINDINGS,
    needs=("parties.consignee.party_id", "past.memory.results"),
    months=WINDOW_MONTHS,
)
def consignee_find_percent(subject: SubjectFacts, past: Past) -> float | None:
    return _rate(past, Who.CONSIGNEE)


@indicator(
    label=_("Examinations of goods of the shipper in which something was found (24 months)"),
    group=Group.PARTIES,
    type=ValueType.NUMBER,
    unit="%",
    missing=_("It is not named, or was examined fewer than five times."),
    source=_FINDINGS,
    needs=("parties.shipper.party_id", "past.memory.results"),
    months=WINDOW_MONTHS,
)
def shipper_find_percent(subject: SubjectFacts, past: Past) -> float | None:
    return _rate(past, Who.SHIPPER)


@indicator(
    label=_("Examinations of goods of this HS heading in which something was found (24 months)"),
    group=Group.GOODS,
    type=ValueType.NUMBER,
    unit="%",
    missing=_("No HS code, or the heading was examined fewer than five times."),
    source="Indicators, Goods: concealment-prone HS [seizure rate]",
    needs=("items.hs_code", "past.memory.results"),
    months=WINDOW_MONTHS,
)
def heading_find_percent(subject: SubjectFacts, past: Past) -> float | None:
    return _rate(past, Who.HEADING)


@indicator(
    label=_("Days since the last find in goods of the consignee"),
    group=Group.PARTIES,
    type=ValueType.INTEGER,
    unit="day",
    missing=_("It is not named, or nothing was found within 24 months."),
    source=_FINDINGS,
    needs=("parties.consignee.party_id", "past.memory.results"),
    months=WINDOW_MONTHS,
)
def consignee_days_since_find(subject: SubjectFacts, past: Past) -> int | None:
    results = past.memory.results.get(Who.CONSIGNEE)
    return (past.moment - results.last_find).days if results and results.last_find else None


@indicator(
    label=_("What an earlier find has most in common with it"),
    group=Group.META,
    type=ValueType.CODE,
    choices=(Who.PAIR, Who.CONSIGNEE, Who.SHIPPER, Who.NOTIFY, Who.LANE, Who.HEADING),
    missing=_("Nothing like it was found within 24 months."),
    source="Indicators, Meta: nearest past seizure (lane, HS, parties)",
    needs=("parties.party_id", "items.hs_code", "past.memory.results"),
    months=WINDOW_MONTHS,
)
def nearest_find(subject: SubjectFacts, past: Past) -> str | None:
    """From both firms to the heading alone."""
    order = (Who.PAIR, Who.CONSIGNEE, Who.SHIPPER, Who.NOTIFY, Who.LANE, Who.HEADING)
    found = past.memory.results
    return next((who.value for who in order if who in found and found[who].finds), None)


@indicator(
    label=_("Points of the consignee's other consignments in 30 days"),
    group=Group.PARTIES,
    type=ValueType.INTEGER,
    missing=_("The consignee is not named."),
    source="Design, Rules: rule by entity over time (points per consignee in 30 days)",
    needs=("parties.consignee.party_id", "past.memory.recent"),
    months=1,
)
def consignee_points_30d(subject: SubjectFacts, past: Past) -> int | None:
    return past.memory.recent.points if past.memory.recent else None


@indicator(
    label=_("Flagged consignments of the consignee in 30 days, besides this one"),
    group=Group.PARTIES,
    type=ValueType.INTEGER,
    missing=_("The consignee is not named."),
    source="Design, Rules: rule by entity over time (points per consignee in 30 days)",
    needs=("parties.consignee.party_id", "past.memory.recent"),
    months=1,
)
def consignee_flags_30d(subject: SubjectFacts, past: Past) -> int | None:
    return past.memory.recent.flagged if past.memory.recent else None


@indicator(
    label=_("Bills of this shipper for this consignee in the 7 days before"),
    group=Group.VALUE,
    type=ValueType.INTEGER,
    missing=_("One of the two is not named."),
    source="Indicators, Weight and value: many bills for one pair within k days",
    needs=("parties.shipper.party_id", "parties.consignee.party_id", "past.memory.pair_burst"),
)
def pair_bills_7d(subject: SubjectFacts, past: Past) -> int | None:
    return past.memory.pair_burst


@indicator(
    label=_("Other firms that gave the same telephone or e-mail as the consignee"),
    group=Group.PARTIES,
    type=ValueType.INTEGER,
    missing=_("The consignee is not named, or gives neither telephone nor e-mail."),
    source="Indicators, Parties: contacts shared by ≥ n firms",
    needs=("parties.consignee.contact", "past.memory.contacts"),
)
def consignee_contact_firms(subject: SubjectFacts, past: Past) -> int | None:
    return past.memory.contacts.others if past.memory.contacts else None


@indicator(
    label=_("Consignee gives a telephone or e-mail it never gave before"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_("It gives neither, or gave neither before."),
    source="Indicators, Parties: known firm with unseen contact (importer identity misuse)",
    needs=("parties.consignee.contact", "past.memory.contacts"),
)
def consignee_contact_unseen(subject: SubjectFacts, past: Past) -> bool | None:
    return past.memory.contacts.is_new if past.memory.contacts else None


@indicator(
    label=_("This HS heading never came from this origin (24 months)"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_(
        "Several headings or none, no origin, a heading that never came at all, "
        "or the unit keeps records for less than 24 months."
    ),
    source="Indicators, Goods: origin never seen for this HS",
    needs=("items.hs_code", "origin_country", "past.memory.origin", "past.memory.heading_size"),
    months=WINDOW_MONTHS,
)
def origin_unseen_for_heading(subject: SubjectFacts, past: Past) -> bool | None:
    return past.first_time(past.memory.origin) if past.memory.heading_size else None


@indicator(
    label=_("Value of one kilogram against goods of the same heading and origin, in spreads (robust z)"),
    group=Group.VALUE,
    type=ValueType.NUMBER,
    missing=_NO_PEERS,
    source="Indicators, Weight and value: value per kg against HS×origin peers (robust z)",
    needs=("value", "currency", "items.hs_code", "origin_country", "past.memory.value"),
    months=WINDOW_MONTHS,
)
def value_per_kg_robust_z(subject: SubjectFacts, past: Past) -> float | None:
    found = per_kg(subject, subject.value)
    return past.memory.value.robust_z(float(found)) if past.memory.value and found is not None else None


@indicator(
    label=_("Weight of a cubic metre against goods of the same heading and origin, in spreads (robust z)"),
    group=Group.WEIGHT,
    type=ValueType.NUMBER,
    missing=_NO_PEERS,
    source="Indicators, Weight and value: density against HS×origin peers (robust z)",
    needs=("gross_kg", "volume_m3", "items.hs_code", "origin_country", "past.memory.density"),
    months=WINDOW_MONTHS,
)
def density_robust_z(subject: SubjectFacts, past: Past) -> float | None:
    if past.memory.density is None or subject.gross_kg is None or not subject.volume_m3:
        return None
    return past.memory.density.robust_z(float(subject.gross_kg / subject.volume_m3))


@indicator(
    label=_("Freight of one kilogram: share of the lane's consignments that pay less"),
    group=Group.VALUE,
    type=ValueType.NUMBER,
    unit="%",
    missing=_("No freight, weight, origin, destination or mode, or fewer than 20 peers at the last daily count."),
    source="Indicators, Weight and value: freight percentile on lane",
    needs=("freight", "freight_currency", "origin_country", "destination_country", "mode", "past.memory.freight"),
    months=WINDOW_MONTHS,
)
def freight_percentile(subject: SubjectFacts, past: Past) -> float | None:
    found = per_kg(subject, subject.freight)
    return past.memory.freight.percentile(float(found)) if past.memory.freight and found is not None else None


def _hours(found: Iterable[float | None]) -> list[float]:
    return [hours for hours in found if hours is not None]


@indicator(
    label=_("Earlier stays of its container here (24 months)"),
    group=Group.EQUIPMENT,
    type=ValueType.INTEGER,
    missing=_("It names no container."),
    source="Indicators, Route and time: returned container",
    needs=("visits.number", "past.memory.boxes"),
    months=WINDOW_MONTHS,
)
def container_stays_24m(subject: SubjectFacts, past: Past) -> int | None:
    return max((box.visits for box in past.memory.boxes), default=None)


@indicator(
    label=_("Hours since the last arrival of its container here"),
    group=Group.EQUIPMENT,
    type=ValueType.NUMBER,
    unit="h",
    missing=_("It names no container that was here within 24 months."),
    source="Indicators, Route and time: returned container",
    needs=("visits.number", "past.memory.boxes"),
    months=WINDOW_MONTHS,
)
def container_hours_since_last(subject: SubjectFacts, past: Past) -> float | None:
    return min(_hours(box.since_last for box in past.memory.boxes), default=None)


@indicator(
    label=_("Hours to the nearest arrival of its container on another conveyance"),
    group=Group.EQUIPMENT,
    type=ValueType.NUMBER,
    unit="h",
    missing=_("Its containers were announced on no other conveyance."),
    source="Indicators, Equipment: same container in two places",
    needs=("visits.number", "eta", "past.memory.boxes"),
    months=WINDOW_MONTHS,
)
def container_elsewhere_hours(subject: SubjectFacts, past: Past) -> float | None:
    """Few hours mean that one of the two is not the box it says it is."""
    return min(_hours(box.other_arrival for box in past.memory.boxes), default=None)


@indicator(
    label=_("Hours its container has stood here"),
    group=Group.ROUTE,
    type=ValueType.NUMBER,
    unit="h",
    missing=_("No gate, crane or railway told that a container of it came."),
    source="Indicators, Route and time: unclaimed, dwell against lane",
    needs=("visits.number", "past.memory.boxes"),
)
def container_dwell_hours(subject: SubjectFacts, past: Past) -> float | None:
    """Until it left, or until the moment it is scored at."""
    return max(_hours(box.dwell for box in past.memory.boxes), default=None)


@indicator(
    label=_("Amended after a hold was placed on its equipment"),
    group=Group.ROUTE,
    type=ValueType.BOOLEAN,
    missing=_("It is the first version of the document."),
    source="Indicators, Route and time: amended after loading or hold",
    needs=("prior_versions", "visits", "past.memory.held_before"),
)
def amended_after_hold(subject: SubjectFacts, past: Past) -> bool | None:
    return past.memory.held_before
