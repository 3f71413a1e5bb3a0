"""The act as it is submitted: a whole copy as nested plain values, and its digest.

Content, version 1 (codes, not words; decimals and ISO 8601 times as text; refs tie the parts together)::

    version    1
    act        number, unit, case, reason, asked_method, instructions, place, planned_for, started_at, ended_at,
               remarks, damage, left_out [visit, equipment, why]
    team       [user, name, agency, leads]
    present    [name, capacity]
    lines      [ref, visit, kind, equipment, methods, points, packages…, weights…, radiation…, findings, photos_note,
               result, found_in {ref, document} or null, seals [ref, event, number, condition, by, at, note]]
    photos     [ref, line, seal, kind, caption, sha256, shown_sha256, taken_at, size]
    seizures   [ref, number, line, visit, equipment, consignment {ref, document} or null, commodity, template_version,
               facts, quantities…, value…, place, concealment, cover_load, detections, description, handling,
               seized_at, disposal, links […], samples […], custody (how many hand-overs)]
    words      the lists' words used above: {"place:floor": {"en": "Floor", …}}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Model, Prefetch

from inspections.models import Inspection, InspectionLine, Link, ListedWord, Photo, Report, Review, Sample, Seizure
from profiling.cargo.models import Consignment

VERSION = 1
# The columns that are copied, each under its own name.
ACT = (
    "reason", "asked_method", "instructions", "place", "planned_for", "started_at", "ended_at", "remarks", "damage",
)  # fmt: skip
LINE = (
    "methods", "points", "packages_declared", "packages_found", "counted_how", "gross_declared_kg", "gross_found_kg",
    "weighed_how", "weighing_note", "difference_note", "radiation_usvh", "radiation_background_usvh",
    "radiation_device", "findings", "photos_note", "result",
)  # fmt: skip
SEAL = ("ref", "event", "number", "condition", "by", "at", "note")
PHOTO = ("ref", "kind", "caption", "sha256", "shown_sha256", "taken_at", "size")
SEIZURE = (
    "ref", "number", "commodity", "template_version", "facts", "declared_as", "declared_quantity", "quantity",
    "quantity_unit", "value", "value_currency", "value_basis", "cover_load", "description", "handling", "seized_at",
    "disposal",
)  # fmt: skip
LINK = ("ref", "kind", "name", "part", "identifier", "note")
SAMPLE = ("ref", "bag", "description", "laboratory", "sent_at", "due_on", "verdict", "result", "reported_on")


def content(inspection: Inspection) -> dict[str, Any]:
    """The act as it stands now; photographs and seizures taken out of it are left out. Eleven queries."""
    act = (
        Inspection.objects.select_related("unit", "case")
        .prefetch_related(
            "team__user",
            "present",
            Prefetch("lines", InspectionLine.objects.select_related("visit", "found_in").prefetch_related("seals")),
            Prefetch("photos", Photo.objects.filter(removed_at=None).select_related("line", "seal")),
            Prefetch("seizures", _seizures()),
        )
        .get(pk=inspection.pk)
    )
    seizures = list(act.seizures.all())
    return {
        "version": VERSION,
        "act": {
            "number": act.number,
            "unit": act.unit.code,
            "case": act.case.number,
            **_fields(act, ACT),
            "left_out": _left_out(act),
        },
        "team": [
            {"user": str(member.user.ref), "name": str(member.user), "agency": member.agency, "leads": member.leads}
            for member in act.team.all()
        ],
        "present": [{"name": person.name, "capacity": person.capacity} for person in act.present.all()],
        "lines": [_line(line) for line in act.lines.all()],
        "photos": [
            {**_fields(photo, PHOTO), "line": _ref(photo.line), "seal": _ref(photo.seal)} for photo in act.photos.all()
        ],
        "seizures": [_seizure(seizure) for seizure in seizures],
        "words": {_code(word): word.labels for word in _words(seizures)},
    }


def digest(told: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON: keys in order, no spaces, UTF-8."""
    plain = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def approved_report(inspection: Inspection) -> Report | None:
    """What stands as the act: the latest approved submission, whatever is being amended meanwhile."""
    reports = Report.objects.filter(inspection=inspection, review__verdict=Review.Verdict.APPROVED)
    return reports.order_by("-number").first()


def before(report: Report) -> Report | None:
    """The submission that a later one is held against: the last before it whose work went on."""
    earlier = Report.objects.filter(inspection=report.inspection, number__lt=report.number, given_up=False)
    return earlier.select_related("submitted_by").order_by("-number").first()


def _seizures() -> Any:
    return (
        Seizure.objects.filter(removed_at=None)
        .select_related("line__visit", "consignment", "place", "concealment")
        .annotate(custody=Count("handovers"))
        .prefetch_related(
            "detections",
            Prefetch("links", Link.objects.select_related("party")),
            Prefetch("samples", Sample.objects.order_by("pk")),
        )
    )


def _left_out(act: Inspection) -> list[dict[str, str]]:
    told = [{"visit": ref, **why} for ref, why in act.left_out.items()]
    return sorted(told, key=lambda one: (one["equipment"], one["visit"]))


def _line(line: InspectionLine) -> dict[str, Any]:
    return {
        "ref": str(line.ref),
        "visit": str(line.visit.ref),
        "kind": line.visit.kind,
        "equipment": line.visit.number,
        **_fields(line, LINE),
        "found_in": _consignment(line.found_in),
        "seals": [_fields(seal, SEAL) for seal in line.seals.all()],
    }


def _seizure(seizure: Any) -> dict[str, Any]:
    return {
        **_fields(seizure, SEIZURE),
        "line": str(seizure.line.ref),
        "visit": str(seizure.line.visit.ref),
        "equipment": seizure.line.visit.number,
        "consignment": _consignment(seizure.consignment),
        "place": _code(seizure.place),
        "concealment": _code(seizure.concealment),
        "detections": sorted(_code(word) for word in seizure.detections.all()),
        "links": [{**_fields(link, LINK), "party": _ref(link.party)} for link in seizure.links.all()],
        "samples": [_fields(sample, SAMPLE) for sample in seizure.samples.all()],
        "custody": seizure.custody,
    }


def _words(seizures: Iterable[Seizure]) -> Iterator[ListedWord]:
    for seizure in seizures:
        yield from filter(None, (seizure.place, seizure.concealment, *seizure.detections.all()))


def _code(word: ListedWord | None) -> str:
    return f"{word.list}:{word.code}" if word else ""


def _consignment(consignment: Consignment | None) -> dict[str, str] | None:
    return {"ref": str(consignment.ref), "document": consignment.document_no} if consignment else None


def _ref(row: Any) -> str:
    return str(row.ref) if row else ""


def _fields(row: Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    """A value as JSON keeps it, so that what is read back is the same."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case None | bool() | int() | str() | dict() | list():
            return value
        case _:
            return str(value)
