"""The pictures of a back-test as numbers for SVG: curves, histogram, intervals. A drawing is 0 to 100 both ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from profiling.rules.core.comparison import Bar, CurvePoint, Measures, SideMeasures
from profiling.rules.core.intervals import Share

STEPS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Curves:
    """Paths over a field of 100 by 100 that end at `scale` of all subjects; the band is the draft's."""

    scale: float
    draft: str
    live: str
    band: str
    chance: float
    """Where a random order has come to at the right end."""
    ticks: Sequence[tuple[float, float]]  # place, share
    cut: float | None
    """Place of the capacity."""
    points: Sequence[tuple[float, float, str]]  # x, y, which side


def curves(measured: Measures) -> Curves | None:
    """None where no find is known."""
    draft, live = measured.draft, measured.live
    if not draft.curve and not live.curve:
        return None
    part = measured.capacity / measured.total.total if measured.total.total else 0
    scale = next((step for step in STEPS if step >= part * 2), 1.0)
    return Curves(
        scale=scale,
        draft=_path(draft.curve, scale),
        live=_path(live.curve, scale),
        band=_band(draft.curve, scale),
        chance=100 - 100 * scale,
        ticks=[(25 * place, scale * place / 4) for place in range(5)],
        cut=100 * part / scale if part <= scale else None,
        points=[
            (100 * part / scale, 100 - 100 * side.at.recall, name)
            for side, name in ((live, "live"), (draft, "draft"))
            if side.at.recall is not None and part <= scale
        ],
    )


def _cut(points: Sequence[CurvePoint], scale: float) -> list[CurvePoint]:
    """The points up to the right end, the last one on it."""
    kept: list[CurvePoint] = []
    for point in points:
        if point.share > scale and kept:
            before = kept[-1]
            span = point.share - before.share
            on = (scale - before.share) / span if span else 1.0
            kept.append(
                CurvePoint(
                    scale,
                    before.recall + on * (point.recall - before.recall),
                    before.low + on * (point.low - before.low),
                    before.high + on * (point.high - before.high),
                )
            )
            break
        kept.append(point)
    return kept


def _line(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{'L' if number else 'M'}{x:.2f} {y:.2f}" for number, (x, y) in enumerate(places))


def _path(points: Sequence[CurvePoint], scale: float) -> str:
    return _line([(100 * one.share / scale, 100 - 100 * one.recall) for one in _cut(points, scale)])


def _band(points: Sequence[CurvePoint], scale: float) -> str:
    kept = _cut(points, scale)
    upper = [(100 * one.share / scale, 100 - 100 * one.high) for one in kept]
    lower = [(100 * one.share / scale, 100 - 100 * one.low) for one in reversed(kept)]
    return f"{_line([*upper, *lower])}Z" if kept else ""


@dataclass(frozen=True, slots=True)
class Column:
    """One bar of the histogram: place, width and height in percent; its height grows with the cube root of `count`."""

    x: float
    width: float
    y: float
    height: float
    lane: str
    least: int
    count: int


def columns(bars: Sequence[Bar]) -> list[Column]:
    most = max((bar.count for bar in bars), default=0)
    if not most:
        return []
    wide = 100 / len(bars)
    made = []
    for place, bar in enumerate(bars):
        height = 100 * (bar.count / most) ** (1 / 3)
        made.append(Column(place * wide, wide * 0.9, 100 - height, height, bar.lane, bar.least, bar.count))
    return made


@dataclass(frozen=True, slots=True)
class EvidenceBar:
    low: float
    width: float
    point: float
    is_above: bool


def evidence(share: Share | None, scale: float, base: float | None) -> EvidenceBar | None:
    """An interval on the scale that all rows share."""
    if share is None:
        return None
    low, high, point = (100 * min(value / scale, 1) for value in (share.low, share.high, share.value))
    return EvidenceBar(low, high - low, point, base is not None and share.low > base)


def scale_of(measured: Measures) -> float:
    """The share at the right end of all bars."""
    highest = max((line.precision.high for _rule, line, _old in measured.lines if line.precision), default=0.4)
    return min(max(-(-highest // 0.2) * 0.2, 0.2), 1.0)


@dataclass(frozen=True, slots=True)
class Measure:
    """A row of the table: two values, their difference; `kind` says how they are written."""

    label: object
    live: float | None
    draft: float | None
    kind: str
    better: int = 0
    """1: more is better, −1: less is."""

    @property
    def change(self) -> float | None:
        if self.live is None or self.draft is None:
            return None
        return self.draft - self.live

    @property
    def places(self) -> int:
        """Decimal places: chance makes parts of one, whole numbers stay whole."""
        whole = all(value is None or float(value).is_integer() for value in (self.live, self.draft))
        return 0 if whole and self.kind != "share" else 1

    @property
    def size(self) -> float:
        """How much it changes; of shares in percent points."""
        change = abs(self.change or 0)
        return round(100 * change if self.kind == "share" else change, 1)

    @property
    def sign(self) -> str:
        return "−" if (self.change or 0) < 0 else "+"

    @property
    def tone(self) -> str:
        change = self.change or 0
        return "" if not change or not self.better else "up" if change * self.better > 0 else "down"


def flags_a_day(side: SideMeasures, days: float) -> float:
    return side.flagged.total / days
