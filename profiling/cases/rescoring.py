"""Score again what stands, because something new is known of it: an event at a gate, a paper, a lookout's answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from pcu.accounts.models import Unit
from profiling.cargo.choices import Function
from profiling.cargo.models import Consignment, EquipmentVisit, Submission
from profiling.cases.matching import judged, match_new
from profiling.cases.opening import lock_subjects, record_assessments
from profiling.indicators.lookup import read_consignments, read_visits
from profiling.lookouts.search import unbilled
from profiling.rules.models import Assessment
from profiling.rules.services import Subject, assess


@transaction.atomic
def rescore(
    *,
    unit: Unit,
    consignment_ids: Sequence[int],
    trigger: Assessment.Trigger,
    submission: Submission | None = None,
    now: datetime,
) -> int:
    """Assess the current versions of these consignments with all that is known now. Returns how many are flagged.

    What was withdrawn, and past cargo that was loaded to compare with, is left out. submission: the push that brought
    the news, which a lookout's hit names; None where a person did. A fixed number of queries.
    """
    # Held before they are read: a version that is being written meanwhile is waited for and scored, and no case goes
    # back to an assessment of the one before it.
    lock_subjects(Consignment.objects.of_unit(unit).filter(pk__in=consignment_ids))
    standing = list(
        Consignment.objects.of_unit(unit)
        .filter(pk__in=consignment_ids, current__submission__is_history=False)
        .exclude(current__function=Function.CANCEL)
        .select_related("call", "current")
        .order_by("pk")
    )
    versions = [one.current for one in standing if one.current is not None]
    if not versions:
        return 0
    facts, history = read_consignments(unit=unit, version_ids=[one.pk for one in versions], as_of=now)
    subjects = [
        Subject(facts=fact, draw_key=f"consignment/{one.pk}", version_id=one.current_id)
        for fact, one in zip(facts, standing, strict=True)
    ]
    scored = assess(unit=unit, subjects=subjects, history=history, trigger=trigger, now=now)
    cargo = [judged(result, one.call, consignment_id=one.pk) for result, one in zip(scored, standing, strict=True)]
    record_assessments(unit=unit, assessed=[one.assessed for one in cargo], now=now)
    opened = match_new(unit=unit, subjects=cargo, submission=submission, now=now)
    return sum(result.is_flagged for result in scored) + opened


@transaction.atomic
def rescore_visits(
    *, unit: Unit, visit_ids: Collection[int], trigger: Assessment.Trigger, submission: Submission, now: datetime
) -> int:
    """Assess equipment that no bill names, as `rescore` does bills: what a scale found of it is for no bill to say."""
    lock_subjects(EquipmentVisit.objects.of_unit(unit).filter(pk__in=visit_ids))
    alone = list(
        unbilled(EquipmentVisit.objects.of_unit(unit).filter(pk__in=visit_ids, current__submission__is_history=False))
        .select_related("call")
        .order_by("pk")
    )
    if not alone:
        return 0
    facts, history = read_visits(unit=unit, visit_ids=[one.pk for one in alone], as_of=now)
    subjects = [
        Subject(facts=fact, draw_key=f"visit/{one.pk}", visit_id=one.pk) for fact, one in zip(facts, alone, strict=True)
    ]
    scored = assess(unit=unit, subjects=subjects, history=history, trigger=trigger, now=now)
    cargo = [judged(result, one.call) for result, one in zip(scored, alone, strict=True)]
    record_assessments(unit=unit, assessed=[one.assessed for one in cargo], now=now)
    opened = match_new(unit=unit, subjects=cargo, submission=submission, now=now)
    return sum(result.is_flagged for result in scored) + opened
