"""Releases: rule versions that score together, from the draft to the day they are live somewhere.

Where a release is live its activations say; `activating` starts and ends them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.rules import lists
from profiling.rules.drafts import approved, standing_version
from profiling.rules.errors import (
    ChangedMeanwhileError,
    InvalidRuleError,
    OwnWorkError,
    ReleaseStateError,
)
from profiling.rules.list_errors import InvalidListError
from profiling.rules.models import Release, Rule, RuleVersion
from profiling.rules.services import NoLiveReleaseError, lanes_of, live_release, thresholds_of

State = Release.State
TRANSITIONS: Mapping[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.PROPOSED, State.RETIRED}),
    State.PROPOSED: frozenset({State.APPROVED, State.DRAFT}),  # refused, it is written on
    State.APPROVED: frozenset({State.SHADOW, State.RETIRED}),
    State.SHADOW: frozenset({State.LIVE, State.APPROVED, State.RETIRED}),
    State.LIVE: frozenset({State.APPROVED, State.RETIRED}),  # rolled back, it may be tried in shadow again
    State.RETIRED: frozenset({State.LIVE}),  # a roll-back starts again what was replaced
}


@transaction.atomic
def draft_release(*, unit: Unit, user: User, based_on: Release | None = None, note: str = "") -> Release:
    """Begin a release of a node, from another or from what is live there; it takes the newest approved versions.

    Retired rules are left out. Raises PermissionDenied.
    """
    user.scope.require(Capability.WRITE_RULES, unit.pk)
    if based_on is None:
        try:
            based_on = live_release(unit)
        except NoLiveReleaseError:
            based_on = None
    lanes = lanes_of(unit)
    release = Release.objects.create(
        unit=unit,
        name=next_name(unit),
        based_on=based_on,
        note=note.strip(),
        thresholds=based_on.thresholds if based_on else {lane.code: None for lane in lanes[-1:]},
        sample_rate=based_on.sample_rate if based_on else Decimal(0),
        sample_lane=based_on.sample_lane if based_on else (lanes[0].code if lanes else ""),
        made_by=user,
    )
    release.hands.add(user)
    if based_on is not None:
        rules = Rule.objects.filter(versions__releases=based_on, retired_on=None).distinct()
        release.versions.set(filter(None, (standing_version(rule) for rule in rules)))
    return release


def next_name(unit: Unit) -> str:
    """ "KZ 7" after "KZ 6": the node and a number. The unit's row is locked, so that two at once get two names."""
    Unit.objects.select_for_update().get(pk=unit.pk)
    names = Release.objects.filter(unit=unit, name__startswith=f"{unit.code} ").values_list("name", flat=True)
    numbers = [int(found[1]) for name in names if (found := re.search(r" (\d+)$", name))]
    return f"{unit.code} {max(numbers, default=0) + 1}"


@transaction.atomic
def take_version(*, release: Release, user: User, version: RuleVersion, expected_edit: int) -> Release:
    """Put an approved version into a draft release, in place of another of its rule.

    Raises PermissionDenied, ReleaseStateError, ChangedMeanwhileError, InvalidRuleError.
    """
    fresh = _draft(release, user, expected_edit)
    rule = version.rule
    if not approved(RuleVersion.objects.filter(pk=version.pk)).exists():
        raise InvalidRuleError({"version": _("This version was not approved.")})
    if rule.retired_on is not None:
        raise InvalidRuleError({"version": _("Rule %(rule)s is retired.") % {"rule": rule.code}})
    if not fresh.unit.path.startswith(rule.unit.path):
        raise InvalidRuleError({"version": _("This rule belongs to another part of the tree.")})
    fresh.versions.remove(*fresh.versions.filter(rule__code=rule.code))
    fresh.versions.add(version)
    return _edited(fresh, user)


@transaction.atomic
def leave_out(*, release: Release, user: User, version: RuleVersion, expected_edit: int) -> Release:
    """Take a version out of a draft release. Raises PermissionDenied, ReleaseStateError, ChangedMeanwhileError."""
    fresh = _draft(release, user, expected_edit)
    fresh.versions.remove(version)
    return _edited(fresh, user)


@transaction.atomic
def set_steps(
    *,
    release: Release,
    user: User,
    thresholds: Mapping[str, int | None],
    sample_rate: Decimal,
    sample_lane: str,
    expected_edit: int,
    note: str | None = None,
) -> Release:
    """Set at how many points which lane begins, and the random sample. Raises as `take_version`."""
    fresh = _draft(release, user, expected_edit)
    fresh.thresholds, fresh.sample_rate, fresh.sample_lane = dict(thresholds), sample_rate, sample_lane
    if note is not None:
        fresh.note = note.strip()
    if errors := _step_errors(fresh):
        raise InvalidRuleError(errors)
    return _edited(fresh, user)


@transaction.atomic
def propose_release(*, release: Release, user: User, expected_edit: int) -> Release:
    """Put a draft release before somebody else; the named lists of its rules are pinned as they stand.

    Raises PermissionDenied, ReleaseStateError, ChangedMeanwhileError, InvalidRuleError.
    """
    fresh = _draft(release, user, expected_edit)
    errors = _step_errors(fresh)
    versions = list(fresh.versions.select_related("rule"))
    if not versions:
        errors["versions"] = _("A release without rules flags nothing.")
    if retired := [version.rule.code for version in versions if version.rule.retired_on]:
        errors["versions"] = _("These rules are retired: %(codes)s.") % {"codes": ", ".join(sorted(retired))}
    standing = set(approved(fresh.versions.all()).values_list("pk", flat=True))
    if waiting := [version.rule.code for version in versions if version.pk not in standing]:
        errors["versions"] = _("These versions were not approved: %(codes)s.") % {"codes": ", ".join(sorted(waiting))}
    if errors:
        raise InvalidRuleError(errors)
    try:
        lists.pin(release=fresh)
    except InvalidListError as error:
        raise InvalidRuleError({"versions": error.message}) from None
    fresh.hands.add(user)
    fresh.made_by, fresh.proposed_at = user, timezone.now()
    return step(fresh, State.PROPOSED)


@transaction.atomic
def approve_release(*, release: Release, user: User) -> Release:
    """Approve what somebody else proposed. Raises PermissionDenied, ReleaseStateError, OwnWorkError."""
    fresh = _for_checker(release, user)
    fresh.approved_by, fresh.approved_at = user, timezone.now()
    return step(fresh, State.APPROVED)


@transaction.atomic
def refuse_release(*, release: Release, user: User, why: str) -> Release:
    """Hand it back to be written on; why stands in its note. Raises as `approve_release`, InvalidRuleError."""
    fresh = _for_checker(release, user)
    if not why.strip():
        raise InvalidRuleError({"why": _("Say why it is refused.")})
    told = _("Refused by %(person)s: %(why)s") % {"person": user, "why": why.strip()}
    fresh.note = "\n".join(filter(None, (fresh.note, told)))
    fresh.proposed_at = None
    fresh.lists.clear()
    return step(fresh, State.DRAFT)


@transaction.atomic
def start_shadow(*, release: Release, user: User) -> Release:
    """Let an approved release score what comes beside the live one. Raises PermissionDenied, ReleaseStateError."""
    fresh = _locked(release, user, Capability.APPROVE_RULES)
    fresh.shadow_since = timezone.now()
    return step(fresh, State.SHADOW)


@transaction.atomic
def stop_shadow(*, release: Release, user: User) -> Release:
    """Score with it no more; what it has said stays. Raises PermissionDenied, ReleaseStateError."""
    fresh = _locked(release, user, Capability.APPROVE_RULES)
    if fresh.state != State.SHADOW:
        raise ReleaseStateError(fresh)
    return step(fresh, State.APPROVED)


@transaction.atomic
def retire_release(*, release: Release, user: User) -> Release:
    """Put a release away that is live nowhere. Raises PermissionDenied, ReleaseStateError."""
    fresh = _locked(release, user, Capability.WRITE_RULES)
    if fresh.state == State.LIVE:
        raise ReleaseStateError(fresh)
    return step(fresh, State.RETIRED)


def may_check_release(release: Release, user: User) -> bool:
    """Whether a person may approve or refuse a proposed release."""
    allowed = user.scope.allows(Capability.APPROVE_RULES, release.unit_id)
    return release.state == State.PROPOSED and allowed and not has_hand_in(release, user)


def has_hand_in(release: Release, user: User) -> bool:
    """Whether a person began the release, changed what it holds, or proposed it: who did never checks it."""
    return release.made_by_id == user.pk or release.hands.filter(pk=user.pk).exists()


def step(release: Release, to: State) -> Release:
    """Save a locked release in another state, if the table of transitions has that step. Raises ReleaseStateError."""
    if to not in TRANSITIONS[release.state]:
        raise ReleaseStateError(release)
    release.state = to
    release.edit = F("edit") + 1
    release.save()
    release.refresh_from_db()
    return release


def _for_checker(release: Release, user: User) -> Release:
    fresh = _locked(release, user, Capability.APPROVE_RULES)
    if fresh.state != State.PROPOSED:
        raise ReleaseStateError(fresh)
    if has_hand_in(fresh, user):
        raise OwnWorkError
    return fresh


def _locked(release: Release, user: User, capability: Capability) -> Release:
    fresh: Release = Release.objects.select_for_update(of=("self",)).select_related("unit").get(pk=release.pk)
    user.scope.require(capability, fresh.unit_id)
    return fresh


def _draft(release: Release, user: User, expected_edit: int) -> Release:
    fresh = _locked(release, user, Capability.WRITE_RULES)
    if fresh.state != State.DRAFT:
        raise ReleaseStateError(fresh)
    if fresh.edit != expected_edit:
        raise ChangedMeanwhileError(fresh, "")
    return fresh


def _edited(release: Release, user: User) -> Release:
    release.hands.add(user)
    release.edit = F("edit") + 1
    release.save()
    release.refresh_from_db()
    return release


def _step_errors(release: Release) -> dict[str, str]:
    lanes = {lane.code for lane in lanes_of(release.unit)}
    errors: dict[str, str] = {}
    given = release.thresholds
    if unknown := sorted(set(given) - lanes):
        errors["thresholds"] = _("There is no lane %(codes)s here.") % {"codes": ", ".join(unknown)}
    elif sum(points is None for points in given.values()) != 1:
        errors["thresholds"] = _("Exactly one lane begins at no number of points: the one under all others.")
    else:
        try:
            thresholds_of(release)
        except ValueError:
            errors["thresholds"] = _("Two lanes begin at the same number of points.")
    if not 0 <= release.sample_rate <= 1:
        errors["sample_rate"] = _("A share between 0 and 1.")
    if release.sample_lane not in lanes:
        errors["sample_lane"] = _("Choose the lane that drawn cargo is sent to.")
    return errors
