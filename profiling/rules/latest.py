"""The assessment that counts now: the newest by a release that decides, not by one in shadow."""

from __future__ import annotations

from collections.abc import Iterable

from profiling.rules.models import Assessment, Release

DECIDING = (Release.State.LIVE, Release.State.RETIRED)


def latest_assessments(versions: Iterable[int]) -> dict[int, Assessment]:
    """Of consignment versions (ids) that have been assessed: version id to assessment with its lane. One query."""
    rows = (
        Assessment.objects.filter(version__in=list(versions), release__state__in=DECIDING)
        .select_related("recommended_lane")
        .order_by("version", "-pk")
        .distinct("version")
    )
    return {row.version_id: row for row in rows}


def latest_of_visits(visits: Iterable[int]) -> dict[int, Assessment]:
    """The same for visits that were assessed by themselves: visit id to assessment with its lane. One query."""
    rows = (
        Assessment.objects.filter(visit__in=list(visits), release__state__in=DECIDING)
        .select_related("recommended_lane")
        .order_by("visit", "-pk")
        .distinct("visit")
    )
    return {row.visit_id: row for row in rows}
