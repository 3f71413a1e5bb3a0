"""Container numbers: ISO 6346:2022, owner code, equipment category, serial number, check digit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

CATEGORIES: Final = {"U": "freight container", "J": "detachable equipment", "Z": "trailer or chassis"}
# Annex A: letters have the values from 10 on, leaving out the multiples of 11.
LETTER_VALUES: Final = dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (value for value in range(10, 39) if value % 11), strict=True)
)
_SEPARATORS: Final = re.compile(r"[\s./_-]+")
_WITH_DIGIT: Final = re.compile(r"([A-Z]{3})([UJZ])([0-9]{6})([0-9])\Z")
_WITHOUT_DIGIT: Final = re.compile(r"([A-Z]{3})([UJZ])([0-9]{6})\Z")


class Verdict(StrEnum):
    """VALID; WRONG_DIGIT: has the form, but the digit does not fit; NO_DIGIT: ten characters; OTHER: no such form."""

    VALID = "valid"
    WRONG_DIGIT = "wrong_digit"
    NO_DIGIT = "no_digit"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ContainerNumber:
    """One number as it was understood. `expected` is the right check digit, empty where the verdict is OTHER.

    `ambiguous`: the calculation gives 10, written as 0. Such serials should not be issued (annex A), because a
    0 there does not tell every mistake, but they are on the road.
    """

    number: str
    verdict: Verdict
    owner: str = ""
    category: str = ""
    serial: str = ""
    digit: str = ""
    expected: str = ""
    ambiguous: bool = False

    @property
    def is_container(self) -> bool:
        """Whether it has the form of a container number, right or wrong."""
        return self.verdict is not Verdict.OTHER

    def __str__(self) -> str:
        """As it is painted on the box: owner and category, serial, check digit."""
        if not self.is_container:
            return self.number
        return f"{self.owner}{self.category} {self.serial} {self.digit}".rstrip()


def normalise(text: str) -> str:
    """The number in capitals without blanks, dots, slashes and hyphens."""
    return _SEPARATORS.sub("", text).upper()


def remainder(ten: str) -> int:
    """The sum of annex A modulo 11, 0 to 10, of the ten characters before the check digit."""
    total = sum((LETTER_VALUES.get(char) or int(char)) << place for place, char in enumerate(ten))
    return total % 11


@lru_cache(maxsize=4096)  # several indicators ask for each container of a bill
def check(text: str) -> ContainerNumber:
    """What a container number says and whether its check digit fits."""
    number = normalise(text)
    match = _WITH_DIGIT.match(number) or _WITHOUT_DIGIT.match(number)
    if match is None:
        return ContainerNumber(number, Verdict.OTHER)
    owner, category, serial = match.group(1, 2, 3)
    digit = match.group(4) if match.lastindex == 4 else ""
    rest = remainder(number[:10])
    expected = str(rest % 10)
    verdict = Verdict.NO_DIGIT
    if digit:
        verdict = Verdict.VALID if digit == expected else Verdict.WRONG_DIGIT
    return ContainerNumber(number, verdict, owner, category, serial, digit, expected, rest == 10)
