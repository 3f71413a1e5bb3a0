"""Lookouts and what they have met."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from profiling.api.filters import LookoutChanges, LookoutHitChanges
from profiling.api.serializers.lookouts import (
    LookBackSerializer,
    LookoutHitSerializer,
    LookoutPreviewSerializer,
    LookoutSerializer,
    LookoutWithdrawalSerializer,
    NewLookoutSerializer,
    RenewalSerializer,
)
from profiling.api.serializers.refusals import RefusalSerializer
from profiling.api.views.shared import IDEMPOTENCY_KEY, VisibleRows, checked, key_named
from profiling.cases import watching
from profiling.lookouts.models import Lookout, LookoutHit
from profiling.lookouts.seeing import see
from profiling.lookouts.services import mark_seen


def _refusals(view: type[Any]) -> type[Any]:
    """Tell the schema what a lookout may be refused for, field by field."""
    for field in NewLookoutSerializer().get_fields():
        codes = ["invalid_lookout", "matches_too_much"] if field == "value" else ["invalid_lookout"]
        extend_validation_errors(codes, field_name=field, actions=["create"])(view)
    extend_validation_errors(["unknown_unit"], field_name="unit", actions=["create", "preview"])(view)
    extend_validation_errors(["invalid_lookout"], field_name="expires_on", actions=["renew"])(view)
    extend_validation_errors(["invalid_lookout"], field_name="reason", actions=["withdraw"])(view)
    return view


@_refusals
class LookoutViewSet(VisibleRows):
    """Lookouts that apply to the caller's units, as far as the caller may know of them."""

    queryset = Lookout.objects.all()
    serializer_class = LookoutSerializer
    filterset_class = LookoutChanges
    related = ("unit", "created_by", "withdrawn_by")

    @extend_schema(request=NewLookoutSerializer, responses={201: LookoutSerializer}, parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request) -> Response:
        """Place a lookout. It is held against all that comes, and at once against what stands."""
        body = checked(NewLookoutSerializer, request)
        unit = self._unit(body.pop("unit"))
        placed = watching.place_lookout(unit=unit, user=self.person, form_key=key_named(request), **body)
        return self._now(placed, status.HTTP_201_CREATED)

    @extend_schema(request=LookBackSerializer, responses={200: LookoutPreviewSerializer}, filters=False)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def preview(self, request: Request) -> Response:
        """How often a lookout would have matched, before it is placed."""
        body = checked(LookBackSerializer, request)
        unit = self._unit(body.pop("unit"))
        found = watching.preview(unit=unit, user=self.person, **body)
        same = watching.same_lookouts(unit=unit, user=self.person, **body)
        shown = {
            name: getattr(found, name) for name in ("key", "counts", "more", "standing", "latest", "fault", "doubt")
        }
        shown |= {"share": found.share, "watched_by": same}
        return Response(LookoutPreviewSerializer(shown).data)

    @extend_schema(request=RenewalSerializer, responses={200: LookoutSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def renew(self, request: Request, ref: str) -> Response:
        """Keep watching until another day."""
        lookout = self.one()
        body = checked(RenewalSerializer, request)
        return self._now(watching.renew(lookout=lookout, user=self.person, **body))

    @extend_schema(request=LookoutWithdrawalSerializer, responses={200: LookoutSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def withdraw(self, request: Request, ref: str) -> Response:
        """Watch no more; what it has met stays."""
        lookout = self.one()
        body = checked(LookoutWithdrawalSerializer, request)
        return self._now(watching.withdraw(lookout=lookout, user=self.person, **body))

    def _unit(self, code: str) -> Unit:
        """A unit the caller keeps lookouts for, by its code. Raises ValidationError."""
        held = Unit.objects.filter(pk__in=self.person.scope.units(Capability.WATCH))
        found = list(held.filter(code=code) if code else held[:2])
        if len(found) != 1:
            message = _("You keep lookouts in no unit of this code.") if code else _("Say in which unit, by its code.")
            raise ValidationError({"unit": [message]}, code="unknown_unit")
        return found[0]

    def _now(self, lookout: Lookout, code: int = status.HTTP_200_OK) -> Response:
        fresh = self.get_queryset().get(pk=lookout.pk)
        return Response(LookoutSerializer(fresh, context=self.get_serializer_context()).data, status=code)


class LookoutHitViewSet(VisibleRows):
    """Where lookouts were met. Of one kept for another agency only that it was, and whom to ask."""

    queryset = LookoutHit.objects.all()
    serializer_class = LookoutHitSerializer
    filterset_class = LookoutHitChanges
    related = ("unit", "lookout__unit", "lookout__created_by", "consignment", "visit", "submission", "seen_by")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        assert page is not None
        return self.get_paginated_response(self._shown(page))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self._shown([self.get_object()])[0])

    @extend_schema(request=None, responses=LookoutHitSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def seen(self, request: Request, ref: str) -> Response:
        """Mark the hit as seen; the first who does so is kept."""
        hit = self.one()
        mark_seen(hits=[hit], user=self.person)
        return Response(self._shown([self.get_queryset().get(pk=hit.pk)])[0])

    def _shown(self, hits: Sequence[LookoutHit]) -> Any:
        seen = {one.hit.pk: one for one in see(hits, self.person)}
        context = {**self.get_serializer_context(), "seen": seen}
        return LookoutHitSerializer(hits, many=True, context=context).data
