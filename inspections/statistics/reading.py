"""Reads the figures of a question and gives them their labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inspections.facts import unit_label
from inspections.statistics import counting
from inspections.statistics.figures import (
    AgencyLine,
    Amount,
    CommodityLine,
    Containers,
    Ending,
    GroupLine,
    MethodLine,
    Statistics,
    Tally,
    Waiting,
)
from inspections.statistics.question import TIMES, Group, Question
from pcu.accounts.roles import Agency
from profiling.cargo.choices import Mode
from profiling.cases.choices import Commodity, Disposition, Method, Reason
from profiling.rules.core.intervals import share


def read_statistics(question: Question) -> Statistics:
    """All of it. The caller has cut the units to what the person may read."""
    asked = counting.asked(question)
    everything = _tallies(asked, None).get("", Tally())
    in_time = _tallies(asked, question.series)
    groups = [] if question.group in TIMES else _groups(question, _tallies(asked, question.group))
    endings, reasons = _endings(asked, everything)
    count, median, nine_of_ten = counting.waiting(asked)
    return Statistics(
        question=question,
        all=everything,
        containers=Containers(*counting.containers(asked)),
        series=[
            GroupLine(day.isoformat(), _period(day, question), in_time.get(day.isoformat(), Tally()))
            for day in _steps(question)
        ],
        groups=groups,
        methods=_methods(asked),
        commodities=_commodities(asked),
        endings=endings,
        reasons=reasons,
        agencies=[
            AgencyLine(agency, _word(Agency, agency), *counts)
            for agency, *counts in sorted(counting.agencies(asked), key=lambda row: (-row[2], row[0]))
        ],
        waiting=Waiting(count, _seconds(median), _seconds(nine_of_ten)),
    )


def _seconds(number: float | None) -> timedelta | None:
    return None if number is None else timedelta(seconds=number)


def _word(words: Any, code: str) -> str:
    """The label of a code; the code itself where it is none of ours."""
    return str(words(code).label) if code in words.values else code


def _tallies(asked: Mapping[str, Any], group: Group | None) -> dict[str, Tally]:
    seen = {key: counts for key, *counts in counting.profiled(asked, group)}
    cases = {key: counts for key, *counts in counting.cases(asked, group)}
    nothing = [0] * 12
    return {key: Tally(*seen.get(key, [0, 0]), *cases.get(key, nothing)) for key in {*seen, *cases}}


# ---- groups


def _steps(question: Question) -> Iterator[date]:
    """The first day of every step, those without any figures as well."""
    day = _first_of(question.since, question.series)
    while day <= question.until:
        yield day
        day = _first_of(day + _LONGER[question.series], question.series)


# Enough to reach the next step, and never the one after it.
_LONGER = {Group.DAY: timedelta(days=1), Group.WEEK: timedelta(days=7), Group.MONTH: timedelta(days=31)}


def _first_of(day: date, step: Group) -> date:
    if step is Group.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step is Group.MONTH else day


def _period(day: date, question: Question) -> str:
    """What a step is called; of one cut by the ends of the period, the days that count."""
    if question.series is Group.DAY:
        return date_format(day, "DATE_FORMAT")
    if question.series is Group.MONTH:
        return date_format(day, "YEAR_MONTH_FORMAT")
    first, last = max(day, question.since), min(day + timedelta(days=6), question.until)
    return f"{date_format(first, 'MONTH_DAY_FORMAT')} – {date_format(last, 'MONTH_DAY_FORMAT')}"


def _groups(question: Question, tallies: Mapping[str, Tally]) -> list[GroupLine]:
    match question.group:
        case Group.UNIT:
            return _unit_tree(question, tallies)
        case Group.MODE:
            lines = [GroupLine(key, _word(Mode, key) or _("not said"), tally) for key, tally in tallies.items()]
        case _:
            lines = [GroupLine(key, key, tally) for key, tally in tallies.items()]
    return sorted(lines, key=lambda line: (-line.tally.selected, -line.tally.profiled, line.key))


def _unit_tree(question: Question, tallies: Mapping[str, Tally]) -> list[GroupLine]:
    """Every unit below the one asked for, in tree order; what lies above others holds their sum."""
    top = min((unit.path.count("/") for unit in question.units), default=0)
    lines = []
    for unit in question.units:
        tally = Tally()
        for below in question.units:
            if below.path.startswith(unit.path):
                tally += tallies.get(str(below.pk), Tally())
        lines.append(GroupLine(unit.code, unit.name, tally, unit.path.count("/") - top))
    return lines


# ---- methods, goods, endings


def _methods(asked: Mapping[str, Any]) -> list[MethodLine]:
    """Lightest first, those not used left out."""
    counted = {method: counts for method, *counts in counting.methods(asked)}
    known = [method for method in Method.values if method in counted]
    others = sorted(set(counted) - set(known))
    return [MethodLine(method, _word(Method, method), *counted[method]) for method in [*known, *others]]


def _commodities(asked: Mapping[str, Any]) -> list[CommodityLine]:
    """Most found first. Sums are kept apart by unit of quantity and by currency."""
    found: dict[str, int] = defaultdict(int)
    seized: dict[str, tuple[int, int]] = {}
    sums: dict[tuple[str, str], list[Amount]] = defaultdict(list)
    for what, kind, cases, seizures, unit, amount in counting.commodities(asked):
        match what:
            case "found":
                found[kind] = cases
            case "seized":
                seized[kind] = (cases, seizures)
            case "quantity":
                sums["quantity", kind].append(Amount(amount, unit, unit_label(unit)))
            case "money":
                sums["quantity", kind].append(Amount(amount, unit, unit))
            case _:
                sums["value", kind].append(Amount(amount, unit, unit))
    lines = [
        CommodityLine(
            kind,
            _word(Commodity, kind) or _("not said"),
            found[kind],
            *seized.get(kind, (0, 0)),
            quantities=_largest_first(sums["quantity", kind]),
            values=_largest_first(sums["value", kind]),
        )
        for kind in {*found, *seized}
    ]
    return sorted(lines, key=lambda line: (-line.found, -line.seized, line.commodity))


def _largest_first(amounts: list[Amount]) -> list[Amount]:
    return sorted(amounts, key=lambda amount: (-amount.sum, amount.unit))


def _endings(asked: Mapping[str, Any], tally: Tally) -> tuple[list[Ending], list[Ending]]:
    """How flags ended, what is open last; and why cases were not examined, most frequent first."""
    counted: dict[str, dict[str, int]] = {"disposition": {}, "reason": {}}
    for what, code, count in counting.endings(asked):
        counted[what][code] = count
    closed = counted["disposition"]
    endings = [
        Ending(code, _word(Disposition, code), closed[code], share(closed[code], tally.selected))
        for code in (*Disposition.values, "")
        if code in closed
    ]
    if tally.open:
        endings.append(Ending("open", _("still open"), tally.open, share(tally.open, tally.selected)))
    reasons = [
        Ending(code, _word(Reason, code), count, share(count, tally.no_examination))
        for code, count in sorted(counted["reason"].items(), key=lambda one: (-one[1], one[0]))
    ]
    return endings, reasons
