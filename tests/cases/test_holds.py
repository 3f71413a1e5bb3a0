"""The life of a hold: placed, read, acknowledged, lifted."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from pcu.accounts.roles import Role
from profiling.cases import services
from profiling.cases.choices import DecisionKind, Reason
from profiling.cases.errors import AlreadyHeldError, CaseClosedError, HoldLiftedError, InvalidHoldError
from profiling.cases.holding import acknowledge, lift_hold, mark_notified, place_hold, proposed_notice
from profiling.cases.models import Case, Hold
from tests import factories


@pytest.fixture
def case(altynkol, operator):
    return factories.case_in(altynkol, boxes=2, boxes__sender=operator)


@pytest.fixture
def hold(case, officer):
    visit = case.visits.first()
    return place_hold(case=case, user=officer, visits=[visit], authority="Head", notice="Stay", grounds="Weight")[0]


def test_the_proposed_notice_names_the_equipment_and_no_grounds(case):
    visits = list(case.visits.all())
    notice = proposed_notice(case, visits[:1])
    assert visits[0].number in notice
    several = proposed_notice(case, visits)
    assert not any(visit.number in several for visit in visits), "each operator reads of its own equipment only"
    text = f"{notice} {several}".lower()
    for word in ("score", "risk", "rule", "lane", "suspect", "sample"):
        assert word not in text
    assert str(case.score) not in text.split(), "digits of the score stand in many a container number"


def test_a_hold_goes_through_its_life_and_the_timeline_tells_it(case, hold, operator, officer):
    assert mark_notified(holds=[hold], client=operator) == 1
    assert mark_notified(holds=[hold], client=operator) == 0
    assert hold.state == "notified"
    assert acknowledge(hold=hold, client=operator, by="Shift foreman") is True
    assert acknowledge(hold=hold, client=operator, by="Another") is False
    hold.refresh_from_db()
    assert (hold.state, hold.acknowledged_by) == ("acknowledged", "Shift foreman")
    assert lift_hold(hold=hold, user=officer) is True
    assert lift_hold(hold=hold, user=officer) is False
    hold.refresh_from_db()
    assert (hold.state, hold.lifted_by) == ("lifted", officer)
    told = [event.kind for event in case.events.all()]
    assert told == ["opened", "hold_placed", "hold_notified", "hold_acknowledged", "hold_lifted"]
    case.refresh_from_db()
    assert [event.facts["version"] for event in case.events.all()] == [1, 2, 3, 4, 5]
    assert case.version == 5


def test_what_is_lifted_is_not_acknowledged(hold, operator, officer):
    lift_hold(hold=hold, user=officer)
    with pytest.raises(HoldLiftedError):
        acknowledge(hold=hold, client=operator, by="Foreman")


def test_an_operator_acknowledges_only_what_it_declared(hold, altynkol):
    with pytest.raises(PermissionDenied):
        acknowledge(hold=hold, client=factories.client_system(altynkol), by="Foreman")


def test_an_acknowledgement_names_who(hold, operator):
    with pytest.raises(InvalidHoldError):
        acknowledge(hold=hold, client=operator, by=" ")


def test_lifting_needs_no_claim_but_the_right(hold, officer, colleague, altynkol, dostyk):
    services.claim(case=hold.case, user=officer)
    for stranger in (factories.person(altynkol, Role.ANALYST), factories.person(dostyk)):
        with pytest.raises(PermissionDenied):
            lift_hold(hold=hold, user=stranger)
    assert lift_hold(hold=hold, user=colleague) is True


def test_after_passing_on_either_unit_may_lift(altynkol, dostyk, officer):
    for lifter in (officer, factories.person(dostyk)):
        case = factories.case_in(altynkol)
        hold = factories.HoldFactory(case=case)
        services.decide(
            case=case,
            user=officer,
            kind=DecisionKind.PASS_TO_UNIT,
            reasons=[Reason.NO_CAPACITY],
            note="",
            expected_version=case.version,
            pass_to=dostyk,
        )
        assert lift_hold(hold=hold, user=lifter) is True


def test_the_same_equipment_is_not_held_twice_in_a_case(case, hold, officer):
    with pytest.raises(AlreadyHeldError) as refused:
        place_hold(case=case, user=officer, visits=[hold.visit], authority="Head", notice="Stay")
    assert hold.visit.number in refused.value.message
    lift_hold(hold=hold, user=officer)
    place_hold(case=case, user=officer, visits=[hold.visit], authority="Head", notice="Stay")
    assert Hold.objects.count() == 2


def test_a_hold_needs_a_notice_an_authority_and_equipment_of_the_case(case, officer, altynkol):
    other = factories.case_in(altynkol).visits.first()
    for visits, notice, authority, field in (
        ([], "Stay", "Head", "visits"),
        ([other], "Stay", "Head", "visits"),
        (case.visits.all(), "", "Head", "notice"),
        (case.visits.all(), "Stay", "x" * 121, "authority"),
    ):
        with pytest.raises(InvalidHoldError) as refused:
            place_hold(case=case, user=officer, visits=list(visits), authority=authority, notice=notice)
        assert set(refused.value.errors) == {field}


def test_nothing_is_held_in_a_closed_case(case, officer):
    Case.objects.filter(pk=case.pk).update(state=Case.State.CLOSED)
    with pytest.raises(CaseClosedError):
        place_hold(case=case, user=officer, visits=list(case.visits.all()), authority="Head", notice="Stay")


def test_the_notice_reaches_the_client_that_named_the_container_on_a_bill_only(hold, altynkol):
    forwarder = factories.client_system(altynkol)
    assert hold not in Hold.objects.notices_for(forwarder)
    submission = factories.SubmissionFactory(unit=altynkol, sender=forwarder)
    consignment = factories.ConsignmentFactory(unit=altynkol, call=hold.visit.call)
    version = factories.VersionFactory(consignment=consignment, submission=submission)
    factories.LoadingFactory(version=version, visit=hold.visit)
    assert list(Hold.objects.notices_for(forwarder)) == [hold]


def test_a_lifted_hold_keeps_its_note_on_the_timeline(hold, officer):
    lift_hold(hold=hold, user=officer, note=" Scanned, nothing found ")
    assert hold.case.events.get(kind="hold_lifted").text == "Scanned, nothing found"
