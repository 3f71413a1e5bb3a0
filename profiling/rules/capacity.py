"""How many examinations a node's people can do in a shift: stated by who leads them, read for the units below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.rules.core.shifts import Shift, shift_at, shifts_in
from profiling.rules.errors import InvalidRuleError
from profiling.rules.models import Capacity

MOST_A_SHIFT = 1000
DAY_HOURS = 24
USUAL_HOURS = 12
"""Hours of a shift where nobody has stated any."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What was stated for a unit. node: where, the unit itself or the nearest above it."""

    inspections: int
    hours: int
    starts: time
    node: Unit

    def shift_at(self, moment: datetime, unit: Unit) -> Shift:
        return shift_at(moment, unit.zone, self.starts, self.hours)


@transaction.atomic
def state(*, unit: Unit, user: User, inspections_per_shift: int, shift_hours: int, shift_starts: time) -> Capacity:
    """State the capacity of a node, or state it anew. Raises PermissionDenied, InvalidRuleError by field."""
    user.scope.require(Capability.SUPERVISE, unit.pk)
    errors = {}
    if not 1 <= inspections_per_shift <= MOST_A_SHIFT:
        errors["inspections_per_shift"] = _("Between 1 and %(most)d inspections a shift.") % {"most": MOST_A_SHIFT}
    if not 1 <= shift_hours <= DAY_HOURS:
        errors["shift_hours"] = _("A shift has 1 to 24 hours.")
    if errors:
        raise InvalidRuleError(errors)
    with pghistory.context(user=user.pk):
        stated, _is_new = Capacity.objects.update_or_create(
            unit=unit,
            defaults={
                "inspections_per_shift": inspections_per_shift,
                "shift_hours": shift_hours,
                "shift_starts": shift_starts.replace(second=0, microsecond=0),
                "updated_by": user,
            },
        )
    return stated


def hands_of(unit: Unit) -> Hands | None:
    """What counts for a unit: the nearest node at or above it that states something, if any. One query."""
    stated = list(Capacity.objects.applying_to(unit).select_related("unit"))
    if not stated:
        return None
    nearest = max(stated, key=lambda one: len(one.unit.path))
    return Hands(nearest.inspections_per_shift, nearest.shift_hours, nearest.shift_starts, nearest.unit)


def shifts_between(since: datetime, until: datetime, hands: Hands | None) -> float:
    """How many shifts a period has, by what was stated or by shifts of twelve hours."""
    return shifts_in(since, until, hands.hours if hands else USUAL_HOURS)
