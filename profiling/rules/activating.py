"""Where a release is live: activate it at a node, roll back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.rules.errors import InvalidRuleError, NothingToRollBackError, ReleaseStateError
from profiling.rules.models import Activation, Release
from profiling.rules.releases import State, step
from profiling.rules.services import NoLiveReleaseError, live_release


@transaction.atomic
def activate(*, release: Release, unit: Unit, user: User, why: str = "") -> Activation:
    """Score the cargo of a node with a release from now on: first at one post, then at the whole.

    The release must have been in shadow. What was live at the node ends, and so do the stages below it that other
    releases of the same node had begun. Raises PermissionDenied, ReleaseStateError, InvalidRuleError.
    """
    user.scope.require(Capability.APPROVE_RULES, unit.pk)
    fresh = Release.objects.select_for_update(of=("self",)).select_related("unit").get(pk=release.pk)
    if not unit.path.startswith(fresh.unit.path):
        raise InvalidRuleError({"unit": _("This release does not apply there.")})
    if fresh.state not in (State.SHADOW, State.LIVE):
        raise ReleaseStateError(fresh)
    now = timezone.now()
    open_here = Activation.objects.select_for_update(of=("self",)).filter(ended_at=None)
    before = open_here.filter(unit=unit).first()
    if before is not None and before.release_id == fresh.pk:
        raise InvalidRuleError({"unit": _("It is live there already.")})
    stages = open_here.filter(unit__path__startswith=unit.path, release__unit=fresh.unit_id).exclude(unit=unit)
    ending = [*stages, *([before] if before else [])]
    for one in ending:
        _end(one, user, now)
    made = Activation.objects.create(
        release=fresh, unit=unit, replaced=before, started_at=now, started_by=user, why=why.strip()
    )
    if fresh.state != State.LIVE:
        fresh.live_since = now
        step(fresh, State.LIVE)
    for one in ending:
        _settle(one.release_id, State.RETIRED)
    return made


@transaction.atomic
def roll_back(*, activation: Activation, user: User, why: str) -> Activation | None:
    """Go back to what was live at the node before, with the stages below it that the activation had ended.

    Returns the activation that began, None where a node above is live again. Raises PermissionDenied,
    NothingToRollBackError, InvalidRuleError.
    """
    lock = Activation.objects.select_for_update(of=("self",)).select_related("unit", "replaced")
    fresh = lock.get(pk=activation.pk)
    user.scope.require(Capability.APPROVE_RULES, fresh.unit_id)
    if fresh.ended_at is not None:
        raise InvalidRuleError({"why": _("It is not live there any more.")})
    if not why.strip():
        raise InvalidRuleError({"why": _("Say why it is rolled back.")})
    now = timezone.now()
    _end(fresh, user, now)
    # What ended in the moment in which this one began, ended because of it.
    below = Activation.objects.filter(unit__path__startswith=fresh.unit.path, ended_at=fresh.started_at)
    began = None
    for one in below.select_related("unit").exclude(pk=fresh.pk):
        if Activation.objects.filter(unit=one.unit_id, ended_at=None).exists():
            continue  # a unit below has been given another release meanwhile
        again = Activation.objects.create(
            release_id=one.release_id,
            unit=one.unit,
            replaced=one.replaced,
            started_at=now,
            started_by=user,
            why=why.strip(),
        )
        _revive(one.release_id)
        if one.unit_id == fresh.unit_id:
            began = again
    _settle(fresh.release_id, State.APPROVED)
    try:
        live_release(fresh.unit)
    except NoLiveReleaseError:
        raise NothingToRollBackError from None
    return began


def _end(activation: Activation, user: User, now: datetime) -> None:
    activation.ended_at, activation.ended_by = now, user
    activation.save(update_fields=["ended_at", "ended_by"])


def _settle(release_id: int, to: State) -> None:
    """A release that is live nowhere any more is not in the state of being live."""
    if not Activation.objects.filter(release=release_id, ended_at=None).exists():
        release = Release.objects.select_for_update(of=("self",)).get(pk=release_id)
        if release.state == State.LIVE:
            step(release, to)


def _revive(release_id: int) -> None:
    release = Release.objects.select_for_update(of=("self",)).get(pk=release_id)
    if release.state == State.APPROVED:  # rolled back itself before
        step(release, State.SHADOW)
    if release.state != State.LIVE:
        step(release, State.LIVE)
