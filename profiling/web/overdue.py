"""The list of cases that nobody ends: past their clock, oldest first, and closed ones whose equipment is still held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pcu.accounts.models import Unit
from pcu.desk import paging
from pcu.desk.paging import SortKey
from profiling.cases.filters import OverdueFilterSet
from profiling.cases.models import Case, Hold
from profiling.cases.overdue import Stage, closed_and_held, overdue, with_stage
from profiling.web.lists import list_page
from profiling.web.queue_rows import holder

SIZE = 50
OLDEST_DUE_FIRST = (SortKey("due_at"), SortKey("id"))
OLDEST_CLOSED_FIRST = (SortKey("closed_at", nullable=True), SortKey("id"))


@dataclass(frozen=True, slots=True)
class LateRow:
    """`age`: since its time was over, or since it was closed."""

    case: Case
    age: timedelta
    stage: str
    holder: Any
    held: Sequence[str]


@dataclass(frozen=True, slots=True)
class UnitCount:
    unit: Unit
    count: int
    is_on: bool


@require_safe
@never_cache
def overdue_list(request: HttpRequest) -> HttpResponse:
    """`?show=held` for the closed ones; `?unit=` and `?stage=` narrow."""
    now = timezone.now()
    shows_held = request.GET.get("show") == "held"
    visible = Case.objects.visible_to(request.user)
    late, held = overdue(visible, now), closed_and_held(visible)
    listed = held if shows_held else late
    rows = with_stage(listed).select_related("unit", "working_unit", "recommended_lane", "claimed_by")
    standing = Hold.objects.exclude(state=Hold.State.LIFTED).select_related("visit").order_by("pk")
    rows = rows.prefetch_related(Prefetch("holds", standing, to_attr="standing_holds"))

    def fill(cases: Sequence[Any]) -> dict[str, Any]:
        return {"rows": [_row(case, now, shows_held) for case in cases]}

    return list_page(
        request,
        "profiling/overdue.html",
        OverdueFilterSet(request.GET, queryset=rows, request=request),
        order=OLDEST_CLOSED_FIRST if shows_held else OLDEST_DUE_FIRST,
        size=SIZE,
        context={
            "fill": fill,
            "shows_held": shows_held,
            "late_count": paging.count(late),
            "held_count": paging.count(held),
            "units": _by_unit(listed, request.GET.get("unit", "")),
            "stages": Stage.choices,
            "stage": request.GET.get("stage", ""),
        },
    )


def _row(case: Any, now: Any, shows_held: bool) -> LateRow:
    since = case.closed_at if shows_held else case.due_at
    return LateRow(
        case=case,
        age=now - (since or now),
        stage=str(Stage(case.stage).label),
        holder=holder(case, now),
        held=[hold.visit.number for hold in case.standing_holds],
    )


def _by_unit(cases: QuerySet[Any], chosen: str) -> list[UnitCount]:
    """How many each unit has to work on; nothing to choose from where there is but one."""
    counts = dict(cases.order_by().values_list("working_unit").annotate(Count("pk")))
    units = Unit.objects.filter(pk__in=counts)
    found = [UnitCount(unit, counts[unit.pk], unit.code == chosen) for unit in units]
    return found if len(found) > 1 or chosen else []
