"""An installation as `make demo` runs it (web, worker, beat), on a database of the benchmark's own."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.databases import ask, connected, url_of
from benchmarks.stopwatch import FOLDER
from pcu.embedded.demo import demo_plan
from pcu.embedded.launcher import HOST
from pcu.embedded.paths import CHECKOUT
from pcu.embedded.process import tail

READY_SECONDS = 60.0
LOOK_SECONDS = 0.1
_GONE = (psutil.NoSuchProcess, psutil.ZombieProcess)


def environment_of(database: str, folder: Path) -> dict[str, str]:
    """What the programs of one installation find in their environment. `folder` is its own."""
    return {
        **os.environ,
        "DATABASE_URL": url_of(database),
        "PCU_STORE_DIR": str(folder / "store"),
        "BEAT_SCHEDULE_FILE": str(folder / "beat-schedule"),
        "LOG_LEVEL": "ERROR",
        FOLDER: str(folder),
    }


def install(database: str, folder: Path) -> str:
    """Bring an empty database to a demo installation without cargo. Returns the token of its client system."""
    output = ""
    for command in ("migrate", "load_demo"):
        output = subprocess.run(
            [sys.executable, "manage.py", command],
            cwd=CHECKOUT,
            env=environment_of(database, folder),
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    found = re.search(r"API token: (\S+)", output)
    assert found is not None, output
    with connected(database) as connection:
        ask(connection, "VACUUM ANALYZE")
    return found.group(1)


def watch_for_nothing(database: str, unit: str, lookouts: int) -> None:
    """Active lookouts of all kinds in a unit whose values come in no manifest."""
    with connected(database) as connection:
        ask(
            connection,
            """
            INSERT INTO lookouts_lookout (ref, number, unit_id, kind, value, key, country, action, reason, source,
                source_ref, handling, agency, contact, valid_from, expires_on, withdrawn_reason, created_by_id,
                created_at, updated_at)
            SELECT gen_random_uuid(), %s || '-L-B-' || n, u.id, k.kind, k.kind || n, k.prefix || n, '', 'inform',
                'Measured', 'own', '', 'restricted', '', '', current_date - 1, current_date + 90, '',
                (SELECT min(id) FROM accounts_user), now(), now()
            FROM generate_series(1, %s) n JOIN accounts_unit u ON u.code = %s
            JOIN (VALUES (0, 'container', 'ZZZU'), (1, 'seal', 'ZZ'), (2, 'wagon', '9999'), (3, 'plate', 'ZZ'),
                (4, 'tax_number', '9999'), (5, 'name', 'nobody at all ')) k (place, kind, prefix) ON k.place = n %% 6
            """,
            unit,
            lookouts,
            unit,
        )


@dataclass
class Use:
    """What a group of processes used: CPU seconds altogether, and the most memory held (MB, resident)."""

    cpu_seconds: float = 0.0
    largest_mb: float = 0.0  # of one process
    total_mb: float = 0.0  # of all at one moment; pages they share count in each


@dataclass
class Running:
    """An installation that answers at `port`. `groups`: the first process of web, worker and so on."""

    port: int
    groups: dict[str, psutil.Process]
    used: dict[str, Use] = field(default_factory=dict)

    def push(self, token: str, unit: str, content: bytes) -> dict[str, Any]:
        """POST a manifest; the answer."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=120)
        headers = {"Authorization": f"Token {token}", "Content-Type": "application/octet-stream"}
        connection.request("POST", f"/api/v1/manifests/?unit={unit}", content, headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert answer.status == http.HTTPStatus.ACCEPTED, (answer.status, body[:500])
        found: dict[str, Any] = json.loads(body)
        return found

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Fill `used` with what the groups use while the block runs."""
        before = {name: _cpu(first) for name, first in self.groups.items()}
        self.used = {name: Use() for name in self.groups}
        done = threading.Event()
        looking = threading.Thread(target=self._look_at_memory, args=(done,))
        looking.start()
        try:
            yield
        finally:
            done.set()
            looking.join()
            for name, first in self.groups.items():
                self.used[name].cpu_seconds = _cpu(first) - before[name]

    def _look_at_memory(self, done: threading.Event) -> None:
        while not done.wait(LOOK_SECONDS):
            for name in ("web", "worker"):
                sizes = []
                for process in _family(self.groups[name]):
                    with suppress(*_GONE):
                        sizes.append(process.memory_info().rss / 1e6)
                use = self.used[name]
                use.largest_mb = max(use.largest_mb, *sizes)
                use.total_mb = max(use.total_mb, sum(sizes))


def _family(first: psutil.Process) -> list[psutil.Process]:
    return [first, *first.children(recursive=True)]


def _cpu(first: psutil.Process) -> float:
    """CPU seconds of a process and all its children, also of those that have ended."""
    seconds = 0.0
    for process in _family(first):
        with suppress(*_GONE):
            times = process.cpu_times()
            # What children used is added to their parent when it has waited for their end.
            seconds += times.user + times.system + times.children_user + times.children_system
    return seconds


@contextmanager
def running(database: str, folder: Path, workers: int | None = None) -> Iterator[Running]:
    """Web, worker (with its stopwatch) and beat on a database, stopped at the end.

    workers: processes that the worker has, where not as many as in a demo installation.
    """
    port = _free_port()
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in demo_plan(port).processes.items():
            timed = ["benchmarks.timed_worker" if name == "worker" and part == "pcu" else part for part in command]
            if workers is not None and "--concurrency" in timed:
                timed[timed.index("--concurrency") + 1] = str(workers)
            with (folder / f"{name}.log").open("wb") as log:
                started[name] = subprocess.Popen(
                    timed,
                    cwd=CHECKOUT,
                    env=environment_of(database, folder),
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        groups = {name: psutil.Process(process.pid) for name, process in started.items()}
        with suppress(psutil.Error, AttributeError):
            groups["PostgreSQL"] = _server(database)
        _wait_until_it_answers(port, groups["worker"], 2 if workers is None else workers)
        yield Running(port, groups)
    except Exception as error:  # goes on up, with what the processes said
        for name in started:
            error.add_note(f"{name}: {tail(folder / f'{name}.log')}")
        raise
    finally:
        for process in started.values():
            process.send_signal(signal.SIGTERM)
        for process in started.values():
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _server(database: str) -> psutil.Process:
    """The first process of PostgreSQL. Raises where it runs on another machine."""
    with connected(database) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        if "postgres" not in backend.name():
            raise psutil.NoSuchProcess(backend.pid)
        return backend.parent()


def _wait_until_it_answers(port: int, worker: psutil.Process, workers: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK and len(worker.children()) >= workers:
                return
        time.sleep(LOOK_SECONDS)
    raise TimeoutError("the web or the worker did not come up")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
