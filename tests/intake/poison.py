"""A Celery application whose workers die over every chunk of bills: `celery -A tests.intake.poison worker`."""

from __future__ import annotations

import dataclasses
import os
import signal

from celery.signals import worker_process_init

from pcu.celery import app as app  # what `celery -A` looks for


@worker_process_init.connect
def die_over_bills(**_kwargs: object) -> None:
    from pcu.desk import jobs
    from profiling.intake.kinds import CONSIGNMENTS

    def die(lease: jobs.Lease) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    jobs._KINDS[CONSIGNMENTS] = dataclasses.replace(jobs._KINDS[CONSIGNMENTS], run=die)
