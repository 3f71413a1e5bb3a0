"""How sure a share is: the Wilson score interval (E. B. Wilson, JASA 22, 1927), good for few and for none as well."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

Z95: Final = 1.959963984540054  # standard normal quantile of 97.5 %


@dataclass(frozen=True, slots=True)
class Share:
    """`k` of `n`, and the interval in which the true share lies with 95 % confidence; shares are 0 to 1."""

    k: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.k / self.n


def share(k: int, n: int) -> Share | None:
    """None of nothing: there is no share where nothing was looked at. Raises ValueError unless 0 ≤ k ≤ n."""
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")
    if n == 0:
        return None
    return Share(k, n, *wilson(k, n))


def wilson(k: float, n: float) -> tuple[float, float]:
    """Both ends of the interval of `k` of `n`, `n` above zero; ties and weights make parts of one of counts."""
    p, z2 = k / n, Z95 * Z95
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * sqrt(max(p * (1 - p), 0.0) / n + z2 / (4 * n * n))
    return 0.0 if k == 0 else max(middle - half, 0.0), 1.0 if k == n else min(middle + half, 1.0)
