"""Filters of submitted acts: one FilterSet for the pages and the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from inspections.choices import State
from inspections.models import InspectionLine, Report
from profiling.cases.choices import Result
from profiling.parties.core.identity import plain_code


def waiting(reports: QuerySet[Any]) -> QuerySet[Any]:
    """Those that wait for a review: the latest of an act that is submitted, not decided."""
    later = Report.objects.filter(inspection=OuterRef("inspection"), number__gt=OuterRef("number"))
    return reports.filter(~Exists(later), inspection__state=State.SUBMITTED, review=None)


class ReportFilterSet(filters.FilterSet):
    q = filters.CharFilter(method="by_words", label=_("Container, inspection, case"))
    result = filters.ChoiceFilter(choices=Result.choices, method="by_result", label=_("Result"), empty_label=_("any"))
    waiting = filters.BooleanFilter(method="by_waiting", label=_("Waits for a review"))
    inspection = filters.UUIDFilter(field_name="inspection__ref", label=_("Inspection"))

    class Meta:
        model = Report
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """A part of the number of the inspection or of the case, or the beginning of that of the equipment."""
        wanted = Q(inspection__number__icontains=value) | Q(inspection__case__number__icontains=value)
        if number := plain_code(value):
            lines = InspectionLine.objects.filter(inspection=OuterRef("inspection"), visit__number__startswith=number)
            wanted |= Q(Exists(lines))
        return queryset.filter(wanted)

    def by_result(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Found where any line says so, clean where none does."""
        found = Q(content__lines__contains=[{"result": Result.FOUND.value}])
        return queryset.filter(found if value == Result.FOUND else ~found)

    def by_waiting(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        found = waiting(queryset)
        return found if value else queryset.exclude(pk__in=found.values("pk"))
