"""Statements of our own, where the database counts what no queryset can say in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

Row = tuple[Any, ...]


def fetch(sql: str, parameters: Mapping[str, Any]) -> list[Row]:
    """The rows of a statement; values go in as named parameters, never into the text."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
