"""From the POST of a CUSCAR to all its consignments assessed and in the queue, against a bare COPY of its rows.

Real gunicorn and Celery workers on a database that is made for each run; PostgreSQL writes as safely as its
settings say, and they are told. The bar of the design is 3 times the bare COPY.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import psutil

from benchmarks.bare_copy import export_added, load, look, written
from benchmarks.databases import PREFIX, ask, connected, made
from benchmarks.installation import Running, Use, install, running, watch_for_nothing
from profiling.formats.generate import generate_cuscar

BAR: Final = 3.0
UNIT: Final = "ALT"
# Modules loaded, connections open: as in an installation that has run for a while. Another country, so that the
# measured manifest meets nothing of it.
WARM_UP_UNIT: Final = "DSB"
WARM_UP_BILLS: Final = 1000
PATIENCE_SECONDS: Final = 600.0
LOOK_SECONDS: Final = 0.02
PHASES: Final = {
    "submission.read": "reading pass 1",
    "submission.equipment": "equipment",
    "submission.consignments": "bills",
    "submission.finish": "finishing",
}


@dataclass(frozen=True)
class Stage:
    """One stretch of the run on the wall clock; a wait has no jobs."""

    name: str
    seconds: float
    jobs: int = 0


@dataclass(frozen=True)
class Run:
    """One manifest through the pipeline, and the bare COPY of what it wrote."""

    seconds: float
    copy_seconds: float
    rows: dict[str, int]
    stages: list[Stage]
    steps: dict[str, tuple[float, float]]  # wall and CPU seconds in workers, summed over them
    used: dict[str, Use]

    @property
    def ratio(self) -> float:
        return self.seconds / self.copy_seconds


def main(*, bills: int, runs: int, lookouts: int = 0) -> None:
    raw = b"".join(generate_cuscar(bills))
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder, made("template") as template:
        token = install(template, Path(folder))
        watch_for_nothing(template, UNIT, lookouts)
        print(machine(template))
        print(f"CUSCAR of {bills:,} bills, {len(raw) / 1e6:.1f} MB; {lookouts:,} active lookouts")
        found = []
        for number in range(1, runs + 1):
            found.append(measure(raw, bills, template, token, Path(folder)))
            last = found[-1]
            print(
                f"run {number}: {last.seconds:.1f} s, bare COPY {last.copy_seconds:.1f} s, ratio {last.ratio:.2f} "
                f"(load of the machine {os.getloadavg()[0]:.1f})",
                flush=True,
            )
    report(found, bills)


def share(*, bills: int, runs: int) -> None:
    """One manifest with one worker process, then with two in turn: how much quicker several are that share it."""
    raw = b"".join(generate_cuscar(bills))
    seconds: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder, made("template") as template:
        token = install(template, Path(folder))
        print(machine(template))
        for _run in range(runs):
            for workers, took in seconds.items():
                took.append(measure(raw, bills, template, token, Path(folder), workers).seconds)
                load_now = os.getloadavg()[0]
                print(f"{workers} worker(s): {took[-1]:.1f} s (load of the machine {load_now:.1f})", flush=True)
    one, two = (median(took) for took in seconds.values())
    print(f"medians: {one:.1f} s and {two:.1f} s; two are {one / two:.2f} times as quick as one")


def measure(raw: bytes, bills: int, template: str, token: str, parent: Path, workers: int | None = None) -> Run:
    """One run, and the COPY of its rows, on databases of their own."""
    with (
        tempfile.TemporaryDirectory(dir=parent) as name,
        made("run", template) as run,
        made("clone", template) as clone,
    ):
        folder = Path(name)
        with running(run, folder, workers) as installation:
            _push(installation, run, token, WARM_UP_UNIT, b"".join(generate_cuscar(min(bills, WARM_UP_BILLS))))
            before, clone_before = look(run), look(clone)
            with connected(run) as connection:
                ask(connection, "ANALYZE")
                ask(connection, "CHECKPOINT")
            with installation.watched():
                began, answered, seconds, ref = _push(installation, run, token, UNIT, raw)
        _refuse_unfinished(run, ref, bills)
        copied = load(clone, export_added(run, before, folder))
        rows = written(run, before, clone, clone_before)
        jobs = _jobs(run, ref, folder)
    return Run(
        seconds=seconds,
        copy_seconds=copied,
        rows=rows,
        stages=list(stages(jobs, began, answered, began + seconds)),
        steps=_summed(job["steps"] for job in jobs),
        used=installation.used,
    )


def _push(installation: Running, database: str, token: str, unit: str, raw: bytes) -> tuple[float, float, float, str]:
    """Push a manifest and wait for its end: (began, answered: seconds since the epoch; seconds it took; its ref)."""
    with connected(database) as connection:
        wall, began = time.time(), time.perf_counter()
        ref = installation.push(token, unit, raw)["ref"]
        answered = time.time()
        while True:
            [(status, failure)] = ask(connection, "SELECT status, failure FROM cargo_submission WHERE ref = %s", ref)
            seconds = time.perf_counter() - began
            if status == "done":
                return wall, answered, seconds, ref
            if status in ("failed", "rejected") or seconds > PATIENCE_SECONDS:
                raise RuntimeError(f"the manifest is {status} after {seconds:.0f} s: {failure}")
            time.sleep(LOOK_SECONDS)


def _refuse_unfinished(database: str, ref: str, bills: int) -> None:
    """Raise unless every bill was assessed once, and all that is flagged has its case."""
    with connected(database) as connection:
        [(assessed, flagged, cases)] = ask(
            connection,
            """
            SELECT (SELECT count(DISTINCT a.version_id) FROM rules_assessment a
                    JOIN cargo_consignmentversion v ON v.id = a.version_id WHERE v.submission_id = s.id),
                   s.flagged_count,
                   (SELECT count(*) FROM cases_case c WHERE c.unit_id = s.unit_id AND c.state = 'open')
            FROM cargo_submission s WHERE s.ref = %s
            """,
            ref,
        )
    if assessed != bills or not 0 < flagged == cases:
        raise RuntimeError(f"{assessed} of {bills} bills assessed, {flagged} flagged, {cases} cases")


def _jobs(database: str, ref: str, folder: Path) -> list[dict[str, Any]]:
    """What the stopwatches told of the submission's jobs, in the order they began."""
    with connected(database) as connection:
        kinds = dict(ask(connection, "SELECT id, kind FROM desk_job WHERE subject = %s", ref))
    told = [json.loads(line) for file in folder.glob("*.jsonl") for line in file.read_text().splitlines()]
    mine = [{**one, "kind": kinds[one["job"]]} for one in told if one["job"] in kinds]
    return sorted(mine, key=lambda one: one["began"])


def stages(jobs: Sequence[dict[str, Any]], began: float, answered: float, ended: float) -> Iterator[Stage]:
    """The run cut at the moments when the first job of a phase began and its last one ended."""
    yield Stage("received and stored", answered - began)
    at = answered
    for kind, name in PHASES.items():
        mine = [job for job in jobs if job["kind"] == kind]
        if mine:
            first, last = mine[0]["began"], max(job["ended"] for job in mine)
            # A worker may begin before the web has answered.
            yield Stage("wait", max(0.0, first - at))
            yield Stage(name, last - max(at, first), len(mine))
            at = last
    yield Stage("seen as done", ended - at)


def _summed(told: Iterable[dict[str, tuple[float, float]]]) -> dict[str, tuple[float, float]]:
    total: dict[str, tuple[float, float]] = {}
    for steps in told:
        for step, (wall, cpu) in steps.items():
            before = total.get(step, (0.0, 0.0))
            total[step] = before[0] + wall, before[1] + cpu
    return total


def machine(database: str) -> str:
    """What the figures depend on: cores, memory, versions, and how safely PostgreSQL writes."""
    names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size")
    with connected(database) as connection:
        settings = ", ".join(f"{name} {ask(connection, f'SHOW {name}')[0][0]}" for name in names)
    memory = psutil.virtual_memory().total / 1e9
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB, load {os.getloadavg()[0]:.1f} at the start; "
        f"Python {platform.python_version()}; PostgreSQL {settings}"
    )


def report(runs: Sequence[Run], bills: int) -> None:
    """The run whose ratio is the median one, and how far the others were from it."""
    middle = sorted(runs, key=lambda run: run.ratio)[(len(runs) - 1) // 2]
    total = sum(middle.rows.values())
    print(
        f"\nmedian of {len(runs)}: {middle.seconds:.1f} s = {bills / middle.seconds:,.0f} bills/s; bare COPY of the "
        f"same {total:,} rows {middle.copy_seconds:.1f} s; ratio {middle.ratio:.2f} (bar {BAR:.0f})"
    )
    print("\nrows written")
    for table, rows in sorted(middle.rows.items(), key=lambda each: -each[1]):
        print(f"  {table:34} {rows:9,}")
    print("\non the wall clock                         s   jobs")
    for stage in middle.stages:
        print(f"  {stage.name:34} {stage.seconds:7.2f} {stage.jobs or '':>6}")
    print("\nin the workers, summed                    s   CPU s")
    for step, (wall, cpu) in sorted(middle.steps.items(), key=lambda each: -each[1][1]):
        print(f"  {step:34} {wall:7.2f} {cpu:7.2f}")
    print("\nused                              CPU s  largest process MB  all MB")
    for name, use in middle.used.items():
        memory = f"{use.largest_mb:19,.0f} {use.total_mb:7,.0f}" if use.total_mb else ""
        print(f"  {name:30} {use.cpu_seconds:7.2f} {memory}")
