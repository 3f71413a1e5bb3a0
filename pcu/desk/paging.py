"""Pages of a list by key, not by offset: the thousandth page costs what the first does, and no row is met twice.

A queryset is walked in the order of ``order``, whose last field must be the primary key. The address carries the
key of the row a page begins after (``after``) or ends before (``before``); what cannot be read as one is the first
page. Nothing is counted but up to a cap, so a list of a million rows says "1,000+" at the price of a thousand.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.timezone import is_naive

COUNTED_AT_MOST = 1000
PARAMETERS = ("after", "before")


@dataclass(frozen=True, slots=True)
class Order:
    """Two not-null columns, the second the primary key, both descending or both ascending."""

    field: str
    descending: bool = True

    @property
    def names(self) -> tuple[str, str]:
        sign = "-" if self.descending else ""
        return f"{sign}{self.field}", f"{sign}pk"


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


def page(queryset: QuerySet[Any], *, order: Order, query: QueryDict, size: int) -> Slice:
    """The page that the address asks for: one query."""
    after, before = (_read(queryset.model, order, query.get(name)) for name in PARAMETERS)
    backward = after is None and before is not None
    key = before if backward else after
    walked = Order(order.field, order.descending != backward)
    if key is not None:
        queryset = queryset.filter(_beyond(walked, key))
    rows = list(queryset.order_by(*walked.names)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backward:
        rows.reverse()
    has_next = backward or more
    has_previous = more if backward else key is not None
    return Slice(
        rows=rows,
        next=_address(query, after=_write(order, rows[-1])) if rows and has_next else None,
        previous=_address(query, before=_write(order, rows[0])) if rows and has_previous else None,
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


def _beyond(order: Order, key: tuple[Any, int]) -> Q:
    """Rows after the key. The first condition alone bounds the index; the second takes off the ties."""
    value, pk = key
    side = "lt" if order.descending else "gt"
    return Q(**{f"{order.field}__{side}e": value}) & (
        Q(**{f"{order.field}__{side}": value}) | Q(**{order.field: value, f"pk__{side}": pk})
    )


def _write(order: Order, row: Model) -> str:
    value = getattr(row, order.field)
    plain = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([plain, row.pk]).encode()).decode().rstrip("=")


def _read(model: type[Model], order: Order, text: str | None) -> tuple[Any, int] | None:
    """The key in an address, or None for none and for anything that is not one."""
    if not text:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        field: Any = model._meta.pk if order.field == "pk" else model._meta.get_field(order.field)
        place = field.to_python(value)
        if isinstance(place, datetime):
            # in UTC: PostgreSQL refuses offsets of sixteen hours and more
            place = None if is_naive(place) else place.astimezone(UTC)
        key = place, int(pk)
    except (ValueError, TypeError, ValidationError, OverflowError, RecursionError):
        return None
    return None if place is None else key


def query_without(query: QueryDict, names: Iterable[str]) -> str:
    """The query string of an address without some of its parameters, and without the page."""
    result = kept(query)
    for name in names:
        result.pop(name, None)
    return f"?{result.urlencode()}"
