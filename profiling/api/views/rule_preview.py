"""A rule tried on the past over the API, before anybody proposes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pcu.accounts.models import Unit
from profiling.api.errors import ConflictError
from profiling.cases import snapshots
from profiling.rules import trying
from profiling.rules.condition_errors import sentence_of
from profiling.rules.core.checking import InvalidConditionError
from profiling.rules.core.scoring import MAX_POINTS, MIN_POINTS
from profiling.rules.models import Assessment


class TriedRuleSerializer(serializers.Serializer[Any]):
    unit = serializers.CharField(help_text="Code of a unit; its own past counts.")
    condition = serializers.JSONField(help_text="A condition, as a rule version has it.")
    exceptions = serializers.JSONField(required=False, help_text="Exceptions, as a rule version has them.")
    points = serializers.IntegerField(min_value=MIN_POINTS, max_value=MAX_POINTS)
    code = serializers.CharField(default="", allow_blank=True, help_text="Of the live rule that it would replace.")
    days = serializers.IntegerField(min_value=1, max_value=3650, default=90)


class OutcomeSplitSerializer(serializers.Serializer[Any]):
    found = serializers.IntegerField()
    clean = serializers.IntegerField()
    never = serializers.IntegerField(help_text="Never inspected: neither found nor clean.")


class FiresBesideSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    count = serializers.IntegerField()


class RulePreviewSerializer(serializers.Serializer[Any]):
    total = serializers.IntegerField(help_text="Consignments and pieces of equipment of the period.")
    fired = OutcomeSplitSerializer()
    alone = OutcomeSplitSerializer(help_text="It fired, and no other live rule added points.")
    before = OutcomeSplitSerializer(allow_null=True, help_text="What the version that is live fired for.")
    finds_lost = serializers.IntegerField()
    finds_gained = serializers.IntegerField()
    sample_share = serializers.FloatField(allow_null=True, help_text="Share of finds in the random sample, weighted.")
    lanes = serializers.DictField(child=serializers.IntegerField(), help_text="Where they would be sent.")
    inspections_now = serializers.IntegerField(help_text="Examinations that the live release asks for.")
    inspections_then = serializers.IntegerField(help_text="The same with this rule.")
    together = FiresBesideSerializer(many=True)
    weeks = serializers.ListField(child=serializers.IntegerField(), help_text="Fires by week, oldest first.")
    examples = serializers.ListField(child=serializers.UUIDField(), help_text="Refs of assessments, newest first.")


class RulePreviewView(APIView):
    """What a rule would have fired for, split by what came of it."""

    @extend_schema(request=TriedRuleSerializer, responses=RulePreviewSerializer)
    def post(self, request: Request) -> Response:
        asked = TriedRuleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        unit = Unit.objects.visible_to(request.user).filter(code=said["unit"]).first()
        if unit is None:
            raise Http404
        until = timezone.now()
        since = until - timedelta(days=said["days"])
        try:
            tried = snapshots.on_past(
                [unit],
                lambda units: trying.try_rule(
                    unit=unit,
                    units=units,
                    code=said["code"],
                    condition=said["condition"],
                    exceptions=said.get("exceptions", []),
                    points=said["points"],
                    since=since,
                    until=until,
                ),
            )
        except InvalidConditionError as error:
            told: dict[str, list[str]] = {}
            for one in error.errors:
                told.setdefault(one.path, []).append(sentence_of(one))
            raise serializers.ValidationError(told) from error
        except snapshots.NotReadyError as error:
            raise ConflictError(_("The past of this unit is being prepared. Try again in a few minutes.")) from error
        shown = sorted(
            (one for some in tried.examples.values() for one in some), key=lambda one: one.moment, reverse=True
        )
        visible = Assessment.objects.visible_to(request.user).filter(pk__in=[one.id for one in shown if not one.past])
        refs = dict(visible.values_list("pk", "ref"))
        body = {
            "total": tried.total,
            "fired": tried.fired,
            "alone": tried.alone,
            "before": tried.before,
            "finds_lost": tried.lost,
            "finds_gained": tried.gained,
            "sample_share": tried.base.value if tried.base else None,
            "lanes": tried.lanes,
            "inspections_now": tried.work[0],
            "inspections_then": tried.work[1],
            "together": [{"code": rule.code, "count": number} for rule, number in tried.together],
            "weeks": tried.weeks,
            "examples": [refs[one.id] for one in shown if not one.past and one.id in refs],
        }
        return Response(RulePreviewSerializer(body).data)
