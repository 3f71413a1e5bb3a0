"""Codes of railway stations on 1520 mm: six digits of the unified network marking (ЕСР), the last a check digit.

The first five digits are multiplied by 1 to 5, the remainder of the sum by 11 is the check digit; where it is 10 the
weights are 3 to 7, and where it is 10 again the digit is 0. So it is taught and checked in a public course program of a
railway university (example 781316); 648400, from the description of another program's interface, needs both steps. The
text of the standard was not at hand: a code that fails is worth a look, never a refusal. Codes of four and five digits,
without the check digit, are in use too. Which station a code is of is a loaded table.
"""

from __future__ import annotations

import re
from typing import Final

_SIX: Final = re.compile(r"[0-9]{6}\Z")


def check_digit(digits: str) -> str:
    """The check digit of the first five digits."""
    for first in (1, 3):
        rest = sum(int(digit) * weight for weight, digit in enumerate(digits, start=first)) % 11
        if rest < 10:
            return str(rest)
    return "0"


def is_valid(code: str) -> bool | None:
    """Whether the check digit fits; None of a code that has not six digits."""
    plain = code.strip()
    return check_digit(plain[:5]) == plain[5] if _SIX.match(plain) else None
