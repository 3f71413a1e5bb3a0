"""Indicators about goods that somebody watches, and about texts that speak of other goods than their code."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from profiling.formats.records import DocumentKind, PartyRole
from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.commodities import MIN_DIGITS, hs_code
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import Past
from profiling.indicators.text import normalise
from profiling.indicators.watchwords import (
    BRANDS,
    DANGEROUS,
    PRECURSORS,
    STRATEGIC,
    WASTE,
    WILDLIFE,
    Watched,
    lines_of,
)
from profiling.reference import hs_words

_NO_GOODS = _("No line has a description or an HS code.")
_NEEDS = ("items.description", "items.hs_code", "items.hs_scheme")
_PERMITTED = (PRECURSORS, STRATEGIC, WILDLIFE, WASTE)


def _is(kind: Watched, subject: SubjectFacts) -> bool | None:
    return kind.names(subject) if lines_of(subject).can_tell else None


@indicator(
    label=_("Goods are or contain precursors of drugs, by word or HS code"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_NO_GOODS,
    source="Indicators, Goods: precursor word or HS",
    needs=_NEEDS,
)
def precursor_goods(subject: SubjectFacts, past: Past) -> bool | None:
    return _is(PRECURSORS, subject)


@indicator(
    label=_("Goods stand on the list most sought for diversion (CHPL), by HS code"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_("No line has an HS code."),
    source="Indicators, Goods: controlled HS (CHPL, dual-use)",
    needs=("items.hs_code", "items.hs_scheme"),
)
def strategic_goods(subject: SubjectFacts, past: Past) -> bool | None:
    if not any(len(hs_code(item)) >= MIN_DIGITS for item in subject.items):
        return None
    return STRATEGIC.names(subject)


@indicator(
    label=_("Goods are of protected species or timber, by word or HS code"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_NO_GOODS,
    source="Indicators, Goods: timber/wildlife without CITES permit",
    needs=_NEEDS,
)
def wildlife_goods(subject: SubjectFacts, past: Past) -> bool | None:
    return _is(WILDLIFE, subject)


@indicator(
    label=_("Goods are scrap, waste or used, by word or HS code"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_NO_GOODS,
    source="Indicators, Goods: scrap, used electronics, waste words without papers",
    needs=_NEEDS,
)
def waste_goods(subject: SubjectFacts, past: Past) -> bool | None:
    return _is(WASTE, subject)


@indicator(
    label=_("Watched goods, and no permit among the papers set beside it"),
    group=Group.DOCUMENTS,
    type=ValueType.BOOLEAN,
    missing=_("No line says what the goods are, or no document is set beside it."),
    source="Indicators, Goods: no permit, no licence, no pre-export notice, without papers",
    needs=(*_NEEDS, "papers.kinds"),
)
def permit_missing(subject: SubjectFacts, past: Past) -> bool | None:
    """Precursors, strategic goods, protected species and waste are what a permit is asked for."""
    if not lines_of(subject).can_tell or subject.papers is None:
        return None
    return DocumentKind.PERMIT not in subject.papers.kinds and any(kind.names(subject) for kind in _PERMITTED)


@indicator(
    label=_("Words of dangerous goods, and no UN number on any line"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_("No line has a description."),
    source="Indicators, Goods: UN number against text",
    needs=("items.description", "items.un_numbers"),
)
def dangerous_text_without_un(subject: SubjectFacts, past: Past) -> bool | None:
    if not _has_text(subject):
        return None
    return not any(item.un_numbers for item in subject.items) and DANGEROUS.told(subject)


@indicator(
    label=_("A brand is named, and neither shipper nor consignee bears its name"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_("No line has a description, or neither shipper nor consignee is named."),
    source="Indicators, Goods: brand words and consignee not the right-holder",
    needs=("items.description", "parties.shipper.name", "parties.consignee.name"),
)
def brand_of_others(subject: SubjectFacts, past: Past) -> bool | None:
    parties = (subject.party(PartyRole.SHIPPER), subject.party(PartyRole.CONSIGNEE))
    names = "".join(normalise(party.name) for party in parties if party)
    if not _has_text(subject) or not names:
        return None
    return any(brand not in names for brand in BRANDS.found(subject))


@indicator(
    label=_("Words of a line that the HS uses only for other goods than its code"),
    group=Group.GOODS,
    type=ValueType.INTEGER,
    missing=_("No line has an HS code and an English word that the HS knows."),
    source="Indicators, Goods: HS against text mismatch",
    needs=_NEEDS,
)
def hs_text_mismatch(subject: SubjectFacts, past: Past) -> int | None:
    """Of the worst line; a line that shares a single telling word with its chapter is at home and counts as 0."""
    readings = [
        reading
        for item in subject.items
        if item.description
        and len(code := hs_code(item)) >= MIN_DIGITS
        and (reading := hs_words.read(item.description, code))
    ]
    return max((0 if reading.here else len(reading.elsewhere) for reading in readings), default=None)


def _has_text(subject: SubjectFacts) -> bool:
    return bool(lines_of(subject).text)
