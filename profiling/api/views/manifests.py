"""Push manifests and ask what became of them: for client systems and for staff."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from pcu.accounts.models import Unit, User
from pcu.accounts.permissions import StaffOrClient
from pcu.accounts.roles import Capability
from pcu.desk.uploads import upload_place
from profiling.api.bodies import PIECE, PushBody, UnreadParser
from profiling.api.filters import SubmissionChanges
from profiling.api.serializers.manifests import (
    ManifestDetailSerializer,
    ManifestSerializer,
    ProblemSerializer,
    PushOptionsSerializer,
    PushUploadSerializer,
    ReceivedSerializer,
)
from profiling.api.serializers.refusals import InvalidRequestSerializer, RefusalSerializer
from profiling.api.views.shared import VisibleRows, key_named
from profiling.cargo.models import Submission
from profiling.intake import sent_documents
from profiling.intake import services as intake
from profiling.intake.answers import edifact_answer


class EdifactRenderer(JSONRenderer):
    """Lets a sender ask for its own kind. What is left to render are refusals, which are JSON in any case."""

    media_type = "application/EDIFACT"  # RFC 1767
    format = "edi"


class ManifestViewSet(VisibleRows):
    """Manifests pushed by the caller; staff see those of their units."""

    queryset = Submission.objects.all()
    permission_classes = [StaffOrClient]
    serializer_class = ManifestSerializer
    detail_serializer_class = ManifestDetailSerializer
    filterset_class = SubmissionChanges
    related = ("unit",)
    parser_classes = [UnreadParser]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self.held:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large, or one too many, before anything of the body is read."""
        super().initial(request, *args, **kwargs)
        if self.action == "create":
            self.body = PushBody(request._request)
            self.body.check_length()
            self.held.enter_context(upload_place())

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        if isinstance(getattr(request, "accepted_renderer", None), EdifactRenderer):
            request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY, "multipart/form-data": PushUploadSerializer},
        responses={
            202: ReceivedSerializer,
            400: InvalidRequestSerializer,
            408: RefusalSerializer,
            409: RefusalSerializer,
            413: RefusalSerializer,
            429: RefusalSerializer,
        },
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
        """Push a manifest, as the raw body or as the part `file`; documents that belong to it as parts `document`."""
        options = PushOptionsSerializer(data=request.query_params)
        options.is_valid(raise_exception=True)
        history = options.validated_data["history"]
        needed = Capability.LOAD_HISTORY if history else Capability.PUSH
        unit = unit_to_push_to(self.person, options.validated_data["unit"], needed)
        pieces, name, documents = self.body.push()
        if history and documents:
            told = _("History takes no documents beside it: load them where their consignments are.")
            raise ValidationError({"document": [told]}, code="invalid")
        submission = intake.receive(
            sender=self.person,
            unit=unit,
            pieces=pieces,
            file_name=name,
            idempotency_key=key_named(request) or None,
            atomic=options.validated_data["atomic"],
            dry_run=options.validated_data["dry_run"],
            history=history,
        )
        sent_documents.take(submission=submission, user=self.person, documents=sent(documents))
        answer = ReceivedSerializer(submission, context=self.get_serializer_context()).data
        return Response(answer, status=status.HTTP_202_ACCEPTED, headers={"Location": answer["url"]})

    @extend_schema(responses=ProblemSerializer(many=True))
    @action(detail=True, changes_field="pk", filterset_class=None)
    def problems(self, request: Request, ref: str) -> Response:
        """All that was wrong with it, in the order of the file."""
        page = self.paginate_queryset(self.one().problems.all())
        return self.get_paginated_response(ProblemSerializer(page, many=True).data)

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "message",
                str,
                enum=["contrl", "cusres"],
                description="Without it CONTRL where the syntax refused the interchange, else CUSRES.",
            )
        ],
        responses={
            (200, EdifactRenderer.media_type): OpenApiTypes.BINARY,
            (400, "application/json"): InvalidRequestSerializer,
            (409, "application/json"): RefusalSerializer,
        },
    )
    @action(detail=True, filterset_class=None, renderer_classes=[EdifactRenderer, JSONRenderer], pagination_class=None)
    def answer(self, request: Request, ref: str) -> HttpResponse:
        """The answer in kind to an interchange of UN/EDIFACT. For other formats the problems are the answer (409)."""
        kind = request.query_params.get("message", "")
        if kind not in ("", "contrl", "cusres"):
            raise ValidationError({"message": [_("Choose contrl or cusres.")]}, code="invalid_choice")
        submission = self.one()
        answer = HttpResponse(edifact_answer(submission, kind), content_type=EdifactRenderer.media_type)
        answer["Content-Disposition"] = f'attachment; filename="answer-{submission.ref}.edi"'
        return answer

    @extend_schema(request=None, responses={202: ReceivedSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def retry(self, request: Request, ref: str) -> Response:
        """Try again what failed on our side; for staff with that right."""
        submission = self.one()
        intake.retry(submission=submission, actor=self.person)
        submission.refresh_from_db()
        answer = ReceivedSerializer(submission, context=self.get_serializer_context()).data
        return Response(answer, status=status.HTTP_202_ACCEPTED)


def sent(files: Sequence[UploadedFile[Any]]) -> list[sent_documents.Sent]:
    """Files of a form as intake takes them."""
    return [sent_documents.Sent(one.name or "", one.size or 0, one.chunks(PIECE)) for one in files]


def _units(user: User, needed: Capability) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=user.scope.units(needed), kind=Unit.Kind.UNIT).order_by("path")


def unit_to_push_to(user: User, code: str, needed: Capability) -> Unit:
    """The unit named, or the only one there is.

    Raises PermissionDenied for who may push nowhere, else ValidationError with the codes to choose from.
    """
    units = list(_units(user, needed))
    if not units:
        raise PermissionDenied(_("Your role does not allow you to %(action)s.") % {"action": needed.label})
    found = [unit for unit in units if unit.code == code] if code else units
    if len(found) == 1:
        return found[0]
    codes = ", ".join(unit.code for unit in units)
    raise ValidationError({"unit": [_("Name one of these units: %(codes)s.") % {"codes": codes}]}, code="invalid")
