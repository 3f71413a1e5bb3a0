"""Filters of seizures and of samples: one FilterSet for page and API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from inspections.models import Handover, ListedWord, Sample, Seizure
from pcu.desk.filters import MomentFilter
from profiling.cases.choices import Commodity
from profiling.parties.core.identity import plain_code


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SeizureFilterSet(filters.FilterSet):
    """Days are days of the zone that is active: the chosen unit's on pages, UTC in the API."""

    commodity = filters.ChoiceFilter(choices=Commodity.choices, label=_("Commodity"), empty_label=_("any"))
    since = filters.DateFilter(field_name="seized_at", lookup_expr="date__gte", label=_("From"), widget=_day())
    until = filters.DateFilter(field_name="seized_at", lookup_expr="date__lte", label=_("To"), widget=_day())
    unit = filters.CharFilter(field_name="unit__code", label=_("Unit"))
    q = filters.CharFilter(method="by_words", label=_("Seizure, container, case"))

    class Meta:
        model = Seizure
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        wanted = Q(number__icontains=value) | Q(case__number__icontains=value)
        if number := plain_code(value):
            wanted |= Q(line__visit__number__startswith=number)
        return queryset.filter(wanted)


class SeizureListFilterSet(SeizureFilterSet):
    """With the units of the person to choose from."""

    unit = filters.ChoiceFilter(field_name="unit__code", label=_("Unit"), empty_label=_("any"))

    def __init__(self, *args: Any, units: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].extra["choices"] = [(unit.code, unit.name) for unit in units]


class SeizureChanges(SeizureFilterSet):
    updated_since = MomentFilter(
        field_name="updated_at",
        lookup_expr="gte",
        label=_("Changed at this time or later (ISO 8601). Take it from the last row you read, not from your clock."),
    )
    case = filters.UUIDFilter(field_name="case__ref", label=_("Case"))
    line = filters.UUIDFilter(field_name="line__ref", label=_("Line of the inspection"))


class SampleFilterSet(filters.FilterSet):
    awaited = filters.BooleanFilter(method="by_awaited", label=_("No result yet"))
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lt", label=_("Result due before this day"))
    seizure = filters.UUIDFilter(field_name="seizure__ref", label=_("Seizure"))

    class Meta:
        model = Sample
        fields: list[str] = []

    def by_awaited(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        return queryset.filter(verdict="") if value else queryset.exclude(verdict="")


class HandoverFilterSet(filters.FilterSet):
    seizure = filters.UUIDFilter(field_name="seizure__ref", label=_("Seizure"))

    class Meta:
        model = Handover
        fields: list[str] = []


class WordFilterSet(filters.FilterSet):
    list = filters.ChoiceFilter(choices=ListedWord.List.choices, label=_("List"))
    country = filters.CharFilter(field_name="unit__code", label=_("Country code"))
    retired = filters.BooleanFilter(field_name="retired_at", lookup_expr="isnull", exclude=True, label=_("Retired"))

    class Meta:
        model = ListedWord
        fields: list[str] = []
