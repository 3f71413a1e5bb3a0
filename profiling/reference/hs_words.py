"""Which chapters of the Harmonized System use a word: whether a text speaks of other goods than its code.

The words are those of the official descriptions in English (`profiling.reference.hs`), cut to a common form by
dropping endings of the plural. A word that stands in one or two chapters only points at them; one that stands in many
("other", "parts", "of") points nowhere. Texts in other languages share no words with the table and are not judged.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from profiling.reference import hs

POINTS_AT: Final = 2
"""In so many chapters at most a word stands that points at them."""
_COMMON: Final = 25  # a word of so many chapters says nothing, not even that a text is at home
_SHORTEST: Final = 4  # letters
_CHAPTER_DIGITS: Final = 2
_WORD: Final = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """Words of one text under one chapter. here: that the chapter uses too. elsewhere: that only others use."""

    here: tuple[str, ...]
    elsewhere: tuple[str, ...]


def stem(word: str) -> str:
    """A word without the ending of its plural: "batteries" and "battery", "shoes" and "shoe" are one."""
    if word.endswith("ies") and len(word) > _SHORTEST:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


@cache
def _chapters() -> dict[str, frozenset[str]]:
    """Word -> the chapters whose descriptions use it."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, description in hs.descriptions():
        for word in _WORD.findall(description.lower()):
            if len(word) >= _SHORTEST:
                found[stem(word)].add(code[:_CHAPTER_DIGITS])
    return {word: frozenset(chapters) for word, chapters in found.items()}


@lru_cache(maxsize=4096)  # the same goods come bill after bill
def read(text: str, code: str) -> Reading | None:
    """How the words of a text stand to the chapter of a code; None where the text has no word that says anything."""
    chapter = code[:_CHAPTER_DIGITS]
    table = _chapters()
    here: list[str] = []
    elsewhere: list[str] = []
    for word in dict.fromkeys(map(stem, _WORD.findall(text.lower()))):
        chapters = table.get(word)
        if chapters is None or len(chapters) >= _COMMON:
            continue
        if chapter in chapters:
            here.append(word)
        elif len(chapters) <= POINTS_AT:
            elsewhere.append(word)
    return Reading(tuple(here), tuple(elsewhere)) if here or elsewhere else None
