"""The cut line: hands of the shift against the cases to decide, held against a plain count."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from pcu.desk import paging
from profiling.cases import cut_line
from profiling.cases.cut_line import Rates
from profiling.cases.models import Outcome, Referral
from profiling.web.queue import SORTS
from tests import factories
from tests.factories_workbench import CapacityFactory

ORDER = SORTS["lane"]


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def hands(altynkol):
    return CapacityFactory(unit=altynkol, inspections_per_shift=3, shift_starts=time(0), shift_hours=24)


def cases(unit, number):
    return [factories.case_in(unit, lane_rank=1 + at) for at in range(number)]


def fired_in(unit, rules, **fields):
    """A case in which these rules fired."""
    case = factories.case_in(unit, **fields)
    case.assessment.fired = [{"version": 1, "code": code, "points": 40, "values": {}} for code in rules]
    case.assessment.save()
    return case


def refer(case, at, state="open"):
    return Referral.objects.create(
        unit=case.working_unit, case=case, method="scan", state=state, created_by=factories.person(case.unit),
        created_at=at, updated_at=at,
    )  # fmt: skip


def examined(case, result, at, source="own_inspection"):
    return Outcome.objects.create(
        unit=case.unit, case=case, visit=case.visits.first(), result=result, status="confirmed", source=source,
        recorded_by=factories.person(case.unit), recorded_at=at,
    )  # fmt: skip


def test_there_is_no_line_where_nobody_stated_a_capacity(altynkol):
    cases(altynkol, 2)
    assert cut_line.cut_line(unit=altynkol, order=ORDER) is None


def test_each_hand_left_goes_to_one_case_in_the_order_of_the_queue(altynkol, hands):
    made = cases(altynkol, 5)
    told = cut_line.cut_line(unit=altynkol, order=ORDER)
    assert (told.left, told.above, told.below, told.more) == (3, 3, 2, False)
    assert [paging.lies_beyond(ORDER, told.key, case) for case in made] == [False, False, False, True, True]
    assert told.finds_above is None  # nothing was ever inspected


def test_hands_given_out_in_this_shift_are_gone_and_those_of_others_are_not(altynkol, dostyk, hands):
    cases(altynkol, 4)
    now = timezone.now()
    since = cut_line.hands_of(altynkol).shift_at(now, altynkol).since
    one, two, three, four = (factories.case_in(altynkol, state="referred") for _each in range(4))
    refer(one, now)
    examined(one, "clean", now)  # the same hand
    refer(two, since - timedelta(seconds=1))  # the shift before
    refer(three, now, state="withdrawn")
    examined(four, "found", now, source="partner_feedback")  # no hand of ours
    refer(factories.case_in(dostyk, state="referred"), now)
    told = cut_line.cut_line(unit=altynkol, order=ORDER)
    assert (told.given, told.left, told.above, told.below) == (1, 2, 2, 2)


def test_when_all_hands_are_given_out_everything_lies_below(altynkol, hands):
    cases(altynkol, 2)
    for _each in range(4):
        refer(factories.case_in(altynkol, state="referred"), timezone.now())
    told = cut_line.cut_line(unit=altynkol, order=ORDER)
    assert (told.given, told.left, told.above, told.below, told.key) == (4, 0, 0, 2, None)


def test_the_nearest_node_that_states_something_counts(altynkol, hands):
    CapacityFactory(unit=altynkol.parent, inspections_per_shift=50)
    cases(altynkol, 1)
    assert cut_line.cut_line(unit=altynkol, order=ORDER).hands.inspections == 3
    hands.delete()
    assert cut_line.cut_line(unit=altynkol, order=ORDER).hands.inspections == 50


def test_expected_finds_are_the_best_precision_of_each_case_drawn_to_the_base(altynkol, hands):
    now = timezone.now()
    for found in [True] * 6 + [False] * 4:
        case = fired_in(altynkol, ["R-1"], state="closed", disposition="inspected_clean")
        examined(case, "found" if found else "clean", now)
    for _each in range(10):
        case = fired_in(altynkol, ["R-2"], state="closed", disposition="inspected_clean")
        examined(case, "clean", now)
    base = 6 / 20  # the sample is too small: all that was inspected
    one, two = (6 + 20 * base) / 30, (0 + 20 * base) / 30
    rates = cut_line.rates_of(altynkol, timezone.now())
    assert rates.base == pytest.approx(base)
    assert dict(rates.rules) == {"R-1": pytest.approx(one), "R-2": pytest.approx(two)}
    assert rates.chance(["R-1", "R-2"]) == pytest.approx(max(one, two))
    assert rates.chance(["R-3"]) == rates.chance([]) == pytest.approx(base)
    hands.inspections_per_shift = 22  # twenty were examined in this shift
    hands.save()
    for rules in (["R-1", "R-2"], ["R-2"], ["R-1"]):
        fired_in(altynkol, rules, lane_rank={2: 1}.get(len(rules), 2))
    told = cut_line.cut_line(unit=altynkol, order=ORDER)
    assert (told.left, told.above, told.below) == (2, 2, 1)
    assert told.finds_above + told.finds_below == pytest.approx(one + two + one)


def test_a_large_queue_is_looked_at_up_to_a_bound(altynkol, hands, monkeypatch):
    monkeypatch.setattr(cut_line, "LOOKED_AT", 2)
    cases(altynkol, 6)
    told = cut_line.cut_line(unit=altynkol, order=ORDER)
    assert (told.above, told.below, told.more) == (3, 2, True)


def test_the_number_of_queries_is_fixed(altynkol, hands, django_assert_num_queries):
    cases(altynkol, 6)
    cut_line.cut_line(unit=altynkol, order=ORDER)
    with django_assert_num_queries(2):
        cut_line.cut_line(unit=altynkol, order=ORDER)


def test_a_rule_that_took_points_off_promises_no_find(altynkol, hands, monkeypatch):
    case = fired_in(altynkol, ["R-1"])
    case.assessment.fired = [{"version": 1, "code": "R-1", "points": -20, "values": {}}]
    case.assessment.save()
    monkeypatch.setattr(cut_line, "rates_of", lambda unit, now: Rates(0.1, {"R-1": 0.5}))
    assert cut_line.cut_line(unit=altynkol, order=ORDER).finds_above == pytest.approx(0.1)
