"""The submitted acts that wait for a review, oldest first, as one reviewer sees them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from inspections.models import InspectionLine, Report, Seizure
from inspections.participation import Part, took_part
from inspections.review_filters import ReportFilterSet, waiting
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from pcu.desk import paging, times
from profiling.cases.choices import Commodity, Result

MOST = 200
"""How many are shown; a queue that long needs hands, not paging."""

_KEPT = ("show", "q", "result")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the queue. `part`: how the reader took part, None for one that they may decide."""

    report: Report
    lines: Sequence[InspectionLine]
    seizures: Sequence[Seizure]
    part: Part | None

    @property
    def hides_name(self) -> bool:
        """A blind second look shows no author, save to those who took part."""
        return self.report.blind and self.part is None

    @property
    def is_today(self) -> bool:
        zone = times.zone_of(self.report.inspection.unit)
        return timezone.localdate(self.report.submitted_at, zone) == timezone.localdate(timezone=zone)

    @property
    def equipment(self) -> str:
        return self.lines[0].visit.number if self.lines else ""

    @property
    def others(self) -> int:
        return max(0, len(self.lines) - 1)

    @property
    def is_found(self) -> bool:
        return any(line.result == Result.FOUND for line in self.lines)

    @property
    def commodities(self) -> str:
        codes = dict.fromkeys(seizure.commodity for seizure in self.seizures)
        return ", ".join(str(Commodity(code).label) for code in codes)


class ReviewQueue:
    """What waits in the units where the reader reviews, as the address narrows it."""

    def __init__(self, user: User, query: QueryDict) -> None:
        self.user = user
        self.query = paging.kept(query)
        for name in [name for name in self.query if name not in _KEPT]:
            del self.query[name]
        self.shows_all = self.query.get("show") == "all"

    @cached_property
    def filters(self) -> ReportFilterSet:
        units = self.user.scope.units(Capability.REVIEW)
        reports = waiting(Report.objects.visible_to(self.user).filter(inspection__unit__in=units))
        return ReportFilterSet(self.query, queryset=reports)

    @cached_property
    def everything(self) -> list[Entry]:
        """All that waits and fits the filters, whether or not the reader may decide it."""
        reports = list(_with_facts(self.filters.qs)[:MOST])
        parts = took_part([report.inspection for report in reports])
        return [
            Entry(
                report=report,
                lines=list(report.inspection.lines.all()),
                seizures=list(report.inspection.seizures.all()),
                part=parts[report.inspection_id].get(self.user.pk),
            )
            for report in reports
        ]

    @cached_property
    def entries(self) -> list[Entry]:
        return [entry for entry in self.everything if self.shows_all or entry.part is None]

    @property
    def hidden(self) -> Sequence[tuple[Part, int]]:
        """How many are not shown to the reader, by the way in which they took part."""
        if self.shows_all:
            return ()
        return Counter(entry.part for entry in self.everything if entry.part is not None).most_common()

    @property
    def suffix(self) -> str:
        return _written(self.query)

    @property
    def tab_prefix(self) -> str:
        """What stands before one more parameter of the address."""
        return f"{self.suffix}&" if self.suffix else "?"

    @property
    def address(self) -> str:
        return reverse("review") + self.suffix

    @property
    def mine_address(self) -> str:
        return reverse("review") + _written(self.query, show="")

    @property
    def all_address(self) -> str:
        return reverse("review") + _written(self.query, show="all")

    def address_of(self, entry: Entry | None) -> str:
        return reverse("review_report", args=[entry.report.ref]) + self.suffix if entry else self.address

    def neighbours(self, report: Report) -> tuple[Entry | None, Entry | None]:
        """The entries before and after a report in the order of the queue, whether or not it is still in it."""
        before = [entry for entry in self.entries if _place(entry.report) < _place(report)]
        after = [entry for entry in self.entries if _place(entry.report) > _place(report)]
        return (before[-1] if before else None), (after[0] if after else None)

    def next_to_decide(self, report: Report) -> Entry | None:
        """Where to go on after deciding: the next one, else the oldest that is left."""
        mine = [entry for entry in self.everything if entry.part is None and entry.report.pk != report.pk]
        return next((entry for entry in mine if _place(entry.report) > _place(report)), mine[0] if mine else None)


def _written(query: QueryDict, **changed: str) -> str:
    asked = query.copy()
    for name, value in changed.items():
        asked[name] = value
    kept = paging.kept(asked)
    return f"?{kept.urlencode()}" if kept else ""


def _place(report: Report) -> tuple[Any, int]:
    return report.submitted_at, report.pk


def _with_facts(reports: QuerySet[Any]) -> QuerySet[Any]:
    """With what a row shows. While an act waits its rows cannot change, so they say what the report says."""
    return (
        reports.defer("content")
        .select_related("submitted_by", "inspection__unit", "inspection__case")
        .prefetch_related(
            Prefetch("inspection__lines", InspectionLine.objects.select_related("visit")),
            Prefetch("inspection__seizures", Seizure.objects.filter(removed_at=None)),
        )
        .order_by("submitted_at", "pk")
    )
