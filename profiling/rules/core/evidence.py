"""What a share says beside another: of weighted draws, as a ratio, and whether it moved. All with few in mind.

Shares and their Wilson intervals are in `intervals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, lgamma, sqrt

from profiling.rules.core.intervals import wilson

CHANGED = 0.01
"""A change that chance makes less often than this is called one; a ledger asks it of fifty rules at a time."""
_TIE = 1 + 1e-9  # tables as likely as the one seen, within what floats can say


@dataclass(frozen=True, slots=True)
class Weighted:
    """A share of draws that were not all as likely. value, low and high: 0 to 1; effective: how many even draws it is
    worth."""

    value: float
    low: float
    high: float
    effective: float


def weighted_share(found: float, looked: float, squares: float) -> Weighted | None:
    """The share of finds in all cargo, from draws of different inclusion probability; None of nothing.

    found and looked: sums of the weights, 1 / probability, of the finds and of all that was examined; squares: the sum
    of the squared weights of all that was. The estimate is the ratio of two Horvitz-Thompson sums (Hájek, 1971); the
    interval is Wilson's with Kish's effective number of draws, (Σw)² / Σw² (Kish, Survey Sampling, 1965), which is the
    number itself where all weights are equal.
    """
    if looked <= 0 or squares <= 0:
        return None
    value = min(found / looked, 1.0)
    effective = looked * looked / squares
    low, high = wilson(value * effective, effective)
    return Weighted(value, low, high, effective)


@dataclass(frozen=True, slots=True)
class Ratio:
    """One share over another with its 95 % interval. value is None and high infinite where the other found nothing."""

    value: float | None
    low: float
    high: float

    @property
    def top(self) -> float | None:
        """The upper end; None where there is none."""
        return None if self.high == inf else self.high


def ratio(one: tuple[float, float, float], other: tuple[float, float, float]) -> Ratio:
    """How many times the first share is the second; each is (value, low, high).

    The interval is put together from both intervals (MOVER; Donner and Zou, Statistical Methods in Medical Research 21,
    2012), so it stays honest for few and for none.
    """
    p, l1, u1 = one
    q, l2, u2 = other
    product = p * q
    below = u2 * (2 * q - u2)
    above = l2 * (2 * q - l2)
    low = 0.0
    if l1 > 0 and below != 0:
        low = max((product - sqrt(max(product * product - l1 * u2 * (2 * p - l1) * (2 * q - u2), 0.0))) / below, 0.0)
    elif l1 > 0:
        low = l1 * (2 * p - l1) / (2 * product)  # the limit as u2 nears 2q
    high = inf
    if above > 0:
        high = (product + sqrt(max(product * product - u1 * l2 * (2 * p - u1) * (2 * q - l2), 0.0))) / above
    return Ratio(p / q if q > 0 else None, low, high)


@dataclass(frozen=True, slots=True)
class Drift:
    """A share before and lately. chance: how often a difference as great comes of chance (Fisher's exact test)."""

    before: tuple[int, int]  # found, inspected
    lately: tuple[int, int]
    chance: float

    @property
    def before_share(self) -> float:
        return self.before[0] / self.before[1]

    @property
    def lately_share(self) -> float:
        return self.lately[0] / self.lately[1]

    @property
    def fell(self) -> bool:
        return self.chance < CHANGED and self.lately_share < self.before_share

    @property
    def rose(self) -> bool:
        return self.chance < CHANGED and self.lately_share > self.before_share


def drift(before: tuple[int, int], lately: tuple[int, int]) -> Drift | None:
    """None where nothing was inspected in one of both."""
    if not before[1] or not lately[1]:
        return None
    return Drift(before, lately, fisher(before, lately))


def fisher(one: tuple[int, int], other: tuple[int, int]) -> float:
    """The two-sided p-value of Fisher's exact test (R. A. Fisher, 1935) of two shares, each (k, n); exact for any n."""
    (k, n), (m, o) = one, other
    total, found = n + o, k + m
    lowest, highest = max(0, found - o), min(n, found)

    def log_chance(at: int) -> float:
        return _log_choose(n, at) + _log_choose(o, found - at) - _log_choose(total, found)

    seen = exp(log_chance(k))
    chances = [exp(log_chance(at)) for at in range(lowest, highest + 1)]
    return min(sum(chance for chance in chances if chance <= seen * _TIE), 1.0)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def shrunk(found: int, inspected: int, base: float, weight: int) -> float:
    """A share drawn towards `base` as if `weight` inspections more had come to it: few do not say much."""
    return (found + weight * base) / (inspected + weight)
