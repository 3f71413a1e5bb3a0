"""Shifts by the clock of a place: they begin at an hour of each day and follow each other until it comes again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Shift:
    """From `since` up to and without `until`, both aware."""

    since: datetime
    until: datetime


def shift_at(moment: datetime, zone: ZoneInfo, starts: time, hours: int) -> Shift:
    """The shift that an aware moment lies in.

    The first of a day begins at `starts`, the next `hours` (1 to 24) later, and the last ends where the first of the
    next day begins: of hours that do not divide the day it is the shorter one. The clock on the wall counts, so a shift
    in which the clock is set lasts an hour more or less.
    """
    if not 1 <= hours <= 24:
        raise ValueError(f"a shift has 1 to 24 hours, not {hours}")
    wall = moment.astimezone(zone).replace(tzinfo=None)
    first = datetime.combine(wall.date(), starts.replace(tzinfo=None))
    if wall < first:
        first -= timedelta(days=1)
    length = timedelta(hours=hours)
    since = first + (wall - first) // length * length
    until = min(since + length, first + timedelta(days=1))
    return Shift(since.replace(tzinfo=zone), until.replace(tzinfo=zone))


def shifts_in(since: datetime, until: datetime, hours: int) -> float:
    """How many shifts a period has, in parts of one."""
    return (until - since) / timedelta(days=1) * ceil(24 / hours)
