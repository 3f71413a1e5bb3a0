"""Runs a whole installation on one machine until Ctrl-C: the servers, the web, the workers, the clock.

What is run is data (`Plan`); how it is brought up, watched and brought down is here.
"""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from pcu.embedded import leftovers
from pcu.embedded.errors import EmbeddedError
from pcu.embedded.home import Home
from pcu.embedded.manager import DemoManager
from pcu.embedded.secret_files import secret_file_variables
from pcu.embedded.servers import Servers

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Command:
    """A program that runs to its end. Its output is shown when it fails, or with `kept` once all is ready."""

    telling: str  # what is said while it runs
    arguments: Sequence[str]
    kept: bool = False


@dataclass(frozen=True)
class Plan:
    """What makes an installation: commands before, processes that stay, commands once the web answers."""

    folder: Path  # where the programs run
    before: Sequence[Command]
    processes: Mapping[str, Sequence[str]]
    after: Sequence[Command]
    health_path: str = "/healthz"
    ready_seconds: float = 60.0
    grace_seconds: float = 15.0


class Launcher:
    """One run of a plan in a home, at a port."""

    def __init__(self, plan: Plan, home: Home, port: int, environment: Mapping[str, str]) -> None:
        self._plan = plan
        self._home = home
        self._port = port
        self._environment = dict(environment)
        self._servers = Servers(home, environment)
        self._manager = DemoManager(
            grace_seconds=plan.grace_seconds, when_started=lambda: threading.Thread(target=self._attend).start()
        )
        self._running: subprocess.Popen[str] | None = None
        self._kept: list[str] = []
        self._failed = False

    def run(self) -> int:
        """Bring all up, stay until a signal or a failure, bring all down. Return the exit status."""
        if not self._home.claim():
            raise EmbeddedError(f"It already runs from this folder: {_read_address(self._home)}")
        try:
            return self._run_claimed()
        finally:
            self._home.release()

    def _run_claimed(self) -> int:
        if leftovers.stop_leftovers(self._home.folder):
            _say("Stopped what an earlier, killed start had left running.")
        refuse_taken_port(self._port)
        (self._home.folder / "address").write_text(self._address)
        # SIGINT too: a shell that starts this in the background lets it be ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        try:
            _say("Starting the servers.")
            self._environment |= self._servers.start()
            self._environment |= secret_file_variables(self._home.folder, self._environment)
            self._environment[leftovers.VARIABLE] = leftovers.begin_launch(self._home.folder)
            for command in self._plan.before:
                self._run_command(command)
            for name, arguments in self._plan.processes.items():
                self._manager.add(name, arguments, self._environment, str(self._plan.folder))
            self._manager.loop()
        except KeyboardInterrupt:
            pass  # asked to stop before the processes ran; from there on the manager hears the signals
        finally:
            self._stop_command()
            _say("Stopping the servers.")
            self._servers.stop()
        return 1 if self._failed or self._ended_by_itself() else 0

    @property
    def _address(self) -> str:
        return f"http://{HOST}:{self._port}/"

    def _ended_by_itself(self) -> bool:
        """Whether a process ended unasked: honcho gives 130 and 143 to a stop that a signal asked for."""
        return self._manager.returncode not in (None, 130, 143)

    def _run_command(self, command: Command) -> None:
        _say(command.telling)
        self._running = subprocess.Popen(  # noqa: S603 - the plan's own programs
            command.arguments,
            cwd=self._plan.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the launcher, which stops the command itself
        )
        output, log = self._running.communicate()
        if self._running.returncode != 0 and not self._manager.stopping:
            raise EmbeddedError(f"{output}{log}\nFailed (exit status {self._running.returncode}): {command.telling}")
        if command.kept:
            self._kept.append(output.strip())

    def _stop_command(self) -> None:
        command = self._running
        if command is not None and command.poll() is None:
            command.terminate()
            command.wait()

    def _attend(self) -> None:
        """In a thread beside the manager: wait for the web, run what comes after, tell that all is ready."""
        try:
            self._wait_until_healthy()
            for command in self._plan.after:
                if self._manager.stopping:
                    return
                self._run_command(command)
        except EmbeddedError as error:
            self._failed = True
            _say(str(error))
            self._manager.terminate()
        if not self._manager.stopping:
            lines = ["", *filter(None, self._kept), "", f"Ready at {self._address} - Ctrl-C stops it.", ""]
            _say("\n".join(lines))

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + self._plan.ready_seconds
        while not self._manager.stopping:
            if _answers(self._port, self._plan.health_path):
                return
            if time.monotonic() > deadline:
                raise EmbeddedError(f"The web did not answer within {self._plan.ready_seconds:.0f} s.")
            time.sleep(0.1)


def refuse_taken_port(port: int) -> None:
    """Raise when another program listens at the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise EmbeddedError(f"Port {port} needs rights this account lacks. Choose one with PORT=8000.") from None
        except OSError:
            raise EmbeddedError(
                f"Port {port} is taken by another program. Choose another one, for example: make demo PORT={port + 1}"
            ) from None


def _answers(port: int, path: str) -> bool:
    # http.client and not urllib, which would ask the proxy of the person's shell.
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _read_address(home: Home) -> str:
    try:
        return (home.folder / "address").read_text()
    except FileNotFoundError:
        return "its address is not known yet"


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
