"""The assessment that counts now: the newest.

Every assessment was made by the release that was live at its moment, whatever has become of the release since; what a
release in shadow says stands in a table of its own (`ShadowScore`).
"""

from __future__ import annotations

from collections.abc import Iterable

from profiling.rules.models import Assessment


def latest_assessments(versions: Iterable[int]) -> dict[int, Assessment]:
    """Of consignment versions (ids) that have been assessed: version id to assessment with its lane. One query."""
    rows = (
        Assessment.objects.filter(version__in=list(versions))
        .select_related("recommended_lane")
        .order_by("version", "-pk")
        .distinct("version")
    )
    return {row.version_id: row for row in rows}


def latest_of_visits(visits: Iterable[int]) -> dict[int, Assessment]:
    """The same for visits that were assessed by themselves: visit id to assessment with its lane. One query."""
    rows = (
        Assessment.objects.filter(visit__in=list(visits))
        .select_related("recommended_lane")
        .order_by("visit", "-pk")
        .distinct("visit")
    )
    return {row.visit_id: row for row in rows}
