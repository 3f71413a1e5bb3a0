"""A seizure is told to another unit once its act is approved, without the name of any person."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from exchanges.errors import InvalidMessageError
from exchanges.models import Message, Thread
from exchanges.services.notices import send_notice
from inspections.models import Inspection, Seizure
from pcu.accounts.roles import Role
from tests import factories
from tests.factories_inspections import seized
from tests.web.conftest import signed_in
from tests.web.pages import text


@pytest.fixture
def seizure(case) -> Seizure:
    found = seized(case)
    Inspection.objects.filter(pk=found.inspection_id).update(state="approved")
    return found


def test_an_approved_seizure_is_told(seizure, liaison, chukursay, receiver, stranger):
    thread = send_notice(seizure=seizure, user=liaison, to_unit=chukursay)
    told = Message.objects.visible_to(receiver).get()
    assert (told.kind, told.thread, told.unit) == ("notice", thread, seizure.unit)
    assert seizure.number in told.text
    for link in seizure.links.filter(kind="person"):
        assert link.name not in told.text
    assert not Message.objects.visible_to(stranger).exists()


@pytest.mark.parametrize("state", ["under_way", "submitted", "returned", "amending"])
def test_before_approval_nothing_goes_out(seizure, liaison, chukursay, state):
    Inspection.objects.filter(pk=seizure.inspection_id).update(state=state)
    with pytest.raises(InvalidMessageError) as refused:
        send_notice(seizure=seizure, user=liaison, to_unit=chukursay)
    assert set(refused.value.errors) == {"seizure"}
    assert not Thread.objects.exists()


def test_what_is_for_the_unit_only_stays(seizure, liaison, chukursay):
    Seizure.objects.filter(pk=seizure.pk).update(handling="unit")
    with pytest.raises(InvalidMessageError) as refused:
        send_notice(seizure=seizure, user=liaison, to_unit=chukursay)
    assert set(refused.value.errors) == {"handling"}


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ANALYST, Role.AUDITOR])
def test_who_may_not_warn_sends_no_notice(seizure, altynkol, chukursay, role):
    with pytest.raises(PermissionDenied):
        send_notice(seizure=seizure, user=factories.person(altynkol, role), to_unit=chukursay)


def test_from_the_case_to_the_notice_to_the_other_side(seizure, case, liaison, stranger, chukursay):
    desk = signed_in(liaison)
    address = reverse("seizure_notice", args=[seizure.ref])
    assert address in text(desk.get(reverse("case", args=[case.ref])))
    assert seizure.number in text(desk.get(address))
    assert set(desk.post(address, {}).context["form"].errors) == {"to_unit"}
    assert desk.post(address, {"to_unit": "CHU"}).status_code == 302
    assert signed_in(stranger).get(address).status_code == 404
