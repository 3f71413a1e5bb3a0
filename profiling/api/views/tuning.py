"""Requests for tuning: read by who sees the case, answered by who writes rules. Asked at the case."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from profiling.api.serializers.refusals import RefusalSerializer
from profiling.api.serializers.tuning import TuningAnswerSerializer, TuningRequestSerializer
from profiling.api.views.shared import VisibleRows, checked
from profiling.cases import tuning
from profiling.cases.filters import TuningFilterSet
from profiling.cases.models import TuningRequest


@extend_validation_errors(["invalid_tuning"], field_name="answer", actions=["close"])
class TuningRequestViewSet(VisibleRows):
    """What officers say of rules at cases the caller sees."""

    queryset = TuningRequest.objects.all()
    serializer_class = TuningRequestSerializer
    filterset_class = TuningFilterSet
    changes_field = "made_at"
    related = ("case", "rule__unit", "made_by", "closed_by")

    @extend_schema(request=TuningAnswerSerializer, responses={200: TuningRequestSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def close(self, request: Request, ref: str) -> Response:
        """Say what became of it."""
        tuning.close_one(request=self.one(), user=self.person, **checked(TuningAnswerSerializer, request))
        return Response(TuningRequestSerializer(self.get_queryset().get(ref=ref)).data)
