"""What every API endpoint shares: bodies that can be told of again, and paging in order of change."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import DateTimeField, Func, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.pagination import BasePagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

Key = tuple[datetime, int]
# Between taking the time and the first statement of a transaction; and what the clocks of two hosts may differ by.
SETTLING_SECONDS = 2


class JsonParser(JSONParser):
    """JSON without what a refusal could not even repeat: nesting without end, halves of surrogate pairs."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            body = super().parse(stream, media_type, parser_context)
            json.dumps(body, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError) as error:
            raise ParseError(_("This JSON is nested too deeply or holds text that is no Unicode.")) from error
        return body


class _Settled(Func):
    """The moment before which no other transaction is still writing changes, and without any the end of time.

    One that hangs for ten minutes holds nobody up any more.
    """

    function = ""
    template = (
        f"(SELECT coalesce(min(xact_start) - interval '{SETTLING_SECONDS} s', 'infinity') FROM pg_stat_activity WHERE "  # noqa: S608  # our own constant
        "datname = current_database() AND backend_type = 'client backend' AND backend_xid IS NOT NULL "
        "AND pid <> pg_backend_pid() AND xact_start > now() - interval '10 min')"
    )
    output_field = DateTimeField()


class ChangesPagination(BasePagination):
    """Pages in order of change, oldest first, so that `updated_since` and a cursor walk the same way.

    A change is dated before its transaction ends, so one dated earlier may come to light after one dated later, and
    who asks on from the later would never see it. What is not older than every transaction still writing waits.

    The cursor is the key (time of change, primary key) of the last row given. A manifest writes thousands of rows
    with one time, which is where paging by time and offset repeats or loses rows; a key does neither. A view names
    another time than `updated_at` in `changes_field`.
    """

    page_size = 50
    max_page_size = 500
    page_size_param = "page_size"
    cursor_param = "cursor"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.field = getattr(view, "changes_field", "updated_at")
        queryset = queryset.filter(**{f"{self.field}__lt": _Settled()})
        size = self._size(request.query_params.get(self.page_size_param, ""))
        text = request.query_params.get(self.cursor_param, "")
        if text:
            at, pk = self._decode(text)
            # The first condition alone is a range of the index; the second tells apart rows of one moment.
            queryset = queryset.filter(Q(**{f"{self.field}__gt": at}) | Q(pk__gt=pk), **{f"{self.field}__gte": at})
        rows = list(queryset.order_by(self.field, "pk")[: size + 1])
        self.has_next = len(rows) > size
        self.page = rows[:size]
        return self.page

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        return Response({"next": self._next_link(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {
            "type": "string",
            "format": "uri",
            "nullable": True,
            "description": "Address of the next page; null on the last.",
        }
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": self.cursor_param,
                "in": "query",
                "required": False,
                "description": "Where to go on; taken from `next` of the page before.",
                "schema": {"type": "string"},
            },
            {
                "name": self.page_size_param,
                "in": "query",
                "required": False,
                "description": f"Rows on a page, {self.page_size} where not said.",
                "schema": {"type": "integer", "minimum": 1, "maximum": self.max_page_size},
            },
        ]

    def _size(self, text: str) -> int:
        try:
            return min(max(int(text), 1), self.max_page_size)
        except ValueError:
            return self.page_size

    def _next_link(self) -> str | None:
        if not self.has_next:
            return None
        last = self.page[-1]
        key = json.dumps([getattr(last, self.field).isoformat(), last.pk], separators=(",", ":"))
        cursor = base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")
        return replace_query_param(self.request.build_absolute_uri(), self.cursor_param, cursor)

    def _decode(self, text: str) -> Key:
        try:
            at, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            moment = parse_datetime(at)
            if moment is None or moment.tzinfo is None or not isinstance(pk, int) or not 0 <= pk < 2**63:
                raise ValueError
            # in UTC: PostgreSQL refuses offsets of sixteen hours and more
            return moment.astimezone(UTC), pk
        except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
            raise NotFound(_("This cursor is not one of ours.")) from error
