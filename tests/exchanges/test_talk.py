"""Threads apart from warnings, and what is refused to be written."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from exchanges.errors import InvalidMessageError
from exchanges.models import Message, Thread
from exchanges.services import talk
from pcu.accounts.models import Membership
from pcu.accounts.roles import Agency, Role
from tests import factories
from tests import factories_exchanges as made


def opened(liaison, altynkol, chukursay, **changes):
    said = {"subject": "Seizure of tobacco", "text": "612,000 cigarettes", "kind": "notice"} | changes
    return talk.open_thread(user=liaison, from_unit=altynkol, **({"to_unit": chukursay} | said))


def test_a_notice_asks_for_nothing(liaison, altynkol, chukursay, receiver):
    thread = opened(liaison, altynkol, chukursay)
    assert not thread.clocks.exists()
    assert Message.objects.visible_to(receiver).get().kind == "notice"


def test_a_thread_for_one_agency_is_read_by_its_people_only(liaison, altynkol, chukursay, receiver):
    opened(liaison, altynkol, chukursay, agency=Agency.DRUG_CONTROL)
    assert not Thread.objects.visible_to(receiver).exists()
    colleague = factories.person(chukursay)
    Membership.objects.filter(user=colleague).update(agency=Agency.DRUG_CONTROL)
    assert Thread.objects.visible_to(colleague).exists()


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("to_unit", {"to_unit": None}),
        ("subject", {"subject": ""}),
        ("subject", {"subject": "x" * 241}),
        ("text", {"text": " "}),
        ("text", {"text": "x" * 4001}),
        ("kind", {"kind": "event"}),
        ("kind", {"kind": "note"}),
        ("handling", {"handling": "unit"}),
        ("handling", {"handling": "public"}),
        ("agency", {"agency": "navy"}),
    ],
)
def test_what_is_wrong_with_a_new_thread_is_told_by_its_field(liaison, altynkol, chukursay, field, changes):
    with pytest.raises(InvalidMessageError) as refused:
        opened(liaison, altynkol, chukursay, **changes)
    assert set(refused.value.errors) == {field}
    assert not Thread.objects.exists()


def test_a_unit_does_not_write_to_itself_or_to_a_country(liaison, altynkol):
    for unit in (altynkol, altynkol.parent):
        with pytest.raises(InvalidMessageError) as refused:
            opened(liaison, altynkol, unit)
        assert set(refused.value.errors) == {"to_unit"}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.CLIENT])
def test_who_may_open_answer_and_note(altynkol, chukursay, liaison, role):
    thread = opened(liaison, altynkol, chukursay)
    ours, theirs = factories.person(altynkol, role), factories.person(chukursay, role)
    may = {
        "open": role in (Role.SUPERVISOR, Role.LIAISON),
        "text": role in (Role.OFFICER, Role.SUPERVISOR, Role.LIAISON),
        "note": role in (Role.OFFICER, Role.ANALYST, Role.SUPERVISOR, Role.LIAISON),
    }
    steps = {
        "open": lambda: opened(ours, altynkol, chukursay),
        "text": lambda: talk.write(thread=thread, user=theirs, unit=chukursay, text="Hm"),
        "note": lambda: talk.write(thread=thread, user=theirs, unit=chukursay, text="Hm", kind="note"),
    }
    for name, step in steps.items():
        if may[name]:
            step()
        else:
            with pytest.raises(PermissionDenied):
                step()
    with pytest.raises(PermissionDenied):
        talk.write(thread=thread, user=theirs, unit=altynkol, text="Forged")


def test_nobody_writes_into_a_draft_or_for_a_third_unit(draft, warning, liaison, altynkol, dushanbe):
    for thread, unit, field in ((draft.thread, altynkol, "text"), (warning.thread, dushanbe, "unit")):
        with pytest.raises(InvalidMessageError) as refused:
            talk.write(thread=thread, user=liaison, unit=unit, text="Hm")
        assert set(refused.value.errors) == {field}


def test_notes_of_one_side_are_never_seen_by_the_other(warning, liaison, receiver, altynkol, chukursay, stranger):
    for user, unit in ((liaison, altynkol), (receiver, chukursay)):
        talk.write(thread=warning.thread, user=user, unit=unit, text=f"Note of {unit.code}", kind="note")
    seen = {user: {one.text for one in Message.objects.visible_to(user)} for user in (liaison, receiver, stranger)}
    assert seen == {liaison: {"Note of ALT"}, receiver: {"Note of CHU"}, stranger: set()}
    assert made.BIN not in str(seen)
