"""How the values of every indicator were spread over what a unit assessed lately, for the catalogue page.

Read from what assessments stored, so it is what rules saw. A bounded sample, up to fifty assessments of each of ninety
days: a single large manifest does not drown the other days. Counted once a day for a unit and kept in the cache.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from statistics import quantiles
from typing import NamedTuple

from django.core.cache import cache
from redis.exceptions import RedisError

from pcu.accounts.models import Unit
from pcu.sql import fetch
from profiling.indicators.catalogue import REGISTRY, IndicatorSpec, Value, ValueType

DAYS = 90
A_DAY = 50
BARS = 12
MOST = 5
_KEPT_SECONDS = 24 * 60 * 60

_SAMPLE = """
SELECT x.indicators
FROM generate_series(0, %(days)s - 1) AS d(nr)
CROSS JOIN LATERAL (
  SELECT a.indicators FROM rules_assessment a
  WHERE a.unit_id = %(unit)s AND a.created_at >= %(since)s + d.nr * interval '1 day'
    AND a.created_at < %(since)s + (d.nr + 1) * interval '1 day'
  ORDER BY a.created_at DESC, a.id DESC LIMIT %(a_day)s) x
"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Quartiles of numbers, and how many fall in each of equal parts from `low` to `high`.

    low and high: the 5th and the 95th of a hundred; what lies beyond counts in the first and the last part.
    """

    low: float
    quarter: float
    median: float
    three_quarters: float
    high: float
    bars: tuple[int, ...]


class Frequent(NamedTuple):
    """A code and how many assessments had it."""

    code: str
    number: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """Of `sample` assessments `missing` had no value. Of the rest, by type: numbers, how many are true, most frequent
    codes with their number, or the first and the last day.
    """

    sample: int
    missing: int
    numbers: Numbers | None = None
    true: int | None = None
    most: tuple[Frequent, ...] = ()
    days: tuple[str, str] | None = None

    @property
    def known(self) -> int:
        return self.sample - self.missing

    @property
    def missing_share(self) -> float:
        """0 to 1; of no sample everything is missing."""
        return self.missing / self.sample if self.sample else 1.0

    @property
    def true_share(self) -> float | None:
        return self.true / self.known if self.true is not None and self.known else None


def distributions(*, unit: Unit, now: datetime) -> Mapping[str, Distribution]:
    """By indicator code, over the ninety days before `now`; one query a day, else none.

    The caller has judged whether the reader may see the unit.
    """
    specs = REGISTRY.specs()
    fingerprint = sha256(" ".join(f"{code}:{spec.type}" for code, spec in specs.items()).encode()).hexdigest()[:12]
    key = f"indicator-spread:{unit.pk}:{now.astimezone(unit.zone).date().isoformat()}:{fingerprint}"
    with suppress(RedisError):  # the cache may be lost at any time: then it is counted again
        kept: Mapping[str, Distribution] | None = cache.get(key)
        if kept is not None:
            return kept
    counted = summarise(sample(unit, now), specs)
    with suppress(RedisError):
        cache.set(key, counted, _KEPT_SECONDS)
    return counted


def sample(unit: Unit, now: datetime) -> list[Mapping[str, Value]]:
    """The stored values of the assessments that are looked at."""
    since = now - timedelta(days=DAYS)
    rows = fetch(_SAMPLE, {"unit": unit.pk, "since": since, "days": DAYS, "a_day": A_DAY})
    return [json.loads(values) for (values,) in rows]


def summarise(rows: Sequence[Mapping[str, Value]], specs: Mapping[str, IndicatorSpec]) -> dict[str, Distribution]:
    return {code: _summary(code, spec, rows) for code, spec in specs.items()}


def _summary(code: str, spec: IndicatorSpec, rows: Sequence[Mapping[str, Value]]) -> Distribution:
    values = [value for row in rows if (value := row.get(code)) is not None]
    total, missing = len(rows), len(rows) - len(values)
    if not values:
        return Distribution(total, missing)
    match spec.type:
        case ValueType.NUMBER | ValueType.INTEGER:
            return Distribution(total, missing, numbers=_numbers([float(value) for value in values]))
        case ValueType.BOOLEAN:
            return Distribution(total, missing, true=sum(map(bool, values)))
        case ValueType.CODE:
            return Distribution(
                total, missing, most=tuple(Frequent(*one) for one in Counter(map(str, values)).most_common(MOST))
            )
        case ValueType.DATE:
            days = sorted(map(str, values))
            return Distribution(total, missing, days=(days[0], days[-1]))
        case _:
            return Distribution(total, missing)


def _numbers(values: Sequence[float]) -> Numbers:
    ordered = sorted(values)
    cuts = quantiles(ordered, n=20, method="inclusive") if len(ordered) > 1 else ordered * 19
    low, quarter, median, three_quarters, high = (cuts[place] for place in (0, 4, 9, 14, 18))
    return Numbers(low, quarter, median, three_quarters, high, _bars(ordered, low, high))


def _bars(ordered: Sequence[float], low: float, high: float) -> tuple[int, ...]:
    """Numbers that are all alike are one bar."""
    if high <= low:
        return (len(ordered),)
    edges = [low + (high - low) * part / BARS for part in range(BARS + 1)]
    places = [0, *(bisect_left(ordered, edge) for edge in edges[1:-1]), len(ordered)]
    return tuple(after - before for before, after in pairwise(places))
