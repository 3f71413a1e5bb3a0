"""Warnings over the API: list, read, compose and send, acknowledge, answer, recall; and the messages of a thread."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from exchanges.api.serializers import (
    FeedbackSerializer,
    MessageSerializer,
    NewFeedbackSerializer,
    NewLookoutsSerializer,
    NewMessageSerializer,
    NewWarningSerializer,
    RecallSerializer,
    WarningDetailSerializer,
    WarningSerializer,
)
from exchanges.filters import WarningChanges
from exchanges.models import Clock, Feedback, Message, PartnerWarning
from exchanges.services import answering, answers, composing, sending, talk, watching
from pcu.accounts.models import Unit
from profiling.api.serializers.refusals import InvalidRequestSerializer, RefusalSerializer
from profiling.api.views.shared import IDEMPOTENCY_KEY, VisibleRows, checked, key_named
from profiling.cases.models import Case
from profiling.lookouts.choices import Kind


def _refusals(view: type[Any]) -> type[Any]:
    """Tell the schema what the services refuse, field by field."""
    for name, serializer, code in (
        ("feedback", NewFeedbackSerializer, "invalid_feedback"),
        ("recall", RecallSerializer, "invalid_warning"),
        ("messages", NewMessageSerializer, "invalid_message"),
    ):
        for field in serializer().get_fields():
            extend_validation_errors([code, "invalid"], field_name=field, actions=[name], methods=["post"])(view)
    for field in ("handling", "expires_at"):
        extend_validation_errors(["invalid_warning"], field_name=field, actions=["send"])(view)
    return view


@_refusals
class WarningViewSet(mixins.CreateModelMixin, VisibleRows):
    """Warnings that the caller's units have written or received."""

    queryset = PartnerWarning.objects.all()
    serializer_class = WarningSerializer
    detail_serializer_class = WarningDetailSerializer
    filterset_class = WarningChanges
    related = ("thread", "from_unit", "to_unit", "case", "sent_by", "read_by", "acknowledged_by")
    detail_prefetched = (
        Prefetch("thread__clocks", Clock.objects.select_related("unit")),
        Prefetch("feedback", Feedback.objects.select_related("given_by", "supersedes")),
    )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One warning; reading it for the other side tells the sender so."""
        answering.mark_read(thread=self.one().thread, user=self.person)
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        request=NewWarningSerializer,
        responses={201: WarningDetailSerializer, 400: InvalidRequestSerializer, 409: RefusalSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write a warning from a case, and send it unless `send` is false."""
        said = checked(NewWarningSerializer, request)
        case = Case.objects.visible_to(self.person).filter(ref=said.pop("case")).first()
        if case is None:
            raise ValidationError({"case": [_("There is no such case.")]})
        is_sent = said.pop("send")
        visits, papers = said.pop("visits"), said.pop("consignments")
        contents = composing.Contents(
            **{**said, "to_unit": Unit.objects.filter(code=said["to_unit"]).first()},
            visits=_named(case.visits.all(), visits, "visits"),
            consignments=_named(case.consignments.all(), papers, "consignments"),
        )
        write = sending.compose_and_send if is_sent else composing.compose
        warning = write(case=case, user=self.person, contents=contents, form_key=key_named(request))
        return self._now(warning, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={200: WarningDetailSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def send(self, request: Request, ref: str) -> Response:
        """Send a draft."""
        return self._now(sending.send(warning=self.one(), user=self.person))

    @extend_schema(request=None, responses={200: WarningDetailSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def acknowledge(self, request: Request, ref: str) -> Response:
        """Take the warning up; a second time changes nothing."""
        return self._now(answering.acknowledge(warning=self.one(), user=self.person))

    @extend_schema(
        request=NewLookoutsSerializer,
        responses={200: WarningDetailSerializer, 400: InvalidRequestSerializer, 409: RefusalSerializer},
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def lookouts(self, request: Request, ref: str) -> Response:
        """Turn what the warning names into lookouts of the unit that was warned; all or none."""
        warning = self.one()
        said = checked(NewLookoutsSerializer, request)
        chosen = [watching.Watchable(Kind(one["kind"]), one["value"]) for one in said["chosen"]]
        watching.make_lookouts(
            warning=warning, user=self.person, chosen=chosen, action=said["action"], expires_on=said["expires_on"]
        )
        return self._now(self.one())

    @extend_schema(request=RecallSerializer, responses={200: WarningDetailSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def recall(self, request: Request, ref: str) -> Response:
        """Take an unanswered warning back."""
        warning = self.one()
        return self._now(sending.recall(warning=warning, user=self.person, **checked(RecallSerializer, request)))

    @extend_schema(request=NewFeedbackSerializer, responses={201: FeedbackSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def feedback(self, request: Request, ref: str) -> Response:
        """Answer the warning, or amend the answer."""
        warning = self.one()
        said = checked(NewFeedbackSerializer, request)
        amends = said.pop("amends")
        told = answers.Told(**said)
        if amends is None:
            given = answers.give_feedback(warning=warning, user=self.person, told=told)
        else:
            seen = warning.feedback.filter(ref=amends).first()
            if seen is None:
                raise ValidationError({"amends": [_("There is no such feedback on this warning.")]})
            given = answers.amend_feedback(warning=warning, user=self.person, told=told, supersedes=seen)
        return Response(FeedbackSerializer(given).data, status=status.HTTP_201_CREATED)

    @extend_schema(methods=["get"], responses=MessageSerializer(many=True), filters=False)
    @extend_schema(
        methods=["post"],
        request=NewMessageSerializer,
        responses={201: MessageSerializer, 409: RefusalSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["get", "post"], filterset_class=None, pagination_class=None)
    def messages(self, request: Request, ref: str) -> Response:
        """What was said in the thread, oldest first, with the notes of one's own side; or say something."""
        warning = self.one()
        if request.method != "POST":
            answering.mark_read(thread=warning.thread, user=self.person)
            lines = Message.objects.visible_to(self.person).filter(thread=warning.thread)
            lines = lines.select_related("unit", "author", "only_for")
            return Response(MessageSerializer(lines, many=True).data)
        said = checked(NewMessageSerializer, request)
        sides = (warning.from_unit, warning.to_unit)
        unit = next((one for one in sides if one.code == said["unit"]), None)
        if unit is None:
            raise ValidationError({"unit": [_("This unit takes no part in the thread.")]})
        written = talk.write(
            thread=warning.thread,
            user=self.person,
            unit=unit,
            text=said["text"],
            kind=said["kind"],
            form_key=key_named(request),
        )
        return Response(MessageSerializer(written).data, status=status.HTTP_201_CREATED)

    def one(self) -> PartnerWarning:
        found: PartnerWarning = get_object_or_404(
            self.visible().select_related("thread", "from_unit", "to_unit", "case"), ref=self.kwargs["ref"]
        )
        return found

    def _now(self, warning: PartnerWarning, code: int = status.HTTP_200_OK) -> Response:
        fresh = self.get_queryset().get(pk=warning.pk)  # with what a detail reads: this is no list
        body = WarningDetailSerializer(fresh, context=self.get_serializer_context())
        return Response(body.data, status=code)


def _named(rows: Any, refs: list[Any], field: str) -> list[Any]:
    """Rows of the case by ref, each once. Raises ValidationError for what is not part of it."""
    found = {row.ref: row for row in rows}
    if unknown := [str(ref) for ref in refs if ref not in found]:
        raise ValidationError({field: [_("Not part of the case: %(refs)s.") % {"refs": ", ".join(unknown)}]})
    return [found[ref] for ref in dict.fromkeys(refs)]
