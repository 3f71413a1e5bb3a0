"""What page tests ask of a response."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

HTMX = {"HX-Request": "true"}
_INLINE = re.compile(r"<style|<[^>]*\s(?:style|on\w+)=|<script(?![^>]*\ssrc=)")


def text(response: Any) -> str:
    return str(response.content.decode())


def rows(response: Any) -> int:
    """Rows of the list on a page."""
    return text(response).count("data-row=")


def link(response: Any, rel: str) -> str | None:
    """Where the pager leads, as the query string it adds; None where it leads nowhere."""
    found = re.search(rf'rel="{rel}"\s+href="(\?[^"]+)"', text(response))
    return found[1].replace("&amp;", "&") if found else None


def holds_something_inline(response: Any) -> bool:
    """A style, script or handler that the content policy would refuse."""
    return bool(_INLINE.search(text(response)))


def queries_of(client: Client, address: str, prepare: Callable[[], object] = lambda: None) -> int:
    """How many queries a page takes once everything that is read only once has been read."""
    prepare()
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
