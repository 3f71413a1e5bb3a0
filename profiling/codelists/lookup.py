"""What the loaded lists say of the codes of a whole chunk: a fixed number of queries, none for a list not loaded.

A code that a newer file gave up still counts as known: it stands on papers written before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q

from profiling.codelists.models import Entry, Load, Place, Rate
from profiling.reference.files.places import LOCODE
from profiling.reference.files.rows import Kind

# A bank publishes no rates on holidays; one older than this is none of the day any more.
RATE_HOLDS: Final = timedelta(days=10)
# Which bank is believed where several published for the same day: the European one, then those of the region.
_BANKS: Final = ("ecb", "nbk", "nbt", "cbu", "cbr")
_LISTS: Final = (Kind.PACKAGES, Kind.OWNERS, Kind.HS)


@dataclass(frozen=True, slots=True)
class Asked:
    """The codes of a chunk, as they were sent. days: on which the rates are wanted; target: the currency wanted."""

    places: Collection[str] = ()
    packages: Collection[str] = ()
    owners: Collection[str] = ()
    hs: Collection[str] = ()
    currencies: Collection[str] = ()
    days: Collection[date] = ()
    target: str = "USD"


@dataclass(slots=True)
class Answer:
    """loaded: lists there are; of places only whether UN/LOCODE is. known: per list the codes that stand in it."""

    loaded: frozenset[str] = frozenset()
    known: Mapping[str, Collection[str]] = field(default_factory=dict)
    target: str = "USD"
    rates: Rates | None = None

    def unknown(self, kind: Kind, codes: Iterable[str]) -> tuple[str, ...] | None:
        """The codes that the list lacks, in order; None where it is not loaded or no code is asked for."""
        asked = sorted({code for code in codes if code})
        if kind not in self.loaded or not asked:
            return None
        known = self.known.get(kind, ())
        return tuple(code for code in asked if code not in known)

    def worth(self, currency: str, day: date) -> Decimal | None:
        """What one unit of a currency was worth in the target on a day; None where no rate tells."""
        if currency == self.target:
            return Decimal(1)
        return self.rates.worth(currency, self.target, day) if self.rates else None


class Rates:
    """Published rates by day and bank, with the way from one currency to another over the bank's own."""

    def __init__(self, rows: Iterable[tuple[date, str, str, Decimal, str, Decimal]]) -> None:
        """Rows of (day, bank, hub, hub units, currency, currency units)."""
        # Per day and bank: its own currency, and what one unit of each other is worth in it.
        self._boards: dict[date, dict[str, tuple[str, dict[str, Decimal]]]] = defaultdict(dict)
        for day, bank, hub, hub_units, currency, currency_units in rows:
            _hub, board = self._boards[day].setdefault(bank, (hub, {hub: Decimal(1)}))
            if hub == _hub:
                board[currency] = hub_units / currency_units
        self._days = sorted(self._boards, reverse=True)

    def worth(self, currency: str, target: str, day: date) -> Decimal | None:
        """By the newest day not after `day` that has both, within RATE_HOLDS; banks of one day in their order."""
        for published in self._days:
            if published > day or published < day - RATE_HOLDS:
                continue
            for _bank, (_hub, board) in sorted(self._boards[published].items(), key=_believed):
                if currency in board and target in board:
                    return board[currency] / board[target]
        return None


def _believed(bank: tuple[str, object]) -> tuple[int, str]:
    return (_BANKS.index(bank[0]) if bank[0] in _BANKS else len(_BANKS)), bank[0]


def loaded_lists() -> ArraySubquery:
    """An expression for the lists there are, to be read along with the rows of a query that is made anyway.

    Places count where UN/LOCODE is loaded: beside our own border places alone any other code would be unknown.
    """
    told = Load.objects.exclude(~Q(form=LOCODE), kind=Kind.PLACES)
    return ArraySubquery(told.order_by().values("kind").distinct())


def look_up(asked: Asked, loaded: Collection[str]) -> Answer:
    """What is known of the codes: at most one query each for places, lists and rates, none for what is not `loaded`."""
    known: dict[str, Collection[str]] = {}
    if Kind.PLACES in loaded:
        places = Place.objects.filter(code__in=set(asked.places))
        known[Kind.PLACES] = frozenset(places.values_list("code", flat=True))
    wanted = dict(zip(_LISTS, (asked.packages, asked.owners, asked.hs), strict=True))
    listed = [Q(kind=kind, code__in=set(codes)) for kind, codes in wanted.items() if kind in loaded]
    if listed:
        found: dict[str, set[str]] = defaultdict(set)
        for kind, code in Entry.objects.filter(_any_of(listed)).values_list("kind", "code"):
            found[kind].add(code)
        known |= found
    return Answer(frozenset(loaded), known, asked.target, _rates(asked) if Kind.RATES in loaded else None)


def _any_of(conditions: Iterable[Q]) -> Q:
    whole = Q()
    for condition in conditions:
        whole |= condition
    return whole


def _rates(asked: Asked) -> Rates:
    currencies = {*asked.currencies, asked.target}
    if not asked.days or not set(asked.currencies) - {asked.target}:
        return Rates(())
    rows = Rate.objects.filter(
        Q(currency__in=currencies) | Q(hub__in=currencies, currency=asked.target),
        day__gte=min(asked.days) - RATE_HOLDS,
        day__lte=max(asked.days),
    )
    return Rates(rows.values_list("day", "source", "hub", "hub_units", "currency", "currency_units"))
