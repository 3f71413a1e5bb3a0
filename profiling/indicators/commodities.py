"""What the commodity codes of a subject say in terms of the Harmonized System.

TN VED and GNG begin with the six digits of the HS, so their first four and two digits are its heading and
chapter. ETSNG is a railway tariff of its own and says nothing about either.
"""

from __future__ import annotations

from profiling.indicators.facts import ItemFacts, SubjectFacts
from profiling.indicators.sharing import shared
from profiling.reference import hs

_HS_BASED = frozenset({"HS", "TNVED", "GNG"})
MIN_DIGITS = 4  # of a code that names a heading
SUBHEADING_DIGITS = 6

# Chapters 98 and 99 are for national use; the table of codes knows them, an international document should not.
_NATIONAL = frozenset({"98", "99"})


def hs_code(item: ItemFacts) -> str:
    """The digits of a line's HS-based code, "" when it has none."""
    if item.hs_scheme.upper() not in _HS_BASED:
        return ""
    if item.hs_code.isascii() and item.hs_code.isdigit():  # most are, and this is quicker
        return item.hs_code
    return "".join(char for char in item.hs_code if char.isascii() and char.isdigit())


def heading(item: ItemFacts) -> str:
    """The first four digits, "" when the code is shorter."""
    digits = hs_code(item)
    return digits[:4] if len(digits) >= MIN_DIGITS else ""


@shared
def hs_codes(subject: SubjectFacts) -> tuple[str, ...]:
    """`hs_code` of every line."""
    return tuple(map(hs_code, subject.items))


@shared
def headings(subject: SubjectFacts) -> frozenset[str]:
    """All HS headings the subject declares."""
    return frozenset(filter(None, map(heading, subject.items)))


def is_chapter(digits: str) -> bool:
    """Whether a code begins with a chapter the HS has."""
    return digits[:2] not in _NATIONAL and hs.known_level(digits) is not None


def unlisted(subject: SubjectFacts) -> list[str]:
    """Subheadings that the edition at hand does not have."""
    codes = (code[:SUBHEADING_DIGITS] for code in hs_codes(subject))
    return [code for code in codes if len(code) == SUBHEADING_DIGITS and not hs.is_subheading(code)]


@shared
def main_item(subject: SubjectFacts) -> ItemFacts | None:
    """The heaviest line; among equal or unknown weights the first."""
    if len(subject.items) == 1:
        return subject.items[0]
    return max(subject.items, key=lambda item: item.gross_kg or 0, default=None)
