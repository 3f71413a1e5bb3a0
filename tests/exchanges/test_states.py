"""The life of a warning: every step by every role and in every state; who sees it when."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exchanges import standing
from exchanges.choices import State
from exchanges.errors import AlreadyAnsweredError, InvalidWarningError, NotNowError
from exchanges.models import Message, PartnerWarning, Receipt, Thread
from exchanges.services import answering, answers, clocks, composing, sending, talk
from pcu.accounts.models import Membership, User
from pcu.accounts.roles import Agency, Role
from profiling.cases.models import CaseEvent
from tests import factories
from tests import factories_exchanges as made
from tests.web.conftest import signed_in
from tests.web.pages import text

STEPS = {
    "change": lambda warning, user: composing.change(
        warning=warning, user=user, contents=made.contents(warning.case, warning.to_unit)
    ),
    "discard": lambda warning, user: composing.discard(warning=warning, user=user),
    "send": lambda warning, user: sending.send(warning=warning, user=user),
    "acknowledge": lambda warning, user: answering.acknowledge(warning=warning, user=user),
    "feedback": lambda warning, user: answers.give_feedback(warning=warning, user=user, told=made.told(warning)),
    "recall": lambda warning, user: sending.recall(warning=warning, user=user, reason="Wrong container"),
}
SENDERS = {Role.SUPERVISOR, Role.LIAISON}
RECEIVERS = {Role.OFFICER, Role.SUPERVISOR, Role.LIAISON}
OPEN = {State.SENT, State.READ, State.ACKNOWLEDGED, State.LOOKOUT}
# which side takes a step, which of its roles may, and in which states it can be taken
ALLOWED = {
    "change": ("from", SENDERS, {State.DRAFT}),
    "discard": ("from", SENDERS, {State.DRAFT}),
    "send": ("from", SENDERS, {State.DRAFT}),
    "acknowledge": ("to", RECEIVERS, OPEN),
    "feedback": ("to", RECEIVERS, OPEN | {State.EXPIRED}),
    "recall": ("from", SENDERS, OPEN),
}
PEOPLE = [role for role in Role if role != Role.CLIENT]


@pytest.fixture
def in_state(warning, draft):
    """A warning in a state; what is sent has begun as a draft."""

    def in_state(state: State) -> PartnerWarning:
        if state == State.DRAFT:
            return draft
        PartnerWarning.objects.filter(pk=warning.pk).update(state=state)
        warning.refresh_from_db()
        return warning

    return in_state


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("role", PEOPLE)
def test_every_step_belongs_to_one_side_and_to_some_of_its_roles(in_state, altynkol, chukursay, step, role):
    side, roles, states = ALLOWED[step]
    warning = in_state(min(states))
    own, other = (altynkol, chukursay) if side == "from" else (chukursay, altynkol)
    with pytest.raises(PermissionDenied):
        STEPS[step](warning, factories.person(other, role))
    actor = factories.person(own, role)
    if role in roles:
        STEPS[step](warning, actor)
    else:
        with pytest.raises(PermissionDenied):
            STEPS[step](warning, actor)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", list(State))
def test_every_step_is_refused_in_states_that_do_not_lead_to_it(in_state, altynkol, chukursay, step, state):
    side, _roles, states = ALLOWED[step]
    warning = in_state(state)
    actor = factories.person(altynkol if side == "from" else chukursay, Role.SUPERVISOR)
    if state in states:
        STEPS[step](warning, actor)
    else:
        with pytest.raises(NotNowError):
            STEPS[step](warning, actor)


def test_the_other_side_sees_nothing_before_it_is_sent(draft, receiver, liaison, stranger):
    for model in (PartnerWarning, Thread):
        assert model.objects.visible_to(liaison).exists()
        assert not model.objects.visible_to(receiver).exists()
    sending.send(warning=draft, user=liaison)
    for model in (PartnerWarning, Thread):
        assert model.objects.visible_to(receiver).exists()
        assert not model.objects.visible_to(stranger).exists()


def test_a_warning_for_one_agency_is_read_by_its_people_only(case, chukursay, dushanbe, receiver, liaison):
    police = factories.person(chukursay)
    Membership.objects.filter(user=police).update(agency=Agency.POLICE)
    # an agency held in another unit opens nothing here
    elsewhere = factories.person(chukursay)
    Membership.objects.create(user=elsewhere, unit=dushanbe, role=Role.OFFICER, agency=Agency.POLICE)
    warning = made.warning_to(chukursay, case=case, user=liaison, agency=Agency.POLICE)
    assert PartnerWarning.objects.visible_to(police).get() == warning
    assert not PartnerWarning.objects.visible_to(receiver).exists()
    assert PartnerWarning.objects.visible_to(liaison).exists()
    assert not PartnerWarning.objects.visible_to(elsewhere).exists()


def test_the_first_opening_by_the_other_side_is_told(warning, receiver, chukursay, liaison):
    answering.mark_read(thread=warning.thread, user=liaison)
    answering.mark_read(thread=warning.thread, user=factories.person(chukursay, Role.AUDITOR))
    warning.refresh_from_db()
    assert warning.state == State.SENT
    answering.mark_read(thread=warning.thread, user=receiver)
    answering.mark_read(thread=warning.thread, user=factories.person(chukursay))
    warning.refresh_from_db()
    assert (warning.state, warning.read_by) == (State.READ, receiver)


def test_who_reads_both_sides_marks_nothing_as_read(warning, altynkol, chukursay):
    both = factories.person(altynkol, Role.SUPERVISOR)
    Membership.objects.create(user=both, unit=chukursay, role=Role.SUPERVISOR)
    answering.mark_read(thread=warning.thread, user=both)
    warning.refresh_from_db()
    assert warning.state == State.SENT


def test_a_message_is_read_once_by_the_other_side(warning, receiver, chukursay, liaison, altynkol):
    talk.write(thread=warning.thread, user=liaison, unit=altynkol, text="Has it arrived?")
    for user in (receiver, factories.person(chukursay), liaison):
        answering.mark_read(thread=warning.thread, user=user)
    assert Receipt.objects.get().by == receiver


def test_acknowledging_twice_keeps_the_first(warning, receiver, chukursay):
    first = answering.acknowledge(warning=warning, user=receiver)
    again = answering.acknowledge(warning=warning, user=factories.person(chukursay))
    assert (again.acknowledged_by, again.acknowledged_at) == (receiver, first.acknowledged_at)
    assert (again.state, again.read_by) == (State.ACKNOWLEDGED, receiver)
    assert Message.objects.filter(facts__event="acknowledged").count() == 1


def test_sending_stands_in_the_timeline_of_the_case_and_starts_two_clocks(warning, case):
    event = case.events.get(kind=CaseEvent.Kind.WARNING_SENT)
    assert event.facts["number"] == warning.number
    case.refresh_from_db()
    assert case.version == event.facts["version"] == 2
    times = {clock.kind: clock.due_at - clock.started_at for clock in warning.thread.clocks.all()}
    assert times == {"acknowledge": timedelta(hours=2), "feedback": timedelta(days=7)}


def test_recalling_says_why_and_stops_the_clocks(warning, liaison):
    with pytest.raises(InvalidWarningError) as refused:
        sending.recall(warning=warning, user=liaison, reason=" ")
    assert set(refused.value.errors) == {"reason"}
    recalled = sending.recall(warning=warning, user=liaison, reason="Wrong container")
    assert (recalled.state, recalled.recall_reason) == (State.RECALLED, "Wrong container")
    assert not any(clock.is_running for clock in warning.thread.clocks.all())


def test_an_expired_warning_asks_nobody_and_still_takes_a_late_answer(warning, receiver):
    later = warning.expires_at + timedelta(minutes=1)
    assert clocks.expire(now=warning.expires_at - timedelta(minutes=1)) == 0
    assert (clocks.expire(now=later), clocks.expire(now=later)) == (1, 0)
    warning.refresh_from_db()
    assert warning.state == State.EXPIRED
    assert not any(clock.is_running for clock in warning.thread.clocks.all())
    assert Message.objects.filter(facts__event="expired").count() == 1
    answers.give_feedback(warning=warning, user=receiver, told=made.told(warning))
    warning.refresh_from_db()
    assert warning.state == State.ANSWERED


def test_a_second_feedback_is_refused_with_the_name_and_the_time_of_the_first(warning, receiver, chukursay):
    answers.give_feedback(warning=warning, user=receiver, told=made.told(warning))
    local = warning.feedback.get().given_at.astimezone(chukursay.zone)
    with pytest.raises(AlreadyAnsweredError) as refused:
        answers.give_feedback(warning=warning, user=factories.person(chukursay), told=made.told(warning))
    assert str(receiver) in refused.value.message
    assert f"{local:%H:%M}" in refused.value.message
    assert warning.feedback.count() == 1


def test_feedback_acknowledges_what_nobody_has_acknowledged(warning, receiver):
    answers.give_feedback(warning=warning, user=receiver, told=made.told(warning))
    warning.refresh_from_db()
    assert (warning.acknowledged_by, warning.read_by, warning.feedback_by) == (receiver, receiver, receiver)
    assert all(clock.met_at for clock in warning.thread.clocks.all())
    assert timezone.now() - warning.feedback_at < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_opening_waits_for_a_recall_under_way_and_then_finds_nothing_to_read(warning, receiver, liaison):
    """A recall writes all of the warning: an opening in between would be lost."""

    def opens():
        try:
            answering.mark_read(thread=Thread.objects.get(pk=warning.thread_id), user=User.objects.get(pk=receiver.pk))
        finally:
            connection.close()

    opening = threading.Thread(target=opens)
    with transaction.atomic():
        composing.locked(warning)
        opening.start()
        opening.join(1)
        assert opening.is_alive(), "it waits"
        sending.recall(warning=warning, user=liaison, reason="Wrong train")
    opening.join(30)
    assert not opening.is_alive()
    warning.refresh_from_db()
    assert (warning.state, warning.read_at) == (State.RECALLED, None)


def test_a_thread_read_before_is_opened_without_a_lock(warning, receiver):
    answering.mark_read(thread=warning.thread, user=receiver)
    with CaptureQueriesContext(connection) as captured:
        answering.mark_read(thread=warning.thread, user=receiver)
    assert not [one for one in captured if "FOR UPDATE" in one["sql"]]


def test_the_record_of_two_units_counts_what_one_may_read(case, chukursay, receiver, liaison):
    made.warning_to(chukursay, case=case)
    for_police = made.warning_to(chukursay, case=case, agency=Agency.POLICE)
    police = factories.person(chukursay)
    Membership.objects.filter(user=police).update(agency=Agency.POLICE)
    answers.give_feedback(warning=for_police, user=police, told=made.told(for_police))

    def counts(user, own, other):
        found = standing.record_with(own, other, user, timezone.now())
        return found.sent, found.answered, found.found, found.received, found.received_found

    assert counts(receiver, chukursay, case.unit) == (0, 0, 0, 1, 0)
    assert counts(police, chukursay, case.unit) == (0, 0, 0, 2, 1)
    assert counts(liaison, case.unit, chukursay) == (2, 1, 1, 0, 0)


def test_feedback_on_a_recalled_warning_is_refused_before_anything_is_typed(warning, liaison, receiver):
    sending.recall(warning=warning, user=liaison, reason="Wrong train")
    page = signed_in(receiver).get(reverse("warning_feedback", args=[warning.thread.ref]), follow=True)
    assert page.redirect_chain == [(reverse("thread", args=[warning.thread.ref]), 302)]
    assert "cannot be done with warning" in text(page)
