"""Indicators about what the goods are said to be: the text and the commodity codes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.commodities import MIN_DIGITS, heading, hs_code, hs_codes, is_chapter, main_item
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import Past
from profiling.indicators.sharing import shared
from profiling.indicators.text import join_texts, words
from profiling.indicators.vocabulary import VAGUE_WORDS


def _is_vague(described: list[str]) -> bool:
    return all(word in VAGUE_WORDS or word.isdigit() for word in described)


@shared
def _described(subject: SubjectFacts) -> list[list[str]]:
    """The words of every line that has a description."""
    return [found for item in subject.items if (found := words(item.description))]


@indicator(
    label=_("A line of goods is described in words that say nothing"),
    group=Group.TEXT,
    type=ValueType.BOOLEAN,
    missing=_("No line has a description."),
    source="Indicators, Goods: vague text (stop words alone)",
    needs=("items.description",),
)
def goods_text_vague(subject: SubjectFacts, past: Past) -> bool | None:
    described = _described(subject)
    return any(map(_is_vague, described)) if described else None


@indicator(
    label=_("Words of the goods description"),
    group=Group.TEXT,
    type=ValueType.TEXT,
    missing=_("No line has a description."),
    source="Indicators, Goods: precursor, brand, waste and cover-load words",
    needs=("items.description",),
)
def goods_text(subject: SubjectFacts, past: Past) -> str | None:
    return join_texts(item.description for item in subject.items) or None


@indicator(
    label=_("Fewest distinct words on a described line"),
    group=Group.TEXT,
    type=ValueType.INTEGER,
    missing=_("No line has a description."),
    source="Indicators, Goods: vague text",
    needs=("items.description",),
)
def goods_text_words(subject: SubjectFacts, past: Past) -> int | None:
    return min((len(set(found)) for found in _described(subject)), default=None)


@indicator(
    label=_("Lines of goods"),
    group=Group.GOODS,
    type=ValueType.INTEGER,
    missing=_("A visit without a bill has no lines of goods."),
    source="Indicators, Goods",
    needs=("items",),
)
def goods_lines(subject: SubjectFacts, past: Past) -> int | None:
    return len(subject.items) if subject.is_consignment else None


@indicator(
    label=_("A line of goods has no HS code"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_("There is no line of goods."),
    source="Indicators, Goods: HS missing",
    needs=("items.hs_code", "items.hs_scheme"),
)
def hs_missing(subject: SubjectFacts, past: Past) -> bool | None:
    if not subject.items:
        return None
    return any(len(code) < MIN_DIGITS for code in hs_codes(subject))


@indicator(
    label=_("An HS code begins with a chapter that does not exist"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_("No line has an HS code."),
    source="Indicators, Goods: HS not existing, chapter missing",
    needs=("items.hs_code", "items.hs_scheme"),
)
def hs_chapter_unknown(subject: SubjectFacts, past: Past) -> bool | None:
    codes = list(filter(None, hs_codes(subject)))
    return not all(map(is_chapter, codes)) if codes else None


@indicator(
    label=_("HS chapter of the heaviest line"),
    group=Group.GOODS,
    type=ValueType.CODE,
    missing=_("The heaviest line has no HS code."),
    source="Indicators, Goods: concealment-prone HS, cover-load goods",
    needs=("items.hs_code", "items.hs_scheme", "items.gross_kg"),
)
def hs_chapter(subject: SubjectFacts, past: Past) -> str | None:
    item = main_item(subject)
    return heading(item)[:2] or None if item else None


@indicator(
    label=_("HS heading of the heaviest line"),
    group=Group.GOODS,
    type=ValueType.CODE,
    missing=_("The heaviest line has no HS code."),
    source="Indicators, Goods: concealment-prone HS, cover-load goods",
    needs=("items.hs_code", "items.hs_scheme", "items.gross_kg"),
)
def hs_heading(subject: SubjectFacts, past: Past) -> str | None:
    item = main_item(subject)
    return heading(item) or None if item else None


@indicator(
    label=_("HS subheading of the heaviest line"),
    group=Group.GOODS,
    type=ValueType.CODE,
    missing=_("The heaviest line has no HS code of six digits."),
    source="Indicators, Goods: controlled HS (CHPL, dual-use), precursor HS",
    needs=("items.hs_code", "items.hs_scheme", "items.gross_kg"),
)
def hs_subheading(subject: SubjectFacts, past: Past) -> str | None:
    item = main_item(subject)
    digits = hs_code(item) if item else ""
    return digits[:6] if len(digits) >= 6 else None


@indicator(
    label=_("Dangerous goods are declared"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_("There is no line of goods."),
    source="Indicators, Goods: UN number against text",
    needs=("items.un_numbers",),
)
def dangerous_goods_declared(subject: SubjectFacts, past: Past) -> bool | None:
    return any(item.un_numbers for item in subject.items) if subject.items else None
