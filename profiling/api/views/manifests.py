"""Push manifests and ask what became of them: for client systems and for staff."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pcu.accounts.models import Unit, User
from pcu.accounts.permissions import StaffOrClient
from pcu.accounts.roles import Capability
from profiling.api.errors import too_large
from profiling.api.filters import SubmissionChanges
from profiling.api.serializers.manifests import (
    ManifestDetailSerializer,
    ManifestSerializer,
    PushOptionsSerializer,
    ReceivedSerializer,
    UploadSerializer,
)
from profiling.api.serializers.refusals import InvalidPushSerializer, RefusalSerializer
from profiling.api.views.shared import VisibleRows
from profiling.cargo.models import Submission
from profiling.intake import services as intake

PIECE = 64 * 1024
# Boundaries and headers around the one file of a multipart body.
MULTIPART_MARGIN = 64 * 1024


class ManifestViewSet(VisibleRows):
    """Manifests pushed by the caller; staff see those of their units."""

    queryset = Submission.objects.all()
    permission_classes = [StaffOrClient]
    serializer_class = ManifestSerializer
    detail_serializer_class = ManifestDetailSerializer
    filterset_class = SubmissionChanges
    related = ("unit",)

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Keep what Django knows of the body; nothing of it has been read."""
        self.body_length = _content_length(request)
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large before anything reads the body: a sign-in by session may parse all of a form."""
        if request.method == "POST":
            multipart = _is_multipart(request)
            limit = settings.MAX_UPLOAD + (MULTIPART_MARGIN if multipart else 0)
            if self.body_length is not None and self.body_length > limit:
                raise too_large(settings.MAX_UPLOAD)
        super().initial(request, *args, **kwargs)

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY, "multipart/form-data": UploadSerializer},
        responses={202: ReceivedSerializer, 400: InvalidPushSerializer, 409: RefusalSerializer, 413: RefusalSerializer},
        parameters=[
            PushOptionsSerializer,
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description="The same key and body is answered as the first time; the same key with another body is "
                "refused (409). Without it, the sender and the SHA-256 of the body stand for it.",
            ),
        ],
    )
    def create(self, request: Request) -> Response:
        """Push a manifest: UN/EDIFACT CUSCAR or pcu-manifest JSON, as the raw body or as the part `file`."""
        options = PushOptionsSerializer(data=request.query_params)
        options.is_valid(raise_exception=True)
        unit = _unit_to_push_to(self.person, options.validated_data["unit"])
        pieces, name = _body(request, self.body_length)
        submission = intake.receive(
            sender=self.person,
            unit=unit,
            pieces=pieces,
            file_name=name,
            idempotency_key=request.headers.get("Idempotency-Key") or None,
            atomic=options.validated_data["atomic"],
            dry_run=options.validated_data["dry_run"],
        )
        answer = ReceivedSerializer(submission, context=self.get_serializer_context()).data
        return Response(answer, status=status.HTTP_202_ACCEPTED, headers={"Location": answer["url"]})

    @extend_schema(request=None, responses={202: ReceivedSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def retry(self, request: Request, ref: str) -> Response:
        """Try again what failed on our side; for staff with that right."""
        submission = self.one()
        intake.retry(submission=submission, actor=self.person)
        submission.refresh_from_db()
        answer = ReceivedSerializer(submission, context=self.get_serializer_context()).data
        return Response(answer, status=status.HTTP_202_ACCEPTED)


def _content_length(request: HttpRequest) -> int | None:
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdecimal() else None


def _is_multipart(request: Request) -> bool:
    return (request.META.get("CONTENT_TYPE") or "").lower().startswith("multipart/form-data")


def _units(user: User) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=user.scope.units(Capability.PUSH), kind=Unit.Kind.UNIT).order_by("path")


def _unit_to_push_to(user: User, code: str) -> Unit:
    """The unit named, or the only one there is. Raises ValidationError with the codes to choose from."""
    units = list(_units(user))
    found = [unit for unit in units if unit.code == code] if code else units
    if len(found) == 1:
        return found[0]
    codes = ", ".join(unit.code for unit in units)
    if not units:
        raise ValidationError({"unit": [_("You may not push to any unit.")]}, code="invalid")
    raise ValidationError({"unit": [_("Name one of these units: %(codes)s.") % {"codes": codes}]}, code="invalid")


def _body(request: Request, length: int | None) -> tuple[Iterator[bytes], str]:
    """The bytes pushed, in pieces, and the name the sender gave them."""
    if not _is_multipart(request):
        return _pieces(request, length), ""
    try:
        upload = request._request.FILES.get("file")
    except MultiPartParserError as error:
        raise ValidationError({"file": [_("This multipart body cannot be read.")]}) from error
    if not isinstance(upload, UploadedFile):
        raise ValidationError({"file": [_("Send the manifest as the part “file”.")]}, code="required")
    return upload.chunks(PIECE), upload.name or ""


def _pieces(request: Request, length: int | None) -> Iterator[bytes]:
    """The raw body. Raises ValidationError where the line broke before its end: half a file is no push.

    Kept as one, it would hold the sender's Idempotency-Key against the whole file when that comes.
    """
    stream: BinaryIO = _stream(request._request)
    left = length or 0
    try:
        while piece := stream.read(PIECE):
            left -= len(piece)
            yield piece
    except OSError as error:
        raise _cut() from error
    if left > 0:
        raise _cut()


def _cut() -> ValidationError:
    return ValidationError(_("The body ended before its announced length."), code="body_cut")


def _stream(request: Any) -> Any:
    """Where to read a raw body from.

    Django reads nothing of a body without a length. A server that ends the input itself (gunicorn does, for chunked
    bodies) says so in `wsgi.input_terminated`, and its input may then be read to the end.
    """
    if request.META.get("wsgi.input_terminated") and not request.META.get("CONTENT_LENGTH"):
        return request.META["wsgi.input"]
    return request
