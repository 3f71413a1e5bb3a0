"""Cases from scores: what a chunk of assessments opens, raises or marks, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from pcu.accounts.models import Unit
from profiling.cargo.models import Consignment, EquipmentVisit
from profiling.cases.choices import Disposition
from profiling.cases.models import Case, CaseConsignment, CaseEvent, CaseVisit
from profiling.cases.timeline import bump, event
from profiling.rules.models import Assessment, Lane


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
    """One subject that has just been scored: a consignment, or one piece of equipment without a bill.

    opens: its score crosses a threshold, or it was drawn. withdrawn: the message cancels the consignment.
    visit_ids: the equipment it is in; for equipment without a bill that one visit.
    """

    assessment: Assessment
    lane: Lane
    opens: bool
    origin: Case.Origin
    consignment_id: int | None
    visit_ids: tuple[int, ...]
    eta: datetime | None
    headline: Headline
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """opened: new cases; rescored: open cases that were scored anew or withdrawn."""

    opened: int
    rescored: int


Subject = tuple[str, int]


@dataclass
class _Desk:
    """The cases met and made in one chunk, by subject, and what is to be written."""

    unit: Unit
    now: datetime
    open: dict[Subject, Case] = field(default_factory=dict)
    closed: dict[Subject, Case] = field(default_factory=dict)
    new: list[Case] = field(default_factory=list)
    touched: dict[int, Case] = field(default_factory=dict)
    events: list[CaseEvent] = field(default_factory=list)
    consignments: set[tuple[int, int]] = field(default_factory=set)
    visits: set[tuple[int, int]] = field(default_factory=set)
    rescored: int = 0


@transaction.atomic
def record_assessments(*, unit: Unit, assessed: Sequence[Assessed], now: datetime) -> Opened:
    """Bring the cases of a unit up to date with a chunk of fresh assessments; call in the chunk's transaction.

    An open case takes the latest assessment and may rise, never sink nor close. A closed one is marked when the new
    assessment differs, and comes back as a new case when what was not known at the decision makes it worse.
    Subjects without a case get one if their assessment opens. The subjects are locked first, so that two chunks
    about the same consignment never make twins.
    """
    if not assessed:
        return Opened(0, 0)
    desk = _Desk(unit, now)
    _find_cases(desk, assessed)
    pks = _case_pks(sum(1 for each in assessed if each.opens and not each.withdrawn))
    for each in assessed:
        _apply(desk, each, pks)
    _write(desk)
    return Opened(opened=len(desk.new), rescored=desk.rescored)


def due(*, eta: datetime | None, lane: Lane, since: datetime) -> tuple[datetime | None, str]:
    """When a case must be decided, and which clock says so: arrival or the lane's limit, whichever comes first.

    An arrival in the past counts: the case is overdue.
    """
    limit = None if lane.limit_minutes is None else since + timedelta(minutes=lane.limit_minutes)
    if eta is not None and (limit is None or eta <= limit):
        return eta, Case.DueSource.ETA
    return limit, "" if limit is None else Case.DueSource.LANE


def _subject(each: Assessed) -> Subject:
    if each.consignment_id is not None:
        return ("consignment", each.consignment_id)
    return ("visit", each.visit_ids[0])


def _find_cases(desk: _Desk, assessed: Iterable[Assessed]) -> None:
    """Lock the subjects, then read the open case and the newest closed case of each."""
    wanted: dict[str, set[int]] = {"consignment": set(), "visit": set()}
    for kind, pk in map(_subject, assessed):
        wanted[kind].add(pk)
    _lock(Consignment.objects.filter(pk__in=wanted["consignment"]))
    _lock(EquipmentVisit.objects.filter(pk__in=wanted["visit"]))
    billed = CaseConsignment.objects.filter(consignment__in=wanted["consignment"])
    unbilled = CaseVisit.objects.filter(visit__in=wanted["visit"]).filter(
        ~Exists(CaseConsignment.objects.filter(case=OuterRef("case")))
    )
    links: list[tuple[Subject, int]] = [
        (("consignment", pk), case) for pk, case in billed.values_list("consignment", "case")
    ]
    links += [(("visit", pk), case) for pk, case in unbilled.values_list("visit", "case")]
    cases = {
        case.pk: case
        for case in Case.objects.select_for_update(of=("self",))
        .filter(pk__in={case for _subject, case in links})
        .select_related("assessment", "decided_assessment", "recommended_lane", "decided_assessment__recommended_lane")
        .order_by("pk")
    }
    for subject, pk in sorted(links, key=lambda link: link[1]):
        of_state = desk.closed if cases[pk].state == Case.State.CLOSED else desk.open
        of_state[subject] = cases[pk]


def _lock(rows: Any) -> None:
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _case_pks(count: int) -> list[int]:
    """Fresh primary keys, last first. The number of a case carries its key: unique without any lock, with gaps."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [Case._meta.db_table, count]
        )
        return [pk for (pk,) in reversed(cursor.fetchall())]


def _apply(desk: _Desk, each: Assessed, pks: list[int]) -> None:
    subject = _subject(each)
    current, closed = desk.open.get(subject), desk.closed.get(subject)
    if each.withdrawn:
        for case in (current or closed,):
            if case is not None and not case.withdrawn:
                _withdraw(desk, case)
    elif current is not None:
        _rescore(desk, current, each)
    elif closed is None:
        if each.opens:
            desk.open[subject] = _open(desk, each, pks.pop())
    else:
        returns = each.opens and _worse_than_decided(closed, each)
        if not _differs(closed.assessment, each.assessment) and not returns:
            return
        facts = _changes(closed, each)
        if returns:
            case = desk.open[subject] = _open(desk, each, pks.pop(), after=closed)
            facts["case"] = case.number
        _mark_changed(desk, closed, each, facts)


def _open(desk: _Desk, each: Assessed, pk: int, after: Case | None = None) -> Case:
    due_at, source = due(eta=each.eta, lane=each.lane, since=desk.now)
    case = Case(
        pk=pk,
        number=f"{desk.unit.code}-{desk.now.astimezone(desk.unit.zone).year}-{pk:05d}",
        unit=desk.unit,
        working_unit=after.working_unit if after else desk.unit,
        origin=each.origin,
        assessment=each.assessment,
        recommended_lane=each.lane,
        lane_rank=each.lane.rank,
        score=each.assessment.score,
        due_at=due_at,
        due_source=source,
        opened_at=desk.now,
        updated_at=desk.now,
    )
    _show(case, each.headline)
    facts: dict[str, Any] = {"score": case.score, "lane": each.lane.code, "assessment": str(each.assessment.ref)}
    if after is not None:
        facts["after"] = after.number
    desk.new.append(case)
    desk.events.append(event(case, CaseEvent.Kind.OPENED, at=desk.now, facts=facts))
    _link(desk, case, each)
    return case


def _rescore(desk: _Desk, case: Case, each: Assessed) -> None:
    facts = _changes(case, each)
    if case.decided_assessment_id is not None and _differs(case.assessment, each.assessment):
        case.changed_since_decision = True
    if case.withdrawn:
        case.withdrawn = False
        facts["withdrawn"] = False
    case.assessment = each.assessment
    if each.lane.rank < case.lane_rank:
        case.recommended_lane = each.lane
        case.lane_rank = each.lane.rank
    case.score = max(case.score, each.assessment.score)
    case.due_at, case.due_source = due(eta=each.eta, lane=case.recommended_lane, since=case.opened_at)
    _show(case, each.headline)
    _link(desk, case, each)
    _touch(desk, case, CaseEvent.Kind.RESCORED, facts)
    desk.rescored += 1


def _withdraw(desk: _Desk, case: Case) -> None:
    case.withdrawn = True
    if case.state == Case.State.CLOSED:
        case.changed_since_decision = True
    else:
        desk.rescored += 1
    _touch(desk, case, CaseEvent.Kind.WITHDRAWN, {})


def _mark_changed(desk: _Desk, case: Case, each: Assessed, facts: dict[str, Any]) -> None:
    case.assessment = each.assessment
    case.changed_since_decision = True
    _touch(desk, case, CaseEvent.Kind.CHANGED, facts)


def _touch(desk: _Desk, case: Case, kind: CaseEvent.Kind, facts: dict[str, Any]) -> None:
    bump(case, at=desk.now)
    desk.events.append(event(case, kind, at=desk.now, facts=facts))
    if not case._state.adding:
        desk.touched[case.pk] = case


def _show(case: Case, headline: Headline) -> None:
    case.equipment_number = headline.equipment_number[:35]
    case.equipment_count = headline.equipment_count
    case.consignee = headline.consignee[:350]
    case.goods = headline.goods[:350]
    case.conveyance = headline.conveyance[:110]


def _link(desk: _Desk, case: Case, each: Assessed) -> None:
    if each.consignment_id is not None:
        desk.consignments.add((case.pk, each.consignment_id))
    desk.visits.update((case.pk, visit) for visit in each.visit_ids)


def _codes(assessment: Assessment) -> set[str]:
    return {fired["code"] for fired in assessment.fired}


def _differs(before: Assessment, after: Assessment) -> bool:
    return (before.score, before.recommended_lane_id, _codes(before)) != (
        after.score,
        after.recommended_lane_id,
        _codes(after),
    )


def _worse_than_decided(closed: Case, each: Assessed) -> bool:
    """Whether what is known now would have been news to the one who closed the case.

    A worse lane is; so is a rule that had not fired, with a higher score; and cargo that was withdrawn and is back.
    The same facts again are not: the person has decided upon them, whatever the rules recommend.
    """
    if closed.disposition == Disposition.WITHDRAWN or closed.withdrawn:
        return True
    decided = closed.decided_assessment or closed.assessment
    if each.lane.rank < decided.recommended_lane.rank:
        return True
    return each.assessment.score > decided.score and not _codes(each.assessment) <= _codes(decided)


def _changes(case: Case, each: Assessed) -> dict[str, Any]:
    """What a new assessment says otherwise than the case's latest: [before, after] of score and lane, rules."""
    before, after = case.assessment, each.assessment
    facts: dict[str, Any] = {"assessment": str(after.ref)}
    if before.score != after.score:
        facts["score"] = [before.score, after.score]
    if case.recommended_lane_id != each.lane.pk:
        facts["lane"] = [case.recommended_lane.code, each.lane.code]
    if new := sorted(_codes(after) - _codes(before)):
        facts["fired"] = new
    if gone := sorted(_codes(before) - _codes(after)):
        facts["fired_no_more"] = gone
    return facts


_KEPT = [
    "assessment", "recommended_lane", "lane_rank", "score", "due_at", "due_source", "equipment_number",
    "equipment_count", "consignee", "goods", "conveyance", "changed_since_decision", "withdrawn", "version",
    "updated_at",
]  # fmt: skip


def _write(desk: _Desk) -> None:
    Case.objects.bulk_create(desk.new)
    # The rows exist and are locked: this updates them all in one statement.
    Case.objects.bulk_create(desk.touched.values(), update_conflicts=True, unique_fields=["id"], update_fields=_KEPT)
    CaseConsignment.objects.bulk_create(
        [CaseConsignment(case_id=case, consignment_id=pk) for case, pk in sorted(desk.consignments)],
        ignore_conflicts=True,
    )
    CaseVisit.objects.bulk_create(
        [CaseVisit(case_id=case, visit_id=pk) for case, pk in sorted(desk.visits)], ignore_conflicts=True
    )
    CaseEvent.objects.bulk_create(desk.events)
