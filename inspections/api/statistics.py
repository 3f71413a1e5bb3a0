"""Statistics over the API: the same figures as the page, as JSON or as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inspections.statistics.figures import Statistics
from inspections.statistics.question import ALL, DEFAULT_DAYS, MOST_DAYS_BY_DAY, Group, Question, StatisticsForm
from inspections.statistics.reading import read_statistics
from inspections.statistics.report import report_of
from pcu.accounts.models import User
from pcu.desk import exports
from profiling.api.serializers.refusals import InvalidRequestSerializer
from profiling.api.views.ledger import ShareSerializer
from profiling.cargo.choices import Mode

PARAMETERS = [
    OpenApiParameter(
        "unit",
        str,
        description=f"Code of a unit or of a node above units; `{ALL}`, as where not said, is all you read.",
    ),
    OpenApiParameter("since", OpenApiTypes.DATE, description=f"First day; {DEFAULT_DAYS} days before the last."),
    OpenApiParameter("until", OpenApiTypes.DATE, description="Last day; today where not said."),
    OpenApiParameter("mode", str, enum=Mode.values),
    OpenApiParameter("rule", str, description="Code: only cases in which it fired."),
    OpenApiParameter(
        "group",
        str,
        enum=Group.values,
        description=f"`{Group.WEEK}` where not said; by `{Group.DAY}` for {MOST_DAYS_BY_DAY} days at most.",
    ),
]


class StatisticsTallySerializer(serializers.Serializer[Any]):
    profiled = serializers.IntegerField(help_text="Consignments, and equipment without a bill.")
    of_those_selected = serializers.IntegerField(help_text="Of those profiled; everything else counts cases.")
    selected = serializers.IntegerField()
    drawn = serializers.IntegerField(help_text="Of those selected, at random.")
    examined = serializers.IntegerField()
    found = serializers.IntegerField()
    seized = serializers.IntegerField()
    no_examination = serializers.IntegerField()
    open = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Open past their clock.")
    hit_rate = ShareSerializer(allow_null=True, help_text="Found of examined; null where nothing was examined.")
    ruled_hit_rate = ShareSerializer(allow_null=True, help_text="Of what rules and lookouts selected.")
    base_rate = ShareSerializer(allow_null=True, help_text="Of the random sample, also where a rule is chosen.")


class ContainersSerializer(serializers.Serializer[Any]):
    profiled = serializers.IntegerField()
    selected = serializers.IntegerField()
    examined = serializers.IntegerField()
    found = serializers.IntegerField()


class StatisticsGroupSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="First day (ISO 8601), unit code, mode or rule code.", allow_blank=True)
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the body, not the framework's
    depth = serializers.IntegerField(help_text="Of a unit in the tree.")
    tally = StatisticsTallySerializer()


class MethodLineSerializer(serializers.Serializer[Any]):
    method = serializers.CharField()
    examined = serializers.IntegerField()
    found = serializers.IntegerField()
    containers = serializers.IntegerField()
    hit_rate = ShareSerializer(allow_null=True)


class AmountSerializer(serializers.Serializer[Any]):
    sum = serializers.DecimalField(max_digits=None, decimal_places=3)
    unit = serializers.CharField(help_text="Unit of quantity, or currency.", allow_blank=True)


class CommodityLineSerializer(serializers.Serializer[Any]):
    commodity = serializers.CharField(allow_blank=True)
    found = serializers.IntegerField(help_text="Cases.")
    seized = serializers.IntegerField(help_text="Cases.")
    seizures = serializers.IntegerField()
    quantities = AmountSerializer(many=True)
    values = AmountSerializer(many=True)


class EndingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    count = serializers.IntegerField()


class AgencyLineSerializer(serializers.Serializer[Any]):
    agency = serializers.CharField()
    officers = serializers.IntegerField()
    examined = serializers.IntegerField()
    found = serializers.IntegerField()
    hit_rate = ShareSerializer(allow_null=True)


class WaitingSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    median_seconds = serializers.SerializerMethodField()
    nine_of_ten_seconds = serializers.SerializerMethodField()

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_median_seconds(self, waited: Any) -> float | None:
        return _seconds(waited.median)

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_nine_of_ten_seconds(self, waited: Any) -> float | None:
        return _seconds(waited.nine_of_ten)


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


class AskedSerializer(serializers.Serializer[Any]):
    units = serializers.SerializerMethodField(help_text="Codes of all that count.")
    since = serializers.DateField()
    until = serializers.DateField()
    mode = serializers.CharField(allow_blank=True)
    rule = serializers.CharField(allow_blank=True)
    group = serializers.CharField()

    def get_units(self, question: Question) -> list[str]:
        return [unit.code for unit in question.units]


class StatisticsSerializer(serializers.Serializer[Statistics]):
    question = AskedSerializer()
    all = StatisticsTallySerializer()
    containers = ContainersSerializer(help_text="Each once, however many bills and cases name it.")
    series = StatisticsGroupSerializer(many=True, help_text="Step by step through time.")
    groups = StatisticsGroupSerializer(many=True, help_text="By unit, mode or rule where asked for.")
    methods = MethodLineSerializer(many=True)
    commodities = CommodityLineSerializer(many=True)
    endings = EndingSerializer(many=True, help_text="Dispositions, and `open`.")
    reasons = EndingSerializer(many=True, help_text="Why not examined; a case may have several.")
    agencies = AgencyLineSerializer(many=True)
    waiting = WaitingSerializer(help_text="From the decision to the beginning of the examination.")


class StatisticsView(APIView):
    """Profiled, selected, examined, found and seized, with what every rate is of."""

    @extend_schema(parameters=PARAMETERS, responses={200: StatisticsSerializer, 400: InvalidRequestSerializer})
    def get(self, request: Request) -> Response:
        return Response(StatisticsSerializer(read_statistics(_question(request))).data)


class StatisticsFileView(APIView):
    """The same figures as a file. CSV parts cells at semicolons in languages that write a decimal comma."""

    kind = ""

    @extend_schema(
        parameters=PARAMETERS,
        responses={(200, mime): OpenApiTypes.BINARY for mime in exports.MIME_TYPES.values()}
        | {400: InvalidRequestSerializer},
    )
    def get(self, request: Request) -> HttpResponse:
        assert isinstance(request.user, User)
        return exports.download(report_of(read_statistics(_question(request)), request.user), self.kind)


def _question(request: Request) -> Question:
    """Raises ValidationError by parameter, PermissionDenied for who reads no unit."""
    form = StatisticsForm(request.query_params, user=request.user)
    if not form.readable:
        raise PermissionDenied(_("You have no role in any unit."))
    if not form.is_valid():
        raise ValidationError({name: [str(said) for said in errors] for name, errors in form.errors.items()})
    return form.question()
