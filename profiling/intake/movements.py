"""Pass 2 of messages about what happened to equipment: their events, and a new look at the cargo it carries."""

from __future__ import annotations

from django.utils import timezone

from pcu.desk import jobs
from profiling.cargo.models import Consignment, Loading
from profiling.cargo.movements import load_movements
from profiling.cases.rescoring import rescore, rescore_visits
from profiling.formats import records as r
from profiling.formats.registry import header_from_json
from profiling.intake.chunks import Misfits, records_of, submission_of
from profiling.intake.finishing import score_visits
from profiling.intake.reading import tell
from profiling.rules.models import Assessment


def load_movement_chunk(lease: jobs.Lease) -> None:
    submission = submission_of(lease)
    header = header_from_json(lease.job.payload["header"])
    movements = [one for one in records_of(lease, submission, header) if isinstance(one, r.Movement)]
    misfits = Misfits()
    now = timezone.now()
    with lease.holding():
        loaded = load_movements(
            unit=submission.unit,
            submission=submission,
            header=header,
            movements=movements,
            on_misfit=misfits,
            received_at=submission.created_at,
        )
        if loaded.known:
            params = {"count": loaded.known}
            misfits.problems.append(r.Problem("movements_known", r.Severity.WARNING, header.position, params=params))
        bills = Loading.objects.filter(
            visit__in=loaded.visit_ids, version__in=Consignment.objects.of_unit(submission.unit).values("current")
        ).values_list("version__consignment", flat=True)
        flagged = rescore(
            unit=submission.unit,
            consignment_ids=sorted(set(bills)),
            trigger=Assessment.Trigger.NEW_MOVEMENT,
            submission=submission,
            now=now,
        )
        flagged += rescore_visits(
            unit=submission.unit,
            visit_ids=loaded.visit_ids.difference(loaded.made),
            trigger=Assessment.Trigger.NEW_MOVEMENT,
            submission=submission,
            now=now,
        )
        if loaded.on is not None and not submission.is_history:
            flagged += score_visits(loaded.on, loaded.made)
        tell(submission, misfits.problems)
        lease.finish({"movements": len(movements) - loaded.known, "flagged": flagged})
