"""Consignments scored anew because a document beside them came, went or was corrected."""

from __future__ import annotations

import structlog
from django.utils import timezone

from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cases.rescoring import rescore
from profiling.rules.models import Assessment
from profiling.rules.services import NoLiveReleaseError

log = structlog.get_logger(__name__)


def reassess(lease: jobs.Lease) -> None:
    """The job of `profiling.documents.kinds.REASSESS`: its consignments as they stand, but for withdrawn and past ones.

    Where nothing is live to score with, that is told and no failure.
    """
    payload = lease.job.payload
    with lease.holding():
        try:
            flagged = rescore(
                unit=lease.job.unit,
                consignment_ids=payload["consignments"],
                trigger=Assessment.Trigger.NEW_DOCUMENT,
                now=timezone.now(),
            )
        except NoLiveReleaseError as error:
            lease.finish({"flagged": 0, "error": str(error)})
            return
        lease.finish({"flagged": flagged})


def reassess_failed(job: Job) -> None:
    """The score stays as it was; whoever looks at the jobs sees why."""
    log.error("documents_not_scored", consignments=job.payload["consignments"], error=job.error)
