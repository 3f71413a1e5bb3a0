"""Outcomes, which append: who follows them learns of a correction by the row that supersedes."""

from __future__ import annotations

from profiling.api.filters import OutcomeChanges
from profiling.api.serializers.outcomes import OutcomeSerializer
from profiling.api.views.shared import VisibleRows
from profiling.cases.models import Outcome


class OutcomeViewSet(VisibleRows):
    """What came of cases, in the order in which it was recorded."""

    queryset = Outcome.objects.all()
    serializer_class = OutcomeSerializer
    filterset_class = OutcomeChanges
    changes_field = "recorded_at"
    related = ("unit", "case", "visit", "consignment", "supersedes", "recorded_by")
