"""Holds: told to the operator, acknowledged, lifted; never why."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from profiling.cases.errors import HoldLiftedError, InvalidHoldError
from profiling.cases.holding import acknowledge, lift_hold, mark_notified, proposed_notice
from profiling.cases.models import CaseEvent, Hold
from tests import factories


@pytest.fixture
def hold(case, officer) -> Hold:
    return Hold.objects.create(
        unit=case.unit,
        case=case,
        visit=case.visits.first(),
        authority="Head of post",
        grounds="tip from the port",
        notice="Keep it.",
        placed_by=officer,
        placed_at=timezone.now(),
        updated_at=timezone.now(),
    )


@pytest.fixture
def sender(case):
    return case.consignments.get().current.submission.sender


def test_the_proposed_notice_names_the_equipment_and_no_grounds(hold):
    notice = proposed_notice(hold.visit)
    assert hold.visit.number in notice
    assert hold.unit.name in notice
    assert not {"risk", "score", "tip", "suspicion", "lane"} & set(notice.lower().split())


def test_the_first_reading_is_noted_once(hold, sender):
    assert mark_notified(holds=[hold], client=sender) == 1
    assert mark_notified(holds=[hold], client=sender) == 0
    hold.refresh_from_db()
    assert hold.state == Hold.State.NOTIFIED
    assert hold.case.events.get().kind == CaseEvent.Kind.HOLD_NOTIFIED


def test_the_sender_acknowledges_in_somebodys_name_and_nobody_else_can(hold, sender, unit):
    with pytest.raises(PermissionDenied):
        acknowledge(hold=hold, client=factories.client_system(unit), by="Ivanova")
    with pytest.raises(InvalidHoldError):
        acknowledge(hold=hold, client=sender, by=" ")
    assert acknowledge(hold=hold, client=sender, by="Ivanova")
    assert not acknowledge(hold=hold, client=sender, by="Petrov")
    hold.refresh_from_db()
    assert (hold.state, hold.acknowledged_by) == (Hold.State.ACKNOWLEDGED, "Ivanova")
    assert hold.notified_at == hold.acknowledged_at


def test_lifting_is_for_who_may_triage_and_happens_once(hold, officer, sender, unit):
    with pytest.raises(PermissionDenied):
        lift_hold(hold=hold, user=sender)
    version = hold.case.version
    assert lift_hold(hold=hold, user=officer, note="weighed again, all well")
    assert not lift_hold(hold=hold, user=officer)
    hold.refresh_from_db()
    assert (hold.state, hold.lifted_by) == (Hold.State.LIFTED, officer)
    told = hold.case.events.get(kind=CaseEvent.Kind.HOLD_LIFTED)
    assert told.text == "weighed again, all well"
    hold.case.refresh_from_db()
    assert hold.case.version == version + 1
    with pytest.raises(HoldLiftedError):
        acknowledge(hold=hold, client=sender, by="Ivanova")
