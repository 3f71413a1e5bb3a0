"""The parts of a template: typed fields, their choices, rows of items, units of quantity.

Labels are English and marked by `_`, which returns its argument: the edge translates them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ITEMS = "items"
"""Where the rows of a template stand in the facts of a seizure."""


def _(text: str) -> str:
    return text


class Kind(StrEnum):
    """What a field holds, and how its value is stored in JSON."""

    TEXT = "text"  # text
    CHOICE = "choice"  # code of the choice
    NUMBER = "number"  # decimal as text, not negative
    COUNT = "count"  # whole number as text, not negative
    YES_NO = "yes_no"  # true or false
    DATE = "date"  # ISO 8601 day
    COUNTRY = "country"  # ISO 3166-1 alpha-2
    CURRENCY = "currency"  # ISO 4217


class Shape(StrEnum):
    """A form that a text must have."""

    CAS = "cas"
    BASEL = "basel"
    HS = "hs"


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One fact. `unit` stands behind a number; `at_most` bounds it; `needed_if` (field, code) asks for it only then."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    at_most: int | None = None
    shape: Shape | None = None
    hint: str = ""
    needed_if: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """Rows of one kind inside a seizure, such as brands.

    `sums` names the field that adds up to the quantity where that is told in the unit given: {"sticks": "sticks"}.
    """

    label: str
    one: str
    fields: tuple[Field, ...]
    sums: Mapping[str, str] = field(default_factory=dict)

    @property
    def counted(self) -> tuple[str, ...]:
        """Fields whose column is added up below the rows."""
        return tuple(one.name for one in self.fields if one.kind in (Kind.NUMBER, Kind.COUNT) and one.at_most is None)


@dataclass(frozen=True, slots=True)
class Template:
    """What is asked of one kind of commodity. `units` are the units its quantity may be told in, the usual first."""

    commodity: str
    version: int
    units: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    items: Items | None = None


# Code of a unit (at most 12 characters) to its label.
UNITS: Mapping[str, str] = {
    "kg": _("kg"),
    "g": _("g"),
    "t": _("t"),
    "l": _("litres"),
    "ml": _("ml"),
    "m3": _("m³"),
    "pcs": _("pieces"),
    "pairs": _("pairs"),
    "sticks": _("sticks"),
    "packs": _("packs"),
    "tablets": _("tablets"),
    "ampoules": _("ampoules"),
    "doses": _("doses"),
    "animals": _("animals"),
    "plants": _("plants"),
    "drums": _("drums"),
    "rounds": _("rounds"),
    "amount": _("in its currency"),
    "notes": _("notes"),
}
