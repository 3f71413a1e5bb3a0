"""Rules: publish a release, and score subjects with the one that is live."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from pcu.accounts.models import Unit
from pcu.rows import Rows, load_rows
from profiling.indicators.catalogue import REGISTRY, Values
from profiling.indicators.compute import compute
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import History
from profiling.rules import lists, shadowing, starter
from profiling.rules.compiling import Compiled, compiled
from profiling.rules.core.checking import parse
from profiling.rules.core.reasons import unknown_placeholders
from profiling.rules.core.sampling import draw
from profiling.rules.core.scoring import ScoreResult, Thresholds, lane_for
from profiling.rules.models import Activation, Assessment, Lane, Release, Rule, RuleVersion


class NoLiveReleaseError(Exception):
    """Nothing is live for a unit or any of its ancestors, so nothing can be scored."""


@dataclass(frozen=True)
class Subject:
    """What is to be scored: a consignment version or a visit, with its facts and the key of its random draw."""

    facts: SubjectFacts
    draw_key: str
    version_id: int | None = None
    visit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """An assessment as it was written."""

    assessment_id: int
    subject: Subject
    lane: Lane
    score: int
    sampled: bool

    @property
    def is_flagged(self) -> bool:
        """It asks for somebody's eyes: it crosses a threshold or was drawn."""
        return self.sampled or self.lane.mark != Lane.Mark.NONE


def live_release(unit: Unit) -> Release:
    """The live release of the nearest node at or above the unit. Raises NoLiveReleaseError."""
    nodes = list(unit.ancestors_and_self())
    running = Activation.objects.filter(unit__in=nodes, ended_at=None, release__state=Release.State.LIVE)
    releases = {one.unit_id: one.release for one in running.select_related("release")}
    for node in reversed(nodes):
        if node.pk in releases:
            nearest: Release = releases[node.pk]
            return nearest
    raise NoLiveReleaseError(f"No release is live for {unit.code}: nothing can be scored.")


def lanes_of(unit: Unit) -> list[Lane]:
    """The lanes that apply to a unit, most urgent first: those of the nearest node that has any. One query."""
    lanes = list(Lane.objects.filter(unit__in=unit.ancestors_and_self()).select_related("unit").order_by("rank"))
    nearest = max((lane.unit.path for lane in lanes), key=len, default="")
    return [lane for lane in lanes if lane.unit.path == nearest]


def thresholds_of(release: Release) -> Thresholds:
    """The steps of a release; the lane that starts at no number of points is the one under all."""
    steps = {code: points for code, points in release.thresholds.items() if points is not None}
    below = next(code for code in release.thresholds if code not in steps)
    return Thresholds.from_points(steps, below)


@dataclass(frozen=True, slots=True)
class Sleep:
    """Codes of rules that are not asked on a day. suspended: those of them that somebody put to sleep for a time."""

    codes: frozenset[str]
    suspended: tuple[str, ...]


def asleep_on(release_id: int, day: date) -> Sleep:
    """Which rules of a release had expired or are suspended on a day.

    One query, asked for each chunk: a rule renewed or suspended a minute ago counts as it stands.
    """
    life = Rule.objects.filter(versions__releases=release_id).order_by("code")
    codes, suspended = set(), []
    for code, expires_on, suspended_until in life.values_list("code", "expires_on", "suspended_until"):
        if expires_on < day:
            codes.add(code)
        elif suspended_until is not None and suspended_until > day:
            codes.add(code)
            suspended.append(code)
    return Sleep(frozenset(codes), tuple(suspended))


def _seed() -> tuple[bytes, str]:
    """The secret seed of the sample, and the fingerprint that assessments keep of it."""
    seed = hashlib.sha256(settings.SAMPLE_SEED.encode()).digest()
    return seed, hashlib.sha256(seed).hexdigest()[:16]


def assess(
    *, unit: Unit, subjects: Sequence[Subject], history: History, trigger: Assessment.Trigger, now: datetime
) -> list[Scored]:
    """Compute, score, draw and write one assessment per subject. Runs in the caller's transaction."""
    if not subjects:
        return []
    release = live_release(unit)
    lanes = {lane.code: lane for lane in lanes_of(unit)}
    today = timezone.localdate(now, unit.zone)
    held = compiled(release.pk, today.isoformat())
    sleep = asleep_on(release.pk, today)
    thresholds = thresholds_of(release)
    seed, fingerprint = _seed()
    rows = Rows(Assessment)
    scored = []
    known = compute([s.facts for s in subjects], history)
    results = score_chunk(held, [one.values for one in known], sleep)
    for subject, computed, result in zip(subjects, known, results, strict=True):
        lane = lanes[lane_for(result.points, thresholds)]
        sample: dict[str, Any] = {}
        drawn = False
        if lane.mark == Lane.Mark.NONE and release.sample_rate > 0:
            # Only low-score cargo is drawn: the rest is looked at anyway.
            chance = draw(seed, str(release.ref), subject.draw_key, Decimal(release.sample_rate))
            drawn = chance.sampled
            sample = {
                "sampled": drawn,
                "sample_stratum": f"low/{subject.facts.mode.value if subject.facts.mode else 'unknown'}",
                "sample_seed": fingerprint,
                "sample_number": chance.number,
                "inclusion_probability": chance.inclusion_probability,
            }
            if drawn:
                lane = lanes[release.sample_lane]
        pk = rows.add(
            unit_id=unit.pk,
            version_id=subject.version_id,
            visit_id=subject.visit_id,
            release_id=release.pk,
            trigger=trigger.value,
            score=result.points,
            recommended_lane_id=lane.pk,
            fired=[
                {"version": held.versions[f.code], "code": f.code, "points": f.points, "values": dict(f.values)}
                for f in result.fired
            ],
            unknown=list(result.unknown),
            suspended=list(sleep.suspended),
            indicators=computed.values,
            faults=[[f.code, f.error] for f in computed.faults]
            + [list(fault) for fault in (*result.faults, *held.faults)],
            created_at=now,
            **sample,
        )
        scored.append(Scored(pk, subject, lane, result.points, drawn))
    load_rows([rows])
    shadowing.plan(unit=unit, assessments=[one.assessment_id for one in scored])
    return scored


def score_chunk(held: Compiled, rows: Sequence[Values], sleep: Sleep) -> list[ScoreResult]:
    """The results of a release for many rows of values, in their order; rules asleep are not asked."""
    return held.scorer.score(rows, sleep.codes)


@transaction.atomic
def install_starter(*, unit: Unit, sample_rate: Decimal = Decimal("0.02")) -> Release:
    """Give a country the starter lanes, rules and lists, live at once. Changes nothing where a release is live."""
    live: Activation | None = Activation.objects.filter(unit=unit, ended_at=None).select_related("release").first()
    if live is not None:
        return live.release
    now = timezone.now()
    for lane in starter.LANES:
        Lane.objects.get_or_create(
            unit=unit,
            code=lane.code,
            defaults={
                "mark": lane.mark,
                "rank": lane.rank,
                "letters": dict(lane.letters),
                "labels": dict(lane.labels),
                "actions": dict(lane.actions),
                "limit_minutes": lane.limit_minutes,
            },
        )
    release = Release.objects.create(
        unit=unit,
        name=f"{unit.code} 1",
        state=Release.State.LIVE,
        thresholds={**starter.THRESHOLDS.as_points(), starter.THRESHOLDS.below: None},
        sample_rate=sample_rate,
        sample_lane=starter.THRESHOLDS.steps[0][1],
        live_since=now,
    )
    Activation.objects.create(release=release, unit=unit, started_at=now)
    lists.install_starter_lists(unit=unit)
    specs = REGISTRY.specs()
    for given in starter.RULES:
        parse(given.condition, specs)  # a rule that the catalogue does not know never goes live
        if any(unknown_placeholders(reason, specs) for reason in given.reason.values()):
            raise ValueError(f"the reason of rule {given.code} names what is no indicator")
        rule = Rule.objects.create(
            unit=unit,
            code=given.code,
            owner=given.owner,
            expires_on=timezone.localdate() + relativedelta(months=given.expires_after_months),
        )
        version = RuleVersion.objects.create(
            rule=rule,
            number=1,
            titles=dict(given.title),
            shorts=dict(given.short),
            reasons=dict(given.reason),
            condition=dict(given.condition),
            points=given.points,
        )
        release.versions.add(version)
    return release
