"""Holds: place, tell the operator, hear back, lift."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.cargo.models import EquipmentVisit
from profiling.cases.errors import AlreadyHeldError, CaseClosedError, HoldLiftedError, InvalidHoldError
from profiling.cases.models import Case, CaseEvent, Hold
from profiling.cases.timeline import bump, event, locked

AUTHORITY_LENGTH = 120


def proposed_notice(case: Case, visits: Sequence[EquipmentVisit]) -> str:
    """A notice text for the operator. It names the equipment, if one, and what to do; it never says why."""
    if len(visits) == 1:
        return _(
            "%(kind)s %(number)s is held by %(unit)s. Keep it at the terminal with its seals untouched; do not open, "
            "move out or hand it over until this notice is lifted."
        ) % {
            "kind": str(visits[0].get_kind_display()).capitalize(),
            "number": visits[0].number,
            "unit": case.working_unit.name,
        }
    return _(
        "The equipment named in this notice is held by %(unit)s. Keep it at the terminal with its seals untouched; "
        "do not open, move out or hand it over until this notice is lifted."
    ) % {"unit": case.working_unit.name}


def standing(case: Case) -> models.QuerySet[Hold]:
    """Holds of a case that have not been lifted."""
    return case.holds.exclude(state=Hold.State.LIFTED).select_related("visit").order_by("pk")


def hold_errors(*, visits: Sequence[EquipmentVisit], authority: str, notice: str) -> dict[str, str]:
    """What is missing for a hold, by field; empty when nothing is."""
    errors: dict[str, str] = {}
    if not visits:
        errors["visits"] = _("Choose the equipment to hold.")
    if not notice.strip():
        errors["notice"] = _("Write what the operator is to read.")
    if not authority.strip():
        errors["authority"] = _("Say on whose authority the equipment is held.")
    elif len(authority.strip()) > AUTHORITY_LENGTH:
        errors["authority"] = _("At most %(count)d characters.") % {"count": AUTHORITY_LENGTH}
    return errors


def write_holds(
    *,
    case: Case,
    user: User,
    visits: Sequence[EquipmentVisit],
    authority: str,
    grounds: str,
    notice: str,
    now: datetime,
) -> list[Hold]:
    """Holds on the equipment of a locked case, and their events; one for each visit given."""
    holds = Hold.objects.bulk_create(
        Hold(
            unit=case.working_unit,
            case=case,
            visit=visit,
            authority=authority.strip(),
            grounds=grounds,
            notice=notice.strip(),
            placed_by=user,
            placed_at=now,
            updated_at=now,
        )
        for visit in visits
    )
    CaseEvent.objects.bulk_create(
        event(
            case,
            CaseEvent.Kind.HOLD_PLACED,
            at=now,
            actor=user,
            facts={"equipment": hold.visit.number, "hold": str(hold.ref)},
        )
        for hold in holds
    )
    return holds


@transaction.atomic
def place_hold(
    *, case: Case, user: User, visits: Sequence[EquipmentVisit], authority: str, notice: str, grounds: str = ""
) -> list[Hold]:
    """Hold equipment of an open case. Raises InvalidHoldError, AlreadyHeldError, CaseClosedError, PermissionDenied."""
    case = locked(case)
    user.scope.require(Capability.TRIAGE, case.working_unit_id)
    if case.state == Case.State.CLOSED:
        raise CaseClosedError(case)
    errors = hold_errors(visits=visits, authority=authority, notice=notice)
    of_case = set(case.visits.values_list("pk", flat=True))
    if any(visit.pk not in of_case for visit in visits):
        errors["visits"] = _("This equipment is not part of the case.")
    if errors:
        raise InvalidHoldError(errors)
    held = set(standing(case).filter(visit__in=visits).values_list("visit__number", flat=True))
    if held:
        raise AlreadyHeldError(sorted(held))
    now = timezone.now()
    bump(case, at=now)
    case.save(update_fields=["version", "updated_at"])
    return write_holds(
        case=case, user=user, visits=visits, authority=authority, grounds=grounds, notice=notice, now=now
    )


@transaction.atomic
def lift_hold(*, hold: Hold, user: User, note: str = "") -> bool:
    """Let the equipment go, whatever the paperwork; `note` says why. True when lifted now, False when before.

    The unit that placed it and the unit that works on the case may do so, also after the case was passed on.
    """
    case = locked(hold.case)
    units = {hold.unit_id, case.working_unit_id}
    if not any(user.scope.allows(Capability.TRIAGE, unit) for unit in units):
        user.scope.require(Capability.TRIAGE, case.working_unit_id)
    now = timezone.now()
    fresh = Hold.objects.select_for_update().get(pk=hold.pk)
    if fresh.state == Hold.State.LIFTED:
        return False
    fresh.state = Hold.State.LIFTED
    fresh.lifted_by = user
    fresh.lifted_at = fresh.updated_at = now
    fresh.save()
    _tell(case, [fresh], CaseEvent.Kind.HOLD_LIFTED, actor=user, now=now, text=note.strip())
    return True


@transaction.atomic
def mark_notified(*, holds: Iterable[Hold], client: User) -> int:
    """Note that the operator's system has read these notices for the first time. Returns how many were new."""
    unread = [hold for hold in holds if hold.state == Hold.State.PLACED]
    if not unread:
        return 0
    now = timezone.now()
    # Cases first and in one order, as everywhere: two polls at once wait for each other and never deadlock.
    cases = {
        case.pk: case
        for case in Case.objects.select_for_update().filter(pk__in={hold.case_id for hold in unread}).order_by("pk")
    }
    fresh = (
        Hold.objects.select_for_update(of=("self",))
        .filter(pk__in=[hold.pk for hold in unread], state=Hold.State.PLACED)
        .select_related("visit")
        .order_by("pk")
    )
    by_case: dict[int, list[Hold]] = {}
    for hold in fresh:
        hold.state = Hold.State.NOTIFIED
        hold.notified_at = hold.updated_at = now
        by_case.setdefault(hold.case_id, []).append(hold)
    changed = [hold for of_case in by_case.values() for hold in of_case]
    Hold.objects.bulk_update(changed, ["state", "notified_at", "updated_at"])
    for pk, of_case in by_case.items():
        _tell(cases[pk], of_case, CaseEvent.Kind.HOLD_NOTIFIED, actor=client, now=now)
    for hold in unread:
        hold.refresh_from_db(fields=["state", "notified_at", "updated_at"])
    return len(changed)


@transaction.atomic
def acknowledge(*, hold: Hold, client: User, by: str) -> bool:
    """The operator has understood the notice. True when noted now, False when it had been before.

    Raises HoldLiftedError, InvalidHoldError without a name, PermissionDenied where the client did not declare the
    equipment.
    """
    if not Hold.objects.notices_for(client).filter(pk=hold.pk).exists():
        raise PermissionDenied
    if not by.strip():
        raise InvalidHoldError({"by": _("Say who acknowledges.")})
    case = locked(hold.case)
    now = timezone.now()
    fresh = Hold.objects.select_for_update().get(pk=hold.pk)
    if fresh.state == Hold.State.LIFTED:
        raise HoldLiftedError
    if fresh.state == Hold.State.ACKNOWLEDGED:
        return False
    fresh.state = Hold.State.ACKNOWLEDGED
    fresh.notified_at = fresh.notified_at or now
    fresh.acknowledged_at = fresh.updated_at = now
    fresh.acknowledged_by = by.strip()[:AUTHORITY_LENGTH]
    fresh.save()
    _tell(
        case,
        [fresh],
        CaseEvent.Kind.HOLD_ACKNOWLEDGED,
        actor=client,
        now=now,
        by=fresh.acknowledged_by,
    )
    return True


def _tell(
    case: Case,
    holds: Sequence[Hold],
    kind: CaseEvent.Kind,
    *,
    actor: User,
    now: datetime,
    by: str = "",
    text: str = "",
) -> None:
    bump(case, at=now)
    case.save(update_fields=["version", "updated_at"])
    CaseEvent.objects.bulk_create(
        event(
            case,
            kind,
            at=now,
            actor=actor,
            text=text,
            facts={"equipment": hold.visit.number, "hold": str(hold.ref)} | ({"by": by} if by else {}),
        )
        for hold in holds
    )
