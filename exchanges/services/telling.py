"""What the lookouts of open warnings have met is told in their threads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from exchanges.choices import Line, State
from exchanges.models import Message, PartnerWarning, Thread
from exchanges.services.watching import watchables
from profiling.lookouts.choices import Action, Source
from profiling.lookouts.core.keys import Kind as CoreKind
from profiling.lookouts.core.keys import key_of
from profiling.lookouts.models import LookoutHit

AT_ONCE = 100
"""Threads of one transaction."""


@dataclass(frozen=True, slots=True)
class _Met:
    """A value that a lookout of a thread's warning has met, and when first."""

    kind: str
    value: str
    at: datetime


def tell_hits() -> int:
    """Write a line for what the lookouts of open warnings have met, once for each value: how many.

    It names the value that was met and nothing of the receiver's cargo or case. Of silent lookouts nothing is told.
    Threads that somebody is writing in just now are left to the next sweep.
    """
    met = _met()
    told = _told(met)
    untold = {
        thread: news
        for thread, values in met.items()
        if (news := [one for one in values if (thread, one.kind, one.value) not in told])
    }
    threads = sorted(untold)
    parts = (threads[start : start + AT_ONCE] for start in range(0, len(threads), AT_ONCE))
    return sum(_tell(part, untold) for part in parts)


def _met() -> dict[int, list[_Met]]:
    """By thread, what was met of the lookouts of its warning, the first first. Two queries."""
    warnings = PartnerWarning.objects.filter(state=State.LOOKOUT)
    # a number that another unit typed as its source is none of the warning's
    threads = {
        (number, unit): (thread, agency)
        for number, unit, thread, agency in warnings.values_list("number", "to_unit", "thread", "thread__agency")
    }
    hits = LookoutHit.objects.filter(
        lookout__source=Source.PARTNER, lookout__source_ref__in={number for number, _unit in threads}
    ).exclude(lookout__action=Action.SILENT)
    columns = ("lookout__source_ref", "lookout__unit", "lookout__agency", "lookout__kind", "lookout__value")
    firsts = hits.order_by().values_list(*columns).annotate(first=Min("at")).order_by("first", *columns)
    found: dict[int, list[_Met]] = {}
    for number, unit, kept_for, kind, value, first in firsts:
        thread, agency = threads.get((number, unit), (None, ""))
        # what is kept for an agency is not told to those who cannot read it
        if thread is not None and kept_for in ("", agency):
            found.setdefault(thread, []).append(_Met(kind, value, first))
    return found


def _told(threads: Collection[int]) -> set[tuple[int, str, str]]:
    """Thread, kind and value of what has been told."""
    lines = Message.objects.filter(thread__in=list(threads), kind=Line.EVENT, facts__event="hit")
    return set(lines.values_list("thread", "facts__kind", "facts__value"))


def _named(warning: PartnerWarning, met: Sequence[_Met]) -> list[_Met]:
    """What the warning names: a lookout that somebody tied to it by hand is no business of the other side."""
    named = {(str(one.kind), key_of(CoreKind(one.kind), one.value)) for one in watchables(warning)}
    return [one for one in met if (one.kind, key_of(CoreKind(one.kind), one.value)) in named]


@transaction.atomic
def _tell(threads: Sequence[int], untold: dict[int, list[_Met]]) -> int:
    now = timezone.now()
    open_ones = Thread.objects.filter(pk__in=threads, warning__state=State.LOOKOUT).order_by("pk")
    open_ones = open_ones.select_related("warning")
    locked = {thread.pk: thread for thread in open_ones.select_for_update(of=("self",), skip_locked=True)}
    told = _told(locked)  # another sweep may have been faster
    lines = [
        Message(
            thread=thread,
            kind=Line.EVENT,
            unit_id=thread.to_unit_id,
            facts={"event": "hit", "kind": one.kind, "value": one.value},
            at=one.at,
        )
        for thread in locked.values()
        for one in _named(thread.warning, untold[thread.pk])
        if (thread.pk, one.kind, one.value) not in told
    ]
    Message.objects.bulk_create(lines)
    Thread.objects.filter(pk__in={line.thread_id for line in lines}).update(updated_at=now)
    return len(lines)
