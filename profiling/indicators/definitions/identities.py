"""Indicators about who the parties are: forwarders, addresses nobody lives at, one firm on both sides."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from profiling.formats.records import PartyRole
from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import Past
from profiling.indicators.text import normalise, words
from profiling.indicators.vocabulary import FORWARDER_WORDS, POST_BOX_PHRASES


@indicator(
    label=_("Notify party is named like a forwarder"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_("No notify party is named."),
    source="Indicators, Parties: notify is a forwarder",
    needs=("parties.notify.name",),
)
def notify_named_forwarder(subject: SubjectFacts, past: Past) -> bool | None:
    notify = subject.party(PartyRole.NOTIFY)
    if notify is None or not normalise(notify.name):
        return None
    return not FORWARDER_WORDS.isdisjoint(words(notify.name))


@indicator(
    label=_("Shipper or consignee gives a post box for an address"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_("Neither shipper nor consignee has an address."),
    source="Indicators, Parties: residential or PO-box address",
    needs=("parties.shipper.address", "parties.consignee.address"),
)
def post_box_address(subject: SubjectFacts, past: Past) -> bool | None:
    parties = (subject.party(PartyRole.SHIPPER), subject.party(PartyRole.CONSIGNEE))
    addresses = [text for party in parties if party and (text := normalise(party.address))]
    if not addresses:
        return None
    return any(phrase in address for address in addresses for phrase in POST_BOX_PHRASES)


@indicator(
    label=_("Shipper and consignee are one and the same"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_("One of the two is not named."),
    source="Indicators, Parties: placeholder or incomplete name",
    needs=("parties.shipper.party_id", "parties.consignee.party_id"),
)
def shipper_is_consignee(subject: SubjectFacts, past: Past) -> bool | None:
    shipper, consignee = subject.party(PartyRole.SHIPPER), subject.party(PartyRole.CONSIGNEE)
    if shipper is None or consignee is None or shipper.party_id is None or consignee.party_id is None:
        return None
    return shipper.party_id == consignee.party_id


@indicator(
    label=_("Consignee gives no tax number"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_("The consignee is not named."),
    source="Indicators, Parties: placeholder or incomplete name",
    needs=("parties.consignee.name", "parties.consignee.tax_id"),
)
def consignee_tax_number_absent(subject: SubjectFacts, past: Past) -> bool | None:
    consignee = subject.party(PartyRole.CONSIGNEE)
    if consignee is None or not normalise(consignee.name):
        return None
    return not consignee.tax_id.strip()


@indicator(
    label=_("Country of the shipper"),
    group=Group.PARTIES,
    type=ValueType.CODE,
    missing=_("The shipper gives no country."),
    source="Indicators, Parties",
    needs=("parties.shipper.country",),
)
def shipper_country(subject: SubjectFacts, past: Past) -> str | None:
    shipper = subject.party(PartyRole.SHIPPER)
    return shipper.country or None if shipper else None


@indicator(
    label=_("Shipper sits outside the country of origin"),
    group=Group.PARTIES,
    type=ValueType.BOOLEAN,
    missing=_("No country of the shipper, or none of origin."),
    source="Indicators, Goods: controlled HS through a diversion country",
    needs=("parties.shipper.country", "origin_country"),
)
def shipper_outside_origin(subject: SubjectFacts, past: Past) -> bool | None:
    shipper = subject.party(PartyRole.SHIPPER)
    if shipper is None or not shipper.country or not subject.origin_country:
        return None
    return shipper.country != subject.origin_country
