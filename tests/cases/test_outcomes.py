"""Outcomes append, referrals are taken once, and a case ends in a disposition."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from pcu.accounts.roles import Role
from profiling.cases import services
from profiling.cases.errors import (
    CaseClosedError,
    InvalidOutcomeError,
    ReferralGoneError,
    StandingHoldsError,
    UnderExaminationError,
)
from profiling.cases.models import Case, Outcome, Referral
from profiling.cases.outcomes import (
    close_case,
    close_never_arrived,
    finish_referral,
    give_back_referral,
    record_outcome,
    take_referral,
)
from tests import factories


def outcome(case, user, **fields):
    told = {"visit": case.visits.first(), "result": "found", "status": "preliminary", "source": "own_inspection"}
    return record_outcome(case=case, unit=case.working_unit, user=user, **{**told, **fields})


def test_an_outcome_is_appended_told_and_counted_as_a_change(case, officer):
    version = case.version
    found = outcome(case, officer, commodity="tobacco", told_in="ALT-I-2026-00001", note=" Behind the wall ")
    case.refresh_from_db()
    event = case.events.latest("pk")
    assert (case.version, event.kind, event.text) == (version + 1, "outcome", "Behind the wall")
    assert event.facts["equipment"] == found.visit.number
    assert list(Outcome.objects.standing()) == [found]


def test_a_later_outcome_takes_the_place_of_an_earlier_one_once(case, officer):
    first = outcome(case, officer)
    second = outcome(case, officer, status="confirmed", supersedes=first)
    assert list(Outcome.objects.standing()) == [second]
    with pytest.raises(InvalidOutcomeError):
        outcome(case, officer, status="confirmed", supersedes=first)
    outcome(case, officer, status="withdrawn", supersedes=second)
    assert not Outcome.objects.standing().exists()
    assert Outcome.objects.count() == 3


def test_an_outcome_names_something_of_its_case(case, officer):
    other = factories.case_in(case.unit)
    for fields in (
        {"visit": None},
        {"visit": other.visits.first()},
        {"visit": None, "consignment": other.consignments.first()},
        {"supersedes": outcome(other, officer)},
    ):
        with pytest.raises(InvalidOutcomeError):
            outcome(case, officer, **fields)
    assert not case.outcomes.exists()


def test_the_database_refuses_an_outcome_of_nothing(case, officer):
    row = outcome(case, officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Outcome.objects.filter(pk=row.pk).update(visit=None)


def test_a_referral_is_taken_once_given_back_and_done(case):
    referral = factories.ReferralFactory(case=case)
    assert take_referral(referral=referral).state == "taken"
    with pytest.raises(ReferralGoneError):
        take_referral(referral=referral)
    assert give_back_referral(referral=referral).state == "open"
    take_referral(referral=referral)
    assert finish_referral(referral=referral).state == "done"
    assert give_back_referral(referral=referral).state == "done"


def test_nobody_decides_or_closes_while_somebody_examines(case, officer):
    take_referral(referral=factories.ReferralFactory(case=case))
    with pytest.raises(UnderExaminationError):
        services.decide(
            case=case, user=officer, kind="no_examination", reasons=["explained"], note="", override_reason="Papers",
            expected_version=case.version,
        )  # fmt: skip
    with pytest.raises(UnderExaminationError):
        close_case(case=case, user=officer, disposition="inspected_clean")


def test_a_closed_case_keeps_what_it_was_closed_upon_and_withdraws_open_referrals(case, officer):
    referral = factories.ReferralFactory(case=case)
    closed = close_case(case=case, user=officer, disposition="inspected_found", note="Act 7")
    assert (closed.state, closed.disposition, closed.decided_assessment) == (
        Case.State.CLOSED, "inspected_found", case.assessment,
    )  # fmt: skip
    assert Referral.objects.get(pk=referral.pk).state == "withdrawn"
    assert case.events.latest("pk").facts["disposition"] == "inspected_found"
    with pytest.raises(CaseClosedError):
        close_case(case=case, user=officer, disposition="inspected_clean")


def test_cargo_that_never_arrived_needs_a_note_no_hold_and_the_role(case, officer):
    with pytest.raises(InvalidOutcomeError):
        close_never_arrived(case=case, user=officer, note=" ")
    with pytest.raises(PermissionDenied):
        close_never_arrived(case=case, user=factories.person(case.unit, Role.ANALYST), note="The train came without it")
    hold = factories.HoldFactory(case=case)
    with pytest.raises(StandingHoldsError):
        close_never_arrived(case=case, user=officer, note="The train came without it")
    hold.delete()
    assert close_never_arrived(case=case, user=officer, note="The train came without it").disposition == "never_arrived"
