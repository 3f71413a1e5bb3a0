"""Days and times that cannot be are refused at their field."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.utils import timezone as clock

from inspections.completeness import problems
from inspections.errors import InvalidActError
from inspections.models import Inspection
from inspections.moments import fault_of
from inspections.recording import Change, apply_changes
from tests import factories
from tests.factories_recording import member, planned

EAST = timezone(timedelta(hours=14))
WEST = timezone(-timedelta(hours=12))


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(1, 1, 1, tzinfo=EAST), "before the year 1990"),
        (datetime(1989, 12, 31, 23, tzinfo=UTC), "before the year 1990"),
        (datetime(9999, 12, 31, 23, 59, tzinfo=WEST), "a year ahead"),
        (date(1, 1, 1), "before the year 1990"),
        (date(9999, 12, 31), "a year ahead"),
        (datetime(1990, 1, 1, tzinfo=UTC), ""),
        (date(1990, 1, 1), ""),
    ],
)
def test_what_was_mistyped_is_told(moment: Any, said: str) -> None:
    assert said in fault_of(moment)
    assert bool(fault_of(moment)) is bool(said)


def test_the_future_is_for_plans_alone() -> None:
    ahead = clock.now() + timedelta(days=30)
    for moment in (ahead, ahead.date()):
        assert fault_of(moment) == ""
        assert "still to come" in fault_of(moment, happened=True)
    assert fault_of(clock.now() + timedelta(minutes=1), happened=True) == ""


@pytest.mark.parametrize("planned_for", [datetime(226, 11, 24, tzinfo=UTC), datetime(2226, 11, 24, tzinfo=UTC)])
def test_nothing_is_planned_for_a_year_that_cannot_be(case, officer, planned_for) -> None:
    with pytest.raises(InvalidActError) as refused:
        planned(case, officer, team=[member(officer)], planned_for=planned_for)
    assert refused.value.errors.keys() == {"planned_for"}
    assert not Inspection.objects.exists()
    assert planned(case, officer, planned_for=clock.now() + timedelta(days=30)).planned_for


def test_what_was_done_was_done_by_now(inspection, officer) -> None:
    later = (clock.now() + timedelta(hours=2)).isoformat()
    change = Change("time", {"started": "2026-03-02T11:00", "ended": later}, {"started": None, "ended": None})
    (answer,) = apply_changes(inspection=inspection, user=officer, changes=[change])
    assert (answer["outcome"], answer["code"]) == ("refused", "impossible_time")
    assert "still to come" in answer["message"]
    Inspection.objects.update(started_at=factories.NOON, ended_at=clock.now() + timedelta(hours=2))
    told = [one["message"] for one in problems(Inspection.objects.get())]
    assert "It ends in the future." in told
