"""Who wrote an act or took part in it: they do not review it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from inspections.models import (
    AppliedChange,
    Handover,
    Inspection,
    Photo,
    Report,
    Review,
    Seizure,
    Signature,
    TeamMember,
)
from pcu.accounts.models import User
from profiling.cases.models import CaseEvent


class Part(TextChoices):
    """In what way somebody took part; the first that is true is told."""

    SUBMITTED = "submitted", _("you submitted it")
    WROTE = "wrote", _("you planned, began or amended it")
    TEAM = "team", _("you are or were in the team")
    PHOTOGRAPHED = "photographed", _("you took photographs")
    SEIZED = "seized", _("you recorded a seizure")
    CUSTODY = "custody", _("you gave or received what was seized, or recorded it")
    CHANGED = "changed", _("you changed something in it")


# What hangs on an act and keeps its history, with the way from the history row to the act.
_CHANGED = {
    "InspectionHistory": "pgh_obj",
    "InspectionLineHistory": "inspection",
    "SealRecordHistory": "line__inspection",
    "TeamMemberHistory": "inspection",
    "PersonPresentHistory": "inspection",
    "PhotoHistory": "inspection",
    "SeizureHistory": "inspection",
    "LinkHistory": "seizure__inspection",
    "SampleHistory": "seizure__inspection",
}
_WRITTEN = (
    CaseEvent.Kind.EXAMINATION_PLANNED,
    CaseEvent.Kind.EXAMINATION_STARTED,
    CaseEvent.Kind.EXAMINATION_SUBMITTED,
    CaseEvent.Kind.EXAMINATION_AMENDED,
    CaseEvent.Kind.AMENDMENT_DROPPED,
    CaseEvent.Kind.SEIZURE,
)

Parts = dict[int, dict[int, Part]]
"""Key of the inspection to key of the user to the part the user had."""


def took_part(inspections: Sequence[Inspection]) -> Parts:
    """Everybody who wrote or took part, of all these acts at once; the number of queries is fixed."""
    found: Parts = {inspection.pk: {} for inspection in inspections}
    for part, pairs in _parts(inspections):
        for inspection, user in pairs:
            if user is not None:
                found[inspection].setdefault(int(user), part)
    return found


def part_of(inspection: Inspection, user: User) -> Part | None:
    """In what way a person took part, None when in none."""
    return took_part([inspection])[inspection.pk].get(user.pk)


def _parts(inspections: Sequence[Inspection]) -> Iterator[tuple[Part, Iterable[tuple[int, Any]]]]:
    keys = [inspection.pk for inspection in inspections]
    yield Part.SUBMITTED, _pairs(Report.objects.filter(inspection__in=keys), "inspection", "submitted_by")
    yield Part.WROTE, [(inspection.pk, inspection.created_by_id) for inspection in inspections]
    yield Part.WROTE, _writers(inspections)
    yield Part.TEAM, _pairs(TeamMember.objects.filter(inspection__in=keys), "inspection", "user")
    yield Part.TEAM, _pairs(_history("TeamMemberHistory").filter(inspection__in=keys), "inspection", "user")
    yield Part.PHOTOGRAPHED, _pairs(Photo.objects.filter(inspection__in=keys), "inspection", "uploaded_by")
    yield Part.SEIZED, _pairs(Seizure.objects.filter(inspection__in=keys), "inspection", "created_by")
    handovers = Handover.objects.filter(seizure__inspection__in=keys)
    for side in ("given_by", "received_by", "recorded_by"):
        yield Part.CUSTODY, _pairs(handovers, "seizure__inspection", side)
    signatures = Signature.objects.filter(handover__seizure__inspection__in=keys)
    for person in ("user", "recorded_by"):  # who signed, and who recorded a signature on paper
        yield Part.CUSTODY, _pairs(signatures, "handover__seizure__inspection", person)
    yield Part.CHANGED, _pairs(AppliedChange.objects.filter(inspection__in=keys), "inspection", "user")
    reviewed = Review.objects.filter(report__inspection__in=keys)
    for name, way in _CHANGED.items():
        changes = _history(name).filter(**{f"{way}__in": keys})
        if name == "InspectionHistory":  # a review moves the act on as well, and is no work on it
            changes = changes.exclude(updated_at__in=reviewed.values("reviewed_at"))
        yield Part.CHANGED, _pairs(changes, way, "pgh_context__metadata__user")


def _writers(inspections: Sequence[Inspection]) -> Iterator[tuple[int, Any]]:
    by_ref = {str(inspection.ref): inspection.pk for inspection in inspections}
    events = CaseEvent.objects.filter(
        case__in={inspection.case_id for inspection in inspections},
        kind__in=_WRITTEN,
        facts__inspection__in=list(by_ref),
    )
    for ref, user in events.order_by().values_list("facts__inspection", "actor").distinct():
        yield by_ref[ref], user


def _history(name: str) -> QuerySet[Any]:
    """Rows that triggers wrote of every state, with who changed it in the context where a person did."""
    rows: QuerySet[Any] = apps.get_model("inspections", name)._default_manager.all()
    return rows


def _pairs(rows: QuerySet[Any], inspection: str, user: str) -> Iterable[tuple[int, Any]]:
    return rows.order_by().values_list(inspection, user).distinct()
