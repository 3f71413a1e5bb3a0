"""The fields of an act and of its lines that may be recorded: how each is read, judged, written and told.

A field is named as changes name it: "packages_found", "methods.scan", "points.floor", "seals.<uuid>".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections import teams, values
from inspections.choices import CountedHow, Point, WeighedHow
from inspections.contents import possible
from inspections.errors import RefusedValueError
from inspections.models import Inspection, InspectionLine, SealRecord
from inspections.values import Json, Parse
from profiling.cases.choices import Method, Result

MOST_PACKAGES = 10**9
MOST_KG = 10**9
MOST_USVH = 10**4

Words = str | Any  # a lazy translation is no str to the type checker


@dataclass(frozen=True, slots=True)
class Field:
    """How one field is read from its row, judged, written into it and told to people."""

    label: Words
    parse: Parse
    read: Callable[[], Json]
    write: Callable[[Json], None]
    shown: Callable[[Json], str]


class Act:
    """The fields of one act. Rows are read once; what is written to them is saved by `save`."""

    def __init__(self, inspection: Inspection) -> None:
        self.inspection = inspection
        self.zone = inspection.unit.zone
        self.crew = teams.Crew(inspection.unit, inspection)
        self._changed: dict[int, InspectionLine] = {}

    @cached_property
    def lines(self) -> Mapping[str, InspectionLine]:
        rows = self.inspection.lines.select_related("visit", "found_in")
        return {str(line.ref): line for line in rows}

    def field(self, line: InspectionLine | None, name: str) -> Field | None:
        """The field of that name, of a line or of the act itself; None for what is no field."""
        if line is None:
            return self._of_act(name)
        group, _dot, key = name.partition(".")
        if group == "methods" and key in Method.values:
            return self._in_json(
                line, "methods", key, str(Method(key).label), values.method(self.zone), values.shown_method
            )
        if group == "points" and key in Point.values:
            return self._in_json(line, "points", key, str(Point(key).label), values.point, values.shown_point)
        if group == "seals":
            return self._seal(line, key)
        return self._of_line(line, name)

    def save(self, *, at: datetime) -> None:
        """Save the lines that were written to; the act itself is saved by whoever counts its version."""
        for line in self._changed.values():
            line.updated_at = at
            line.save()
        self._changed.clear()

    # ---- the act

    def _of_act(self, name: str) -> Field | None:
        act = self.inspection
        match name:
            case "place":
                return self._text(act, "place", gettext_lazy("Place"), 120)
            case "remarks":
                return self._text(act, "remarks", gettext_lazy("Remarks"), values.MOST_TEXT)
            case "damage":
                return self._text(act, "damage", gettext_lazy("Damage"), values.MOST_TEXT)
            case "time":
                return Field(
                    gettext_lazy("Start and end"),
                    values.times(self.zone),
                    self._read_time,
                    self._write_time,
                    _shown_time,
                )
            case "team":
                return Field(
                    gettext_lazy("Team"),
                    self.crew.parse,
                    lambda: teams.read_team(act),
                    lambda value: teams.write_team(act, self.crew, value),
                    self.crew.shown,
                )
            case "present":
                return Field(
                    gettext_lazy("Persons present"),
                    teams.parse_present,
                    lambda: teams.read_present(act),
                    lambda value: teams.write_present(act, value),
                    teams.shown_present,
                )
            case _:
                return None

    def _read_time(self) -> Json:
        act = self.inspection
        return {
            "started": values.told_moment(act.started_at, self.zone),
            "ended": values.told_moment(act.ended_at, self.zone),
        }

    def _write_time(self, value: Json) -> None:
        self.inspection.started_at = _moment(value["started"])
        self.inspection.ended_at = _moment(value["ended"])

    # ---- a line

    def _of_line(self, line: InspectionLine, name: str) -> Field | None:
        match name:
            case "packages_found":
                return self._plain(line, name, gettext_lazy("Packages found"), values.number(most=MOST_PACKAGES))
            case "gross_found_kg":
                return self._quantity(line, name, gettext_lazy("Gross weight found"), MOST_KG)
            case "radiation_usvh":
                return self._quantity(line, name, gettext_lazy("Radiation"), MOST_USVH)
            case "radiation_background_usvh":
                return self._quantity(line, name, gettext_lazy("Radiation around"), MOST_USVH)
            case "counted_how":
                return self._choice(line, name, gettext_lazy("How counted"), CountedHow)
            case "weighed_how":
                return self._choice(line, name, gettext_lazy("How weighed"), WeighedHow)
            case "result":
                return self._choice(line, name, gettext_lazy("Result"), Result)
            case "weighing_note":
                return self._text(line, name, gettext_lazy("Which scale"), 240)
            case "difference_note":
                return self._text(line, name, gettext_lazy("Why it differs"), values.MOST_TEXT)
            case "radiation_device":
                return self._text(line, name, gettext_lazy("Radiation device"), 80)
            case "findings":
                return self._text(line, name, gettext_lazy("Findings"), values.MOST_TEXT)
            case "photos_note":
                return self._text(line, name, gettext_lazy("Why a photograph is missing"), 240)
            case "found_in":
                return self._found_in(line)
            case _:
                return None

    def _found_in(self, line: InspectionLine) -> Field:
        def write(value: Json) -> None:
            line.found_in = next((one for one in possible(line) if str(one.ref) == value), None)
            self._mark(line)

        def shown(value: Json) -> str:
            return next((str(one) for one in possible(line) if str(one.ref) == value), "–")

        return Field(
            gettext_lazy("Found in"),
            values.reference(lambda: [one.ref for one in possible(line)]),
            lambda: str(line.found_in.ref) if line.found_in else "",
            write,
            shown,
        )

    def _seal(self, line: InspectionLine, key: str) -> Field | None:
        try:
            ref = UUID(key)
        except ValueError:
            return None
        if str(ref) != key:
            return None

        def row() -> SealRecord | None:
            return line.seals.filter(ref=ref).first()

        def read() -> Json:
            seal = row()
            return seal and read_seal(seal, self.inspection)

        def write(value: Json) -> None:
            seal = row()
            if value is None:
                if seal is not None:
                    seal.delete()
            else:
                seal = seal or SealRecord(ref=ref, line=line)
                for name in ("event", "number", "condition", "by", "note"):
                    setattr(seal, name, value[name])
                seal.at = _moment(value["at"])
                seal.save()
            self._mark(line)

        def parse(value: Json) -> Json:
            told = values.seal(self.zone)(value)
            if told is not None and row() is None and SealRecord.objects.filter(ref=ref).exists():
                raise RefusedValueError("another_line", _("This seal belongs to another line."))
            return told

        return Field(gettext_lazy("Seal"), parse, read, write, values.shown_seal)

    # ---- kinds of fields

    def _in_json(
        self, line: InspectionLine, column: str, key: str, label: str, parse: Parse, shown: Callable[[Any], str]
    ) -> Field:
        def write(value: Json) -> None:
            kept = {name: told for name, told in getattr(line, column).items() if name != key}
            setattr(line, column, {**kept, key: value} if value else kept)
            self._mark(line)

        return Field(label, parse, lambda: getattr(line, column).get(key, {}), write, shown)

    def _plain(
        self, row: Any, name: str, label: Words, parse: Parse, shown: Callable[[Any], str] | None = None
    ) -> Field:
        def write(value: Json) -> None:
            setattr(row, name, value)
            self._mark(row)

        return Field(label, parse, lambda: getattr(row, name), write, shown or _shown)

    def _text(self, row: Any, name: str, label: Words, most: int) -> Field:
        return self._plain(row, name, label, values.text(most))

    def _choice(self, row: Any, name: str, label: Words, words: type[TextChoices]) -> Field:
        return self._plain(
            row, name, label, values.choice(words), lambda value: str(words(value).label) if value else "–"
        )

    def _quantity(self, line: InspectionLine, name: str, label: Words, most: int) -> Field:
        def write(value: Json) -> None:
            setattr(line, name, None if value is None else Decimal(value))
            self._mark(line)

        return Field(
            label, values.number(most=most, places=3), lambda: values.plain(getattr(line, name)), write, _shown
        )

    def _mark(self, row: Any) -> None:
        if isinstance(row, InspectionLine):
            self._changed[row.pk] = row


def read_seal(seal: SealRecord, inspection: Inspection) -> dict[str, Json]:
    """A seal as changes tell it."""
    told = {name: getattr(seal, name) for name in ("event", "number", "condition", "by", "note")}
    return {**told, "at": values.told_moment(seal.at, inspection.unit.zone)}


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _shown(value: Json) -> str:
    return "–" if value in (None, "") else str(value)


def _shown_time(value: Json) -> str:
    return f"{values.shown_moment(value['started'])} – {values.shown_moment(value['ended'])}"
