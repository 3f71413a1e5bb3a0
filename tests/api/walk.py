"""Every endpoint of the API, found in the URL configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RoutePattern


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the installation as (route, pattern)."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, entry
        else:
            yield from patterns(entry, route)


def api_endpoints() -> list[tuple[str, list[str]]]:
    """(route, methods) of every endpoint of the API; routes have `<uuid:ref>` where a row is meant."""
    found = []
    for route, entry in patterns():
        if not route.startswith("api/v1/") or "<path:" in route:
            continue
        assert isinstance(entry.pattern, RoutePattern)
        actions = getattr(entry.callback, "actions", None)
        methods = sorted(actions) if actions else ["get"]
        found.append((f"/{route}", [method for method in methods if method != "head"]))
    return found


def filled(route: str, refs: dict[str, Any]) -> str:
    """The route with the ref of a row that exists."""
    name = route.removeprefix("/api/v1/").split("/")[0]
    return route.replace("<uuid:ref>", str(refs.get(name, "")))
