"""The web as it runs in production: the demo's own gunicorn command, on the test's database and store."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from pcu.accounts.models import Unit, User
from pcu.embedded.demo import demo_plan
from pcu.embedded.launcher import HOST
from tests import factories
from tests.processes import environment_of_test

PATIENCE = 30  # seconds after which something never happens
MAX_UPLOAD = 1_000_000
SILENCE = 3
METRICS_TOKEN = "of-the-scraper"
PUSH = "/api/v1/manifests/"


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        """The code of the refusal, out of the one standard body."""
        body = self.json
        assert set(body) == {"type", "errors"}
        return str(body["errors"][0]["code"])


@dataclass
class Web:
    """A running web. `master` is the leading process."""

    port: int
    master: int

    def ask(self, path: str, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=headers)
            return _read(connection.getresponse())
        finally:
            connection.close()

    def begin(self, path: str = PUSH, **headers: str) -> Exchange:
        """Send the head of a POST and nothing of its body."""
        exchange = Exchange(socket.create_connection((HOST, self.port), timeout=PATIENCE))
        lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}:{self.port}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        exchange.send("\r\n".join([*lines, "", ""]).encode())
        return exchange


@dataclass
class Exchange:
    """One request whose body the test sends piece by piece."""

    connection: socket.socket

    def send(self, piece: bytes) -> None:
        self.connection.sendall(piece)

    def send_chunk(self, piece: bytes) -> None:
        """A piece of a body without a length."""
        if piece:
            self.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")

    def end_chunks(self) -> None:
        self.send(b"0\r\n\r\n")

    def is_answered(self) -> bool:
        """Whether anything came back yet."""
        self.connection.setblocking(False)
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return False
        finally:
            self.connection.settimeout(PATIENCE)

    def answer(self) -> Answer:
        response = http.client.HTTPResponse(self.connection, method="POST")
        response.begin()
        return _read(response)

    def abandon(self) -> None:
        self.connection.close()


def _read(response: http.client.HTTPResponse) -> Answer:
    return Answer(response.status, dict(response.getheaders()), response.read())


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the web keeps what it writes."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="package")
def web(django_db_setup: None, folder: Path) -> Iterator[Web]:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    plan = demo_plan(port)
    environment = environment_of_test(
        PCU_STORE_DIR=str(folder / "store"),
        TMPDIR=str(folder),
        MAX_UPLOAD=str(MAX_UPLOAD),
        BODY_SILENCE_SECONDS=str(SILENCE),
        METRICS_TOKEN=METRICS_TOKEN,
    )
    process = subprocess.Popen(plan.processes["web"], env=environment, cwd=plan.folder, start_new_session=True)
    try:
        running = Web(port, process.pid)
        wait_for(lambda: _is_well(running))
        yield running
        process.terminate()
        assert process.wait(timeout=PATIENCE) == 0
        assert not list(folder.glob("pcu-metrics-*")), "the folder of the counts is left behind"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def store(folder: Path, settings: Any) -> Iterator[Path]:
    """The store that the web and the test share, empty at first."""
    store = folder / "store"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(store)}},
    }
    yield store
    shutil.rmtree(store, ignore_errors=True)


@pytest.fixture
def unit(transactional_db: None) -> Unit:
    return factories.UnitFactory()


@pytest.fixture
def token(unit: Unit) -> str:
    """The Authorization of a client system that may push to the unit."""
    return f"Token {factories.token_of(factories.client_system(unit))}"


@pytest.fixture
def officer(unit: Unit) -> User:
    return factories.person(unit)


@pytest.fixture
def cookie(officer: User) -> str:
    """The session of a signed-in officer."""
    client = Client()
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    return f"{django_settings.SESSION_COOKIE_NAME}={client.cookies[django_settings.SESSION_COOKIE_NAME].value}"


def _is_well(web: Web) -> bool:
    try:
        return web.ask("/healthz").status == 200
    except OSError:
        return False
