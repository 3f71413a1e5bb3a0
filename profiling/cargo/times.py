"""Times of a message made into moments, with a record of what was written and which zone was assumed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from profiling.formats.records import MessageTime


def moment(said: MessageTime | None, zone: ZoneInfo) -> tuple[datetime | None, dict[str, Any]]:
    """The aware moment and what the sender wrote: source text, precision, zone and where the zone came from.

    A date alone becomes the start of that day in the unit's zone; its precision says that no hour is known.
    """
    if said is None:
        return None, {}
    if said.offset_minutes is None:
        aware, name, source = said.local.replace(tzinfo=zone), zone.key, "unit"
    else:
        offset = timezone(timedelta(minutes=said.offset_minutes))
        aware, name, source = said.local.replace(tzinfo=offset), str(offset), "message"
    return aware, {"source": said.source, "precision": said.precision, "zone": name, "zone_source": source}
