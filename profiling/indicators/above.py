"""What the layers above tell of the past: they register how to read it, for nothing here may look up at them.

The app of rules says what was scored, the app of cases what was held (`AppConfig.ready`). A reader that nobody
registered tells nothing, so what it would tell is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from profiling.indicators.memory import Recent


@dataclass(frozen=True, slots=True)
class ScoresOf:
    """A consignee (party id), from when until before when, and the consignment to leave out (0 for none)."""

    party: int
    since: datetime
    until: datetime
    own: int


class ScoreReader(Protocol):
    """Answers every question that was asked, in one query."""

    def __call__(self, asked: Sequence[ScoresOf], /) -> Mapping[ScoresOf, Recent]: ...


class HoldReader(Protocol):
    """When the first hold was placed on each of these visits (ids); those never held have no key. One query."""

    def __call__(self, visits: Sequence[int], /) -> Mapping[int, datetime]: ...


_scores: list[ScoreReader] = []
_holds: list[HoldReader] = []


def tell_scores(reader: ScoreReader) -> None:
    _scores[:] = [reader]


def tell_holds(reader: HoldReader) -> None:
    _holds[:] = [reader]


def scores(asked: Sequence[ScoresOf]) -> Mapping[ScoresOf, Recent]:
    return _scores[0](asked) if _scores and asked else {}


def first_holds(visits: Sequence[int]) -> Mapping[int, datetime] | None:
    """None where nobody tells."""
    if not _holds:
        return None
    return _holds[0](visits) if visits else {}
