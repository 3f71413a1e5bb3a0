"""Feedback on a warning: given once, amended by later rows, credited to the sender's case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from exchanges import body
from exchanges.choices import OPEN, Action, Answer, ClockKind, Located, State, WhyNot
from exchanges.errors import AlreadyAnsweredError, FeedbackChangedError, InvalidFeedbackError, NotNowError
from exchanges.models import Feedback, PartnerWarning
from exchanges.services import clocks
from exchanges.services.answering import take_up
from exchanges.services.composing import PROSE_LENGTH, locked
from exchanges.services.crediting import credit
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.cases.choices import Commodity
from profiling.cases.models import CaseEvent
from profiling.cases.timeline import bump, event
from profiling.cases.timeline import locked as locked_case

QUANTITY_LENGTH = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the receiving unit tells. equipment: the numbers the result is about."""

    located: str
    action: str
    result: str
    why_not: str = ""
    equipment: Sequence[str] = ()
    located_at: datetime | None = None
    commodity: str = ""
    quantity: str = ""
    seized: bool = False
    useful: bool | None = None
    new_facts: str = ""


@transaction.atomic
def give_feedback(*, warning: PartnerWarning, user: User, told: Told) -> Feedback:
    """Answer a warning, also one that has expired; who has not acknowledged it does so with it.

    A result is written as an outcome of the sender's case. Raises AlreadyAnsweredError, NotNowError,
    InvalidFeedbackError, PermissionDenied.
    """
    locked_case(warning.case)
    warning = locked(warning)
    user.scope.require(Capability.ANSWER, warning.to_unit_id)
    if (first := warning.feedback.select_related("given_by").first()) is not None:
        first.warning = warning
        raise AlreadyAnsweredError(first)
    if warning.state not in (*OPEN, State.EXPIRED):
        raise NotNowError(warning)
    now = timezone.now()
    _require_valid(warning, told, now)
    take_up(warning, user, now)
    clocks.meet(clocks=warning.thread.clocks.filter(kind=ClockKind.FEEDBACK), at=now)
    warning.state, warning.feedback_by, warning.feedback_at = State.ANSWERED, user, now
    warning.save()
    return _written(warning, user, told, None, now)


@transaction.atomic
def amend_feedback(*, warning: PartnerWarning, user: User, told: Told, supersedes: Feedback) -> Feedback:
    """Tell it otherwise: a later row takes the place of the last one, and so do its outcomes.

    Raises FeedbackChangedError when `supersedes` is not the last, NotNowError, InvalidFeedbackError, PermissionDenied.
    """
    locked_case(warning.case)
    warning = locked(warning)
    user.scope.require(Capability.ANSWER, warning.to_unit_id)
    if warning.state != State.ANSWERED:
        raise NotNowError(warning)
    if warning.feedback.get(superseded_by=None).pk != supersedes.pk:
        raise FeedbackChangedError
    now = timezone.now()
    _require_valid(warning, told, now)
    warning.updated_at = now
    warning.save(update_fields=["updated_at"])
    return _written(warning, user, told, supersedes, now)


def _written(warning: PartnerWarning, user: User, told: Told, supersedes: Feedback | None, now: datetime) -> Feedback:
    given = Feedback.objects.create(
        warning=warning,
        supersedes=supersedes,
        located=told.located,
        located_at=told.located_at if told.located == Located.YES else None,
        action=told.action,
        result=told.result,
        why_not=told.why_not,
        equipment=list(dict.fromkeys(told.equipment)),
        commodity=told.commodity,
        quantity=told.quantity.strip(),
        seized=told.seized,
        useful=told.useful,
        new_facts=told.new_facts.strip(),
        given_by=user,
        given_at=now,
    )
    clocks.touch(warning.thread, at=now)
    written = credit(given)
    fresh = locked_case(warning.case)
    bump(fresh, at=now)
    fresh.save(update_fields=["version", "updated_at"])
    facts = {"number": warning.number, "warning": str(warning.ref), "result": given.result}
    # who answers is of the other unit and reads nothing of this case
    text = "" if written else given.new_facts  # an outcome tells it already
    event(fresh, CaseEvent.Kind.WARNING_ANSWERED, at=now, actor=user, text=text, facts=facts).save()
    return given


def _require_valid(warning: PartnerWarning, told: Told, now: datetime) -> None:
    chosen = (
        ("located", Located.values, _("Say whether it was located.")),
        ("action", Action.values, _("Say what was done.")),
        ("result", Answer.values, _("Say what came of it.")),
    )
    errors = {name: missing for name, values, missing in chosen if getattr(told, name) not in values}
    if told.located_at is not None and told.located_at > now:
        errors["located_at"] = _("This time lies ahead.")
    if told.result == Answer.NOT_EXAMINED:
        errors |= _errors_without_result(told)
    elif told.result in Answer.values:
        errors |= _errors_of_result(warning, told)
    if len(told.quantity.strip()) > QUANTITY_LENGTH:
        errors["quantity"] = _("At most %(count)d characters.") % {"count": QUANTITY_LENGTH}
    if len(told.new_facts.strip()) > PROSE_LENGTH:
        errors["new_facts"] = _("At most %(count)d characters.") % {"count": PROSE_LENGTH}
    if errors:
        raise InvalidFeedbackError(errors)


def _errors_without_result(told: Told) -> dict[str, str]:
    errors: dict[str, str] = {}
    if told.why_not not in WhyNot.values:
        errors["why_not"] = _("Say why it was not examined.")
    elif told.why_not == WhyNot.OTHER and not told.new_facts.strip():
        errors["new_facts"] = _("Say what the other reason is.")
    if told.action in Action.values and told.action not in (Action.NONE, Action.DOCUMENTS):
        errors["action"] = _("This is an examination; say what it came to.")
    if told.seized or told.commodity:
        errors["result"] = _("What was not examined holds no find.")
    if told.equipment:
        errors["equipment"] = _("Only what was examined is named here.")
    return errors


def _errors_of_result(warning: PartnerWarning, told: Told) -> dict[str, str]:
    errors: dict[str, str] = {}
    if told.located != Located.YES:
        errors["located"] = _("What was examined was located.")
    if told.action == Action.NONE:
        errors["action"] = _("Say how it was examined.")
    if told.why_not:
        errors["why_not"] = _("It was examined; a reason is not needed.")
    named = {one.number for one in body.read(warning.body).equipment}
    if not named.issuperset(told.equipment):
        errors["equipment"] = _("The warning does not name this equipment.")
    elif named and not told.equipment:
        errors["equipment"] = _("Say which equipment the result is about.")
    if told.result == Answer.FOUND:
        if told.commodity not in Commodity.values:
            errors["commodity"] = _("Say what was found.")
        if told.seized and not told.quantity.strip():
            errors["quantity"] = _("Say how much was seized.")
    elif told.seized or told.commodity:
        errors["result"] = _("What is clean holds no find.")
    return errors
