"""The panel of seizures on the page of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from inspections import custody
from inspections.models import Seizure
from inspections.seizure_notices import amount
from profiling.cases.models import Case


def read(request: HttpRequest, case: Case) -> Mapping[str, Any] | None:
    """What was seized in the case's examinations; nothing where nothing was."""
    rows = (
        Seizure.objects.visible_to(request.user)
        .filter(case=case, removed_at=None)
        .select_related("line__visit", "place", "unit")
        .order_by("pk")
    )
    found = [
        (seizure, amount(seizure), custody.holder_of(list(seizure.handovers.all())))
        for seizure in custody.with_chains(rows)
    ]
    return {"seizures": found} if found else None
