"""Samples: taken with the act, or after its approval for a further result; what the laboratory says, written once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections.acts import EDITABLE, require_editable, tell
from inspections.choices import State
from inspections.errors import InvalidActError, NotEditableError
from inspections.models import Inspection, Sample, Seizure
from inspections.moments import fault_of
from inspections.outcomes import settle_outcomes
from inspections.seizing import count_row, locked_seizure, require_standing
from inspections.seizure_errors import ResultGivenError
from pcu.accounts.models import User
from profiling.cases.models import CaseEvent

LENGTHS = {"bag": 40, "description": 240, "laboratory": 160}
RESULT_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class Taken:
    """A sample as it is told. due_on: the day the result is expected."""

    bag: str
    description: str
    laboratory: str = ""
    sent_at: datetime | None = None
    due_on: date | None = None


def awaited(user: User) -> QuerySet[Sample]:
    """Samples a user may see whose result has not come, the earliest due first, those without a day last."""
    rows = Sample.objects.visible_to(user).filter(verdict="", seizure__removed_at=None)
    found: QuerySet[Sample] = rows.select_related("seizure__unit", "seizure__line__visit")
    return found


@transaction.atomic
def add_sample(*, seizure: Seizure, user: User, taken: Taken) -> Sample:
    """Raises InvalidActError (by field), NotEditableError while the act waits for review, PermissionDenied."""
    inspection, fresh = locked_seizure(seizure)
    require_standing(inspection, user)
    if inspection.state not in (*EDITABLE, State.APPROVED):
        raise NotEditableError(str(inspection.get_state_display()))
    told = _checked(taken, fresh)
    sample: Sample = Sample.objects.create(seizure=fresh, **told)
    count_row(inspection, fresh)
    return sample


@transaction.atomic
def change_sample(*, sample: Sample, user: User, taken: Taken) -> Sample:
    """Raises ResultGivenError, and what `add_sample` raises; after approval NotEditableError."""
    inspection, fresh = _locked(sample)
    require_editable(inspection, user)
    if fresh.verdict:
        raise ResultGivenError(fresh)
    for name, value in _checked(taken, fresh.seizure, fresh).items():
        setattr(fresh, name, value)
    fresh.save()
    count_row(inspection, fresh.seizure)
    return fresh


@transaction.atomic
def remove_sample(*, sample: Sample, user: User) -> None:
    """Take out a sample recorded by mistake. Raises ResultGivenError, NotEditableError, PermissionDenied."""
    inspection, fresh = _locked(sample)
    require_editable(inspection, user)
    if fresh.verdict:
        raise ResultGivenError(fresh)
    fresh.delete()
    count_row(inspection, fresh.seizure)


@transaction.atomic
def record_result(*, sample: Sample, user: User, verdict: str, result: str, reported_on: date | None) -> Sample:
    """What the laboratory says, also after approval; then the outcome is confirmed or withdrawn accordingly.

    Raises InvalidActError (by field), ResultGivenError, RemovedSeizureError, NotEditableError, PermissionDenied.
    """
    inspection, fresh = _locked(sample)
    require_standing(inspection, user)
    if fresh.verdict:
        raise ResultGivenError(fresh)
    text = result.replace("\0", "").strip()
    errors = {}
    if verdict not in Sample.Verdict.values:
        errors["verdict"] = _("Say what the laboratory found.")
    if not text:
        errors["result"] = _("Write the result as the laboratory words it.")
    elif len(text) > RESULT_LENGTH:
        errors["result"] = _("At most %(count)d characters.") % {"count": RESULT_LENGTH}
    zone = inspection.unit.zone
    if reported_on is None:
        errors["reported_on"] = _("Say of which day the report is.")
    elif fault := fault_of(reported_on):
        errors["reported_on"] = fault
    elif reported_on > timezone.now().astimezone(zone).date():
        errors["reported_on"] = _("This day is still to come.")
    elif fresh.sent_at and reported_on < fresh.sent_at.astimezone(zone).date():
        errors["reported_on"] = _("This is before the sample was sent.")
    if errors:
        raise InvalidActError(errors)
    fresh.verdict, fresh.result, fresh.reported_on = verdict, text, reported_on
    fresh.save()
    seizure = fresh.seizure
    count_row(inspection, seizure)
    facts = {"number": seizure.number, "seizure": str(seizure.ref), "bag": fresh.bag, "verdict": verdict}
    tell(inspection, CaseEvent.Kind.LABORATORY, at=timezone.now(), actor=user, facts=facts)
    settle_outcomes(inspection=inspection, user=user)
    return fresh


def _locked(sample: Sample) -> tuple[Inspection, Sample]:
    inspection, seizure = locked_seizure(sample.seizure)
    fresh = Sample.objects.select_for_update().get(pk=sample.pk)
    fresh.seizure = seizure
    return inspection, fresh


def _checked(taken: Taken, seizure: Seizure, before: Sample | None = None) -> dict[str, object]:
    told = {name: getattr(taken, name).replace("\0", "").strip() for name in LENGTHS}
    errors = {
        name: _("At most %(count)d characters.") % {"count": limit}
        for name, limit in LENGTHS.items()
        if len(told[name]) > limit
    }
    if not told["bag"]:
        errors["bag"] = _("Write the number of the sealed bag.")
    elif Sample.objects.filter(seizure=seizure, bag=told["bag"]).exclude(pk=before.pk if before else None).exists():
        errors["bag"] = _("This bag is recorded already.")
    if not told["description"]:
        errors["description"] = _("Say what the sample is.")
    if taken.sent_at is not None and not told["laboratory"]:
        errors["laboratory"] = _("Say to which laboratory it was sent.")
    if taken.sent_at is not None and (fault := fault_of(taken.sent_at, happened=True)):
        errors["sent_at"] = fault
    if taken.due_on and (fault := fault_of(taken.due_on)):
        errors["due_on"] = fault
    if errors:
        raise InvalidActError(errors)
    if taken.due_on and taken.sent_at and taken.due_on < taken.sent_at.astimezone(seizure.unit.zone).date():
        errors["due_on"] = _("This is before the sample was sent.")
    if errors:
        raise InvalidActError(errors)
    return {**told, "sent_at": taken.sent_at, "due_on": taken.due_on}
