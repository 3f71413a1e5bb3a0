"""What the codes and fields of a submitted act are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inspections.choices import (
    CountedHow,
    PhotoKind,
    Point,
    PointState,
    ReasonToInspect,
    SealCondition,
    SealEvent,
    WeighedHow,
)
from inspections.differences import Section
from inspections.models import Link, Sample
from pcu.accounts.handling import Handling
from pcu.accounts.roles import Agency
from profiling.cases.choices import Commodity, Method, Result

TITLES: Mapping[Section, Promise] = {
    Section.ACT: _("The act"),
    Section.LINES: _("The act"),
    Section.TEAM: _("People"),
    Section.PRESENT: _("People"),
    Section.METHODS: _("Methods"),
    Section.POINTS: _("Seven points"),
    Section.PACKAGES: _("Packages and weight"),
    Section.RADIATION: _("Radiation"),
    Section.SEALS: _("Seals"),
    Section.FINDINGS: _("Findings and photographs"),
    Section.PHOTOS: _("Findings and photographs"),
}

FIELDS: Mapping[str, Promise] = {
    "number": _("Number"),
    "unit": _("Unit"),
    "case": _("Case"),
    "reason": _("Reason"),
    "asked_method": _("Asked for"),
    "instructions": _("Instructions"),
    "place": _("Place"),
    "planned_for": _("Planned for"),
    "started_at": _("Began"),
    "ended_at": _("Ended"),
    "remarks": _("Remarks"),
    "damage": _("Damage"),
    "left_out": _("Not examined"),
    "agency": _("Agency"),
    "leads": _("Leads"),
    "capacity": _("Present as"),
    "equipment": _("Equipment"),
    "done": pgettext_lazy("method", "Done"),
    "started": _("Began"),
    "ended": _("Ended"),
    "device": _("Device"),
    "serial": _("Serial number"),
    "handler": _("Handler"),
    "dog": _("Dog"),
    "note": _("Note"),
    "packages_declared": _("Packages declared"),
    "packages_found": _("Packages found"),
    "counted_how": _("How counted"),
    "gross_declared_kg": _("Gross weight declared"),
    "gross_found_kg": _("Gross weight found"),
    "weighed_how": _("How weighed"),
    "weighing_note": _("Weighing"),
    "difference_note": _("Why it differs"),
    "radiation_usvh": _("Radiation"),
    "radiation_background_usvh": _("Background"),
    "radiation_device": _("Device"),
    "findings": _("Findings"),
    "photos_note": _("Why a photograph is missing"),
    "result": _("Result"),
    "found_in": _("Found in"),
    "event": _("Seal"),
    "condition": _("Condition"),
    "by": _("By"),
    "at": _("When"),
    "caption": _("Caption"),
    "taken_at": _("Taken"),
    "line": _("Equipment"),
    "seal": _("Seal"),
    "consignment": _("Consignment"),
    "commodity": _("Commodity"),
    "declared_as": _("Declared as"),
    "declared_quantity": _("Declared quantity"),
    "quantity": _("Quantity"),
    "quantity_unit": _("Unit of quantity"),
    "value": _("Value"),
    "value_currency": _("Currency"),
    "value_basis": _("Basis of the value"),
    "concealment": _("Concealment"),
    "cover_load": _("Cover load"),
    "detections": _("How detected"),
    "description": _("Description"),
    "handling": _("Handling"),
    "seized_at": _("Seized"),
    "disposal": _("Disposal"),
    "custody": _("Hand-overs"),
    "name": _("Name"),
    "kind": _("Kind"),
    "part": _("Part"),
    "identifier": _("Identifier"),
    "bag": _("Bag"),
    "laboratory": _("Laboratory"),
    "sent_at": _("Sent"),
    "due_on": _("Due"),
    "verdict": _("Laboratory says"),
    "reported_on": _("Reported"),
}

# A place of an examination is a text, that of a seizure a word of a list.
SEIZURE_FIELDS: Mapping[str, Promise] = {"place": _("Place of concealment"), "number": _("Number")}
SAMPLE_FIELDS: Mapping[str, Promise] = {"result": _("Result of the laboratory")}

_CHOICES: Mapping[str, Any] = {
    "reason": ReasonToInspect,
    "asked_method": Method,
    "agency": Agency,
    "counted_how": CountedHow,
    "weighed_how": WeighedHow,
    "event": SealEvent,
    "condition": SealCondition,
    "commodity": Commodity,
    "handling": Handling,
    "verdict": Sample.Verdict,
}
_OF_SECTION: Mapping[tuple[Section, str], Any] = {
    (Section.FINDINGS, "result"): Result,
    (Section.PHOTOS, "kind"): PhotoKind,
    (Section.LINKS, "kind"): Link.Kind,
}
UNITS: Mapping[str, str] = {
    "gross_declared_kg": "kg",
    "gross_found_kg": "kg",
    "radiation_usvh": "µSv/h",
    "radiation_background_usvh": "µSv/h",
}
TIMES = frozenset(
    {"planned_for", "started_at", "ended_at", "started", "ended", "at", "taken_at", "seized_at", "sent_at"}
)
DAYS = frozenset({"due_on", "reported_on"})
QUANTITIES = frozenset({*UNITS, "declared_quantity", "quantity", "value", "packages_declared", "packages_found"})
LIST_WORDS = frozenset({"place", "concealment", "detections"})
# What ties parts together and proves bytes; no words for people.
UNTOLD = frozenset({"sha256", "shown_sha256", "size", "party", "template_version", "user", "unit", "case"})


def choices_of(section: Section, field: str) -> Any | None:
    """The choices whose label a code of this field has, None where it is no code."""
    if section == Section.POINTS and not field.endswith(".note"):
        return PointState
    return _OF_SECTION.get((section, field)) or _CHOICES.get(field)


def field_label(section: Section, field: str) -> str:
    """What a field is called; a fact of a commodity's template by its own name."""
    if section == Section.POINTS:
        return _point_label(field)
    if field.startswith("facts."):
        return field.removeprefix("facts.").replace("_", " ").capitalize()
    special = {Section.SEIZURES: SEIZURE_FIELDS, Section.SAMPLES: SAMPLE_FIELDS}.get(section, {})
    return str(special.get(field) or FIELDS.get(field) or field)


_ORDER = {name: place for place, name in enumerate([*Method.values, *Point.values, *FIELDS])}


def place_of(name: str) -> tuple[int, str]:
    """Where a field or a method stands among the others; the database keeps no order of them."""
    return _ORDER.get(name.removesuffix(".note"), len(_ORDER)), name


def _point_label(field: str) -> str:
    code = field.removesuffix(".note")
    number = Point.values.index(code) + 1 if code in Point.values else 0
    label = f"{number} {Point(code).label}" if number else code
    return f"{label}: {FIELDS['note']}" if field.endswith(".note") else label
