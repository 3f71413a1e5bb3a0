"""What an act still lacks before it can be submitted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections.choices import PhotoKind, Point, PointState, SealCondition, SealEvent
from inspections.errors import Missing
from inspections.lines import not_examined
from inspections.models import Inspection, InspectionLine, Photo
from inspections.moments import SLACK
from pcu.desk.templatetags.desk import container_number
from profiling.cases.choices import Method, Result

_DEVANNING = (Method.PARTIAL_DEVANNING, Method.FULL_DEVANNING)
OPENED = (Method.TAILGATE, *_DEVANNING, Method.SAMPLING)
"""Methods for which the doors are opened, and a seal is affixed afterwards."""
# Photographs that each method asks for (domain.md, "Records").
ASKED: Mapping[str, Sequence[PhotoKind]] = {
    Method.SCAN: (PhotoKind.SCAN,),
    Method.TAILGATE: (PhotoKind.DOORS,),
    Method.PARTIAL_DEVANNING: (PhotoKind.DOORS, PhotoKind.UNLOADED),
    Method.FULL_DEVANNING: (PhotoKind.DOORS, PhotoKind.UNLOADED, PhotoKind.EMPTY),
    Method.SAMPLING: (PhotoKind.OPENED,),
}


def methods_done(line: InspectionLine) -> list[Method]:
    """The methods that were used, lightest first."""
    return [method for method in Method if line.methods.get(method, {}).get("done")]


def photos_asked(line: InspectionLine) -> list[PhotoKind]:
    """The kinds of photographs that what was done asks for, each once. Seals in a line are read with it."""
    asked = [kind for method in methods_done(line) for kind in ASKED.get(method, ())]
    if any(seal.condition != SealCondition.MISSING for seal in line.seals.all()):
        asked.append(PhotoKind.SEAL)
    if line.result == Result.FOUND:
        asked.append(PhotoKind.FINDING)
    return list(dict.fromkeys(asked))


def photos_missing(line: InspectionLine, photos: Iterable[Photo]) -> list[PhotoKind]:
    taken = {photo.kind for photo in photos if photo.line_id == line.pk and photo.removed_at is None}
    return [kind for kind in photos_asked(line) if kind not in taken]


def differs(line: InspectionLine) -> bool:
    """Something else was found than declared."""
    return any(found is not None and declared is not None and found != declared for declared, found in _pairs(line))


def exceeds_declared(line: InspectionLine) -> bool:
    """More was found than declared."""
    return any(found is not None and declared is not None and found > declared for declared, found in _pairs(line))


def _pairs(line: InspectionLine) -> Sequence[tuple[Any, Any]]:
    return ((line.packages_declared, line.packages_found), (line.gross_declared_kg, line.gross_found_kg))


def with_lines(inspection: Inspection) -> list[InspectionLine]:
    """The lines of an act with what they are judged by: equipment, seals and photographs. Four queries."""
    shown = Photo.objects.filter(removed_at=None).select_related("seal")
    rows = inspection.lines.select_related("visit", "found_in").prefetch_related(
        "seals", Prefetch("photos", shown), "visit__seals"
    )
    return list(rows)


def problems(inspection: Inspection, lines: Sequence[InspectionLine] | None = None) -> list[Missing]:
    """What is missing or does not fit, in the order of the act; empty when it may be submitted."""
    lines = with_lines(inspection) if lines is None else lines
    found: list[Missing] = []

    def tell(field: str, message: str) -> None:
        found.append({"line": "", "field": field, "message": message})

    if inspection.started_at is None:
        tell("time", _("Say when it began."))
    elif inspection.started_at > timezone.now():
        tell("time", _("It begins in the future."))
    if inspection.ended_at is None:
        tell("time", _("Say when it ended."))
    elif inspection.started_at is not None and inspection.ended_at < inspection.started_at:
        tell("time", _("It ends before it begins."))
    elif inspection.ended_at > timezone.now() + SLACK:
        tell("time", _("It ends in the future."))
    if not inspection.team.exists():
        tell("team", _("Name at least one who examines."))
    if not lines:
        tell("lines", _("Nothing was examined: add the equipment."))
    for visit in not_examined(inspection) if lines else ():
        message = _("%(number)s was to be examined: add it, or leave it out with a reason.")
        tell("lines", message % {"number": container_number(visit.number)})
    of_case = set(inspection.case.visits.values_list("pk", flat=True))
    for line in lines:
        if line.visit_id not in of_case:
            number = container_number(line.visit.number)
            found.append(
                {
                    "line": str(line.ref),
                    "field": "visit",
                    "message": _("%(number)s is not part of the case.") % {"number": number},
                }
            )
    seized = set(inspection.seizures.filter(removed_at=None).values_list("line", flat=True))
    for line in lines:
        found += _of_line(line, is_seized=line.pk in seized)
    return found


def _of_line(line: InspectionLine, *, is_seized: bool) -> list[Missing]:
    number = container_number(line.visit.number)
    found: list[Missing] = []

    def tell(field: str, message: str) -> None:
        found.append({"line": str(line.ref), "field": field, "message": f"{number}: {message}"})

    done = methods_done(line)
    if not done:
        tell("methods", _("say how it was examined"))
    for method, told in line.methods.items():
        if told.get("started") and told.get("ended") and told["ended"] < told["started"]:
            tell(f"methods.{method}", _("%(method)s ends before it begins") % {"method": Method(method).label})
    open_points = [point for point in Point if not line.points.get(point, {}).get("state")]
    if open_points and any(method in _DEVANNING for method in done):
        names = ", ".join(str(point.label) for point in open_points)
        tell("points", _("not checked yet: %(points)s") % {"points": names})
    for point in Point:
        told = line.points.get(point, {})
        if told.get("state") in (PointState.FINDING, PointState.NOT_CHECKED) and not told.get("note"):
            tell(
                f"points.{point}",
                _("%(point)s: say what was found, or why it was not checked") % {"point": point.label},
            )
    seals = list(line.seals.all())
    was_opened = any(method in OPENED for method in done) or any(
        seal.event == SealEvent.FOUND and seal.condition == SealCondition.BROKEN for seal in seals
    )
    if was_opened and not any(seal.event == SealEvent.AFFIXED for seal in seals):
        tell("seals", _("it was opened: affix a seal and write its number"))
    for seal in seals:
        if seal.event == SealEvent.FOUND and not seal.condition:
            tell("seals", _("say in what state seal %(number)s was") % {"number": seal.number})
    if line.packages_found is not None and not line.counted_how:
        tell("counted_how", _("say how the packages were counted"))
    if line.gross_found_kg is not None and not line.weighed_how:
        tell("weighed_how", _("say how it was weighed"))
    if differs(line) and not line.difference_note:
        tell("difference_note", _("say why there is more or less than declared"))
    if not line.photos_note and (missing := photos_missing(line, line.photos.all())):
        names = ", ".join(str(kind.label) for kind in missing)
        tell("photos", _("photographs are missing: %(kinds)s") % {"kinds": names})
    if not line.result:
        tell("result", _("say what it came to"))
    elif line.result == Result.FOUND and not line.findings:
        tell("findings", _("say what was found and where"))
    elif line.result == Result.CLEAN and is_seized:
        tell("result", _("goods were seized, so it is not clean"))
    return found
