"""What the receiving unit does first: open it, acknowledge it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from exchanges.choices import OPEN, UNACKNOWLEDGED, ClockKind, Line, State
from exchanges.errors import NotNowError
from exchanges.models import Message, PartnerWarning, Receipt, Thread
from exchanges.services import clocks
from exchanges.services.composing import locked
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability

SAID = (Line.TEXT, Line.QUESTION, Line.NOTICE)


def reading_unit(thread: Thread, user: User) -> Unit | None:
    """The side for which a person reads; None for who only looks on, and for who reads both sides."""
    works_at = [one for one in (thread.from_unit, thread.to_unit) if user.scope.allows(Capability.COMMENT, one.pk)]
    reads = [one for one in (thread.from_unit_id, thread.to_unit_id) if user.scope.allows(Capability.READ, one)]
    return works_at[0] if len(works_at) == len(reads) == 1 else None


@transaction.atomic
def mark_read(*, thread: Thread, user: User) -> None:
    """Tell who wrote it that somebody who works at the other side has opened it, the first time."""
    unit = reading_unit(thread, user)
    if unit is None or thread.opened_at is None:
        return
    unread = Message.objects.filter(thread=thread, kind__in=SAID, only_for=None).exclude(unit=unit)
    unread = unread.exclude(receipts__unit=unit)
    opens = PartnerWarning.objects.filter(thread=thread, thread__to_unit=unit, state=State.SENT)
    if not opens.exists() and not unread.exists():
        return
    # who answers or recalls at this moment holds the thread; what stands afterwards is looked at once more
    Thread.objects.select_for_update(of=("self",)).get(pk=thread.pk)
    now = timezone.now()
    Receipt.objects.bulk_create(
        [Receipt(message=message, unit=unit, by=user, at=now) for message in unread], ignore_conflicts=True
    )
    opens.update(state=State.READ, read_by=user, read_at=now, updated_at=now)


@transaction.atomic
def acknowledge(*, warning: PartnerWarning, user: User) -> PartnerWarning:
    """Take the warning up; a second time changes nothing. Raises NotNowError, PermissionDenied."""
    warning = locked(warning)
    user.scope.require(Capability.ANSWER, warning.to_unit_id)
    if warning.state not in OPEN:
        raise NotNowError(warning)
    if warning.state in UNACKNOWLEDGED:
        now = timezone.now()
        take_up(warning, user, now)
        warning.state = State.ACKNOWLEDGED
        warning.save()
        clocks.touch(warning.thread, at=now)
    return warning


def take_up(warning: PartnerWarning, user: User, now: datetime) -> None:
    """Note, on a locked warning and in memory, who took it up; nothing if somebody has. Saving is the caller's."""
    warning.updated_at = now
    if warning.acknowledged_at is not None:
        return
    warning.acknowledged_by, warning.acknowledged_at = user, now
    if warning.read_at is None:
        warning.read_by, warning.read_at = user, now
    clocks.meet(clocks=warning.thread.clocks.filter(kind=ClockKind.ACKNOWLEDGE), at=now)
    Message.objects.create(
        thread=warning.thread,
        kind=Line.EVENT,
        unit=warning.to_unit,
        author=user,
        facts={"event": "acknowledged"},
        at=now,
    )
