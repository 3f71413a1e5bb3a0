"""Threads: open one, write to the other side, ask, answer, keep a note for one's own unit."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from exchanges.choices import ClockKind, Line
from exchanges.errors import InvalidMessageError
from exchanges.models import Message, Thread
from exchanges.services import clocks
from exchanges.services.composing import PROSE_LENGTH, SUBJECT_LENGTH
from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Agency, Capability
from pcu.desk import once


@transaction.atomic
def write(
    *, thread: Thread, user: User, unit: Unit, text: str, kind: Line | str = Line.TEXT, form_key: str = ""
) -> Message:
    """Write in the name of `unit`, one of the two sides. A question starts a clock of the other side; a message ends
    the clocks of the questions put to one's own. A note stays with the unit.

    form_key: of the form or call; the same words under the same key are written once.
    Raises InvalidMessageError, PermissionDenied.
    """
    thread = Thread.objects.select_for_update(of=("self",)).select_related("from_unit", "to_unit").get(pk=thread.pk)
    errors = _text_errors(text)
    if unit.pk not in (thread.from_unit_id, thread.to_unit_id):
        errors["unit"] = _("This unit takes no part in the thread.")
    if kind not in (Line.TEXT, Line.QUESTION, Line.NOTE):
        errors["kind"] = _("Choose a message, a question or a note.")
    if thread.opened_at is None:
        errors["text"] = _("The other side does not see this yet. Send it first.")
    if errors:
        raise InvalidMessageError(errors)
    user.scope.require(Capability.COMMENT if kind == Line.NOTE else Capability.ANSWER, unit.pk)
    digest = once.digest_of(form_key, user.pk, thread, unit, kind, text)
    before: Message | None = once.made_before(Message.objects.all(), digest)
    return before or _written(thread, user, unit, text.strip(), Line(kind), timezone.now(), digest)


@transaction.atomic
def open_thread(
    *,
    user: User,
    from_unit: Unit,
    to_unit: Unit | None,
    subject: str,
    text: str,
    kind: Line | str = Line.QUESTION,
    handling: Handling | str = Handling.RESTRICTED,
    agency: Agency | str = "",
    form_key: str = "",
) -> Thread:
    """Ask another unit, or tell it something, apart from any warning.

    form_key: of the form; the same again opens no second thread. Raises InvalidMessageError, PermissionDenied.
    """
    user.scope.require(Capability.WARN, from_unit.pk)
    errors = _text_errors(text)
    if to_unit is None or to_unit.kind != Unit.Kind.UNIT:
        errors["to_unit"] = _("Choose the unit to write to.")
    elif to_unit.pk == from_unit.pk:
        errors["to_unit"] = _("A message goes to another unit.")
    if not subject.strip():
        errors["subject"] = _("Say in a few words what it is about.")
    elif len(subject.strip()) > SUBJECT_LENGTH:
        errors["subject"] = _("At most %(count)d characters.") % {"count": SUBJECT_LENGTH}
    if kind not in (Line.TEXT, Line.QUESTION, Line.NOTICE):
        errors["kind"] = _("Choose a message or a question.")
    if handling == Handling.UNIT:
        errors["handling"] = _("What is for this unit only is not sent. Choose another handling code first.")
    elif handling not in Handling.values:
        errors["handling"] = _("Choose who may read on.")
    if agency and agency not in Agency.values:
        errors["agency"] = _("There is no such agency.")
    if errors or to_unit is None:
        raise InvalidMessageError(errors)
    digest = once.digest_of(form_key, user.pk, from_unit, to_unit, subject, text, kind, handling, agency)
    before: Thread | None = once.made_before(Thread.objects.all(), digest)
    if before is not None:
        return before
    now = timezone.now()
    thread = Thread(
        from_unit=from_unit,
        to_unit=to_unit,
        subject=subject.strip(),
        handling=handling,
        agency=agency,
        opened_by=user,
        opened_at=now,
        created_at=now,
        updated_at=now,
        once=digest,
    )
    thread.number = str(thread.ref)
    thread.save()
    thread.number = f"{from_unit.code}-M-{now.astimezone(from_unit.zone).year}-{thread.pk:05d}"
    thread.save(update_fields=["number"])
    _written(thread, user, from_unit, text.strip(), Line(kind), now)
    return thread


def _written(thread: Thread, user: User, unit: Unit, text: str, kind: Line, now: datetime, digest: str = "") -> Message:
    message = Message.objects.create(
        thread=thread,
        kind=kind,
        unit=unit,
        author=user,
        text=text,
        only_for=unit if kind == Line.NOTE else None,
        at=now,
        once=digest,
    )
    if kind == Line.QUESTION:
        clocks.start(
            thread=thread,
            kind=ClockKind.ANSWER,
            unit=thread.other(unit.pk),
            at=now,
            due=now + timedelta(hours=settings.MESSAGE_ANSWER_HOURS),
            message=message,
        )
    elif kind == Line.TEXT:
        clocks.meet(clocks=thread.clocks.filter(kind=ClockKind.ANSWER, unit=unit), at=now)
    if kind != Line.NOTE:
        clocks.touch(thread, at=now)
    return message


def _text_errors(text: str) -> dict[str, str]:
    if not text.strip():
        return {"text": _("A message needs a text.")}
    if len(text.strip()) > PROSE_LENGTH:
        return {"text": _("At most %(count)d characters.") % {"count": PROSE_LENGTH}}
    return {}
