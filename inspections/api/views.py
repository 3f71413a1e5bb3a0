"""Examinations: planned, recorded change by change, photographed, given up."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from inspections import lines, planning, recording
from inspections.api.serializers import (
    AnswersSerializer,
    ChangesSerializer,
    CrewSerializer,
    DropSerializer,
    InspectionDetailSerializer,
    InspectionSerializer,
    InvalidPhotoSerializer,
    LeaveOutSerializer,
    NewLineSerializer,
    NewPhotoSerializer,
    PhotoSerializer,
    PlanSerializer,
)
from inspections.completeness import problems
from inspections.errors import PictureError, PictureTooLargeError
from inspections.filters import InspectionChanges, PhotoChanges
from inspections.models import Inspection, InspectionLine, Photo
from inspections.photos import add_photo, remove_photo
from inspections.picture_answers import picture_response
from inspections.recording import Answer, Change
from pcu.desk.uploads import upload_place
from profiling.api.bodies import PushBody, UnreadParser
from profiling.api.errors import ConflictError, TooLargeError
from profiling.api.serializers.refusals import InvalidRequestSerializer, RefusalSerializer
from profiling.api.views.shared import IDEMPOTENCY_KEY, VisibleRows, checked, key_named
from profiling.cargo.models import EquipmentVisit
from profiling.cases.models import Case, Referral

SIZES = {"shown": "shown_sha256", "thumb": "thumb_sha256"}


@extend_validation_errors(["invalid_act"], field_name="reason", actions=["drop", "leave_out"])
@extend_validation_errors(["invalid_act"], field_name="line", actions=["leave_out"])
class InspectionViewSet(VisibleRows):
    """Examinations of the caller's units, and those of cases passed to them."""

    queryset = Inspection.objects.all()
    serializer_class = InspectionSerializer
    detail_serializer_class = InspectionDetailSerializer
    filterset_class = InspectionChanges
    related = ("unit", "case", "referral", "created_by")
    detail_prefetched = (
        "team__user",
        "present",
        Prefetch("lines", InspectionLine.objects.select_related("visit", "found_in").prefetch_related("seals")),
        Prefetch("photos", Photo.objects.select_related("inspection", "line", "seal", "uploaded_by")),
    )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self.held:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a photograph that is too large, or one too many, before anything of the body is read."""
        super().initial(request, *args, **kwargs)
        if self.action == "photos":
            self.body = PushBody(request._request, settings.MAX_PHOTO)
            self.body.check_length()
            self.held.enter_context(upload_place())

    @extend_schema(
        request=PlanSerializer,
        responses={201: InspectionDetailSerializer, 400: InvalidRequestSerializer, 409: RefusalSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        """Plan an examination: from an open referral, or of a case on intelligence or own judgement."""
        body = checked(PlanSerializer, request)
        told = {name: body[name] for name in ("place", "planned_for", "present")}
        told |= {"team": _team(body["team"]), "form_key": key_named(request)}
        referral, case = body["referral"], body["case"]
        if (referral is None) == (case is None):
            raise ValidationError({"referral": [_("Name either a referral or a case.")]})
        if referral is not None:
            rows = Referral.objects.visible_to(self.person).select_related("case", "unit")
            found = get_object_or_404(rows, ref=referral)
            made = planning.plan(referral=found, user=self.person, **told)
        else:
            of = get_object_or_404(Case.objects.visible_to(self.person), ref=case)
            told |= {name: body[name] for name in ("reason", "why", "method")}
            made = planning.plan_without_referral(case=of, user=self.person, **told)
        return Response(self._detail(made), status=status.HTTP_201_CREATED)

    @extend_schema(
        request=ChangesSerializer,
        responses={200: AnswersSerializer, 400: InvalidRequestSerializer, 409: RefusalSerializer},
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def changes(self, request: Request, ref: str) -> Response:
        """Record changes; each is answered: applied, superseded by a later one of its tablet, refused, or conflict."""
        inspection = self.one()
        body = checked(ChangesSerializer, request)
        changes = [Change(**told) for told in body["changes"]]
        answers = recording.apply_changes(inspection=inspection, user=self.person, changes=changes)
        inspection.refresh_from_db()
        told = {
            "answers": answers,
            "version": inspection.version,
            "state": inspection.state,
            "missing": problems(inspection),
        }
        return Response(AnswersSerializer(told).data)

    @extend_schema(
        request=CrewSerializer,
        responses={200: InspectionDetailSerializer, 400: InvalidRequestSerializer, 409: RefusalSerializer},
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def team(self, request: Request, ref: str) -> Response:
        """Say anew who takes part and who looks on."""
        inspection = self.one()
        body = checked(CrewSerializer, request)
        stands = recording.standing(inspection, ("team", "present"))
        wanted = {"team": _team(body["team"])} if "team" in body else {}
        wanted |= {"present": body["present"]} if "present" in body else {}
        changes = [Change(name, value, stands[name]) for name, value in wanted.items()]
        for answer in recording.apply_changes(inspection=inspection, user=self.person, changes=changes):
            _insist(answer)
        return Response(self._detail(inspection))

    @extend_schema(request=None, responses={200: InspectionDetailSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def start(self, request: Request, ref: str) -> Response:
        """Begin now; twice is no error."""
        return Response(self._detail(recording.start(inspection=self.one(), user=self.person)))

    @extend_schema(request=NewLineSerializer, responses={200: InspectionDetailSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def lines(self, request: Request, ref: str) -> Response:
        """Examine another piece of equipment of the case; one that has a line keeps it."""
        inspection = self.one()
        named = checked(NewLineSerializer, request)["visit"]
        visit = get_object_or_404(EquipmentVisit.objects.filter(cases=inspection.case_id), ref=named)
        lines.add_line(inspection=inspection, visit=visit, user=self.person)
        return Response(self._detail(inspection))

    @extend_schema(request=LeaveOutSerializer, responses={200: InspectionDetailSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], url_path="leave-out", filterset_class=None)
    def leave_out(self, request: Request, ref: str) -> Response:
        """Take away a line on which nothing stands, and say why that equipment is not examined."""
        inspection = self.one()
        body = checked(LeaveOutSerializer, request)
        line = get_object_or_404(inspection.lines.all(), ref=body["line"])
        lines.leave_out(line=line, user=self.person, reason=body["reason"])
        return Response(self._detail(inspection))

    @extend_schema(request=DropSerializer, responses={200: InspectionDetailSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def drop(self, request: Request, ref: str) -> Response:
        """Give it up; its referral is open again."""
        inspection = self.one()
        body = checked(DropSerializer, request)
        return Response(self._detail(planning.drop(inspection=inspection, user=self.person, **body)))

    @extend_schema(
        request={"image/jpeg": OpenApiTypes.BINARY, "application/octet-stream": OpenApiTypes.BINARY},
        parameters=[NewPhotoSerializer],
        responses={
            201: PhotoSerializer,
            400: InvalidPhotoSerializer,
            408: RefusalSerializer,
            409: RefusalSerializer,
            413: RefusalSerializer,
            429: RefusalSerializer,
        },
    )
    @action(detail=True, methods=["post"], filterset_class=None, parser_classes=[UnreadParser])
    def photos(self, request: Request, ref: str) -> Response:
        """Add a photograph or scan image; what it is, is judged by its content."""
        inspection = self.one()
        told = checked(NewPhotoSerializer, request, request.query_params)
        line = told.pop("line")
        try:
            photo = add_photo(
                inspection=inspection,
                user=self.person,
                pieces=iter(self.body.read, b""),
                line=get_object_or_404(inspection.lines.all(), ref=line) if line else None,
                seal_ref=told.pop("seal"),
                **told,
            )
        except PictureError as error:
            raise ValidationError({"body": [error.message]}, code=error.code) from error
        except PictureTooLargeError as error:
            raise TooLargeError(error.message) from error
        return Response(PhotoSerializer(photo).data, status=status.HTTP_201_CREATED)

    def _detail(self, inspection: Inspection) -> Any:
        rows = self.visible().select_related(*self.related).prefetch_related(*self.detail_prefetched)
        return InspectionDetailSerializer(rows.get(pk=inspection.pk), context=self.get_serializer_context()).data


class PhotoViewSet(VisibleRows):
    """Photographs and scan images of examinations."""

    queryset = Photo.objects.all()
    serializer_class = PhotoSerializer
    filterset_class = PhotoChanges
    related = ("inspection", "line", "seal", "uploaded_by")
    changes_field = "uploaded_at"

    @extend_schema(request=None, responses={200: PhotoSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def remove(self, request: Request, ref: str) -> Response:
        """Take it out of the act; twice is no error, and the bytes stay."""
        photo = get_object_or_404(self.visible().select_related("inspection__case"), ref=ref)
        remove_photo(photo=photo, user=self.person)
        return Response(PhotoSerializer(self.get_queryset().get(pk=photo.pk)).data)

    @extend_schema(
        parameters=[OpenApiParameter("size", str, enum=sorted(SIZES), default="shown")],
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            (200, "image/png"): OpenApiTypes.BINARY,
        },
    )
    @action(detail=True, filterset_class=None)
    def image(self, request: Request, ref: str) -> HttpResponse:
        """The picture as it is shown: a copy without metadata."""
        column = SIZES.get(request.query_params.get("size", "shown"), "shown_sha256")
        return picture_response(getattr(self.one(), column))


def _team(told: Any) -> list[dict[str, Any]]:
    return [{**one, "user": str(one["user"])} for one in told]


def _insist(answer: Answer) -> None:
    """Raises ValidationError or ConflictError for what was not made."""
    if answer["outcome"] == "refused":
        raise ValidationError({answer["field"]: [answer["message"]]}, code="invalid_act")
    if answer["outcome"] == "conflict":
        raise ConflictError(answer["message"], code="conflict")
