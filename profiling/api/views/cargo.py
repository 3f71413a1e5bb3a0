"""Consignments, equipment visits and assessments: read only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from profiling.api.filters import AssessmentChanges, ConsignmentChanges, VisitChanges
from profiling.api.serializers.assessments import AssessmentDetailSerializer, AssessmentSerializer
from profiling.api.serializers.cargo import (
    ConsignmentDetailSerializer,
    ConsignmentSerializer,
    VisitDetailSerializer,
    VisitSerializer,
)
from profiling.api.serializers.differences import PaperDifferencesSerializer
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
from profiling.documents.comparing import MANIFEST, differences_of, papers_of
from profiling.documents.models import Document
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

    @extend_schema(responses=PaperDifferencesSerializer)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def differences(self, request: Request, ref: str) -> Response:
        """What its papers say beside each other, field by field, and by how much they differ. For staff of the unit."""
        rows = self.visible().filter(unit__in=self.person.scope.units())  # not what is merely shared with the caller
        consignment: Consignment = get_object_or_404(rows.select_related("current"), ref=ref)
        papers = papers_of([consignment], self.person)[consignment.pk]
        found = differences_of(consignment, papers)
        by_ref = {str(paper.ref): paper for paper in papers}
        told = {
            "consignment": consignment.ref,
            "version": consignment.current.number if consignment.current else None,
            "differing": found.differing if found else 0,
            "statements": [_statement(one.source, consignment, by_ref) for one in found.statements] if found else [],
            "rows": found.rows if found else [],
        }
        return Response(PaperDifferencesSerializer(told).data)


def _statement(source: str, consignment: Consignment, by_ref: Mapping[str, Document]) -> dict[str, Any]:
    if source == MANIFEST:
        return {"source": source, "kind": None, "number": consignment.document_no}
    return {"source": source, "kind": by_ref[source].kind, "number": by_ref[source].number}


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
