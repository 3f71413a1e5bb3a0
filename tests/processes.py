"""Programs of the installation, run for a test on the test's own database, broker and store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.conf import settings

from pcu.embedded.urls import database_url


def environment_of_test(**additions: str) -> dict[str, str]:
    """What such a program is started with."""
    database = settings.DATABASES["default"]
    return {
        **os.environ,
        "DATABASE_URL": database_url(Path(database["HOST"]), database["USER"], database["NAME"]),
        "PCU_STORE_DIR": settings.STORAGES["default"]["OPTIONS"]["location"],
        "LOG_LEVEL": "ERROR",
        **additions,
    }


@contextmanager
def worker(application: str = "pcu", *, lease: float = 4) -> Iterator[psutil.Process]:
    """A prefork worker with two children on the test's own database, broker and store.

    `lease` is in seconds. A busy machine must not take a job from a child that is only slow to begin: after three
    such times it would count as failed.
    """
    environment = environment_of_test(JOB_LEASE_SECONDS=str(lease), CHUNK_BILLS=str(settings.CHUNK_BILLS))
    command = [sys.executable, "-m", "celery", "-A", application, "worker", "--concurrency", "2", "--loglevel", "ERROR"]
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, start_new_session=True)
    try:
        yield psutil.Process(process.pid)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
