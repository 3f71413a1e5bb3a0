"""Lookouts beside the cases: what is watched for now, writing hits, marking them as seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.cargo.models import EquipmentVisit, SealObservation, Submission
from profiling.lookouts.core.keys import Kind
from profiling.lookouts.core.watchlist import Entry, Match, Watchlist
from profiling.lookouts.models import Lookout, LookoutHit


@dataclass(frozen=True, slots=True)
class Meeting:
    """One lookout met in one subject: a consignment, or a visit that no bill names."""

    match: Match
    consignment_id: int | None = None
    visit_id: int | None = None


def watchlist_of(unit: Unit, now: datetime) -> Watchlist:
    """The active lookouts that apply to a unit. One query."""
    active = Lookout.objects.for_unit(unit).active(timezone.localdate(now, unit.zone))
    rows = active.values_list("pk", "kind", "key", "country")
    return Watchlist(Entry(pk, Kind(kind), key, country) for pk, kind, key, country in rows)


def entry_of(lookout: Lookout) -> Entry:
    return Entry(lookout.pk, Kind(lookout.kind), lookout.key, lookout.country)


def write_hits(
    *, unit: Unit, meetings: Sequence[Meeting], submission: Submission | None, now: datetime
) -> list[LookoutHit]:
    """Write what has not been met before, and return it with its lookouts. The subjects are locked by the caller.

    A fixed number of queries.
    """
    known = _known(meetings)
    fresh: list[Meeting] = []
    for meeting in meetings:
        key = (meeting.match.lookout, meeting.consignment_id, meeting.visit_id)
        if key not in known:
            known.add(key)
            fresh.append(meeting)
    if not fresh:
        return []
    lookouts = Lookout.objects.select_related("unit").in_bulk({meeting.match.lookout for meeting in fresh})
    written = _as_written([meeting.match for meeting in fresh])
    return LookoutHit.objects.bulk_create(
        LookoutHit(
            unit=unit,
            lookout=lookouts[meeting.match.lookout],
            consignment_id=meeting.consignment_id,
            visit_id=meeting.visit_id,
            field=meeting.match.field,
            value=written.get(meeting.match, meeting.match.value)[:350],
            at=now,
            submission=submission,
            updated_at=now,
        )
        for meeting in fresh
    )


def _known(meetings: Sequence[Meeting]) -> set[tuple[int, int | None, int | None]]:
    subjects = Q(consignment__in={m.consignment_id for m in meetings if m.consignment_id is not None}) | Q(
        visit__in={m.visit_id for m in meetings if m.visit_id is not None}
    )
    hits = LookoutHit.objects.filter(subjects, lookout__in={meeting.match.lookout for meeting in meetings})
    return set(hits.values_list("lookout_id", "consignment_id", "visit_id"))


def _as_written(matches: Sequence[Match]) -> Mapping[Match, str]:
    """Numbers of equipment and seals as the papers have them."""
    visits = {match.visit_id for match in matches if match.visit_id is not None}
    if not visits:
        return {}
    numbers = dict(EquipmentVisit.objects.filter(pk__in=visits).values_list("pk", "number_as_written"))
    seals = {
        (visit, number): written
        for visit, number, written in SealObservation.objects.filter(
            visit__in=visits, number__in={match.value for match in matches if match.kind is Kind.SEAL}
        ).values_list("visit", "number", "number_as_written")
    }
    return {
        match: seals.get((match.visit_id, match.value), match.value)
        if match.kind is Kind.SEAL
        else numbers.get(match.visit_id, match.value)
        for match in matches
        if match.visit_id is not None
    }


@transaction.atomic
def mark_seen(*, hits: Sequence[LookoutHit], user: User) -> int:
    """Note who has seen hits first. Returns how many were new. Raises PermissionDenied."""
    for unit_id in {hit.unit_id for hit in hits}:
        user.scope.require(Capability.WATCH, unit_id)
    readable = LookoutHit.objects.readable_by(user).filter(pk__in=[hit.pk for hit in hits], seen_at=None)
    now = timezone.now()
    pks = list(readable.values_list("pk", flat=True))
    return LookoutHit.objects.filter(pk__in=pks, seen_at=None).update(seen_at=now, seen_by=user, updated_at=now)
