"""Walking an ordered list by its sort keys, not by counting rows: pages, and the neighbours of one row.

`pcu.desk.paging` does this for lists in the order of one column; the queue's order has several, and columns
without a value. The address names the row a page begins after or ends before by its `ref`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.http import QueryDict


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of an order. Rows without a value come last, whichever way it runs."""

    field: str
    descending: bool = False
    nullable: bool = False

    def order(self, *, backward: bool = False) -> OrderBy:
        column = F(self.field)
        nulls: dict[str, Any] = {"nulls_first" if backward else "nulls_last": True} if self.nullable else {}
        return column.desc(**nulls) if self.descending != backward else column.asc(**nulls)

    def equals(self, value: Any) -> Q:
        return Q(**{f"{self.field}__isnull": True}) if value is None else Q(**{self.field: value})

    def beyond(self, value: Any, *, backward: bool) -> Q | None:
        """Rows after `value` in this order (before it when backward); None when there can be none."""
        if value is None:
            return Q(**{f"{self.field}__isnull": False}) if backward else None
        beyond = Q(**{f"{self.field}__{'lt' if self.descending != backward else 'gt'}": value})
        if self.nullable and not backward:
            beyond |= Q(**{f"{self.field}__isnull": True})
        return beyond


Order = Sequence[SortKey]
"""The columns of an order; the last is unique."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of rows, and whether there is more on either side."""

    rows: Sequence[Any]
    has_previous: bool
    has_next: bool


def beyond(queryset: QuerySet[Any], order: Order, row: Model, *, backward: bool = False) -> QuerySet[Any]:
    """The rows after `row`, nearest first; before it when backward.

    `row` itself need not be in the queryset any more: it may have just been decided and left the filter.
    """
    condition = Q(pk__in=())
    level = Q()
    for key in order:
        value = getattr(row, key.field)
        here = key.beyond(value, backward=backward)
        if here is not None:
            condition |= level & here
        level &= key.equals(value)
    return queryset.filter(condition).order_by(*(key.order(backward=backward) for key in order))


def page(queryset: QuerySet[Any], order: Order, query: QueryDict, size: int, *, anchors: QuerySet[Any]) -> Slice:
    """The page that `after` or `before` in the address asks for; the first one where they name no row. Two queries.

    anchors: where the named row is looked for; wider than `queryset`, for it may have left the filter since.
    """
    name = next((one for one in ("after", "before") if query.get(one)), "")
    row = _row(anchors, query.get(name, "")) if name else None
    backward = name == "before"
    if row is None:
        rows = list(queryset.order_by(*(key.order() for key in order))[: size + 1])
        return Slice(rows[:size], has_previous=False, has_next=len(rows) > size)
    rows = list(beyond(queryset, order, row, backward=backward)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backward:
        return Slice(rows[::-1], has_previous=more, has_next=True)
    return Slice(rows, has_previous=True, has_next=more)


def _row(anchors: QuerySet[Any], ref: str) -> Any | None:
    try:
        return anchors.filter(ref=uuid.UUID(ref)).first()
    except ValueError:
        return None
