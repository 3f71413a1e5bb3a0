"""The arrival board: the next conveyances that still have work left, and how much of it in which lane."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from pcu.accounts.models import Unit
from profiling.cargo.choices import EquipmentKind
from profiling.cargo.models import ConveyanceCall, EquipmentVisit
from profiling.cases.models import Case, CaseConsignment, CaseVisit
from profiling.rules.models import Lane

SHOWN = 5
_STAYS = timedelta(hours=24)
"""How long after its arrival a conveyance with work left stays on the board."""


@dataclass(frozen=True, slots=True)
class LaneShare:
    """Open cases of one lane, and their stretch of the bar in percent of the conveyance's containers."""

    lane: Lane
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Arrival:
    call: ConveyanceCall
    containers: int
    left: Sequence[LaneShare]
    is_chosen: bool


def arrivals(unit: Unit, chosen: ConveyanceCall | None = None) -> list[Arrival]:
    """The next conveyances of a unit with undecided cases, soonest first; four queries.

    Those already here stay for a day; one without a time of arrival cannot be called the next and is left out.
    """
    undecided = Q(case__working_unit=unit, case__state=Case.State.OPEN)
    by_consignment = CaseConsignment.objects.filter(undecided)
    by_visit = CaseVisit.objects.filter(undecided)
    calls = list(
        ConveyanceCall.objects.filter(unit=unit, eta__gte=timezone.now() - _STAYS)
        .filter(
            Exists(by_consignment.filter(consignment__call=OuterRef("pk")))
            | Exists(by_visit.filter(visit__call=OuterRef("pk")))
        )
        .order_by("eta", "pk")[:SHOWN]
    )
    pks = [call.pk for call in calls]
    # a case counts once, however many of its containers come on the conveyance
    cases = (
        by_consignment.filter(consignment__call__in=pks)
        .values_list("consignment__call", "case", "case__recommended_lane")
        .union(by_visit.filter(visit__call__in=pks).values_list("visit__call", "case", "case__recommended_lane"))
    )
    lanes_left: dict[int, Counter[int]] = defaultdict(Counter)
    for call_id, _case_id, lane_id in cases:
        lanes_left[call_id][lane_id] += 1
    lanes = Lane.objects.in_bulk({lane_id for counter in lanes_left.values() for lane_id in counter})
    containers = dict(
        EquipmentVisit.objects.filter(call__in=pks, kind=EquipmentKind.CONTAINER)
        .values_list("call")
        .annotate(Count("pk"))
    )
    return [
        Arrival(
            call,
            containers.get(call.pk, 0),
            _shares(containers.get(call.pk, 0), lanes_left[call.pk], lanes),
            call == chosen,
        )
        for call in calls
    ]


def _shares(containers: int, left: Counter[int], lanes: dict[int, Lane]) -> list[LaneShare]:
    whole = max(containers, left.total(), 1)
    shares: list[LaneShare] = []
    at = 0.0
    for lane_id, count in sorted(left.items(), key=lambda one: lanes[one[0]].rank):
        width = round(count * 100 / whole, 2)
        shares.append(LaneShare(lanes[lane_id], count, round(at, 2), width))
        at += width
    return shares
