"""The Celery application. Its broker may be lost at any time: jobs and their leases live in PostgreSQL."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pcu.settings")
os.environ.setdefault("POLARS_MAX_THREADS", "1")  # a worker is one of several on a machine

app = Celery("pcu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def collect_garbage_rarely(**_signal: Any) -> None:
    """A chunk makes a million objects and hardly a cycle; looking for cycles took a tenth of a worker's time.

    What was there before the fork is not looked at any more, which also keeps its memory shared with the parent.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
