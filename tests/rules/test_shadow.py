"""Suspended and expired rules, and releases in shadow: what is scored beside the live path, and never into it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.models import Consignment
from profiling.cases.rescoring import rescore
from profiling.rules import activating, life, releases, shadow, shadowing
from profiling.rules.latest import latest_assessments
from profiling.rules.models import Assessment, Release, Rule, ShadowScore
from tests import factories
from tests.factories_workbench import ShadowScoreFactory
from tests.rules.written import in_shadow, live_at, version_of


@pytest.fixture
def consignment(altynkol) -> Consignment:
    return factories.VersionFactory(consignment__call__unit=altynkol).consignment


def scored(consignment: Consignment) -> Assessment:
    rescore(
        unit=consignment.unit,
        consignment_ids=[consignment.pk],
        trigger=Assessment.Trigger.NEW_DOCUMENT,
        now=timezone.now(),
    )
    return Assessment.objects.order_by("-pk")[0]


def codes(assessment: Any) -> list[str]:
    return [one["code"] for one in assessment.fired]


def do_jobs() -> list[Job]:
    done = list(Job.objects.filter(kind=shadow.SCORE, state=Job.State.WAITING))
    for job in done:
        jobs.run(job.pk)
    return done


def anything(field: str = "gross_kg") -> dict[str, Any]:
    """Fires whatever the cargo is."""
    return {"any": [{"lhs": field, "op": "is_missing"}, {"lhs": field, "op": "is_present"}]}


def test_a_suspended_rule_does_not_fire_until_its_day_and_the_score_says_so(kz, live, analyst, chief, consignment):
    version = version_of(kz, analyst, chief, condition=anything())
    live_at(kz, analyst, chief, version)
    assert "R-900" in codes(scored(consignment))
    life.suspend(rule=version.rule, user=analyst, until=timezone.localdate() + timedelta(days=3), why="Too noisy")
    asleep = scored(consignment)
    assert ("R-900" in codes(asleep), asleep.suspended) == (False, ["R-900"])
    Rule.objects.filter(pk=version.rule_id).update(suspended_until=timezone.localdate(timezone=consignment.unit.zone))
    woken = scored(consignment)
    assert ("R-900" in codes(woken), woken.suspended) == (True, [])


def test_a_renewal_counts_on_the_day_and_an_expired_rule_is_silent(kz, live, analyst, chief, consignment):
    version = version_of(kz, analyst, chief, condition=anything())
    live_at(kz, analyst, chief, version)
    Rule.objects.filter(pk=version.rule_id).update(expires_on=timezone.localdate() - timedelta(days=2))
    expired = scored(consignment)
    assert ("R-900" in codes(expired), expired.suspended) == (False, [])
    life.renew(rule=version.rule, user=chief, until=timezone.localdate() + timedelta(days=30), why="Still needed")
    assert "R-900" in codes(scored(consignment))


def test_a_release_in_shadow_scores_what_the_live_one_assessed_from_the_same_values(
    kz, altynkol, live, analyst, chief, consignment
):
    release = in_shadow(kz, analyst, chief, version_of(kz, analyst, chief, condition=anything(), points=90))
    assessment = scored(consignment)
    assert not ShadowScore.objects.exists()
    assert "R-900" not in codes(assessment)
    [job] = do_jobs()
    job.refresh_from_db()
    assert (job.state, job.result) == (Job.State.DONE, {"scored": 1})
    score = ShadowScore.objects.get()
    assert (score.assessment, score.release, "R-900" in codes(score)) == (assessment, release, True)
    assert score.score == assessment.score + 90
    found = shadow.compare(release, factories.person(altynkol))
    assert (found.scored, found.flagged_shadow, found.up, found.down) == (1, 1, 1, 0)
    assert found.matrix == {(assessment.recommended_lane.code, score.lane.code): 1}
    assert list(shadow.differences(release, factories.person(altynkol))) == [score]


def test_the_same_part_done_twice_scores_once(kz, live, analyst, chief, consignment):
    in_shadow(kz, analyst, chief)
    scored(consignment)
    [job] = do_jobs()
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING, attempts=0)
    jobs.run(job.pk)
    assert ShadowScore.objects.count() == 1


def test_a_release_that_left_shadow_meanwhile_scores_nothing(kz, live, analyst, chief, consignment):
    release = in_shadow(kz, analyst, chief)
    scored(consignment)
    releases.stop_shadow(release=release, user=chief)
    do_jobs()
    assert not ShadowScore.objects.exists()


def test_a_failing_shadow_touches_nothing_that_is_live_and_no_other_shadow(
    kz, altynkol, live, analyst, chief, consignment, monkeypatch
):
    broken = in_shadow(kz, analyst, chief)
    Release.objects.filter(pk=broken.pk).update(thresholds={"violet": None})
    sound = in_shadow(kz, analyst, chief)
    assessment = scored(consignment)
    for job in Job.objects.filter(kind=shadow.SCORE).order_by("pk"):
        for _attempt in range(3):
            try:
                jobs.run(job.pk)
            except KeyError:
                continue
    assert list(ShadowScore.objects.values_list("release", flat=True)) == [sound.pk]
    assert latest_assessments([consignment.current_id])[consignment.current_id] == assessment
    assert shadow.compare(broken, chief).failed == 1
    Release.objects.filter(pk=broken.pk).update(thresholds=live.thresholds)
    assert shadow.retry_failed(broken, chief) == 1
    do_jobs()
    assert shadow.compare(broken, chief).failed == 0
    assert ShadowScore.objects.filter(release=broken).exists()


def test_cargo_is_assessed_also_when_the_shadow_cannot_even_be_planned(
    kz, live, analyst, chief, consignment, monkeypatch
):
    in_shadow(kz, analyst, chief)

    def fails(**_kwargs: object) -> None:
        raise DatabaseError("no room")

    monkeypatch.setattr(shadowing.jobs, "add", fails)
    assert scored(consignment).version == consignment.current
    assert not Job.objects.filter(kind=shadow.SCORE).exists()


def test_drawn_cargo_is_compared_apart(kz, altynkol, live, chief):
    release = factories.ReleaseFactory(unit=kz, name="KZ 2", state="shadow")
    factories.LaneFactory(unit=kz, code="red")
    version = factories.VersionFactory(consignment__call__unit=altynkol)
    drawn = factories.AssessmentFactory(version=version, sampled=True, score=3)
    ShadowScoreFactory(assessment=drawn, release=release, score=3, lane=factories.LaneFactory(unit=kz, code="green"))
    found = shadow.compare(release, chief)
    assert (found.scored, found.drawn, found.down) == (1, 1, 0)
    assert not shadow.differences(release, chief).exists()


def test_what_a_rolled_back_release_assessed_stays_in_sight(kz, live, analyst, chief, consignment):
    release = in_shadow(kz, analyst, chief)
    made = activating.activate(release=release, unit=kz, user=chief)
    by_it = scored(consignment)
    activating.roll_back(activation=made, user=chief, why="Too many")
    release.refresh_from_db()
    assert release.state == Release.State.APPROVED
    assert latest_assessments([consignment.current_id])[consignment.current_id] == by_it
    releases.start_shadow(release=release, user=chief)
    assert latest_assessments([consignment.current_id])[consignment.current_id] == by_it
