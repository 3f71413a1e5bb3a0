"""Telephone numbers and e-mail addresses in the form they are compared in.

A free text gives any number of both. A telephone is known by its last ten digits (national numbers of the region have
ten at most, ITU-T E.164, so "+7 701 …", "8 701 …" and "701 …" are one), an address by its letters in lower case. What
is shorter than seven digits is an extension or a number of a house and says nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

SHORTEST: Final = 7  # digits
LONGEST: Final = 15  # digits of an international number (E.164)
_NATIONAL: Final = 10
MAX_KEY: Final = 120  # characters
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
# Digits with what people write between them; a comma, a semicolon or a letter parts two numbers.
_PHONE = re.compile(r"\+?\d(?:[\s().\-\u2010-\u2015]{0,3}\d){6,}")


@lru_cache(maxsize=2048)  # the same firms come up bill after bill
def contact_keys(text: str) -> tuple[str, ...]:
    """`tel:<digits>` and `mail:<address>` of a text, each once, in the order they stand."""
    plain = unicodedata.normalize("NFKC", text)
    keys = [f"mail:{found.casefold()}" for found in _MAIL.findall(plain)]
    for found in _PHONE.findall(_MAIL.sub(";", plain)):
        digits = "".join(char for char in found if char.isdigit())
        if SHORTEST <= len(digits) <= LONGEST:
            keys.append(f"tel:{digits[-_NATIONAL:]}")
    return tuple(dict.fromkeys(key for key in keys if len(key) <= MAX_KEY))
