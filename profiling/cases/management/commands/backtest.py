"""A release tried on the past, on the command line: `manage.py backtest ALT "KZ 2" --days 90`.

The same figures as the page. `--points R-014=45` and `--lane red=60` move what the page moves.
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from pcu.accounts.models import Unit
from profiling.cases import snapshots
from profiling.rules import backtests
from profiling.rules.core.comparison import Measures, SideMeasures, measure
from profiling.rules.core.groups import Split
from profiling.rules.models import Release
from profiling.rules.services import NoLiveReleaseError, live_release


class Command(BaseCommand):
    help = "Try a release on the past of a unit, beside the release that is live there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("unit", help="code of a unit or a node; the past of the units below a node counts")
        parser.add_argument("release", help="name of the release that is tried")
        parser.add_argument("--against", help="name of another release instead of the one that is live")
        parser.add_argument("--days", type=int, default=90, help="how many days back (default: 90)")
        parser.add_argument("--since", help="first day, YYYY-MM-DD, by the clock of the unit, instead of --days")
        parser.add_argument("--until", help="last day")
        parser.add_argument("--capacity", type=int, action="append", help="inspections in the period; may be repeated")
        parser.add_argument("--points", action="append", default=[], metavar="RULE=POINTS")
        parser.add_argument("--lane", action="append", default=[], metavar="LANE=POINTS")

    def handle(self, *args: Any, **options: Any) -> None:
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"There is no unit {options['unit']}.")
        draft = self._release(unit, options["release"])
        try:
            live = self._release(unit, options["against"]) if options["against"] else live_release(unit)
        except NoLiveReleaseError as error:
            raise CommandError(str(error)) from error
        since, until = _period(unit, options)
        nodes = list(Unit.objects.filter(path__startswith=unit.path))
        for node in nodes:
            snapshots.refresh(node)
        compared = backtests.compare(
            draft=draft, live=live, unit=unit, units=[node.pk for node in nodes], since=since, until=until
        )
        try:
            moved = compared.draft.changed(_pairs(options["points"]), _pairs(options["lane"]))
        except ValueError as error:
            raise CommandError(str(error)) from error
        total = compared.groups.split()
        self.stdout.write(
            f"{unit.code}, {since:%Y-%m-%d} to {until:%Y-%m-%d}: {_told(total)}; {len(compared.groups):,} groups"
        )
        shares = (0.01, 0.02, 0.05, 0.1, 0.2)
        for capacity in options["capacity"] or [max(round(total.total * share), 1) for share in shares]:
            self._at(measure(compared, draft=moved, capacity=capacity))
        self._rules(measure(compared, draft=moved, capacity=0))

    def _release(self, unit: Unit, name: str) -> Release:
        found = Release.objects.filter(unit__in=unit.ancestors_and_self(), name=name).select_related("unit").first()
        if found is None:
            raise CommandError(f"No release {name} applies to {unit.code}.")
        release: Release = found
        return release

    def _at(self, told: Measures) -> None:
        part = told.capacity / told.total.total if told.total.total else 0
        self.stdout.write(f"\n{told.capacity:,} inspections, {part:.1%}")
        for side in (told.live, told.draft):
            self.stdout.write(f"  {side.side.name:<16} {_caught(side)}")
        self.stdout.write(f"  known finds won {told.moved.gained:.1f}, lost {told.moved.lost:.1f}")

    def _rules(self, told: Measures) -> None:
        self.stdout.write("\nrules of the release: fired, found of inspected, never inspected, found by it alone")
        for rule, line, old in told.lines:
            was = "new" if old is None else f"was {old:+d}" if old != rule.points else ""
            fired = line.fired
            self.stdout.write(
                f"  {rule.code:<20} {rule.points:+4d} {was:<9} {fired.total:>9,.0f} {fired.found:>7,.0f} of "
                f"{fired.inspected:>7,.0f} {fired.never:>9,.0f} {line.unique:>7,}"
            )
        if told.unflagged:
            one = told.unflagged
            self.stdout.write(
                f"random sample of what neither flags: {one.found} found of {one.opened}, "
                f"{one.value:.2%} ({one.low:.2%} to {one.high:.2%})"
            )


def _period(unit: Unit, options: dict[str, Any]) -> tuple[datetime, datetime]:
    if not options["since"] and not options["until"]:
        until = timezone.now()
        return until - timedelta(days=options["days"]), until
    try:
        first, last = parse_date(options["since"] or ""), parse_date(options["until"] or "")
    except ValueError:
        first = last = None
    if first is None or last is None or first > last:
        raise CommandError("A period has a first and a last day, YYYY-MM-DD, the first not after the last.")
    return (
        datetime.combine(first, time(), tzinfo=unit.zone),
        datetime.combine(last + timedelta(days=1), time(), tzinfo=unit.zone),
    )


def _pairs(given: list[str]) -> dict[str, int]:
    found = {}
    for text in given:
        name, _sign, points = text.partition("=")
        try:
            found[name] = int(points)
        except ValueError:
            raise CommandError(f"{text}: a name, = and a whole number of points.") from None
    return found


def _told(split: Split) -> str:
    return (
        f"{split.total:,.0f} subjects, {split.found:,.0f} found, {split.clean:,.0f} clean, "
        f"{split.never:,.0f} never inspected"
    )


def _caught(side: SideMeasures) -> str:
    at = side.at
    recall = f"{at.recall:.1%} of known finds" if at.recall is not None else "no find is known"
    precision = f"{at.precision:.1%} of those inspected" if at.precision is not None else "none was inspected"
    tie = f"; {at.room:,} of {at.tied:,} tied at {at.lowest} points" if at.is_tied else ""
    return f"{at.inspected.found:>8.1f} finds ({recall}), precision {precision}{tie}"
