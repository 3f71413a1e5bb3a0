"""Geometry of the score bar: which rule covers which share of the scale, and where the lanes begin.

Shares are percent of the bar's width. The solid part ends at the score; points taken off stand dashed after it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

SCALE = 100
"""Points the bar shows at least; a higher score stretches it."""

_GAP = 0.3
_ROOM_FOR_NUMBER = 2.2
_ROOM_FOR_POINTS = 3.6
_ROOM_FOR_LANE_WORD = 9.0
_TOO_CLOSE = 4.0


@dataclass(frozen=True, slots=True)
class Segment:
    """One rule's share. ``tone`` is 1 to 6 of the ramp, or "off" for points taken off."""

    number: int
    points: int
    tone: str
    x: float
    width: float
    middle: float
    shows_number: bool
    shows_points: bool


@dataclass(frozen=True, slots=True)
class Zone:
    """One lane's stretch of the scale; ``label_x`` is missing where the word has no room."""

    lane: Any
    x: float
    width: float
    is_reached: bool
    threshold: int | None
    threshold_x: float | None
    label_x: float | None


@dataclass(frozen=True, slots=True)
class ScoreBar:
    segments: tuple[Segment, ...]
    zones: tuple[Zone, ...]
    score: int
    score_x: float
    score_anchor: str


def tones(points: Iterable[int]) -> list[str]:
    """The tone of each rule in rule order: the blue ramp for points added, "off" for points taken off."""
    result: list[str] = []
    added = 0
    for value in points:
        if value < 0:
            result.append("off")
        else:
            added += 1
            result.append(str(min(added, 6)))
    return result


def score_bar(fired: Sequence[Any], lanes: Sequence[Any], score: int | None = None) -> ScoreBar:
    """Lay out ``fired`` rules (``number``, ``points``) over ``lanes`` (``threshold`` or None).

    ``score`` is the score that was stored; without it the sum of the points, never below zero.
    """
    added = sum(rule.points for rule in fired if rule.points > 0)
    taken = -sum(rule.points for rule in fired if rule.points < 0)
    total = max(0, added - taken) if score is None else score
    solid = max(0, min(total, added))
    thresholds = [lane.threshold for lane in lanes if lane.threshold is not None]
    scale: int = max(SCALE, solid + taken, total, *[value + 10 for value in thresholds], 1)

    def share(value: float) -> float:
        return round(value * 100 / scale, 2)

    segments: list[Segment] = []
    position = 0
    dashed = solid
    for rule, tone in zip(fired, tones(rule.points for rule in fired), strict=True):
        if rule.points >= 0:
            start, end = min(position, solid), min(position + rule.points, solid)
            position += rule.points
        else:
            start, end = dashed, dashed - rule.points
            dashed = end
        x, width = share(start), share(end) - share(start)
        if width <= 0:
            continue
        segments.append(
            Segment(
                number=rule.number,
                points=rule.points,
                tone=tone,
                x=x,
                width=round(max(width - _GAP, 0.2), 2),
                middle=round(x + width / 2, 2),
                shows_number=width >= _ROOM_FOR_NUMBER,
                shows_points=width >= _ROOM_FOR_POINTS,
            )
        )
    score_x = share(total)
    return ScoreBar(
        segments=tuple(segments),
        zones=tuple(_zones(lanes, total, score_x, scale)),
        score=total,
        score_x=score_x,
        score_anchor="to-end" if score_x > 97 else "to-start" if score_x < 2 else "",
    )


def _zones(lanes: Sequence[Any], total: int, score_x: float, scale: int) -> Iterable[Zone]:
    steps = sorted(lanes, key=lambda lane: lane.threshold if lane.threshold is not None else 0)
    for index, lane in enumerate(steps):
        start = lane.threshold if lane.threshold is not None else 0
        above = steps[index + 1].threshold if index + 1 < len(steps) else None
        end = above if above is not None else scale
        x, width = round(start * 100 / scale, 2), round((end - start) * 100 / scale, 2)
        if width <= 0:
            continue
        middle = round(x + width / 2, 2)
        threshold_x = x if start > 0 and abs(x - score_x) >= _TOO_CLOSE else None
        has_room = width >= _ROOM_FOR_LANE_WORD and abs(middle - score_x) >= _ROOM_FOR_LANE_WORD / 2
        yield Zone(
            lane=lane,
            x=x,
            width=round(max(width - _GAP, 0.2), 2),
            is_reached=start <= total < end or (above is None and total >= start),
            threshold=lane.threshold,
            threshold_x=threshold_x,
            label_x=middle if has_room else None,
        )
