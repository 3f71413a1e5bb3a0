"""One way to change an act: lock it, see that it may be changed and by whom, count the change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inspections.choices import State
from inspections.errors import NotEditableError
from inspections.models import Inspection
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.cases.models import CaseEvent
from profiling.cases.timeline import bump, event
from profiling.cases.timeline import locked as locked_case

EDITABLE = (State.PLANNED, State.UNDER_WAY, State.RETURNED, State.AMENDING)


def locked(inspection: Inspection) -> Inspection:
    """The act as it stands now, locked until the transaction ends; its case is locked first, as everywhere."""
    locked_case(inspection.case)
    fresh: Inspection = (
        Inspection.objects.select_for_update(of=("self",))
        .select_related("unit", "case", "referral")
        .get(pk=inspection.pk)
    )
    return fresh


def may_edit(inspection: Inspection, user: User) -> bool:
    """Whether the state of the act and the role of the person allow a change."""
    return inspection.state in EDITABLE and user.scope.allows(Capability.INSPECT, inspection.unit_id)


def require_editable(inspection: Inspection, user: User) -> None:
    """Raises PermissionDenied, NotEditableError."""
    user.scope.require(Capability.INSPECT, inspection.unit_id)
    if inspection.state not in EDITABLE:
        raise NotEditableError(str(inspection.get_state_display()))


def touch(inspection: Inspection, *, at: datetime) -> None:
    """Count one more change of a locked act and save it."""
    inspection.version += 1
    inspection.updated_at = at
    inspection.save()


def tell(
    inspection: Inspection,
    kind: CaseEvent.Kind,
    *,
    at: datetime,
    actor: User,
    text: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Write a line into the case's timeline; it names the act."""
    case = locked_case(inspection.case)
    bump(case, at=at)
    case.save(update_fields=["version", "updated_at"])
    named = {"number": inspection.number, "inspection": str(inspection.ref), **(facts or {})}
    event(case, kind, at=at, actor=actor, text=text, facts=named).save()
