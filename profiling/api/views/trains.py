"""Train lists held against the consignments of their trains."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from profiling.api.views.shared import VisibleRows
from profiling.cargo.models import Submission
from profiling.intake.train_check import check_train, is_train_list


class MissingSerializer(serializers.Serializer[Any]):
    equipment = serializers.CharField(source="visit.number")
    visit = serializers.UUIDField(source="visit.ref")
    documents = serializers.ListField(child=serializers.CharField())


class ExtraSerializer(serializers.Serializer[Any]):
    row = serializers.IntegerField(source="unit.row")
    equipment = serializers.CharField(source="number")
    wagon = serializers.CharField(source="unit.wagon")
    document_no = serializers.CharField(source="unit.document_no")
    is_empty = serializers.BooleanField(source="unit.is_empty")


class DifferentSerializer(serializers.Serializer[Any]):
    row = serializers.IntegerField(source="unit.row")
    equipment = serializers.CharField(source="visit.number")
    visit = serializers.UUIDField(source="visit.ref")
    what = serializers.ChoiceField(choices=["wagon", "seals", "note", "weight"])
    listed = serializers.CharField()
    told = serializers.CharField(help_text="In notes and messages.")


class TrainCheckSerializer(serializers.Serializer[Any]):
    train = serializers.CharField(source="call.voyage")
    listed = serializers.IntegerField(help_text="Rows on the list.")
    missing = MissingSerializer(many=True)
    extra = ExtraSerializer(many=True)
    different = DifferentSerializer(many=True)


class TrainListSerializer(serializers.ModelSerializer[Submission]):
    class Meta:
        model = Submission
        fields = ["ref", "file_name", "status", "manifest_numbers", "created_at", "updated_at"]


class TrainListViewSet(VisibleRows):
    """Train lists that were submitted (by the ref of the submission); one of them, held against the consignments.

    Missing is what a note names and the list does not, extra what the list names and no note does, different what
    both name and say otherwise. Held against the consignments that stand when asked.
    """

    queryset = Submission.objects.all()
    serializer_class = TrainListSerializer

    def visible(self) -> QuerySet[Any]:
        return super().visible().filter(is_train_list(), status=Submission.Status.DONE, dry_run=False)

    @extend_schema(responses=TrainCheckSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        check = check_train(self.one())
        if check is None:
            raise NotFound
        return Response(TrainCheckSerializer(check).data)
