"""A rule tried on the past while it is written: the panel beside the editor.

`panel` answers for whatever is being written; the page that embeds it posts its form to `rule_preview` and puts the
answer (templates/rules/preview.html) in the place of the panel, which always has the same order: how many, what came of
them, how often rightly, what nobody else finds, the work, the lanes, what fires beside it, the weeks, examples to open.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from pcu.accounts.models import Unit, User
from pcu.desk.units import current_unit
from profiling.cases import snapshots
from profiling.rules import trying
from profiling.rules.capacity import hands_of, shifts_between
from profiling.rules.condition_errors import sentence_of
from profiling.rules.core.checking import InvalidConditionError
from profiling.rules.core.groups import Outcome
from profiling.rules.core.intervals import Share, share
from profiling.rules.core.scoring import MAX_POINTS, MIN_POINTS
from profiling.rules.core.tried import Example, Tried
from profiling.rules.models import Assessment, Lane, PastRecord
from profiling.rules.services import lanes_of
from profiling.web.people import person

PERIODS = {30: gettext_lazy("last 30 days"), 90: gettext_lazy("last 90 days"), 365: gettext_lazy("last year")}
DEFAULT_PERIOD = 90
OUTCOMES = {
    Outcome.FOUND: pgettext_lazy("cases", "found"),
    Outcome.CLEAN: pgettext_lazy("cases", "clean"),
    Outcome.NEVER: gettext_lazy("never inspected"),
}
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Shown:
    """An example as a link: what it is, when it came, where it stands; no address where nobody may open it."""

    label: str
    who: str
    moment: datetime
    url_name: str
    ref: Any


@dataclass(frozen=True, slots=True)
class Bar:
    """Percent of a drawing: from, width."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A Wilson interval, its point and the random sample on one scale, percent of the drawing."""

    low: float
    width: float
    point: float
    base: float | None
    is_above: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel shows. errors: (place in what was given, sentence); with any of them there is nothing else."""

    unit: Unit
    days: int
    errors: Sequence[tuple[str, str]] = ()
    tried: Tried | None = None
    missing: str = ""
    seconds: float = 0
    made_at: datetime | None = None
    split: Sequence[tuple[Outcome, Any, int, Bar]] = ()
    precision: Share | None = None
    interval: Interval | None = None
    alone: Share | None = None
    work: tuple[float, float] | None = None
    hands: int | None = None
    work_bars: Mapping[str, float] | None = None
    lanes: Sequence[tuple[Lane, int]] = ()
    together: Sequence[tuple[str, str, int, float]] = ()
    weeks: Sequence[tuple[float, float, float, int]] = ()
    examples: Sequence[tuple[Any, int, Sequence[Shown]]] = ()


@require_POST
def rule_preview(request: HttpRequest) -> HttpResponse:
    """The panel for what is posted: `condition` and `exceptions` as JSON, `points`, `code`, `days`."""
    unit = current_unit(request)
    if unit is None:
        raise Http404
    said = request.POST
    errors: list[tuple[str, str]] = []
    condition = _json(said.get("condition", ""), "/condition", errors)
    exceptions = _json(said.get("exceptions") or "[]", "/exceptions", errors)
    points = _points(said.get("points", "0"), errors)
    days = _days(said.get("days", ""))
    if errors:
        return render(request, "rules/preview.html", {"panel": Panel(unit, days, errors)}, status=UNPROCESSABLE)
    shown = panel(
        user=person(request),
        unit=unit,
        code=said.get("code", ""),
        condition=condition,
        exceptions=exceptions,
        points=points,
        days=days,
    )
    context = {"panel": shown, "periods": PERIODS}
    return render(request, "rules/preview.html", context, status=UNPROCESSABLE if shown.errors else 200)


def panel(
    *,
    user: User,
    unit: Unit,
    code: str,
    condition: object,
    exceptions: object,
    points: int,
    days: int = DEFAULT_PERIOD,
) -> Panel:
    """What a rule would have fired for at the unit, for one who reads it; `code`: of the rule it would replace."""
    until = timezone.now()
    since = until - timedelta(days=days)
    started = time.perf_counter()
    try:
        tried = snapshots.on_past(
            [unit],
            lambda units: trying.try_rule(
                unit=unit,
                units=units,
                code=code,
                condition=condition,
                exceptions=exceptions,
                points=points,
                since=since,
                until=until,
            ),
        )
    except InvalidConditionError as error:
        return Panel(unit, days, [(one.path, sentence_of(one)) for one in error.errors])
    except snapshots.NotReadyError:
        return Panel(unit, days, missing=_("The past of this unit is being prepared. Try again in a few minutes."))
    seconds = time.perf_counter() - started
    return _laid_out(user, unit, days, tried, seconds, since, until)


def _laid_out(
    user: User, unit: Unit, days: int, tried: Tried, seconds: float, since: datetime, until: datetime
) -> Panel:
    fired = tried.fired
    counts = {Outcome.FOUND: fired.found, Outcome.CLEAN: fired.clean, Outcome.NEVER: fired.never}
    split, at = [], 0.0
    for outcome, number in counts.items():
        width = 100 * number / fired.total if fired.total else 0
        split.append((outcome, OUTCOMES[outcome], int(number), Bar(at, width)))
        at += width
    precision = share(int(fired.found), int(fired.inspected))
    stated = hands_of(unit)
    shifts = shifts_between(since, until, stated)
    work = (tried.work[0] / shifts, tried.work[1] / shifts)
    hands = stated.inspections if stated else None
    by_code = {lane.code: lane for lane in lanes_of(unit)}
    most = max(tried.weeks, default=0)
    width = 100 / len(tried.weeks) if tried.weeks else 100
    return Panel(
        unit=unit,
        days=days,
        tried=tried,
        seconds=seconds,
        made_at=snapshots.made_at(unit.pk),
        split=split,
        precision=precision,
        interval=_interval(precision, tried),
        alone=share(int(tried.alone.total), int(fired.total)),
        work=work,
        hands=hands,
        work_bars=_work_bars(work, hands),
        lanes=[(by_code[code], number) for code, number in tried.lanes.items() if number and code in by_code],
        together=[(rule.code, rule.title, number, number / fired.total) for rule, number in list(tried.together)[:6]],
        weeks=[
            (place * width, 100 - (height := 100 * number / most if most else 0), height, number)
            for place, number in enumerate(tried.weeks)
        ],
        examples=_examples(user, tried, counts),
    )


def _interval(precision: Share | None, tried: Tried) -> Interval | None:
    if precision is None:
        return None
    base = tried.base.value if tried.base else None
    scale = min(max(precision.high, (base or 0) * 1.5, 0.1), 1.0)
    low, high, point = (100 * min(value / scale, 1) for value in (precision.low, precision.high, precision.value))
    above = base is not None and precision.low > base
    return Interval(low, high - low, point, 100 * min(base / scale, 1) if base is not None else None, above)


def _work_bars(work: tuple[float, float], hands: int | None) -> dict[str, float]:
    now, then = work
    scale = max(now, then, hands or 0) * 1.1 or 1
    return {
        "now": 100 * min(now, then) / scale,
        "more": 100 * abs(then - now) / scale,
        "hands": 100 * hands / scale if hands else 0,
    }


def _examples(user: User, tried: Tried, counts: Mapping[Outcome, float]) -> list[tuple[Any, int, list[Shown]]]:
    """The newest of each outcome that the person may open. Two queries."""
    given = [one for shown in tried.examples.values() for one in shown]
    related = ("version__consignment", "visit", "version__consignment__call")
    seen = {
        one.pk: one
        for one in Assessment.objects.visible_to(user)
        .filter(pk__in=[one.id for one in given if not one.past])
        .select_related(*related)
    }
    imported = {
        one.pk: one
        for one in PastRecord.objects.visible_to(user)
        .filter(pk__in=[one.id for one in given if one.past])
        .select_related("source")
    }

    def shown(one: Example) -> Shown | None:
        if one.past:
            record = imported.get(one.id)
            if record is None:
                return None
            line = _("line %(number)s") % {"number": record.row}
            return Shown(record.source.name, line, one.moment, "", None)
        found = seen.get(one.id)
        if found is None:
            return None
        if found.version is None:
            return Shown(found.visit.number, "", one.moment, "visit", found.visit.ref)
        consignment = found.version.consignment
        return Shown(consignment.document_no, consignment.call.label, one.moment, "consignment", consignment.ref)

    return [
        (OUTCOMES[outcome], int(counts[outcome]), [made for one in examples if (made := shown(one))])
        for outcome, examples in sorted(tried.examples.items(), reverse=True)
    ]


def _json(text: str, place: str, errors: list[tuple[str, str]]) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        errors.append((place, _("This cannot be read as JSON: %(error)s.") % {"error": error}))
        return None


def _points(text: str, errors: list[tuple[str, str]]) -> int:
    try:
        points = int(text.strip().replace("−", "-") or "0")
    except ValueError:
        points = MAX_POINTS + 1
    if not MIN_POINTS <= points <= MAX_POINTS:
        limits = {"low": MIN_POINTS, "high": MAX_POINTS}
        errors.append(("/points", _("Points are a whole number from %(low)s to %(high)s.") % limits))
    return points


def _days(text: str) -> int:
    return int(text) if text.isdecimal() and int(text) in PERIODS else DEFAULT_PERIOD
