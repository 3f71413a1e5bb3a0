"""The neighbours of one row in an ordered queryset, found by its sort keys and not by counting rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, OrderBy, Q, QuerySet


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


def neighbour(queryset: QuerySet[Any], keys: Sequence[SortKey], row: Model, *, backward: bool = False) -> Any | None:
    """The row after (or before) `row` in the order of `keys`, which must end in a unique one.

    `row` itself need not be in the queryset any more: it may have just been decided and left the filter.
    """
    beyond = Q(pk__in=())
    level = Q()
    for key in keys:
        value = getattr(row, key.field)
        here = key.beyond(value, backward=backward)
        if here is not None:
            beyond |= level & here
        level &= key.equals(value)
    return queryset.filter(beyond).order_by(*(key.order(backward=backward) for key in keys)).first()
