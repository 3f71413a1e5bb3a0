"""What the viewsets share: rows by ref, cut to what the caller may see; bodies that are checked; versions."""

from __future__ import annotations

import re
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from pcu.accounts.models import User
from profiling.api.errors import VersionRequiredError

VERSION = r'(?:W/)?"?([0-9]{1,9})"?'
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": f"^{VERSION}$", "example": '"3"'},
    OpenApiParameter.HEADER,
    required=True,
    description="The version that the change rests on, as in the ETag.",
)

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key and body again is answered with what the first call made.",
)


def key_named(request: Request) -> str:
    """The key under which a call makes one thing however often it comes; empty where none was sent."""
    return str(request.headers.get("Idempotency-Key", ""))


def checked(serializer_class: Any, request: Request, told: Any = None) -> dict[str, Any]:
    """The body as a serializer reads it, or what else is told, as the query. Raises ValidationError."""
    serializer = serializer_class(data=request.data if told is None else told)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def version_named(request: Request) -> int:
    """The version in If-Match: "7", W/"7" or 7. Raises VersionRequiredError, ValidationError."""
    text = request.headers.get("If-Match", "").strip()
    if not text:
        raise VersionRequiredError
    found = re.fullmatch(VERSION, text)
    if found is None:
        raise ValidationError({"If-Match": [_("This is no version.")]})
    return int(found[1])


def with_version(response: Response, row: Any) -> Response:
    """The answer with the version of a row as its ETag."""
    response["ETag"] = f'"{row.version}"'
    return response


class VisibleRows(viewsets.ReadOnlyModelViewSet[Any]):
    """List and detail of a model with `visible_to`, by `ref`.

    `related` and `prefetched` keep the number of queries fixed; details take `detail_prefetched` as well.
    """

    lookup_field = "ref"
    lookup_value_converter = "uuid"
    detail_serializer_class: type[serializers.BaseSerializer[Any]]
    related: tuple[str, ...] = ()
    detail_related: tuple[str, ...] = ()
    prefetched: tuple[Any, ...] = ()
    detail_prefetched: tuple[Any, ...] = ()
    changes_field = "updated_at"

    def visible(self) -> QuerySet[Any]:
        """Every row the caller may see; the only door."""
        model: Any = self.model()
        rows: QuerySet[Any] = model.objects.visible_to(self.request.user)
        return rows

    def model(self) -> Any:
        return cast("Any", self).queryset.model

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return cast("QuerySet[Any]", self.model().objects.none())
        rows = self.visible().select_related(*self.related).prefetch_related(*self.prefetched)
        if self.action != "list":
            rows = rows.select_related(*self.related, *self.detail_related).prefetch_related(*self.detail_prefetched)
        return rows

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        if self.action == "retrieve" and hasattr(self, "detail_serializer_class"):
            return self.detail_serializer_class
        return super().get_serializer_class()

    def one(self) -> Any:
        """The row of the address, without what a detail reads beside it."""
        return get_object_or_404(self.visible(), ref=self.kwargs["ref"])

    @property
    def person(self) -> User:
        """The signed-in caller; permissions have turned away everybody else."""
        user = self.request.user
        assert isinstance(user, User)
        return user
