"""The random sample: which low-score cargo is inspected by chance, so that precision has a base line.

The draw is an HMAC of the subject under a secret seed: nobody without the seed can foresee it, nobody can
draw again for a better answer, and whoever holds the seed can check every draw afterwards.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from decimal import Decimal

MIN_SEED = 16  # bytes; a shorter seed could be searched for

_DOMAIN = b"random sample, version 1"
_BITS = 53  # what a float holds exactly


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw. number: uniform in [0, 1), the same for the same seed, release and subject."""

    sampled: bool
    number: float
    inclusion_probability: Decimal


def draw(seed: bytes, release: str, subject: str, rate: Decimal) -> Draw:
    """Draw for one subject; it is sampled when its number is below the rate.

    subject: a key that is the same however often the subject is scored, e.g. the consignment's ref. Raise
    ValueError for a seed under 16 bytes or a rate outside 0…1.
    """
    if len(seed) < MIN_SEED:
        raise ValueError(f"the seed of the random sample needs at least {MIN_SEED} bytes")
    if not (rate.is_finite() and 0 <= rate <= 1):
        raise ValueError(f"the rate of the random sample is outside 0…1: {rate}")
    digest = hmac.new(seed, digestmod=hashlib.sha256)
    for part in (_DOMAIN, release.encode(), subject.encode()):
        # Each part carries its length, so that no two pairs of release and subject read as the same bytes.
        digest.update(len(part).to_bytes(4, "big") + part)
    number = (int.from_bytes(digest.digest()[:8], "big") >> (64 - _BITS)) / (1 << _BITS)
    return Draw(Decimal(number) < rate, number, rate)
