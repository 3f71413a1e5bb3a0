"""Codes of places: the form of UN/LOCODE (UN/ECE Recommendation 16). Which codes there are is a loaded table."""

from __future__ import annotations

import re
from typing import Final

# Two letters of the country, three of the place, where 2 to 9 may stand for letters.
_FORM: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")


def is_locode(code: str) -> bool:
    """Whether a code has the form; codes of stations and customs offices seldom do."""
    return _FORM.fullmatch(code) is not None


def country_of(code: str) -> str:
    """The country in a UN/LOCODE, "" for a code of another scheme."""
    return code[:2] if is_locode(code) else ""
