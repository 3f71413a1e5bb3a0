"""One file of the past as Parquet: who was scored when, what came of it, and every indicator as it stood.

A cache of what the database holds and nothing else: a file that is missing, cut or written for another catalogue is
made anew. Columns of ours begin with an underscore, which no indicator does:

==============  =======================================================================================
_id             of the assessment or, where `_past`, of the imported record; each once in a file, rising
_past           from an import of the history of before
_subject        consignment, or visit as a negative number; missing where `_past`
_moment         UTC: when it was assessed
_release        that scored it; missing where `_past`
_lane, _score   recommended then; missing where `_past`
_outcome        `groups.Outcome`
_known_at       UTC: since when the outcome is known
_sampled        drawn at random; _chance: with which probability, missing where nobody kept it
_credited       a partner told of a find
==============  =======================================================================================

Indicators follow by their codes, typed as in `core.frames`.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from profiling.indicators.catalogue import IndicatorSpec, Values
from profiling.rules.core.frames import frame

FORM = 1  # of the files; a higher one makes all of them anew
BLOCK = 65_536  # ids in one file, so that a file fits into memory however long the past is
FETCH = 5_000  # subjects whose indicators are asked for at once

FactsOf = Callable[[Sequence[int]], Mapping[int, Values]]


def _schema() -> dict[str, Any]:
    moment = pl.Datetime("us", "UTC")
    return {
        "_id": pl.Int64(),
        "_past": pl.Boolean(),
        "_subject": pl.Int64(),
        "_moment": moment,
        "_release": pl.Int64(),
        "_lane": pl.String(),
        "_score": pl.Int32(),
        "_outcome": pl.UInt8(),
        "_known_at": moment,
        "_sampled": pl.Boolean(),
        "_chance": pl.Float64(),
        "_credited": pl.Boolean(),
    }


LABELS = (
    "_id", "_past", "_subject", "_moment", "_release", "_lane", "_score", "_outcome", "_known_at", "_sampled",
    "_chance", "_credited",
)  # fmt: skip


class BrokenFileError(Exception):
    """A file cannot be read or is not what `write` makes; it has to be made anew."""


def fingerprint(catalogue: Mapping[str, IndicatorSpec]) -> str:
    """Of the form of the files and of the types of the catalogue: files of another one are of no use."""
    told = ";".join(f"{code}:{spec.type.value}" for code, spec in sorted(catalogue.items()))
    return hashlib.sha256(f"{FORM};{told}".encode()).hexdigest()[:16]


def labels_frame(rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """Rows of values in the order of `LABELS`."""
    return pl.DataFrame(rows, schema=_schema(), orient="row")


def write(path: Path, labels: pl.DataFrame, facts: pl.DataFrame) -> None:
    """Put a file into its place at once: whoever reads sees the old one or the new one, never half of one."""
    whole = labels.hstack(facts.get_columns())
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    os.close(number)
    try:
        whole.write_parquet(name, compression="zstd", statistics=True)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(path: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Some columns of a file, or all. Raises BrokenFileError."""
    try:
        return pl.read_parquet(path, columns=list(columns) if columns is not None else None)
    except (PolarsError, OSError) as error:
        raise BrokenFileError(f"{path.name}: {error}") from error


def refresh_file(
    path: Path,
    labels: pl.DataFrame,
    facts_of: FactsOf,
    catalogue: Mapping[str, IndicatorSpec],
) -> bool:
    """Bring a file to what `labels` says, asking `facts_of` only for ids that it does not hold. False: it did already.

    A file that cannot be read is made anew from nothing.
    """
    labels = labels.sort("_id")
    try:
        held = read(path, LABELS) if path.exists() else None
        if held is not None and held.equals(labels):
            return False
        kept = read(path, ["_id", *catalogue]) if held is not None else None
    except BrokenFileError:
        kept = None
    wanted = labels.get_column("_id")
    known = kept.filter(pl.col("_id").is_in(wanted.implode())) if kept is not None else None
    missing = wanted.to_list() if known is None else sorted(set(wanted) - set(known.get_column("_id")))
    parts = [known] if known is not None else []
    for start in range(0, len(missing), FETCH):
        ids = missing[start : start + FETCH]
        found = facts_of(ids)
        facts = frame([found.get(one, {}) for one in ids], catalogue)
        parts.append(pl.DataFrame({"_id": ids}, schema={"_id": pl.Int64}).hstack(facts.get_columns()))
    together = pl.concat(parts).sort("_id")
    write(path, labels, together.drop("_id"))
    return True
