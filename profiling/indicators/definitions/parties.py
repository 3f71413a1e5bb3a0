"""Indicators about the parties: who is new, who is hidden, who sits where."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from profiling.formats.records import PartyRole
from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.commodities import headings
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import WINDOW_MONTHS, Past
from profiling.indicators.text import join_texts, normalise, words
from profiling.indicators.vocabulary import (
    FORWARDER_WORDS,
    PLACEHOLDER_NAMES,
    TO_ORDER_NAMES,
    TO_ORDER_PHRASES,
)

_NOT_COVERED = _("The party is not named, or the unit keeps records for less than 24 months.")


@lru_cache(maxsize=2048)  # the same firms come up bill after bill
def _is_to_order(name: str) -> bool:
    text = normalise(name)
    return text in TO_ORDER_NAMES or any(phrase in text for phrase in TO_ORDER_PHRASES)


@lru_cache(maxsize=2048)
def _is_placeholder(name: str) -> bool:
    """No letter at all, a single one, or a phrase that stands for "not said"."""
    text = normalise(name)
    letters = filter(str.isalpha, text)
    return text in PLACEHOLDER_NAMES or next(letters, None) is None or next(letters, None) is None


@lru_cache(maxsize=2048)
def _is_forwarder(name: str) -> bool | None:
    """None of a name without a letter or digit."""
    found = words(name)
    return not FORWARDER_WORDS.isdisjoint(found) if found else None


@indicator(
    label=_("First consignment for this consignee in 24 months"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_NOT_COVERED,
    source="Indicators, Parties: first-time consignee (nothing in 24 months)",
    needs=("parties.consignee.party_id", "past.consignee_consignments"),
    months=WINDOW_MONTHS,
)
def consignee_first_time(subject: SubjectFacts, past: Past) -> bool | None:
    return past.first_time(past.consignee_consignments)


@indicator(
    label=_("First consignment from this shipper in 24 months"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_NOT_COVERED,
    source="Indicators, Parties: first-time shipper (nothing in 24 months)",
    needs=("parties.shipper.party_id", "past.shipper_consignments"),
    months=WINDOW_MONTHS,
)
def shipper_first_time(subject: SubjectFacts, past: Past) -> bool | None:
    return past.first_time(past.shipper_consignments)


@indicator(
    label=_("Shipper and consignee are new to each other (24 months)"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_("One of the two is not named, or the unit keeps records for less than 24 months."),
    source="Indicators, Parties: first-time pair (nothing in 24 months)",
    needs=("parties.shipper.party_id", "parties.consignee.party_id", "past.pair_consignments"),
    months=WINDOW_MONTHS,
)
def pair_first_time(subject: SubjectFacts, past: Past) -> bool | None:
    return past.first_time(past.pair_consignments)


@indicator(
    label=_("Consignments of this consignee in 24 months"),
    group=Group.PARTIES,
    type=ValueType.INTEGER,
    missing=_NOT_COVERED,
    source="Indicators, Parties: first-time consignee; known firm",
    needs=("parties.consignee.party_id", "past.consignee_consignments"),
    months=WINDOW_MONTHS,
)
def consignee_consignments_24m(subject: SubjectFacts, past: Past) -> int | None:
    return past.count(past.consignee_consignments)


@indicator(
    label=_("Days since the consignee was first seen"),
    group=Group.PARTIES,
    type=ValueType.INTEGER,
    missing=_("The consignee is not named or was never seen before."),
    source="Indicators, Parties: days since first seen",
    needs=("parties.consignee.party_id", "past.consignee_first_seen", "received_at"),
    unit="day",
)
def consignee_days_known(subject: SubjectFacts, past: Past) -> int | None:
    if past.consignee_first_seen is None:
        return None
    return (subject.received_at - past.consignee_first_seen).days


@indicator(
    label=_("Goods this consignee has not received before (HS heading, 24 months)"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_(
        "No HS code, no earlier consignment of the consignee with one, "
        "or the unit keeps records for less than 24 months."
    ),
    source="Indicators, Parties: goods unseen for this consignee [HS4]",
    needs=("items.hs_code", "past.consignee_headings"),
    months=WINDOW_MONTHS,
)
def consignee_goods_unseen(subject: SubjectFacts, past: Past) -> bool | None:
    found = headings(subject)
    if not found or not past.consignee_headings:
        return None
    if not found - past.consignee_headings:
        return False
    return True if past.covers(WINDOW_MONTHS) else None


@indicator(
    label=_("“To order” and no notify party"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_("A visit without a bill has no parties."),
    source='Indicators, Parties: "to order" and no notify',
    needs=("parties.consignee.name", "parties.notify.name"),
)
def to_order_without_notify(subject: SubjectFacts, past: Past) -> bool | None:
    if not subject.is_consignment:
        return None
    consignee = subject.party(PartyRole.CONSIGNEE)
    if consignee is None or not _is_to_order(consignee.name):
        return False
    notify = subject.party(PartyRole.NOTIFY)
    return notify is None or _is_placeholder(notify.name) or _is_to_order(notify.name)


@indicator(
    label=_("Shipper or consignee is named by a placeholder"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_("The document names neither shipper nor consignee."),
    source="Indicators, Parties: placeholder or incomplete name",
    needs=("parties.shipper.name", "parties.consignee.name"),
)
def party_name_placeholder(subject: SubjectFacts, past: Past) -> bool | None:
    named = [subject.party(PartyRole.SHIPPER), subject.party(PartyRole.CONSIGNEE)]
    present = [party for party in named if party is not None]
    return any(_is_placeholder(party.name) for party in present) if present else None


@indicator(
    label=_("Consignee is named like a forwarder"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_("The consignee is not named."),
    source="Indicators, Parties: consignee is a forwarder",
    needs=("parties.consignee.name",),
)
def consignee_named_forwarder(subject: SubjectFacts, past: Past) -> bool | None:
    consignee = subject.party(PartyRole.CONSIGNEE)
    return _is_forwarder(consignee.name) if consignee else None


@indicator(
    label=_("Notify party sits outside the country of destination"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_("No country of the notify party, or none of destination."),
    source="Indicators, Parties: notify is elsewhere",
    needs=("parties.notify.country", "destination_country"),
)
def notify_elsewhere(subject: SubjectFacts, past: Past) -> bool | None:
    notify = subject.party(PartyRole.NOTIFY)
    if notify is None or not notify.country or not subject.destination_country:
        return None
    return notify.country != subject.destination_country


@indicator(
    label=_("Names of all parties"),
    group=Group.PARTIES,
    type=ValueType.TEXT,
    missing=_("No party is named."),
    source="Indicators, Parties",
    needs=("parties.name",),
)
def party_names(subject: SubjectFacts, past: Past) -> str | None:
    return join_texts(party.name for party in subject.parties) or None
