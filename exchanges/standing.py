"""How exchanges stand: what waits for a unit, what two units brought each other, what a unit knows of a warning."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from exchanges.choices import Answer, ClockKind, State
from exchanges.models import Clock, Feedback, PartnerWarning, Thread
from pcu.accounts.models import Unit, User
from profiling.cases.models import Case

LOOKED_BACK = timedelta(days=90)


def threads_of(user: User, unit: Unit) -> QuerySet[Thread]:
    """The threads of a unit that a person may read."""
    visible: QuerySet[Thread] = Thread.objects.visible_to(user)
    return visible.filter(Q(from_unit=unit) | Q(to_unit=unit))


def waiting_for(unit: Unit) -> Q:
    """Threads in which the unit has to do something now: acknowledge, answer, or give feedback after half the time."""
    clocks = Clock.objects.filter(thread=OuterRef("pk"), unit=unit, remind_at__isnull=False)
    now = Q(kind__in=(ClockKind.ACKNOWLEDGE, ClockKind.ANSWER)) | Q(reminded__gt=0)
    return Q(Exists(clocks.filter(now)))


def still_open() -> Q:
    """Threads in which somebody has to do something, drafts among them."""
    clocks = Clock.objects.filter(thread=OuterRef("pk"), remind_at__isnull=False)
    return Q(Exists(clocks)) | Q(warning__state=State.DRAFT)


@dataclass(frozen=True, slots=True)
class Record:
    """What two units have sent each other since LOOKED_BACK, from where one of them stands.

    found of examined; `median` is the time from sending to feedback, None without any.
    """

    sent: int
    answered: int
    median: timedelta | None
    examined: int
    found: int
    received: int
    received_found: int


def record_with(own: Unit, other: Unit, user: User, now: datetime) -> Record:
    """Of the warnings that a person may read. Two queries."""
    said = Feedback.objects.filter(warning=OuterRef("pk"), superseded_by=None)
    visible: QuerySet[PartnerWarning] = PartnerWarning.objects.visible_to(user)
    sent = visible.filter(sent_at__gte=now - LOOKED_BACK).annotate(
        is_found=Exists(said.filter(result=Answer.FOUND)), is_clean=Exists(said.filter(result=Answer.CLEAN))
    )
    columns = ("sent_at", "feedback_at", "is_found", "is_clean")
    ours = list(sent.filter(from_unit=own, to_unit=other).values_list(*columns))
    theirs = list(sent.filter(from_unit=other, to_unit=own).values_list(*columns))
    took = [answered - begun for begun, answered, _found, _clean in ours if answered]
    return Record(
        sent=len(ours),
        answered=len(took),
        median=statistics.median(took) if took else None,
        examined=sum(1 for row in ours if row[2] or row[3]),
        found=sum(1 for row in ours if row[2]),
        received=len(theirs),
        received_found=sum(1 for row in theirs if row[2]),
    )


def cases_about(warning: PartnerWarning, user: User) -> QuerySet[Case]:
    """The receiving unit's own cases on the equipment of a warning, since it was sent; those the person may read."""
    numbers = [one["number"] for one in warning.body["equipment"]]
    visible: QuerySet[Case] = Case.objects.visible_to(user)
    of_receiver = Q(unit=warning.to_unit) | Q(working_unit=warning.to_unit)
    found = visible.filter(of_receiver, visits__number__in=numbers, opened_at__gte=warning.created_at)
    return found.order_by("opened_at", "pk").distinct()


def received_about(case: Case, user: User) -> QuerySet[PartnerWarning]:
    """Warnings that came to the unit of a case about its equipment."""
    named = Q(pk__in=())
    for number in case.visits.values_list("number", flat=True)[:50]:
        named |= Q(body__equipment__contains=[{"number": number}])
    visible: QuerySet[PartnerWarning] = PartnerWarning.objects.visible_to(user)
    return visible.filter(named, to_unit__in=(case.unit_id, case.working_unit_id), sent_at__isnull=False)
