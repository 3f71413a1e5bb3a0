"""Size and type codes of containers: ISO 6346:2022, annexes D and E, and the four digits used before 1996.

Four characters: length, height with width, and two for the type. Codes of the second kind (4310, 2230) are still
painted on old boxes and written by old systems; ISO 6346:1984, annexes F and G. Which digits stood for which type
was taken from public tables of both editions, not from the text of the standard: a code that is not known here is
worth a look, never a refusal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

UNKNOWN: Final = "9999"  # what messages write where nobody knows the type
# Annex D: first character, in millimetres.
_LENGTHS: Final = {
    "1": 2991,
    "2": 6058,
    "3": 9125,
    "4": 12192,
    "A": 7150,
    "B": 7315,
    "C": 7430,
    "D": 7450,
    "E": 7820,
    "F": 8100,
    "G": 12500,
    "H": 13106,
    "K": 13600,
    "L": 13716,
    "M": 14630,
    "N": 14935,
    "P": 16154,
}
# Annex D: second character. Heights in millimetres; 6 and its wide sisters say only that it is higher than 2896.
_HEIGHTS: Final = {
    "0": 2438,
    "2": 2591,
    "4": 2743,
    "5": 2896,
    "6": 2896,
    "8": 1295,
    "9": 1219,
    "C": 2591,
    "D": 2743,
    "E": 2896,
    "F": 2896,
    "L": 2591,
    "M": 2743,
    "N": 2896,
    "P": 2896,
}
# Before 1996: 45 foot and longer were written as 9; the second digit counts in pairs, odd ones with a gooseneck tunnel.
_OLD_LENGTHS: Final = {"1": 2991, "2": 6058, "3": 9125, "4": 12192, "9": 13716}
_OLD_HEIGHTS: Final = {
    "0": 2438,
    "1": 2438,
    "2": 2591,
    "3": 2591,
    "4": 2896,
    "5": 2896,
    "6": 1295,
    "7": 1295,
    "8": 1219,
}
_HALF_HEIGHT_MM: Final = 1300
_FORM: Final = re.compile(r"([0-9A-Z])([0-9A-Z])([A-Z])([0-9A-Z])\Z")
_OLD_FORM: Final = re.compile(r"([0-9])([0-9])([0-9])([0-9])\Z")


class TypeGroup(StrEnum):
    """What kind of box it is."""

    GENERAL = "general"
    VENTILATED = "ventilated"
    BULK = "bulk"
    NAMED_CARGO = "named_cargo"  # livestock, cars, live fish
    THERMAL = "thermal"  # with a machine of its own
    INSULATED = "insulated"  # cooled or heated by what is hung on, or only insulated
    OPEN_TOP = "open_top"
    PLATFORM = "platform"  # flat racks too
    TANK = "tank"
    AIR = "air"


# Annex E, first character of the type. K (tanks) and N (pressurised bulk) came with the edition of 2022.
_GROUPS: Final = {
    "G": TypeGroup.GENERAL,
    "V": TypeGroup.VENTILATED,
    "B": TypeGroup.BULK,
    "N": TypeGroup.BULK,
    "S": TypeGroup.NAMED_CARGO,
    "R": TypeGroup.THERMAL,
    "H": TypeGroup.INSULATED,
    "U": TypeGroup.OPEN_TOP,
    "P": TypeGroup.PLATFORM,
    "T": TypeGroup.TANK,
    "K": TypeGroup.TANK,
    "A": TypeGroup.AIR,
}
_OLD_GROUPS: Final = {
    "0": TypeGroup.GENERAL,
    "1": TypeGroup.VENTILATED,
    "2": TypeGroup.INSULATED,
    "3": TypeGroup.THERMAL,
    "4": TypeGroup.INSULATED,
    "5": TypeGroup.OPEN_TOP,
    "6": TypeGroup.PLATFORM,
    "7": TypeGroup.TANK,
    "8": TypeGroup.BULK,
    "9": TypeGroup.AIR,
}
_SHORTHAND: Final = frozenset({"HC", "HQ"})  # "40HC" is how the trade says high cube, and no code of the standard
_OLD_NAMED_CARGO: Final = frozenset({"25", "26"})  # livestock, cars

# Hidden room in walls, frame or fittings (domain page: reefer, flat-rack, tank; an open top has a sheet for a roof).
VOID_RICH: Final = frozenset(
    {TypeGroup.THERMAL, TypeGroup.INSULATED, TypeGroup.PLATFORM, TypeGroup.TANK, TypeGroup.OPEN_TOP}
)


@dataclass(frozen=True, slots=True)
class SizeType:
    """One code as it was understood. Millimetres, None where the character stands for no length or height.

    group: None where the type is not known. is_old: four digits of the edition of 1984.
    """

    code: str
    length_mm: int | None = None
    height_mm: int | None = None
    group: TypeGroup | None = None
    is_old: bool = False

    @property
    def is_known(self) -> bool:
        """Whether every part of the code says something."""
        return self.length_mm is not None and self.height_mm is not None and self.group is not None

    @property
    def is_void_rich(self) -> bool:
        return self.group in VOID_RICH

    @property
    def length_ft(self) -> int | None:
        """The nominal length in whole feet: 20, 40, 45."""
        return None if self.length_mm is None else round(self.length_mm / 304.8)

    @property
    def is_high_cube(self) -> bool:
        """Nine feet six or higher."""
        return self.height_mm is not None and self.height_mm >= _HEIGHTS["5"]

    @property
    def is_half_height(self) -> bool:
        return self.height_mm is not None and self.height_mm < _HALF_HEIGHT_MM


def is_told(text: str) -> bool:
    """Whether a size and type is told at all: not empty and not the 9999 of those who do not know."""
    return text.strip() not in ("", UNKNOWN)


@lru_cache(maxsize=1024)  # a train has a dozen kinds of boxes
def decode(text: str) -> SizeType:
    """What a size and type code says; of one without the form all parts are unknown."""
    code = text.strip().upper()
    if not is_told(code):
        return SizeType(code)
    if match := _FORM.match(code):
        length, height, kind, detail = match.groups()
        group = None if kind + detail in _SHORTHAND else _GROUPS.get(kind)
        return SizeType(code, _LENGTHS.get(length), _HEIGHTS.get(height), group)
    if match := _OLD_FORM.match(code):
        length, height, kind, detail = match.groups()
        group = TypeGroup.NAMED_CARGO if kind + detail in _OLD_NAMED_CARGO else _OLD_GROUPS[kind]
        return SizeType(code, _OLD_LENGTHS.get(length), _OLD_HEIGHTS.get(height), group, is_old=True)
    return SizeType(code)
