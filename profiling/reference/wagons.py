"""Numbers of railway wagons: eight digits on 1520 mm, twelve on 1435 mm, the last of them a check digit.

Both take weights 2 and 1 alternating from the left, add the digits of the products, and fill up to the next ten.
Of the twelve digits that is the Luhn formula of the European vehicle number (OTIF, Uniform Technical Prescriptions,
vehicle numbering), checked on published numbers. Of the eight digits the weights (2, 1, 2, 1, 2, 1, 2; modulus 10) are
as a public course text on the coding of wagon numbers in the railways' own information system teaches; the text of
the standard was not at hand. So a number that fails is worth a look, never a refusal.

Wagons of other railways (China writes seven digits) have numbers of other forms, of which nothing is known here.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

_SEPARATORS: Final = re.compile(r"[\s-]+")
_EIGHT: Final = re.compile(r"[0-9]{8}\Z")
_TWELVE: Final = re.compile(r"[0-9]{12}\Z")


class WagonKind(StrEnum):
    """What the first of eight digits says (eight-digit numbering of the 1520 mm gauge)."""

    PASSENGER = "passenger"
    ENGINE = "engine"  # locomotives, machines of the track service, cranes
    COVERED = "covered"
    FLAT = "flat"
    PRIVATE = "private"  # owned by others than the railway, of any kind
    OPEN = "open"
    TANK = "tank"
    REFRIGERATED = "refrigerated"
    OTHER = "other"


# 0, 2 and 4 to 9 are confirmed by public descriptions of the system; 3 and 9 are both "others" there, 1 by one of them.
_KINDS: Final = {
    "0": WagonKind.PASSENGER,
    "1": WagonKind.ENGINE,
    "2": WagonKind.COVERED,
    "3": WagonKind.OTHER,
    "4": WagonKind.FLAT,
    "5": WagonKind.PRIVATE,
    "6": WagonKind.OPEN,
    "7": WagonKind.TANK,
    "8": WagonKind.REFRIGERATED,
    "9": WagonKind.OTHER,
}


def normalise(text: str) -> str:
    """The number without blanks and hyphens."""
    return _SEPARATORS.sub("", text)


def check_digit(digits: str) -> str:
    """The check digit of the first seven or eleven digits."""
    products = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return str(-sum(product // 10 + product % 10 for product in products) % 10)


def is_valid(text: str) -> bool | None:
    """Whether the check digit fits; None where the text is no number of eight or twelve digits."""
    number = normalise(text)
    if not (_EIGHT.match(number) or _TWELVE.match(number)):
        return None
    return check_digit(number[:-1]) == number[-1]


def kind(text: str) -> WagonKind | None:
    """What kind of wagon an eight-digit number says it is; None of other numbers."""
    number = normalise(text)
    return _KINDS[number[0]] if _EIGHT.match(number) else None
