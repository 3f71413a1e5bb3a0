"""Pages of a list by key, not by offset: the thousandth page costs what the first does, and no row is met twice.

A queryset is walked in an order whose last column is unique. The address carries the key of the row a page begins
after (``after``) or ends before (``before``); what cannot be read as one is the first page. Nothing is counted but up
to a cap, so a list of a million rows says "1,000+" at the price of a thousand.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.http import QueryDict
from django.utils.timezone import is_naive

COUNTED_AT_MOST = 1000
PARAMETERS = ("after", "before")


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

    def beyond(self, value: Any, *, backward: bool, or_equal: bool = False) -> Q | None:
        """Rows after `value` in this order (before it when backward); None when there can be none."""
        if value is None:
            return Q(**{f"{self.field}__isnull": False}) if backward else None
        side = "lt" if self.descending != backward else "gt"
        beyond = Q(**{f"{self.field}__{side}{'e' if or_equal else ''}": value})
        if self.nullable and not backward:
            beyond |= Q(**{f"{self.field}__isnull": True})
        return beyond


Order = Sequence[SortKey]
"""The columns of an order; the last is unique."""


def by(field: str, *, descending: bool = False) -> Order:
    """The order of one column that is never null, rows of one value in the order of their primary key."""
    last = SortKey("pk", descending)
    return (last,) if field == "pk" else (SortKey(field, descending), last)


@dataclass(frozen=True, slots=True)
class Slice:
    """One page. ``next`` and ``previous`` are query strings that keep every other parameter of the address."""

    rows: Sequence[Any]
    next: str | None
    previous: str | None

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class Count:
    """How many, up to the cap; ``more`` when there are more than were counted."""

    number: int
    more: bool


def key_of(order: Order, row: Model) -> list[Any]:
    """Where a row stands in an order."""
    return [getattr(row, key.field) for key in order]


def lies_beyond(order: Order, values: Sequence[Any], row: Model) -> bool:
    """Whether a row stands after a key in an order, as `beyond` asks the database."""
    for key, value, here in zip(order, values, key_of(order, row), strict=True):
        if here == value:
            continue
        if here is None or value is None:
            return here is None  # rows without a value come last
        return bool(here < value if key.descending else here > value)
    return False


def beyond(queryset: QuerySet[Any], order: Order, values: Sequence[Any], *, backward: bool = False) -> QuerySet[Any]:
    """The rows after a key, nearest first; before it when backward. No row needs to stand at the key itself."""
    condition = Q(pk__in=())
    level = Q()
    for key, value in zip(order, values, strict=True):
        here = key.beyond(value, backward=backward)
        if here is not None:
            condition |= level & here
        level &= key.equals(value)
    first = order[0]
    if not first.nullable and (bound := first.beyond(values[0], backward=backward, or_equal=True)):
        condition &= bound  # says nothing new, but is a range of the index
    return queryset.filter(condition).order_by(*(key.order(backward=backward) for key in order))


def cut(
    queryset: QuerySet[Any], order: Order, values: Sequence[Any] | None, size: int, *, backward: bool = False
) -> tuple[list[Any], bool]:
    """A page beyond a key, or the first one, and whether there are rows beyond it: one query."""
    if values is None:
        found = queryset.order_by(*(key.order() for key in order))
    else:
        found = beyond(queryset, order, values, backward=backward)
    rows = list(found[: size + 1])
    return rows[:size], len(rows) > size


def page(queryset: QuerySet[Any], *, order: Order, query: QueryDict, size: int) -> Slice:
    """The page that the address asks for: one query."""
    after, before = (read_key(queryset.model, order, query.get(name)) for name in PARAMETERS)
    backward = after is None and before is not None
    rows, more = cut(queryset, order, before if backward else after, size, backward=backward)
    if backward:
        rows.reverse()
    has_next = backward or more
    has_previous = more if backward else after is not None
    return Slice(
        rows=rows,
        next=_address(query, after=write_key(order, rows[-1])) if rows and has_next else None,
        previous=_address(query, before=write_key(order, rows[0])) if rows and has_previous else None,
    )


def count(queryset: QuerySet[Any], at_most: int = COUNTED_AT_MOST) -> Count:
    """How many rows there are, counting no further than the cap: one query."""
    found = queryset.order_by()[: at_most + 1].count()
    return Count(min(found, at_most), found > at_most)


def kept(query: QueryDict) -> QueryDict:
    """The parameters that say which rows, without empty ones and without the page."""
    result = QueryDict(mutable=True)
    for name, values in query.lists():
        filled = [value for value in values if value]
        if filled and name not in PARAMETERS:
            result.setlist(name, filled)
    return result


def _address(query: QueryDict, **parameters: str) -> str:
    result = kept(query)
    for name, value in parameters.items():
        result[name] = value
    return f"?{result.urlencode()}"


def write_key(order: Order, row: Model) -> str:
    """Where a row stands, for an address."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in key_of(order, row)]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def read_key(model: type[Model], order: Order, text: str | None) -> list[Any] | None:
    """The key in an address, or None for none and for anything that is not one."""
    if not text:
        return None
    try:
        written = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(written, list):
            return None
        return [_read_value(model, key, value) for key, value in zip(order, written, strict=True)]
    except (ValueError, TypeError, ValidationError, OverflowError, RecursionError):
        return None


def _read_value(model: type[Model], key: SortKey, written: Any) -> Any:
    """Raises ValueError, TypeError, OverflowError or ValidationError for what is no value of the column."""
    if written is None and key.nullable:
        return None
    field: Any = model._meta.pk if key.field == "pk" else model._meta.get_field(key.field)
    value = field.to_python(written)
    if isinstance(value, datetime):
        if is_naive(value):
            raise ValueError
        return value.astimezone(UTC)  # PostgreSQL refuses offsets of sixteen hours and more
    if value is None or (isinstance(value, int) and abs(value) >= 2**63):
        raise ValueError
    return value


def query_without(query: QueryDict, names: Iterable[str]) -> str:
    """The query string of an address without some of its parameters, and without the page."""
    result = kept(query)
    for name in names:
        result.pop(name, None)
    return f"?{result.urlencode()}"
