"""What a unit remembers of the firms, goods and equipment of one subject: results, peers, scores, contacts, visits.

Pure records, part of `Past` and under its rule: only what was known before the moment. None where there was nobody
or nothing to ask about; a count of zero is an answer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import log
from types import MappingProxyType
from typing import Final

RECENT_DAYS: Final = 30
"""The window over which a firm's own points and flags add up."""
BURST_DAYS: Final = 7
"""The window in which many bills of one pair look like one consignment that was cut up."""
ENOUGH_PEERS: Final = 20
"""Consignments from which on a spread says what is usual."""
_STEP: Final = 5  # per cent between two quantiles
# The quartiles of a normal distribution lie this many standard deviations apart (2 × 0.6745).
_QUARTILES_APART: Final = 1.349


class Who(StrEnum):
    """Whose earlier results are asked for."""

    CONSIGNEE = "consignee"
    SHIPPER = "shipper"
    NOTIFY = "notify"
    CARRIER = "carrier"
    PAIR = "pair"
    LANE = "lane"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Results:
    """Other consignments examined within 24 months. finds counts those that partners told of, too; found does not."""

    inspected: int = 0
    found: int = 0
    finds: int = 0
    last_find: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """A group of peers: its size, and 21 quantiles from the least to the most (none where only the size is known)."""

    size: int
    quantiles: Sequence[float] = ()

    def robust_z(self, value: float) -> float | None:
        """How many spreads above (below if negative) the median, by logarithms: prices and densities are ratios.

        The spread is the distance of the quartiles, in the measure of standard deviations; it does not follow the
        outliers it is to find. None for few peers, for peers that are all alike, and for what has no logarithm.
        """
        if self.size < ENOUGH_PEERS or not self.quantiles or value <= 0 or self.quantiles[0] <= 0:
            return None
        low, middle, high = (log(self.quantiles[percent // _STEP]) for percent in (25, 50, 75))
        if high <= low:
            return None
        return (log(value) - middle) * _QUARTILES_APART / (high - low)

    def percentile(self, value: float) -> float | None:
        """Share of peers below, in per cent, read between the quantiles. None for few peers."""
        if self.size < ENOUGH_PEERS or not self.quantiles:
            return None
        above = bisect_left(self.quantiles, value)
        if above == 0:
            return 0.0
        if above == len(self.quantiles):
            return 100.0
        low, high = self.quantiles[above - 1], self.quantiles[above]
        return (above - 1 + (value - low) / (high - low)) * _STEP


@dataclass(frozen=True, slots=True)
class Recent:
    """Assessments of a consignee's other consignments within 30 days, each counted by its last.

    flagged: those a rule or a lookout asked eyes for; a random draw is nobody's fault and does not count.
    """

    consignments: int = 0
    points: int = 0
    flagged: int = 0


@dataclass(frozen=True, slots=True)
class Contacts:
    """Telephones and e-mail addresses of the consignee. others: further firms that gave one of them before.

    is_new: it gave others before, and none of these; None where it gave none before.
    """

    others: int = 0
    is_new: bool | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """The stays of one container. Hours; None where nothing tells.

    visits: earlier stays within 24 months. since_last: from the arrival before to this one. other_arrival: to the
    nearest arrival on another conveyance, before or after, that was announced by then. dwell: since it landed, until
    it left or until the moment.
    """

    visits: int = 0
    since_last: float | None = None
    other_arrival: float | None = None
    dwell: float | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """origin: consignments of the heading from this origin; heading_size: of the heading from anywhere.

    held_before: a hold was placed on its equipment before this version came; None of a first version.
    """

    results: Mapping[Who, Results] = field(default_factory=lambda: MappingProxyType({}))
    recent: Recent | None = None
    pair_burst: int | None = None
    origin: int | None = None
    heading_size: int | None = None
    value: Spread | None = None
    density: Spread | None = None
    freight: Spread | None = None
    contacts: Contacts | None = None
    boxes: Sequence[Box] = ()
    held_before: bool | None = None


NOTHING_REMEMBERED: Final = Memory()
