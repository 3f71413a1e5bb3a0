"""Filters of examinations: one FilterSet for the page and the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from inspections.acts import EDITABLE
from inspections.choices import State
from inspections.models import Inspection, Photo
from pcu.desk.filters import MomentFilter


def overdue() -> Q:
    """Not begun at the time it was planned for, or not done when the time of its case is over."""
    return Q(state=State.PLANNED, planned_for__lt=Now()) | Q(state__in=EDITABLE, case__due_at__lt=Now())


class YesOrNo(forms.Select):
    """Yes, no, or any where it is not said."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, choices=[("", _("any")), ("true", _("yes")), ("false", _("no"))])


class InspectionFilterSet(filters.FilterSet):
    """Examinations; the order is the caller's."""

    state = filters.ChoiceFilter(choices=State.choices, label=_("State"), empty_label=_("any"))
    mine = filters.BooleanFilter(method="by_mine", label=_("I take part"), widget=YesOrNo)
    overdue = filters.BooleanFilter(method="by_overdue", label=_("Overdue"), widget=YesOrNo)

    class Meta:
        model = Inspection
        fields: list[str] = []

    def by_mine(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        mine = Q(pk__in=Inspection.objects.filter(team__user=self.request.user).values("pk"))
        return queryset.filter(mine if value else ~mine)

    def by_overdue(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        late = Q(pk__in=Inspection.objects.filter(overdue()).values("pk"))
        return queryset.filter(late if value else ~late)


class InspectionChanges(InspectionFilterSet):
    """With what only machines ask for."""

    updated_since = MomentFilter(
        field_name="updated_at",
        lookup_expr="gte",
        label=_("Changed at this time or later (ISO 8601). Take it from the last row you read, not from your clock."),
    )
    unit = filters.CharFilter(field_name="unit__code", label=_("Unit code"))
    case = filters.UUIDFilter(field_name="case__ref", label=_("Case"))


class PhotoChanges(filters.FilterSet):
    inspection = filters.UUIDFilter(field_name="inspection__ref", label=_("Examination"))

    class Meta:
        model = Photo
        fields: list[str] = []
