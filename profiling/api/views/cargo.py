"""Consignments, equipment visits and assessments: read only, for staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters as filters
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.viewsets import ReadOnlyModelViewSet

from pcu.desk import paging
from pcu.desk.filters import MomentFilter, UpdatedSince
from profiling.api.serializers import cargo as out
from profiling.cargo.choices import EquipmentKind
from profiling.cargo.models import Consignment, ConsignmentVersion, EquipmentVisit, PartyMention
from profiling.parties.core.identity import plain_code
from profiling.rules.filters import AssessedConsignmentFilterSet
from profiling.rules.models import Assessment


class ByRef(ReadOnlyModelViewSet):
    """What is visible to the user, found by its ref; `detail_class` serializes one, `serializer_class` many."""

    lookup_field = "ref"
    lookup_value_converter = "uuid"
    detail_class: Any = None

    def get_serializer_class(self) -> Any:
        return self.detail_class if self.detail_class and self.action == "retrieve" else self.serializer_class


class ConsignmentChangesFilterSet(UpdatedSince, AssessedConsignmentFilterSet):
    """Consignments by what the page offers, and by change; a lane by its code, whatever a country calls it."""

    lane = filters.CharFilter(method="by_lane", label=_("Lane"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        filters.FilterSet.__init__(self, *args, **kwargs)  # past the parent, which fills in the choices of its form


class ConsignmentViewSet(ByRef):
    queryset = Consignment.objects.none()
    serializer_class = out.ConsignmentSerializer
    detail_class = out.ConsignmentDetailSerializer
    filterset_class = ConsignmentChangesFilterSet

    def get_queryset(self) -> QuerySet[Any]:
        related = ["unit", "call", "current__submission"]
        rows = Consignment.objects.visible_to(self.request.user)
        if self.action == "list":
            return rows.select_related(*related)
        versions = ConsignmentVersion.objects.select_related("submission").order_by("-number")
        return rows.select_related(*related, "master").prefetch_related(
            Prefetch("versions", versions),
            "current__items",
            Prefetch("current__mentions", PartyMention.objects.select_related("party")),
            "current__loadings__visit",
            "current__documents",
        )


class VisitFilterSet(UpdatedSince):
    number = filters.CharFilter(method="by_number", label=_("Container, wagon, truck"))
    kind = filters.ChoiceFilter(choices=EquipmentKind.choices, label=_("Kind"))

    class Meta:
        model = EquipmentVisit
        fields: list[str] = []

    def by_number(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        number = plain_code(value)
        return queryset.filter(number__startswith=number) if number else queryset.none()


class VisitViewSet(ByRef):
    queryset = EquipmentVisit.objects.none()
    serializer_class = out.VisitSerializer
    detail_class = out.VisitDetailSerializer
    filterset_class = VisitFilterSet

    def get_queryset(self) -> QuerySet[Any]:
        rows = EquipmentVisit.objects.visible_to(self.request.user).select_related("unit", "call", "current")
        return rows if self.action == "list" else rows.prefetch_related("seals", "placements__carrier")


class AssessmentFilterSet(filters.FilterSet):
    """`updated_since` as everywhere; an assessment never changes, so it is the moment it was made."""

    updated_since = MomentFilter(field_name="created_at", lookup_expr="gte", label=_("Made since"))
    consignment = filters.UUIDFilter(field_name="version__consignment__ref", label=_("Consignment"))
    visit = filters.UUIDFilter(field_name="visit__ref", label=_("Equipment visit"))

    class Meta:
        model = Assessment
        fields: list[str] = []


class AssessmentViewSet(ByRef):
    queryset = Assessment.objects.none()
    serializer_class = out.AssessmentSerializer
    detail_class = out.AssessmentDetailSerializer
    filterset_class = AssessmentFilterSet
    orders: Mapping[str, paging.Order] = {"created_at": paging.Order("created_at", descending=False)}

    def get_queryset(self) -> QuerySet[Any]:
        return Assessment.objects.visible_to(self.request.user).select_related(
            "unit", "version__consignment", "visit", "release", "recommended_lane"
        )
