"""What the pages of an act show: every field with its value as people type it, in a fixed number of queries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from inspections import teams
from inspections.choices import (
    CountedHow,
    PhotoKind,
    Point,
    PointState,
    SealCondition,
    SealEvent,
    WeighedHow,
)
from inspections.completeness import methods_done, photos_asked, photos_missing, problems, with_lines
from inspections.contents import possible_by_line
from inspections.errors import Missing
from inspections.fields import Act, read_seal
from inspections.lines import empty_of
from inspections.models import Inspection, InspectionLine, Photo
from inspections.recording import Answer, standing
from pcu.accounts.models import User
from pcu.accounts.roles import Agency
from profiling.cargo.models import Consignment, Placement, SealObservation
from profiling.cases.choices import Method, Result

ICONS: Mapping[str, str] = {
    Method.DOCUMENTARY: "file-check",
    Method.SCAN: "scan",
    Method.DOG: "paw",
    Method.TAILGATE: "door",
    Method.PARTIAL_DEVANNING: "box",
    Method.FULL_DEVANNING: "packages",
    Method.SAMPLING: "test-pipe",
}
# Which tab a field stands in.
TABS: Mapping[str, Sequence[str]] = {
    "methods": ("methods",),
    "points": ("points",),
    "seals": ("seals",),
    "weight": ("packages_found", "counted_how", "gross_found_kg", "weighed_how", "difference_note"),
    "photos": ("photos",),
    "result": ("result", "findings", "found_in"),
}
ACT_FIELDS = ("time", "place", "team", "present", "damage", "remarks")
LINE_FIELDS = (
    "packages_found", "counted_how", "gross_found_kg", "weighed_how", "weighing_note", "difference_note",
    "radiation_usvh", "radiation_background_usvh", "radiation_device", "findings", "photos_note", "result", "found_in",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One field to type into. `value` is what stands, `typed` what is in the box, `answer` what was said to it."""

    name: str
    line: str
    value: Any
    typed: Any
    answer: Answer | None = None

    @property
    def base(self) -> str:
        return json.dumps(self.value, ensure_ascii=False)

    @property
    def key(self) -> str:
        """Where it stands in a form, and on the page."""
        return f"{self.line}|{self.name}"

    @property
    def element(self) -> str:
        """An id for labels."""
        return f"{self.line or 'act'}-{self.name}".replace(".", "-")


Typed = Mapping[str, tuple[Any, Answer]]
"""What was typed and not kept, with the answer to it, by Entry.key."""


@dataclass(frozen=True, slots=True)
class MethodEntry:
    method: Method
    icon: str
    entry: Entry

    @property
    def is_open(self) -> bool:
        return bool(self.entry.typed)


@dataclass(frozen=True, slots=True)
class PointEntry:
    number: int
    point: Point
    entry: Entry


@dataclass(frozen=True, slots=True)
class SealEntry:
    entry: Entry
    photo: Photo | None = None
    is_new: bool = False

    @property
    def event(self) -> SealEvent:
        return SealEvent(self.entry.typed["event"])


@dataclass(frozen=True)
class LineSheet:
    """One piece of equipment."""

    line: InspectionLine
    methods: Sequence[MethodEntry]
    points: Sequence[PointEntry]
    seals: Sequence[SealEntry]
    new_seals: Sequence[SealEntry]
    fields: Mapping[str, Entry]
    declared_seals: Sequence[SealObservation]
    carrier: str
    consignments: Sequence[Consignment]
    photos: Sequence[Photo]
    missing: Sequence[Missing] = field(default_factory=list)
    is_empty: bool = False

    @property
    def points_told(self) -> int:
        return sum(1 for point in self.points if point.entry.value.get("state"))

    @property
    def done(self) -> Sequence[MethodEntry]:
        used = methods_done(self.line)
        return [one for one in self.methods if one.method in used]

    @property
    def photos_missing(self) -> list[PhotoKind]:
        return photos_missing(self.line, self.photos)

    @property
    def photos_asked(self) -> list[PhotoKind]:
        return photos_asked(self.line)

    @property
    def photos_have(self) -> int:
        return len(self.photos_asked) - len(self.photos_missing)

    @property
    def lacking_tabs(self) -> set[str]:
        """The tabs in which something is missing."""
        names = {one["field"].partition(".")[0] for one in self.missing}
        return {tab for tab, fields in TABS.items() if names.intersection(fields)}

    @property
    def tab_fields(self) -> list[tuple[str, str]]:
        return [(tab, " ".join(fields)) for tab, fields in TABS.items()]


class Sheet:
    """An act with everything that is shown of it. `typed` is what a form sent and could not be kept."""

    def __init__(self, inspection: Inspection, typed: Typed | None = None) -> None:
        self.inspection = inspection
        self.typed = typed or {}
        self.act = Act(inspection)

    @cached_property
    def rows(self) -> list[InspectionLine]:
        return with_lines(self.inspection)

    @cached_property
    def missing(self) -> list[Missing]:
        return problems(self.inspection, self.rows)

    @cached_property
    def fields(self) -> dict[str, Entry]:
        """The fields of the act itself."""
        return {name: self._entry("", name, value) for name, value in standing(self.inspection, ACT_FIELDS).items()}

    @cached_property
    def team(self) -> list[dict[str, Any]]:
        """Whoever may take part, with what is chosen for them."""
        chosen = {one["user"]: one for one in self.fields["team"].typed}
        return crew_rows(self.act.crew, chosen)

    @cached_property
    def members(self) -> list[Any]:
        return list(self.inspection.team.select_related("user").order_by("-leads", "pk"))

    @cached_property
    def lines(self) -> list[LineSheet]:
        """Eight queries beside those of the rows."""
        rows = self.rows
        visits = [line.visit_id for line in rows]
        carriers: dict[int, str] = {}
        for placement in Placement.objects.filter(visit__in=visits).select_related("carrier").order_by("pk"):
            carriers[placement.visit_id] = placement.carrier.number
        consignments = possible_by_line(self.inspection, rows)
        return [self._line(line, carriers.get(line.visit_id, ""), consignments[line.pk]) for line in rows]

    @cached_property
    def empty(self) -> set[int]:
        """The lines on which nothing stands."""
        return empty_of(self.rows)

    @property
    def left_out(self) -> list[Mapping[str, str]]:
        return sorted(self.inspection.left_out.values(), key=lambda told: str(told["equipment"]))

    @cached_property
    def photos_of_act(self) -> list[Photo]:
        return list(self.inspection.photos.filter(line=None, removed_at=None))

    def _line(self, line: InspectionLine, carrier: str, consignments: Sequence[Consignment]) -> LineSheet:
        ref = str(line.ref)
        photos = list(line.photos.all())
        of_seal = {photo.seal_id: photo for photo in photos if photo.seal_id}
        values = {name: self._read(line, name) for name in LINE_FIELDS}
        return LineSheet(
            line=line,
            methods=[
                MethodEntry(method, ICONS[method], self._entry(ref, f"methods.{method}", line.methods.get(method, {})))
                for method in Method
            ],
            points=[
                PointEntry(number, point, self._entry(ref, f"points.{point}", line.points.get(point, {})))
                for number, point in enumerate(Point, start=1)
            ],
            seals=[
                SealEntry(self._entry(ref, f"seals.{seal.ref}", read_seal(seal, self.inspection)), of_seal.get(seal.pk))
                for seal in line.seals.all()
            ],
            new_seals=[self._new_seal(ref, event) for event in SealEvent],
            fields={name: self._entry(ref, name, value) for name, value in values.items()},
            declared_seals=list(line.visit.seals.all()),
            carrier=carrier,
            consignments=consignments,
            photos=photos,
            missing=[one for one in self.missing if one["line"] == ref],
            is_empty=line.pk in self.empty,
        )

    def _read(self, line: InspectionLine, name: str) -> Any:
        target = self.act.field(line, name)
        return target.read() if target is not None else None

    def _entry(self, line: str, name: str, value: Any) -> Entry:
        typed, answer = self.typed.get(f"{line}|{name}", (value, None))
        return Entry(name, line, value, typed, answer)

    def _new_seal(self, line: str, event: SealEvent) -> SealEntry:
        """A seal that is not there yet, for a browser without scripts, and as the mould of those that scripts add."""
        blank = {"event": str(event), "number": "", "condition": "", "by": "", "at": None, "note": ""}
        return SealEntry(Entry(f"seals.{uuid4()}", line, None, blank), is_new=True)


def crew_rows(crew: teams.Crew, chosen: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each person who may take part: user, agencies, is_in, agency, leads."""
    return [
        {
            "user": user,
            "agencies": agencies,
            "is_in": str(user.ref) in chosen,
            "agency": chosen.get(str(user.ref), {}).get("agency") or str(agencies[0].value),
            "leads": bool(chosen.get(str(user.ref), {}).get("leads")),
        }
        for user, agencies in crew.people.items()
    ]


def words() -> dict[str, Any]:
    """The lists that the page chooses from."""
    return {
        "point_states": PointState.choices,
        "seal_conditions": SealCondition.choices,
        "counted_how": [("", "–"), *CountedHow.choices],
        "weighed_how": [("", "–"), *WeighedHow.choices],
        "results": [*reversed(Result.choices), ("", _("Not finished"))],
        "photo_kinds": PhotoKind.choices,
        "agencies": Agency.choices,
    }


def my_team(user: User) -> dict[str, Any]:
    """A new plan begins with who makes it."""
    return {str(user.ref): {"user": str(user.ref), "agency": "", "leads": True}}
