"""Who sees what: the units a person's memberships reach, and the querysets cut to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext as _

from pcu.accounts.roles import GRANTS, Capability

if TYPE_CHECKING:
    from pcu.accounts.models import Unit, User


@dataclass(frozen=True)
class Scope:
    """The units in which a user holds each capability, descendants included.

    agencies: the units in which the user reads, by the agency that the membership is for.
    """

    units_by_capability: dict[Capability, frozenset[int]]
    agencies: dict[str, frozenset[int]] = field(default_factory=dict)

    def units(self, capability: Capability = Capability.READ) -> frozenset[int]:
        return self.units_by_capability.get(capability, frozenset())

    def allows(self, capability: Capability, unit_id: int) -> bool:
        return unit_id in self.units(capability)

    def require(self, capability: Capability, unit_id: int) -> None:
        """Raise PermissionDenied unless the capability is held in the unit."""
        if not self.allows(capability, unit_id):
            raise PermissionDenied(
                _("Your role in this unit does not allow you to %(action)s.") % {"action": capability.label}
            )


NOTHING = Scope({})


def scope_of(user: User | AnonymousUser) -> Scope:
    """The scope of a user, read once per user object (so once per request): one query."""
    if not user.is_authenticated or not user.is_active:
        return NOTHING
    known: Scope | None = user.__dict__.get("_scope")
    if known is None:
        known = user.__dict__["_scope"] = _read_scope(user)
    return known


def _read_scope(user: User) -> Scope:
    from pcu.accounts.models import Unit  # the models are built on this module

    found: dict[Capability, set[int]] = {}
    agencies: dict[str, set[int]] = {}
    memberships = list(user.memberships.select_related("unit"))
    if memberships:
        condition = models.Q()
        for membership in memberships:
            condition |= models.Q(path__startswith=membership.unit.path)
        units = list(Unit.objects.filter(condition).values_list("pk", "path"))
        for membership in memberships:
            reached = {pk for pk, path in units if path.startswith(membership.unit.path)}
            for capability in GRANTS[membership.role]:
                found.setdefault(capability, set()).update(reached)
            if Capability.READ in GRANTS[membership.role]:
                agencies.setdefault(membership.agency, set()).update(reached)
    return Scope(
        {capability: frozenset(pks) for capability, pks in found.items()},
        {agency: frozenset(pks) for agency, pks in agencies.items()},
    )


class TenantQuerySet(models.QuerySet[Any]):
    """A queryset of rows that belong to a unit. Everything shown to anyone goes through `visible_to`."""

    unit_lookup = "unit"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of the units in which the user may read."""
        return self.filter(**{f"{self.unit_lookup}__in": scope_of(user).units()})

    def of_unit(self, unit: Unit) -> Self:
        return self.filter(**{self.unit_lookup: unit})


def reaching(units: frozenset[int], unit_lookup: str = "unit") -> models.Exists:
    """Whether what belongs to a node of the tree applies to any of these units: it is one of them or lies above one."""
    from pcu.accounts.models import Unit

    return models.Exists(Unit.objects.filter(pk__in=units, path__startswith=models.OuterRef(f"{unit_lookup}__path")))


class NodeQuerySet(TenantQuerySet):
    """Rows that belong to a node of the unit tree and apply to all units below it, such as rules.

    Everybody who works at or below the node reads them, and who reads the node from above.
    """

    def visible_to(self, user: User | AnonymousUser) -> Self:
        units = scope_of(user).units()
        return self.filter(reaching(units, self.unit_lookup)) if units else self.none()

    def applying_to(self, unit: Unit) -> Self:
        """Rows of the unit itself and of the nodes above it."""
        return self.filter(**{f"{self.unit_lookup}__code__in": unit.path.strip("/").split("/")})


def node_queryset(unit_lookup: str) -> type[NodeQuerySet]:
    """A NodeQuerySet for a model whose node is found through `unit_lookup`."""
    return type("NodeQuerySet", (NodeQuerySet,), {"unit_lookup": unit_lookup})


def tenant_queryset(unit_lookup: str) -> type[TenantQuerySet]:
    """A TenantQuerySet for a model whose unit is found through `unit_lookup`."""
    return type("TenantQuerySet", (TenantQuerySet,), {"unit_lookup": unit_lookup})
