"""The Celery application with a stopwatch in it: the same code, and after each job a line of where its time went.

`celery --app benchmarks.timed_worker worker` writes to the folder named by BENCH_TIMES, a file a process. Only
calls that are few (per chunk, or per bill at most) are timed; a name that is gone stops the worker at its start.
"""

from __future__ import annotations

import functools
import json
import os
import time
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import django

from benchmarks.stopwatch import FOLDER, Stopwatch

REST: Final = "the rest"
# step: what it calls, as "module:name" where the caller looks it up
STEPS: Final[dict[str, tuple[str, ...]]] = {
    "reading, pass 1": ("profiling.intake.reading:scan_file",),
    "reading, pass 2": ("profiling.intake.chunks:records_of",),
    "digests": ("profiling.intake.reading:content_digest", "profiling.intake.chunks:content_digest"),
    "rows made": ("profiling.intake.chunks:load_equipment", "profiling.intake.chunks:load_consignments"),
    "COPY": ("pcu.rows:Rows.write",),
    "identities found or inserted": (
        "profiling.cargo.loading:_identities",
        "profiling.cargo.visits:Visits.ensure",
        "profiling.cargo.loading:resolve",
    ),
    "current version set": ("profiling.cargo.loading:set_columns", "profiling.cargo.visits:set_columns"),
    "facts read": ("profiling.intake.chunks:read_consignments", "profiling.intake.finishing:read_visits"),
    "past recalled": ("profiling.indicators.lookup:recall",),
    "indicators": ("profiling.rules.services:compute",),
    "conditions": ("profiling.rules.services:score_chunk",),
    "assessments made": ("profiling.intake.chunks:assess", "profiling.intake.finishing:assess"),
    "cases": ("profiling.intake.chunks:record_assessments", "profiling.intake.finishing:record_assessments"),
    "lookouts": (
        "profiling.intake.chunks:match_new",
        "profiling.intake.finishing:match_new",
        "profiling.intake.finishing:_watch_billed",
    ),
    "commit": ("django.db.backends.base.base:BaseDatabaseWrapper._commit",),
}


WATCH = Stopwatch()


def _time(step: str, target: str) -> None:
    module, _colon, path = target.partition(":")
    owner: Any = import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    original = getattr(owner, name)

    @functools.wraps(original)
    def timed(*args: Any, **kwargs: Any) -> Any:
        def call() -> Any:
            found = original(*args, **kwargs)
            # What comes piece by piece is drawn here, or its work would be counted elsewhere.
            return iter(list(found)) if hasattr(found, "__next__") else found

        return WATCH.timed(step, call)

    setattr(owner, name, timed)


def _tell_each_job() -> None:
    from pcu.desk import jobs

    original = jobs.run

    def run(pk: int) -> bool:
        WATCH.seconds.clear()
        began = time.time()
        try:
            return bool(WATCH.timed(REST, lambda: original(pk)))
        finally:
            told = {"job": pk, "began": began, "ended": time.time(), "steps": WATCH.seconds}
            with (Path(os.environ[FOLDER]) / f"{os.getpid()}.jsonl").open("a") as file:
                file.write(json.dumps(told) + "\n")

    jobs.run = run


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pcu.settings")
django.setup()

from pcu.celery import app as app  # noqa: E402  # Celery looks for it here; the models must be there first

for _step, _targets in STEPS.items():
    for _target in _targets:
        _time(_step, _target)
_tell_each_job()
