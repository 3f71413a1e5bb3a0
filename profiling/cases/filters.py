"""Filters of cases, holds and referrals: one FilterSet for the queue and the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field

from pcu.desk.filters import MomentFilter
from profiling.cases.choices import OutcomeSource, OutcomeStatus, Result
from profiling.cases.models import Case, CaseConsignment, CaseVisit, Hold, Outcome, Referral, TuningRequest
from profiling.cases.overdue import Stage
from profiling.parties.core.identity import plain_code

CLAIMED = [("mine", _("claimed by me")), ("others", _("claimed by others")), ("free", _("not claimed"))]


class AnyCodes(forms.MultipleChoiceField):
    """Codes that differ from country to country: an unknown one finds nothing and is no error."""

    def valid_value(self, value: Any) -> bool:
        return "\0" not in str(value)


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class CodesFilter(filters.MultipleChoiceFilter):
    field_class = AnyCodes

    def is_noop(self, qs: QuerySet[Any], value: Any) -> bool:
        return not value


class CaseFilterSet(filters.FilterSet):
    """Cases; the order is the caller's (the queue sorts by lane and due time, the API by change)."""

    lane = CodesFilter(field_name="recommended_lane__code", label=_("Lane"))
    state = filters.ChoiceFilter(choices=Case.State.choices, label=_("State"), empty_label=_("any"))
    claimed = filters.ChoiceFilter(
        choices=CLAIMED, method="by_claim", label=pgettext_lazy("filter", "Claim"), empty_label=_("any")
    )
    origin = filters.ChoiceFilter(
        choices=Case.Origin.choices, label=pgettext_lazy("filter", "Origin"), empty_label=_("any")
    )
    due_before = MomentFilter(
        field_name="due_at",
        lookup_expr="lt",
        label=_("Due before"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    conveyance = filters.CharFilter(field_name="conveyance", lookup_expr="icontains", label=_("Train, voyage, plate"))
    call = filters.UUIDFilter(method="by_call", label=_("Arrival"))
    q = filters.CharFilter(method="by_words", label=_("Case, container, bill, consignee"))

    class Meta:
        model = Case
        fields: list[str] = []

    def by_claim(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """A claim that has expired is none."""
        claimed = Q(claimed_by__isnull=False, claimed_until__gt=Now())
        if value == "free":
            return queryset.exclude(claimed)
        mine = Q(claimed_by=self.request.user)
        return queryset.filter(claimed & (mine if value == "mine" else ~mine))

    def by_call(self, queryset: QuerySet[Any], _name: str, value: UUID) -> QuerySet[Any]:
        """Cases with anything on one conveyance call, as the arrival board counts them."""
        return queryset.filter(
            Q(pk__in=CaseConsignment.objects.filter(consignment__call__ref=value).values("case"))
            | Q(pk__in=CaseVisit.objects.filter(visit__call__ref=value).values("case"))
        )

    def by_words(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """A part of the case number, the consignee or the conveyance, or the beginning of a document number.

        Spaced as it may be, also the beginning of the number of the equipment or of the wagon it stands on.
        """
        wanted = Q(number__icontains=value) | Q(consignee__icontains=value) | Q(conveyance__icontains=value)
        papers = CaseConsignment.objects.filter(case=OuterRef("pk"), consignment__document_no__istartswith=value)
        wanted |= Q(Exists(papers))
        if number := plain_code(value):
            wanted |= Q(pk__in=CaseVisit.objects.filter(visit__number__startswith=number).values("case"))
            carried = CaseVisit.objects.filter(visit__placements__carrier__number__startswith=number)
            wanted |= Q(Exists(carried.filter(case=OuterRef("pk"))))
        return queryset.filter(wanted)


class OverdueFilterSet(filters.FilterSet):
    """Of cases that nobody ends. `unit`: the one that works on the case; `stage`: as `overdue.with_stage` says."""

    unit = filters.CharFilter(field_name="working_unit__code", label=_("Unit"))
    stage = filters.ChoiceFilter(choices=Stage.choices, label=_("State"), empty_label=_("any"))

    class Meta:
        model = Case
        fields: list[str] = []


class HoldFilterSet(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Hold.State.choices, label=_("State"))
    standing = filters.BooleanFilter(method="by_standing", label=_("Not lifted"))
    equipment = filters.CharFilter(method="by_equipment", label=_("Container, wagon, truck"))
    case = filters.UUIDFilter(field_name="case__ref", label=_("Case"))

    class Meta:
        model = Hold
        fields: list[str] = []

    def by_standing(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        lifted = Q(state=Hold.State.LIFTED)
        return queryset.filter(~lifted if value else lifted)

    def by_equipment(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        number = plain_code(value)
        return queryset.filter(visit__number__startswith=number) if number else queryset.none()


class ReferralFilterSet(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Referral.State.choices, label=_("State"))
    case = filters.UUIDFilter(field_name="case__ref", label=_("Case"))

    class Meta:
        model = Referral
        fields: list[str] = []


class OutcomeFilterSet(filters.FilterSet):
    result = filters.ChoiceFilter(choices=Result.choices, label=_("Result"))
    status = filters.ChoiceFilter(choices=OutcomeStatus.choices, label=_("Status"))
    source = filters.ChoiceFilter(choices=OutcomeSource.choices, label=_("Source"))
    standing = filters.BooleanFilter(method="by_standing", label=_("Neither withdrawn nor superseded"))
    case = filters.UUIDFilter(field_name="case__ref", label=_("Case"))

    class Meta:
        model = Outcome
        fields: list[str] = []

    def by_standing(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        standing = Outcome.objects.standing()
        return queryset.filter(pk__in=standing) if value else queryset.exclude(pk__in=standing)


class TuningFilterSet(filters.FilterSet):
    rule = filters.CharFilter(field_name="rule__code", label=_("Rule"))
    case = filters.UUIDFilter(field_name="case__ref", label=_("Case"))
    open = filters.BooleanFilter(method="by_open", label=_("Not answered"))

    class Meta:
        model = TuningRequest
        fields: list[str] = []

    def by_open(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        return queryset.filter(closed_at__isnull=value)
