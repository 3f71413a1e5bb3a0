"""Send a warning, recall it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from exchanges import body
from exchanges.choices import OPEN, ClockKind, Line, State
from exchanges.errors import InvalidWarningError, NotNowError
from exchanges.models import Message, PartnerWarning
from exchanges.services import clocks
from exchanges.services.composing import PROSE_LENGTH, Contents, compose, expiry_error, locked
from pcu.accounts.handling import Handling
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.cases.models import Case, CaseEvent
from profiling.cases.timeline import bump, event
from profiling.cases.timeline import locked as locked_case


@transaction.atomic
def compose_and_send(*, case: Case, user: User, contents: Contents, form_key: str = "") -> PartnerWarning:
    """Write and send in one go; what cannot be sent leaves no draft behind. Raises as `compose` and `send` do."""
    warning = compose(case=case, user=user, contents=contents, form_key=form_key)
    # the same call again is answered with what the first has sent, whatever has become of it
    return send(warning=warning, user=user) if warning.state == State.DRAFT else warning


@transaction.atomic
def send(*, warning: PartnerWarning, user: User) -> PartnerWarning:
    """The other side sees it from now on, and its time runs.

    Raises NotNowError, InvalidWarningError (for this unit only, or over before it began), PermissionDenied.
    """
    case = locked_case(warning.case)
    warning = locked(warning)
    user.scope.require(Capability.WARN, warning.from_unit_id)
    if warning.state != State.DRAFT:
        raise NotNowError(warning)
    now = timezone.now()
    errors = {}
    if warning.handling == Handling.UNIT:
        errors["handling"] = _("What is for this unit only is not sent. Choose another handling code first.")
    if expiry := expiry_error(warning.expires_at, warning.urgency, now):
        errors["expires_at"] = expiry
    if errors:
        raise InvalidWarningError(errors)
    acknowledge_by = now + clocks.time_to_acknowledge(warning.urgency)
    feedback_by = now + clocks.time_for_feedback(warning.urgency)
    told = body.sent(
        body.read(warning.body),
        number=warning.number,
        at=now,
        acknowledge_by=acknowledge_by,
        feedback_by=feedback_by,
    )
    warning.body = body.written(told)
    warning.state, warning.sent_by, warning.sent_at, warning.updated_at = State.SENT, user, now, now
    warning.save()
    thread = warning.thread
    thread.opened_by, thread.opened_at, thread.updated_at = user, now, now
    thread.save()
    for kind, due in ((ClockKind.ACKNOWLEDGE, acknowledge_by), (ClockKind.FEEDBACK, feedback_by)):
        clocks.start(thread=thread, kind=kind, unit=warning.to_unit, at=now, due=due)
    bump(case, at=now)
    case.save(update_fields=["version", "updated_at"])
    facts = {"number": warning.number, "warning": str(warning.ref), "to": warning.to_unit.code}
    event(case, CaseEvent.Kind.WARNING_SENT, at=now, actor=user, facts=facts).save()
    return warning


@transaction.atomic
def recall(*, warning: PartnerWarning, user: User, reason: str) -> PartnerWarning:
    """Take a warning back while it is unanswered; both sides read why.

    Raises NotNowError, InvalidWarningError without a reason, PermissionDenied.
    """
    warning = locked(warning)
    user.scope.require(Capability.WARN, warning.from_unit_id)
    if warning.state not in OPEN:
        raise NotNowError(warning)
    reason = reason.strip()
    if not reason:
        raise InvalidWarningError({"reason": _("Say why it is taken back.")})
    if len(reason) > PROSE_LENGTH:
        raise InvalidWarningError({"reason": _("At most %(count)d characters.") % {"count": PROSE_LENGTH}})
    now = timezone.now()
    warning.state, warning.recalled_by, warning.recalled_at = State.RECALLED, user, now
    warning.recall_reason, warning.updated_at = reason, now
    warning.save()
    thread = warning.thread
    clocks.void(clocks=thread.clocks.filter(message=None), at=now)
    Message.objects.create(
        thread=thread,
        kind=Line.EVENT,
        unit=warning.from_unit,
        author=user,
        text=reason,
        facts={"event": "recalled"},
        at=now,
    )
    clocks.touch(thread, at=now)
    return warning
