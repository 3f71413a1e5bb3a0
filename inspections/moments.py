"""Days and times that can be: what lies before there were such records, or far ahead, was mistyped."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

EARLIEST = date(1990, 1, 1)
AHEAD = timedelta(days=366)
SLACK = timedelta(minutes=5)
"""The clock of a tablet may be a little ahead of ours."""


def fault_of(moment: datetime | date, *, happened: bool = False) -> str:
    """Why an aware time, or a day of UTC's calendar give or take one, cannot be; "" where it can.

    `happened`: of something that is over, which is not told of the future.
    """
    now = timezone.now()
    if isinstance(moment, datetime):
        is_early = moment < datetime.combine(EARLIEST, datetime.min.time(), UTC)
        is_late, is_to_come = moment > now + AHEAD, moment > now + SLACK
    else:
        is_early = moment < EARLIEST
        is_late, is_to_come = moment > (now + AHEAD).date(), moment > (now + timedelta(days=1)).date()
    if is_early:
        return _("This is before the year 1990.")
    if is_late:
        return _("This is more than a year ahead.")
    return _("This time is still to come.") if happened and is_to_come else ""
