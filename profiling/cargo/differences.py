"""What changed between two versions of a consignment, field by field; pure.

A snapshot is one version told as plain values: single fields, and rows of goods, parties, equipment and
documents. Missing and empty say the same ("" and None are None here), so a message that merely leaves a field
out and one that never had it are equal.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

Fields = Mapping[str, Any]


class Part(StrEnum):
    """Which part of a version a difference is in, in the order a page tells them."""

    HEAD = "head"
    GOODS = "goods"
    PARTY = "party"
    EQUIPMENT = "equipment"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version. Rows are in the order the message gave them.

    head: field to value. goods: (line number, fields). parties: (role code, fields).
    equipment: number to (packages, kg and the like). documents: (kind, number).
    """

    head: Fields = field(default_factory=dict)
    goods: Sequence[tuple[int, Fields]] = ()
    parties: Sequence[tuple[str, Fields]] = ()
    equipment: Mapping[str, Fields] = field(default_factory=dict)
    documents: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. where: goods line, party role, equipment number or kind of document; "" for the head.

    field: what differs; "" where the whole row was added (before is None) or left out (after is None), and
    then the other side holds the row's fields, or the document's number.
    """

    part: Part
    where: str
    field: str
    before: Any
    after: Any

    @property
    def amount(self) -> Decimal | None:
        """By how much a number rose (positive) or fell, None where it is no number on both sides."""
        if _is_number(self.before) and _is_number(self.after):
            return Decimal(self.after) - Decimal(self.before)
        return None

    @property
    def percent(self) -> Decimal | None:
        """The amount in per cent of what stood before."""
        return None if self.amount is None or not self.before else self.amount * 100 / abs(Decimal(self.before))


def differences(before: Snapshot, after: Snapshot) -> list[Change]:
    """Everything that differs, in the order of `Part`; empty when the two say the same."""
    return [
        *_of_fields(Part.HEAD, "", before.head, after.head),
        *_of_rows(Part.GOODS, before.goods, after.goods),
        *_of_rows(Part.PARTY, before.parties, after.parties),
        *_of_equipment(before.equipment, after.equipment),
        *_of_documents(before.documents, after.documents),
    ]


def split_common(before: str, after: str) -> tuple[str, str, str, str]:
    """(common start, differing part of `before`, of `after`, common end), split between words.

    >>> split_common("TOO Nur Zhol", "TOO Nur Jol")
    ('TOO Nur ', 'Zhol', 'Jol', '')
    """
    old, new = _words(before), _words(after)
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return (
        "".join(old[:start]),
        "".join(old[start : len(old) - end]),
        "".join(new[start : len(new) - end]),
        "".join(old[len(old) - end :]),
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\S+", text)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _same(before: Any, after: Any) -> bool:
    return (before if before not in ("", None) else None) == (after if after not in ("", None) else None)


def _of_fields(part: Part, where: str, before: Fields, after: Fields) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        if not _same(before.get(name), after.get(name)):
            yield Change(part, where, name, before.get(name) or None, after.get(name) or None)


def _plain(fields: Fields) -> Hashable:
    return tuple(sorted((name, str(value)) for name, value in fields.items() if value not in ("", None)))


def _of_rows(
    part: Part, before: Sequence[tuple[int | str, Fields]], after: Sequence[tuple[int | str, Fields]]
) -> Iterator[Change]:
    """Rows that are the same in both are set aside first, wherever they stand; the rest is paired by key, in order.

    So a line put in at the top is one line added, not every line below it changed.
    """
    old, new = _without_twins(before, after), _without_twins(after, before)
    rest = list(new)
    for key, fields in old:
        match = next((row for row in rest if row[0] == key), None)
        if match is None:
            yield Change(part, str(key), "", fields, None)
            continue
        rest.remove(match)
        yield from _of_fields(part, str(key), fields, match[1])
    for key, fields in rest:
        yield Change(part, str(key), "", None, fields)


def _without_twins(
    rows: Sequence[tuple[int | str, Fields]], others: Sequence[tuple[int | str, Fields]]
) -> list[tuple[int | str, Fields]]:
    # a role matters for a party, a line number does not for goods
    def told(row: tuple[int | str, Fields]) -> Hashable:
        return (row[0] if isinstance(row[0], str) else "", _plain(row[1]))

    twins = [told(row) for row in others]
    left = []
    for row in rows:
        if told(row) in twins:
            twins.remove(told(row))
        else:
            left.append(row)
    return left


def _of_equipment(before: Mapping[str, Fields], after: Mapping[str, Fields]) -> Iterator[Change]:
    for number in dict.fromkeys([*before, *after]):
        if number not in after:
            yield Change(Part.EQUIPMENT, number, "", before[number], None)
        elif number not in before:
            yield Change(Part.EQUIPMENT, number, "", None, after[number])
        else:
            yield from _of_fields(Part.EQUIPMENT, number, before[number], after[number])


def _of_documents(before: frozenset[tuple[str, str]], after: frozenset[tuple[str, str]]) -> Iterator[Change]:
    for kind, number in sorted(before - after):
        yield Change(Part.DOCUMENT, kind, "", number, None)
    for kind, number in sorted(after - before):
        yield Change(Part.DOCUMENT, kind, "", None, number)
