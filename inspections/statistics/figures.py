"""The figures of a report as values: counts that add up, and shares that know what they are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from decimal import Decimal

from inspections.statistics.question import Question
from profiling.rules.core.intervals import Share, share


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one group. They are of different things, so each says of what.

    profiled, of_those_selected: consignments, and pieces of equipment without a bill, by the day they were first
    scored. All others are cases by the day they were opened. ruled_*: those that rules or lookouts opened;
    drawn_*: those of the random sample, also where a rule is asked for, for they are what it is held against.
    """

    profiled: int = 0
    of_those_selected: int = 0
    selected: int = 0
    drawn: int = 0
    examined: int = 0
    found: int = 0
    seized: int = 0
    no_examination: int = 0
    open: int = 0
    late: int = 0
    ruled_examined: int = 0
    ruled_found: int = 0
    drawn_examined: int = 0
    drawn_found: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Tally)))

    @property
    def selection(self) -> Share | None:
        return share(self.of_those_selected, self.profiled)

    @property
    def examination(self) -> Share | None:
        return share(self.examined, self.selected)

    @property
    def hit_rate(self) -> Share | None:
        """Found of examined."""
        return share(self.found, self.examined)

    @property
    def ruled_hit_rate(self) -> Share | None:
        return share(self.ruled_found, self.ruled_examined)

    @property
    def base_rate(self) -> Share | None:
        """Found of examined in the random sample."""
        return share(self.drawn_found, self.drawn_examined)

    @property
    def seizure(self) -> Share | None:
        """Cases with a seizure, of those with a find."""
        return share(self.seized, self.found)


@dataclass(frozen=True, slots=True)
class Containers:
    """Containers, each once however many bills and cases name it."""

    profiled: int = 0
    selected: int = 0
    examined: int = 0
    found: int = 0


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group; `key`: first day (ISO), unit code, mode or rule code. depth: of the unit in the tree, else 0."""

    key: str
    label: str
    tally: Tally
    depth: int = 0


@dataclass(frozen=True, slots=True)
class MethodLine:
    """Cases examined by a method, perhaps among others, and those of them with a find."""

    method: str
    label: str
    examined: int
    found: int
    containers: int

    @property
    def hit_rate(self) -> Share | None:
        return share(self.found, self.examined)


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in one unit of quantity, or in one currency; `label` is the unit in words."""

    sum: Decimal
    unit: str
    label: str


@dataclass(frozen=True, slots=True)
class CommodityLine:
    """A kind of goods: cases with a find and with a seizure of it, seizures, and what they come to."""

    commodity: str
    label: str
    found: int
    seized: int
    seizures: int
    quantities: Sequence[Amount]
    values: Sequence[Amount]


@dataclass(frozen=True, slots=True)
class Ending:
    """How flags ended: a disposition, a reason, or "" for what is open."""

    code: str
    label: str
    count: int
    share: Share | None

    @property
    def width(self) -> float:
        """Of its bar, in percent."""
        return 100 * self.share.value if self.share else 0.0


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """Cases that officers of an agency took part in examining; several may have taken part."""

    agency: str
    label: str
    officers: int
    examined: int
    found: int

    @property
    def hit_rate(self) -> Share | None:
        return share(self.found, self.examined)


@dataclass(frozen=True, slots=True)
class Waiting:
    """From the decision to examine to the beginning of the examination."""

    count: int = 0
    median: timedelta | None = None
    nine_of_ten: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Everything on the page. `groups` is empty where the groups asked for are the steps of `series`."""

    question: Question
    all: Tally
    containers: Containers
    series: Sequence[GroupLine]
    groups: Sequence[GroupLine]
    methods: Sequence[MethodLine]
    commodities: Sequence[CommodityLine]
    endings: Sequence[Ending]
    reasons: Sequence[Ending]
    agencies: Sequence[AgencyLine]
    waiting: Waiting = field(default_factory=Waiting)
