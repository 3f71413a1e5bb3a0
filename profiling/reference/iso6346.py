"""Container numbers: form and check digit.

Source: ISO 6346:2022, clause 4 and annex A: three letters of owner code, one of equipment category (U, J or
Z), six digits and a check digit.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")

# Letters count from 10 upward, leaving out the multiples of 11 (annex A, table A.1).
_VALUES = {str(digit): digit for digit in range(10)} | dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (number for number in range(10, 39) if number % 11), strict=True)
)


def has_form(number: str) -> bool:
    """Whether a number has the form of a container number, whatever its check digit."""
    return _NUMBER.fullmatch(number) is not None


def check_digit(number: str) -> int:
    """The check digit that the first ten characters call for; a remainder of 10 counts as 0.

    Raise ValueError for a number without the form.
    """
    if not has_form(number):
        raise ValueError(f"not the form of a container number: {number!r}")
    return sum(_VALUES[char] << place for place, char in enumerate(number[:10])) % 11 % 10


def is_valid(number: str) -> bool:
    """Whether form and check digit are both right. Spaces and hyphens must be gone already."""
    return has_form(number) and check_digit(number) == int(number[10])
