"""Which script a name is written in: what tells a translation from a second firm at a glance. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from enum import StrEnum


class Script(StrEnum):
    LATIN = "latin"
    CYRILLIC = "cyrillic"
    HAN = "han"
    ARABIC = "arabic"
    OTHER = "other"
    MIXED = "mixed"


_FIRST_WORD = {
    "LATIN": Script.LATIN,
    "FULLWIDTH": Script.LATIN,
    "CYRILLIC": Script.CYRILLIC,
    "CJK": Script.HAN,
    "ARABIC": Script.ARABIC,
}


def scripts_of(text: str) -> Counter[Script]:
    """Letters of each script in a text."""
    found: Counter[Script] = Counter()
    for character in text:
        if character.isalpha():
            word = unicodedata.name(character, "").split(" ", 1)[0]
            found[_FIRST_WORD.get(word, Script.OTHER)] += 1
    return found


def script_of(text: str) -> Script | None:
    """The script of a text's letters; MIXED where one word mixes two, None where it has no letter.

    A name may well hold words of two scripts (`ТОО Nur Zhol`): then it is the script of most letters. One word of
    two scripts is a disguise or a slip of the keyboard, and worth a look.
    """
    if any(len(scripts_of(word)) > 1 for word in text.split()):
        return Script.MIXED
    found = scripts_of(text)
    return found.most_common(1)[0][0] if found else None
