"""What was known of a value's past when a consignment arrived: how often seen, and how often something was found.

Counted as of the moment: only what arrived before, and of results only those known before. So the same figure can be
asked for a consignment that arrives today, and a past one is judged by no more than its officer knew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from profiling.rules.core.learning_records import DELAY, Result

WEIGHT = 20.0
"""How many consignments of the general share a value's own share is mixed with."""
WINDOW = timedelta(days=730)
COVERED = timedelta(days=365)
"""How long records must reach back before a value counts as new."""


@dataclass(frozen=True, slots=True)
class Key:
    """Columns of one row that together are looked up in the past: a port, a port and a country, a firm."""

    name: str
    columns: tuple[str, ...]

    @property
    def rate(self) -> str:
        return f"{self.name}_find_rate"

    @property
    def count(self) -> str:
        return f"{self.name}_seen"


def past(
    frame: pl.DataFrame, outcomes: pl.DataFrame, keys: Sequence[Key], *, since: timedelta = WINDOW
) -> pl.DataFrame:
    """Two columns a key, in the order of the rows.

    `<name>_find_rate`: finds among the results known before the row's moment and not older than `since`, mixed with
    `WEIGHT` consignments of the general share at that moment; null while no result at all was known.
    `<name>_seen`: consignments with the same key that arrived in `since` before; null until the records reach back
    `COVERED`, for before that an absence proves nothing. A missing part of a key is a value of its own.

    frame: the columns of the keys. outcomes: as `learning_records.OUTCOMES`, in the order of arrival.
    """
    rows = frame.select(
        pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in key.columns], separator="\x1f").alias(key.name)
        for key in keys
    ).with_columns(outcomes["moment"], outcomes["result"], outcomes["known_at"])
    rows = rows.with_row_index("row").with_columns(
        pl.max_horizontal(pl.col("known_at").fill_null(pl.col("moment") + DELAY), "moment").alias("known"),
        pl.lit("").alias("everything"),
    )
    results = rows.filter(pl.col("result") != Result.NEVER.value).with_columns(
        (pl.col("result") == Result.FOUND.value).cast(pl.Int64).alias("find")
    )
    general = _tally(rows, results, "everything", since)
    share = (general["finds"] + 0.5) / (general["known"] + 1.0)
    covered = rows.select(pl.col("moment") >= pl.col("moment").min() + pl.lit(COVERED)).to_series()
    columns: list[pl.Series] = []
    for key in keys:
        tally = _tally(rows, results, key.name, since)
        rate = (tally["finds"] + WEIGHT * share) / (tally["known"] + WEIGHT)
        columns.append(rate.set(general["known"] == 0, None).alias(key.rate))
        columns.append(_arrived(rows, key.name, since).set(~covered, None).alias(key.count))
    return pl.DataFrame(columns)


def counts(values: pl.Series, outcomes: pl.DataFrame, *, since: timedelta) -> pl.DataFrame:
    """Per row, of the rows with the same value in `since` before its moment: how many arrived (`seen`), of how many the
    result was `known` by then, and `finds` among those. All three are null where the value is null.

    outcomes: as `learning_records.OUTCOMES`, in the order of arrival.
    """
    keys = values.cast(pl.String).alias("of")
    rows = pl.DataFrame([keys.fill_null(""), outcomes["moment"], outcomes["result"], outcomes["known_at"]])
    rows = rows.with_row_index("row").with_columns(
        pl.max_horizontal(pl.col("known_at").fill_null(pl.col("moment") + DELAY), "moment").alias("known")
    )
    results = rows.filter(pl.col("result") != Result.NEVER.value).with_columns(
        (pl.col("result") == Result.FOUND.value).cast(pl.Int64).alias("find")
    )
    tally = _tally(rows, results, "of", since)
    found = tally.select(_arrived(rows, "of", since).alias("seen"), "known", "finds")
    return found.with_columns(pl.when(keys.is_not_null()).then(pl.all()))


def _tally(rows: pl.DataFrame, results: pl.DataFrame, key: str, since: timedelta) -> pl.DataFrame:
    """Per row: results and finds of its key that were known before its moment and within `since` of it."""
    counted = (
        results.select(key, "known", "find")
        .sort("known")
        .with_columns(
            pl.col("find").cum_count().over(key).cast(pl.Int64).alias("n"), pl.col("find").cum_sum().over(key)
        )
        .group_by(key, "known", maintain_order=True)
        .last()
    )
    until = _at(rows, counted, key, pl.col("moment"), ("n", "find"))
    before = _at(rows, counted, key, pl.col("moment") - since, ("n", "find"))
    return pl.DataFrame({"known": until["n"] - before["n"], "finds": until["find"] - before["find"]})


def _arrived(rows: pl.DataFrame, key: str, since: timedelta) -> pl.Series:
    counted = (
        rows.select(key, pl.col("moment").alias("known"))
        .with_columns(pl.col("known").cum_count().over(key).cast(pl.Int64).alias("n"))
        .group_by(key, "known", maintain_order=True)
        .last()
    )
    until = _at(rows, counted, key, pl.col("moment"), ("n",))
    before = _at(rows, counted, key, pl.col("moment") - since, ("n",))
    return until["n"] - before["n"]


def _at(rows: pl.DataFrame, counted: pl.DataFrame, key: str, when: pl.Expr, names: tuple[str, ...]) -> pl.DataFrame:
    """The running counts of each row's key strictly before a moment, 0 where there were none."""
    asked = rows.select("row", key, when.alias("when")).sort("when")
    joined = asked.join_asof(
        counted.sort("known"), left_on="when", right_on="known", by=key, strategy="backward",
        allow_exact_matches=False, check_sortedness=False,
    )  # fmt: skip
    return joined.sort("row").select(pl.col(name).fill_null(0) for name in names)
