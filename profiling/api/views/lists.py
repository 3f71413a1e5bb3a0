"""Named lists over the API: what applies where the caller works, and a new version on top of the one that was read."""

from __future__ import annotations

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from profiling.api.filters import OfUnit
from profiling.api.serializers.lists import (
    NamedListDetailSerializer,
    NamedListSerializer,
    NamedListVersionSerializer,
    NewListVersionSerializer,
)
from profiling.api.serializers.refusals import RefusalSerializer
from profiling.api.views.shared import IF_MATCH, VisibleRows, checked, version_named
from profiling.rules import lists
from profiling.rules.models import NamedList, NamedListVersion


@extend_validation_errors(["invalid_list"], field_name="lines", actions=["versions"])
@extend_validation_errors(["invalid_list"], field_name="includes", actions=["versions"])
class NamedListViewSet(VisibleRows):
    """Lists that rules share by name."""

    queryset = NamedList.objects.all()
    serializer_class = NamedListSerializer
    detail_serializer_class = NamedListDetailSerializer
    filterset_class = OfUnit
    changes_field = "created_at"
    related = ("unit",)
    prefetched = (Prefetch("versions", NamedListVersion.objects.select_related("created_by").order_by("-number")),)

    @extend_schema(
        request=NewListVersionSerializer,
        responses={201: NamedListVersionSerializer, 409: RefusalSerializer},
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def versions(self, request: Request, ref: str) -> Response:
        """Keep a new version; the one that stands where nothing differs. If-Match: the version it rests on."""
        one, based_on = self.one(), version_named(request)
        body = checked(NewListVersionSerializer, request)
        made = lists.change_list(
            named_list=one,
            user=self.person,
            based_on=based_on,
            lines=body["entries"],
            includes=body["includes"],
            note=body["note"],
        )
        return Response(NamedListVersionSerializer(made).data, status=status.HTTP_201_CREATED)
