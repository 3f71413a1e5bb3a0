"""The benchmark of the pipeline works and counts right: on a manifest too small to say anything about speed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.pipeline import Stage, stages
from benchmarks.stopwatch import Stopwatch
from pcu.embedded.paths import CHECKOUT

BILLS = 50


@pytest.mark.slow
def test_a_run_writes_what_the_bare_copy_loads(tmp_path: Path):
    environment = os.environ | {"PCU_STORE_DIR": str(tmp_path / "store")}
    command = [sys.executable, "-m", "benchmarks", "pipeline", "--bills", str(BILLS), "--runs", "1"]
    # Other counts in the clone than in the run end the benchmark with an error.
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    told = {name: rest for name, _space, rest in (line.strip().partition(" ") for line in done.stdout.splitlines())}
    assert told["cargo_consignmentversion"].split() == [str(BILLS)]
    assert told["parties_party"].split()[0].isdigit()
    assert "ratio" in told["median"]
    assert {"bills", "finishing"} <= told.keys()


def test_time_inside_a_step_counts_for_the_inner_step_only():
    watch = Stopwatch()
    spent = watch.timed("outer", lambda: watch.timed("inner", lambda: sum(range(200_000))))
    assert spent == sum(range(200_000))
    (outer, _cpu), (inner, _inner_cpu) = watch.seconds["outer"], watch.seconds["inner"]
    assert outer < inner


def test_a_run_is_cut_where_a_phase_begins_and_where_its_last_job_ends():
    jobs = [
        {"kind": "submission.read", "began": 1.0, "ended": 3.0},
        {"kind": "submission.consignments", "began": 4.0, "ended": 6.0},
        {"kind": "submission.consignments", "began": 4.5, "ended": 9.0},
        {"kind": "submission.finish", "began": 9.0, "ended": 10.0},
    ]
    assert list(stages(jobs, began=0.0, answered=1.5, ended=10.5)) == [
        Stage("received and stored", 1.5),
        Stage("wait", 0.0),
        Stage("reading pass 1", 1.5, 1),
        Stage("wait", 1.0),
        Stage("bills", 5.0, 2),
        Stage("wait", 0.0),
        Stage("finishing", 1.0, 1),
        Stage("seen as done", 0.5),
    ]
