"""What fresh assessments do to cases: open, raise, mark, bring back; never lower, never close."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from profiling.cargo.models import Consignment
from profiling.cases import services
from profiling.cases.choices import DecisionKind, Reason
from profiling.cases.models import Case
from profiling.cases.opening import Assessed, Headline, Recorded, due, record_assessments, record_withdrawals
from tests import factories
from tests.factories import NOON


@pytest.fixture
def consignment(altynkol) -> Consignment:
    for code in factories.LANES:
        factories.LaneFactory(unit=altynkol.parent, code=code)
    return factories.ConsignmentFactory(call__unit=altynkol)


def scored(consignment: Consignment, lane: str, score: int, rules: tuple[str, ...] = ("R-1",), **more: Any) -> Assessed:
    """A new version of the consignment, scored."""
    version = factories.VersionFactory(consignment=consignment)
    assessment = factories.AssessmentFactory(version=version, lane=lane, score=score, rules=rules)
    return Assessed(
        assessment_id=assessment.pk,
        lane=assessment.recommended_lane,
        score=score,
        sampled=more.pop("sampled", False),
        flagged=more.pop("flagged", lane != "green"),
        headline=more.pop("headline", Headline("MSKU1", 1, "Firm", "Parts", "T1")),
        consignment_id=consignment.pk,
        **more,
    )


def record(consignment: Consignment, *assessed: Assessed, now: Any = NOON) -> Recorded:
    return record_assessments(unit=consignment.unit, assessed=assessed, now=now)


def close(case: Case, user: Any) -> Case:
    case.refresh_from_db()
    services.decide(
        case=case,
        user=user,
        kind=DecisionKind.NO_EXAMINATION,
        reasons=[Reason.KNOWN_GOOD],
        note="",
        override_reason="Known",
        expected_version=case.version,
    )
    case.refresh_from_db()
    return case


def test_a_flagged_consignment_opens_a_case_with_what_the_queue_shows(consignment):
    visit = factories.VisitFactory(call=consignment.call)
    one = scored(consignment, "red", 86, eta=NOON + timedelta(minutes=30), visit_ids=(visit.pk,))
    assert record(consignment, one) == Recorded(opened=1, rescored=0)
    case = Case.objects.get()
    assert (case.state, case.origin, case.score, case.lane_rank) == ("open", "rules", 86, 1)
    assert (case.equipment_number, case.consignee, case.goods, case.conveyance) == ("MSKU1", "Firm", "Parts", "T1")
    assert list(case.consignments.all()) == [consignment]
    assert list(case.visits.all()) == [visit]
    assert case.number == f"ALT-2026-{case.pk:05d}"
    assert (case.due_at, case.due_source) == (NOON + timedelta(minutes=30), "eta")
    opened = case.events.get()
    assert (opened.kind, opened.facts["score"], opened.facts["version"]) == ("opened", 86, 1)


def test_the_year_of_a_number_is_the_units(consignment):
    new_year = NOON.replace(year=2026, month=12, day=31, hour=22)  # three in the morning of 1 January at the post
    record(consignment, scored(consignment, "red", 86), now=new_year)
    assert Case.objects.get().number.startswith("ALT-2027-")


def test_what_is_not_flagged_opens_nothing(consignment):
    assert record(consignment, scored(consignment, "green", 3)) == Recorded()
    assert not Case.objects.exists()


def test_drawn_cargo_opens_a_case_of_the_sample(consignment):
    record(consignment, scored(consignment, "red", 3, sampled=True))
    assert Case.objects.get().origin == "sample"


@pytest.mark.parametrize(
    ("eta", "limit", "expected"),
    [
        (timedelta(minutes=30), 60, (timedelta(minutes=30), "eta")),
        (timedelta(minutes=90), 60, (timedelta(minutes=60), "lane")),
        (timedelta(days=-9), 60, (timedelta(days=-9), "eta")),
        (None, 60, (timedelta(minutes=60), "lane")),
        (timedelta(days=3), None, (timedelta(days=3), "eta")),
    ],
)
def test_a_case_is_due_at_arrival_or_the_lanes_limit_whichever_comes_first(eta, limit, expected):
    lane = factories.LaneFactory.build(unit=None, code="red", limit_minutes=limit)
    at, source = due(eta=None if eta is None else NOON + eta, lane=lane, since=NOON)
    assert (at, source) == (NOON + expected[0], expected[1])


def test_without_arrival_and_limit_a_case_is_never_due():
    lane = factories.LaneFactory.build(unit=None, code="red", limit_minutes=None)
    assert due(eta=None, lane=lane, since=NOON) == (None, "")


def test_an_open_case_rises_and_says_what_changed(consignment):
    record(consignment, scored(consignment, "yellow", 35))
    worse = scored(consignment, "red", 90, rules=("R-1", "R-7"))
    assert record(consignment, worse) == Recorded(opened=0, rescored=1)
    case = Case.objects.get()
    assert (case.recommended_lane.code, case.lane_rank, case.score, case.version) == ("red", 1, 90, 2)
    assert case.assessment_id == worse.assessment_id
    facts = case.events.last().facts
    assert facts["before"] == {"score": 35, "lane": "yellow"}
    assert (facts["score"], facts["lane"], facts["fired"]) == (90, "red", ["R-7"])


def test_an_open_case_neither_sinks_nor_closes_but_keeps_the_latest_assessment(consignment):
    record(consignment, scored(consignment, "red", 90))
    better = scored(consignment, "green", 5, rules=(), headline=Headline("MSKU2", 1, "Other", "Nails", "T1"))
    record(consignment, better)
    case = Case.objects.get()
    assert (case.state, case.recommended_lane.code, case.score) == ("open", "red", 90)
    assert case.assessment_id == better.assessment_id
    assert case.consignee == "Other"
    assert case.events.last().facts["fired_no_more"] == ["R-1"]


def test_a_new_arrival_moves_the_clock_of_an_open_case(consignment):
    record(consignment, scored(consignment, "red", 90, eta=NOON + timedelta(minutes=50)))
    record(consignment, scored(consignment, "red", 90, eta=NOON + timedelta(minutes=20)), now=NOON + timedelta(1))
    case = Case.objects.get()
    assert (case.due_at, case.due_source) == (NOON + timedelta(minutes=20), "eta")


def test_new_equipment_of_a_consignment_joins_its_open_case(consignment):
    first, second = (factories.VisitFactory(call=consignment.call) for _ in range(2))
    record(consignment, scored(consignment, "red", 90, visit_ids=(first.pk,)))
    record(consignment, scored(consignment, "red", 90, visit_ids=(first.pk, second.pk)))
    assert set(Case.objects.get().visits.all()) == {first, second}


def test_a_case_waiting_for_documents_is_marked_when_the_score_changes(consignment, officer):
    record(consignment, scored(consignment, "yellow", 35))
    case = Case.objects.get()
    services.decide(
        case=case,
        user=officer,
        kind=DecisionKind.REQUEST_DOCUMENTS,
        reasons=[Reason.VALUE],
        note="",
        expected_version=case.version,
    )
    record(consignment, scored(consignment, "yellow", 35))
    case.refresh_from_db()
    assert not case.changed_since_decision
    record(consignment, scored(consignment, "yellow", 45))
    case.refresh_from_db()
    assert (case.state, case.changed_since_decision) == ("documents", True)


def test_the_same_facts_again_leave_a_closed_case_alone(consignment, officer):
    record(consignment, scored(consignment, "red", 90))
    case = close(Case.objects.get(), officer)
    assert record(consignment, scored(consignment, "red", 90)) == Recorded()
    fresh = Case.objects.get()
    assert (fresh.version, fresh.changed_since_decision) == (case.version, False)


def test_a_closed_case_is_marked_when_the_assessment_differs(consignment, officer):
    record(consignment, scored(consignment, "red", 90, rules=("R-1", "R-2")))
    close(Case.objects.get(), officer)
    assert record(consignment, scored(consignment, "orange", 60)) == Recorded()
    case = Case.objects.get()
    assert (case.state, case.changed_since_decision, case.events.latest("pk").kind) == ("closed", True, "changed")
    assert case.decided_assessment_id != case.assessment_id
    assert (case.score, case.recommended_lane.code) == (90, "red")


@pytest.mark.parametrize(
    ("decided", "now", "returns"),
    [
        (("yellow", 35, ("R-1",)), ("red", 90, ("R-1",)), True),  # a worse lane than at the decision
        (("red", 80, ("R-1",)), ("red", 95, ("R-1", "R-2")), True),  # a rule that nobody had seen
        (("red", 80, ("R-1",)), ("red", 95, ("R-1",)), False),  # more points for what was seen
        (("red", 80, ("R-1",)), ("red", 75, ("R-2",)), False),  # another rule, fewer points
        (("red", 80, ("R-1",)), ("orange", 55, ("R-1",)), False),
        (("yellow", 35, ("R-1",)), ("green", 5, ()), False),
    ],
)
def test_a_closed_case_comes_back_when_what_is_known_now_would_have_been_news(
    consignment, officer, decided, now, returns
):
    record(consignment, scored(consignment, *decided))
    closed = close(Case.objects.get(), officer)
    record(consignment, scored(consignment, *now))
    closed.refresh_from_db()
    assert closed.state == "closed"
    assert closed.changed_since_decision
    back = Case.objects.exclude(pk=closed.pk).first()
    assert (back is not None) is returns
    if back is not None:
        assert (back.state, back.score) == ("open", now[1])
        assert back.events.get().facts["after"] == closed.number
        record(consignment, scored(consignment, *now))
        assert Case.objects.count() == 2


def test_a_case_that_comes_back_goes_to_the_unit_that_decided_last(consignment, officer, dostyk):
    record(consignment, scored(consignment, "yellow", 35))
    case = Case.objects.get()
    services.decide(
        case=case,
        user=officer,
        kind=DecisionKind.PASS_TO_UNIT,
        reasons=[Reason.NO_CAPACITY],
        note="",
        expected_version=case.version,
        pass_to=dostyk,
    )
    close(case, factories.person(dostyk))
    record(consignment, scored(consignment, "red", 90))
    back = Case.objects.exclude(pk=case.pk).get()
    assert (back.unit, back.working_unit) == (consignment.unit, dostyk)


def test_a_withdrawal_is_flagged_on_the_open_case_and_opens_nothing(consignment):
    other = factories.ConsignmentFactory(call=consignment.call)
    record(consignment, scored(consignment, "red", 90))
    assert record_withdrawals(consignment_ids=[consignment.pk, other.pk], now=NOON) == 1
    assert record_withdrawals(consignment_ids=[consignment.pk], now=NOON) == 0
    case = Case.objects.get()
    assert (case.state, case.withdrawn) == ("open", True)
    assert [event.kind for event in case.events.all()] == ["opened", "withdrawn"]


def test_cargo_that_was_withdrawn_and_comes_again_is_looked_at_again(consignment, officer):
    record(consignment, scored(consignment, "red", 90))
    record_withdrawals(consignment_ids=[consignment.pk], now=NOON)
    closed = close(Case.objects.get(), officer)
    assert closed.disposition == "withdrawn"
    assert record(consignment, scored(consignment, "red", 90)) == Recorded(opened=1)


def test_an_open_case_whose_cargo_is_announced_again_is_withdrawn_no_more(consignment):
    record(consignment, scored(consignment, "red", 90))
    record_withdrawals(consignment_ids=[consignment.pk], now=NOON)
    record(consignment, scored(consignment, "red", 90))
    assert Case.objects.get().withdrawn is False


def test_a_withdrawal_after_the_decision_marks_the_closed_case(consignment, officer):
    record(consignment, scored(consignment, "red", 90))
    close(Case.objects.get(), officer)
    assert record_withdrawals(consignment_ids=[consignment.pk], now=NOON) == 0
    case = Case.objects.get()
    assert (case.state, case.withdrawn, case.changed_since_decision) == ("closed", True, True)


def test_equipment_without_a_bill_has_a_case_of_its_own(consignment):
    visit = factories.VisitFactory(call=consignment.call)
    billed = scored(consignment, "red", 90, visit_ids=(visit.pk,))
    record(consignment, billed)
    assessment = factories.AssessmentFactory(version=None, visit=visit, lane="red", score=77)
    alone = Assessed(
        assessment_id=assessment.pk,
        lane=assessment.recommended_lane,
        score=77,
        sampled=False,
        flagged=True,
        headline=Headline(visit.number, 1),
        visit_ids=(visit.pk,),
    )
    assert record(consignment, alone) == Recorded(opened=1)
    assert record(consignment, alone) == Recorded(rescored=1)
    assert Case.objects.count() == 2
    assert Case.objects.get(score=77).consignments.count() == 0


def test_the_number_of_queries_does_not_grow_with_the_chunk(altynkol, officer):
    for code in factories.LANES:
        factories.LaneFactory(unit=altynkol.parent, code=code)
    counts = []
    for size in (2, 12):
        consignments = [factories.ConsignmentFactory(call__unit=altynkol) for _ in range(3 * size)]
        fresh, known, closed = consignments[:size], consignments[size : 2 * size], consignments[2 * size :]
        record(known[0], *[scored(one, "yellow", 35) for one in known + closed])
        for case in Case.objects.filter(consignments__in=closed):
            close(case, officer)
        chunk = [scored(one, "red", 90) for one in fresh + known + closed]
        with CaptureQueriesContext(connection) as queries:
            assert record(known[0], *chunk) == Recorded(opened=2 * size, rescored=size)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20
