"""Times as officers read them: in the unit's zone, and as time left in words."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

SOON = timedelta(hours=2)
"""Below this a clock turns amber, unless the caller knows better."""

Urgency = Literal["", "soon", "late"]


def zone_of(unit: Any) -> tzinfo:
    """The zone of a unit (its ``time_zone``), of a zone's name, or a zone itself; UTC where nothing is known."""
    zone = getattr(unit, "time_zone", unit)
    if isinstance(zone, tzinfo):
        return zone
    return ZoneInfo(zone) if zone else UTC


def zone_label(moment: datetime) -> str:
    """``UTC+5`` for an aware time: what people at a post say, free of daylight-saving abbreviations."""
    offset = moment.utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    sign = "−" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    if not hours and not rest:
        return "UTC"
    return f"UTC{sign}{hours}:{rest:02}" if rest else f"UTC{sign}{hours}"


def clock_time(moment: datetime) -> str:
    """``14:32`` in every language: the desk runs on a 24 hour clock."""
    return f"{moment:%H:%M}"


def in_words(moment: datetime) -> str:
    """Date, time and zone of a time already in its zone: ``12 May 2026, 14:32 UTC+5``."""
    return _("%(date)s, %(time)s %(zone)s") % {
        "date": formats.date_format(moment, "DATE_FORMAT"),
        "time": clock_time(moment),
        "zone": zone_label(moment),
    }


def span(length: timedelta) -> str:
    """A length of time in two units at most: ``27 min``, ``2 h 10 min``, ``3 d 4 h``."""
    minutes = int(abs(length).total_seconds()) // 60
    if minutes < 1:
        return _("under 1 min")
    hours, minutes_left = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    if hours < 48:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes_left}
    days, hours_left = divmod(hours, 24)
    return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours_left}


def urgency(left: timedelta, soon: timedelta = SOON) -> Urgency:
    """Whether a clock is plain, amber or red."""
    if left < timedelta():
        return "late"
    return "soon" if left <= soon else ""
