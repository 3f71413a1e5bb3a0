"""Manifests: push a file and ask what became of it. For staff, and for the systems that send."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import django_filters as filters
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from pcu.accounts.models import Unit, User
from pcu.accounts.permissions import StaffOrClient
from pcu.accounts.roles import Capability
from pcu.desk import paging
from pcu.desk.filters import UpdatedSince
from profiling.api.errors import REFUSED, ContentTooLarge, RefusalSerializer
from profiling.api.serializers import manifests as out
from profiling.cargo.models import Submission
from profiling.intake import services

PIECE = 1024 * 1024
# What multipart adds around the file: boundaries and the names of fields.
FORM_OVERHEAD = 64 * 1024
BODY = {
    "application/octet-stream": OpenApiTypes.BINARY,
    "application/edifact": OpenApiTypes.BINARY,
    "application/json": OpenApiTypes.BINARY,
    "multipart/form-data": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}},
    },
}


class SubmissionChangesFilterSet(UpdatedSince):
    status = filters.ChoiceFilter(choices=Submission.Status.choices, label=gettext_lazy("Status"))

    class Meta:
        model = Submission
        fields: list[str] = []


class PushOptions(serializers.Serializer):
    """The query of a push."""

    unit = serializers.CharField(required=False, help_text="Code of the unit; may be left out by who has only one.")
    atomic = serializers.BooleanField(required=False, default=False, help_text="One bad document refuses the file.")
    dry_run = serializers.BooleanField(required=False, default=False, help_text="Read and tell; keep nothing.")


class ManifestViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, GenericViewSet):
    permission_classes = [StaffOrClient]
    queryset = Submission.objects.none()
    serializer_class = out.SubmissionSerializer
    filterset_class = SubmissionChangesFilterSet
    lookup_field = "ref"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        return Submission.objects.visible_to(self.request.user).select_related("unit", "sender")

    def get_serializer_class(self) -> Any:
        return out.SubmissionDetailSerializer if self.action == "retrieve" else out.SubmissionSerializer

    def get_parsers(self) -> list[Any]:
        """The body of a push is bytes, whatever its type says; only a form is taken apart."""
        return [MultiPartParser()] if self.action_map.get("post") == "create" else super().get_parsers()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse by the announced length first: the checks that follow may read the body of a form."""
        is_form = request.content_type.startswith("multipart/")
        limit = settings.MAX_UPLOAD + (FORM_OVERHEAD if is_form else 0)
        if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
            raise ContentTooLarge(settings.MAX_UPLOAD)
        super().initial(request, *args, **kwargs)

    @extend_schema(
        request=BODY,
        parameters=[
            PushOptions,
            OpenApiParameter("Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, required=False),
        ],
        responses={202: out.TakenSerializer, 400: RefusalSerializer, 413: RefusalSerializer, **REFUSED},
    )
    def create(self, request: Request) -> Response:
        """Take a manifest, as the raw body or as the field `file` of a form. The same push again answers the first."""
        options = PushOptions(data=request.query_params)
        options.is_valid(raise_exception=True)
        said = dict(options.validated_data)
        unit = _unit(request.user, said.pop("unit", ""))
        pieces, file_name = _body(request)
        taken = services.receive(
            sender=request.user,
            unit=unit,
            pieces=pieces,
            file_name=file_name,
            idempotency_key=request.headers.get("Idempotency-Key"),
            **said,
        )
        body = out.TakenSerializer(taken, context=self.get_serializer_context()).data
        return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": body["url"]})

    @extend_schema(request=None, responses={202: out.TakenSerializer, **REFUSED})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, ref: Any) -> Response:
        """Try again what failed on our side."""
        services.retry(submission=self.get_object(), actor=request.user)
        body = out.TakenSerializer(self.get_object(), context=self.get_serializer_context()).data
        return Response(body, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=out.ProblemSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def problems(self, request: Request, ref: Any) -> Response:
        """Every problem in the order of the file."""
        problems = self.get_object().problems.all()
        self.orders = {"file": paging.Order("pk", descending=False)}
        shown = self.paginate_queryset(problems)
        return self.get_paginated_response(out.ProblemSerializer(shown, many=True).data)


def _unit(user: User, code: str) -> Unit:
    """The unit a push is for: the one named, or the only one the user may push to."""
    own = Unit.objects.filter(pk__in=user.scope.units(Capability.PUSH), kind=Unit.Kind.UNIT)
    units = list((own.filter(code=code) if code else own)[:2])
    if len(units) == 1:
        return units[0]
    if not user.scope.units(Capability.PUSH):
        raise PermissionDenied(_("You may not push manifests."))
    message = _("You may push to no unit of this code.") if code else _("Name the unit.")
    raise serializers.ValidationError({"unit": message})


def _body(request: Request) -> tuple[Iterator[bytes], str]:
    """The bytes in pieces, never all in memory, and the name of the file where a form gives one."""
    if not request.content_type.startswith("multipart/"):
        return iter(partial(request._request.read, PIECE), b""), ""
    file = request.FILES.get("file")
    if file is None:
        raise serializers.ValidationError({"file": _("The form has no field of this name with a file.")})
    return iter(file.chunks(PIECE)), file.name
