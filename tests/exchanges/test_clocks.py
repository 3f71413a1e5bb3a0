"""Clocks remind at half the time, at the deadline and then daily: each once, whenever and however often one sweeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchanges.models import Message, PartnerWarning
from exchanges.services import answering, clocks, talk
from exchanges.tasks import sweep_exchanges
from tests import factories_exchanges as made

HOUR = timedelta(hours=1)


def reminders(warning, clock="acknowledge"):
    lines = Message.objects.filter(thread=warning.thread, facts__event="reminder", facts__clock=clock)
    return [line.facts["step"] for line in lines.order_by("pk")]


def test_reminders_come_at_half_the_time_at_the_end_and_then_daily(warning):
    start = warning.sent_at
    for after, expected in (
        (0.9 * HOUR, []),
        (1 * HOUR, [0]),
        (1.9 * HOUR, [0]),
        (2 * HOUR, [0, 1]),
        (25.9 * HOUR, [0, 1]),
        (26 * HOUR, [0, 1, 2]),
        (50 * HOUR, [0, 1, 2, 3]),
    ):
        clocks.remind(now=start + after)
        assert reminders(warning) == expected


def test_a_pause_of_the_sweeper_brings_one_reminder_and_not_all_it_missed(warning):
    assert clocks.remind(now=warning.sent_at + timedelta(hours=80)) == 1
    assert reminders(warning) == [4]
    assert clocks.remind(now=warning.sent_at + timedelta(days=20)) == 2
    assert (reminders(warning)[1:], reminders(warning, "feedback")) == ([20], [14])


def test_nobody_is_reminded_of_what_is_done(warning, receiver):
    answering.acknowledge(warning=warning, user=receiver)
    assert clocks.remind(now=warning.sent_at + timedelta(days=3)) == 0
    assert clocks.remind(now=warning.sent_at + timedelta(days=4)) == 1
    assert (reminders(warning), reminders(warning, "feedback")) == ([], [0])


def test_a_reply_ends_the_clock_of_a_question_and_a_counter_question_or_a_note_does_not(
    warning, liaison, receiver, altynkol, chukursay
):
    asked = talk.write(thread=warning.thread, user=liaison, unit=altynkol, text="Seen before?", kind="question")
    clock = asked.clock
    assert (clock.unit, clock.due_at - clock.started_at) == (chukursay, timedelta(hours=24))
    for kind, met in (("question", False), ("note", False), ("text", True)):
        talk.write(thread=warning.thread, user=receiver, unit=chukursay, text="Since when?", kind=kind)
        clock.refresh_from_db()
        assert (clock.met_at is not None) is met
    assert [one.unit for one in warning.thread.clocks.filter(kind="answer", met_at=None)] == [altynkol]


def test_the_sweeper_reminds_and_expires(warning, case, chukursay):
    begun = timezone.now() - timedelta(hours=1, minutes=30)
    warning.thread.clocks.filter(kind="acknowledge").update(
        started_at=begun, due_at=begun + 2 * HOUR, remind_at=begun + HOUR
    )
    over = made.warning_to(chukursay, case=case)
    PartnerWarning.objects.filter(pk=over.pk).update(expires_at=timezone.now() - HOUR)
    sweep_exchanges()
    sweep_exchanges()
    over.refresh_from_db()
    assert (reminders(warning), over.state, reminders(over)) == ([0], "expired", [])


@pytest.fixture
def with_no_line(warning):
    def with_no_line():
        Message.objects.all().delete()
        for clock in warning.thread.clocks.all():
            clock.reminded, clock.remind_at = 0, clocks.step_at(clock, 0)
            clock.save()
        return warning

    return with_no_line


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(min_value=-60, max_value=60 * 24 * 30), min_size=1, max_size=12))
def test_sweeps_at_any_times_never_remind_twice(with_no_line, minutes):
    warning = with_no_line()
    for after in minutes:
        clocks.remind(now=warning.sent_at + timedelta(minutes=after))
        clocks.remind(now=warning.sent_at + timedelta(minutes=after))
    latest = warning.sent_at + timedelta(minutes=max(minutes))
    for clock in warning.thread.clocks.all():
        told = reminders(warning, clock.kind)
        assert told == sorted(set(told))
        passed = clocks.steps_passed(clock, latest)
        assert (told[-1:] or [-1]) == [passed - 1]


def test_two_sweepers_at_once_write_one_reminder(warning):
    late = warning.sent_at + timedelta(hours=1)
    clock = warning.thread.clocks.get(kind="acknowledge")
    assert (clocks._remind(clock.pk, late), clocks._remind(clock.pk, late)) == (True, False)


def test_half_of_an_urgent_clock_is_told_to_both_sides(warning, liaison, receiver):
    clocks.remind(now=warning.sent_at + HOUR)
    for user in (liaison, receiver):
        assert Message.objects.visible_to(user).get(facts__event="reminder").unit == warning.to_unit
    assert made.BIN not in str(Message.objects.get(facts__event="reminder").facts)
