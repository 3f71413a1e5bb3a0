"""How the columns of tables are read: proposed, and confirmed by the staff of the unit."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from profiling.api.serializers.mappings import ColumnMappingSerializer, TableMappingSerializer, TableSerializer
from profiling.api.serializers.refusals import InvalidRequestSerializer
from profiling.api.views.shared import VisibleRows, checked
from profiling.cargo.models import Submission
from profiling.formats.problems import BrokenFileError
from profiling.formats.table import TableReader
from profiling.intake import mapping as mappings


class TableMappingViewSet(VisibleRows):
    """Tables that were submitted (by the ref of the submission), and how the columns of one are read.

    A table whose sender has no confirmed mapping for its headings waits with status `mapping`. Confirmed, it and all
    that waits for the same is read by itself, and the next one at once. For staff; a client system has no say in it.
    """

    queryset = Submission.objects.all()
    serializer_class = TableSerializer

    def visible(self) -> QuerySet[Any]:
        return super().visible().filter(format=TableReader.name)

    @extend_schema(responses=TableMappingSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._answer(self.one())

    @extend_schema(
        request=ColumnMappingSerializer, responses={200: TableMappingSerializer, 400: InvalidRequestSerializer}
    )
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Confirm the mapping for this sender and these headings."""
        submission = self.one()
        said = checked(ColumnMappingSerializer, request)
        try:
            mappings.confirm(submission=submission, actor=self.person, mapping=said)
        except (BrokenFileError, FileNotFoundError) as error:
            raise NotFound from error
        submission.refresh_from_db()
        return self._answer(submission)

    def _answer(self, submission: Submission) -> Response:
        try:
            proposed = mappings.proposal_for(submission)
        except (BrokenFileError, FileNotFoundError) as error:
            raise NotFound from error
        kept = mappings.kept_for(submission, proposed.fingerprint)
        told = {
            "submission": submission.ref,
            "status": submission.status,
            "fingerprint": proposed.fingerprint,
            "proposed": proposed.columns,
            "mapping": kept.mapping if kept else proposed.mapping().as_json(),
            "confirmed_by": str(kept.confirmed_by) if kept else None,
            "confirmed_at": kept.confirmed_at if kept else None,
        }
        return Response(TableMappingSerializer(told).data)
