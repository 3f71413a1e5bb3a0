"""What an act lacks is told line by line, and a finished one lacks nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inspections.choices import Point
from inspections.completeness import problems
from inspections.models import Inspection, InspectionLine, Photo, SealRecord
from tests import factories
from tests.factories_recording import planned


def photograph(line: InspectionLine, kind: str, **fields: Any) -> Photo:
    return Photo.objects.create(
        inspection=line.inspection,
        line=line,
        kind=kind,
        sha256="0" * 64,
        shown_sha256="0" * 64,
        thumb_sha256="0" * 64,
        size=1,
        width=1,
        height=1,
        uploaded_by=line.inspection.created_by,
        uploaded_at=timezone.now(),
        **fields,
    )


@pytest.fixture
def whole(altynkol, officer) -> InspectionLine:
    """The only line of an act that lacks nothing."""
    inspection = planned(factories.case_in(altynkol), officer)
    now = timezone.now()
    Inspection.objects.filter(pk=inspection.pk).update(
        state="under_way", started_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1)
    )
    line = inspection.lines.get()
    line.methods = {"full_devanning": {"done": True, "started": None, "ended": None}}
    line.points = {point: {"state": "ok", "note": ""} for point in Point.values}
    line.result, line.findings = "found", "Behind the wall"
    line.save()
    SealRecord.objects.create(line=line, event="found", number="A1", condition="broken")
    SealRecord.objects.create(line=line, event="affixed", number="B2")
    for kind in ("doors", "unloaded", "empty", "seal", "finding"):
        photograph(line, kind)
    return line


def lacking(line: InspectionLine) -> list[tuple[str, str]]:
    return [
        (missing["field"], missing["message"]) for missing in problems(Inspection.objects.get(pk=line.inspection_id))
    ]


def fields(line: InspectionLine) -> set[str]:
    return {field for field, _message in lacking(line)}


def test_a_finished_act_lacks_nothing(whole):
    assert lacking(whole) == []


def test_a_planned_one_lacks_nearly_everything_and_each_says_of_which_line(inspection):
    missing = problems(inspection)
    assert {one["field"] for one in missing} == {"time", "methods", "result"}
    lines = {str(line.ref) for line in inspection.lines.all()}
    assert {one["line"] for one in missing} == {"", *lines}
    assert all(one["message"] for one in missing)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"methods": {}}, "methods"),
        ({"methods": {"scan": {"done": False, "note": "Broken"}}}, "methods"),
        ({"points": {}}, "points"),
        ({"points": {point: {"state": "not_checked", "note": ""} for point in Point.values}}, "points.roof"),
        ({"points": {point: {"state": "finding", "note": ""} for point in Point.values}}, "points.front"),
        ({"packages_found": 5}, "counted_how"),
        ({"gross_found_kg": 5}, "weighed_how"),
        ({"packages_declared": 6, "packages_found": 5, "counted_how": "counted"}, "difference_note"),
        ({"gross_declared_kg": 4, "gross_found_kg": 5, "weighed_how": "scale"}, "difference_note"),
        ({"result": ""}, "result"),
        ({"findings": ""}, "findings"),
    ],
)
def test_each_gap_is_found(whole, changed, field):
    for name, value in changed.items():
        setattr(whole, name, value)
    whole.save()
    assert field in fields(whole)


def test_what_is_declared_unknown_needs_no_explanation(whole):
    whole.packages_declared, whole.packages_found, whole.counted_how = None, 5, "counted"
    whole.save()
    assert lacking(whole) == []


def test_points_may_stay_open_where_nothing_was_unloaded(whole):
    whole.methods, whole.points = {"scan": {"done": True}}, {}
    whole.save()
    photograph(whole, "scan")
    assert "points" not in fields(whole)


def test_a_broken_seal_asks_for_a_new_one_and_so_does_an_opened_door(whole):
    SealRecord.objects.filter(event="affixed").delete()
    assert "seals" in fields(whole)
    SealRecord.objects.filter(event="found").update(condition="intact")
    assert "seals" in fields(whole)
    whole.methods = {"dog": {"done": True}}
    whole.save()
    assert "seals" not in fields(whole)
    SealRecord.objects.create(line=whole, event="found", number="X")
    assert "seals" in fields(whole), "its state is not told"


def test_photographs_are_asked_for_by_what_was_done_and_a_word_why_not_is_enough(whole):
    Photo.objects.filter(kind="empty").update(removed_at=timezone.now())
    assert (lacking(whole)[0][0], lacking(whole)[0][1].split(": ")[-1]) == ("photos", "Empty, number in view")
    whole.photos_note = "The camera broke"
    whole.save()
    assert lacking(whole) == []


@pytest.mark.parametrize(
    ("started", "ended"),
    [(None, 1), (1, None), (1, -1), (90_000, 90_001)],
)
def test_times_are_asked_for_and_fit(whole, started, ended):
    now = timezone.now()
    Inspection.objects.update(
        started_at=started and now + timedelta(minutes=started), ended_at=ended and now + timedelta(minutes=ended)
    )
    assert "time" in fields(whole)


def test_an_act_of_nobody_is_not_complete(whole):
    whole.inspection.team.all().delete()
    assert "team" in fields(whole)


def test_forty_containers_cost_no_more_queries_than_one(altynkol, officer, whole):
    many = planned(factories.case_in(altynkol, boxes=12), officer)
    for line in many.lines.all():
        SealRecord.objects.create(line=line, event="found", number=str(uuid4())[:20])
        photograph(line, "doors")

    def queries(inspection: Inspection) -> int:
        with CaptureQueriesContext(connection) as captured:
            problems(inspection)
        return len(captured)

    assert queries(many) == queries(whole.inspection)
