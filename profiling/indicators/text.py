"""The one normal form of free text: what "contains word" compares, on both sides of the comparison.

A normalised text is case-folded, compatibility-composed (NFKC), without punctuation, its words parted by
single spaces and padded with one at each end (and ё is е, as most senders write it), so that a word or
phrase is found by plain substring search and never inside another word. No regular expression ever comes
from a rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Stands between texts that were joined. Never part of a normalised text, so no phrase matches across it.
BOUNDARY = "|"

MAX_TEXT = 100_000  # characters of a stored text value; a longer one is cut at a word and told

_REMEMBERED = 500  # characters; longer texts are not worth the memory

_BREAK = re.compile(r"[\W_]+")
# Combining marks belong to the letter before them (й written as и + U+0306 composes under NFKC, but
# some letters have no composed form); \w does not hold them, so they go before words are cut.
_MARKS = {"Mn", "Me"}


def normalise(text: str) -> str:
    """`" word word "`, or `""` when the text holds no letter or digit."""
    return _normalised_once(text) if len(text) <= _REMEMBERED else _normalised(text)


def _normalised(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if not folded.isascii():
        folded = "".join(char for char in folded if unicodedata.category(char) not in _MARKS).replace("ё", "е")
    found = _BREAK.sub(" ", folded).strip()
    return f" {found} " if found else ""


# Several indicators ask for the same names and descriptions, one subject after another.
_normalised_once = lru_cache(maxsize=2048)(_normalised)


def join_texts(texts: Iterable[str]) -> str:
    """Distinct texts, normalised, joined so that no phrase runs from one into the next; "" of nothing."""
    distinct = dict.fromkeys(filter(None, map(normalise, texts)))
    return BOUNDARY.join(distinct)


def words(text: str) -> list[str]:
    """The words of a text in its normal form, in order."""
    return normalise(text).split()
