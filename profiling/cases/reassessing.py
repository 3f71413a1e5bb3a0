"""Consignments scored anew because a document beside them came, went or was corrected."""

from __future__ import annotations

import structlog
from django.utils import timezone

from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.choices import Function
from profiling.cargo.models import Consignment
from profiling.cases.matching import judged
from profiling.cases.opening import record_assessments
from profiling.indicators.lookup import read_consignments
from profiling.rules.models import Assessment
from profiling.rules.services import NoLiveReleaseError, Subject, assess

log = structlog.get_logger(__name__)


def reassess(lease: jobs.Lease) -> None:
    """The job of `profiling.documents.kinds.REASSESS`: its consignments as they stand, but for withdrawn and past ones.

    Where nothing is live to score with, that is told and no failure.
    """
    unit = lease.job.unit
    now = timezone.now()
    with lease.holding():
        standing = list(
            Consignment.objects.of_unit(unit)
            .filter(pk__in=lease.job.payload["consignments"], current__submission__is_history=False)
            .exclude(current__function=Function.CANCEL)
            .select_related("call")
            .order_by("pk")
        )
        versions = [one.current_id for one in standing if one.current_id is not None]
        facts, history = read_consignments(unit=unit, version_ids=versions)
        subjects = [
            Subject(facts=fact, draw_key=f"consignment/{one.pk}", version_id=one.current_id)
            for fact, one in zip(facts, standing, strict=True)
        ]
        try:
            scored = assess(
                unit=unit, subjects=subjects, history=history, trigger=Assessment.Trigger.NEW_DOCUMENT, now=now
            )
        except NoLiveReleaseError as error:
            lease.finish({"assessed": 0, "error": str(error)})
            return
        cargo = [judged(result, one.call, one.pk) for result, one in zip(scored, standing, strict=True)]
        recorded = record_assessments(unit=unit, assessed=[one.assessed for one in cargo], now=now)
        lease.finish({"assessed": len(scored), "opened": recorded.opened, "rescored": recorded.rescored})


def reassess_failed(job: Job) -> None:
    """The score stays as it was; whoever looks at the jobs sees why."""
    log.error("documents_not_scored", consignments=job.payload["consignments"], error=job.error)
