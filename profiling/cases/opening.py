"""Cases from assessments: open what is flagged, score anew what is open, mark what was decided and has changed.

Called for a whole chunk inside its transaction, with a number of queries that does not grow with it. An open case
is never closed, and its recommended lane never lowered, by a new assessment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from pcu.accounts.models import Unit
from pcu.rows import next_ids
from profiling.cargo.models import Consignment, EquipmentVisit
from profiling.cases.choices import Disposition
from profiling.cases.models import Case, CaseConsignment, CaseEvent, CaseVisit
from profiling.cases.timeline import bump, event
from profiling.rules.models import Assessment, Lane

Subject = tuple[str, int]


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
    def subject(self) -> Subject:
        return ("consignment", self.consignment_id) if self.consignment_id else ("visit", self.visit_ids[0])


@dataclass(frozen=True, slots=True)
class Recorded:
    opened: int = 0
    rescored: int = 0


@transaction.atomic
def record_assessments(*, unit: Unit, assessed: Sequence[Assessed], now: datetime) -> Recorded:
    """Open, rescore or mark cases for the assessments of a chunk, one for each subject.

    A closed case is marked when the new assessment differs from its latest. It comes back, as a new case that names
    it, when what is known now would have been news to the one who closed it (see `_is_news`).
    """
    known = known_cases(one.subject for one in assessed)
    fired = _fired(one.assessment_id for one in assessed if one.subject in known)
    opening: list[tuple[Assessed, Case | None]] = []
    changed: list[Case] = []
    events: list[CaseEvent] = []
    rescored = 0
    for one in assessed:
        case = known.get(one.subject)
        if case is None:
            if one.flagged:
                opening.append((one, None))
            continue
        rules = fired[one.assessment_id]
        if case.state != Case.State.CLOSED:
            events.append(_rescore(case, one, rules, now))
            changed.append(case)
            rescored += 1
            continue
        returns = one.flagged and _is_news(case, one, rules)
        if returns:
            opening.append((one, case))
        if returns or _differs(case, one, rules):
            events.append(_mark_changed(case, one, rules, now))
            changed.append(case)
    opened = open_cases(unit, opening, now)
    update_cases(changed)
    link(
        [(case, one) for case, (one, _after) in zip(opened, opening, strict=True)]
        + [(known[one.subject], one) for one in assessed if one.subject in known],
    )
    events += [opening_event(case, one, after, now) for case, (one, after) in zip(opened, opening, strict=True)]
    CaseEvent.objects.bulk_create(events, batch_size=1000)
    return Recorded(len(opened), rescored)


@transaction.atomic
def record_withdrawals(*, consignment_ids: Sequence[int], now: datetime) -> int:
    """The sender has withdrawn consignments: their open cases say so and stay open. Returns how many.

    A case that was closed before is told as well, and marked as changed since its decision.
    """
    known = known_cases(("consignment", pk) for pk in consignment_ids)
    cases = {case.pk: case for case in known.values() if not case.withdrawn}
    for case in cases.values():
        case.withdrawn = True
        case.changed_since_decision |= case.decided_assessment_id is not None
        bump(case, at=now)
    update_cases(list(cases.values()))
    CaseEvent.objects.bulk_create(
        [event(case, CaseEvent.Kind.WITHDRAWN, at=now) for case in cases.values()], batch_size=1000
    )
    return sum(case.state != Case.State.CLOSED for case in cases.values())


def due(*, eta: datetime | None, lane: Lane, since: datetime) -> tuple[datetime | None, str]:
    """When a case must be decided, and which clock says so: arrival or the lane's limit, whichever comes first.

    An arrival in the past counts: the case is overdue.
    """
    limit = None if lane.limit_minutes is None else since + timedelta(minutes=lane.limit_minutes)
    if eta is not None and (limit is None or eta <= limit):
        return eta, Case.DueSource.ETA.value
    return limit, "" if limit is None else Case.DueSource.LANE.value


def known_cases(subjects: Iterable[Subject]) -> dict[Subject, Case]:
    """Per subject its open case, else the newest closed one.

    The subjects are locked first, so that two chunks about the same cargo never open two cases; then the cases, in
    order of id. A visit's case is one of its own: the cases of bills that name it are the bills'.
    """
    wanted: dict[str, set[int]] = {"consignment": set(), "visit": set()}
    for kind, pk in subjects:
        wanted[kind].add(pk)
    if wanted["consignment"]:
        lock_subjects(Consignment.objects.filter(pk__in=wanted["consignment"]))
    if wanted["visit"]:
        lock_subjects(EquipmentVisit.objects.filter(pk__in=wanted["visit"]))
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
        for case in Case.objects.filter(pk__in={case for _subject, case in links})
        .select_related("assessment", "recommended_lane", "decided_assessment__recommended_lane")
        .order_by("pk")
        .select_for_update(of=("self",))
    }
    known: dict[Subject, Case] = {}
    for subject, pk in sorted(links, key=lambda link: link[1]):
        before = known.get(subject)
        if before is None or before.state == Case.State.CLOSED:
            known[subject] = cases[pk]
    return known


def lock_subjects(rows: QuerySet[Any]) -> None:
    """Hold consignments or visits until the transaction ends, in the order in which everybody takes them."""
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _fired(assessments: Iterable[int]) -> dict[int, set[str]]:
    rows = Assessment.objects.filter(pk__in=list(assessments)).values_list("pk", "fired")
    return {pk: _codes(fired) for pk, fired in rows}


def _codes(fired: Sequence[Mapping[str, Any]]) -> set[str]:
    return {rule["code"] for rule in fired}


def _rescore(case: Case, one: Assessed, rules: set[str], now: datetime) -> CaseEvent:
    facts = _facts(one) | _changes(case, rules)
    if case.decided_assessment_id is not None and _differs(case, one, rules):
        case.changed_since_decision = True
    if case.withdrawn:
        case.withdrawn = False
        facts["withdrawn"] = False
    case.assessment_id = one.assessment_id
    if one.lane.rank < case.lane_rank:
        case.recommended_lane = one.lane
        case.lane_rank = one.lane.rank
    case.score = max(case.score, one.score)
    case.due_at, case.due_source = due(eta=one.eta, lane=case.recommended_lane, since=case.opened_at)
    _show(case, one.headline)
    bump(case, at=now)
    return event(case, CaseEvent.Kind.RESCORED, at=now, facts=facts)


def _mark_changed(case: Case, one: Assessed, rules: set[str], now: datetime) -> CaseEvent:
    facts = _facts(one) | _changes(case, rules)
    case.assessment_id = one.assessment_id
    case.changed_since_decision = True
    bump(case, at=now)
    return event(case, CaseEvent.Kind.CHANGED, at=now, facts=facts)


def _differs(case: Case, one: Assessed, rules: set[str]) -> bool:
    """Whether an assessment says otherwise than the case's latest."""
    latest = case.assessment
    return (one.score, one.lane.pk, rules) != (latest.score, latest.recommended_lane_id, _codes(latest.fired))


def _is_news(case: Case, one: Assessed, rules: set[str]) -> bool:
    """Whether an assessment would have been news to the one who closed the case.

    A lane above the one then recommended is; so is a higher score by a rule that had not fired; and cargo that had
    been withdrawn and is back. The same facts again are not: a person has decided upon them.
    """
    if case.disposition == Disposition.WITHDRAWN or case.withdrawn:
        return True
    decided = case.decided_assessment or case.assessment
    if one.lane.rank < decided.recommended_lane.rank:
        return True
    return one.score > decided.score and not rules <= _codes(decided.fired)


def opening_event(case: Case, one: Assessed, after: Case | None, now: datetime) -> CaseEvent:
    """The first line of a case's timeline, unsaved; it names the closed case that this one goes on from."""
    facts = _facts(one) | ({"after": after.number} if after else {})
    return event(case, CaseEvent.Kind.OPENED, at=now, facts=facts)


def _facts(one: Assessed) -> dict[str, Any]:
    return {"assessment": one.assessment_id, "score": one.score, "lane": one.lane.code, "sampled": one.sampled}


def _changes(case: Case, rules: set[str]) -> dict[str, Any]:
    """What stood before, and which rules fire now or no more."""
    latest = _codes(case.assessment.fired)
    return {
        "before": {"score": case.assessment.score, "lane": case.recommended_lane.code},
        "fired": sorted(rules - latest),
        "fired_no_more": sorted(latest - rules),
    }


def open_cases(
    unit: Unit, opening: Sequence[tuple[Assessed, Case | None]], now: datetime, origin: Case.Origin | None = None
) -> list[Case]:
    """New cases, each after the closed one that it goes on from, if any; tie them with `link` once they are told of.

    The number carries the primary key: unique without a lock, with gaps. origin: what the assessment says where not
    given.
    """
    cases = []
    for pk, (one, after) in zip(next_ids(Case, len(opening)), opening, strict=True):
        due_at, due_source = due(eta=one.eta, lane=one.lane, since=now)
        case = Case(
            pk=pk,
            number=f"{unit.code}-{now.astimezone(unit.zone).year}-{pk:05d}",
            unit=unit,
            working_unit_id=after.working_unit_id if after else unit.pk,
            origin=origin or (Case.Origin.SAMPLE if one.sampled else Case.Origin.RULES),
            assessment_id=one.assessment_id,
            recommended_lane=one.lane,
            lane_rank=one.lane.rank,
            score=one.score,
            due_at=due_at,
            due_source=due_source,
            opened_at=now,
            updated_at=now,
        )
        _show(case, one.headline)
        cases.append(case)
    return Case.objects.bulk_create(cases, batch_size=500)


def _show(case: Case, headline: Headline) -> None:
    case.equipment_number = headline.equipment_number[:35]
    case.equipment_count = headline.equipment_count
    case.consignee = headline.consignee[:350]
    case.goods = headline.goods[:350]
    case.conveyance = headline.conveyance[:110]


def link(pairs: Sequence[tuple[Case, Assessed]]) -> None:
    """Tie cases to their consignment and to all equipment it was said to be in; closed ones stay as decided."""
    current = [(case, one) for case, one in pairs if case.state != Case.State.CLOSED]
    CaseConsignment.objects.bulk_create(
        [
            CaseConsignment(case=case, consignment_id=one.consignment_id)
            for case, one in current
            if one.consignment_id is not None
        ],
        ignore_conflicts=True,
    )
    CaseVisit.objects.bulk_create(
        [CaseVisit(case=case, visit_id=visit) for case, one in current for visit in one.visit_ids],
        ignore_conflicts=True,
    )


_KEPT = [
    "assessment", "recommended_lane", "lane_rank", "score", "due_at", "due_source", "equipment_number",
    "equipment_count", "consignee", "goods", "conveyance", "withdrawn", "changed_since_decision", "version",
    "updated_at",
]  # fmt: skip


def update_cases(cases: Sequence[Case]) -> None:
    """Write cases back in one statement: the rows exist and are locked, so each insert becomes an update."""
    Case.objects.bulk_create(cases, update_conflicts=True, unique_fields=["id"], update_fields=_KEPT, batch_size=500)
