"""Geometry of the hit rate through time: percent of the drawing, from the left and from the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from inspections.statistics.figures import GroupLine, Tally
from profiling.rules.core.intervals import Share

TICKS = 4
LABELS = 4
SHORT = 14


@dataclass(frozen=True, slots=True)
class Point:
    """One step in which something was examined."""

    x: float
    y: float
    line: GroupLine
    share: Share


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps in a row: the points of a line and of the band around it, for `points` of a drawing 100 by 100."""

    line: str
    band: str


@dataclass(frozen=True, slots=True)
class Base:
    """The random sample of the whole period: its share and the band of its interval."""

    y: float
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    points: Sequence[Point]
    stretches: Sequence[Stretch]
    base: Base | None
    ticks: Sequence[tuple[int, float]]
    """Percent, and how far from the top."""
    labels: Sequence[tuple[str, float, str]]
    """Label, how far from the left, and its anchor."""


@dataclass(frozen=True, slots=True)
class EvidenceBar:
    """An interval on the scale of its table."""

    low: float
    width: float
    point: float


def chart(series: Sequence[GroupLine], tally: Tally) -> Chart | None:
    """The hit rate of rules and lookouts step by step; None where nothing can be drawn.

    A step in which nothing was examined has no rate: the line stops before it and goes on after it.
    """
    rates = [line.tally.ruled_hit_rate for line in series]
    if sum(rate is not None for rate in rates) < 2:
        return None
    top = _scale([*(rate.high for rate in rates if rate), tally.base_rate.high if tally.base_rate else 0.0])
    last = len(series) - 1

    def down(value: float) -> float:
        return round(100 * (1 - value / top), 2)

    points: list[Point] = []
    runs: list[list[Point]] = [[]]
    for place, (line, rate) in enumerate(zip(series, rates, strict=True)):
        if rate is None:
            runs.append([])
            continue
        point = Point(round(100 * place / last, 2), down(rate.value), line, rate)
        points.append(point)
        runs[-1].append(point)
    base = tally.base_rate
    return Chart(
        points=points,
        stretches=[_stretch(run, top) for run in runs if len(run) > 1],
        base=Base(down(base.value), down(base.high), round(down(base.low) - down(base.high), 2)) if base else None,
        ticks=[(round(100 * top * step / TICKS), round(100 * (1 - step / TICKS), 2)) for step in range(TICKS + 1)],
        labels=_labels(series),
    )


def _scale(shares: Sequence[float]) -> float:
    """The share at the top: steps of twenty percent, so that every tick is a whole number."""
    return min(max(ceil(round(max(shares, default=0.2) / 0.2, 6)) * 0.2, 0.2), 1.0)


def _stretch(run: Sequence[Point], top: float) -> Stretch:
    def at(x: float, share: float) -> str:
        return f"{x:.2f},{100 * (1 - share / top):.2f}"

    upper = [at(point.x, point.share.high) for point in run]
    lower = [at(point.x, point.share.low) for point in reversed(run)]
    return Stretch(" ".join(at(point.x, point.share.value) for point in run), " ".join([*upper, *lower]))


def _labels(series: Sequence[GroupLine]) -> list[tuple[str, float, str]]:
    """The first and the last step and some between, none twice; fewer where the words are long."""
    last = len(series) - 1
    most = LABELS if max(len(one.label) for one in series) <= SHORT else LABELS // 2 + 1
    places = sorted({round(last * step / (most - 1)) for step in range(most)})
    return [(series[place].label, round(100 * place / last, 2), _anchor(place, last)) for place in places]


def _anchor(place: int, last: int) -> str:
    return "start" if place == 0 else "end" if place == last else "middle"


def scale_of(shares: Sequence[Share | None]) -> float:
    """The share at the right end of the evidence bars of one table."""
    return _scale([share.high for share in shares if share is not None])


def evidence_bar(share: Share | None, top: float) -> EvidenceBar | None:
    if share is None:
        return None
    low, high, point = (min(100 * value / top, 100.0) for value in (share.low, share.high, share.value))
    return EvidenceBar(round(low, 2), round(high - low, 2), round(point, 2))
