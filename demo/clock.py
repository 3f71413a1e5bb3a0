"""Other days: services run as if it were another moment, and nothing is sent to the workers of today."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch
from uuid import UUID

from pcu.celery import app
from pcu.desk import jobs
from pcu.desk.models import Job


class Clock:
    """The moment it is; only ever moved forward."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def now(self) -> datetime:
        return self.moment

    def move(self, moment: datetime) -> None:
        self.moment = max(self.moment, moment)


@contextmanager
def other_days(start: datetime) -> Iterator[Clock]:
    """Within, `timezone.now()` is the clock's; what services enqueue is not sent: `do_jobs` does it here.

    Rows keep the invented times; the audit trail, which the database writes, keeps when they were really made.
    """
    clock = Clock(start)
    with patch("django.utils.timezone.now", clock.now), patch.object(app, "send_task", _not_sent):
        yield clock


def _not_sent(*_args: Any, **_options: Any) -> None:
    """Taken and left: the rows of the jobs stand, and are done in this process."""


def do_jobs(subject: UUID) -> None:
    """Do the jobs of a subject in their order, as a worker would."""
    waiting = Job.objects.filter(subject=subject, state=Job.State.WAITING).order_by("phase", "ordinal")
    while job := waiting.first():
        jobs.run(job.pk)
