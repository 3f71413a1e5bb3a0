"""The addresses by which programs find the embedded servers: pure functions on DATABASE_URL and REDIS_URL."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit


def database_url(socket_folder: Path, user: str, database: str) -> str:
    """Return the URL of a PostgreSQL behind a Unix socket, in the form django-environ reads.

    Host and database travel together in the path (``postgres://user@//folder/database``): a folder written
    as the host would be taken lower-case, and one in the query would stay unknown to ``manage.py dbshell``.
    """
    return f"postgres://{quote(user, safe='')}@/{quote(str(socket_folder))}/{quote(database, safe='')}"


def redis_url(socket: Path, database: int = 0) -> str:
    """Return the URL of a Valkey behind a Unix socket, in redis-py's form."""
    return f"unix://{quote(str(socket))}?db={database}"


def redis_url_with_database(url: str, database: int) -> str:
    """Return the same server's URL with another database number, be it a socket or a host."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "db"]
    if parts.scheme == "unix":
        # urlunsplit would drop the empty host of a socket's URL.
        return f"unix://{parts.path}?{urlencode([*query, ('db', str(database))])}"
    return urlunsplit(parts._replace(path=f"/{database}", query=urlencode(query)))


def celery_broker_url(url: str) -> str:
    """Return REDIS_URL as Celery wants it.

    Kombu names a socket ``redis+socket://`` and its database a virtual host. Addresses of a
    host (``redis://``, ``rediss://``) are the same for both and stay as they are.
    """
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    query = [("virtual_host" if name == "db" else name, value) for name, value in parse_qsl(parts.query)]
    address = f"redis+socket://{parts.path}"
    return f"{address}?{urlencode(query)}" if query else address
