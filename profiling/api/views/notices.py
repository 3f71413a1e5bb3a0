"""Hold notices: what an operator's system reads of holds on the equipment it declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from pcu.accounts.permissions import StaffOrClient
from profiling.api.filters import ChangesFilterSet
from profiling.api.serializers.holds import AcknowledgementSerializer, HoldNoticeSerializer
from profiling.api.serializers.refusals import RefusalSerializer
from profiling.api.views.shared import VisibleRows
from profiling.cases.holding import acknowledge, mark_notified
from profiling.cases.models import Hold


class HoldNoticeViewSet(VisibleRows):
    """Notices for the caller's own equipment. Reading one is being notified."""

    queryset = Hold.objects.all()
    permission_classes = [StaffOrClient]
    serializer_class = HoldNoticeSerializer
    filterset_class = ChangesFilterSet
    related = ("unit", "visit")

    def visible(self) -> QuerySet[Any]:
        return Hold.objects.notices_for(self.request.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        assert page is not None
        self._read(page)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        hold = self.get_object()
        self._read([hold])
        return Response(self.get_serializer(hold).data)

    @extend_schema(request=AcknowledgementSerializer, responses={200: HoldNoticeSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def acknowledge(self, request: Request, ref: str) -> Response:
        """Say that the notice is understood; saying it twice is no error."""
        hold = self.get_object()
        body = AcknowledgementSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        acknowledge(hold=hold, client=self.person, **body.validated_data)
        hold.refresh_from_db()
        return Response(HoldNoticeSerializer(hold).data)

    def _read(self, holds: Sequence[Any]) -> None:
        """Officers who look at the notices of what they pushed themselves notify nobody."""
        if self.person.is_client:
            mark_notified(holds=holds, client=self.person)
