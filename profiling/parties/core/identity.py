"""Who is meant: the key under which a party is known. Tax number first, else exact name and country."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NOT_WORD = re.compile(r"[\W_]+")
NAME_IN_KEY = 300  # characters; longer names are told apart by what comes before
NUMBER_IN_KEY = 60


def plain_name(name: str) -> str:
    """A name without what senders vary at will: case, width of characters, punctuation, spacing."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


@lru_cache(maxsize=4096)  # numbers of seals and equipment are asked for by loading, recall and several indicators
def plain_code(code: str) -> str:
    """A number or code in capitals, letters and digits only."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", code).upper())


@lru_cache(maxsize=4096)  # the same firms come up bill after bill
def identity_key(*, name: str, country: str, tax_id: str) -> str:
    """`tax:<country>:<number>`, else `name:<country>:<name>`; "" for a mention that names nobody."""
    number = plain_code(tax_id)[:NUMBER_IN_KEY]
    if number:
        return f"tax:{country}:{number}"
    words = plain_name(name)[:NAME_IN_KEY]
    return f"name:{country}:{words}" if words else ""
