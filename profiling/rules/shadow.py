"""Releases in shadow: they score stored assessments from the values as they stood, and are set beside the live one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import structlog
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.rules.compiling import Compiled, compiled
from profiling.rules.core.scoring import ScoreResult, lane_for
from profiling.rules.models import Assessment, Lane, Release, ShadowScore
from profiling.rules.services import asleep_on, lanes_of, score_chunk, thresholds_of
from profiling.rules.shadowing import SCORE

log = structlog.get_logger(__name__)


def score_in_shadow(lease: jobs.Lease) -> None:
    """The job `SCORE`: one release over some assessments; what was scored before is left as it is.

    Values are those of the assessment, never computed anew, and the rules those of the day of the assessment.
    """
    payload, unit = lease.job.payload, lease.job.unit
    with lease.holding():
        release = Release.objects.filter(pk=payload["release"], state=Release.State.SHADOW).first()
        if release is None:  # no longer in shadow: nobody asks any more
            lease.finish({"scored": 0})
            return
        known = ShadowScore.objects.filter(release=release, assessment=OuterRef("pk"))
        open_ones = Assessment.objects.filter(~Exists(known), pk__in=payload["assessments"], unit=unit).order_by("pk")
        lanes = {lane.code: lane for lane in lanes_of(unit)}
        thresholds = thresholds_of(release)
        now = timezone.now()
        by_day: dict[date, list[Assessment]] = {}
        for assessment in open_ones:
            by_day.setdefault(timezone.localdate(assessment.created_at, unit.zone), []).append(assessment)
        rows = []
        for assessment, result, held in _results(release, by_day):
            rows.append(
                ShadowScore(
                    assessment=assessment,
                    release=release,
                    score=result.points,
                    lane=lanes[lane_for(result.points, thresholds)],
                    fired=[
                        {
                            "version": held.versions[one.code],
                            "code": one.code,
                            "points": one.points,
                            "values": dict(one.values),
                        }
                        for one in result.fired
                    ],
                    unknown=list(result.unknown),
                    faults=[list(fault) for fault in (*result.faults, *held.faults)],
                    created_at=now,
                )
            )
        ShadowScore.objects.bulk_create(rows, ignore_conflicts=True)
        lease.finish({"scored": len(rows)})


def _results(
    release: Release, by_day: Mapping[date, Sequence[Assessment]]
) -> Iterator[tuple[Assessment, ScoreResult, Compiled]]:
    for day, assessments in by_day.items():
        held = compiled(release.pk, day.isoformat())
        results = score_chunk(held, [one.indicators for one in assessments], asleep_on(release.pk, day))
        for assessment, result in zip(assessments, results, strict=True):
            yield assessment, result, held


def shadow_failed(job: Job) -> None:
    """The page of the release counts it; nothing else waits for it."""
    log.error("shadow_not_scored", release=job.payload["release"], error=job.error)


@dataclass(frozen=True, slots=True)
class Compared:
    """A release in shadow beside the live one, over what it scored. Flagged: any lane but the one without examination.

    drawn: assessments of the random sample, whose live lane says nothing of the rules; they are in no other number.
    matrix: (code of the live lane, code of the lane in shadow) to how many. failed: parts nobody could score.
    """

    scored: int
    drawn: int
    flagged_live: int
    flagged_shadow: int
    up: int
    down: int
    lanes: Sequence[Lane]
    matrix: Mapping[tuple[str, str], int]
    waiting: int
    failed: int


def compare(release: Release, user: User) -> Compared:
    """Over the scores in shadow that a user may read. A fixed number of queries."""
    scores = ShadowScore.objects.visible_to(user).filter(release=release)
    drawn = scores.filter(assessment__sampled=True).count()
    cells = (
        scores.filter(assessment__sampled=False)
        .values_list("assessment__recommended_lane__code", "lane__code")
        .annotate(Count("pk"))
        .order_by()
    )
    matrix = {(live, shadow): number for live, shadow, number in cells}
    lanes = lanes_of(release.unit)
    rank = {lane.code: lane.rank for lane in lanes}
    quiet = {lane.code for lane in lanes if lane.mark == Lane.Mark.NONE}
    last = len(lanes) + 1

    def counted(wanted: Callable[[str, str], bool]) -> int:
        return sum(number for pair, number in matrix.items() if wanted(*pair))

    jobs_of = Job.objects.visible_to(user).filter(kind=SCORE, payload__release=release.pk)
    states = dict(jobs_of.values_list("state").annotate(Count("pk")).order_by())
    return Compared(
        scored=sum(matrix.values()) + drawn,
        drawn=drawn,
        flagged_live=counted(lambda live, shadow: live not in quiet),
        flagged_shadow=counted(lambda live, shadow: shadow not in quiet),
        up=counted(lambda live, shadow: rank.get(shadow, last) < rank.get(live, last)),
        down=counted(lambda live, shadow: rank.get(shadow, last) > rank.get(live, last)),
        lanes=lanes,
        matrix=matrix,
        waiting=states.get(Job.State.WAITING, 0) + states.get(Job.State.RUNNING, 0),
        failed=states.get(Job.State.FAILED, 0),
    )


def differences(release: Release, user: User) -> QuerySet[ShadowScore]:
    """The scores in shadow whose lane is another than the live one; drawn ones are left out."""
    found: QuerySet[ShadowScore] = (
        ShadowScore.objects.visible_to(user)
        .filter(~Q(lane=F("assessment__recommended_lane")), release=release, assessment__sampled=False)
        .select_related("lane", "assessment__recommended_lane", "assessment__unit")
        .select_related("assessment__version__consignment", "assessment__visit")
    )
    return found


def retry_failed(release: Release, user: User) -> int:
    """Give parts that failed fresh attempts; returns how many jobs. Raises PermissionDenied."""
    user.scope.require(Capability.WRITE_RULES, release.unit_id)
    subjects = Job.objects.visible_to(user).filter(kind=SCORE, payload__release=release.pk, state=Job.State.FAILED)
    return sum(jobs.retry_failed(one) for one in set(subjects.values_list("subject", flat=True)))
