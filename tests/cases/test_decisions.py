"""Deciding: what each decision needs, what it leads to, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from profiling.cases import services
from profiling.cases.choices import REASONS, DecisionKind, Reason
from profiling.cases.errors import (
    AlreadyClaimedError,
    CaseChangedError,
    CaseClosedError,
    InvalidDecisionError,
    StandingHoldsError,
)
from profiling.cases.holding import lift_hold
from profiling.cases.models import Case, Decision, Hold, Referral
from tests import factories

HOLD = {"notice": "Keep it.", "authority": "Head of post", "method": "full_devanning"}


def decide(case: Case, user: Any, kind: DecisionKind, **options: Any) -> Decision:
    case.refresh_from_db()
    options.setdefault("reasons", [REASONS[kind][0]])
    options.setdefault("override_reason", "Known better")
    options.setdefault("expected_version", case.version)
    decision = services.decide(case=case, user=user, kind=kind, note=options.pop("note", ""), **options)
    case.refresh_from_db()
    return decision


def errors_of(case: Case, user: Any, kind: DecisionKind, **options: Any) -> set[str]:
    with pytest.raises(InvalidDecisionError) as refused:
        decide(case, user, kind, **options)
    assert not case.decisions.exists()
    return set(refused.value.errors)


def test_no_examination_closes_the_case_upon_the_assessment_it_rests_on(case, officer):
    decision = decide(case, officer, DecisionKind.NO_EXAMINATION, reasons=[Reason.KNOWN_GOOD])
    assert (case.state, case.disposition, case.decided_lane.code) == ("closed", "no_examination", "green")
    assert case.closed_at is not None
    assert decision.assessment == case.decided_assessment == case.assessment
    assert (decision.overrides, decision.override_reason) == (True, "Known better")
    assert [event.kind for event in case.events.all()] == ["opened", "decided"]


def test_documents_that_satisfy_close_the_case_as_cleared(case, officer):
    decide(case, officer, DecisionKind.REQUEST_DOCUMENTS, reasons=[Reason.DOCUMENTS_MISSING])
    assert (case.state, case.decided_lane.code) == ("documents", "yellow")
    decide(case, officer, DecisionKind.NO_EXAMINATION, reasons=[Reason.EXPLAINED])
    assert (case.state, case.disposition) == ("closed", "documents_cleared")


def test_a_withdrawn_consignment_closes_as_withdrawn(case, officer):
    Case.objects.filter(pk=case.pk).update(withdrawn=True)
    decide(case, officer, DecisionKind.NO_EXAMINATION, reasons=[Reason.EXPLAINED])
    assert case.disposition == "withdrawn"


def test_a_scan_refers_without_holding(case, officer):
    decide(case, officer, DecisionKind.SCAN, reasons=[Reason.SEAL], instructions="Look at the doors")
    referral = case.referrals.get()
    assert (referral.method, referral.state, referral.note) == ("scan", "open", "Look at the doors")
    assert (case.state, case.decided_lane.code) == ("referred", "orange")
    assert not case.holds.exists()


def test_hold_and_refer_holds_all_equipment_unless_some_is_chosen(altynkol, officer):
    both = factories.case_in(altynkol, boxes=2)
    decide(both, officer, DecisionKind.HOLD_AND_REFER, **HOLD, grounds="Weight")
    assert {hold.visit_id for hold in both.holds.all()} == {visit.pk for visit in both.visits.all()}
    assert {(hold.state, hold.notice, hold.grounds) for hold in both.holds.all()} == {("placed", "Keep it.", "Weight")}
    assert both.referrals.get().method == "full_devanning"
    one = factories.case_in(altynkol, boxes=2)
    chosen = one.visits.last()
    decide(one, officer, DecisionKind.HOLD_AND_REFER, **HOLD, visits=[chosen])
    assert [hold.visit for hold in one.holds.all()] == [chosen]


def test_the_recommended_lane_needs_no_override(case, officer):
    decision = decide(case, officer, DecisionKind.HOLD_AND_REFER, **HOLD, override_reason="")
    assert (decision.overrides, decision.lane) == (False, case.recommended_lane)


@pytest.mark.parametrize("kind", [DecisionKind.NO_EXAMINATION, DecisionKind.REQUEST_DOCUMENTS, DecisionKind.SCAN])
def test_another_lane_than_recommended_needs_a_reason(case, officer, kind):
    assert errors_of(case, officer, kind, override_reason=" ") == {"override_reason"}


@pytest.mark.parametrize("kind", DecisionKind)
def test_every_decision_needs_a_reason_of_its_list(case, officer, dostyk, kind):
    more = {**HOLD, "pass_to": dostyk}
    foreign = next(reason for reason in Reason if reason not in REASONS[kind])
    assert errors_of(case, officer, kind, reasons=[], **more) == {"reasons"}
    assert errors_of(case, officer, kind, reasons=[foreign], **more) == {"reasons"}
    assert errors_of(case, officer, kind, reasons=["no such"], **more) == {"reasons"}
    assert errors_of(case, officer, kind, reasons=[Reason.OTHER], **more) == {"note"}
    decide(case, officer, kind, reasons=[Reason.OTHER], note="As agreed", **more)
    assert case.decisions.get().note == "As agreed"


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"notice": " "}, "notice"),
        ({"authority": ""}, "authority"),
        ({"method": None}, "method"),
        ({"method": "x"}, "method"),
        ({"visits": []}, "visits"),
    ],
)
def test_holding_needs_notice_authority_method_and_equipment(case, officer, missing, field):
    assert errors_of(case, officer, DecisionKind.HOLD_AND_REFER, **{**HOLD, **missing}) == {field}
    assert not Hold.objects.exists()


def test_equipment_of_another_case_cannot_be_held(case, officer, altynkol):
    other = factories.case_in(altynkol)
    found = errors_of(case, officer, DecisionKind.HOLD_AND_REFER, **HOLD, visits=list(other.visits.all()))
    assert found == {"visits"}


def test_a_case_is_passed_to_a_unit_of_the_same_country_and_both_see_it(case, officer, dostyk):
    services.claim(case=case, user=officer)
    decide(case, officer, DecisionKind.PASS_TO_UNIT, pass_to=dostyk)
    assert (case.state, case.working_unit, case.claimed_by) == ("open", dostyk, None)
    assert case.decided_lane is None
    neighbour = factories.person(dostyk)
    assert case in Case.objects.visible_to(neighbour)
    assert case in Case.objects.visible_to(officer)
    services.claim(case=case, user=neighbour)
    with pytest.raises(PermissionDenied):
        decide(case, officer, DecisionKind.SCAN)


def test_a_case_never_leaves_its_country_nor_goes_to_itself_or_nowhere(case, officer, altynkol, dushanbe):
    for to in (dushanbe, altynkol, altynkol.parent, None):
        assert errors_of(case, officer, DecisionKind.PASS_TO_UNIT, pass_to=to) == {"pass_to"}
    assert dushanbe not in services.units_to_pass_to(case)


def test_a_decision_on_what_has_changed_is_refused_and_says_what_happened(case, officer, colleague):
    seen = case.version
    services.comment(case=case, user=colleague, text="Wait")
    with pytest.raises(CaseChangedError) as refused:
        decide(case, officer, DecisionKind.NO_EXAMINATION, expected_version=seen)
    assert [event.kind for event in refused.value.events] == ["comment"]
    assert str(colleague) in refused.value.message
    assert not case.decisions.exists()


def test_deciding_needs_a_free_claim_or_ones_own(case, officer, colleague):
    services.claim(case=case, user=officer)
    with pytest.raises(AlreadyClaimedError):
        decide(case, colleague, DecisionKind.NO_EXAMINATION)
    decide(case, officer, DecisionKind.NO_EXAMINATION)
    assert case.claimed_by is None


def test_a_closed_case_is_decided_no_more(case, officer):
    decide(case, officer, DecisionKind.NO_EXAMINATION)
    with pytest.raises(CaseClosedError):
        decide(case, officer, DecisionKind.SCAN)


def test_closing_is_refused_while_equipment_is_held(case, officer):
    decide(case, officer, DecisionKind.HOLD_AND_REFER, **HOLD)
    hold = case.holds.get()
    with pytest.raises(StandingHoldsError) as refused:
        decide(case, officer, DecisionKind.NO_EXAMINATION)
    assert hold.visit.number in refused.value.message
    lift_hold(hold=hold, user=officer)
    decide(case, officer, DecisionKind.NO_EXAMINATION)
    assert case.state == "closed"


def test_a_later_decision_withdraws_the_referral_of_an_earlier_one(case, officer):
    decide(case, officer, DecisionKind.SCAN)
    decide(case, officer, DecisionKind.HOLD_AND_REFER, **HOLD)
    assert list(case.referrals.order_by("pk").values_list("method", "state")) == [
        ("scan", Referral.State.WITHDRAWN),
        ("full_devanning", Referral.State.OPEN),
    ]


def test_holding_again_leaves_standing_holds_as_they_are(altynkol, officer):
    case = factories.case_in(altynkol, boxes=2)
    first = case.visits.first()
    decide(case, officer, DecisionKind.HOLD_AND_REFER, **HOLD, visits=[first])
    decide(case, officer, DecisionKind.HOLD_AND_REFER, **HOLD)
    assert case.holds.count() == 2
