"""The catalogue of indicators: what a rule may ask for, and how the values were spread at the unit lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pcu.accounts.models import Unit
from pcu.desk import exports
from pcu.desk.units import current_unit
from profiling.indicators.catalogue import REGISTRY, Group, IndicatorSpec, ValueType
from profiling.indicators.labels import GROUPS, TYPES, UNITS
from profiling.rules.distributions import DAYS, Distribution, distributions
from profiling.web.indicator_report import report_of
from profiling.web.people import person

GAP = 0.86  # of its place a bar fills


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a small histogram, in percent of the drawing."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Shown:
    """One indicator with its words and what is drawn of its spread."""

    spec: IndicatorSpec
    type: Any
    unit: Any
    spread: Distribution
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Family:
    code: str
    label: Any
    shown: Sequence[Shown]


@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    """`?q=`, `?group=` and `?type=` narrow the list; a word that is neither is passed over."""
    unit = _unit(request)
    spread = distributions(unit=unit, now=timezone.now())
    narrowed = narrow(request.GET)
    context = {
        "unit": unit,
        "families": _families(narrowed, spread),
        "found": len(narrowed),
        "total": len(REGISTRY.specs()),
        "sample": next(iter(spread.values())).sample if spread else 0,
        "days": DAYS,
        "words": request.GET.get("q", "").strip(),
        "group": request.GET.get("group", ""),
        "type": request.GET.get("type", ""),
        "groups": GROUPS,
        "types": TYPES,
        "query": request.GET.urlencode(),
        "formats": exports.FORMATS,
    }
    return render(request, "profiling/indicators.html", context)


@require_safe
def indicators_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The list of the page with the same address, as a file."""
    unit = _unit(request)
    if kind not in exports.FORMATS:
        raise Http404
    spread = distributions(unit=unit, now=timezone.now())
    return exports.download(report_of(narrow(request.GET), spread, unit, person(request)), kind)


def narrow(asked: Mapping[str, str]) -> list[IndicatorSpec]:
    """Specifications in the order of the groups; every word of `q` stands in the label, the code or the source."""
    words = asked.get("q", "").casefold().split()
    group, kind = asked.get("group", ""), asked.get("type", "")
    group = group if group in set(Group) else ""
    kind = kind if kind in set(ValueType) else ""
    order = {each: place for place, each in enumerate(Group)}
    found = [
        spec
        for spec in REGISTRY.specs().values()
        if (not group or spec.group == group)
        and (not kind or spec.type == kind)
        and all(word in f"{spec.label} {spec.code} {spec.source}".casefold() for word in words)
    ]
    return sorted(found, key=lambda spec: (order[spec.group], str(spec.label)))


def _unit(request: HttpRequest) -> Unit:
    unit = current_unit(request)
    if unit is None:
        raise Http404
    return unit


def _families(specs: Sequence[IndicatorSpec], spread: Mapping[str, Distribution]) -> list[Family]:
    shown: dict[Group, list[Shown]] = {}
    for spec in specs:
        found = spread.get(spec.code) or Distribution(0, 0)
        unit = UNITS.get(spec.unit, spec.unit)
        shown.setdefault(spec.group, []).append(Shown(spec, TYPES[spec.type], unit, found, bars(found)))
    return [Family(group.value, GROUPS[group], each) for group, each in shown.items()]


def bars(found: Distribution) -> list[Bar]:
    """The histogram as bars that stand on the ground, the highest as high as the drawing."""
    counts = found.numbers.bars if found.numbers else ()
    if not counts:
        return []
    step, top = 100 / len(counts), max(counts)
    return [
        Bar(
            round(place * step, 2),
            round(100 - 100 * count / top, 2),
            round(step * 0.86, 2),
            round(100 * count / top, 2),
        )
        for place, count in enumerate(counts)
    ]
