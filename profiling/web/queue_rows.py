"""The rows of the queue: cases with their reasons, place and holder, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from profiling.cargo.models import EquipmentVisit, Placement
from profiling.cases.models import Case
from profiling.web.lookout_rows import hits_by_case
from profiling.web.why import InShort, in_short, one_in, versions_of


@dataclass(frozen=True, slots=True)
class QueueRow:
    case: Case
    why: InShort
    carrier: EquipmentVisit | None
    claimed_by: Any
    one_in: int | None
    lookout_hits: int

    @property
    def others(self) -> int:
        """How many more pieces of equipment there are beside the one shown."""
        return max(0, self.case.equipment_count - 1)


def with_row_facts(cases: QuerySet[Any]) -> QuerySet[Any]:
    return cases.select_related(
        "assessment__release", "assessment__unit", "recommended_lane", "claimed_by", "unit", "working_unit"
    )


def rows(cases: Sequence[Case], user: Any) -> list[QueueRow]:
    """The rows of one page, with the lookouts as far as the user is told; a fixed number of queries."""
    versions = versions_of(case.assessment for case in cases)
    carriers = _carriers([case for case in cases if case.equipment_count == 1])
    hits = hits_by_case(cases, user)
    return [
        QueueRow(
            case=case,
            why=in_short(case.assessment, versions),
            carrier=carriers.get(case.pk),
            claimed_by=holder(case),
            one_in=one_in(case.assessment),
            lookout_hits=hits[case.pk],
        )
        for case in cases
    ]


def holder(case: Case, now: datetime | None = None) -> Any:
    """Who has claimed the case and still holds it."""
    if case.claimed_by_id is None or case.claimed_until is None:
        return None
    return case.claimed_by if case.claimed_until > (now or timezone.now()) else None


def _carriers(cases: Sequence[Case]) -> Mapping[int, EquipmentVisit]:
    """What the only piece of equipment of each case stands on, as last told."""
    found: dict[int, EquipmentVisit] = {}
    placements = (
        Placement.objects.filter(visit__case_links__case__in=cases)
        .select_related("carrier")
        .annotate(case_id=F("visit__case_links__case"))
        .order_by("received_at", "pk")
    )
    for placement in placements:
        found[placement.case_id] = placement.carrier
    return found
