"""Consignments, equipment visits and assessments: read only."""

from __future__ import annotations

from django.db.models import Prefetch

from profiling.api.filters import AssessmentChanges, ConsignmentChanges, VisitChanges
from profiling.api.serializers.assessments import AssessmentDetailSerializer, AssessmentSerializer
from profiling.api.serializers.cargo import (
    ConsignmentDetailSerializer,
    ConsignmentSerializer,
    VisitDetailSerializer,
    VisitSerializer,
)
from profiling.api.views.shared import VisibleRows
from profiling.cargo.models import (
    Consignment,
    ConsignmentVersion,
    EquipmentVisit,
    GoodsItem,
    Loading,
    MovementEvent,
    PartyMention,
    Placement,
    SealObservation,
    VisitStatement,
)
from profiling.rules.models import Assessment

VERSIONS = (
    Prefetch("versions", ConsignmentVersion.objects.select_related("submission").order_by("received_at", "number")),
    Prefetch("versions__items", GoodsItem.objects.order_by("line", "pk")),
    Prefetch("versions__mentions", PartyMention.objects.select_related("party").order_by("pk")),
    Prefetch("versions__loadings", Loading.objects.select_related("visit").order_by("visit__number", "pk")),
    "versions__documents",
)


class ConsignmentViewSet(VisibleRows):
    """Consignments; the detail has every version with its goods, parties, equipment and documents."""

    queryset = Consignment.objects.all()
    serializer_class = ConsignmentSerializer
    detail_serializer_class = ConsignmentDetailSerializer
    filterset_class = ConsignmentChanges
    related = ("unit", "call", "master", "current__submission")
    detail_prefetched = VERSIONS


class VisitViewSet(VisibleRows):
    """Equipment visits: one stay of a container, wagon, trailer or truck each."""

    queryset = EquipmentVisit.objects.all()
    serializer_class = VisitSerializer
    detail_serializer_class = VisitDetailSerializer
    filterset_class = VisitChanges
    related = ("unit", "call", "current__submission")
    detail_prefetched = (
        Prefetch("statements", VisitStatement.objects.select_related("submission").order_by("received_at", "pk")),
        Prefetch("seals", SealObservation.objects.order_by("observed_at", "pk")),
        Prefetch("placements", Placement.objects.select_related("carrier").order_by("received_at", "pk")),
        Prefetch("movements", MovementEvent.objects.order_by("at", "pk")),
    )


class AssessmentViewSet(VisibleRows):
    """Assessments; rows are only ever added."""

    queryset = Assessment.objects.all()
    serializer_class = AssessmentSerializer
    detail_serializer_class = AssessmentDetailSerializer
    filterset_class = AssessmentChanges
    related = ("unit", "version__consignment", "visit", "release", "recommended_lane")
    changes_field = "created_at"
