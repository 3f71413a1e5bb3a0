"""An embedded Valkey: broker and cache only, so it keeps nothing on disk and may be lost at any time."""

from __future__ import annotations

import subprocess
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from pcu.embedded import wheels
from pcu.embedded.errors import EmbeddedError
from pcu.embedded.home import Home
from pcu.embedded.process import spawn, tail
from pcu.embedded.urls import redis_url

DATABASES = 64  # one for each worker of a test run

_START_SECONDS = 20.0
_STOP_SECONDS = 20.0


class Valkey:
    """The Valkey of one home."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._socket = home.sockets / "valkey.sock"
        self._log = home.folder / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """REDIS_URL of the started server, database 0."""
        return redis_url(self._socket)

    def start(self) -> None:
        """Start the server; one that already answers is kept."""
        if self.is_alive():
            return
        program = wheels.valkey_program(self._home.copies)
        folder = self._home.make_private_folder("valkey")
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "databases": str(DATABASES),
            "maxmemory-policy": "noeviction",  # a broker that evicts loses tasks
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
            "dir": str(folder),
        }
        arguments = [str(program)]
        for name, value in settings.items():
            arguments += [f"--{name}", value]
        self._process = spawn(arguments, account=self._home.account, folder=folder, log=self._log)
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_alive():
            if self._process.poll() is not None:
                raise EmbeddedError(f"Valkey stopped while starting:\n{tail(self._log)}")
            if time.monotonic() > deadline:
                raise EmbeddedError(f"Valkey does not answer. See {self._log}.")
            time.sleep(0.01)

    def is_alive(self) -> bool:
        """Whether a server answers on our socket."""
        try:
            with self._connect() as connection:
                return bool(connection.ping())
        except redis.exceptions.BusyLoadingError:
            return True
        except redis.exceptions.ConnectionError:
            return False

    def stop(self) -> None:
        """Ask the server to stop without saving, if it runs."""
        deadline = time.monotonic() + _STOP_SECONDS
        while self.is_alive():
            if time.monotonic() > deadline:
                raise EmbeddedError(f"Valkey did not stop within {_STOP_SECONDS:.0f} s. See {self._log}.")
            try:
                with self._connect() as connection:
                    connection.execute_command("SHUTDOWN", "NOSAVE", "NOW")
            except redis.exceptions.ConnectionError:
                pass  # it closes the connection instead of answering
            time.sleep(0.01)
        if self._process is not None:
            self._process.wait(timeout=_STOP_SECONDS)
            self._process = None

    def _connect(self) -> redis.Redis:
        # redis-py would try for seconds before it says that nobody is there.
        once = Retry(NoBackoff(), retries=0)
        return redis.Redis(unix_socket_path=str(self._socket), socket_timeout=5, retry=once)
