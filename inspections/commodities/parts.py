"""What several templates are made of."""

from __future__ import annotations

from inspections.commodities.fields import Choice, Field, Kind, Shape


def _(text: str) -> str:
    return text


NONE, UNKNOWN, OTHER = Choice("none", _("None")), Choice("unknown", _("Not known")), Choice("other", _("Other"))


def text(name: str, label: str, *, required: bool = False, hint: str = "", shape: Shape | None = None) -> Field:
    return Field(name, label, required=required, hint=hint, shape=shape)


def choice(name: str, label: str, *choices: Choice, required: bool = False) -> Field:
    return Field(name, label, Kind.CHOICE, required, choices)


def count(name: str, label: str, *, required: bool = False) -> Field:
    return Field(name, label, Kind.COUNT, required)


PERMIT = text("permit", _("Permit number"), hint=_("None shown: leave empty."))
