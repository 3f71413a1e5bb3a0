"""The past as this process reads it: files of `rules.core.snapshot`, one folder a unit, columns kept between questions.

`profiling.cases.snapshots` makes the files, for outcomes are known there. What is read is cut to units by whoever asks:
a folder holds one unit, so that nothing of another country is ever in what is counted.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection

from profiling.indicators.catalogue import REGISTRY
from profiling.rules.core import snapshot
from profiling.rules.core.snapshot import BrokenFileError

STAMP = "stamp.json"


def root() -> Path:
    """Where files of this database and of the present catalogue stand."""
    database = str(connection.settings_dict["NAME"])
    return Path(settings.SNAPSHOT_DIR) / database / snapshot.fingerprint(REGISTRY.specs())


def folder(unit_id: int) -> Path:
    return root() / str(unit_id)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it stood when it was looked at; another one in its place has another key."""

    path: Path
    key: Hashable


def files_of(units: Iterable[int]) -> list[File]:
    """The files of units, by unit and block."""
    found = []
    for unit in sorted(units):
        for path in sorted(folder(unit).glob("*.parquet")):
            try:
                told = path.stat()
            except FileNotFoundError:
                continue
            found.append(File(path, (str(path), told.st_ino, told.st_mtime_ns, told.st_size)))
    return found


class ColumnCache:
    """Columns of files, the longest unused of which go first once `limit` bytes are held. For threads."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held: OrderedDict[Hashable, pl.Series] = OrderedDict()
        self._bytes = 0.0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> pl.Series | None:
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: Hashable, column: pl.Series) -> None:
        with self._lock:
            if key in self._held:
                return
            self._held[key] = column
            self._bytes += column.estimated_size()
            while self._bytes > self.limit and len(self._held) > 1:
                _key, gone = self._held.popitem(last=False)
                self._bytes -= gone.estimated_size()

    def forget(self, which: Callable[[Any], bool]) -> None:
        """Let go of what was kept under some keys."""
        with self._lock:
            for key in [key for key in self._held if which(key)]:
                self._bytes -= self._held.pop(key).estimated_size()

    def clear(self) -> None:
        self.forget(lambda _key: True)


CACHE = ColumnCache(settings.SNAPSHOT_CACHE)


def columns(file: File, names: Sequence[str]) -> pl.DataFrame:
    """Columns of one file, read once a process. An indicator that the file does not know is missing everywhere.

    Raises BrokenFileError.
    """
    found: dict[str, pl.Series] = {}
    absent: list[str] = []
    for name in names:
        held = CACHE.get((file.key, name))
        if held is None:
            absent.append(name)
        else:
            found[name] = held
    if absent:
        read = snapshot.read(file.path, absent)
        for name in absent:
            column = read.get_column(name)
            CACHE.put((file.key, name), column)
            found[name] = column
    return pl.DataFrame([found[name] for name in names])


@dataclass(frozen=True, slots=True)
class Past:
    """The past of some units in [since, until)."""

    files: tuple[File, ...]
    since: datetime
    until: datetime

    def spans(self) -> list[tuple[File, pl.Series | None]]:
        """Files that reach into the period, with which of their rows do; None: all of them."""
        chosen: list[tuple[File, pl.Series | None]] = []
        for file in self.files:
            moments = columns(file, ["_moment"]).get_column("_moment")
            first, last = moments.min(), moments.max()
            if not isinstance(first, datetime) or not isinstance(last, datetime):
                continue
            if first >= self.until or last < self.since:
                continue
            if first >= self.since and last < self.until:
                chosen.append((file, None))
            else:
                chosen.append((file, (moments >= self.since) & (moments < self.until)))
        return chosen


def past(units: Iterable[int], since: datetime, until: datetime) -> Past:
    """The past of units (ids) in [since, until), both aware, in any zone: files tell their moments in UTC."""
    return Past(tuple(files_of(units)), since.astimezone(UTC), until.astimezone(UTC))


def kept(file: File, what: Hashable, make: Any) -> pl.DataFrame:
    """Columns made of a file, such as the masks of the rules that are live, kept as the file's own are."""
    names = CACHE.get((file.key, what, "names"))
    if names is not None:
        found = [CACHE.get((file.key, what, name)) for name in names.to_list()]
        if all(one is not None for one in found):
            return pl.DataFrame([one for one in found if one is not None])
    made: pl.DataFrame = make()
    for column in made.get_columns():
        CACHE.put((file.key, what, column.name), column)
    CACHE.put((file.key, what, "names"), pl.Series("names", made.columns, dtype=pl.String))
    return made


__all__ = ["CACHE", "STAMP", "BrokenFileError", "File", "Past", "columns", "files_of", "folder", "kept", "past", "root"]
