"""The ledger page: per rule what it brought, the random sample first, and the cases behind each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from pcu.desk import paging
from pcu.desk.units import current_unit, own_units
from profiling.cases import ledger, tuning
from profiling.cases.choices import Reason
from profiling.cases.errors import InvalidTuningError
from profiling.cases.ledger import Line, Tally
from profiling.cases.ledger_indicators import IndicatorLine, read_indicators
from profiling.cases.models import Case, TuningRequest
from profiling.rules.capacity import hands_of
from profiling.rules.core.evidence import Weighted
from profiling.rules.models import Rule
from profiling.web.people import person
from profiling.web.rule_tabs import say, tabs

PERIODS = {30: _("30 days"), 90: _("90 days"), 365: _("a year")}
DEFAULT_PERIOD = 90
CASES_SIZE = 50
REMARKS = {
    "noisy": (
        _("Noisy"),
        _("It takes much of the unit's work, and its interval still covers the random sample."),
        "bad",
    ),
    "drift": (_("Drift"), _("Its precision fell, and chance makes such a fall less than once in a hundred."), "warn"),
    "tuning": (_("Tuning asked for"), _("It works, and officers say it could be better."), ""),
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
    """A line as the page draws it; `line` is None for the random sample.

    may_write: the person may suspend the rule and answer what is asked of it; may_approve: renew and retire it.
    """

    line: Line | IndicatorLine | None
    tally: Tally
    bar: EvidenceBar | None
    bars: Sequence[tuple[float, float, float]]  # x, y, height in percent, one a week
    remark: tuple[Any, Any, str] | None
    reasons: Sequence[tuple[Any, int]]
    has_enough: bool
    may_write: bool = False
    may_approve: bool = False


@require_safe
def rule_ledger(request: HttpRequest) -> HttpResponse:
    """Of the chosen unit, or of all units one reads (`?units=all`), over `?days=`, by rule or `?by=indicator`."""
    unit = current_unit(request)
    if unit is None:
        raise Http404
    units, is_all = _units(request, unit)
    days = _days(request)
    until = timezone.now()
    since = until - timedelta(days=days)
    hands = hands_of(unit)
    book = ledger.read_ledger(unit=unit, units=units, since=since, until=until, hands=hands)
    by_indicator = request.GET.get("by") == "indicator"
    spoke = read_indicators(units=units, since=since, until=until, book=book) if by_indicator else []
    scale = _scale(book, [*(line.tally for line in book.lines), *(line.tally for line in spoke)])
    context = {
        "unit": unit,
        "book": book,
        "hands": hands if len(units) == 1 else None,
        "sample": _shown(None, book.sample, scale, {}, base=book.base),
        "by_indicator": by_indicator,
        "spoke": [_shown(line, line.tally, scale, {}) for line in spoke],
        "to_decide": [_acting(request, _shown(line, line.tally, scale, line.reasons)) for line in book.to_decide],
        "working": [_shown(line, line.tally, scale, line.reasons) for line in book.working],
        "scale": [(round(scale * 100 * part / 4), part * 25) for part in range(5)],
        "base": 100 * min(book.base.value / scale, 1) if book.base else None,
        "reasons": _reasons(book.reasons),
        "days": days,
        "periods": PERIODS,
        "is_all": is_all,
        "may_choose_all": len(own_units(request)) > 1,
        "enough": ledger.ENOUGH,
        "answer_longest": tuning.LONGEST,
        **tabs(request, "rule_ledger"),
    }
    return render(request, "profiling/ledger.html", context)


def _acting(request: HttpRequest, shown: Shown) -> Shown:
    scope, line = person(request).scope, shown.line
    assert isinstance(line, Line)
    return replace(
        shown,
        may_write=scope.allows(Capability.WRITE_RULES, line.rule.unit_id),
        may_approve=scope.allows(Capability.APPROVE_RULES, line.rule.unit_id),
    )


@require_POST
def answer_tuning(request: HttpRequest, unit: str, code: str) -> HttpResponse:
    """Answer what stands open of a rule, as far as the person reads the cases it was asked at."""
    user = person(request)
    rules = Rule.objects.visible_to(user).select_related("unit")
    rule: Rule = get_object_or_404(rules, unit__code=unit, code=code)
    try:
        number = tuning.close(
            requests=TuningRequest.objects.visible_to(user), rule=rule, user=user, answer=say(request, "answer")
        )
    except InvalidTuningError as error:
        messages.error(request, f"{rule.code}: {error.message}")
    else:
        messages.success(
            request, gettext("Requests answered for %(rule)s: %(number)d.") % {"rule": rule.code, "number": number}
        )
    return redirect("rule_ledger")


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


def _scale(book: ledger.Ledger, tallies: Sequence[Tally]) -> float:
    """The share at the right end of all bars: what the highest interval needs, in steps of twenty percent."""
    highs = [tally.precision.high for tally in tallies if tally.precision and tally.inspected >= ledger.ENOUGH]
    if book.base is not None:
        highs.append(book.base.high)
    highest = max(highs, default=0.4)
    return min(max(-(-highest // 0.2) * 0.2, 0.4), 1.0)


def _shown(
    line: Line | IndicatorLine | None,
    tally: Tally,
    scale: float,
    reasons: Mapping[str, int],
    *,
    base: Weighted | None = None,
) -> Shown:
    """`base` stands for the plain share of the random sample, whose draws weigh differently."""
    has_enough = tally.inspected >= ledger.ENOUGH
    share = tally.precision if line is not None else base
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
    remark = REMARKS[line.remark] if isinstance(line, Line) and line.remark else None
    return Shown(line, tally, bar, bars, remark, _reasons(reasons), has_enough)


def _reasons(counted: Mapping[str, int]) -> list[tuple[Any, int]]:
    most_first = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [(Reason(code).label, count) for code, count in most_first]
