"""How many examinations a node's people can do, and how many shifts a period has."""

from __future__ import annotations

from datetime import timedelta

from pcu.accounts.models import Unit
from profiling.rules.models import Capacity

SHIFT_HOURS = 12  # of a unit that has not said how long its shifts are


def capacity_of(unit: Unit) -> Capacity | None:
    """What the nearest node at or above a unit can do; None where none has said. Two queries."""
    found = Capacity.objects.filter(unit__in=unit.ancestors_and_self()).select_related("unit")
    return max(found, key=lambda one: len(one.unit.path), default=None)


def shifts_in(period: timedelta, capacity: Capacity | None) -> float:
    """Shifts of a period; at least one."""
    hours = capacity.shift_hours if capacity else SHIFT_HOURS
    return max(period / timedelta(hours=hours), 1.0)
