"""The reference page: which code lists are loaded, from which files, and what a code stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pcu.accounts.roles import Capability
from pcu.desk.units import current_unit
from profiling.codelists import search
from profiling.codelists.models import KINDS, Load, Place
from profiling.reference import hs
from profiling.reference.files.rows import Kind
from profiling.web.people import person

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One list: how many codes it has and the file that was loaded last. load: None for what comes with a package."""

    kind: str
    label: Any
    of: str
    count: int | None
    newest: Any
    load: Load | None


def keeps_reference(user: Any) -> bool:
    """Whose menu has the page: analysts, supervisors, administrators, auditors. Any reader may open it."""
    scope = user.scope
    return bool(scope.units(Capability.KEEP_LISTS) or scope.units(Capability.INSPECT_JOBS))


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """`?q=` and `?kind=` look a code up."""
    user = person(request)
    words = request.GET.get("q", "").strip()
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    loads = search.loads(user)
    context = {
        "unit": current_unit(request),
        "lists": _lists(search.contents(user), loads),
        "loads": loads,
        "kinds": {code: label for code, label in KINDS.items() if code != Kind.RATES},
        "kind": kind,
        "words": words,
        "is_asked": len(words) >= search.SHORTEST,
        "hits": [(hit, KINDS[hit.kind], of_words(hit.of)) for hit in search.search(user, words, kind, SHOWN)],
        "shown": SHOWN,
    }
    return render(request, "profiling/reference.html", context)


def _lists(parts: list[search.Part], loads: list[Load]) -> list[Row]:
    """Every kind of list, those that are not loaded too; the Harmonized System of the package among them."""
    rows = []
    for kind, label in KINDS.items():
        loaded = [part for part in parts if part.kind == kind]
        if kind == Kind.HS and not any(part.of == hs.EDITION for part in loaded):
            rows.append(Row(kind, label, hs.EDITION, hs.size(), None, None))
        rows += [
            Row(kind, label, of_words(part.of), part.count, part.newest, _newest(loads, kind, part.of))
            for part in loaded
        ]
        if not loaded and kind != Kind.HS:
            rows.append(Row(kind, label, "", None, None, None))
    return rows


def _newest(loads: list[Load], kind: str, of: str) -> Load | None:
    """The last file of a kind; of the edition where editions stand beside each other."""
    return next((one for one in loads if one.kind == kind and (kind != Kind.HS or one.edition == of)), None)


def of_words(of: str) -> str:
    """A scheme of places in words; editions and banks as they are written."""
    return str(Place.Scheme(of).label) if of in Place.Scheme.values else of
