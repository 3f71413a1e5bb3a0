"""Cases from lookouts: write the hits, open what must be looked at, raise what must be examined, tell what is open.

Called inside the transaction that scored the cargo or looked it through, with a number of queries that does not grow
with it. A silent lookout leaves no trace here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from pcu.accounts.models import Unit
from profiling.cargo.models import Submission
from profiling.cases.models import Case, CaseEvent
from profiling.cases.opening import (
    Assessed,
    Subject,
    due,
    known_cases,
    link,
    open_cases,
    opening_event,
    update_cases,
)
from profiling.cases.timeline import bump, event
from profiling.lookouts.choices import Action
from profiling.lookouts.core.watchlist import Match
from profiling.lookouts.models import LookoutHit
from profiling.lookouts.services import Meeting, write_hits
from profiling.rules.models import Lane
from profiling.rules.services import lanes_of


@dataclass(frozen=True, slots=True)
class Watched:
    """A subject that met lookouts, with its assessment."""

    assessed: Assessed
    matches: Sequence[Match]

    @property
    def meetings(self) -> list[Meeting]:
        kind, pk = self.assessed.subject
        if kind == "consignment":
            return [Meeting(match, consignment_id=pk) for match in self.matches]
        return [Meeting(match, visit_id=pk) for match in self.matches]


@transaction.atomic
def record_hits(
    *, unit: Unit, watched: Sequence[Watched], submission: Submission | None, now: datetime
) -> list[Assessed]:
    """Write new hits and let the cases know. Returns for which subjects cases were opened.

    What was met before is met no more. A hit that asks for a case opens one where none is open, also after one that
    was closed; one that must be examined raises the lane, and nothing here lowers it.
    """
    known = known_cases(one.assessed.subject for one in watched)
    meetings = [meeting for one in watched for meeting in one.meetings]
    by_subject: dict[Subject, list[LookoutHit]] = {}
    for hit in write_hits(unit=unit, meetings=meetings, submission=submission, now=now):
        if not hit.lookout.is_silent:
            by_subject.setdefault(_subject(hit), []).append(hit)
    if not by_subject:
        return []
    examine = _examine_lane(unit)
    opening: list[tuple[Assessed, Case | None]] = []
    changed: list[Case] = []
    events: list[CaseEvent] = []
    for one in watched:
        hits = by_subject.get(one.assessed.subject, [])
        case = known.get(one.assessed.subject)
        is_loud = any(hit.lookout.is_loud for hit in hits)
        if case is not None and hits and (is_loud or case.state != Case.State.CLOSED):
            events += _tell(case, hits, examine, one.assessed.eta, now)
            changed.append(case)
        if is_loud and (case is None or case.state == Case.State.CLOSED):
            opening.append((one.assessed, case))
    opened = open_cases(unit, opening, now, Case.Origin.LOOKOUT)
    link([(case, assessed) for case, (assessed, _after) in zip(opened, opening, strict=True)])
    for case, (assessed, after) in zip(opened, opening, strict=True):
        events.append(opening_event(case, assessed, after, now))
        events += _tell(case, by_subject[assessed.subject], examine, assessed.eta, now)
    update_cases([*changed, *opened])
    CaseEvent.objects.bulk_create(events, batch_size=1000)
    return [assessed for assessed, _after in opening]


def _subject(hit: LookoutHit) -> Subject:
    if hit.consignment_id is not None:
        return "consignment", hit.consignment_id
    assert hit.visit_id is not None
    return "visit", hit.visit_id


def _examine_lane(unit: Unit) -> Lane | None:
    return next((lane for lane in lanes_of(unit) if lane.mark == Lane.Mark.EXAMINE), None)


def _tell(
    case: Case, hits: Sequence[LookoutHit], examine: Lane | None, eta: datetime | None, now: datetime
) -> list[CaseEvent]:
    """What hits make of a case, in memory, and the lines of its timeline."""
    is_open = case.state != Case.State.CLOSED
    facts: dict[str, Any] = {}
    must_examine = any(hit.lookout.action == Action.MUST_EXAMINE for hit in hits)
    if is_open and must_examine and examine is not None and examine.rank < case.lane_rank:
        facts = {"before": {"lane": case.recommended_lane.code}, "lane": examine.code}
        case.recommended_lane = examine
        case.lane_rank = examine.rank
        case.due_at, case.due_source = due(eta=eta, lane=examine, since=case.opened_at)
    if case.decided_assessment_id is not None and any(hit.lookout.is_loud for hit in hits):
        case.changed_since_decision = True
    bump(case, at=now)
    return [event(case, CaseEvent.Kind.LOOKOUT_HIT, at=now, facts=_told(hit) | facts) for hit in hits]


def _told(hit: LookoutHit) -> dict[str, Any]:
    """A line of the timeline is read by everybody who reads the case: of a restricted lookout it says whom to ask."""
    if hit.lookout.agency:
        return {"restricted": True, "contact": hit.lookout.contact}
    return {"number": hit.lookout.number, "hit": str(hit.ref), "field": hit.field, "value": hit.value}
