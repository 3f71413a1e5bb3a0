"""The examinations of a case on its page: what was planned, how far it is, and the way to plan one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from inspections.models import Inspection
from pcu.accounts.roles import Capability
from profiling.cases.models import Case, Referral
from profiling.web.people import person


def read(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """Two queries. Nothing is shown where nothing was asked for and the person could not ask."""
    user = person(request)
    acts = Inspection.objects.visible_to(user).filter(case=case).prefetch_related("lines__visit").order_by("pk")
    waiting = list(case.referrals.filter(state=Referral.State.OPEN).order_by("pk"))
    may_plan = case.state != Case.State.CLOSED and user.scope.allows(Capability.INSPECT, case.working_unit_id)
    found = list(acts)
    if not found and not waiting and not may_plan:
        return None
    return {"case": case, "unit": case.working_unit, "inspections": found, "waiting": waiting, "may_plan": may_plan}
