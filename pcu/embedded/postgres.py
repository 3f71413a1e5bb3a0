"""An embedded PostgreSQL: made, started, found and stopped through its Unix socket.

It is alive when it answers there and says the data are ours; a process number alone proves nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

from pcu.embedded import wheels
from pcu.embedded.errors import EmbeddedError
from pcu.embedded.home import Home
from pcu.embedded.process import spawn, tail
from pcu.embedded.urls import database_url

USER = "pcu"
DATABASE = "pcu"

# Cyrillic trigrams and case folding need a UTF-8 character type; the builtin provider sorts alike on every
# machine. docker-compose.yml passes the same to its server.
INITDB_ARGUMENTS = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-collate=C",
    "--lc-ctype=C.UTF-8",
)
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
}
# A test's data are worth nothing after it, so it need not wait for the disk. Its tables hold nothing but what is rolled
# back: a vacuum between two tests would teach the planner that they are empty, and the next large test runs for hours.
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}

_START_SECONDS = 60.0  # crash recovery of a large base included
_STOP_SECONDS = 60.0


class Postgres:
    """The PostgreSQL of one home. `throwaway` trades the safety of the data for speed."""

    def __init__(self, home: Home, *, throwaway: bool = False) -> None:
        self._home = home
        self._throwaway = throwaway
        self._data = home.state / "postgres"
        self._log = home.folder / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """DATABASE_URL of the started server."""
        return database_url(self._home.sockets, USER, DATABASE)

    def start(self) -> None:
        """Start the server, making its data first where there are none; what already runs there is kept."""
        if self.is_alive():
            return
        install = wheels.postgres_folder(self._home.copies)
        self._check_version(install)
        if not (self._data / "PG_VERSION").exists():
            self._make_data(install)
        options = {**SETTINGS, **(THROWAWAY_SETTINGS if self._throwaway else {})}
        options["unix_socket_directories"] = str(self._home.sockets)
        arguments = [str(install / "bin" / "postgres"), "-D", str(self._data)]
        for name, value in options.items():
            arguments += ["-c", f"{name}={value}"]
        self._process = spawn(arguments, account=self._home.account, folder=self._data, log=self._log)
        self._wait_until_it_answers()
        self._make_database()

    def is_alive(self) -> bool:
        """Whether a server with our data answers on our socket, starting and stopping ones included."""
        try:
            return bool(self._ask("SHOW data_directory") == str(self._data))
        except psycopg2.OperationalError as error:
            # "the database system is starting up / shutting down", "sorry, too many clients already"
            return "FATAL:" in str(error)

    def stop(self) -> None:
        """Stop the server in order (fast shutdown: clients are cut off, data are written), if it runs."""
        deadline = time.monotonic() + _STOP_SECONDS
        signalled: int | None = None
        while self.is_alive():
            # Only now, with an answer from our data, does the number in its file name our server.
            process_id = self._process_id()
            if process_id is not None and process_id != signalled:
                os.kill(process_id, signal.SIGINT)
                signalled = process_id
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL did not stop within {_STOP_SECONDS:.0f} s. See {self._log}.")
            time.sleep(0.02)
        if signalled is not None:
            self._wait_until_gone(signalled, deadline)
        self._process = None

    def _check_version(self, install: Path) -> None:
        """Refuse data written by another major version instead of letting the server fail in its log."""
        try:
            written = (self._data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return
        ours = _major_version(install)
        if written != ours:
            raise EmbeddedError(
                f"The data in {self._data} were written by PostgreSQL {written}, and {ours} is installed. "
                f"Dump them with version {written} and load them into a new installation "
                "(docs/operations.md), or remove them with `make demo-reset`."
            )

    def _make_data(self, install: Path) -> None:
        """Run initdb in a folder beside and move it in place, so that a cut run leaves nothing half made."""
        fresh = self._home.make_private_folder("postgres.new")
        arguments = [
            str(install / "bin" / "initdb"),
            *INITDB_ARGUMENTS,
            f"--pgdata={fresh}/data",
            f"--username={USER}",
            "--auth-local=trust",  # the socket lies in a folder only its owner enters
            "--auth-host=reject",
            "--no-instructions",
            *(["--no-sync"] if self._throwaway else []),
        ]
        process = spawn(arguments, account=self._home.account, folder=fresh, log=self._log)
        if process.wait() != 0:
            raise EmbeddedError(f"PostgreSQL could not make its data folder:\n{tail(self._log)}")
        (fresh / "data").rename(self._data)
        fresh.rmdir()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._ask("SELECT 1")
            except psycopg2.OperationalError:
                if self._process is not None and self._process.poll() is not None:
                    raise EmbeddedError(f"PostgreSQL stopped while starting:\n{tail(self._log)}") from None
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"PostgreSQL does not answer. See {self._log}.") from None
                time.sleep(0.02)
            else:
                return

    def _wait_until_gone(self, process_id: int, deadline: float) -> None:
        """Wait for the process to end: after the socket closes it still writes its last files."""
        while self._process_id() == process_id and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._process is not None:
            self._process.wait(timeout=max(1.0, deadline - time.monotonic()))

    def _make_database(self) -> None:
        if self._ask("SELECT 1 FROM pg_database WHERE datname = %s", DATABASE) is None:
            self._ask(f'CREATE DATABASE "{DATABASE}"')

    def _process_id(self) -> int | None:
        try:
            return int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _ask(self, statement: str, *parameters: str) -> Any:
        """Return the first value of the answer, None when there is no row."""
        connection = psycopg2.connect(host=str(self._home.sockets), user=USER, dbname="postgres", connect_timeout=5)
        with closing(connection):
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters or None)
                row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def _major_version(install: Path) -> str:
    answer = subprocess.run(  # noqa: S603 - a program of our own wheel
        [install / "bin" / "postgres", "--version"], check=True, capture_output=True, text=True
    ).stdout
    return answer.split()[2].split(".")[0]
