"""Planning the scores in shadow: all that the live path knows of them. It adds a row of work, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.db import DatabaseError, transaction

from pcu.accounts.models import Unit
from pcu.desk import jobs
from pcu.ids import uuid7
from profiling.rules.models import Release

log = structlog.get_logger(__name__)

SCORE = "rules.shadow"
"""The kind of job that scores stored assessments with one release in shadow."""
AT_ONCE = 500
"""Assessments of one job: little enough that a lease outlasts it by far."""


def plan(*, unit: Unit, assessments: Sequence[int]) -> None:
    """Have these assessments scored after the commit, by every release in shadow at the unit or above it.

    Whatever goes wrong here is told in the log and stops nothing. One query where nothing is in shadow.
    """
    try:
        with transaction.atomic():
            releases = Release.objects.applying_to(unit).filter(state=Release.State.SHADOW).order_by("pk")
            for release in releases.values_list("pk", flat=True):
                parts = range(0, len(assessments), AT_ONCE)
                planned = [
                    jobs.Planned(SCORE, 0, at, {"release": release, "assessments": list(assessments[first:][:AT_ONCE])})
                    for at, first in enumerate(parts)
                ]
                # Each release is a subject of its own: one that fails holds up no other.
                jobs.add(unit=unit, subject=uuid7(), planned=planned)
    except DatabaseError as error:
        log.error("shadow_not_planned", unit=unit.code, error=str(error))
