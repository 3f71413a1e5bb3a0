"""The panel of the case page: warnings that went out from it, and those that came in about its equipment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from exchanges import standing
from exchanges.models import PartnerWarning
from exchanges.services.notices import is_ready
from exchanges.web.clocks import nearest
from inspections.models import Seizure
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.cases.models import Case
from profiling.web.people import person

AT_MOST = 20


def read(request: HttpRequest, case: Case) -> Mapping[str, Any] | None:
    """None where there is nothing to tell and nothing to do."""
    user = person(request)
    units = {case.unit_id, case.working_unit_id}
    visible = PartnerWarning.objects.visible_to(user).select_related("thread", "from_unit", "to_unit")
    own = {unit for unit in units if user.scope.allows(Capability.READ, unit)}
    sent = visible.filter(case=case, from_unit__in=own).prefetch_related("thread__clocks").order_by("pk")[:AT_MOST]
    received = standing.received_about(case, user).select_related("thread", "from_unit").order_by("pk")[:AT_MOST]
    now = timezone.now()
    facts = {
        "case": case,
        "sent": [(one, nearest(list(one.thread.clocks.all()), one.from_unit, now)) for one in sent],
        "received": list(received),
        "seizures": _to_tell(case, user),
        "may_warn": any(user.scope.allows(Capability.WARN, unit) for unit in units),
    }
    return facts if facts["seizures"] or facts["sent"] or facts["received"] or facts["may_warn"] else None


def _to_tell(case: Case, user: User) -> list[Seizure]:
    """Approved seizures of the case that the person may tell other units of."""
    visible = Seizure.objects.visible_to(user).filter(case=case, unit__in=user.scope.units(Capability.WARN))
    return [one for one in visible.select_related("inspection").order_by("pk")[:AT_MOST] if is_ready(one)]
