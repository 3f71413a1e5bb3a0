"""Write a warning from a case, change the draft, throw it away. What is copied is copied here, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from exchanges import body, copying
from exchanges.choices import RequestedAction, State, Urgency
from exchanges.errors import InvalidWarningError, NotNowError
from exchanges.models import PartnerWarning, Thread
from exchanges.services.clocks import time_to_acknowledge
from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Agency, Capability
from pcu.desk import once
from profiling.cargo.models import Consignment, EquipmentVisit
from profiling.cases.models import Case

SUBJECT_LENGTH, PROSE_LENGTH = 240, 4000
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a warning is to say. `roles`: of the parties to name, as the chosen consignments (or, without any, all of
    the case) have them; `persons_reason` is why natural persons may be named and is asked for `with_persons`.
    """

    to_unit: Unit | None
    visits: Sequence[EquipmentVisit]
    consignments: Sequence[Consignment]
    roles: Sequence[str]
    with_goods: bool
    with_route: bool
    subject: str
    grounds: str
    action: str
    urgency: str
    handling: str
    expires_at: datetime | None
    agency: str = ""
    eta: datetime | None = None
    with_persons: bool = False
    persons_reason: str = ""


def recipients(unit: Unit) -> list[Unit]:
    """Every other working unit of the installation, of any country, in tree order."""
    return list(Unit.objects.filter(kind=Unit.Kind.UNIT).exclude(pk=unit.pk).order_by("path"))


def warning_unit(case: Case, user: User) -> Unit:
    """In whose name a person warns from a case: who decides it now, else who owns it. Raises PermissionDenied."""
    if user.scope.allows(Capability.WARN, case.working_unit_id):
        return case.working_unit
    user.scope.require(Capability.WARN, case.unit_id)
    return case.unit


@transaction.atomic
def compose(*, case: Case, user: User, contents: Contents, form_key: str = "") -> PartnerWarning:
    """A draft, which only the unit that writes it sees.

    form_key: of the form or call; the same again is answered with the warning made first, as it stands now. Raises
    InvalidWarningError, PermissionDenied.
    """
    unit = warning_unit(case, user)
    said = [getattr(contents, field.name) for field in fields(contents)]
    digest = once.digest_of(form_key, user.pk, case, *said)
    before: Thread | None = once.made_before(Thread.objects.select_related("warning"), digest)
    if before is not None:
        return before.warning
    now = timezone.now()
    told, to_unit = _told(case, unit, contents, now)
    thread = Thread(from_unit=unit, to_unit=to_unit, created_at=now, updated_at=now, once=digest)
    thread.number = str(thread.ref)
    _fill_thread(thread, contents)
    thread.save()
    warning = PartnerWarning(
        thread=thread, case=case, from_unit=unit, created_by=user, created_at=now, number=str(thread.ref)
    )
    _fill(warning, contents, told, to_unit, now)
    warning.save()
    # the number carries the primary key: unique without a lock, with gaps
    warning.number = thread.number = f"{unit.code}-W-{now.astimezone(unit.zone).year}-{warning.pk:05d}"
    warning.save(update_fields=["number"])
    thread.save(update_fields=["number"])
    return warning


@transaction.atomic
def change(*, warning: PartnerWarning, user: User, contents: Contents) -> PartnerWarning:
    """Say it otherwise, as long as it is a draft. Raises NotNowError, InvalidWarningError, PermissionDenied."""
    warning = locked(warning)
    user.scope.require(Capability.WARN, warning.from_unit_id)
    _require_draft(warning)
    now = timezone.now()
    told, to_unit = _told(warning.case, warning.from_unit, contents, now)
    thread = warning.thread
    thread.to_unit, thread.updated_at = to_unit, now
    _fill_thread(thread, contents)
    thread.save()
    _fill(warning, contents, told, to_unit, now)
    warning.save()
    return warning


@transaction.atomic
def discard(*, warning: PartnerWarning, user: User) -> None:
    """Throw a draft away; the history keeps it. Raises NotNowError, PermissionDenied."""
    warning = locked(warning)
    user.scope.require(Capability.WARN, warning.from_unit_id)
    _require_draft(warning)
    warning.thread.delete()


def locked(warning: PartnerWarning) -> PartnerWarning:
    """The warning as it stands now; its thread is locked until the transaction ends."""
    thread = (
        Thread.objects.select_for_update(of=("self",)).select_related("from_unit", "to_unit").get(pk=warning.thread_id)
    )
    fresh: PartnerWarning = PartnerWarning.objects.select_related(
        "case__unit", "case__working_unit", "from_unit", "to_unit"
    ).get(pk=warning.pk)
    fresh.thread = thread
    return fresh


def _require_draft(warning: PartnerWarning) -> None:
    if warning.state != State.DRAFT:
        raise NotNowError(warning)


def _fill_thread(thread: Thread, contents: Contents) -> None:
    thread.subject = contents.subject.strip()
    thread.agency = contents.agency
    thread.handling = contents.handling


def _fill(warning: PartnerWarning, contents: Contents, told: body.WarningBody, to_unit: Unit, now: datetime) -> None:
    warning.to_unit = to_unit
    warning.body = body.written(told)
    warning.urgency, warning.action, warning.handling = contents.urgency, contents.action, contents.handling
    warning.expires_at = told.expires_at
    warning.updated_at = now


def _told(case: Case, unit: Unit, contents: Contents, now: datetime) -> tuple[body.WarningBody, Unit]:
    """The body that the contents come to, and the unit it goes to. Raises InvalidWarningError."""
    cargo = copying.cargo_of(case)
    papers = {one.current_id for one in contents.consignments or cargo.consignments}
    mentions = [one for one in cargo.mentions if one.role in contents.roles and one.version_id in papers]
    parties = copying.parties(mentions, with_persons=contents.with_persons)
    errors = _errors(unit, contents, now)
    if not {one.pk for one in contents.visits} <= {one.pk for one in cargo.visits}:
        errors["visits"] = _("This equipment is not part of the case.")
    if not {one.pk for one in contents.consignments} <= {one.pk for one in cargo.consignments}:
        errors["consignments"] = _("This document is not part of the case.")
    if not (contents.visits or contents.consignments or parties):
        errors.setdefault("visits", _("Choose what to look for: equipment, a document or a firm."))
    if errors or contents.to_unit is None or contents.expires_at is None:
        raise InvalidWarningError(errors)
    told = body.WarningBody(
        sender=_office(unit),
        recipient=_office(contents.to_unit),
        agency=contents.agency,
        subject=contents.subject.strip(),
        grounds=contents.grounds.strip(),
        urgency=contents.urgency,
        action=contents.action,
        handling=contents.handling,
        expires_at=contents.expires_at,
        eta=contents.eta,
        equipment=copying.equipment(contents.visits),
        documents=copying.documents(contents.consignments),
        parties=parties,
        goods=copying.goods(item for item in cargo.items if item.version_id in papers) if contents.with_goods else [],
        route=copying.route(contents.consignments or cargo.consignments, contents.visits or cargo.visits)
        if contents.with_route
        else None,
        persons_reason=contents.persons_reason.strip() if contents.with_persons else "",
    )
    return told, contents.to_unit


def _office(unit: Unit) -> body.Office:
    return body.Office(code=unit.code, name=unit.name, country=unit.country)


def _errors(unit: Unit, contents: Contents, now: datetime) -> dict[str, str]:
    errors: dict[str, str] = {}
    if contents.to_unit is None or contents.to_unit.kind != Unit.Kind.UNIT:
        errors["to_unit"] = _("Choose the unit to warn.")
    elif contents.to_unit.pk == unit.pk:
        errors["to_unit"] = _("A warning goes to another unit.")
    for name, most, missing in (
        ("subject", SUBJECT_LENGTH, _("Say in a few words what it is about.")),
        ("grounds", PROSE_LENGTH, _("Say why the other unit should look.")),
    ):
        text = getattr(contents, name).strip()
        if not text:
            errors[name] = missing
        elif len(text) > most:
            errors[name] = _("At most %(count)d characters.") % {"count": most}
    if contents.action not in RequestedAction.values:
        errors["action"] = _("Choose what the other unit is asked to do.")
    if contents.handling not in Handling.values:
        errors["handling"] = _("Choose who may read on.")
    if contents.agency and contents.agency not in Agency.values:
        errors["agency"] = _("There is no such agency.")
    if contents.urgency not in Urgency.values:
        errors["urgency"] = _("Choose how urgent it is.")
    elif expiry := expiry_error(contents.expires_at, contents.urgency, now):
        errors["expires_at"] = expiry
    if contents.with_persons and not contents.persons_reason.strip():
        errors["persons_reason"] = _("Say why persons must be named; both sides answer for it.")
    elif len(contents.persons_reason.strip()) > PROSE_LENGTH:
        errors["persons_reason"] = _("At most %(count)d characters.") % {"count": PROSE_LENGTH}
    return errors


def expiry_error(expires_at: datetime | None, urgency: str, now: datetime) -> str:
    """What is wrong with the end of a warning; "" when nothing is."""
    if expires_at is None:
        return _("Say until when it holds.")
    if expires_at <= now:
        return _("The end lies in the past.")
    if expires_at <= now + time_to_acknowledge(urgency):
        return _("It would end before it must be acknowledged.")
    if expires_at > now + LONGEST:
        return _("A warning holds for a year at most.")
    return ""
