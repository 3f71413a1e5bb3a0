"""Cargo held against the lookouts of its unit, in memory: what has just been scored, and what stood before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pcu.accounts.models import Unit
from profiling.cargo.choices import Function, Mode
from profiling.cargo.models import Consignment, ConveyanceCall, EquipmentVisit, SealObservation, Submission
from profiling.cases.headlines import headline_of
from profiling.cases.hits import Watched, record_hits
from profiling.cases.opening import Assessed, record_assessments
from profiling.indicators.facts import SealFacts, SubjectFacts, VisitFacts
from profiling.indicators.history import History
from profiling.indicators.lookup import read_consignments, read_visits
from profiling.lookouts.core.watchlist import Watchlist
from profiling.lookouts.search import carriers_of, unbilled
from profiling.lookouts.services import watchlist_of
from profiling.rules.latest import latest_assessments, latest_of_visits
from profiling.rules.models import Assessment, Lane
from profiling.rules.services import Scored, Subject, assess


@dataclass(frozen=True, slots=True)
class Judged:
    """The facts of a subject, the conveyance it comes on, and its assessment."""

    facts: SubjectFacts
    call: ConveyanceCall
    assessed: Assessed


def judged(result: Scored, call: ConveyanceCall, consignment_id: int | None = None) -> Judged:
    """A subject just scored: a consignment, or without one a visit that no bill names."""
    facts = result.subject.facts
    assessed = _assessed(
        facts,
        call,
        consignment_id,
        assessment_id=result.assessment_id,
        lane=result.lane,
        score=result.score,
        sampled=result.sampled,
        flagged=result.is_flagged,
    )
    return Judged(facts, call, assessed)


def _assessed(facts: SubjectFacts, call: ConveyanceCall, consignment_id: int | None, **result: Any) -> Assessed:
    return Assessed(
        headline=headline_of(facts, call),
        eta=call.eta,
        consignment_id=consignment_id,
        visit_ids=tuple(visit.visit_id for visit in facts.visits),
        **result,
    )


def match_new(*, unit: Unit, subjects: Sequence[Judged], submission: Submission | None, now: datetime) -> int:
    """Hold what was just scored against the lookouts of its unit, in the chunk's transaction.

    One query where no wagon or plate is watched for and nothing is met, however many subjects. Returns how many cases
    were opened for cargo that no rule had flagged.
    """
    watchlist = watchlist_of(unit, now)
    if not watchlist:
        return 0
    opened = match(unit=unit, watchlist=watchlist, subjects=subjects, submission=submission, now=now)
    return sum(not one.flagged for one in opened)


def match(
    *, unit: Unit, watchlist: Watchlist, subjects: Sequence[Judged], submission: Submission | None, now: datetime
) -> list[Assessed]:
    """Hold subjects against a watchlist and record what they meet. Returns for which of them cases were opened."""
    carriers = (
        carriers_of(visit.visit_id for one in subjects for visit in one.facts.visits)
        if watchlist.carrier_numbers
        else {}
    )
    watched = []
    for one in subjects:
        plate = (one.call.identifier or one.call.name) if one.call.mode == Mode.ROAD else ""
        if matches := watchlist.find(one.facts, carriers=carriers, conveyance=plate):
            watched.append(Watched(one.assessed, matches))
    return record_hits(unit=unit, watched=watched, submission=submission, now=now) if watched else []


def read_stored(
    *, unit: Unit, consignment_ids: Sequence[int] = (), visit_ids: Sequence[int] = (), now: datetime
) -> list[Judged]:
    """Cargo of a unit as it stands: these consignments unless withdrawn, and these visits as far as no bill names them.

    What has no assessment of its own (equipment whose bill was withdrawn) is scored now. Past cargo that was loaded to
    compare with is left out. Runs in the caller's transaction, with a fixed number of queries.
    """
    consignments = (
        Consignment.objects.of_unit(unit)
        .filter(pk__in=consignment_ids, current__submission__is_history=False)
        .exclude(current__function=Function.CANCEL)
        .select_related("call")
        .order_by("pk")
    )
    visits = unbilled(
        EquipmentVisit.objects.of_unit(unit).filter(pk__in=visit_ids, current__submission__is_history=False)
    )
    found: list[Judged] = []
    if standing := list(consignments):
        versions = [one.current_id for one in standing if one.current_id is not None]
        facts, history = read_consignments(unit=unit, version_ids=versions)
        subjects = [
            Subject(facts=fact, draw_key=f"consignment/{one.pk}", version_id=one.current_id)
            for fact, one in zip(facts, standing, strict=True)
        ]
        subjects = _with_seals_told_since(subjects)
        latest = latest_assessments(versions)
        found += _stored(unit, subjects, history, [latest.get(pk) for pk in versions], standing, now)
    if alone := list(visits.select_related("call").order_by("pk")):
        facts, history = read_visits(unit=unit, visit_ids=[one.pk for one in alone])
        subjects = [
            Subject(facts=fact, draw_key=f"visit/{one.pk}", visit_id=one.pk)
            for fact, one in zip(facts, alone, strict=True)
        ]
        subjects = _with_seals_told_since(subjects)
        latest = latest_of_visits(one.pk for one in alone)
        found += _stored(unit, subjects, history, [latest.get(one.pk) for one in alone], alone, now)
    return found


def _with_seals_told_since(subjects: Sequence[Subject]) -> list[Subject]:
    """Facts are as of the message that brought them; a seal that another told of later counts as well. One query."""
    told: dict[int, list[SealFacts]] = {}
    visits = {visit.visit_id for subject in subjects for visit in subject.facts.visits}
    for visit_id, number in (
        SealObservation.objects.filter(visit__in=visits).order_by("pk").values_list("visit", "number")
    ):
        told.setdefault(visit_id, []).append(SealFacts(number))

    def sealed(visit: VisitFacts) -> VisitFacts:
        return replace(visit, seals=tuple(told.get(visit.visit_id, ())))

    return [
        replace(subject, facts=replace(subject.facts, visits=tuple(map(sealed, subject.facts.visits))))
        for subject in subjects
    ]


def _stored(
    unit: Unit,
    subjects: Sequence[Subject],
    history: History,
    assessments: Sequence[Assessment | None],
    cargo: Sequence[Consignment | EquipmentVisit],
    now: datetime,
) -> list[Judged]:
    """Subjects with the assessment they have, or one made now."""
    found: list[Judged] = []
    missing: list[tuple[Subject, Consignment | EquipmentVisit]] = []
    for subject, assessment, one in zip(subjects, assessments, cargo, strict=True):
        if assessment is None:
            missing.append((subject, one))
            continue
        assessed = _assessed(
            subject.facts,
            one.call,
            one.pk if isinstance(one, Consignment) else None,
            assessment_id=assessment.pk,
            lane=assessment.recommended_lane,
            score=assessment.score,
            sampled=assessment.sampled,
            flagged=assessment.sampled or assessment.recommended_lane.mark != Lane.Mark.NONE,
        )
        found.append(Judged(subject.facts, one.call, assessed))
    triggers = Assessment.Trigger
    scored = assess(
        unit=unit,
        subjects=[subject for subject, _one in missing],
        history=history,
        trigger=triggers.NEW_VERSION if isinstance(cargo[0], Consignment) else triggers.NEW_VISIT,
        now=now,
    )
    made = [
        judged(result, one.call, one.pk if isinstance(one, Consignment) else None)
        for result, (_subject, one) in zip(scored, missing, strict=True)
    ]
    record_assessments(unit=unit, assessed=[one.assessed for one in made], now=now)
    return found + made
