"""The embedded servers themselves: how their data are made, found again, refused and closed to others."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import environ
import kombu
import psycopg2
import pytest
import redis

from pcu.embedded.errors import EmbeddedError
from pcu.embedded.home import Home, claim_first_free
from pcu.embedded.postgres import Postgres
from pcu.embedded.servers import Servers
from pcu.embedded.urls import celery_broker_url, redis_url_with_database


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Durable servers in a home whose path is longer than a socket's may be."""
    home = Home(tmp_path_factory.mktemp("home") / ("deep folder/" * 12) / "demo")
    home.claim()
    servers = Servers(home, {})
    yield {**servers.start(), "sockets": str(home.sockets), "state": str(home.state)}
    servers.stop()
    home.wipe()
    home.release()


def query(url: str, statement: str) -> Any:
    settings = environ.Env.db_url_config(url)
    connection = psycopg2.connect(host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"])
    with closing(connection), connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_cyrillic_is_folded_and_cut_into_trigrams(running: dict[str, str]) -> None:
    query(running["DATABASE_URL"], "CREATE EXTENSION IF NOT EXISTS pg_trgm; SELECT 1")

    assert query(running["DATABASE_URL"], "SELECT lower('ҚАЗАҚСТАН ӘЛЕМІ')") == "қазақстан әлемі"
    assert query(running["DATABASE_URL"], "SELECT similarity('ТОО Алтынкөл', 'тоо алтынкөл')") == 1.0
    assert query(running["DATABASE_URL"], "SELECT 'Б' < 'а'") is True  # by code point on every machine
    assert query(running["DATABASE_URL"], "SHOW server_encoding") == "UTF8"


@pytest.mark.parametrize("extension", ["pg_trgm", "unaccent", "btree_gin"])
def test_the_extensions_we_build_on_are_there(running: dict[str, str], extension: str) -> None:
    query(running["DATABASE_URL"], f"CREATE EXTENSION IF NOT EXISTS {extension}; SELECT 1")

    assert query(running["DATABASE_URL"], f"SELECT count(*) FROM pg_extension WHERE extname = '{extension}'") == 1


def test_a_real_installation_waits_for_the_disk(running: dict[str, str]) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
        assert query(running["DATABASE_URL"], f"SHOW {setting}") == "on"


def test_nobody_else_gets_near(running: dict[str, str]) -> None:
    assert query(running["DATABASE_URL"], "SHOW listen_addresses") == ""
    client = redis.Redis.from_url(running["REDIS_URL"])
    assert client.config_get("port") == {"port": "0"}
    for folder in (running["sockets"], f"{running['state']}/postgres"):
        assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700


def test_the_broker_never_evicts_and_keeps_nothing_on_disk(running: dict[str, str]) -> None:
    client = redis.Redis.from_url(running["REDIS_URL"])

    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert client.config_get("save") == {"save": ""}


def test_celery_and_redis_meet_in_the_same_database(running: dict[str, str]) -> None:
    url = redis_url_with_database(running["REDIS_URL"], 5)

    with kombu.Connection(celery_broker_url(url)) as connection:
        connection.default_channel.basic_publish(
            connection.default_channel.prepare_message("a task"), exchange="", routing_key="jobs"
        )

    assert redis.Redis.from_url(url).llen("jobs") == 1


@pytest.fixture
def claimed(home: Home) -> Iterator[Home]:
    assert home.claim()
    yield home
    home.release()


@contextmanager
def started(home: Home, *, throwaway: bool = False) -> Iterator[dict[str, str]]:
    servers = Servers(home, {}, throwaway=throwaway)
    try:
        yield servers.start()
    finally:
        servers.stop()


def test_data_of_another_major_version_are_refused_in_clear_words(claimed: Home) -> None:
    with started(claimed):
        pass
    (claimed.state / "postgres" / "PG_VERSION").write_text("15\n")

    with pytest.raises(EmbeddedError, match=r"were written by PostgreSQL 15, and \d+ is installed"):
        Servers(claimed, {}).start()


def test_a_test_run_makes_data_of_another_version_anew(claimed: Home) -> None:
    with started(claimed, throwaway=True):
        pass
    (claimed.state / "postgres" / "PG_VERSION").write_text("15\n")

    with started(claimed, throwaway=True) as urls:
        assert query(urls["DATABASE_URL"], "SELECT 1") == 1
        assert query(urls["DATABASE_URL"], "SHOW fsync") == "off"


def test_data_survive_a_server_that_was_killed(claimed: Home) -> None:
    with started(claimed) as urls:
        query(urls["DATABASE_URL"], "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here'); SELECT 1")
        os.kill(int((claimed.state / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    with started(claimed) as urls:
        assert query(urls["DATABASE_URL"], "SELECT word FROM kept") == "here"


def test_a_stranger_with_the_number_in_our_file_is_not_signalled(claimed: Home) -> None:
    with started(claimed):
        pass
    (claimed.state / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    received: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: received.append(number))
    try:
        Postgres(claimed).stop()
    finally:
        signal.signal(signal.SIGINT, before)

    assert received == []


def test_deleting_the_folder_of_the_checkout_begins_afresh(claimed: Home) -> None:
    with started(claimed) as urls:
        query(urls["DATABASE_URL"], "CREATE TABLE old (word text); SELECT 1")
    for path in claimed.folder.iterdir():
        if path.is_file() and path.name != "lock":
            path.unlink()
    if claimed.state == claimed.folder:
        pytest.skip("the data lie in the folder itself unless root runs this")

    with started(claimed) as urls:
        assert query(urls["DATABASE_URL"], "SELECT count(*) FROM pg_class WHERE relname = 'old'") == 0


def test_a_socket_folder_that_others_enter_is_refused(claimed: Home) -> None:
    claimed.sockets.mkdir(mode=0o755)
    claimed.sockets.chmod(0o755)

    with pytest.raises(EmbeddedError, match="closed to others"):
        Servers(claimed, {}).start()


def test_a_link_in_place_of_the_socket_folder_is_refused(claimed: Home, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    claimed.sockets.symlink_to(elsewhere)
    try:
        with pytest.raises(EmbeddedError, match="closed to others"):
            Servers(claimed, {}).start()
    finally:
        claimed.sockets.unlink()


def test_two_runs_at_once_get_homes_of_their_own(tmp_path: Path) -> None:
    first = claim_first_free(tmp_path, "test")
    second = claim_first_free(tmp_path, "test")
    first.release()
    third = claim_first_free(tmp_path, "test")

    assert [first.folder.name, second.folder.name, third.folder.name] == ["test", "test-2", "test"]
    second.release()
    third.release()
