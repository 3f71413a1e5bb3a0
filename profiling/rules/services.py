"""Rules: publish a release, and score subjects with the one that is live."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from pcu.accounts.models import Unit
from pcu.rows import Rows, load_rows
from profiling.indicators.catalogue import REGISTRY
from profiling.indicators.compute import compute
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import History
from profiling.rules import shadowing, starter
from profiling.rules.core.checking import parse
from profiling.rules.core.reasons import named_in, unknown_placeholders
from profiling.rules.core.sampling import draw
from profiling.rules.core.scoring import CompiledRule, Thresholds, compile_rule, lane_for, score
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
class Awake:
    """The rules of a release that are asked on one day. versions: rule code to id of its version.

    suspended: codes of rules that somebody had put to sleep for a time; those that expired are simply not there.
    """

    rules: tuple[CompiledRule, ...]
    versions: Mapping[str, int]
    suspended: tuple[str, ...]


def rules_on(release_id: int, today: date) -> Awake:
    """Which rules of a release are asked on a day. One query: a rule renewed or suspended a minute ago counts so."""
    life = Rule.objects.filter(versions__releases=release_id).order_by("code")
    asleep, suspended = set(), []
    for code, expires_on, suspended_until in life.values_list("code", "expires_on", "suspended_until"):
        if expires_on < today:
            asleep.add(code)
        elif suspended_until is not None and suspended_until > today:
            asleep.add(code)
            suspended.append(code)
    rules, versions = _compiled(release_id)
    return Awake(tuple(rule for rule in rules if rule.code not in asleep), versions, tuple(suspended))


@lru_cache(maxsize=64)
def _compiled(release_id: int) -> tuple[tuple[CompiledRule, ...], dict[str, int]]:
    """All rules of a release. What a release holds never changes, so a process compiles it once."""
    versions = RuleVersion.objects.filter(releases=release_id).select_related("rule").order_by("rule__code")
    specs = REGISTRY.specs()
    rules = tuple(
        compile_rule(
            code=v.rule.code,
            points=v.points,
            condition=parse(v.condition, specs),
            names=named_in(v.reasons.values()),
        )
        for v in versions
    )
    return rules, {v.rule.code: v.pk for v in versions}


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
    awake = rules_on(release.pk, timezone.localdate(now, unit.zone))
    thresholds = thresholds_of(release)
    seed, fingerprint = _seed()
    rows = Rows(Assessment)
    scored = []
    for subject, computed in zip(subjects, compute([s.facts for s in subjects], history), strict=True):
        result = score(awake.rules, computed.values)
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
                {"version": awake.versions[f.code], "code": f.code, "points": f.points, "values": dict(f.values)}
                for f in result.fired
            ],
            unknown=list(result.unknown),
            suspended=list(awake.suspended),
            indicators=computed.values,
            faults=[[f.code, f.error] for f in computed.faults] + [list(fault) for fault in result.faults],
            created_at=now,
            **sample,
        )
        scored.append(Scored(pk, subject, lane, result.points, drawn))
    load_rows([rows])
    shadowing.plan(unit=unit, assessments=[one.assessment_id for one in scored])
    return scored


@transaction.atomic
def install_starter(*, unit: Unit, sample_rate: Decimal = Decimal("0.02")) -> Release:
    """Give a country the starter lanes and rules, live at once. Changes nothing where a release is live already."""
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
