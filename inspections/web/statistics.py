"""The page of statistics, and its figures as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from inspections.statistics.figures import AgencyLine, GroupLine, MethodLine, Statistics
from inspections.statistics.question import BY, StatisticsForm
from inspections.statistics.reading import read_statistics
from inspections.statistics.report import report_of
from inspections.web.statistics_chart import EvidenceBar, chart, evidence_bar, scale_of
from pcu.desk import exports
from pcu.desk.units import current_unit
from profiling.rules.core.intervals import Share
from profiling.web.people import person

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel. `part`: the share that its bar shows."""

    name: str
    label: Any
    number: int
    part: Share | None

    @property
    def width(self) -> float:
        return 100.0 if self.name == "profiled" else round(100 * self.part.value, 2) if self.part else 0.0


@dataclass(frozen=True, slots=True)
class Bars:
    """The rows of a table with their evidence bars; `base`: the place of the random sample."""

    rows: list[tuple[GroupLine | MethodLine | AgencyLine, Share | None, EvidenceBar | None]]
    ticks: list[tuple[int, int]]
    base: float | None


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Of the chosen unit over the last ninety days where the address says nothing else."""
    form = _form(request)
    context: dict[str, Any] = {"form": form, "query": request.GET.urlencode(), "formats": exports.FORMATS}
    if form.is_valid():
        context |= _shown(read_statistics(form.question()))
    return render(
        request, "inspections/statistics/page.html", context, status=200 if form.is_valid() else UNPROCESSABLE
    )


@require_safe
def statistics_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The figures of the page with the same address, as a file."""
    if kind not in exports.FORMATS:
        raise Http404
    form = _form(request)
    if not form.is_valid():
        return statistics(request)
    return exports.download(report_of(read_statistics(form.question()), person(request)), kind)


def _form(request: HttpRequest) -> StatisticsForm:
    unit = current_unit(request)
    form = StatisticsForm(request.GET, user=request.user, default=unit)
    if not form.readable:
        raise Http404
    return form


def _shown(found: Statistics) -> dict[str, Any]:
    tally = found.all
    return {
        "found": found,
        "groups_title": BY.get(found.question.group),
        "steps": [
            Step("profiled", _("Profiled"), tally.profiled, None),
            Step("selected", _("Selected"), tally.selected, tally.selection),
            Step("examined", _("Examined"), tally.examined, tally.examination),
            Step("found", _("Found"), tally.found, tally.hit_rate),
            Step("seized", _("Seized"), tally.seized, tally.seizure),
        ],
        "chart": chart(found.series, tally),
        "by_time": _bars([(line, line.tally.hit_rate) for line in found.series], tally.base_rate),
        "by_group": _bars([(line, line.tally.hit_rate) for line in found.groups], tally.base_rate),
        "by_method": _bars([(line, line.hit_rate) for line in found.methods], tally.base_rate),
        "by_agency": _bars([(line, line.hit_rate) for line in found.agencies], tally.base_rate),
    }


def _bars(rows: list[tuple[Any, Share | None]], base: Share | None) -> Bars:
    top = scale_of([*(share for _line, share in rows), base])
    return Bars(
        rows=[(line, share, evidence_bar(share, top)) for line, share in rows],
        ticks=[(round(100 * top * step / 4), 25 * step) for step in range(5)],
        base=round(100 * base.value / top, 2) if base else None,
    )
