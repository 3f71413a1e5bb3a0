"""Cases and what is done to them; holds and referrals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from profiling.api.filters import CaseChanges, HoldChanges, ReferralChanges
from profiling.api.serializers.cases import (
    CaseDetailSerializer,
    CaseSerializer,
    CommentSerializer,
    DecisionSerializer,
    EventSerializer,
    NeverArrivedSerializer,
    NewDecisionSerializer,
    NewHoldSerializer,
    TakeOverSerializer,
)
from profiling.api.serializers.holds import HoldSerializer, LiftedSerializer, ReferralSerializer
from profiling.api.serializers.refusals import RefusalSerializer
from profiling.api.serializers.tuning import NewTuningSerializer, TuningRequestSerializer
from profiling.api.views.shared import IF_MATCH, VisibleRows, checked, version_named, with_version
from profiling.cargo.models import Consignment, EquipmentVisit
from profiling.cases import services, tuning
from profiling.cases.holding import lift_hold, place_hold
from profiling.cases.models import Case, CaseEvent, Decision, Hold, Referral
from profiling.cases.outcomes import close_never_arrived

HOLD_RELATED = ("unit", "case", "visit", "placed_by", "lifted_by")


def _refusals(view: type[Any]) -> type[Any]:
    """Tell the schema what a decision or a hold may be refused for, field by field."""
    for action_name, serializer, code in (
        ("decisions", NewDecisionSerializer, "invalid_decision"),
        ("holds", NewHoldSerializer, "invalid_hold"),
    ):
        for field in serializer().get_fields():
            codes = [code, "invalid"] if field == "visits" else [code]
            extend_validation_errors(codes, field_name=field, actions=[action_name])(view)
    return view


@_refusals
@extend_validation_errors(["invalid"], field_name="If-Match", actions=["decisions"])
@extend_validation_errors(["invalid_tuning"], field_name="note", actions=["tuning_requests"])
@extend_validation_errors(["invalid_tuning"], field_name="rule", actions=["tuning_requests"])
@extend_validation_errors(["empty_comment"], field_name="text", actions=["comments"])
class CaseViewSet(VisibleRows):
    """Cases of the caller's units, and those passed to them."""

    queryset = Case.objects.all()
    serializer_class = CaseSerializer
    detail_serializer_class = CaseDetailSerializer
    filterset_class = CaseChanges
    related = ("unit", "working_unit", "recommended_lane", "decided_lane", "claimed_by")
    detail_related = (
        "decided_assessment",
        "assessment__unit",
        "assessment__release",
        "assessment__recommended_lane",
        "assessment__version__consignment",
        "assessment__visit",
    )
    detail_prefetched = (
        Prefetch("consignments", Consignment.objects.order_by("pk")),
        Prefetch("visits", EquipmentVisit.objects.order_by("pk")),
        Prefetch("decisions", Decision.objects.select_related("lane", "assessment", "passed_to", "decided_by")),
        Prefetch(
            "holds", Hold.objects.select_related("unit", "case", "visit", "placed_by", "lifted_by").order_by("pk")
        ),
        Prefetch("referrals", Referral.objects.select_related("unit", "case", "created_by").order_by("pk")),
        Prefetch("events", CaseEvent.objects.select_related("actor")),
    )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        case = self.get_object()
        return with_version(Response(self.get_serializer(case).data), case)

    @extend_schema(request=None, responses={200: CaseSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def claim(self, request: Request, ref: str) -> Response:
        """Claim the case, or prolong one's claim."""
        return self._now(services.claim(case=self.one(), user=self.person))

    @extend_schema(request=None, responses={200: CaseSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], url_path="give-back", filterset_class=None)
    def give_back(self, request: Request, ref: str) -> Response:
        """Give one's claim back."""
        return self._now(services.give_back(case=self.one(), user=self.person))

    @extend_schema(request=TakeOverSerializer, responses={200: CaseSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], url_path="take-over", filterset_class=None)
    def take_over(self, request: Request, ref: str) -> Response:
        """Take the case over from whoever holds it, as a supervisor."""
        case = self.one()
        body = checked(TakeOverSerializer, request)
        return self._now(services.take_over(case=case, supervisor=self.person, **body))

    @extend_schema(request=NeverArrivedSerializer, responses={200: CaseSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], url_path="never-arrived", filterset_class=None)
    def never_arrived(self, request: Request, ref: str) -> Response:
        """Close the case: the cargo never came."""
        case = self.one()
        body = checked(NeverArrivedSerializer, request)
        return self._now(close_never_arrived(case=case, user=self.person, **body))

    @extend_schema(request=CommentSerializer, responses={201: EventSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def comments(self, request: Request, ref: str) -> Response:
        """Comment on the case."""
        case = self.one()
        body = checked(CommentSerializer, request)
        said = services.comment(case=case, user=self.person, **body)
        return Response(EventSerializer(said).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=NewTuningSerializer, responses={201: TuningRequestSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None, url_path="tuning-requests")
    def tuning_requests(self, request: Request, ref: str) -> Response:
        """Say that a rule that fired here needs tuning; asked again, the note takes the place of the one before."""
        asked = tuning.ask(case=self.one(), user=self.person, **checked(NewTuningSerializer, request))
        return Response(TuningRequestSerializer(asked).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=NewDecisionSerializer,
        responses={201: DecisionSerializer, 409: RefusalSerializer, 428: RefusalSerializer},
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def decisions(self, request: Request, ref: str) -> Response:
        """Decide the case."""
        case = self.one()
        expected = version_named(request)
        body = checked(NewDecisionSerializer, request)
        visits = body.pop("visits")
        if visits is not None:
            visits = _equipment_named(case, visits)
        to = body.pop("pass_to")
        pass_to = next((unit for unit in services.units_to_pass_to(case) if unit.code == to), None) if to else None
        decision = services.decide(
            case=case, user=self.person, expected_version=expected, visits=visits, pass_to=pass_to, **body
        )
        return with_version(Response(DecisionSerializer(decision).data, status=status.HTTP_201_CREATED), decision.case)

    @extend_schema(
        request=NewHoldSerializer, responses={201: HoldSerializer(many=True), 409: RefusalSerializer}, filters=False
    )
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def holds(self, request: Request, ref: str) -> Response:
        """Hold equipment of the case, apart from any decision."""
        case = self.one()
        body = checked(NewHoldSerializer, request)
        visits = _equipment_named(case, body.pop("visits"))
        placed = place_hold(case=case, user=self.person, visits=visits, **body)
        rows = Hold.objects.filter(pk__in=[hold.pk for hold in placed]).select_related(*HOLD_RELATED).order_by("pk")
        return Response(HoldSerializer(rows, many=True).data, status=status.HTTP_201_CREATED)

    def _now(self, case: Case) -> Response:
        fresh = self.get_queryset().get(pk=case.pk)
        return with_version(Response(CaseSerializer(fresh, context=self.get_serializer_context()).data), fresh)


class HoldViewSet(VisibleRows):
    """Holds of the caller's units, and those of cases passed to them."""

    queryset = Hold.objects.all()
    serializer_class = HoldSerializer
    filterset_class = HoldChanges
    related = HOLD_RELATED

    @extend_schema(request=None, responses=LiftedSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def lift(self, request: Request, ref: str) -> Response:
        """Lift the hold; lifting twice is no error."""
        hold = self.one()
        lifted = lift_hold(hold=hold, user=self.person)
        return Response(LiftedSerializer({"lifted_now": lifted, "hold": self.get_queryset().get(pk=hold.pk)}).data)


class ReferralViewSet(VisibleRows):
    """Requests to examine."""

    queryset = Referral.objects.all()
    serializer_class = ReferralSerializer
    filterset_class = ReferralChanges
    related = ("unit", "case", "created_by")


def _equipment_named(case: Case, refs: Sequence[UUID]) -> list[EquipmentVisit]:
    """The equipment of a case by its refs, each once. Raises ValidationError for what is not part of it."""
    found = {visit.ref: visit for visit in case.visits.all()}
    if unknown := [str(ref) for ref in refs if ref not in found]:
        raise ValidationError({"visits": [_("Not part of the case: %(refs)s.") % {"refs": ", ".join(unknown)}]})
    return [found[ref] for ref in dict.fromkeys(refs)]
