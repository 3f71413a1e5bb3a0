"""Forms of numbers on papers of the road: TIR carnets.

A carnet carries two capital letters and eight digits (from memory of the carnet's cover, not held against the TIR
Handbook). How letters and digits belong together is not published, so the form alone is judged here: a number without
it is worth a look.
"""

from __future__ import annotations

import re
from typing import Final

_SEPARATORS: Final = re.compile(r"[\s./_-]+")
_CARNET: Final = re.compile(r"[A-Z]{2}[0-9]{8}\Z")


def is_tir_carnet(text: str) -> bool:
    """Whether a text has the form of a carnet's number, however it is spaced."""
    return bool(_CARNET.match(_SEPARATORS.sub("", text).upper()))
