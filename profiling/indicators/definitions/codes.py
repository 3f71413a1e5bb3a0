"""Indicators about codes: which of them stand in no list or fail their check, and the value in one currency."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from profiling.formats.records import DocumentType, EquipmentKind, Mode
from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.commodities import SUBHEADING_DIGITS, hs_codes, unlisted
from profiling.indicators.definitions.weights import per_kg
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import Past
from profiling.reference import currencies, documents, plates, sizes, stations, wagons

_NO_CURRENCY = frozenset({"ZZZ"})  # what ASYCUDA writes where there is no currency


@indicator(
    label=_("A place code stands in no list"),
    group=Group.ROUTE,
    type=ValueType.BOOLEAN,
    missing=_("UN/LOCODE is not loaded, or no place has a code of its form."),
    source="Indicators, Route and time: unusual route",
    needs=("loading_place", "discharge_place", "receipt_place", "delivery_place", "codes.unknown_places"),
)
def place_code_unknown(subject: SubjectFacts, past: Past) -> bool | None:
    unknown = subject.codes.unknown_places
    return None if unknown is None else bool(unknown)


@indicator(
    label=_("A subheading is in no edition of the Harmonized System"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_("No line has an HS code of six digits or more."),
    source="Indicators, Goods: HS not existing",
    needs=("items.hs_code", "items.hs_scheme", "codes.other_editions"),
)
def hs_code_unknown(subject: SubjectFacts, past: Past) -> bool | None:
    """In none of those at hand: the one of the package and those that were loaded."""
    if all(len(code) < SUBHEADING_DIGITS for code in hs_codes(subject)):
        return None
    return any(code not in subject.codes.other_editions for code in unlisted(subject))


@indicator(
    label=_("A package code stands in no list"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_("The package types of Recommendation 21 are not loaded, or no line has a package code."),
    source="Indicators, Weight and value: missing mandatory fields",
    needs=("items.package_code", "codes.unknown_packages"),
)
def package_code_unknown(subject: SubjectFacts, past: Past) -> bool | None:
    unknown = subject.codes.unknown_packages
    return None if unknown is None else bool(unknown)


@indicator(
    label=_("The owner prefix of a container is not registered"),
    group=Group.EQUIPMENT,
    type=ValueType.BOOLEAN,
    missing=_("The list of owners is not loaded, or there is no container number."),
    source="Indicators, Equipment: unknown owner prefix",
    needs=("visits.kind", "visits.number", "codes.unknown_owners"),
)
def container_owner_unknown(subject: SubjectFacts, past: Past) -> bool | None:
    unknown = subject.codes.unknown_owners
    return None if unknown is None else bool(unknown)


@indicator(
    label=_("A size and type code says nothing"),
    group=Group.EQUIPMENT,
    type=ValueType.BOOLEAN,
    missing=_("No container with a size and type code."),
    source="Indicators, Equipment: size/type",
    needs=("visits.kind", "visits.size_type"),
)
def size_type_unknown(subject: SubjectFacts, past: Past) -> bool | None:
    told = [visit.size_type for visit in subject.containers if sizes.is_told(visit.size_type)]
    return not all(sizes.decode(code).is_known for code in told) if told else None


@indicator(
    label=_("A wagon number fails its check digit"),
    group=Group.EQUIPMENT,
    type=ValueType.BOOLEAN,
    missing=_("No wagon has a number of eight or twelve digits."),
    source="Indicators, Equipment: wagon check digit",
    needs=("visits.kind", "visits.number"),
)
def wagon_check_digit_wrong(subject: SubjectFacts, past: Past) -> bool | None:
    verdicts = [wagons.is_valid(visit.number) for visit in subject.visits if visit.kind == EquipmentKind.WAGON]
    judged = [verdict for verdict in verdicts if verdict is not None]
    return not all(judged) if judged else None


@indicator(
    label=_("A plate of a truck or trailer has no form of the countries of the region"),
    group=Group.EQUIPMENT,
    type=ValueType.BOOLEAN,
    missing=_("There is no truck or trailer with a plate."),
    source="Indicators, Equipment: plate of the vehicle",
    needs=("visits.kind", "visits.number"),
)
def plate_form_unknown(subject: SubjectFacts, past: Past) -> bool | None:
    verdicts = (plates.is_known(visit.number, visit.kind) for visit in subject.visits)
    judged = [verdict for verdict in verdicts if verdict is not None]
    return not all(judged) if judged else None


@indicator(
    label=_("The code of a railway station fails its check digit"),
    group=Group.ROUTE,
    type=ValueType.BOOLEAN,
    missing=_("It does not come by rail, or no place has a code of six digits."),
    source="Indicators, Route and time: station codes",
    needs=("mode", "loading_place", "discharge_place", "receipt_place", "delivery_place"),
)
def station_code_wrong(subject: SubjectFacts, past: Past) -> bool | None:
    if subject.mode != Mode.RAIL:
        return None
    places = (subject.loading_place, subject.discharge_place, subject.receipt_place, subject.delivery_place)
    judged = [verdict for code in places if (verdict := stations.is_valid(code)) is not None]
    return not all(judged) if judged else None


@indicator(
    label=_("The number of a TIR carnet does not have its form"),
    group=Group.DOCUMENTS,
    type=ValueType.BOOLEAN,
    missing=_("It is no TIR carnet."),
    source="Indicators, Route and time: carnet",
    needs=("document_type", "document_no"),
)
def tir_number_malformed(subject: SubjectFacts, past: Past) -> bool | None:
    if subject.document_type != DocumentType.TIR:
        return None
    return not documents.is_tir_carnet(subject.document_no)


@indicator(
    label=_("A currency does not exist"),
    group=Group.VALUE,
    type=ValueType.BOOLEAN,
    missing=_("No currency is given."),
    source="Indicators, Weight and value",
    needs=("currency", "freight_currency", "items.currency"),
)
def currency_unknown(subject: SubjectFacts, past: Past) -> bool | None:
    given = {subject.currency, subject.freight_currency, *(item.currency for item in subject.items)} - {""}
    told = given - _NO_CURRENCY
    return not all(map(currencies.is_known, told)) if told else None


@indicator(
    label=_("Declared value in US dollars"),
    group=Group.VALUE,
    type=ValueType.NUMBER,
    unit="USD",
    missing=_("No value or currency, or no rate of that currency is loaded for the day of the message."),
    source="Indicators, Weight and value",
    needs=("value", "currency", "received_at", "codes.usd"),
)
def value_usd(subject: SubjectFacts, past: Past) -> Decimal | None:
    return _in_usd(subject, subject.value)


@indicator(
    label=_("Declared value of one kilogram in US dollars"),
    group=Group.VALUE,
    type=ValueType.NUMBER,
    unit="USD/kg",
    missing=_("No value, currency or weight, or no rate of that currency is loaded for the day of the message."),
    source="Indicators, Weight and value: value per kg",
    needs=("value", "currency", "items.net_kg", "gross_kg", "received_at", "codes.usd"),
)
def value_usd_per_kg(subject: SubjectFacts, past: Past) -> Decimal | None:
    return _in_usd(subject, per_kg(subject, subject.value))


def _in_usd(subject: SubjectFacts, amount: Decimal | None) -> Decimal | None:
    if amount is None or subject.codes.usd is None:
        return None
    return amount * subject.codes.usd
