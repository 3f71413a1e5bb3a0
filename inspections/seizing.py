"""Seizures: record what was taken on a line of an act, change it, take it out again, and what becomes of it.

All but the disposal belongs to the act: it is changed while the act may be, and never after.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections.acts import EDITABLE, locked, require_editable, tell, touch
from inspections.choices import State
from inspections.errors import InvalidActError, NotEditableError
from inspections.models import Inspection, InspectionLine, Seizure
from inspections.seizure_checks import Account, checked
from inspections.seizure_errors import InCustodyError, RemovedSeizureError, SeizureChangedError
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from pcu.desk import once
from pcu.rows import next_ids
from profiling.cases.models import CaseEvent

DISPOSAL_LENGTH = 2000


@transaction.atomic
def record_seizure(*, line: InspectionLine, user: User, account: Account, form_key: str = "") -> Seizure:
    """Goods of one kind taken on a line. form_key: of the form or call; the same with the same words is answered with
    the seizure recorded first, however it stands by now.

    Raises InvalidActError (by field), RemovedSeizureError where that one was taken out, NotEditableError,
    PermissionDenied.
    """
    inspection = locked(line.inspection)
    user.scope.require(Capability.INSPECT, inspection.unit_id)
    digest = once.digest_of(form_key, user.pk, line, account.said())
    before: Seizure | None = once.made_before(inspection.seizures.all(), digest)
    if before is not None:
        if before.removed_at is not None:
            raise RemovedSeizureError(before)
        return before
    require_editable(inspection, user)
    sound = checked(account, line=line, inspection=inspection)
    now = timezone.now()
    (pk,) = next_ids(Seizure, 1)
    seizure: Seizure = Seizure.objects.create(
        pk=pk,
        number=f"{inspection.unit.code}-S-{now.astimezone(inspection.unit.zone).year}-{pk:05d}",
        unit=inspection.unit,
        case=inspection.case,
        inspection=inspection,
        line=line,
        created_by=user,
        created_at=now,
        updated_at=now,
        once=digest,
        **sound,
    )
    seizure.detections.set(account.detections)
    touch(inspection, at=now)
    facts = {"number": seizure.number, "seizure": str(seizure.ref), "commodity": seizure.commodity}
    tell(inspection, CaseEvent.Kind.SEIZURE, at=now, actor=user, facts=facts)
    return seizure


@transaction.atomic
def change_seizure(*, seizure: Seizure, user: User, account: Account, expected_version: int) -> Seizure:
    """Write the whole account anew.

    Raises InvalidActError (by field), SeizureChangedError, RemovedSeizureError, NotEditableError, PermissionDenied.
    """
    inspection, fresh = locked_seizure(seizure)
    require_editable(inspection, user)
    require_current(fresh, expected_version)
    for name, value in checked(account, line=fresh.line, inspection=inspection, before=fresh).items():
        setattr(fresh, name, value)
    fresh.detections.set(account.detections)
    count_change(inspection, fresh)
    return fresh


@transaction.atomic
def remove_seizure(*, seizure: Seizure, user: User, expected_version: int) -> Seizure:
    """Take a seizure recorded by mistake out of the act; the row stays for the history.

    Raises InCustodyError once it was handed over, and what `change_seizure` raises.
    """
    inspection, fresh = locked_seizure(seizure)
    require_editable(inspection, user)
    require_current(fresh, expected_version)
    if fresh.handovers.exists():
        raise InCustodyError(fresh)
    now = timezone.now()
    fresh.removed_at = now
    count_change(inspection, fresh)
    facts = {"number": fresh.number, "seizure": str(fresh.ref)}
    tell(inspection, CaseEvent.Kind.SEIZURE_REMOVED, at=now, actor=user, facts=facts)
    return fresh


@transaction.atomic
def note_disposal(*, seizure: Seizure, user: User, disposal: str, expected_version: int) -> Seizure:
    """Say what became of the goods: stored, destroyed, returned, handed to a court. Also after approval.

    Raises InvalidActError, SeizureChangedError, RemovedSeizureError, NotEditableError, PermissionDenied.
    """
    inspection, fresh = locked_seizure(seizure)
    require_standing(inspection, user)
    require_current(fresh, expected_version)
    text = disposal.replace("\0", "").strip()
    if len(text) > DISPOSAL_LENGTH:
        raise InvalidActError({"disposal": _("At most %(count)d characters.") % {"count": DISPOSAL_LENGTH}})
    fresh.disposal = text
    fresh.version += 1
    fresh.updated_at = timezone.now()
    fresh.save()
    return fresh


def locked_seizure(seizure: Seizure) -> tuple[Inspection, Seizure]:
    """The act and the seizure as they stand now, locked in this order. Raises RemovedSeizureError."""
    inspection = locked(seizure.inspection)
    fresh: Seizure = (
        Seizure.objects.select_for_update(of=("self",))
        .select_related("unit", "line__visit", "inspection", "case")
        .get(pk=seizure.pk)
    )
    if fresh.removed_at is not None:
        raise RemovedSeizureError(fresh)
    return inspection, fresh


def require_current(seizure: Seizure, expected_version: int) -> None:
    """Raises SeizureChangedError."""
    if seizure.version != expected_version:
        raise SeizureChangedError(seizure)


def require_standing(inspection: Inspection, user: User) -> None:
    """What goes on after approval: custody, samples, disposal. Raises PermissionDenied, NotEditableError."""
    user.scope.require(Capability.INSPECT, inspection.unit_id)
    if inspection.state == State.DROPPED:
        raise NotEditableError(str(inspection.get_state_display()))


def count_change(inspection: Inspection, seizure: Seizure) -> None:
    """Count one more change of a locked seizure and of its act, and save both."""
    now = timezone.now()
    seizure.version += 1
    seizure.updated_at = now
    seizure.save()
    touch(inspection, at=now)


def count_row(inspection: Inspection, seizure: Seizure) -> None:
    """A row that hangs on the seizure came or changed: the act counts it while it may be changed.

    The version of the seizure stays: whoever has its form open loses nothing by it.
    """
    now = timezone.now()
    seizure.updated_at = now
    seizure.save(update_fields=["updated_at"])
    if inspection.state in EDITABLE:
        touch(inspection, at=now)
