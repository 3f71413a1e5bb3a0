"""What a unit already knew about one subject in the moment the subject was received.

The look-up fills this for a whole chunk; nothing here reads a database. Only what the unit itself received
strictly before the subject counts, so a back-test sees what the officer could have seen and no more. While
the unit's own history does not reach back over a window, an absence in it proves nothing: such an indicator
is missing, not zero.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from profiling.indicators.memory import NOTHING_REMEMBERED, Memory

WINDOW_MONTHS = 24  # what the trade calls "first time": nothing in 24 months


@lru_cache(maxsize=256)  # the subjects of a message share their moment, and many indicators ask
def months_before(moment: datetime, months: int) -> datetime:
    """The same day and hour so many calendar months earlier, or the last day of a shorter month."""
    year, month0 = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(year, month0 + 1)[1])
    return moment.replace(year=year, month=month0 + 1, day=day)


@dataclass(frozen=True, slots=True)
class PreviousVersion:
    """What the version just before this one said."""

    gross_kg: Decimal | None = None
    packages: int | None = None
    value: Decimal | None = None
    currency: str = ""
    consignee_id: int | None = None
    consignee_name: str = ""
    discharge_place: str = ""
    destination_country: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """The past of one subject.

    Counts are of other consignments (not versions) in the 24 months before `moment`.
    A count is None when it has no subject: no resolved party, no origin, destination or HS heading.
    consignee_first_seen: the oldest mention in the unit's whole history, None if never.
    consignee_headings: HS headings (4 digits) of the consignee's consignments in the window.
    lane_counts: per HS heading of the subject, consignments with the same origin, destination and heading.
    seals_elsewhere: per seal number of the subject, how many other visits carried it in the window.
    memory: results, peers, scores, contacts and stays of equipment (`profiling.indicators.memory`).
    """

    moment: datetime
    history_start: datetime | None = None
    consignee_consignments: int | None = None
    shipper_consignments: int | None = None
    pair_consignments: int | None = None
    consignee_first_seen: datetime | None = None
    consignee_headings: frozenset[str] = frozenset()
    lane_counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    seals_elsewhere: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    previous: PreviousVersion | None = None
    memory: Memory = NOTHING_REMEMBERED

    def covers(self, months: int) -> bool:
        """Whether the unit was already keeping records at the start of the window."""
        return self.history_start is not None and self.history_start <= months_before(self.moment, months)

    def count(self, found: int | None, months: int = WINDOW_MONTHS) -> int | None:
        """The count if it can be relied on, else None."""
        return found if self.covers(months) else None

    def at_least(self, found: int | None, months: int = WINDOW_MONTHS) -> int | None:
        """The count where anything was found, or if nothing can be relied on: a single find is proof."""
        return found or self.count(found, months)

    def first_time(self, found: int | None, months: int = WINDOW_MONTHS) -> bool | None:
        """True if nothing was found in a covered window, False if anything was found at all, else None.

        One find is proof however short the history, so only the absence has to wait for coverage.
        """
        if found is None:
            return None
        if found > 0:
            return False
        return True if self.covers(months) else None


@dataclass(frozen=True, slots=True)
class History:
    """The past of every subject of a chunk, by `SubjectFacts.key`."""

    pasts: Mapping[str, Past] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, key: str, moment: datetime) -> Past:
        """The past of one subject; of a subject never looked up nothing is known, so all of it is missing."""
        return self.pasts.get(key) or Past(moment)
