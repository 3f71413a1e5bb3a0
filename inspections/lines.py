"""The lines of an act: one for each piece of equipment that is examined; what of the case is left out, and why."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections import acts
from inspections.choices import State
from inspections.declared import declared_in
from inspections.errors import InvalidActError
from inspections.models import Inspection, InspectionLine, Photo, Seizure
from inspections.reports import LINE
from pcu.accounts.models import User
from profiling.cargo.models import EquipmentVisit

REASON_LENGTH = 240
# What somebody may have written into a line: all but what the papers say.
_WRITTEN = [name for name in (*LINE, "found_in_id") if name not in ("packages_declared", "gross_declared_kg")]


def without_line(inspection: Inspection) -> QuerySet[EquipmentVisit]:
    """Equipment of the case that the act has no line for."""
    rows: QuerySet[EquipmentVisit] = inspection.case.visits.exclude(inspection_lines__inspection=inspection)
    return rows.order_by("kind", "number", "pk")


def not_examined(inspection: Inspection) -> list[EquipmentVisit]:
    """Equipment that was ordered to be examined, and has a line neither here nor in another examination of the case,
    nor a reason why it is left out. What nobody ordered, its planner chose."""
    if inspection.referral_id is None:
        return []
    elsewhere = InspectionLine.objects.filter(inspection__case=inspection.case_id).exclude(
        inspection__state=State.DROPPED
    )
    rows = without_line(inspection).exclude(pk__in=elsewhere.values("visit"))
    return [visit for visit in rows if str(visit.ref) not in inspection.left_out]


def empty_of(lines: Sequence[InspectionLine]) -> set[int]:
    """The keys of those lines on which nothing stands, with seals read; photographs and seizures taken out again count
    as something. Two queries."""
    keys = [line.pk for line in lines]
    used = {*Photo.objects.filter(line__in=keys).values_list("line", flat=True)}
    used |= {*Seizure.objects.filter(line__in=keys).values_list("line", flat=True)}
    return {
        line.pk
        for line in lines
        if line.pk not in used
        and not line.seals.all()
        and all(getattr(line, name) in (None, "", {}) for name in _WRITTEN)
    }


@transaction.atomic
def add_line(*, inspection: Inspection, visit: EquipmentVisit, user: User) -> InspectionLine:
    """Examine another piece of equipment of the case as well; what has a line already keeps it.

    Raises InvalidActError for equipment of another case, NotEditableError, PermissionDenied.
    """
    inspection = acts.locked(inspection)
    acts.require_editable(inspection, user)
    if not inspection.case.visits.filter(pk=visit.pk).exists():
        raise InvalidActError({"visit": _("This equipment is not part of the case.")})
    known: InspectionLine | None = inspection.lines.filter(visit=visit).first()
    if known is not None:
        return known
    now = timezone.now()
    packages, gross_kg = declared_in([visit])[visit.pk]
    line: InspectionLine = InspectionLine.objects.create(
        inspection=inspection, visit=visit, packages_declared=packages, gross_declared_kg=gross_kg, updated_at=now
    )
    inspection.left_out.pop(str(visit.ref), None)
    acts.touch(inspection, at=now)
    return line


@transaction.atomic
def leave_out(*, line: InspectionLine, user: User, reason: str) -> Inspection:
    """Take away a line on which nothing stands, and say why that equipment is not examined.

    Raises InvalidActError, NotEditableError, PermissionDenied.
    """
    inspection = acts.locked(line.inspection)
    acts.require_editable(inspection, user)
    fresh = inspection.lines.select_related("visit").filter(pk=line.pk).first()
    if fresh is None:  # a second click
        return inspection
    told = reason.replace("\0", "").strip()
    errors = {}
    if not empty_of([fresh]):
        errors["line"] = _("Something is recorded of this equipment, so it stays in the act.")
    if not told:
        errors["reason"] = _("Say why it is left out.")
    elif len(told) > REASON_LENGTH:
        errors["reason"] = _("At most %(most)d characters.") % {"most": REASON_LENGTH}
    if errors:
        raise InvalidActError(errors)
    inspection.left_out[str(fresh.visit.ref)] = {"equipment": fresh.visit.number, "why": told}
    fresh.delete()
    acts.touch(inspection, at=timezone.now())
    return inspection
