"""Hand-overs with their signatures, samples with their results, and links: what hangs on a seizure, by its own ref."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from inspections import custody, links, samples
from inspections.api import seizure_serializers as body
from inspections.api.seizures import REFUSED
from inspections.models import Handover, Link, Photo, Sample, Signature
from inspections.samples import Taken
from inspections.seizure_filters import HandoverFilterSet, SampleFilterSet
from pcu.accounts.confirmation import NotConfirmedError, confirm
from pcu.accounts.models import User
from profiling.api.views.shared import VisibleRows, checked


class HandoverViewSet(VisibleRows):
    """Hand-overs of seized goods."""

    queryset = Handover.objects.all()
    serializer_class = body.HandoverSerializer
    filterset_class = HandoverFilterSet
    related = ("seizure", "given_by", "received_by")
    prefetched = (Prefetch("signatures", Signature.objects.order_by("pk")),)
    changes_field = "pk"

    @extend_schema(request=body.NewSignatureSerializer, responses={201: body.SignatureSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None)
    def signatures(self, request: Request, ref: str) -> Response:
        """Sign one side with the password of the person named there, or by a photograph of a paper; "off" calls the
        hand-over off before it took place, as its giver. A wrong password counts as a failed sign-in. For a giver who
        can sign in no more a supervisor of the unit signs, with a reason."""
        handover = get_object_or_404(
            self.visible().select_related("seizure__inspection", "given_by", "received_by"), ref=ref
        )
        told = checked(body.NewSignatureSerializer, request)
        side = told["side"]
        signer = handover.received_by if side == Signature.Side.RECEIVED else handover.given_by
        photos = Photo.objects.visible_to(self.person).filter(inspection=handover.seizure.inspection_id)
        paper = photos.filter(ref=told["paper"]).first() if told["paper"] else None
        if side != Signature.Side.RECEIVED and custody.giver_is_gone(handover):
            signature = custody.sign_instead(
                handover=handover, side=side, user=self.person, reason=told["reason"], paper=paper
            )
        elif signer is None:
            signature = custody.sign_on_paper(handover=handover, side=side, user=self.person, paper=paper)
        else:
            custody.require_hand(self.person, signer, handover)
            try:
                confirmed = confirm(request._request, signer, told["password"])
            except NotConfirmedError as error:
                raise ValidationError({"password": [error.message]}, code=error.code) from error
            signature = custody.sign(handover=handover, side=side, signer=confirmed, user=self.person)
        return Response(body.SignatureSerializer(signature).data, status=status.HTTP_201_CREATED)


class SampleViewSet(VisibleRows):
    """Samples and what the laboratories say."""

    queryset = Sample.objects.all()
    serializer_class = body.SampleSerializer
    filterset_class = SampleFilterSet
    related = ("seizure",)
    changes_field = "pk"

    @extend_schema(request=body.NewSampleSerializer, responses={200: body.SampleSerializer, **REFUSED})
    def update(self, request: Request, ref: str) -> Response:
        """Tell a sample anew, while the act may be changed and no result is there."""
        sample = self._sample()
        told = checked(body.NewSampleSerializer, request)
        changed = samples.change_sample(sample=sample, user=self.person, taken=Taken(**told))
        return Response(body.SampleSerializer(changed).data)

    @extend_schema(responses={204: None, **REFUSED})
    def destroy(self, request: Request, ref: str) -> Response:
        """Take away a sample recorded by mistake."""
        samples.remove_sample(sample=self._sample(), user=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=body.ResultSerializer, responses={200: body.SampleSerializer, **REFUSED})
    @action(detail=True, methods=["post"], filterset_class=None)
    def result(self, request: Request, ref: str) -> Response:
        """Record what the laboratory says: once, also after approval."""
        sample = self._sample()
        told = checked(body.ResultSerializer, request)
        answered = samples.record_result(sample=sample, user=self.person, **told)
        return Response(body.SampleSerializer(answered).data)

    def _sample(self) -> Any:
        return get_object_or_404(self.visible().select_related("seizure__inspection"), ref=self.kwargs["ref"])


class LinkViewSet(viewsets.GenericViewSet[Any]):
    """Links are read with their seizure."""

    queryset = Link.objects.all()
    serializer_class = body.LinkSerializer
    lookup_field = "ref"
    lookup_value_converter = "uuid"

    @extend_schema(responses={204: None, **REFUSED})
    def destroy(self, request: Request, ref: str) -> Response:
        """Untie a person, a company or a route, while the act may be changed."""
        rows = Link.objects.visible_to(request.user).select_related("seizure__inspection")
        links.remove_link(link=get_object_or_404(rows, ref=ref), user=_signed_in(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _signed_in(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user
