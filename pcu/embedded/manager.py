"""Runs the processes of the demo side by side and brings them down in order: honcho's manager, made gentler.

Where honcho signals whole process groups, a stop goes to the leaders only: gunicorn and Celery then let their
children finish what they hold. A closed terminal (SIGHUP) stops like Ctrl-C. A launcher that was killed cannot
stop anything, so each keeper, the small process honcho puts beside a leader, notices that and does it.
"""

from __future__ import annotations

import os
import shlex
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from honcho.compat import ProcessManager
from honcho.manager import Manager
from honcho.process import Process

_LOOK_SECONDS = 0.5


class _LeadersOnly(ProcessManager):  # type: ignore[misc]  # honcho is not typed
    """Signals for a stop: SIGTERM to the leader; only the forced end is for its whole group."""

    def terminate(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


class _Keeper(Process):  # type: ignore[misc]  # honcho is not typed
    """Reads a leader's output and waits for its end; ends it when the launcher is gone."""

    grace_seconds = 15.0

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        # Handlers, not SIG_IGN, which the leader would inherit. A keeper ends when its leader has.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _do_nothing)
        launcher = os.getppid()
        threading.Thread(target=self._watch, args=(launcher,), daemon=True).start()
        super().run(events, ignore_signals=False)

    def _watch(self, launcher: int) -> None:
        while os.getppid() == launcher:
            time.sleep(_LOOK_SECONDS)
        if self._child is None:
            os._exit(1)
        with suppress(ProcessLookupError):
            os.kill(self._child.pid, signal.SIGTERM)
            deadline = time.monotonic() + self.grace_seconds
            while self._child.poll() is None and time.monotonic() < deadline:
                time.sleep(_LOOK_SECONDS)
            os.killpg(self._child.pid, signal.SIGKILL)
        # The queue to the launcher is read by nobody, and a normal exit would wait for it.
        os._exit(1)


class DemoManager(Manager):  # type: ignore[misc]  # honcho is not typed
    """Starts all, and stops all as soon as one ends or a signal comes. `when_started` is called in between."""

    def __init__(self, *, grace_seconds: float, when_started: Callable[[], None]) -> None:
        super().__init__()
        self._process_ctor = _Keeper
        self._procmgr = _LeadersOnly()
        self._grace_seconds = grace_seconds
        self._when_started = when_started
        self._stop_asked_at: float | None = None

    def add(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], folder: str) -> None:
        """Add a program to start. The shell honcho puts around it makes way (exec), so the program leads."""
        self.add_process(name, f"exec {shlex.join(arguments)}", env=dict(environment), cwd=folder)

    @property
    def stopping(self) -> bool:
        """Whether the end has begun."""
        return self._stop_asked_at is not None

    def loop(self) -> None:
        """Run until all have ended."""
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGINT))
        super().loop()

    def terminate(self) -> None:
        """Begin the end: SIGTERM to each leader, once all are known."""
        if self._stop_asked_at is None:
            self._stop_asked_at = time.monotonic()
        if self._all_started():
            super().terminate()
        else:
            threading.Timer(0.05, self.terminate).start()

    def kill(self) -> None:
        """Force the end, which honcho asks for after five seconds, once the grace is over."""
        if self._stop_asked_at is not None and time.monotonic() - self._stop_asked_at > self._grace_seconds:
            super().kill()

    def _start(self) -> None:
        super()._start()
        self._when_started()


def _do_nothing(*_: object) -> None:
    pass
