"""The ledger page: per rule what it brought, the random sample first, and the cases behind each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from pcu.accounts.models import Unit
from pcu.desk import paging
from pcu.desk.units import current_unit, own_units
from profiling.cases import ledger
from profiling.cases.choices import Reason
from profiling.cases.ledger import Line, Tally
from profiling.cases.models import Case
from profiling.web.people import person
from profiling.web.rule_tabs import tabs

PERIODS = {30: _("30 days"), 90: _("90 days"), 365: _("a year")}
DEFAULT_PERIOD = 90
CASES_SIZE = 50
REMARKS = {
    "expired": (_("Expired"), _("It fires no more. Renew or retire it."), "bad"),
    "expires": (_("Expires soon"), _("It goes silent on that day unless its owner renews it."), "warn"),
    "never_inspected": (_("Never inspected"), _("It fires and nobody opened one: no evidence either way."), "warn"),
    "no_lift": (_("No lift"), _("After this many inspections its interval still covers the random sample."), "bad"),
    "silent": (_("Silent"), _("It has not fired in this period."), ""),
}
RESULTS = {
    "": _("all"),
    "found": _("found"),
    "clean": pgettext_lazy("cases", "clean"),
    "not_examined": _("not examined"),
    "open": pgettext_lazy("cases", "open"),
}
LAST_OPENED_FIRST = paging.by("opened_at", descending=True)


@dataclass(frozen=True, slots=True)
class EvidenceBar:
    """The interval on a scale that all rows share; percent of the drawing."""

    low: float
    width: float
    point: float
    is_above: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as the page draws it; `line` is None for the random sample."""

    line: Line | None
    tally: Tally
    bar: EvidenceBar | None
    bars: Sequence[tuple[float, float, float]]  # x, y, height in percent, one a week
    remark: tuple[Any, Any, str] | None
    reasons: Sequence[tuple[Any, int]]
    has_enough: bool


@require_safe
def rule_ledger(request: HttpRequest) -> HttpResponse:
    """Of the chosen unit, or of all units the person reads (`?units=all`), over `?days=`."""
    unit = current_unit(request)
    if unit is None:
        raise Http404
    units, is_all = _units(request, unit)
    days = _days(request)
    now = timezone.now()
    book = ledger.read_ledger(unit=unit, units=units, since=now - timedelta(days=days), until=now)
    scale = _scale(book)
    context = {
        "unit": unit,
        "book": book,
        "sample": _shown(None, book.sample, scale, {}),
        "to_decide": [_shown(line, line.tally, scale, line.reasons) for line in book.to_decide],
        "working": [_shown(line, line.tally, scale, line.reasons) for line in book.working],
        "scale": [(round(scale * 100 * part / 4), part * 25) for part in range(5)],
        "base": 100 * book.sample.precision.value / scale if book.sample.precision else None,
        "reasons": _reasons(book.reasons),
        "days": days,
        "periods": PERIODS,
        "is_all": is_all,
        "may_choose_all": len(own_units(request)) > 1,
        "enough": ledger.ENOUGH,
        **tabs(request, "rule_ledger"),
    }
    return render(request, "profiling/ledger.html", context)


@require_safe
def rule_cases(request: HttpRequest, code: str) -> HttpResponse:
    """The cases behind a rule's numbers, newest first; `?result=` narrows them."""
    unit = current_unit(request)
    if unit is None:
        raise Http404
    units, is_all = _units(request, unit)
    days = _days(request)
    since = timezone.now() - timedelta(days=days)
    result = request.GET.get("result", "")
    cases = Case.objects.visible_to(person(request)).filter(unit__in=units, opened_at__gte=since)
    found = ledger.with_result(ledger.cases_of_rule(cases, code), result)
    page = paging.page(
        found.select_related("unit", "recommended_lane"),
        order=LAST_OPENED_FIRST,
        query=request.GET,
        size=CASES_SIZE,
    )
    context = {
        "unit": unit,
        "code": code,
        "page": page,
        "count": paging.count(found),
        "result": result,
        "results": RESULTS,
        "days": days,
        "is_all": is_all,
    }
    return render(request, "profiling/rule_cases.html", context)


def _units(request: HttpRequest, unit: Unit) -> tuple[list[Unit], bool]:
    is_all = request.GET.get("units") == "all"
    return (own_units(request) if is_all else [unit]), is_all


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked.isdecimal() and int(asked) in PERIODS else DEFAULT_PERIOD


def _scale(book: ledger.Ledger) -> float:
    """The share at the right end of all bars: what the highest interval needs, in steps of twenty percent."""
    shares = [line.tally.precision for line in book.lines if line.tally.inspected >= ledger.ENOUGH]
    highest = max((share.high for share in [*shares, book.sample.precision] if share is not None), default=0.4)
    return min(max(-(-highest // 0.2) * 0.2, 0.4), 1.0)


def _shown(line: Line | None, tally: Tally, scale: float, reasons: Mapping[str, int]) -> Shown:
    has_enough = tally.inspected >= ledger.ENOUGH
    share = tally.precision
    bar = None
    if share is not None and (has_enough or line is None):
        low, high = (100 * min(value / scale, 1) for value in (share.low, share.high))
        bar = EvidenceBar(low, high - low, 100 * min(share.value / scale, 1), line is not None and line.above_base)
    most = max(tally.weeks, default=0)
    width = 100 / len(tally.weeks) if tally.weeks else 100
    bars = [
        (place * width, 100 - (height := 100 * count / most if most else 0), height)
        for place, count in enumerate(tally.weeks)
    ]
    remark = REMARKS[line.remark] if line is not None and line.remark else None
    return Shown(line, tally, bar, bars, remark, _reasons(reasons), has_enough)


def _reasons(counted: Mapping[str, int]) -> list[tuple[Any, int]]:
    most_first = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [(Reason(code).label, count) for code, count in most_first]
