"""What every list page does: filter, take one page by key, and answer HTMX with the rows alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from pcu.desk import paging


def wants_part(request: HttpRequest) -> bool:
    """Whether only the rows are asked for. Going back in the browser asks for the whole page."""
    htmx = request.htmx  # type: ignore[attr-defined]  # set by django_htmx's middleware
    return bool(htmx) and not htmx.history_restore_request


def list_page(
    request: HttpRequest, template: str, filterset: Any, *, order: paging.Order, size: int, context: dict[str, Any]
) -> HttpResponse:
    """The page, or its partial ``rows`` for HTMX. The address keeps the filters, and nothing that is empty.

    ``context`` may hold "fill": what is called with the rows of the page and gives more context.
    """
    rows = paging.page(filterset.qs, order=order, query=request.GET, size=size)
    fill = context.pop("fill", None)
    context |= {
        "filter": filterset,
        "page": rows,
        "count": paging.count(filterset.qs),
        "is_filtered": bool(paging.kept(request.GET)),
        **(fill(rows.rows) if fill else {}),
    }
    part = wants_part(request)
    response = render(request, f"{template}#rows" if part else template, context)
    patch_vary_headers(response, ["HX-Request"])
    if part:
        address = request.GET.copy()
        for name in [name for name, value in address.items() if not value]:
            del address[name]
        response["HX-Push-Url"] = f"{request.path}?{address.urlencode()}" if address else request.path
    return response
