"""Documents beside consignments: upload, read, set beside. Client systems send papers and read their own."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pcu.accounts.permissions import StaffOnly, StaffOrClient
from pcu.accounts.roles import Capability
from pcu.desk.rest import JsonParser
from pcu.desk.uploads import upload_place
from profiling.api.bodies import PushBody, UnreadParser
from profiling.api.filters import DocumentChanges
from profiling.api.serializers.documents import (
    AttachSerializer,
    DocumentUploadOptionsSerializer,
    PaperDetailSerializer,
    PaperSerializer,
)
from profiling.api.serializers.manifests import UploadSerializer
from profiling.api.serializers.refusals import InvalidRequestSerializer, RefusalSerializer
from profiling.api.views.manifests import unit_to_push_to
from profiling.api.views.shared import IDEMPOTENCY_KEY, VisibleRows, checked, key_named
from profiling.cargo.models import Consignment
from profiling.documents import services
from profiling.documents.errors import FileTooLargeError
from profiling.documents.models import Document
from profiling.intake.errors import UploadTooLarge

FOR_CLIENTS = ("list", "retrieve", "create")


class DocumentViewSet(VisibleRows):
    """Documents as they stand; a client system reads what it has sent itself."""

    queryset = Document.objects.all()
    serializer_class = PaperSerializer
    detail_serializer_class = PaperDetailSerializer
    filterset_class = DocumentChanges
    related = ("unit", "file", "submission", "consignment")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self.held:
            return super().dispatch(request, *args, **kwargs)

    def get_permissions(self) -> list[Any]:
        return [StaffOrClient() if self.action in FOR_CLIENTS else StaffOnly()]

    def get_parsers(self) -> list[Any]:
        return [UnreadParser()] if getattr(self, "action_map", {}).get("post") == "create" else [JsonParser()]

    def visible(self) -> QuerySet[Any]:
        rows: Any = super().visible()
        if self._is_for_client:
            return cast("QuerySet[Any]", rows.with_whose_cargo(self.request.user))
        return cast("QuerySet[Any]", rows.current() if self.action == "list" else rows)

    @property
    def _is_for_client(self) -> bool:
        return bool(getattr(getattr(self.request, "user", None), "is_client", False))

    @property
    def changes_field(self) -> str:  # type: ignore[override]  # by who asks
        """A client system learns by no order when somebody touched its papers."""
        return "created_at" if self._is_for_client else "updated_at"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large, or one too many, before anything of the body is read."""
        super().initial(request, *args, **kwargs)
        if self.action == "create":
            self.body = PushBody(request._request, settings.MAX_DOCUMENT)
            self.body.check_length()
            self.held.enter_context(upload_place())

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY, "multipart/form-data": UploadSerializer},
        responses={
            201: PaperDetailSerializer,
            400: InvalidRequestSerializer,
            413: RefusalSerializer,
            429: RefusalSerializer,
        },
        parameters=[DocumentUploadOptionsSerializer, IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        """Upload a PDF, picture or office file, as the raw body or as the part `file`."""
        options = checked(DocumentUploadOptionsSerializer, request, told=request.query_params)
        consignment = self._consignment(options.get("consignment"))
        unit = consignment.unit if consignment else unit_to_push_to(self.person, options["unit"], Capability.PUSH)
        pieces, name = self.body.manifest()
        try:
            made = services.upload(
                unit=unit,
                user=self.person,
                pieces=pieces,
                name=name,
                kind=options["kind"],
                handling=options["handling"],
                consignment=consignment,
                form_key=key_named(request),
            )
        except UploadTooLarge as error:
            raise FileTooLargeError(settings.MAX_DOCUMENT) from error
        return self._now(made, status.HTTP_201_CREATED)

    @extend_schema(
        request=AttachSerializer,
        responses={200: PaperDetailSerializer, 400: InvalidRequestSerializer, 409: RefusalSerializer},
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def attach(self, request: Request, ref: str) -> Response:
        """Set it beside a consignment of its unit."""
        document = self.one()
        consignment = self._consignment(checked(AttachSerializer, request)["consignment"])
        assert consignment is not None
        return self._now(services.attach(document=document, consignment=consignment, user=self.person))

    @extend_schema(request=None, responses={200: PaperDetailSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def detach(self, request: Request, ref: str) -> Response:
        """It belongs to another consignment, or to none here."""
        return self._now(services.detach(document=self.one(), user=self.person))

    def _consignment(self, ref: Any) -> Consignment | None:
        """A consignment the caller may name. Raises ValidationError."""
        if ref is None:
            return None
        user = self.person
        named = services.own_consignments(user) if user.is_client else Consignment.objects.visible_to(user)
        found: Consignment | None = named.select_related("unit").filter(ref=ref).first()
        if found is None:
            raise ValidationError({"consignment": [_("There is no such consignment.")]}, code="unknown_consignment")
        return found

    def _now(self, document: Document, code: int = status.HTTP_200_OK) -> Response:
        fresh = self.visible().select_related(*self.related).get(pk=document.pk)
        return Response(PaperDetailSerializer(fresh, context=self.get_serializer_context()).data, status=code)
