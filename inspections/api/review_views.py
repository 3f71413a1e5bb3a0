"""Submitting and amending inspections, submitted acts, reviews."""

from __future__ import annotations

from typing import Any, cast

import django_filters as filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from inspections import reviewing
from inspections.api.review_serializers import (
    AmendSerializer,
    NoteSerializer,
    ReportDetailSerializer,
    ReportSerializer,
    ReturnSerializer,
    ReviewSerializer,
    SubmitSerializer,
    WorkSerializer,
)
from inspections.models import Inspection, Report, Review
from inspections.review_filters import ReportFilterSet
from pcu.accounts.models import User
from pcu.desk.filters import MomentFilter
from profiling.api.filters import ChangesFilterSet
from profiling.api.serializers.refusals import InvalidRequestSerializer, RefusalSerializer
from profiling.api.views.shared import VisibleRows, checked


class ReportChanges(ChangesFilterSet, ReportFilterSet):
    updated_since = MomentFilter(
        field_name="submitted_at", lookup_expr="gte", label=_("Submitted at this time or later (ISO 8601).")
    )
    unit = filters.CharFilter(field_name="inspection__unit__code", label=_("Unit code"))


class ReviewChanges(ChangesFilterSet):
    updated_since = MomentFilter(
        field_name="reviewed_at", lookup_expr="gte", label=_("Decided at this time or later (ISO 8601).")
    )
    unit = filters.CharFilter(field_name="report__inspection__unit__code", label=_("Unit code"))
    inspection = filters.UUIDFilter(field_name="report__inspection__ref", label=_("Inspection"))


@extend_validation_errors(["invalid_act"], field_name="reason", actions=["amend", "give_amendment_up"])
class WorkViewSet(viewsets.GenericViewSet[Any]):
    """What is done to an inspection on its way to a review."""

    queryset = Inspection.objects.all()
    serializer_class = WorkSerializer
    lookup_field = "ref"
    lookup_value_converter = "uuid"

    def one(self) -> Inspection:
        rows = Inspection.objects.visible_to(self.request.user).select_related("unit", "case")
        found: Inspection = get_object_or_404(rows, ref=self.kwargs["ref"])
        return found

    @extend_schema(
        request=SubmitSerializer,
        responses={201: ReportSerializer, 400: InvalidRequestSerializer, 409: RefusalSerializer},
    )
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, ref: str) -> Response:
        """Hand the act in for a review."""
        inspection = self.one()
        body = checked(SubmitSerializer, request)
        answers = {str(number): text for number, text in enumerate(body["answers"], 1)}
        report = reviewing.submit(
            inspection=inspection, user=cast(User, request.user), note=body["note"], answers=answers
        )
        shown = ReportSerializer(report, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AmendSerializer, responses={200: WorkSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"])
    def amend(self, request: Request, ref: str) -> Response:
        """Open an approved act to changes; what was approved stays the act until the amendment is approved."""
        inspection = self.one()
        body = checked(AmendSerializer, request)
        amended = reviewing.amend(inspection=inspection, user=cast(User, request.user), **body)
        return Response(WorkSerializer(amended).data)

    @extend_schema(request=AmendSerializer, responses={200: WorkSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], url_path="give-amendment-up")
    def give_amendment_up(self, request: Request, ref: str) -> Response:
        """Give an amendment up, also one that was returned: what was approved stands."""
        inspection = self.one()
        body = checked(AmendSerializer, request)
        kept = reviewing.give_amendment_up(inspection=inspection, user=cast(User, request.user), **body)
        return Response(WorkSerializer(kept).data)


@extend_validation_errors(["invalid_act"], field_name="note", actions=["send_back"])
class ReportViewSet(VisibleRows):
    """Acts as they were submitted, whole and unchangeable, in the order of submission."""

    queryset = Report.objects.all()
    serializer_class = ReportSerializer
    detail_serializer_class = ReportDetailSerializer
    filterset_class = ReportChanges
    changes_field = "submitted_at"
    related = ("inspection__unit", "inspection__case", "submitted_by", "review__reviewed_by")

    @extend_schema(request=NoteSerializer, responses={200: ReviewSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def approve(self, request: Request, ref: str) -> Response:
        """Approve it: outcomes are written and the case closes. Nobody approves what they took part in."""
        report = self.one()
        body = checked(NoteSerializer, request)
        return Response(ReviewSerializer(reviewing.approve(report=report, reviewer=self.person, **body)).data)

    @extend_schema(request=ReturnSerializer, responses={200: ReviewSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], url_path="return", filterset_class=None)
    def send_back(self, request: Request, ref: str) -> Response:
        """Return it with notes."""
        report = self.one()
        body = checked(ReturnSerializer, request)
        return Response(ReviewSerializer(reviewing.send_back(report=report, reviewer=self.person, **body)).data)


class ReviewViewSet(VisibleRows):
    """What was decided of submitted acts, in the order of decision."""

    queryset = Review.objects.all()
    serializer_class = ReviewSerializer
    filterset_class = ReviewChanges
    changes_field = "reviewed_at"
    related = ("report__inspection", "reviewed_by")
