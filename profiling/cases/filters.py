"""Filters of cases: one FilterSet for the queue and the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pcu.desk.filters import MomentFilter
from profiling.cargo.models import EquipmentVisit
from profiling.cases.models import Case, CaseConsignment, CaseVisit
from profiling.parties.core.identity import plain_code


class _CodesField(forms.MultipleChoiceField):
    """Any codes: lanes are worded by each country, and one that is not known finds nothing."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: Any) -> bool:
        return "\0" not in value


class CodesFilter(filters.MultipleChoiceFilter):
    field_class = _CodesField

    def is_noop(self, qs: QuerySet[Any], value: Any) -> bool:
        return not value


class CaseFilterSet(filters.FilterSet):
    """`lane` may be given more than once. An order is not a filter: the page and the API each page by their own key."""

    lane = CodesFilter(field_name="recommended_lane__code", distinct=False, label=_("Lane"))
    state = filters.ChoiceFilter(choices=Case.State.choices, label=_("State"), empty_label=_("any state"))
    claim = filters.ChoiceFilter(
        method="by_claim",
        choices=[("mine", _("mine")), ("free", _("free")), ("others", _("claimed by others"))],
        label=_("Claim"),
        empty_label=_("claimed or not"),
    )
    origin = filters.ChoiceFilter(choices=Case.Origin.choices, label=_("Origin"), empty_label=_("any origin"))
    due_before = MomentFilter(
        field_name="due_at",
        lookup_expr="lt",
        label=_("Due before"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    conveyance = filters.CharFilter(field_name="conveyance", lookup_expr="icontains", label=_("Train, voyage, plate"))
    q = filters.CharFilter(
        method="by_words",
        label=_("Number, document, firm or goods"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Number, document, firm or goods")}),
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def by_claim(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """A claim that has expired leaves the case free."""
        claimed = Q(claimed_by__isnull=False, claimed_until__gt=timezone.now())
        mine = Q(claimed_by=self.request.user.pk)
        if value == "free":
            return queryset.exclude(claimed)
        return queryset.filter(claimed & mine) if value == "mine" else queryset.filter(claimed).exclude(mine)

    def by_words(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """The beginning of a number (case, container, transport document), or a part of firm or goods."""
        found = Q(number__istartswith=value) | Q(consignee__icontains=value) | Q(goods__icontains=value)
        documents = Q(consignment__document_no__startswith=value)
        documents |= Q(consignment__document_no__startswith=value.upper())
        found |= Exists(CaseConsignment.objects.filter(documents, case=OuterRef("pk")))
        code = plain_code(value)
        if code:
            visits = EquipmentVisit.objects.filter(number__startswith=code)
            found |= Q(equipment_number__startswith=code)
            found |= Exists(CaseVisit.objects.filter(case=OuterRef("pk"), visit__in=visits))
        return queryset.filter(found)
