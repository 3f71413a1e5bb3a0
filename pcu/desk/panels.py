"""What higher apps add to the pages of lower ones: panels, registered from ``AppConfig.ready()``.

The page that owns a place asks for its panels with the thing it shows and the person who looks; each panel reads what
it needs itself, through ``visible_to``. A page knows nothing of the apps above it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

Read = Callable[[HttpRequest, Any], Mapping[str, Any] | None]
"""Gets the request and the thing shown; gives the panel's context, or None to stay away."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page: its name (unique in its place), template, how it reads, and where it sorts (steps of ten)."""

    name: str
    template: str
    read: Read
    order: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel with what it has read: the page includes `template` with `panel` set to `facts`."""

    name: str
    template: str
    facts: Mapping[str, Any] = field(default_factory=dict)


_panels: dict[str, dict[str, Panel]] = {}


def register(place: str, panel: Panel) -> None:
    """Add a panel to a place ("case", "visit", "party"); the same name again replaces the first."""
    _panels.setdefault(place, {})[panel.name] = panel


def shown(place: str, request: HttpRequest, subject: Any) -> Sequence[Shown]:
    """The panels of a place that have something to show, in order."""
    found = []
    for panel in sorted(_panels.get(place, {}).values(), key=lambda panel: (panel.order, panel.name)):
        facts = panel.read(request, subject)
        if facts is not None:
            found.append(Shown(panel.name, panel.template, facts))
    return found
