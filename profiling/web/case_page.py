"""Everything the case page and the preview show, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from profiling.cargo.models import EquipmentVisit
from profiling.cases.models import Case, CaseEvent, Decision, Hold, Referral
from profiling.lookouts.seeing import SeenHit
from profiling.web import why
from profiling.web.cargo_sheet import ConsignmentSheet, VisitSheet, read_consignments, read_visits
from profiling.web.lookout_rows import hits_of_case
from profiling.web.queue_rows import QueueRow, holder, rows
from profiling.web.timeline import Day, days

SHOWN_VISITS = 6
"""How many pieces of equipment stand open; the rest of forty is folded away."""

_CLAIM_EVENTS = (CaseEvent.Kind.CLAIMED, CaseEvent.Kind.TAKEN_OVER)


@dataclass(frozen=True, slots=True)
class Reasons:
    """The panel "Why this one"."""

    fired: Sequence[why.FiredRule]
    lanes: Sequence[why.LaneStep]
    threshold: int | None
    one_in: int | None
    sampled_mode: str
    without_history: Sequence[str]
    faults: Sequence[str]
    unfired_count: int

    @property
    def added(self) -> int:
        return sum(1 for rule in self.fired if rule.points >= 0)

    @property
    def taken_off(self) -> int:
        return len(self.fired) - self.added


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """The page of one case."""

    case: Case
    reasons: Reasons
    consignments: Sequence[ConsignmentSheet]
    visits: Sequence[VisitSheet]
    holds: Sequence[Hold]
    referrals: Sequence[Referral]
    decisions: Sequence[Decision]
    days: Sequence[Day]
    event_count: int
    claimed_by: Any
    claimed_since: datetime | None

    @property
    def first_visits(self) -> Sequence[VisitSheet]:
        return self.visits[:SHOWN_VISITS]

    @property
    def more_visits(self) -> Sequence[VisitSheet]:
        return self.visits[SHOWN_VISITS:]

    @property
    def number_faults(self) -> int:
        return sum(1 for sheet in self.visits if sheet.number_fault)

    @property
    def holds_and_referrals_count(self) -> int:
        return len(self.holds) + len(self.referrals)

    @property
    def document_count(self) -> int:
        return sum(1 + len(sheet.documents) for sheet in self.consignments)

    @property
    def versions_count(self) -> int:
        return sum(len(sheet.steps) for sheet in self.consignments)

    @property
    def carrier(self) -> EquipmentVisit | None:
        return self.visits[0].carrier if len(self.visits) == 1 else None


def read_reasons(case: Case) -> Reasons:
    assessment = case.assessment
    return Reasons(
        fired=why.fired_rules(assessment, why.versions_of([assessment])),
        lanes=why.lane_steps(assessment),
        threshold=why.threshold_of(assessment),
        one_in=why.one_in(assessment),
        sampled_mode=why.sampled_mode(assessment),
        without_history=why.without_history(assessment),
        faults=why.faults(assessment),
        unfired_count=why.unfired_versions(assessment).count(),
    )


def read_case(case: Case) -> CaseSheet:
    """The whole page. `case` came through `visible_to`; what hangs on it is seen with it."""
    consignments = read_consignments(case, case.assessment.indicators)
    versions = [sheet.version.pk for sheet in consignments if sheet.version is not None]
    events = list(case.events.select_related("actor"))
    return CaseSheet(
        case=case,
        reasons=read_reasons(case),
        consignments=consignments,
        visits=read_visits(visits_of(case), versions),
        holds=list(case.holds.select_related("visit", "placed_by", "lifted_by").order_by("placed_at", "pk")),
        referrals=list(case.referrals.select_related("created_by").order_by("created_at", "pk")),
        decisions=list(case.decisions.select_related("decided_by", "lane", "passed_to")),
        days=days(events, case.working_unit),
        event_count=len(events),
        claimed_by=holder(case),
        claimed_since=claimed_since(case, events),
    )


def visits_of(case: Case) -> list[EquipmentVisit]:
    """The equipment of a case, what carries cargo first and what only carries containers last."""
    found = EquipmentVisit.objects.filter(case_links__case=case).select_related("current", "call")
    return list(found.order_by("kind", "number", "pk"))


def claimed_since(case: Case, events: Sequence[CaseEvent]) -> datetime | None:
    return next((event.at for event in reversed(events) if event.kind in _CLAIM_EVENTS), None)


@dataclass(frozen=True, slots=True)
class Preview:
    """The pane beside the queue."""

    row: QueueRow
    reasons: Reasons
    consignments: Sequence[ConsignmentSheet]
    visits: Sequence[VisitSheet]
    last_comment: CaseEvent | None
    siblings: Sequence[Case]
    hits: Sequence[SeenHit]


def read_preview(case: Case, user: Any) -> Preview:
    return Preview(
        row=rows([case], user)[0],
        hits=hits_of_case(case, user),
        reasons=read_reasons(case),
        consignments=read_consignments(case, case.assessment.indicators),
        visits=read_visits(visits_of(case)[:1]),
        last_comment=case.events.filter(kind=CaseEvent.Kind.COMMENT).select_related("actor").last(),
        siblings=_siblings(case, user),
    )


def _siblings(case: Case, user: Any) -> list[Case]:
    """Other undecided cases of the same consignee on the same conveyance."""
    if not case.consignee or not case.conveyance:
        return []
    found = Case.objects.visible_to(user).filter(
        working_unit=case.working_unit_id,
        state=Case.State.OPEN,
        conveyance=case.conveyance,
        consignee=case.consignee,
    )
    return list(found.exclude(pk=case.pk).select_related("recommended_lane").order_by("lane_rank", "due_at", "pk")[:3])
