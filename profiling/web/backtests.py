"""Back-tests: a draft release against what is live on any period, what was kept of them, two of those side by side."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from pcu.desk import exports, paging
from pcu.desk.units import current_unit
from profiling.cases import snapshots
from profiling.rules import backtests
from profiling.rules.core.comparison import Comparison, Measures, Scored, measure
from profiling.rules.models import BackTest, Lane, Release
from profiling.rules.services import NoLiveReleaseError, lanes_of, live_release
from profiling.web import backtest_chart as chart
from profiling.web.backtest_form import PERIODS, Question, read_changes, read_question
from profiling.web.backtest_report import measures_of, report_of
from profiling.web.lists import wants_part
from profiling.web.people import person

UNPROCESSABLE = 422
PAGE_SIZE = 50
NEWEST_FIRST = paging.by("created_at", descending=True)


@dataclass(frozen=True)
class Asked:
    """A question with its answer. draft: as it was moved."""

    unit: Unit
    release: Release
    live: Release
    question: Question
    comparison: Comparison
    draft: Scored
    measured: Measures
    seconds: float


@require_safe
@never_cache
def backtest(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """A release against what is live for the chosen unit; the answer alone for HTMX."""
    unit, release = _release(request, ref)
    try:
        asked = _ask(request, unit, release)
    except NoLiveReleaseError:
        return _cannot(
            request, unit, release, _("No release is live for this unit, so there is nothing to compare with.")
        )
    except snapshots.NotReadyError:
        return _cannot(
            request, unit, release, _("The past of this unit is being prepared. Try again in a few minutes.")
        )
    return _answer(request, asked)


def _answer(request: HttpRequest, asked: Asked, fault: str = "") -> HttpResponse:
    context = {"release": asked.release, "unit": asked.unit, "fault": fault} | _shown(request, asked)
    template = "rules/backtest.html#result" if wants_part(request) else "rules/backtest.html"
    is_wrong = bool(asked.question.errors or fault)
    response = render(request, template, context, status=UNPROCESSABLE if is_wrong else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@never_cache
def backtest_file(request: HttpRequest, ref: uuid.UUID, kind: str) -> HttpResponse:
    """What the page with the same address shows, as a file."""
    if kind not in exports.FORMATS:
        raise Http404
    unit, release = _release(request, ref)
    try:
        asked = _ask(request, unit, release)
    except (NoLiveReleaseError, snapshots.NotReadyError) as error:
        raise Http404 from error
    report = report_of(asked.comparison, asked.measured, _labels(unit), unit=unit, by=person(request))
    return exports.download(report, kind)


@require_POST
def backtest_keep(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Keep what the page shows under a name."""
    unit, release = _release(request, ref)
    if not person(request).scope.allows(Capability.WRITE_RULES, unit.pk):
        raise PermissionDenied(_("Your role in this unit does not keep back-tests."))
    try:
        asked = _ask(request, unit, release)
    except (NoLiveReleaseError, snapshots.NotReadyError) as error:
        raise Http404 from error
    if asked.question.errors:
        return _answer(request, asked)
    try:
        kept = backtests.keep(
            user=person(request),
            unit=unit,
            draft=release,
            live=asked.live,
            name=request.POST.get("name", ""),
            comparison=asked.comparison,
            capacity=asked.question.capacity,
            changes=asked.question.changes(),
        )
    except backtests.InvalidBackTestError as error:
        return _answer(request, asked, fault=str(error))
    return redirect("backtest_kept", ref=kept.ref)


@require_safe
def backtest_list(request: HttpRequest) -> HttpResponse:
    """What was kept, newest first; `?a=` and `?b=` set two side by side."""
    unit = current_unit(request)
    if unit is None:
        raise Http404
    visible = BackTest.objects.visible_to(person(request)).select_related("unit", "release", "against", "made_by")
    chosen = []
    for name in ("a", "b"):
        try:
            wanted = uuid.UUID(request.GET.get(name, ""))
        except ValueError:
            continue
        found = visible.filter(ref=wanted).first()
        if found is not None:
            chosen.append(found)
    page = paging.page(visible.defer("result"), order=NEWEST_FIRST, query=request.GET, size=PAGE_SIZE)
    context: dict[str, Any] = {"unit": unit, "page": page, "chosen": [one.ref for one in chosen]}
    if len(chosen) == 2:
        told = [_kept(one) for one in chosen]
        rows = [measures_of(comparison, measured) for comparison, measured in told]
        context["pair"] = chosen
        context["rows"] = [
            chart.Measure(first.label, first.draft, second.draft, first.kind, first.better)
            for first, second in zip(*rows, strict=True)
        ]
    return render(request, "rules/backtest_list.html", context)


@require_safe
def backtest_kept(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """A back-test as it was kept, from its groups; the release may have changed since."""
    visible = BackTest.objects.visible_to(person(request)).select_related("unit", "release", "against", "made_by")
    kept = get_object_or_404(visible, ref=ref)
    comparison, measured = _kept(kept)
    context = {"kept": kept, "unit": kept.unit} | _pictures(kept.unit, comparison, measured)
    return render(request, "rules/backtest_kept.html", context)


def _kept(kept: BackTest) -> tuple[Comparison, Measures]:
    comparison = Comparison.from_json(kept.result)
    draft = comparison.draft.changed(kept.changes.get("points", {}), kept.changes.get("steps", {}))
    return comparison, measure(comparison, draft=draft, capacity=int(kept.question["capacity"]))


def _release(request: HttpRequest, ref: uuid.UUID) -> tuple[Unit, Release]:
    """A release that applies to the chosen unit."""
    unit = current_unit(request)
    if unit is None:
        raise Http404
    applying = Release.objects.visible_to(person(request)).filter(unit__in=unit.ancestors_and_self())
    return unit, get_object_or_404(applying.select_related("unit"), ref=ref)


def _ask(request: HttpRequest, unit: Unit, release: Release) -> Asked:
    said = request.POST if request.method == "POST" else request.GET
    live = live_release(unit)
    question = read_question(unit, said)
    started = time.perf_counter()
    comparison = snapshots.on_past(
        [unit],
        lambda units: backtests.compare(
            draft=release, live=live, unit=unit, units=units, since=question.since, until=question.until
        ),
    )
    draft = read_changes(question, comparison.draft, said)
    measured = measure(comparison, draft=draft, capacity=question.capacity, sampled_only=question.is_sampled)
    return Asked(unit, release, live, question, comparison, draft, measured, time.perf_counter() - started)


def _cannot(request: HttpRequest, unit: Unit, release: Release, why: str) -> HttpResponse:
    context = {"release": release, "unit": unit, "missing": why}
    return render(request, "rules/backtest.html", context)


def _shown(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    lanes = {lane.code: lane for lane in lanes_of(asked.unit)}
    was = {lane: least for least, lane in asked.comparison.draft.thresholds.steps}
    live = {rule.code: rule.points for rule in asked.comparison.live.rules}
    return {
        "asked": asked,
        "question": asked.question,
        "periods": PERIODS,
        "steps": [(lanes.get(lane), lane, least, was[lane]) for least, lane in asked.draft.thresholds.steps],
        "points": [(rule, live.get(rule.code), rule.points != live.get(rule.code)) for rule in asked.draft.rules],
        "moved_points": sum(rule.points != live.get(rule.code) for rule in asked.draft.rules),
        "formats": [kind for kind in exports.FORMATS if kind != "pdf"],
        "query": asked.question.as_query(),
        "keep_fields": asked.question.as_fields(),
        "may_keep": person(request).scope.allows(Capability.WRITE_RULES, asked.unit.pk),
    } | _pictures(asked.unit, asked.comparison, asked.measured)


def _pictures(unit: Unit, comparison: Comparison, measured: Measures) -> dict[str, Any]:
    lanes = {lane.code: lane for lane in lanes_of(unit)}
    scale = chart.scale_of(measured)
    base = measured.unflagged.value if measured.unflagged else None
    return {
        "comparison": comparison,
        "measured": measured,
        "rows": measures_of(comparison, measured),
        "curves": chart.curves(measured),
        "columns": chart.columns(measured.bars),
        "cuts": _cuts(measured, lanes),
        "heads": [lanes.get(code) for code in measured.draft.side.lanes],
        "matrix": [
            (
                lanes.get(code),
                [(cell, _direction(lanes, code, to)) for to, cell in zip(measured.draft.side.lanes, row, strict=True)],
                sum(cell.total for cell in row),
            )
            for code, row in zip(measured.live.side.lanes, measured.matrix, strict=True)
        ],
        "sums": [sum(row[place].total for row in measured.matrix) for place in range(len(measured.draft.side.lanes))],
        "lines": [(rule, line, old, chart.evidence(line.precision, scale, base)) for rule, line, old in measured.lines],
        "scale": [(round(scale * 100 * part / 4), part * 25) for part in range(5)],
        "base": 100 * min(base / scale, 1) if base is not None else None,
        "days": comparison.days,
    }


def _cuts(measured: Measures, lanes: dict[str, Lane]) -> list[tuple[float, Lane | None, int]]:
    """Where lanes begin on the histogram, in percent."""
    if not measured.bars:
        return []
    first, width = measured.bars[0].least, 5 * len(measured.bars)
    placed = [
        (100 * (least - first) / width, lanes.get(code), least) for least, code in measured.draft.side.thresholds.steps
    ]
    return [one for one in placed if 0 <= one[0] <= 100]


def _direction(lanes: dict[str, Lane], before: str, after: str) -> str:
    if before == after or before not in lanes or after not in lanes:
        return "same"
    return "up" if lanes[after].rank < lanes[before].rank else "dn"


def _labels(unit: Unit) -> dict[str, str]:
    return {lane.code: lane.label for lane in lanes_of(unit)}
