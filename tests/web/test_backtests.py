"""The back-test page: a draft against what is live, moved by hand, kept, compared and taken along as a file."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from pcu.accounts.roles import Role
from profiling.cases.models import Outcome
from profiling.rules import snapshots
from profiling.rules.models import Assessment, BackTest
from tests import factories
from tests import factories_workbench as workbench
from tests.web.conftest import signed_in
from tests.web.pages import HTMX, holds_something_inline, text

STEPS = {"red": 60, "yellow": 30, "green": None}


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.SNAPSHOT_DIR = str(tmp_path)
    snapshots.CACHE.clear()


def version(unit, code, points, kg):
    rule = factories.RuleFactory(unit=unit.parent, code=code)
    number = rule.versions.count() + 1
    condition = {"lhs": "gross_kg", "op": "gt", "value": kg}
    return factories.RuleVersionFactory(rule=rule, number=number, points=points, condition=condition)


@pytest.fixture
def post(db):
    """Six that weigh 100 to 600: what is live flags those above 450; the find is the one of 300."""
    unit = factories.UnitFactory()
    live = factories.ReleaseFactory(unit=unit.parent, thresholds=STEPS)
    live.versions.add(version(unit, "R-1", 40, 450))
    for kg in range(100, 700, 100):
        case = factories.case_in(unit)
        Assessment.objects.filter(pk=case.assessment_id).update(
            indicators={"gross_kg": float(kg)}, created_at=timezone.now() - timedelta(days=3), release=live
        )
        if kg in (300, 500):
            result = "found" if kg == 300 else "clean"
            Outcome.objects.create(
                unit=unit, case=case, visit=case.visits.first(), result=result, status="confirmed",
                source="own_inspection", recorded_by=factories.person(unit), recorded_at=timezone.now(),
            )  # fmt: skip
    return unit


@pytest.fixture
def draft(post):
    release = factories.ReleaseFactory(unit=post.parent, name="draft", state="draft", thresholds=STEPS)
    release.versions.add(version(post, "R-2", 70, 250))
    workbench.CapacityFactory(unit=post, inspections_per_shift=1, shift_hours=24)
    return release


def address(release, query="days=30&hands=1"):
    return f"/rules/releases/{release.ref}/backtest/?{query}"


def cells(response, label):
    row = re.search(rf"<td>{label}</td>(.*?)</tr>", text(response), re.S)
    return [re.sub(r"<[^>]+>|\s+", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.S)]


def test_the_draft_stands_beside_what_is_live(draft, post):
    answer = signed_in(factories.person(post)).get(address(draft))
    assert answer.status_code == 200
    assert not holds_something_inline(answer)
    # thirty inspections: everything is opened by both
    assert cells(answer, "Known finds caught") == ["1", "1", "0"]
    said = " ".join(text(answer).split())
    assert "4 of 6 were never inspected" in said
    assert "Back-test: draft against 2026.1" in said


def test_at_a_smaller_capacity_the_draft_finds_what_what_is_live_misses(draft, post):
    # a period of four days and one inspection a day: four of six are opened
    since, until = timezone.now() - timedelta(days=3), timezone.now()
    query = f"days=&since={since:%Y-%m-%d}&until={until:%Y-%m-%d}&hands=1"
    answer = signed_in(factories.person(post)).get(address(draft, query))
    # live: both heavy ones, then half of the other four, among them the find; draft: the four above 250
    assert cells(answer, "Known finds caught") == ["0.5", "1.0", "+0.5"]
    assert "Known finds won: 0.5, lost: 0" in " ".join(text(answer).split())


def test_points_and_lanes_are_moved_without_reading_the_past_again(draft, post, monkeypatch):
    client = signed_in(factories.person(post))
    client.get(address(draft))

    def fail(*_args, **_kwargs):
        raise AssertionError("the past was read again")

    monkeypatch.setattr("profiling.rules.snapshots.columns", fail)
    answer = client.get(address(draft, "days=30&hands=1&p.R-2=20"), headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in text(answer)
    assert cells(answer, "Flags a day")[1] == "0.0"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("p.R-2=101", "R-2: points are a whole number"),
        ("p.R-2=many", "R-2: points are a whole number"),
        ("l.red=30", "Lanes begin at different points"),
        ("l.red=20", "Lanes begin at different points"),
        ("l.yellow=x", "A lane begins at a whole number of points: yellow"),
        ("hands=-1", "Inspections a shift are a whole number"),
        ("since=2026-02-30&until=2026-03-01", "A period has a first and a last day"),
        ("since=2026-03-02&until=2026-03-01", "A period has a first and a last day"),
    ],
)
def test_what_cannot_be_is_told_and_the_last_figures_stand(draft, post, query, told):
    answer = signed_in(factories.person(post)).get(address(draft, query))
    assert answer.status_code == 422
    assert told in text(answer)
    assert "The figures below are those of the release as it is written." in text(answer)
    assert cells(answer, "Known finds caught")


def test_who_writes_rules_keeps_one_and_two_are_set_side_by_side(draft, post):
    analyst = signed_in(factories.person(post, Role.ANALYST))
    said = {"days": "30", "hands": "1", "p.R-2": "20", "name": " September  moved "}
    kept = analyst.post(f"/rules/releases/{draft.ref}/backtest/keep/", said)
    one = BackTest.objects.get()
    assert kept.url == f"/rules/backtests/{one.ref}/"
    assert (one.name, one.changes, one.unit) == ("September moved", {"points": {"R-2": 20}, "steps": {}}, post)
    analyst.post(f"/rules/releases/{draft.ref}/backtest/keep/", {"days": "30", "hands": "1", "name": "As written"})
    two = BackTest.objects.exclude(pk=one.pk).get()
    draft.versions.clear()  # what was kept does not follow
    again = analyst.get(kept.url)
    assert cells(again, "Flags a day") == cells(analyst.get(f"/rules/backtests/{one.ref}/"), "Flags a day")
    side = analyst.get(f"/rules/backtests/?a={one.ref}&b={two.ref}")
    assert cells(side, "Flags a day")[:2] == ["0.0", "0.1"]


def test_who_does_not_write_rules_keeps_nothing(draft, post):
    officer = signed_in(factories.person(post))
    assert officer.post(f"/rules/releases/{draft.ref}/backtest/keep/", {"name": "Mine"}).status_code == 403
    analyst = signed_in(factories.person(post, Role.ANALYST))
    nameless = analyst.post(f"/rules/releases/{draft.ref}/backtest/keep/", {"name": " "})
    assert (nameless.status_code, BackTest.objects.count()) == (422, 0)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_it_goes_along_as_a_file(draft, post, kind):
    client = signed_in(factories.person(post))
    answer = client.get(f"/rules/releases/{draft.ref}/backtest.{kind}?days=30&hands=1")
    assert answer.status_code == 200
    content = b"".join(answer) if answer.streaming else answer.content
    assert content.startswith(b"PK" if kind == "xlsx" else "﻿".encode())
    if kind == "csv":
        assert "R-2" in content.decode()


def test_a_stranger_finds_neither_the_release_nor_what_was_kept(draft, post):
    kept = workbench.BackTestFactory(release=draft, unit=post)
    stranger = signed_in(factories.person(factories.UnitFactory(code="DSB", parent__code="TJ")))
    neighbour = signed_in(factories.person(factories.UnitFactory(code="DOS"), Role.SUPERVISOR))
    client = signed_in(factories.client_system(post))
    assert stranger.get(address(draft)).status_code == 404
    for somebody in (stranger, neighbour, client):
        assert somebody.get(f"/rules/backtests/{kept.ref}/").status_code in (403, 404)
    # the neighbour reads the release of the country, over cargo of the own unit alone
    assert "0 of 0 were never inspected" in " ".join(text(neighbour.get(address(draft))).split())


def test_where_nothing_is_live_it_says_so(db):
    unit = factories.UnitFactory()
    release = factories.ReleaseFactory(unit=unit.parent, name="draft", state="draft", thresholds=STEPS)
    answer = signed_in(factories.person(unit)).get(address(release))
    assert "No release is live for this unit" in text(answer)
