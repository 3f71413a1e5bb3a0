"""What cases tell the indicators of the past: what examinations came to, and which equipment was held since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Min

from profiling.cargo.models import Loading
from profiling.cases.choices import OutcomeSource, OutcomeStatus, Result
from profiling.cases.models import Hold, Outcome
from profiling.indicators.models import PriorResult
from profiling.indicators.results import remember_result

_OWN = (OutcomeSource.OWN_INSPECTION, OutcomeSource.OTHER_AGENCY)


def remember(outcome: Outcome) -> None:
    """Tell an outcome that was just recorded. One that withdraws tells nothing, and ends what it supersedes."""
    withdrawn = outcome.status == OutcomeStatus.WITHDRAWN
    remember_result(
        source=outcome.ref,
        consignments=[] if withdrawn else list(_consignments(outcome)),
        found=outcome.result == Result.FOUND,
        own=outcome.source in _OWN,
        at=outcome.recorded_at,
        replaces=outcome.supersedes.ref if outcome.supersedes else None,
    )


def _consignments(outcome: Outcome) -> Iterator[int]:
    """Whose goods it is about. A find in a container of several is nobody's unless it says whose; clean is all."""
    if outcome.consignment_id is not None:
        yield outcome.consignment_id
        return
    inside = Loading.objects.filter(visit=outcome.visit_id, version__received_at__lte=outcome.recorded_at)
    found = list(inside.order_by().values_list("version__consignment", flat=True).distinct())
    if outcome.result == Result.CLEAN or len(found) == 1:
        yield from found


@transaction.atomic
def rebuild_results() -> int:
    """Make what is remembered anew from all outcomes, in their order; how many were told."""
    PriorResult.objects.all().delete()
    outcomes = Outcome.objects.select_related("supersedes").order_by("recorded_at", "pk")
    count = 0
    for outcome in outcomes.iterator(chunk_size=1000):
        remember(outcome)
        count += 1
    return count


def first_holds(visits: Sequence[int], /) -> Mapping[int, datetime]:
    """When the first hold was placed on each of these visits. One query."""
    held = Hold.objects.filter(visit__in=visits).order_by().values("visit").annotate(first=Min("placed_at"))
    return dict(held.values_list("visit", "first"))
