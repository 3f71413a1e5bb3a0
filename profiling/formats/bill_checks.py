"""What a bill says twice, held against itself: totals against items, volume against weight.

Seen in real messages of every format, so every reader uses these. Each check warns and gives the value to use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple, TypeVar

from profiling.formats.findings import Findings
from profiling.formats.records import Item, Position

TOLERANCE: Final = Decimal("0.01")  # of the stated total; below it a difference is rounding
_ONE_KG: Final = Decimal(1)
_Number = TypeVar("_Number", int, Decimal)


class Amounts(NamedTuple):
    """What a bill weighs, counts and fills after the checks: kilograms, packages, cubic metres."""

    gross_kg: Decimal | None
    packages: int | None
    volume_m3: Decimal | None
    items: tuple[Item, ...]


def total(values: Sequence[_Number | None]) -> _Number | None:
    """The sum of what all of them say; None where one says nothing."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    together = known[0]
    for value in known[1:]:
        together += value
    return together


def settle(
    gross: Decimal | None,
    packages: int | None,
    volume: Decimal | None,
    items: list[Item],
    at: Position,
    found: Findings,
) -> Amounts:
    """All checks on the stated totals of a bill and its items. A total that is not stated is summed."""
    items = _drop_copied_volumes(items, at, found)
    if volume and volume == gross:
        found.warn("volume_copied", at, "volume_m3", str(volume))
        volume = None
    gross, items = _check_gross(gross, items, at, found)
    return Amounts(gross, _check_packages(packages, items, at, found), volume, tuple(items))


def _check_gross(
    stated: Decimal | None, items: list[Item], at: Position, found: Findings
) -> tuple[Decimal | None, list[Item]]:
    """The gross weight of the bill in kilograms, stated or else summed, and the items.

    Several items that all repeat the stated total hold no weight of their own: it is taken off them.
    """
    together = total([item.gross_kg for item in items])
    if together is None or together == stated:
        return stated, items
    if stated is None:
        return together, items
    if len(items) > 1 and stated > 0 and all(item.gross_kg == stated for item in items):
        found.warn("gross_repeated", at, "items.gross_kg", str(stated))
        return stated, [replace(item, gross_kg=None) for item in items]
    if abs(together - stated) > max(_ONE_KG, stated * TOLERANCE):
        found.warn("gross_differs", at, "gross_kg", str(stated), items=str(together), total=str(stated))
    return stated, items


def _check_packages(stated: int | None, items: list[Item], at: Position, found: Findings) -> int | None:
    """The number of packages of the bill, stated or else summed."""
    together = total([item.packages for item in items])
    if together is None:
        return stated
    if stated is not None and together != stated:
        found.warn("packages_differ", at, "packages", str(stated), items=together, total=stated)
    return together if stated is None else stated


def _drop_copied_volumes(items: list[Item], at: Position, found: Findings) -> list[Item]:
    """Items whose volume in m3 is the number of kilograms lose it: it was copied into the wrong field."""
    for item in items:
        if item.volume_m3 and item.volume_m3 == item.gross_kg:
            break
    else:
        return items
    kept = []
    for item in items:
        if item.volume_m3 and item.volume_m3 == item.gross_kg:
            found.warn("volume_copied", at, "items.volume_m3", str(item.volume_m3))
            item = replace(item, volume_m3=None)
        kept.append(item)
    return kept
