"""The figures as tables to take away: those of the page and nothing else, each rate with what it is of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from inspections.statistics.figures import Ending, GroupLine, Statistics
from inspections.statistics.question import ALL, BY, Question
from pcu.accounts.models import User
from pcu.desk.exports import Cell, Column, Kind, Report, Table
from profiling.cargo.choices import Mode
from profiling.rules.core.intervals import Share

RATE = Kind.PERCENT


def report_of(statistics: Statistics, user: User) -> Report:
    question = statistics.question
    return Report(
        name=f"statistics-{question.unit.code if question.unit else ALL}-{question.since}-{question.until}",
        title=_("Statistics"),
        by=str(user),
        facts=facts(question),
        tables=[
            _whole(statistics),
            _by_group(statistics.series, str(question.series.label), _("Through time")),
            *(
                [_by_group(statistics.groups, str(question.group.label), str(BY[question.group]))]
                if statistics.groups
                else []
            ),
            _endings(statistics.endings, _("How flags ended"), _("Disposition")),
            _endings(
                statistics.reasons,
                _("Why not examined"),
                _("Reason"),
                _("Reasons of the last decision; a case may have several."),
            ),
            _methods(statistics),
            _found(statistics),
            _amounts(statistics, "quantities", _("Quantities seized"), _("Quantity"), _("Unit of quantity")),
            _amounts(statistics, "values", _("Value of what was seized"), _("Estimated value"), _("Currency")),
            _agencies(statistics),
            _waiting(statistics),
        ],
    )


def facts(question: Question) -> list[tuple[str, str]]:
    """What the figures are of, in words."""
    return [
        (_("Unit"), question.unit.name if question.unit else _("all my units")),
        (
            _("Period"),
            _("%(since)s to %(until)s, %(days)d days in the zone of each unit")
            % {
                "since": date_format(question.since, "DATE_FORMAT"),
                "until": date_format(question.until, "DATE_FORMAT"),
                "days": question.days,
            },
        ),
        (_("Mode of transport"), str(Mode(question.mode).label) if question.mode else _("any")),
        (_("Rule"), question.rule or _("all rules")),
        (_("Counted"), _("Consignments by the day they were first scored, cases by the day they were opened.")),
        (_("Seizures, methods, teams"), _("From approved acts, as they were approved.")),
    ]


def _percent(part: Share | None) -> float | None:
    return None if part is None else 100 * part.value


def _interval(part: Share | None) -> tuple[float | None, float | None]:
    return (None, None) if part is None else (100 * part.low, 100 * part.high)


def _rate_columns() -> list[Column]:
    return [
        Column(_("Hit rate"), RATE),
        Column(_("Hit rate from (95 %)"), RATE),
        Column(_("Hit rate to (95 %)"), RATE),
    ]


def _whole(statistics: Statistics) -> Table:
    """The funnel, then the rates with what they are of."""
    tally, boxes = statistics.all, statistics.containers
    columns = [
        Column(_("Step"), Kind.TEXT),
        Column(_("Number")),
        Column(_("Of")),
        Column(_("Share"), RATE),
        Column(_("From (95 %)"), RATE),
        Column(_("To (95 %)"), RATE),
        Column(_("Containers")),
    ]

    def line(label: str, number: int, part: Share | None, containers: int | None = None) -> list[Cell]:
        return [label, number, part.n if part else None, _percent(part), *_interval(part), containers]

    rows = [
        line(_("Profiled: consignments"), tally.profiled, None, boxes.profiled),
        line(_("Selected of the consignments profiled"), tally.of_those_selected, tally.selection),
        line(_("Selected: cases"), tally.selected, None, boxes.selected),
        line(_("of them drawn at random"), tally.drawn, None),
        line(_("Examined: cases"), tally.examined, tally.examination, boxes.examined),
        line(_("Found: cases"), tally.found, tally.hit_rate, boxes.found),
        line(_("Seized: cases"), tally.seized, tally.seizure),
        line(_("Found by rules and lookouts, of examined"), tally.ruled_found, tally.ruled_hit_rate),
        line(_("Found in the random sample, of examined"), tally.drawn_found, tally.base_rate),
    ]
    return Table(_("From profiled to seized"), columns, rows)


def _by_group(lines: Sequence[GroupLine], head: str, title: str) -> Table:
    columns = [
        Column(head.capitalize(), Kind.TEXT),
        Column(_("Profiled")),
        Column(_("Selected")),
        Column(_("Examined")),
        Column(_("Found")),
        *_rate_columns(),
        Column(_("Seized")),
        Column(_("No examination")),
        Column(pgettext("cases", "Open")),
    ]
    rows = [
        [
            "\N{NO-BREAK SPACE}" * 2 * line.depth + line.label,
            line.tally.profiled,
            line.tally.selected,
            line.tally.examined,
            line.tally.found,
            _percent(line.tally.hit_rate),
            *_interval(line.tally.hit_rate),
            line.tally.seized,
            line.tally.no_examination,
            line.tally.open,
        ]
        for line in lines
    ]
    return Table(title, columns, rows)


def _endings(endings: Sequence[Ending], title: str, head: str, note: str = "") -> Table:
    columns = [Column(head, Kind.TEXT), Column(_("Cases")), Column(_("Of")), Column(_("Share"), RATE)]
    rows = [[one.label, one.count, one.share.n if one.share else None, _percent(one.share)] for one in endings]
    return Table(title, columns, rows, note)


def _methods(statistics: Statistics) -> Table:
    columns = [
        Column(_("Method"), Kind.TEXT),
        Column(_("Examined")),
        Column(_("Found")),
        *_rate_columns(),
        Column(_("Containers")),
    ]
    rows: list[list[Cell]] = [
        [line.label, line.examined, line.found, _percent(line.hit_rate), *_interval(line.hit_rate), line.containers]
        for line in statistics.methods
    ]
    return Table(_("Examined by method"), columns, rows, _("One examination may use several methods."))


def _found(statistics: Statistics) -> Table:
    columns = [Column(_("Kind"), Kind.TEXT), Column(_("Found")), Column(_("Seized")), Column(_("Seizures"))]
    rows: list[list[Cell]] = [[line.label, line.found, line.seized, line.seizures] for line in statistics.commodities]
    return Table(_("Findings and seizures"), columns, rows, _("Found and seized are cases."))


def _amounts(statistics: Statistics, which: str, title: str, head: str, unit: str) -> Table:
    columns = [Column(_("Kind"), Kind.TEXT), Column(head, Kind.NUMBER), Column(unit, Kind.TEXT)]
    rows: list[list[Cell]] = [
        [line.label, amount.sum, amount.label] for line in statistics.commodities for amount in getattr(line, which)
    ]
    return Table(title, columns, rows)


def _agencies(statistics: Statistics) -> Table:
    columns = [
        Column(_("Agency"), Kind.TEXT),
        Column(_("Officers")),
        Column(_("Examined")),
        Column(_("Found")),
        *_rate_columns(),
    ]
    rows: list[list[Cell]] = [
        [line.label, line.officers, line.examined, line.found, _percent(line.hit_rate), *_interval(line.hit_rate)]
        for line in statistics.agencies
    ]
    return Table(_("Who did the work"), columns, rows, _("Several agencies may take part in one examination."))


def _hours(length: timedelta | None) -> float | None:
    return None if length is None else length / timedelta(hours=1)


def _waiting(statistics: Statistics) -> Table:
    waited = statistics.waiting
    columns = [
        Column(_("From decision to examination"), Kind.TEXT),
        Column(_("Cases")),
        Column(_("Median, hours"), Kind.NUMBER),
        Column(_("Nine of ten within, hours"), Kind.NUMBER),
    ]
    row: list[Cell] = [_("All"), waited.count, _hours(waited.median), _hours(waited.nine_of_ten)]
    return Table(_("Time from decision to examination"), columns, [row])
