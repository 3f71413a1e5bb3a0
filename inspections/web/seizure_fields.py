"""The fields of a template as inputs: what was typed, what is wrong, and how a form sends it back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from inspections.commodities.fields import ITEMS, Field, Kind, Template
from inspections.facts import words

Row = Mapping[str, str]
_ROW = re.compile(r"i-(\d{1,3})-(\w+)")


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the form. options: code, label for a choice."""

    name: str
    label: str
    kind: str
    value: str
    error: str
    hint: str
    unit: str
    required: bool
    options: Sequence[tuple[str, str]] = ()

    @property
    def list_id(self) -> str:
        """The list of suggestions the page holds once for all inputs of a kind."""
        return {Kind.COUNTRY: "countries", Kind.CURRENCY: "currencies"}.get(Kind(self.kind), "")


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts as typed: of the seizure, and of its rows."""

    single: Row = field(default_factory=dict)
    rows: Sequence[Row] = ()

    def told(self, template: Template) -> dict[str, Any]:
        """As `commodities.checking.check` takes them: of the template's fields only."""
        names = {one.name for one in template.fields}
        told: dict[str, Any] = {name: value for name, value in self.single.items() if name in names}
        if template.items:
            of_row = {one.name for one in template.items.fields}
            told[ITEMS] = [{name: value for name, value in row.items() if name in of_row} for row in self.rows]
        return told


def stored(template: Template, facts: Mapping[str, Any]) -> Facts:
    """Facts of a record as a form shows them."""
    single = {one.name: _typed(facts[one.name]) for one in template.fields if one.name in facts}
    rows = [{name: _typed(value) for name, value in row.items()} for row in facts.get(ITEMS, ())]
    return Facts(single, rows)


def typed(post: QueryDict) -> Facts:
    """What a form sent: "f-name" for facts of the seizure, "i-0-name" for those of its rows."""
    sent = {name: str(post[name]).replace("\0", "") for name in post}
    single = {name[2:]: value for name, value in sent.items() if name.startswith("f-")}
    rows: dict[int, dict[str, str]] = {}
    for name, value in sent.items():
        if found := _ROW.fullmatch(name):
            rows.setdefault(int(found[1]), {})[found[2]] = value
    return Facts(single, [rows[number] for number in sorted(rows)])


def inputs(template: Template, facts: Facts, errors: Mapping[str, str]) -> list[Input]:
    return [_input(one, f"f-{one.name}", facts.single, errors.get(f"facts.{one.name}", "")) for one in template.fields]


def row_inputs(template: Template, facts: Facts, errors: Mapping[str, str]) -> Iterator[list[Input]]:
    """The inputs of each row, one blank row where there is none."""
    if template.items is None:
        return
    for number, row in enumerate(facts.rows or [{}]):
        path = f"facts.{ITEMS}.{number}."
        yield [
            _input(one, f"i-{number}-{one.name}", row, errors.get(f"{path}{one.name}", ""))
            for one in template.items.fields
        ]


def _input(one: Field, name: str, row: Row, error: str) -> Input:
    options: list[tuple[str, str]] = []
    if one.kind == Kind.CHOICE:
        options = [(choice.code, words(choice.label)) for choice in one.choices]
    elif one.kind == Kind.YES_NO:
        options = [("yes", _("Yes")), ("no", _("No"))]
    return Input(
        name=name,
        label=words(one.label),
        kind=one.kind,
        value=row.get(one.name, ""),
        error=error,
        hint=words(one.hint),
        unit=words(one.unit),
        required=one.required,
        options=options,
    )


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
