"""A hit as one person may see it: pages and endpoints show nothing of hits but this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.lookouts.models import Lookout, LookoutHit, LookoutQuerySet


@dataclass(frozen=True, slots=True)
class SeenHit:
    """is_masked: the lookout is kept for another agency; whom to ask is `contact`, and nothing else is told.

    tells_why: the handling code lets this person read reason and source.
    """

    hit: LookoutHit
    is_masked: bool
    tells_why: bool
    contact: str
    is_linked: bool = False

    @property
    def lookout(self) -> Lookout | None:
        return None if self.is_masked else self.hit.lookout


def seen_hits(hits: QuerySet[LookoutHit], user: User) -> list[SeenHit]:
    """Visible hits in their order, each with what of it is told to a user. Two queries more than the hits take."""
    rows = list(hits.select_related("lookout__unit", "lookout__created_by"))
    return see(rows, user)


def see(rows: Sequence[LookoutHit], user: User) -> list[SeenHit]:
    """The same for hits already read, with their lookouts."""
    if not rows:
        return []
    pks = [row.pk for row in rows]
    readable = set(LookoutHit.objects.readable_by(user).filter(pk__in=pks).values_list("pk", flat=True))
    linked = set(visible_lookouts(user).filter(pk__in={row.lookout_id for row in rows}).values_list("pk", flat=True))
    return [_seen(row, row.pk in readable, row.lookout_id in linked, user) for row in rows]


def visible_lookouts(user: User) -> LookoutQuerySet:
    return Lookout.objects.visible_to(user)


def _seen(row: LookoutHit, is_readable: bool, is_linked: bool, user: User) -> SeenHit:
    return SeenHit(
        hit=row,
        is_masked=not is_readable,
        tells_why=is_readable and tells_why(row.lookout, user),
        contact=row.lookout.contact,
        is_linked=is_readable and is_linked,
    )


def tells_why(lookout: Lookout, user: User) -> bool:
    """Whether a user who may read a lookout may also read its reason and source."""
    if lookout.handling != Handling.UNIT or lookout.created_by_id == user.pk:
        return True
    return user.scope.allows(Capability.READ, lookout.unit_id)


def notices_of(unit: Unit, user: User) -> QuerySet[LookoutHit]:
    """Hits of a unit that make no case, may be read by a user, and have been seen by nobody yet."""
    found: QuerySet[LookoutHit] = LookoutHit.objects.readable_by(user).notices().filter(unit=unit)
    return found


def hits_in(*, consignments: Any, visits: Any, user: User) -> QuerySet[LookoutHit]:
    """Visible hits in any of these consignments and visits, newest first."""
    found: QuerySet[LookoutHit] = LookoutHit.objects.visible_to(user).filter(
        Q(consignment__in=consignments) | Q(visit__in=visits)
    )
    return found.order_by("-at", "-pk")
