"""What stands in the shell's menu: apps above register their pages here from ``AppConfig.ready()``."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import Promise

Allowed = Callable[[Any], bool]
Waiting = Callable[[HttpRequest], int]


@dataclass(frozen=True, slots=True)
class Page:
    """One entry: where it leads, how it is called, which icon of the icon package it wears.

    ``order`` sorts the menu (steps of ten leave room). ``allowed`` gets the signed-in user; without it
    everyone signed in sees the entry. Hiding an entry guards nothing: the view does that. ``waiting`` counts what
    waits for the person there, at the price of a query on every page. ``covers``: beginnings of further addresses,
    below the root of the installation, that belong to it, as a case does to the queue: "cases/".
    """

    url_name: str
    label: str | Promise
    icon: str
    order: int
    allowed: Allowed | None = None
    waiting: Waiting | None = None
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A page resolved for one request."""

    url: str
    label: str | Promise
    icon: str
    is_current: bool
    waiting: int = 0


_pages: dict[str, Page] = {}


def register(page: Page) -> None:
    """Add a page to the menu; the same URL name registered again replaces the first."""
    _pages[page.url_name] = page


def entries(request: HttpRequest) -> Iterator[Entry]:
    """The menu for this request, in order. A page whose URL is not installed is left out."""
    path = request.path
    found: list[tuple[Page, str]] = []
    for page in sorted(_pages.values(), key=lambda page: (page.order, page.url_name)):
        if page.allowed is not None and not page.allowed(request.user):
            continue
        try:
            found.append((page, reverse(page.url_name)))
        except NoReverseMatch:
            continue
    root = get_script_prefix()
    # The longest address that begins this path is where the officer is. The root begins every path: it is only itself.
    begun = [
        (start, page)
        for page, url in found
        for start in (url, *(root + part for part in page.covers))
        if (path == start if start == root else path.startswith(start))
    ]
    current = max(begun, key=lambda one: len(one[0]))[1] if begun else None
    for page, url in found:
        waiting = page.waiting(request) if page.waiting is not None else 0
        yield Entry(url=url, label=page.label, icon=page.icon, is_current=page is current, waiting=waiting)
