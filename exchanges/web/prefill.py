"""What the receiving unit's own case on the equipment already says, as the beginning of a feedback."""

from __future__ import annotations

from typing import Any

from exchanges import standing
from exchanges.choices import Action, Answer, Located
from exchanges.models import PartnerWarning
from pcu.accounts.models import User
from profiling.cases.choices import Method, Result
from profiling.cases.models import Outcome

_DONE = {
    Method.DOCUMENTARY: Action.DOCUMENTS,
    Method.SCAN: Action.SCAN,
    Method.DOG: Action.DOG,
    Method.TAILGATE: Action.TAILGATE,
    Method.PARTIAL_DEVANNING: Action.PARTIAL_DEVANNING,
    Method.FULL_DEVANNING: Action.FULL_DEVANNING,
}


def from_own_cases(warning: PartnerWarning, user: User) -> dict[str, Any]:
    """Located, examined, found, as the outcomes of the unit's cases stand; the only container where there is one."""
    numbers = [one["number"] for one in warning.body["equipment"]]
    said: dict[str, Any] = {"equipment": numbers if len(numbers) == 1 else []}
    cases = list(standing.cases_about(warning, user))
    if not cases:
        return said
    said["located"] = Located.YES
    visible = Outcome.objects.visible_to(user).filter(case__in=cases, visit__number__in=numbers)
    outcomes = list(visible.standing().select_related("visit").order_by("recorded_at", "pk"))
    if not outcomes:
        return said
    result = Result.FOUND if any(one.result == Result.FOUND for one in outcomes) else Result.CLEAN
    telling = [one for one in outcomes if one.result == result]
    said |= {
        "result": Answer(result.value),
        "equipment": sorted({one.visit.number for one in telling if one.visit}),
        "action": _DONE.get(Method(telling[-1].method), "") if telling[-1].method else "",
        "commodity": telling[-1].commodity,
    }
    return said
