"""The chain of custody: hand-overs that follow one another, each signed by both sides; nothing in it is ever changed.

It goes on after approval, for it is no part of the act. Every row carries a digest over itself and what came before,
so that a row changed behind our back breaks the chain from there on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections.acts import tell
from inspections.commodities.numbers import plain
from inspections.errors import InvalidActError
from inspections.facts import template_of
from inspections.models import Handover, Inspection, Photo, Seizure, Signature
from inspections.seizing import locked_seizure, require_standing
from inspections.seizure_errors import (
    AlreadySignedError,
    GiverSignsError,
    NotTheHolderError,
    NotYourSideError,
    SettledHandoverError,
    UnsignedHandoverError,
)
from pcu.accounts.confirmation import Confirmed
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.cases.models import CaseEvent

Side = Signature.Side
LENGTHS = {"what": 350, "seal": 60, "place": 160, "receiver_name": 160, "receiver_agency": 120}
REASON_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the goods: a user, or somebody by name and agency."""

    user: User | None
    name: str
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """What is handed over, where, and to whom: to a user, or to somebody by name and agency."""

    what: str
    place: str
    receiver: User | None = None
    receiver_name: str = ""
    receiver_agency: str = ""
    seal: str = ""
    quantity: Decimal | None = None
    quantity_unit: str = ""


def chain_of(seizure: Seizure) -> list[Handover]:
    """The hand-overs of a seizure, oldest first, with who signed: two queries."""
    return list(_with_signatures(Handover.objects.filter(seizure=seizure)))


def with_chains(rows: QuerySet[Seizure]) -> QuerySet[Seizure]:
    """Seizures with their hand-overs read: `holder_of(list(seizure.handovers.all()))` asks nothing more."""
    return rows.prefetch_related(Prefetch("handovers", _with_signatures(Handover.objects.all())))


def _with_signatures(rows: QuerySet[Handover]) -> QuerySet[Handover]:
    signatures = Signature.objects.select_related("user", "recorded_by").order_by("pk")
    return (
        rows.select_related("given_by", "received_by", "recorded_by")
        .prefetch_related(Prefetch("signatures", signatures))
        .order_by("number")
    )


def signed_sides(handover: Handover) -> frozenset[str]:
    return frozenset(signature.side for signature in handover.signatures.all())


def is_open(handover: Handover) -> bool:
    """Neither signed by both sides nor called off."""
    sides = signed_sides(handover)
    return Side.CALLED_OFF not in sides and not {Side.GAVE, Side.RECEIVED} <= sides


def holder_of(chain: Sequence[Handover]) -> Holder | None:
    """Who holds the goods after these hand-overs; None while they are with those who seized them."""
    for handover in reversed(chain):
        if {Side.GAVE, Side.RECEIVED} <= signed_sides(handover):
            return Holder(handover.received_by, handover.receiver, handover.receiver_agency)
    return None


def first_holders(seizure: Seizure) -> list[User]:
    """Who may give the goods first: those who took part in the examination, and who recorded the seizure."""
    inspection = seizure.inspection
    found = {inspection.created_by_id: inspection.created_by, seizure.created_by_id: seizure.created_by}
    found |= {member.user_id: member.user for member in inspection.team.select_related("user")}
    return sorted(found.values(), key=lambda user: (str(user), user.pk))


def possible_givers(seizure: Seizure, holder: Holder | None) -> list[User]:
    """Users who may give the goods now; nobody where somebody without a sign-in holds them."""
    if holder is None:
        return first_holders(seizure)
    return [holder.user] if holder.user else []


def possible_receivers(seizure: Seizure) -> QuerySet[User]:
    """People who hold a role in the unit or above it and can sign in."""
    units = seizure.unit.ancestors_and_self()
    people = User.objects.filter(memberships__unit__in=units, kind=User.Kind.PERSON, is_active=True)
    return people.distinct().order_by("last_name", "first_name", "pk")


@transaction.atomic
def hand_over(*, seizure: Seizure, user: User, transfer: Transfer, giver: User | None = None) -> Handover:
    """Write down a hand-over; it takes place once both sides have signed.

    giver: needed while the goods are with those who seized them, or where a user holds them; None where somebody
    without a sign-in does. Raises InvalidActError, NotTheHolderError, UnsignedHandoverError, RemovedSeizureError,
    NotEditableError, PermissionDenied.
    """
    inspection, fresh = locked_seizure(seizure)
    require_standing(inspection, user)
    chain = chain_of(fresh)
    if chain and is_open(chain[-1]):
        raise UnsignedHandoverError(chain[-1])
    holder = holder_of(chain)
    _require_holder(holder, giver, fresh)
    told = _checked(transfer, fresh, holder.user if holder else giver)
    now = timezone.now()
    handover = Handover(
        seizure=fresh,
        number=len(chain) + 1,
        given_by=giver,
        giver_name="" if giver else (holder.name if holder else ""),
        giver_agency="" if giver else (holder.agency if holder else ""),
        received_by=transfer.receiver,
        recorded_by=user,
        at=now,
        **told,
    )
    handover.digest = _digest(_content(handover), _head(chain))
    handover.save(force_insert=True)
    return handover


def require_hand(user: User, signer: User, handover: Handover) -> None:
    """Whose session it is where `signer` types the password: the own, or that of somebody of the unit that seized.

    Ask before a password is tried, so that nobody else tries any. Raises PermissionDenied.
    """
    if user.pk != signer.pk:
        user.scope.require(Capability.INSPECT, handover.seizure.unit_id)


@transaction.atomic
def sign(*, handover: Handover, side: str, signer: Confirmed, user: User) -> Signature:
    """Sign for one side with the password just typed, in the session of `user`, who works in the unit or signs.

    Raises NotYourSideError, AlreadySignedError, SettledHandoverError, PermissionDenied.
    """
    inspection, fresh = _locked(handover)
    if signer.user.pk != user.pk:
        require_standing(inspection, user)  # the shared tablet is signed in by somebody of the unit
    expected = {Side.GAVE: fresh.given_by, Side.CALLED_OFF: fresh.given_by, Side.RECEIVED: fresh.received_by}[
        Side(side)
    ]
    if expected is None or expected.pk != signer.user.pk:
        raise NotYourSideError(fresh.receiver if side == Side.RECEIVED else fresh.giver)
    return _write(inspection, fresh, side, user=signer.user, name=str(signer.user), actor=user)


@transaction.atomic
def sign_on_paper(*, handover: Handover, side: str, user: User, paper: Photo | None) -> Signature:
    """Record the signature on paper of somebody without a sign-in, by a photograph of it that the act holds.

    Raises InvalidActError without such a photograph, NotYourSideError where a user is to sign, AlreadySignedError,
    SettledHandoverError, PermissionDenied.
    """
    inspection, fresh = _locked(handover)
    require_standing(inspection, user)
    by_user, name = {
        Side.GAVE: (fresh.given_by, fresh.giver_name),
        Side.CALLED_OFF: (fresh.given_by, fresh.giver_name),
        Side.RECEIVED: (fresh.received_by, fresh.receiver_name),
    }[Side(side)]
    if by_user is not None:
        raise NotYourSideError(str(by_user))
    if paper is None or not _is_in_act(paper, inspection):
        raise InvalidActError({"paper": _("Choose the photograph of the signed paper.")})
    return _write(inspection, fresh, side, name=name, paper_sha256=paper.sha256, recorded_by=user, actor=user)


def giver_is_gone(handover: Handover) -> bool:
    """Whether the side that gives is a user who can sign no more."""
    return handover.given_by is not None and not handover.given_by.is_active


def may_sign_instead(handover: Handover, user: User) -> bool:
    """Whether a person may sign for a giver who is gone: a supervisor of the unit who does not receive the goods."""
    supervises = user.scope.allows(Capability.SUPERVISE, handover.seizure.unit_id)
    return giver_is_gone(handover) and supervises and user.pk != handover.received_by_id


@transaction.atomic
def sign_instead(*, handover: Handover, side: str, user: User, reason: str, paper: Photo | None = None) -> Signature:
    """Sign for a giver who can sign in no more, or call the hand-over off for them, as a supervisor of the unit; else
    the goods would never leave that person's hands. `reason` says why and which paper bears it; `paper`: its
    photograph, where the act holds one.

    Raises InvalidActError without a reason, GiverSignsError, NotYourSideError for the side that receives and for who
    receives the goods, AlreadySignedError, SettledHandoverError, PermissionDenied.
    """
    inspection, fresh = _locked(handover)
    require_standing(inspection, user)
    user.scope.require(Capability.SUPERVISE, inspection.unit_id)
    if side not in (Side.GAVE, Side.CALLED_OFF):
        raise NotYourSideError(fresh.receiver)
    if not giver_is_gone(fresh):
        raise GiverSignsError(fresh.giver)
    if user.pk == fresh.received_by_id:  # nobody gives goods to oneself
        raise NotYourSideError(_("Another supervisor"))
    told = reason.replace("\0", "").strip()
    errors = {}
    if not told:
        errors["reason"] = _("Say why the giver cannot sign, and which paper bears the hand-over.")
    elif len(told) > REASON_LENGTH:
        errors["reason"] = _("At most %(count)d characters.") % {"count": REASON_LENGTH}
    if paper is not None and not _is_in_act(paper, inspection):
        errors["paper"] = _("Choose the photograph of the signed paper.")
    if errors:
        raise InvalidActError(errors)
    sha256 = paper.sha256 if paper else ""
    return _write(
        inspection, fresh, side, name=str(user), paper_sha256=sha256, recorded_by=user, reason=told, actor=user
    )


def verify_chain(seizure: Seizure) -> int | None:
    """Reckon all digests anew. The number of the first hand-over that does not fit, None where the chain is whole."""
    head = ""
    chain = chain_of(seizure)
    for place, handover in enumerate(chain, 1):
        if handover.number != place or handover.digest != _digest(_content(handover), head):
            return place
        signatures = list(handover.signatures.all())
        if any(one.digest != _digest(_signed(one), handover.digest) for one in signatures):
            return place
        head = _head([handover])
    return None


def _is_in_act(paper: Photo, inspection: Inspection) -> bool:
    return bool(paper.inspection_id == inspection.pk and paper.removed_at is None)


def _locked(handover: Handover) -> tuple[Inspection, Handover]:
    inspection, _seizure = locked_seizure(handover.seizure)
    fresh = _with_signatures(Handover.objects.filter(pk=handover.pk).select_related("seizure")).get()
    return inspection, fresh


def _require_holder(holder: Holder | None, giver: User | None, seizure: Seizure) -> None:
    if holder is None:
        holders = first_holders(seizure)
        if giver is None or giver.pk not in {one.pk for one in holders}:
            raise NotTheHolderError(", ".join(str(one) for one in holders))
    elif (holder.user.pk if holder.user else None) != (giver.pk if giver else None):
        raise NotTheHolderError(holder.name)


def _checked(transfer: Transfer, seizure: Seizure, giver: User | None) -> dict[str, Any]:
    told = {name: getattr(transfer, name).replace("\0", "").strip() for name in LENGTHS}
    errors = {
        name: _("At most %(count)d characters.") % {"count": limit}
        for name, limit in LENGTHS.items()
        if len(told[name]) > limit
    }
    if not told["what"]:
        errors["what"] = _("Say what is handed over.")
    if not told["place"]:
        errors["place"] = _("Say where.")
    errors |= _receiver_faults(transfer, seizure, giver, told)
    if transfer.quantity is not None:
        if transfer.quantity <= 0:
            errors["quantity"] = _("The quantity handed over is more than zero.")
        elif transfer.quantity != round(transfer.quantity, 3) or transfer.quantity >= Decimal(10) ** 15:
            errors["quantity"] = _("At most 15 digits before the point and 3 behind it.")
        if transfer.quantity_unit not in template_of(seizure).units:
            errors["quantity_unit"] = _("Choose a unit of this commodity.")
    if errors:
        raise InvalidActError(errors)
    unit = transfer.quantity_unit if transfer.quantity is not None else ""
    return {**told, "quantity": transfer.quantity, "quantity_unit": unit}


def _receiver_faults(
    transfer: Transfer, seizure: Seizure, giver: User | None, told: Mapping[str, str]
) -> dict[str, str]:
    if transfer.receiver is not None:
        if told["receiver_name"] or told["receiver_agency"]:
            return {"receiver": _("Choose a person, or write a name and an agency: not both.")}
        if giver is not None and transfer.receiver.pk == giver.pk:
            return {"receiver": _("Giver and receiver are the same person.")}
        if not possible_receivers(seizure).filter(pk=transfer.receiver.pk).exists():
            return {"receiver": _("This person has no role in the unit.")}
        return {}
    faults = {}
    if not told["receiver_name"]:
        faults["receiver"] = _("Say who receives.")
    elif not told["receiver_agency"]:
        faults["receiver_agency"] = _("Say for which agency.")
    return faults


def _write(inspection: Inspection, handover: Handover, side: str, *, actor: User, **told: Any) -> Signature:
    sides = signed_sides(handover)
    if side in sides:
        raise AlreadySignedError
    if Side.CALLED_OFF in sides:
        raise SettledHandoverError(called_off=True)
    if {Side.GAVE, Side.RECEIVED} <= sides:
        raise SettledHandoverError(called_off=False)
    now = timezone.now()
    signature = Signature(handover=handover, side=side, at=now, **told)
    signature.digest = _digest(_signed(signature), handover.digest)
    signature.save(force_insert=True)
    if {Side.GAVE, Side.RECEIVED} <= sides | {side}:
        seizure = handover.seizure
        facts = {"number": seizure.number, "seizure": str(seizure.ref), "handover": handover.number}
        instead = next((one for one in (*handover.signatures.all(), signature) if one.reason), None)
        if instead is not None:
            facts |= {"instead_of": handover.giver, "signed_by": instead.name}
        text = instead.reason if instead else ""
        tell(inspection, CaseEvent.Kind.CUSTODY, at=now, actor=actor, text=text, facts=facts)
    return signature


def _head(chain: Sequence[Handover]) -> str:
    """What the next hand-over seals: the digests of the last one and of its signatures."""
    if not chain:
        return ""
    last = chain[-1]
    return " ".join([last.digest, *sorted(signature.digest for signature in last.signatures.all())])


def _digest(content: Mapping[str, Any], before: str) -> str:
    """SHA-256 of the canonical JSON (keys in order, no spaces, UTF-8) of the content with what came before."""
    told = json.dumps({**content, "before": before}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def _content(handover: Handover) -> dict[str, Any]:
    return {
        "seizure": handover.seizure.number,
        "number": handover.number,
        **{name: getattr(handover, name) for name in (*LENGTHS, "giver_name", "giver_agency", "quantity_unit")},
        "quantity": None if handover.quantity is None else plain(handover.quantity),
        "given_by": _person(handover.given_by),
        "received_by": _person(handover.received_by),
        "recorded_by": _person(handover.recorded_by),
        "at": _moment(handover.at),
    }


def _signed(signature: Signature) -> dict[str, Any]:
    # a reason is sealed where there is one: signatures of before there were reasons keep their digests
    told = {"reason": signature.reason} if signature.reason else {}
    return {
        **told,
        "side": signature.side,
        "name": signature.name,
        "paper": signature.paper_sha256,
        "user": _person(signature.user),
        "recorded_by": _person(signature.recorded_by),
        "at": _moment(signature.at),
    }


def _person(user: User | None) -> str:
    return str(user.ref) if user else ""


def _moment(moment: datetime) -> str:
    """In UTC: how a database gives a moment back must not change its digest."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
