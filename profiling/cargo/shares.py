"""Who reads cargo without owning it.

A box crosses several units: a case that is passed on takes its cargo along. Cases stand above cargo, so they say here,
when the apps are ready, what they share; a manifest as a whole, its parties and its other cargo stay with their unit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from django.db.models import Q, QuerySet

from pcu.accounts.scope import TenantQuerySet, scope_of

Shared = Callable[[frozenset[int]], QuerySet[Any]]
"""Primary keys of what is shared with any of these units."""

_consignments: list[Shared] = []
_visits: list[Shared] = []


def share(*, consignments: Shared, visits: Shared) -> None:
    """Let units read cargo of others."""
    _consignments.append(consignments)
    _visits.append(visits)


class CargoQuerySet(TenantQuerySet):
    """Rows that belong to a consignment or to an equipment visit, each named by its look-up."""

    consignment_lookup = ""
    visit_lookup = ""

    def visible_to(self, user: Any) -> Self:
        """Rows of the units in which the user may read, and of cargo shared with those.

        Little is ever shared, and nothing in most units: it is looked up first, one query for each look-up, so that
        the list of a unit without any is walked by its own index alone.
        """
        units = scope_of(user).units()
        wanted = Q(**{f"{self.unit_lookup}__in": units})
        for lookup, sources in ((self.consignment_lookup, _consignments), (self.visit_lookup, _visits)):
            if lookup and units:
                for source in sources:
                    if keys := list(source(units)):
                        wanted |= Q(**{f"{lookup}__in": keys})
        return self.filter(wanted)


def cargo_queryset(unit_lookup: str, *, consignment: str = "", visit: str = "") -> type[CargoQuerySet]:
    """A CargoQuerySet for a model whose unit, consignment and visit are found through these look-ups."""
    names = {"unit_lookup": unit_lookup, "consignment_lookup": consignment, "visit_lookup": visit}
    return type("CargoQuerySet", (CargoQuerySet,), names)
