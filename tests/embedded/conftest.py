"""Homes in temporary folders, wiped with the servers they hold; a fake installation run by the real launcher."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pcu.embedded import leftovers
from pcu.embedded.home import Home
from pcu.embedded.paths import CHECKOUT
from pcu.embedded.servers import Servers

FAKE = Path(__file__).with_name("fake_installation.py")


def clean_environment(**additions: str) -> dict[str, str]:
    """The environment of a person's shell: without what the test run exports."""
    ours = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PCU_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1", **additions}


def wait_for(condition: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_running(process_id: int) -> bool:
    """Whether a process lives; one that ended and that nobody has waited for does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home of its own; whatever runs in it at the end is stopped, and its files go."""
    home = Home(tmp_path / "with a space" / "var" / "demo")
    home.folder.mkdir(parents=True)
    yield home
    leftovers.stop_leftovers(home.folder)
    Servers(home, {}).stop()
    home.wipe()


class Launched:
    """A launcher running the fake installation, its output in a file."""

    def __init__(self, home: Home, port: int, broken: str = "", **environment: str) -> None:
        self.folder = home.folder.parent.parent
        self.port = port
        self._output = self.folder / f"output-{time.monotonic_ns()}"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(FAKE), str(self.folder), str(port), broken],
                env=clean_environment(**environment),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._output.read_text()

    def wait_until_ready(self) -> None:
        """Wait for the web, which the launcher waits for too, and for the worker, which it does not."""
        self.wait_until("Ready at")
        wait_for(lambda: (self.folder / "worker").exists() and (self.folder / "child").exists())

    def wait_until(self, text: str) -> None:
        wait_for(lambda: text in self.output or self.process.poll() is not None)
        assert text in self.output, self.output

    def ends_with(self, status: int, asked_by: signal.Signals | None = None) -> str:
        if asked_by is not None:
            self.process.send_signal(asked_by)
        assert self.process.wait(timeout=40) == status, self.output
        return self.output

    def process_id_of(self, name: str) -> int:
        return int((self.folder / name).read_text())


@pytest.fixture
def launch(home: Home) -> Iterator[Callable[..., Launched]]:
    """Start the launcher in `home`; what still runs at the end is killed, `home` cleans up behind it."""
    started: list[Launched] = []

    def start(port: int | None = None, broken: str = "", **environment: str) -> Launched:
        started.append(Launched(home, port or free_port(), broken, **environment))
        return started[-1]

    yield start
    for launched in started:
        if launched.process.poll() is None:
            os.killpg(launched.process.pid, signal.SIGKILL)
            launched.process.wait()
