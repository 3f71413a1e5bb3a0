"""The filters of the pages, with what only machines ask for: what changed since, and of which unit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pcu.desk.filters import MomentFilter
from profiling.cargo.filters import SubmissionFilterSet, VisitFilterSet
from profiling.cases.filters import CaseFilterSet, HoldFilterSet, OutcomeFilterSet, ReferralFilterSet
from profiling.cases.models import CaseConsignment, CaseVisit
from profiling.cases.overdue import closed_and_held, overdue
from profiling.documents.models import Document
from profiling.lookouts.filters import LookoutFilterSet, LookoutHitFilterSet
from profiling.rules.filters import AssessedConsignmentFilterSet, AssessmentFilterSet
from profiling.rules.models import Release


class ChangesFilterSet(filters.FilterSet):
    updated_since = MomentFilter(
        field_name="updated_at",
        lookup_expr="gte",
        label=_("Changed at this time or later (ISO 8601). Take it from the last row you read, not from your clock."),
    )
    unit = filters.CharFilter(field_name="unit__code", label=_("Unit code"))


class ConsignmentChanges(ChangesFilterSet, AssessedConsignmentFilterSet):
    lane = filters.CharFilter(method="by_lane", label=_("Lane"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        # Lane codes differ from country to country: here any may be named, and no query is spent on a choice of them.
        filters.FilterSet.__init__(self, *args, **kwargs)


class VisitChanges(ChangesFilterSet, VisitFilterSet):
    pass


class SubmissionChanges(ChangesFilterSet, SubmissionFilterSet):
    pass


class CaseChanges(ChangesFilterSet, CaseFilterSet):
    overdue = filters.BooleanFilter(method="by_clock", label=_("Open past its clock"))
    closed_and_held = filters.BooleanFilter(method="by_hold", label=_("Closed while equipment is still held"))

    def by_clock(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        late = overdue(queryset)
        return late if value else queryset.exclude(pk__in=late.values("pk"))

    def by_hold(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        held = closed_and_held(queryset)
        return held if value else queryset.exclude(pk__in=held.values("pk"))


class HoldChanges(ChangesFilterSet, HoldFilterSet):
    pass


class ReferralChanges(ChangesFilterSet, ReferralFilterSet):
    pass


class OutcomeChanges(ChangesFilterSet, OutcomeFilterSet):
    updated_since = MomentFilter(
        field_name="recorded_at", lookup_expr="gte", label=_("Recorded at this time or later (ISO 8601).")
    )


class AssessmentChanges(ChangesFilterSet, AssessmentFilterSet):
    updated_since = MomentFilter(
        field_name="created_at", lookup_expr="gte", label=_("Made at this time or later (ISO 8601).")
    )


class LookoutChanges(ChangesFilterSet, LookoutFilterSet):
    pass


class LookoutHitChanges(ChangesFilterSet, LookoutHitFilterSet):
    case = filters.UUIDFilter(method="by_case", label=_("Case"))

    def by_case(self, queryset: QuerySet[Any], _name: str, value: UUID) -> QuerySet[Any]:
        """Hits in the cargo of a case."""
        user = self.request.user
        consignments = CaseConsignment.objects.visible_to(user).filter(case__ref=value)
        visits = CaseVisit.objects.visible_to(user).filter(case__ref=value)
        return queryset.filter(
            Q(consignment__in=consignments.values("consignment")) | Q(visit__in=visits.values("visit"))
        )


class DocumentChanges(ChangesFilterSet):
    """Documents as they stand; versions that were replaced are found by their ref alone.

    A client system asks of its own cargo alone, and when its papers came: it learns by no filter what was done with
    them.
    """

    consignment = filters.UUIDFilter(method="by_consignment", label=_("Consignment"))
    unmatched = filters.BooleanFilter(method="by_match", label=_("Of no consignment yet"))
    manifest = filters.UUIDFilter(field_name="submission__ref", label=_("The push that brought it"))

    class Meta:
        model = Document
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_of_client = bool(getattr(getattr(self.request, "user", None), "is_client", False))
        if self.is_of_client:
            self.filters["updated_since"].field_name = "created_at"

    def by_consignment(self, queryset: QuerySet[Any], _name: str, value: UUID) -> QuerySet[Any]:
        found = queryset.filter(consignment__ref=value)
        return found.filter(is_own_cargo=True) if self.is_of_client else found

    def by_match(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        if self.is_of_client:
            return queryset.filter(is_own_cargo=not value)
        return queryset.filter(consignment__isnull=value)


class OfUnit(filters.FilterSet):
    unit = filters.CharFilter(field_name="unit__code", label=_("Unit code"))


class RuleFilterSet(OfUnit):
    code = filters.CharFilter(field_name="code", label=_("Code"))


class ReleaseFilterSet(OfUnit):
    state = filters.ChoiceFilter(choices=Release.State.choices, label=_("State"))
