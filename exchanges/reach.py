"""Who reads an exchange: both units, the receiving one from the moment of sending and as far as agencies go."""

from __future__ import annotations

from typing import Any, Self

from django.db.models import Q

from pcu.accounts.scope import TenantQuerySet, scope_of


def of_receiver(user: Any, path: str = "") -> Q:
    """Threads opened to a unit of the user: for every agency, or for one that the user belongs to there."""
    scope = scope_of(user)
    units = scope.units()
    reached = Q(**{f"{path}agency": ""})
    for agency, served in scope.agencies.items():
        reached |= Q(**{f"{path}agency": agency, f"{path}to_unit__in": served})
    return Q(**{f"{path}to_unit__in": units, f"{path}opened_at__isnull": False}) & reached


def of_sender(user: Any, path: str = "") -> Q:
    """Threads that a unit of the user has written, sent or not."""
    return Q(**{f"{path}from_unit__in": scope_of(user).units()})


class ThreadRows(TenantQuerySet):
    """Rows of a thread, seen by both its sides."""

    path = ""

    def visible_to(self, user: Any) -> Self:
        return self.filter(of_sender(user, self.path) | of_receiver(user, self.path))


class LineRows(ThreadRows):
    """Lines of a thread: both sides read them, but for those that one unit keeps to itself."""

    path = "thread__"

    def visible_to(self, user: Any) -> Self:
        own = Q(only_for=None) | Q(only_for__in=scope_of(user).units())
        return super().visible_to(user).filter(own)


def of_threads(path: str) -> type[ThreadRows]:
    """ThreadRows of a model whose thread is found by `path`."""
    return type("ThreadRows", (ThreadRows,), {"path": f"{path}__" if path else ""})
