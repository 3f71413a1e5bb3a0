"""The plugin, seen from a project of its own that pytest runs in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pcu.embedded.home import Home
from pcu.embedded.postgres import Postgres
from pcu.embedded.servers import Servers
from pcu.embedded.valkey import Valkey
from tests.embedded.conftest import clean_environment

TESTS = """
import json, os, time
from pathlib import Path
import redis

def tell():
    Path(f"told-{time.monotonic_ns()}.json").write_text(json.dumps(dict(os.environ)))
    assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()

def test_one(): tell()
def test_two(): tell()
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "test_it.py").write_text(TESTS)
    yield tmp_path
    for folder in (tmp_path / "var").glob("*"):
        Servers(Home(folder), {}).stop()
        Home(folder).wipe()


def run_pytest(project: Path, *arguments: str, **environment: str) -> list[dict[str, str]]:

    subprocess.run(
        [
            *[sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "--rootdir", str(project)],
            *["-p", "pcu.embedded.pytest_plugin", "-p", "no:django", *arguments],
        ],
        cwd=project,
        env=clean_environment(PCU_VAR=str(project / "var"), **environment),
        check=True,
        timeout=120,
    )
    return [json.loads(path.read_text()) for path in sorted(project.glob("told-*.json"))]


def test_every_worker_has_a_valkey_database_of_its_own_and_all_share_one_server(project: Path) -> None:
    told = run_pytest(project, "-n", "2", "--dist", "each")

    assert len(told) == 4
    assert len({environment["REDIS_URL"].partition("?")[0] for environment in told}) == 1
    assert {environment["REDIS_URL"].rpartition("=")[2] for environment in told} == {"1", "2"}
    assert len({environment["SECRET_KEY"] for environment in told}) == 1
    assert {environment["DEBUG"] for environment in told} == {"off"}


def test_servers_stop_with_the_run(project: Path) -> None:
    run_pytest(project)

    home = Home(project / "var" / "test")
    assert not Postgres(home).is_alive()
    assert not Valkey(home).is_alive()


def test_given_addresses_and_settings_are_kept_and_nothing_is_started(project: Path) -> None:

    given = {
        "DATABASE_URL": "postgres://someone@elsewhere/base",
        "REDIS_URL": os.environ["REDIS_URL"],
        "SECRET_KEY": "given",
        "DEBUG": "on",
    }

    told = run_pytest(project, **given)

    assert {name: told[0][name] for name in given} == given
    assert not (project / "var" / "test" / "postgres.log").exists()
