"""A back-test as tables: the measures of its page, and the files that are made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from pcu.accounts.models import Unit, User
from pcu.desk.exports import Column, Kind, Report, Table
from profiling.rules.core.comparison import Comparison, Measures, SideMeasures
from profiling.web.backtest_chart import Measure, flags_a_day


def measures_of(comparison: Comparison, measured: Measures) -> list[Measure]:
    """What stands beside the curve, live and draft."""
    live, draft = measured.live, measured.draft

    def row(label: object, of: Callable[[SideMeasures], float | None], kind: str, better: int = 0) -> Measure:
        return Measure(label, of(live), of(draft), kind, better)

    days = comparison.days
    return [
        row(gettext_lazy("Known finds caught"), lambda side: side.at.inspected.found, "average", 1),
        row(gettext_lazy("Share of known finds"), lambda side: side.at.recall, "share", 1),
        row(gettext_lazy("Precision of those inspected"), lambda side: side.at.precision, "share", 1),
        row(gettext_lazy("Caught only by it"), lambda side: side.only, "average"),
        row(gettext_lazy("Clean, inspected in vain"), lambda side: side.at.inspected.clean, "average", -1),
        row(gettext_lazy("Never inspected so far"), lambda side: side.at.inspected.never, "average"),
        row(gettext_lazy("Flags a day"), lambda side: flags_a_day(side, days), "average", -1),
    ]


def report_of(comparison: Comparison, measured: Measures, lanes: Mapping[str, str], *, unit: Unit, by: User) -> Report:
    """The measures, the lane changes, the rules and both curves."""
    live, draft = measured.live.side, measured.draft.side
    facts = [
        (_("Unit"), unit.name),
        (_("Draft release"), draft.name),
        (_("Live release"), live.name),
        (_("From"), comparison.since.astimezone(unit.zone).strftime("%Y-%m-%d")),
        (_("To"), comparison.until.astimezone(unit.zone).strftime("%Y-%m-%d")),
        (_("Inspections in the period"), str(measured.capacity)),
    ]
    recall = _("Only known finds count: what nobody opened is neither found nor clean.")
    return Report(
        name=f"back-test-{unit.code}".lower(),
        title=_("Back-test: %(draft)s against %(live)s") % {"draft": draft.name, "live": live.name},
        by=str(by),
        facts=facts,
        tables=[
            Table(
                _("At the capacity"),
                [Column(_("Measure"), Kind.TEXT), Column(live.name, Kind.NUMBER), Column(draft.name, Kind.NUMBER)],
                [
                    (str(one.label), _written(one.live), _written(one.draft))
                    for one in measures_of(comparison, measured)
                ],
                recall,
            ),
            Table(
                _("Lane changes"),
                [
                    Column(_("Lane of the live release"), Kind.TEXT),
                    Column(_("Lane of the draft"), Kind.TEXT),
                    Column(pgettext("cases", "found")),
                    Column(pgettext("cases", "clean")),
                    Column(_("never inspected")),
                ],
                [
                    (
                        lanes.get(before, before),
                        lanes.get(after, after),
                        int(cell.found),
                        int(cell.clean),
                        int(cell.never),
                    )
                    for before, cells in zip(live.lanes, measured.matrix, strict=True)
                    for after, cell in zip(draft.lanes, cells, strict=True)
                ],
            ),
            Table(
                _("Rules of the draft"),
                [
                    Column(_("Rule"), Kind.TEXT),
                    Column(_("Title"), Kind.TEXT),
                    Column(_("Points in the live release")),
                    Column(_("Points")),
                    Column(_("Fired")),
                    Column(pgettext("cases", "found")),
                    Column(pgettext("cases", "clean")),
                    Column(_("never inspected")),
                    Column(_("Found by it alone")),
                ],
                [
                    (
                        rule.code,
                        rule.title,
                        old,
                        rule.points,
                        int(line.fired.total),
                        int(line.fired.found),
                        int(line.fired.clean),
                        int(line.fired.never),
                        line.unique,
                    )
                    for rule, line, old in measured.lines
                ],
            ),
            *(_curve(side) for side in (measured.live, measured.draft)),
        ],
    )


def _written(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _curve(side: SideMeasures) -> Table:
    title = _("Finds caught: %(release)s") % {"release": side.side.name}
    heads = [Column(_("Inspected"), Kind.PERCENT), Column(_("Known finds caught"), Kind.PERCENT)]
    return Table(title, heads, [(round(100 * one.share, 3), round(100 * one.recall, 2)) for one in side.curve])
