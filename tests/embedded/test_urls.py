"""The URLs reach the servers: django-environ, redis-py and kombu all read them as meant."""

from __future__ import annotations

from pathlib import Path

import environ
import pytest
import redis

from pcu.embedded import urls


@pytest.mark.parametrize("folder", ["/tmp/pcu-0-ab12", "/private/var/folders/xY/T/pcu-501", "/tmp/a b%c"])
def test_django_environ_reads_the_socket_folder_user_and_database(folder: str) -> None:
    read = environ.Env.db_url_config(urls.database_url(Path(folder), "pcu", "cargo"))

    assert (read["HOST"], read["USER"], read["NAME"], read["PORT"]) == (folder, "pcu", "cargo", "")
    assert read["ENGINE"] == "django.db.backends.postgresql"


@pytest.mark.parametrize("socket", ["/tmp/pcu-0-ab12/valkey.sock", "/tmp/a b/valkey.sock"])
def test_redis_reads_the_socket_and_the_database(socket: str) -> None:
    pool = redis.ConnectionPool.from_url(urls.redis_url(Path(socket), 7))

    assert pool.connection_kwargs["path"] == socket
    assert pool.connection_kwargs["db"] == 7


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("unix:///tmp/a/valkey.sock?db=0", "unix:///tmp/a/valkey.sock?db=3"),
        ("unix:///tmp/a/valkey.sock", "unix:///tmp/a/valkey.sock?db=3"),
        ("unix:///tmp/a/valkey.sock?db=0&protocol=3", "unix:///tmp/a/valkey.sock?protocol=3&db=3"),
        ("redis://:secret@cache:6379/0", "redis://:secret@cache:6379/3"),
        ("redis://cache:6379", "redis://cache:6379/3"),
        ("redis://cache:6379?db=1", "redis://cache:6379/3"),
        ("rediss://cache/2?ssl_cert_reqs=none", "rediss://cache/3?ssl_cert_reqs=none"),
    ],
)
def test_another_database_of_the_same_server(url: str, expected: str) -> None:
    changed = urls.redis_url_with_database(url, 3)

    assert changed == expected
    assert redis.ConnectionPool.from_url(changed).connection_kwargs["db"] == 3


def test_celery_is_given_the_socket_in_its_own_form() -> None:
    url = urls.celery_broker_url(urls.redis_url(Path("/tmp/pcu-0-ab12/valkey.sock"), 5))

    assert url == "redis+socket:///tmp/pcu-0-ab12/valkey.sock?virtual_host=5"


@pytest.mark.parametrize("url", ["redis://:secret@cache:6379/1", "rediss://cache/0?ssl_cert_reqs=none"])
def test_celery_takes_the_address_of_a_host_as_it_is(url: str) -> None:
    assert urls.celery_broker_url(url) == url
