"""Finds and stops what a killed launcher left running, and nothing else.

Every launch puts a token of its own into the environment of what it starts and writes it down. A process number
may long belong to a stranger; a process whose environment holds the token is ours for certain.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

VARIABLE = "PCU_LAUNCH"

_GRACE_SECONDS = 10.0
_GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


def begin_launch(folder: Path) -> str:
    """Write down and return the token of a new launch. The leftovers of the last one must be gone by now."""
    token = secrets.token_hex(16)
    (folder / "launch").write_text(token)
    return token


def stop_leftovers(folder: Path) -> int:
    """Stop the processes of the launch written down in `folder`; return how many there were."""
    try:
        token = (folder / "launch").read_text()
    except FileNotFoundError:
        return 0
    found = {process.pid: process for process in _processes_with(token)}
    for process in found.values():
        with suppress(*_GONE):
            # Children of gunicorn and Celery are stopped by their leader, which lets them finish.
            if process.ppid() not in found:
                process.terminate()
    _, alive = psutil.wait_procs(list(found.values()), timeout=_GRACE_SECONDS)
    for process in alive:
        with suppress(*_GONE):
            process.kill()
    psutil.wait_procs(alive, timeout=_GRACE_SECONDS)
    (folder / "launch").unlink()
    return len(found)


def _processes_with(token: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(*_GONE):
            if process.environ().get(VARIABLE) == token:
                yield process
