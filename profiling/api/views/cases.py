"""Cases and what is done about them: read, claim, comment, decide; holds and referrals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import django_filters as filters
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from pcu.accounts.models import Unit
from pcu.accounts.permissions import ClientsOnly
from pcu.desk import paging
from pcu.desk.filters import UpdatedSince
from profiling.api.errors import REFUSED, PreconditionRequired, RefusalSerializer
from profiling.api.serializers import cases as out
from profiling.api.views.cargo import ByRef
from profiling.cases import holding, services
from profiling.cases.filters import CaseFilterSet
from profiling.cases.models import Case, CaseEvent, Decision, Hold, Referral

_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description="The ETag of the case as read."
)


class CaseChangesFilterSet(UpdatedSince, CaseFilterSet):
    """Cases by what the queue offers, and by change."""


class CaseViewSet(ByRef):
    """`ETag` of a case is its version; a decision must name it in `If-Match` (428 without, 409 when it is another)."""

    queryset = Case.objects.none()
    serializer_class = out.CaseSerializer
    detail_class = out.CaseDetailSerializer
    filterset_class = CaseChangesFilterSet
    orders: Mapping[str, paging.Order] = {
        "updated_at": paging.Order("updated_at", descending=False),
        "lane": paging.Order("lane_rank", descending=False),
        "score": paging.Order("score"),
        "opened_at": paging.Order("opened_at"),
    }

    def get_queryset(self) -> QuerySet[Any]:
        rows = Case.objects.visible_to(self.request.user).select_related(
            "unit", "working_unit", "recommended_lane", "decided_lane", "claimed_by"
        )
        if self.action == "list":
            return rows
        decisions = Decision.objects.select_related("lane", "assessment", "passed_to", "decided_by")
        holds = Hold.objects.select_related("unit", "case", "visit", "placed_by", "lifted_by").order_by("pk")
        referrals = Referral.objects.select_related("unit", "case", "created_by").order_by("pk")
        return rows.select_related("assessment", "decided_assessment").prefetch_related(
            "consignments",
            "visits",
            Prefetch("decisions", decisions),
            Prefetch("holds", holds),
            Prefetch("referrals", referrals),
            Prefetch("events", CaseEvent.objects.select_related("actor")),
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._answer()

    def _answer(self, code: int = status.HTTP_200_OK) -> Response:
        """The case as it stands now."""
        case = self.get_object()
        body = out.CaseDetailSerializer(case, context=self.get_serializer_context()).data
        return Response(body, status=code, headers={"ETag": f'"{case.version}"'})

    @extend_schema(request=None, responses={200: out.CaseDetailSerializer, **REFUSED})
    @action(detail=True, methods=["post"], url_path="claim")
    def claim(self, request: Request, ref: Any) -> Response:
        services.claim(case=self.get_object(), user=request.user)
        return self._answer()

    @extend_schema(request=None, responses={200: out.CaseDetailSerializer, **REFUSED})
    @action(detail=True, methods=["post"], url_path="give-back")
    def give_back(self, request: Request, ref: Any) -> Response:
        services.give_back(case=self.get_object(), user=request.user)
        return self._answer()

    @extend_schema(request=out.TakeOverSerializer, responses={200: out.CaseDetailSerializer, **REFUSED})
    @action(detail=True, methods=["post"], url_path="take-over")
    def take_over(self, request: Request, ref: Any) -> Response:
        said = _valid(out.TakeOverSerializer(data=request.data))
        services.take_over(case=self.get_object(), supervisor=request.user, **said)
        return self._answer()

    @extend_schema(request=out.CommentSerializer, responses={201: out.EventSerializer})
    @action(detail=True, methods=["post"], url_path="comments")
    def comments(self, request: Request, ref: Any) -> Response:
        case = self.get_object()
        said = _valid(out.CommentSerializer(data=request.data))
        event = services.comment(case=case, user=request.user, **said)
        return Response(out.EventSerializer(event).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=out.DecisionRequestSerializer,
        parameters=[IF_MATCH],
        responses={201: out.CaseDetailSerializer, 204: None, 428: RefusalSerializer, **REFUSED},
    )
    @action(detail=True, methods=["post"], url_path="decisions")
    def decisions(self, request: Request, ref: Any) -> Response:
        case = self.get_object()
        version = _seen_version(request)
        visits = case.visits.all()
        units = Unit.objects.filter(pk__in=[unit.pk for unit in services.units_to_pass_to(case)])
        said = _valid(out.DecisionRequestSerializer(data=request.data, visits=visits, units=units))
        services.decide(case=case, user=request.user, expected_version=version, **said)
        # A case that was passed on may be out of sight by now.
        if not Case.objects.visible_to(request.user).filter(pk=case.pk).exists():
            return Response(status=status.HTTP_204_NO_CONTENT)
        return self._answer(status.HTTP_201_CREATED)


def _valid(serializer: Any) -> Any:
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def _seen_version(request: Request) -> int:
    """The version named by If-Match; what is no ETag of ours cannot be the case's and conflicts."""
    said = request.headers.get("If-Match", "").strip()
    if not said or said == "*":
        raise PreconditionRequired
    match = _ETAG.fullmatch(said)
    return int(match[1]) if match else -1


class HoldFilterSet(UpdatedSince):
    state = filters.ChoiceFilter(choices=Hold.State.choices, label=_("State"))

    class Meta:
        model = Hold
        fields: list[str] = []


class HoldViewSet(ByRef):
    queryset = Hold.objects.none()
    serializer_class = out.HoldSerializer
    filterset_class = HoldFilterSet

    def get_queryset(self) -> QuerySet[Any]:
        return Hold.objects.visible_to(self.request.user).select_related(
            "unit", "case", "visit", "placed_by", "lifted_by"
        )

    @extend_schema(request=out.LiftSerializer, responses={200: out.HoldSerializer})
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, ref: Any) -> Response:
        """Let the equipment go. Lifting what is lifted changes nothing."""
        hold = self.get_object()
        holding.lift_hold(hold=hold, user=request.user, **_valid(out.LiftSerializer(data=request.data)))
        return Response(out.HoldSerializer(self.get_object()).data)


class ReferralFilterSet(UpdatedSince):
    state = filters.ChoiceFilter(choices=Referral.State.choices, label=_("State"))

    class Meta:
        model = Referral
        fields: list[str] = []


class ReferralViewSet(ByRef):
    queryset = Referral.objects.none()
    serializer_class = out.ReferralSerializer
    filterset_class = ReferralFilterSet

    def get_queryset(self) -> QuerySet[Any]:
        return Referral.objects.visible_to(self.request.user).select_related("unit", "case", "created_by")


class HoldNoticeViewSet(mixins.ListModelMixin, GenericViewSet):
    """Holds on equipment that the calling system declared. Reading a notice tells the unit that it was read."""

    permission_classes = [ClientsOnly]
    queryset = Hold.objects.none()
    serializer_class = out.HoldNoticeSerializer
    filterset_class = HoldFilterSet
    lookup_field = "ref"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        return Hold.objects.notices_for(self.request.user).select_related("visit")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        shown = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        assert shown is not None  # the installation pages every list
        holding.mark_notified(holds=shown, client=request.user)
        return self.get_paginated_response(self.get_serializer(shown, many=True).data)

    @extend_schema(request=out.AcknowledgeSerializer, responses={200: out.HoldNoticeSerializer, **REFUSED})
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, ref: Any) -> Response:
        hold = self.get_object()
        holding.acknowledge(hold=hold, client=request.user, **_valid(out.AcknowledgeSerializer(data=request.data)))
        return Response(out.HoldNoticeSerializer(self.get_object()).data)
