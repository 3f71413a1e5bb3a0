"""What every API endpoint shares: paging by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pcu.desk import paging

CHANGES = {"updated_at": paging.Order("updated_at", descending=False)}


class KeyPagination(BasePagination):
    """Pages by key in the order of change, so that `updated_since` and a walk through the pages go the same way.

    A whole chunk of a manifest shares one moment, so a page is bounded by moment and primary key together. A view
    may offer more orders than the default one: `orders`, by name, the first is the default.
    """

    page_size = 50
    max_page_size = 500

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        orders: Mapping[str, paging.Order] = getattr(view, "orders", CHANGES)
        name = request.query_params.get("ordering", "")
        order = orders.get(name) or next(iter(orders.values()))
        self._address = request.build_absolute_uri(request.path)
        self._slice = paging.page(queryset, order=order, query=request.query_params, size=self._size(request))
        return list(self._slice.rows)

    def _size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        return min(number, self.max_page_size) or self.page_size

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._absolute(self._slice.next),
                "previous": self._absolute(self._slice.previous),
                "results": data,
            }
        )

    def _absolute(self, query: str | None) -> str | None:
        return urljoin(self._address, query) if query else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> Sequence[dict[str, Any]]:
        orders: Mapping[str, paging.Order] = getattr(view, "orders", CHANGES)
        keys = [
            {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": about}
            for name, about in (
                ("after", "The page after this key, as `next` names it."),
                ("before", "The page before this key, as `previous` names it."),
            )
        ]
        size = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        keys.append({"name": "page_size", "in": "query", "required": False, "schema": size})
        if len(orders) > 1:
            names = {"type": "string", "enum": list(orders), "default": next(iter(orders))}
            keys.append({"name": "ordering", "in": "query", "required": False, "schema": names})
        return keys
