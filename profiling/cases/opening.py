"""Cases from assessments: open what is flagged, score anew what is open, mark what was decided and has changed.

Called for a whole chunk inside its transaction, with a number of queries that does not grow with it. An open case
is never closed, and its recommended lane never lowered, by a new assessment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pcu.accounts.models import Unit
from pcu.rows import next_ids
from profiling.cases.models import Case, CaseConsignment, CaseEvent, CaseVisit
from profiling.rules.models import Lane


@dataclass(frozen=True, slots=True)
class Headline:
    """What the queue shows of the cargo."""

    equipment_number: str = ""
    equipment_count: int = 0
    consignee: str = ""
    goods: str = ""
    conveyance: str = ""


@dataclass(frozen=True, slots=True)
class Assessed:
    """One assessment and what a case needs of its subject: a consignment, or a visit that no bill names."""

    assessment_id: int
    lane: Lane
    score: int
    sampled: bool
    flagged: bool
    headline: Headline
    eta: datetime | None = None
    consignment_id: int | None = None
    visit_ids: tuple[int, ...] = ()

    @property
    def subject(self) -> tuple[str, int]:
        return ("consignment", self.consignment_id) if self.consignment_id else ("visit", self.visit_ids[0])


@dataclass(frozen=True, slots=True)
class Recorded:
    opened: int = 0
    rescored: int = 0


def record_assessments(*, unit: Unit, assessed: Sequence[Assessed], now: datetime) -> Recorded:
    """Open, rescore or mark cases for the assessments of a chunk."""
    known = _known_cases(assessed)
    opening: list[Assessed] = []
    changed: list[Case] = []
    events: list[CaseEvent] = []
    for one in assessed:
        case = known.get(one.subject)
        if case is not None and case.state != Case.State.CLOSED:
            events.append(_rescore(case, one, now))
            changed.append(case)
            continue
        if case is not None and _differs(case, one):
            case.changed_since_decision = True
            case.version += 1
            case.updated_at = now
            changed.append(case)
            events.append(
                CaseEvent(case=case, kind=CaseEvent.Kind.CHANGED, at=now, facts=_facts(one, before=case.score))
            )
        if one.flagged and (case is None or _is_worse(case, one)):
            opening.append(one)
    Case.objects.bulk_update(changed, _MUTABLE, batch_size=500)
    opened = _open(unit, opening, now)
    events += [
        CaseEvent(case=case, kind=CaseEvent.Kind.OPENED, at=now, facts=_facts(one))
        for case, one in zip(opened, opening, strict=True)
    ]
    CaseEvent.objects.bulk_create(events, batch_size=1000)
    return Recorded(len(opened), len(changed))


_MUTABLE = [
    "assessment",
    "recommended_lane",
    "lane_rank",
    "score",
    "due_at",
    "due_source",
    "equipment_number",
    "equipment_count",
    "consignee",
    "goods",
    "conveyance",
    "withdrawn",
    "changed_since_decision",
    "version",
    "updated_at",
]


def _known_cases(assessed: Iterable[Assessed]) -> dict[tuple[str, int], Case]:
    """Per subject its open case, else the newest closed one; locked in order of id."""
    subjects = [one.subject for one in assessed]
    links: dict[int, list[tuple[str, int]]] = {}
    for name, model in (("consignment", CaseConsignment), ("visit", CaseVisit)):
        wanted = [pk for kind, pk in subjects if kind == name]
        if wanted:
            found = model._default_manager.filter(**{f"{name}__in": wanted}).values_list("case_id", f"{name}_id")
            for case_id, pk in found:
                links.setdefault(case_id, []).append((name, pk))
    known: dict[tuple[str, int], Case] = {}
    cases = (
        Case.objects.filter(pk__in=list(links))
        .select_related("recommended_lane", "decided_lane")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    for case in cases:
        for subject in links[case.pk]:
            before = known.get(subject)
            if before is None or before.state == Case.State.CLOSED:
                known[subject] = case
    return known


def _rescore(case: Case, one: Assessed, now: datetime) -> CaseEvent:
    before = {"score": case.score, "lane": case.recommended_lane.code}
    case.assessment_id = one.assessment_id
    if one.lane.rank < case.lane_rank:
        case.recommended_lane = one.lane
        case.lane_rank = one.lane.rank
        case.due_at, case.due_source = _due(one, now)
    case.score = max(case.score, one.score)
    case.equipment_number = one.headline.equipment_number
    case.equipment_count = one.headline.equipment_count
    case.consignee = one.headline.consignee
    case.goods = one.headline.goods
    case.conveyance = one.headline.conveyance
    case.withdrawn = False
    case.version += 1
    case.updated_at = now
    return CaseEvent(case=case, kind=CaseEvent.Kind.RESCORED, at=now, facts={**_facts(one), "before": before})


def _differs(case: Case, one: Assessed) -> bool:
    return one.score != case.score or one.lane.pk != case.recommended_lane_id


def _is_worse(case: Case, one: Assessed) -> bool:
    """A decided case comes back only for a lane above both what was recommended and what was decided."""
    decided = case.decided_lane.rank if case.decided_lane else case.lane_rank
    return one.lane.rank < min(case.lane_rank, decided)


def _facts(one: Assessed, **more: Any) -> dict[str, Any]:
    return {"assessment": one.assessment_id, "score": one.score, "lane": one.lane.code, "sampled": one.sampled, **more}


def _due(one: Assessed, now: datetime) -> tuple[datetime | None, str]:
    """The earlier of the arrival and the lane's time limit, and which of them it is."""
    limit = now + timedelta(minutes=one.lane.limit_minutes) if one.lane.limit_minutes is not None else None
    if one.eta is not None and (limit is None or one.eta <= limit):
        return one.eta, Case.DueSource.ETA
    return (limit, Case.DueSource.LANE) if limit is not None else (None, "")


def _open(unit: Unit, opening: Sequence[Assessed], now: datetime) -> list[Case]:
    cases = []
    for pk, one in zip(next_ids(Case, len(opening)), opening, strict=True):
        due_at, due_source = _due(one, now)
        headline = one.headline
        cases.append(
            Case(
                pk=pk,
                number=f"{unit.code}-{now.astimezone(unit.zone).year}-{pk:05d}",
                unit=unit,
                working_unit=unit,
                origin=Case.Origin.SAMPLE if one.sampled else Case.Origin.RULES,
                assessment_id=one.assessment_id,
                recommended_lane=one.lane,
                lane_rank=one.lane.rank,
                score=one.score,
                due_at=due_at,
                due_source=due_source,
                equipment_number=headline.equipment_number[:35],
                equipment_count=headline.equipment_count,
                consignee=headline.consignee[:350],
                goods=headline.goods[:350],
                conveyance=headline.conveyance[:110],
                opened_at=now,
                updated_at=now,
            )
        )
    Case.objects.bulk_create(cases, batch_size=500)
    CaseConsignment.objects.bulk_create(
        [
            CaseConsignment(case=case, consignment_id=one.consignment_id)
            for case, one in zip(cases, opening, strict=True)
            if one.consignment_id
        ]
    )
    CaseVisit.objects.bulk_create(
        [
            CaseVisit(case=case, visit_id=visit)
            for case, one in zip(cases, opening, strict=True)
            for visit in one.visit_ids
        ]
    )
    return cases


def record_withdrawals(*, consignment_ids: Sequence[int], now: datetime) -> int:
    """The sender has withdrawn consignments: their open cases say so and stay open. Returns how many."""
    cases = list(
        Case.objects.filter(consignment_links__consignment__in=consignment_ids, withdrawn=False)
        .exclude(state=Case.State.CLOSED)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    for case in cases:
        case.withdrawn = True
        case.version += 1
        case.updated_at = now
    Case.objects.bulk_update(cases, ["withdrawn", "version", "updated_at"], batch_size=500)
    CaseEvent.objects.bulk_create(
        [CaseEvent(case=case, kind=CaseEvent.Kind.WITHDRAWN, at=now) for case in cases], batch_size=1000
    )
    return len(cases)
