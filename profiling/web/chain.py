"""Geometry of the chain: a container's way as tracks of carriers, box, seals and weight, drawn as SVG by a template.

Messages name the places where a container was put on and taken off a carrier, and rarely a time; so the places
stand at equal distances in the order the placements were told. Shares are percent of the drawing's width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from profiling.cargo.models import EquipmentVisit, Placement, SealObservation

_LEFT = 12.0
"""Where the tracks begin: before it stand their names."""
_RIGHT = 98.0
_FIRST_SEAL = 102
_TRACK = 32


@dataclass(frozen=True, slots=True)
class Station:
    name: str
    x: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """One carrier from a place to a place. ``is_unknown``: nobody told what carried it there."""

    label: str
    note: str
    start: str
    end: str
    x: float
    width: float
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class SealTrack:
    """One seal over the whole way; y and text_y are pixels."""

    label: str
    note: str
    x: float
    width: float
    y: int
    text_y: int


@dataclass(frozen=True, slots=True)
class Chain:
    """``height`` is in pixels; everything across is percent."""

    stations: tuple[Station, ...]
    carriers: tuple[Stretch, ...]
    whole: Stretch
    seals: tuple[SealTrack, ...]
    height: int


def chain(visit: EquipmentVisit, placements: Sequence[Placement], seals: Sequence[SealObservation]) -> Chain | None:
    """The drawing's parts; None where no placement is known, for then there is no way to draw.

    `placements` come with their carrier, in the order they were told.
    """
    if not placements:
        return None
    names: list[str] = []
    stretches: list[tuple[Placement | None, int, int]] = []
    for placement in placements:
        start, end = _place(placement.from_code, placement.from_name), _place(placement.to_code, placement.to_name)
        if not names:
            names.append(start)
        elif start and names[-1] and start != names[-1]:
            names.append(start)  # it got from one place to the next, and nobody told on what
            stretches.append((None, len(names) - 2, len(names) - 1))
        names.append(end)
        stretches.append((placement, len(names) - 2, len(names) - 1))
    step = (_RIGHT - _LEFT) / (len(names) - 1)

    def x(index: int) -> float:
        return round(_LEFT + step * index, 2)

    def stretch(label: str, note: str, start: int, end: int, *, is_unknown: bool = False) -> Stretch:
        gap = 0.6
        left, width = x(start) + gap / 2, x(end) - x(start) - gap
        return Stretch(label, note, names[start], names[end], round(left, 2), round(width, 2), is_unknown)

    last = len(names) - 1
    whole = stretch(visit.number, str(visit.get_kind_display()), 0, last)
    tracks = tuple(
        SealTrack(
            seal.number_as_written,
            str(seal.get_party_display()),
            whole.x,
            whole.width,
            y := _FIRST_SEAL + _TRACK * index,
            y + 17,
        )
        for index, seal in enumerate({seal.number: seal for seal in seals}.values())
    )
    return Chain(
        stations=tuple(
            Station(name, x(index), "end" if index == last else "start" if index == 0 else "middle")
            for index, name in enumerate(names)
        ),
        carriers=tuple(
            stretch("", "", start, end, is_unknown=True)
            if placement is None
            else stretch(placement.carrier.number, str(placement.carrier.get_kind_display()), start, end)
            for placement, start, end in stretches
        ),
        whole=whole,
        seals=tracks,
        height=_FIRST_SEAL + _TRACK * max(1, len(tracks)),
    )


def _place(code: str, name: str) -> str:
    return name or code
