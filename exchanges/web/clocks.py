"""Clocks as people read them: words first; amber when ours, red under an hour or late, grey once met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from exchanges.models import Clock
from exchanges.sentences import clock_words
from pcu.accounts.models import Unit
from pcu.desk import times

URGENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ShownClock:
    """tone: "bad", "warn", "ok" or "met"; percent: how much of the time has gone."""

    clock: Clock
    is_ours: bool
    words: str
    tone: str
    percent: str
    left: str

    @property
    def took(self) -> str:
        """How long it took, once met."""
        return times.span((self.clock.met_at or self.clock.due_at) - self.clock.started_at)

    @property
    def allowed(self) -> str:
        return times.span(self.clock.due_at - self.clock.started_at)


def shown(clock: Clock, own: Unit, now: datetime) -> ShownClock:
    """A clock as `own` sees it."""
    until = clock.met_at or clock.void_at or now
    gone = (until - clock.started_at) / (clock.due_at - clock.started_at)
    late = now > clock.due_at
    is_ours = clock.unit_id == own.pk
    if not clock.is_running:
        tone = "met"
    elif late or (is_ours and clock.due_at - now < URGENT):
        tone = "bad"
    else:
        tone = "warn" if is_ours else "ok"
    return ShownClock(
        clock=clock,
        is_ours=is_ours,
        words=clock_words(clock.kind, times.span(clock.due_at - now), late=late),
        tone=tone,
        percent=f"{min(max(gone, 0), 1) * 100:.1f}%",
        left=(_("%(span)s late") if late else _("%(span)s left")) % {"span": times.span(clock.due_at - now)},
    )


def nearest(clocks: Sequence[Clock], own: Unit, now: datetime) -> ShownClock | None:
    """The running clock that matters most: ours before theirs, then the one that ends first."""
    running = [clock for clock in clocks if clock.is_running]
    running.sort(key=lambda clock: (clock.unit_id != own.pk, clock.due_at, clock.pk))
    return shown(running[0], own, now) if running else None
