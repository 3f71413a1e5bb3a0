"""The launcher with real servers, processes and signals, on a fake installation."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from pcu.embedded.home import Home
from pcu.embedded.postgres import Postgres
from pcu.embedded.valkey import Valkey
from tests.embedded.conftest import Launched, clean_environment, is_running, listens, wait_for

Launch = Callable[..., Launched]


def servers_are_down(home: Home) -> bool:
    return not Postgres(home).is_alive() and not Valkey(home).is_alive()


def ask(port: int, path: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    return connection.getresponse().read().decode()


@pytest.fixture
def bystander() -> Iterator[int]:
    """A stranger's process that no stop may touch."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process.pid
    alive = process.poll() is None
    process.kill()
    process.wait()
    assert alive


def test_ctrl_c_stops_all_that_was_started_and_nothing_else(home: Home, launch: Launch, bystander: int) -> None:
    launched = launch()
    launched.wait_until_ready()
    assert ask(launched.port, "/healthz") == "well"
    child = launched.process_id_of("child")

    output = launched.ends_with(0, signal.SIGINT)

    assert not listens(launched.port)
    assert servers_are_down(home)
    assert not is_running(child)
    assert output.rstrip().endswith("Stopping the servers.")


def test_sign_ins_and_token_are_shown_once_all_is_ready(launch: Launch) -> None:
    launched = launch()
    launched.wait_until_ready()

    lines = launched.output.splitlines()

    token = lines.index("API token: of-the-fake")
    assert lines.index("start number 1") < token < lines.index("pushed to a web that is well")
    assert lines.index("Pushing.") < token
    assert f"Ready at http://127.0.0.1:{launched.port}/ - Ctrl-C stops it." in lines


def test_a_worker_child_finishes_the_job_in_its_hands(launch: Launch) -> None:
    launched = launch()
    launched.wait_until_ready()

    launched.ends_with(0, signal.SIGINT)

    assert (launched.folder / "finished").exists()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_closed_terminal_and_a_polite_kill_stop_it_too(home: Home, launch: Launch, name: str) -> None:
    launched = launch()
    launched.wait_until_ready()
    # A closing terminal signals the whole group: the launcher and the keepers beside its processes.
    os.killpg(launched.process.pid, signal.Signals[name])

    launched.ends_with(0)

    assert servers_are_down(home)
    assert not listens(launched.port)
    assert (launched.folder / "finished").exists()


def test_a_second_start_keeps_data_and_secrets(home: Home, launch: Launch) -> None:
    first = launch()
    first.wait_until_ready()
    first.ends_with(0, signal.SIGINT)
    key = (home.folder / "secret_key").read_text()

    second = launch()
    second.wait_until_ready()

    assert "start number 2" in second.output
    assert (home.folder / "secret_key").read_text() == key
    assert (home.folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (home.folder / "sample_seed").stat().st_mode & 0o777 == 0o600


def test_a_taken_port_is_told_before_anything_is_started(home: Home, launch: Launch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        output = launch(port).ends_with(1)

    assert output.startswith(f"Port {port} is taken by another program. Choose another one")
    assert "Traceback" not in output
    assert not (home.state / "postgres").exists()


def test_a_second_launcher_is_refused_and_told_where_the_first_runs(launch: Launch) -> None:
    first = launch()
    first.wait_until_ready()

    output = launch().ends_with(1)

    assert f"http://127.0.0.1:{first.port}/" in output
    assert "Traceback" not in output
    assert ask(first.port, "/") == "well"


def test_the_processes_of_a_killed_launcher_end_by_themselves(launch: Launch) -> None:
    launched = launch()
    launched.wait_until_ready()
    child = launched.process_id_of("child")

    launched.ends_with(-signal.SIGKILL, signal.SIGKILL)

    wait_for(lambda: not listens(launched.port))
    wait_for(lambda: not is_running(child))
    assert (launched.folder / "finished").exists()


def test_leftovers_of_a_wholly_killed_launcher_are_stopped_at_the_next_start(
    home: Home, launch: Launch, bystander: int
) -> None:
    launched = launch()
    launched.wait_until_ready()
    os.killpg(launched.process.pid, signal.SIGKILL)
    launched.ends_with(-signal.SIGKILL)
    worker = launched.process_id_of("worker")
    assert listens(launched.port)
    assert is_running(worker)
    assert Postgres(home).is_alive()

    again = launch(launched.port)  # the same port, which the leftovers hold
    again.wait_until_ready()

    assert "Stopped what an earlier, killed start had left running." in again.output
    assert "start number 2" in again.output
    assert not is_running(worker)


def test_one_process_that_ends_takes_the_rest_down_with_a_failure(home: Home, launch: Launch) -> None:
    launched = launch()
    launched.wait_until_ready()
    ask(launched.port, "/quit")

    launched.ends_with(1)

    assert servers_are_down(home)


@pytest.mark.parametrize("broken", ["load", "push"])
def test_a_command_that_fails_says_why_and_nothing_stays(home: Home, launch: Launch, broken: str) -> None:
    launched = launch(broken=broken)

    output = launched.ends_with(1)

    assert "this is why" in output
    assert "Failed (exit status 3)" in output
    assert "Ready at" not in output
    assert servers_are_down(home)
    assert not listens(launched.port)


def test_a_web_that_never_answers_is_given_up(home: Home, launch: Launch) -> None:
    output = launch(broken="web").ends_with(1)

    assert "The web did not answer within 3 s." in output
    assert servers_are_down(home)


def test_ctrl_c_during_the_preparation_stops_the_command_and_the_servers(home: Home, launch: Launch) -> None:
    launched = launch(broken="slow")
    wait_for(lambda: (launched.folder / "waiting").exists())

    output = launched.ends_with(0, signal.SIGINT)

    assert "Traceback" not in output
    assert servers_are_down(home)


def run_command(var: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pcu.embedded", *arguments],
        env=clean_environment(PCU_VAR=str(var), **environment),
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "8000.5"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    done = run_command(tmp_path, "demo", PORT=port)

    assert done.returncode == 1
    assert done.stderr == f"PORT must be a number from 1 to 65535, not {port!r}.\n"


def test_reset_removes_the_data_and_is_refused_while_it_runs(home: Home, launch: Launch) -> None:
    launched = launch()
    launched.wait_until_ready()
    var = home.folder.parent

    refused = run_command(var, "reset")
    launched.ends_with(0, signal.SIGINT)
    done = run_command(var, "reset")

    assert (refused.returncode, refused.stderr) == (1, "The demo runs. Stop it with Ctrl-C first.\n")
    assert done.returncode == 0
    assert [path.name for path in home.folder.iterdir()] == ["lock"]
    assert home.state == home.folder or not home.state.exists()


def test_servers_named_by_the_environment_are_used_and_left_alone(home: Home, launch: Launch) -> None:
    launched = launch(
        DATABASE_URL=os.environ["DATABASE_URL"].rpartition("/")[0] + "/postgres",
        REDIS_URL=os.environ["REDIS_URL"],
    )
    launched.wait_until_ready()
    launched.ends_with(0, signal.SIGINT)

    assert not (home.state / "postgres").exists()
