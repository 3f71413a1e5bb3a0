"""Clocks: started when something is asked, met or void when it ends, reminded of in between.

Reminders come at half the time, at the deadline and then every day. Each is written once, whatever the sweeper does:
the row counts the steps that have passed, and a conditional update decides who writes a step.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from exchanges.choices import OPEN, ClockKind, Line, State, Urgency
from exchanges.models import Clock, Message, PartnerWarning, Thread
from pcu.accounts.models import Unit

DAY = timedelta(days=1)


def time_to_acknowledge(urgency: Urgency | str) -> timedelta:
    return timedelta(minutes=settings.WARNING_TIMES[urgency][0])


def time_for_feedback(urgency: Urgency | str) -> timedelta:
    return timedelta(days=settings.WARNING_TIMES[urgency][1])


def step_at(clock: Clock, step: int) -> datetime:
    """When a reminder is due: step 0 at half the time, 1 at the deadline, n at n - 1 days after it."""
    if step == 0:
        return clock.started_at + (clock.due_at - clock.started_at) / 2
    return clock.due_at + (step - 1) * DAY


def steps_passed(clock: Clock, now: datetime) -> int:
    """How many reminders were due by `now`."""
    if now < step_at(clock, 0):
        return 0
    if now < clock.due_at:
        return 1
    return 2 + (now - clock.due_at) // DAY


def start(
    *, thread: Thread, kind: ClockKind, unit: Unit, at: datetime, due: datetime, message: Message | None = None
) -> Clock:
    clock = Clock(thread=thread, kind=kind, unit=unit, message=message, started_at=at, due_at=due)
    clock.remind_at = step_at(clock, 0)
    clock.save()
    return clock


def meet(*, clocks: QuerySet[Clock], at: datetime) -> None:
    """What was asked is done, in time or late."""
    _running(clocks).update(met_at=at, remind_at=None)


def void(*, clocks: QuerySet[Clock], at: datetime) -> None:
    """Nobody waits any more."""
    _running(clocks).update(void_at=at, remind_at=None)


def _running(clocks: QuerySet[Clock]) -> QuerySet[Clock]:
    return clocks.filter(met_at=None, void_at=None)


def remind(*, now: datetime | None = None) -> int:
    """Write the reminders that are due: how many. Of several that a pause of the sweeper has missed, the last.

    Repeats, and two sweepers at once, write nothing twice.
    """
    now = now or timezone.now()
    due = list(Clock.objects.filter(remind_at__lte=now).order_by("thread", "pk").values_list("pk", flat=True))
    return sum(_remind(pk, now) for pk in due)


@transaction.atomic
def _remind(pk: int, now: datetime) -> bool:
    # the thread is locked first, as everywhere, so that no answer slips in between
    thread = _free_thread(clocks=pk)
    if thread is None:
        return False
    clock = Clock.objects.get(pk=pk)
    passed = steps_passed(clock, now)
    won = _running(Clock.objects.filter(pk=pk, reminded__lt=passed)).update(
        reminded=passed, remind_at=step_at(clock, passed)
    )
    if not won:
        return False
    facts = {"event": "reminder", "clock": clock.kind, "step": passed - 1, "due": clock.due_at.isoformat()}
    Message.objects.create(thread=thread, kind=Line.EVENT, unit=clock.unit, facts=facts, at=now)
    touch(thread, at=now)
    return True


def expire(*, now: datetime | None = None) -> int:
    """End the warnings whose time is over: how many. Nobody is asked any more; a late answer still counts."""
    now = now or timezone.now()
    due = PartnerWarning.objects.filter(state__in=OPEN, expires_at__lte=now).order_by("thread")
    return sum(_expire(pk, now) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _expire(pk: int, now: datetime) -> bool:
    thread = _free_thread(warning=pk)
    if thread is None:
        return False
    won = PartnerWarning.objects.filter(pk=pk, state__in=OPEN, expires_at__lte=now).update(
        state=State.EXPIRED, expired_at=now, updated_at=now
    )
    if not won:
        return False
    void(clocks=thread.clocks.filter(message=None), at=now)
    Message.objects.create(thread=thread, kind=Line.EVENT, facts={"event": "expired"}, at=now)
    touch(thread, at=now)
    return True


def _free_thread(**lookup: int) -> Thread | None:
    """The thread, locked; None where somebody is writing in it just now: the next sweep comes soon."""
    return Thread.objects.select_for_update(of=("self",), skip_locked=True).filter(**lookup).first()


def touch(thread: Thread, *, at: datetime) -> None:
    """The thread has changed."""
    thread.updated_at = at
    thread.save(update_fields=["updated_at"])
