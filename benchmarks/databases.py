"""Databases of a benchmark beside the one of DATABASE_URL: made from a template, dropped at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import environ
import psycopg2

PREFIX = "pcu_bench"


def url_of(database: str) -> str:
    """DATABASE_URL with another database of the same server."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    folder, _slash, _name = parts.path.rpartition("/")
    path = f"{folder}/{database}"
    # urlunsplit would drop the empty host of a socket's URL.
    if not parts.hostname:
        return f"{parts.scheme}://{parts.netloc}{path}"
    return urlunsplit(parts._replace(path=path))


@contextmanager
def connected(database: str | None = None) -> Iterator[Any]:
    """A connection in autocommit to one database, by default to that of DATABASE_URL."""
    url = url_of(database) if database else os.environ["DATABASE_URL"]
    found = environ.Env.db_url_config(url)
    connection = psycopg2.connect(
        host=found["HOST"],
        port=found["PORT"] or None,
        user=found["USER"],
        password=found["PASSWORD"] or None,
        dbname=found["NAME"],
    )
    with closing(connection):
        connection.autocommit = True
        yield connection


def ask(connection: Any, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def made(name: str, template: str = "template1") -> Iterator[str]:
    """A database made from a template (to which nobody may be connected), dropped at the end. Yields its name."""
    database = f"{PREFIX}_{name}"
    with connected() as server:
        ask(server, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        ask(server, f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
    try:
        yield database
    finally:
        with connected() as server:
            ask(server, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
