"""A warning turned into lookouts of the unit that was warned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from exchanges import body
from exchanges.choices import OPEN, UNACKNOWLEDGED, Line, RequestedAction, State
from exchanges.errors import InvalidWarningError, NotNowError
from exchanges.models import Message, PartnerWarning
from exchanges.services import clocks
from exchanges.services.answering import take_up
from exchanges.services.composing import locked
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.cases.watching import LONGEST, place_lookout
from profiling.lookouts.choices import Action, Kind, Source
from profiling.lookouts.core.watchlist import WATCHED_AS
from profiling.lookouts.errors import InvalidLookoutError
from profiling.lookouts.models import Lookout, LookoutHit, LookoutQuerySet

_KINDS = {str(equipment): Kind(watched.value) for equipment, watched in WATCHED_AS.items()}
_ACTIONS = {
    RequestedAction.INFORM: Action.INFORM,
    RequestedAction.DOCUMENTS: Action.OPEN_CASE,
    RequestedAction.SCAN: Action.OPEN_CASE,
    RequestedAction.EXAMINE: Action.MUST_EXAMINE,
    RequestedAction.UNLOAD: Action.MUST_EXAMINE,
}
CONTACT_LENGTH = 120
SHOWN = 50
"""So many lookouts of a warning are listed beside its thread."""


@dataclass(frozen=True, slots=True)
class Watchable:
    """Something that a warning names and a lookout can watch for."""

    kind: Kind
    value: str

    @property
    def key(self) -> str:
        return f"{self.kind.value}:{self.value}"


def watchables(warning: PartnerWarning) -> list[Watchable]:
    """Containers, wagons, plates, seals, tax numbers and firm names of a warning, each once, equipment first."""
    told = body.read(warning.body)
    found = [(_KINDS.get(one.kind), one.number) for one in told.equipment]
    found += [(_KINDS.get(one.carrier.kind), one.carrier.number) for one in told.equipment if one.carrier]
    found += [(Kind.SEAL, seal) for one in told.equipment for seal in one.seals]
    found += [(Kind.TAX_NUMBER, party.tax_number) for party in told.parties if party.tax_number]
    found += [(Kind.NAME, party.name) for party in told.parties if not party.tax_number]
    return list(dict.fromkeys(Watchable(kind, value) for kind, value in found if kind is not None and value))


def proposed_action(warning: PartnerWarning) -> Action:
    """What a hit should do, after what the sender asks for."""
    return _ACTIONS[RequestedAction(warning.action)]


def proposed_end(warning: PartnerWarning, now: datetime) -> date:
    """The last day of the warning, as far as a lookout may last; in the time of the unit that was warned."""
    zone = warning.to_unit.zone
    latest: date = timezone.localdate(now, zone) + LONGEST
    return min(timezone.localdate(warning.expires_at, zone), latest)


@dataclass(frozen=True, slots=True)
class Placed:
    """A lookout made of a warning, and how many hits of it a person may see."""

    lookout: Lookout
    hits: int


def lookouts_of(warning: PartnerWarning, user: User) -> list[Placed]:
    """The first of the lookouts made of a warning that a person may read. Two queries."""
    lookouts = list(_made_of(warning).visible_to(user).order_by("pk")[:SHOWN])
    hits = LookoutHit.objects.visible_to(user).filter(lookout__in=lookouts).order_by()
    counts = dict(hits.values_list("lookout").annotate(Count("pk")))
    return [Placed(lookout, counts.get(lookout.pk, 0)) for lookout in lookouts]


def _made_of(warning: PartnerWarning) -> LookoutQuerySet:
    made: LookoutQuerySet = Lookout.objects.filter(
        unit=warning.to_unit, source=Source.PARTNER, source_ref=warning.number
    )
    return made


@transaction.atomic
def make_lookouts(
    *,
    warning: PartnerWarning,
    user: User,
    chosen: Sequence[Watchable],
    action: Action | str,
    expires_on: date | None,
) -> list[Lookout]:
    """One lookout for each that was chosen and does not stand already, all or none; the warning counts as acknowledged.

    Of silent ones neither side is told more than that somebody has acknowledged.
    Raises InvalidWarningError (by field), NotNowError, PermissionDenied.
    """
    warning = locked(warning)
    user.scope.require(Capability.ANSWER, warning.to_unit_id)
    if warning.state not in OPEN:
        raise NotNowError(warning)
    known = set(watchables(warning))
    errors: dict[str, str] = {}
    if not chosen:
        errors["chosen"] = _("Choose what to watch for.")
    elif not set(chosen) <= known:
        errors["chosen"] = _("The warning does not name this.")
    if action not in Action.values:
        errors["action"] = _("Choose what a hit does.")
    if expires_on is None:
        errors["expires_on"] = _("Say until when.")
    if errors or expires_on is None:
        raise InvalidWarningError(errors)
    # a second click, or the same asked for again, places nothing twice
    placed = _placed(warning, user, action, expires_on)
    made = []
    for one in (one for one in dict.fromkeys(chosen) if (one.kind, one.value) not in placed):
        try:
            made.append(
                place_lookout(
                    unit=warning.to_unit,
                    user=user,
                    kind=one.kind,
                    value=one.value,
                    action=action,
                    reason=body.read(warning.body).grounds,
                    expires_on=expires_on,
                    source=Source.PARTNER,
                    source_ref=warning.number,
                    handling=warning.handling,
                    # what was meant for one agency stays with it; others who meet a hit are told whom to ask
                    agency=warning.thread.agency,
                    contact=str(user)[:CONTACT_LENGTH],
                )
            )
        except InvalidLookoutError as error:
            told = " ".join(error.errors.values())
            field = "expires_on" if "expires_on" in error.errors else "chosen"
            raise InvalidWarningError({field: f"{one.value}: {told}"}) from error
    if not made:
        return []
    now = timezone.now()
    take_up(warning, user, now)
    if action == Action.SILENT:
        _keep_silent(warning, now)
        return made
    warning.state = State.LOOKOUT
    warning.save()
    Message.objects.create(
        thread=warning.thread,
        kind=Line.EVENT,
        unit=warning.to_unit,
        author=user,
        facts={"event": "lookout", "count": len(made)},
        at=now,
    )
    clocks.touch(warning.thread, at=now)
    return made


def _keep_silent(warning: PartnerWarning, now: datetime) -> None:
    """The warning goes no further than acknowledged: that it is watched for is known to who placed it alone."""
    if warning.state in UNACKNOWLEDGED:
        warning.state = State.ACKNOWLEDGED
    warning.save()
    clocks.touch(warning.thread, at=now)


def _placed(warning: PartnerWarning, user: User, action: str, expires_on: date) -> set[tuple[str, str]]:
    """Kind and value of the lookouts of this warning that stand already with the same action and end.

    Those that the person may not read are none: the answer would tell of them.
    """
    standing = _made_of(warning).visible_to(user).filter(withdrawn_at=None)
    return set(standing.filter(action=action, expires_on=expires_on).values_list("kind", "value"))
