"""Decisions: what each needs, what it makes of the case, and what refuses it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from profiling.cases.choices import DecisionKind, Disposition, Method, Reason
from profiling.cases.errors import (
    AlreadyClaimedError,
    CaseChangedError,
    CaseClosedError,
    InvalidDecisionError,
    StandingHoldsError,
)
from profiling.cases.holding import lift_hold
from profiling.cases.models import Case, CaseEvent, Decision, Hold, Referral
from profiling.cases.services import claim, comment, decide
from tests import factories

HOLDING = {"notice": "Keep it.", "authority": "Head of post", "method": Method.TAILGATE}


def decided(case: Case, user: Any, kind: DecisionKind, **given: Any) -> Decision:
    fields = {"reasons": [Reason.OTHER], "note": "because", "override_reason": "known to us", **given}
    case.refresh_from_db()
    return decide(case=case, user=user, kind=kind, **{"expected_version": case.version, **fields})


def refused(case: Case, user: Any, kind: DecisionKind, **given: Any) -> dict[str, str]:
    with pytest.raises(InvalidDecisionError) as error:
        decided(case, user, kind, **given)
    assert not Decision.objects.exists()
    assert not case.events.exists()
    return error.value.errors


def test_no_examination_closes_with_reason_lane_and_assessment(case, officer, lanes):
    claim(case=case, user=officer)
    decision = decided(case, officer, DecisionKind.NO_EXAMINATION, reasons=[Reason.KNOWN_GOOD])
    case.refresh_from_db()
    assert (case.state, case.disposition) == (Case.State.CLOSED, Disposition.NO_EXAMINATION)
    assert case.closed_at == decision.decided_at
    assert case.claimed_by is None
    assert case.decided_lane == lanes["green"]
    assert case.decided_assessment == case.assessment
    assert decision.overrides
    assert decision.override_reason == "known to us"
    assert case.events.last().kind == CaseEvent.Kind.DECIDED


@pytest.mark.parametrize(
    ("given", "disposition"),
    [
        ({"state": Case.State.DOCUMENTS}, Disposition.DOCUMENTS_CLEARED),
        ({"withdrawn": True}, Disposition.WITHDRAWN),
        ({"withdrawn": True, "state": Case.State.DOCUMENTS}, Disposition.WITHDRAWN),
    ],
)
def test_closing_says_how_the_flag_ended(case, officer, given, disposition):
    Case.objects.update(**given)
    decided(case, officer, DecisionKind.NO_EXAMINATION)
    case.refresh_from_db()
    assert case.disposition == disposition


def test_deciding_as_recommended_needs_no_reason_for_overriding(unit, officer, lanes):
    case = factories.laden_case(unit, lanes["orange"])
    decision = decided(case, officer, DecisionKind.SCAN, override_reason="")
    case.refresh_from_db()
    assert not decision.overrides
    assert case.state == Case.State.REFERRED
    assert case.decided_lane == lanes["orange"]
    assert Referral.objects.get(case=case).method == Method.SCAN


def test_another_lane_than_recommended_needs_a_reason(case, officer):
    assert set(refused(case, officer, DecisionKind.SCAN, override_reason=" ")) == {"override_reason"}


def test_a_decision_needs_reasons_that_go_with_it(case, officer):
    assert set(refused(case, officer, DecisionKind.SCAN, reasons=[])) == {"reasons"}
    assert set(refused(case, officer, DecisionKind.SCAN, reasons=[Reason.KNOWN_GOOD])) == {"reasons"}
    assert set(refused(case, officer, DecisionKind.SCAN, reasons=["nonsense"])) == {"reasons"}
    assert set(refused(case, officer, DecisionKind.SCAN, note="")) == {"note"}


def test_requesting_documents_leaves_the_case_waiting(case, officer):
    decided(case, officer, DecisionKind.REQUEST_DOCUMENTS)
    case.refresh_from_db()
    assert (case.state, case.disposition, case.closed_at) == (Case.State.DOCUMENTS, "", None)


def test_holding_takes_all_equipment_and_refers(case, officer):
    decided(case, officer, DecisionKind.HOLD_AND_REFER, grounds="tip from the port", **HOLDING)
    case.refresh_from_db()
    assert case.state == Case.State.REFERRED
    holds = list(Hold.objects.filter(case=case))
    assert {hold.visit for hold in holds} == set(case.visits.all())
    assert {(hold.notice, hold.authority, hold.grounds) for hold in holds} == {
        ("Keep it.", "Head of post", "tip from the port")
    }
    assert Referral.objects.get(case=case).method == Method.TAILGATE
    kinds = list(case.events.values_list("kind", flat=True))
    assert sorted(kinds) == ["decided", "hold_placed", "hold_placed", "referred"]


def test_holding_only_what_was_chosen(case, officer):
    chosen = case.visits.last()
    decided(case, officer, DecisionKind.HOLD_AND_REFER, visits=[chosen], **HOLDING)
    assert Hold.objects.get(case=case).visit == chosen


def test_a_hold_needs_equipment_notice_authority_and_method(case, officer, unit):
    kind = DecisionKind.HOLD_AND_REFER
    assert set(refused(case, officer, kind, visits=[])) == {"visits", "notice", "authority", "method"}
    foreign = factories.VisitFactory(unit=unit)
    assert set(refused(case, officer, kind, visits=[foreign], **HOLDING)) == {"visits"}


def test_standing_holds_keep_a_case_from_being_closed(case, officer):
    decided(case, officer, DecisionKind.HOLD_AND_REFER, **HOLDING)
    with pytest.raises(StandingHoldsError):
        decided(case, officer, DecisionKind.NO_EXAMINATION)
    for hold in case.holds.all():
        assert lift_hold(hold=hold, user=officer)
    decided(case, officer, DecisionKind.NO_EXAMINATION)
    assert Referral.objects.get(case=case).state == Referral.State.WITHDRAWN


def test_a_later_decision_is_another_row_and_holds_nothing_twice(case, officer):
    decided(case, officer, DecisionKind.HOLD_AND_REFER, **HOLDING)
    decided(case, officer, DecisionKind.HOLD_AND_REFER, **{**HOLDING, "method": Method.DOG})
    assert case.decisions.count() == 2
    assert case.holds.count() == 2
    assert list(case.referrals.order_by("pk").values_list("method", "state")) == [
        ("tailgate", "withdrawn"),
        ("dog", "open"),
    ]


def test_a_case_passed_on_is_open_and_free_at_the_other_unit(case, officer, unit):
    other = factories.UnitFactory(parent=unit.parent)
    claim(case=case, user=officer)
    decision = decided(case, officer, DecisionKind.PASS_TO_UNIT, pass_to=other, override_reason="")
    case.refresh_from_db()
    assert (case.unit, case.working_unit, case.state) == (unit, other, Case.State.OPEN)
    assert case.claimed_by is None
    assert (decision.passed_to, decision.lane, decision.overrides) == (other, None, False)
    with pytest.raises(PermissionDenied):
        claim(case=case, user=officer)
    assert claim(case=case, user=factories.person(other)).working_unit == other


def test_a_case_is_passed_to_another_working_unit_of_the_country_only(case, officer, unit):
    for to in (None, unit, unit.parent, factories.UnitFactory()):
        assert set(refused(case, officer, DecisionKind.PASS_TO_UNIT, pass_to=to)) == {"pass_to"}


def test_a_decision_on_a_stale_case_is_refused_and_says_what_happened(case, officer, colleague):
    seen = case.version
    comment(case=case, user=colleague, text="wait")
    with pytest.raises(CaseChangedError) as error:
        decided(case, officer, DecisionKind.SCAN, expected_version=seen)
    assert error.value.version == seen + 1
    assert [event.text for event in error.value.events] == ["wait"]
    assert not Decision.objects.exists()


def test_who_does_not_hold_the_claim_does_not_decide(case, officer, colleague):
    claim(case=case, user=officer)
    with pytest.raises(AlreadyClaimedError):
        decided(case, colleague, DecisionKind.SCAN)
    Case.objects.update(claimed_until=case.opened_at - timedelta(hours=1))
    assert decided(case, colleague, DecisionKind.SCAN).decided_by == colleague


def test_a_closed_case_is_not_decided_again(case, officer):
    decided(case, officer, DecisionKind.NO_EXAMINATION)
    with pytest.raises(CaseClosedError):
        decided(case, officer, DecisionKind.SCAN)
