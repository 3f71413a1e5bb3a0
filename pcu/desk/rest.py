"""What every API endpoint shares: bodies that can be told of again, and paging in order of change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import DateTimeField, Func
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.pagination import BasePagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from pcu.desk.paging import by, cut, read_key, write_key


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

    Two seconds less: between taking the time and the first statement of a transaction, and what the clocks of two
    hosts may differ by. One that hangs for ten minutes holds nobody up any more.
    """

    function = ""
    template = (
        "(SELECT coalesce(min(xact_start) - interval '2 s', 'infinity') FROM pg_stat_activity WHERE "
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
        self.order = by(getattr(view, "changes_field", "updated_at"))
        if self.order[0].field != "pk":
            queryset = queryset.filter(**{f"{self.order[0].field}__lt": _Settled()})
        text = request.query_params.get(self.cursor_param, "")
        key = read_key(queryset.model, self.order, text)
        if text and key is None:
            raise NotFound(_("This cursor is not one of ours."))
        size = self._size(request.query_params.get(self.page_size_param, ""))
        self.page, self.has_next = cut(queryset, self.order, key, size)
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
        cursor = write_key(self.order, self.page[-1])
        return replace_query_param(self.request.build_absolute_uri(), self.cursor_param, cursor)
