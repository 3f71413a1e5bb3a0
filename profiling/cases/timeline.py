"""One way to change a case: lock it, change it, bump its version, tell its timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pcu.accounts.models import User
from profiling.cases.models import Case, CaseEvent


def locked(case: Case) -> Case:
    """The case as it stands now, locked until the transaction ends; call inside one."""
    related = ("unit", "working_unit", "recommended_lane", "assessment", "claimed_by")
    fresh: Case = Case.objects.select_for_update(of=("self",)).select_related(*related).get(pk=case.pk)
    return fresh


def event(
    case: Case,
    kind: CaseEvent.Kind,
    *,
    at: datetime,
    actor: User | None = None,
    text: str = "",
    facts: Mapping[str, Any] | None = None,
) -> CaseEvent:
    """An unsaved line of the timeline. It keeps the version it led to, so that a conflict can say what came since."""
    return CaseEvent(
        case=case, kind=kind, at=at, actor=actor, text=text, facts={**(facts or {}), "version": case.version}
    )


def bump(case: Case, *, at: datetime) -> None:
    """Count one more change, in memory; call once a change, before its events are made."""
    case.version += 1
    case.updated_at = at


def events_since(case: Case, version: int) -> Sequence[CaseEvent]:
    """What happened after the case stood at `version`, oldest first."""
    return list(case.events.filter(facts__version__gt=version).select_related("actor"))
