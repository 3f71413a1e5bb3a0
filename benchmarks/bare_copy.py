"""The yardstick: the rows that a run added, loaded by nothing but COPY into a clone that has not seen the run.

The clone was made from the same template, so it has the same indexes, constraints and triggers. What its own
triggers write (the history of an inserted row) is left out of what is loaded; in the end both databases hold
equally many rows in every table, or the measurement is refused.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.databases import ask, connected

_TABLES = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                                   AND a.attgenerated = ''
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
GROUP BY c.relname ORDER BY c.relname
"""
_KEYS = """
SELECT c.relname, a.attname, a.atttypid = ANY ('{int8,int4,int2}'::regtype[])
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace
"""


class RowsDifferError(Exception):
    """The clone does not hold what the run wrote: what was measured is not the same work."""


@dataclass(frozen=True)
class Added:
    """What a run added to one table: its rows, and a file of them in COPY's text format."""

    table: str
    columns: tuple[str, ...]
    rows: int
    file: Path

    @property
    def column_list(self) -> str:
        return ", ".join(f'"{column}"' for column in self.columns)


@dataclass(frozen=True)
class Before:
    """One table before a run: how many rows, and SQL that holds for rows which come later."""

    rows: int
    later: str


def look(database: str) -> dict[str, Before]:
    """All tables as they are now."""
    found = {}
    with connected(database) as connection:
        keys = {table: (column, number) for table, column, number in ask(connection, _KEYS)}
        for table, _columns in ask(connection, _TABLES):
            [(rows,)] = ask(connection, f'SELECT count(*) FROM "{table}"')
            found[table] = Before(rows, _later(connection, table, *keys[table]))
    return found


def _later(connection: Any, table: str, key: str, is_number: bool) -> str:
    if is_number:
        [(highest,)] = ask(connection, f'SELECT coalesce(max("{key}"), 0) FROM "{table}"')
        return f'"{key}" > {highest}'
    known = ", ".join(f"'{value}'" for (value,) in ask(connection, f'SELECT "{key}"::text FROM "{table}"'))
    return f'"{key}"::text NOT IN ({known})' if known else "true"


def export_added(run: str, before: dict[str, Before], folder: Path) -> list[Added]:
    """Write to files all rows that the run's database has more than before, but what triggers write by themselves."""
    added = []
    with connected(run) as source:
        for table, columns in ask(source, _TABLES):
            condition = before[table].later
            if "pgh_label" in columns:
                condition += " AND pgh_label <> 'insert'"
            chosen = Added(table, tuple(columns), 0, folder / f"{table}.copy")
            with source.cursor() as cursor, chosen.file.open("wb") as file:
                cursor.copy_expert(
                    f'COPY (SELECT {chosen.column_list} FROM "{table}" WHERE {condition} ORDER BY 1) TO STDOUT', file
                )
                if cursor.rowcount:
                    added.append(replace(chosen, rows=cursor.rowcount))
    return added


def load(clone: str, added: list[Added]) -> float:
    """COPY the files into the clone, one transaction. Returns seconds, the commit and its checks included."""
    with connected(clone) as target:
        for (sequence,) in ask(target, "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"):
            # What the clone's triggers number must not meet the numbers of what is loaded.
            ask(target, "SELECT setval(%s::regclass, %s)", f'public."{sequence}"', 10**9)
        ask(target, "CHECKPOINT")
        began = time.perf_counter()
        with one_transaction(target), target.cursor() as cursor:
            for one in added:
                with one.file.open("rb") as file:
                    cursor.copy_expert(f'COPY "{one.table}" ({one.column_list}) FROM STDIN', file, 1 << 16)
        return time.perf_counter() - began


@contextmanager
def one_transaction(connection: Any) -> Iterator[None]:
    ask(connection, "BEGIN")
    yield
    ask(connection, "COMMIT")


def written(run: str, before: dict[str, Before], clone: str, clone_before: dict[str, Before]) -> dict[str, int]:
    """Rows the run added, by table. Raises RowsDifferError unless the COPY added as many to each table of the clone."""
    after, clone_after = look(run), look(clone)
    counts = {}
    for table, now in after.items():
        here, there = now.rows - before[table].rows, clone_after[table].rows - clone_before[table].rows
        if here != there:
            raise RowsDifferError(f"{table}: {here} rows by the run, {there} by the COPY")
        if here:
            counts[table] = here
    return counts
