"""Numbers of railway wagons of the 1520 mm gauge: eight digits, the last one a check digit.

The rule (weights 2 and 1 alternating from the left, digits of each product added, check digit fills up to the
next ten) is common knowledge of the trade; it has not been held against the text of a standard. So a number that
fails is worth a look, never a refusal.
"""

from __future__ import annotations

import re
from typing import Final

_EIGHT: Final = re.compile(r"[0-9]{8}\Z")
_SEPARATORS: Final = re.compile(r"[\s-]+")


def check_digit(seven: str) -> str:
    """The check digit of the first seven digits."""
    products = (int(digit) * (2 - place % 2) for place, digit in enumerate(seven))
    return str(-sum(product // 10 + product % 10 for product in products) % 10)


def is_valid(text: str) -> bool | None:
    """Whether the check digit fits; None where the text is no eight-digit number."""
    number = _SEPARATORS.sub("", text)
    if not _EIGHT.match(number):
        return None
    return check_digit(number[:7]) == number[7]
