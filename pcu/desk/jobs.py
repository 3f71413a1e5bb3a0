"""Jobs with leases: add, claim, renew, finish, sweep.

The lease recovers a job, not the broker: a worker claims a row by conditional update, renews it while it works,
and commits only while its token still holds. A sweeper hands expired leases out again. What is put on the broker
is a hint that there is work, so a message lost or delivered twice harms nothing. Leases are timed by the clock of
PostgreSQL alone: workers on hosts whose clocks differ would take each other's work away.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pghistory
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop
from kombu.exceptions import OperationalError

from pcu.accounts.models import Unit
from pcu.celery import app
from pcu.desk.models import Job

log = structlog.get_logger(__name__)

TASK = "pcu.desk.tasks.run_job"
# Stored with the job, translated where it is shown.
WORKER_LOST = gettext_noop("The worker stopped without a word; its lease ran out.")
WRITERS_ASKED_SECONDS = 0.1
_STILL_WRITING = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
    AND backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND xact_start < %s
    AND xact_start > clock_timestamp() - interval '10 min'
"""


class LeaseLostError(Exception):
    """Another worker holds the job now; what this one did is rolled back."""


@dataclass(frozen=True)
class JobKind:
    run: Callable[[Lease], None]
    on_failed: Callable[[Job], None]


_KINDS: dict[str, JobKind] = {}


def register(kind: str, *, run: Callable[[Lease], None], on_failed: Callable[[Job], None]) -> None:
    """Say what does a kind of job, and what happens when its attempts are used up. Called from `ready()`."""
    _KINDS[kind] = JobKind(run, on_failed)


@dataclass(frozen=True)
class Planned:
    """A job to be added."""

    kind: str
    phase: int
    ordinal: int
    payload: dict[str, Any]


@transaction.atomic
def add(*, unit: Unit, subject: uuid.UUID, planned: Sequence[Planned]) -> list[Job]:
    """Store jobs; those whose phase has come are enqueued after the commit."""
    jobs = Job.objects.bulk_create(
        [
            Job(kind=p.kind, unit=unit, subject=subject, phase=p.phase, ordinal=p.ordinal, payload=p.payload)
            for p in planned
        ]
    )
    enqueue_ready(subject)
    return jobs


def enqueue_ready(subject: uuid.UUID) -> None:
    """Enqueue the waiting jobs of the earliest unfinished phase, if nothing has enqueued them yet."""
    ready = list(_ready(Job.objects.filter(subject=subject, enqueued_at=None)).select_for_update(skip_locked=True))
    _send(ready)


def _ready(jobs: Any) -> Any:
    """Waiting jobs that no unfinished earlier phase of the same subject holds back."""
    earlier = Job.objects.filter(subject=OuterRef("subject"), phase__lt=OuterRef("phase")).exclude(state=Job.State.DONE)
    return jobs.filter(~Exists(earlier), state=Job.State.WAITING)


def _send(jobs: Sequence[Job]) -> None:
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(enqueued_at=Now())
    for job in jobs:
        transaction.on_commit(_sender(job.pk))


def _sender(pk: int) -> Callable[[], None]:
    def send() -> None:
        try:
            app.send_task(TASK, args=[pk])
        except (OperationalError, OSError) as error:
            # The row stands; the sweeper sends it again when the broker is back.
            log.warning("job_not_sent", job=pk, error=str(error))

    return send


def _from_now(seconds: float) -> Any:
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())


class Lease:
    """A claimed job. Renew it while working; write inside `holding()`."""

    def __init__(self, job: Job, token: uuid.UUID, seconds: float) -> None:
        self.job = job
        self.token = token
        self.seconds = seconds
        self._renewed = time.monotonic()

    def renew_if_due(self) -> None:
        """Push the end of the lease forward when a third of it has gone. Raises LeaseLostError."""
        now = time.monotonic()
        if now - self._renewed < self.seconds / 3:
            return
        changed = Job.objects.filter(pk=self.job.pk, lease_token=self.token, state=Job.State.RUNNING).update(
            lease_until=_from_now(self.seconds)
        )
        if changed != 1:
            raise LeaseLostError(str(self.job))
        self._renewed = now

    def outlast_writers(self) -> None:
        """Wait until every transaction that was writing when this is called has ended; call outside `holding()`.

        Whoever reads afterwards sees what they wrote, and who begins afterwards sees what was committed before. One
        that hangs for ten minutes holds nobody up. Raises LeaseLostError.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            [since] = cursor.fetchone()
            while True:
                cursor.execute(_STILL_WRITING, [since])
                if not cursor.fetchone()[0]:
                    return
                self.renew_if_due()
                time.sleep(WRITERS_ASKED_SECONDS)

    @contextmanager
    def holding(self, *, durable: bool = True) -> Iterator[Job]:
        """One transaction that commits only if the lease is still ours. Raises LeaseLostError.

        durable: False does not wait for the disk. A crash of the database may then lose the transaction, but never
        without all that was committed after it: for what only helps a later transaction of the job.
        """
        with transaction.atomic():
            if not durable:
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL synchronous_commit TO off")
            self._lock()
            yield self.job

    def _lock(self) -> None:
        held = Job.objects.select_for_update().filter(pk=self.job.pk, lease_token=self.token, state=Job.State.RUNNING)
        if not held.exists():
            raise LeaseLostError(str(self.job))

    def finish(self, result: dict[str, Any] | None = None) -> None:
        """Mark the job done; call inside `holding()`, as the last write. Later phases are enqueued.

        Finishing is one at a time per subject: of the last two jobs of a phase neither would see the other's end,
        and the next phase would wait for the sweeper.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(self.job.subject)])
        Job.objects.filter(pk=self.job.pk).update(
            state=Job.State.DONE,
            result=result or {},
            lease_token=None,
            lease_until=None,
            finished_at=timezone.now(),
            error="",
        )
        enqueue_ready(self.job.subject)

    def give_up(self, error: str) -> None:
        """Hand the job back after an exception: waiting again, or failed when its attempts are used up."""
        with transaction.atomic():
            job = Job.objects.select_for_update().get(pk=self.job.pk)
            if job.lease_token == self.token and job.state == Job.State.RUNNING:
                _requeue_or_fail(job, error)


def claim(pk: int) -> Lease | None:
    """Claim a job by conditional update; None when it is held, done, failed, or its phase has not come."""
    token = uuid.uuid4()
    free = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, lease_until__lt=Now())
    with transaction.atomic():
        changed = (
            Job.objects.filter(free, pk=pk, attempts__lt=settings.JOB_ATTEMPTS)
            .filter(
                ~Exists(
                    Job.objects.filter(subject=OuterRef("subject"), phase__lt=OuterRef("phase")).exclude(
                        state=Job.State.DONE
                    )
                )
            )
            .update(
                state=Job.State.RUNNING,
                lease_token=token,
                lease_until=_from_now(settings.JOB_LEASE_SECONDS),
                attempts=F("attempts") + 1,
            )
        )
    if changed != 1:
        return None
    return Lease(Job.objects.select_related("unit").get(pk=pk), token, settings.JOB_LEASE_SECONDS)


def run(pk: int) -> bool:
    """Claim a job and do it. False when there was nothing to do; an exception hands the job back and goes on up."""
    lease = claim(pk)
    if lease is None:
        return False
    try:
        with pghistory.context(job=pk, kind=lease.job.kind):
            _KINDS[lease.job.kind].run(lease)
    except LeaseLostError:
        log.warning("job_lease_lost", job=pk)
        return False
    except Exception as error:  # whatever went wrong, the job goes back with a reason, and the error on to the log
        lease.give_up(f"{type(error).__name__}: {error}")
        raise
    return True


def sweep() -> int:
    """Requeue expired leases and messages the broker lost; fail what has used up its attempts. Returns how many."""
    touched = 0
    with transaction.atomic():
        expired = Job.objects.select_for_update(skip_locked=True).filter(state=Job.State.RUNNING, lease_until__lt=Now())
        for job in expired:
            _requeue_or_fail(job, WORKER_LOST)
            touched += 1
        lost = (
            _ready(Job.objects.all())
            .filter(Q(enqueued_at=None) | Q(enqueued_at__lt=_from_now(-settings.JOB_REQUEUE_SECONDS)))
            .select_for_update(skip_locked=True)
        )
        waiting = list(lost)
        _send(waiting)
        touched += len(waiting)
    return touched


def _requeue_or_fail(job: Job, error: str) -> None:
    job.error = error
    job.lease_token = None
    job.lease_until = None
    if job.attempts >= settings.JOB_ATTEMPTS:
        job.state = Job.State.FAILED
        job.finished_at = timezone.now()
        job.save()
        log.error("job_failed", job=job.pk, kind=job.kind, subject=str(job.subject), error=error)
        _KINDS[job.kind].on_failed(job)
    else:
        job.state = Job.State.WAITING
        job.save()
        _send([job])


def retry_failed(subject: uuid.UUID) -> int:
    """Give the failed jobs of a subject fresh attempts. Returns how many."""
    with transaction.atomic():
        failed = list(Job.objects.select_for_update().filter(subject=subject, state=Job.State.FAILED))
        Job.objects.filter(pk__in=[job.pk for job in failed]).update(
            state=Job.State.WAITING, attempts=0, error="", finished_at=None, enqueued_at=None
        )
        enqueue_ready(subject)
    return len(failed)
