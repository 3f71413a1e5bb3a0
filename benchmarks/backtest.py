"""How long a rule takes to be tried on a million consignments of the past, and a release of fifty rules.

The past is invented (a fixed seed, every indicator of the catalogue, a fifth of the values missing) and written as the
files that `profiling.cases.snapshots` makes. Beside each figure stands the bare scan: the same expressions evaluated by
Polars over the same columns in memory, with nothing counted.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

RULES = 50
RUNS = 5
DAYS = 730
UNIT = 1


def main(rows: int = 1_000_000) -> None:
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # as in a web worker
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pcu.settings")
    django.setup()
    from django.test.utils import override_settings

    with tempfile.TemporaryDirectory() as folder, override_settings(SNAPSHOT_DIR=folder, SNAPSHOT_CACHE=2**31):
        _measure(rows)


def _measure(rows: int) -> None:
    import numpy as np

    from profiling.indicators.catalogue import REGISTRY
    from profiling.rules import snapshots, trying
    from profiling.rules.core import backtest, snapshot
    from profiling.rules.core.checking import parse
    from profiling.rules.core.scoring import Thresholds
    from profiling.rules.core.tried import TriedRule, columns_of

    specs = REGISTRY.specs()
    snapshots.CACHE.limit = 2**31
    until = datetime(2026, 9, 1, tzinfo=UTC)
    chance = np.random.default_rng(2026)
    started = time.perf_counter()
    for block, first in enumerate(range(0, rows, snapshot.BLOCK)):
        number = min(snapshot.BLOCK, rows - first)
        labels, facts = _invented(chance, first, number, rows, until, specs)
        snapshot.write(snapshots.folder(UNIT) / f"a{block:08d}.parquet", labels, facts)
    size = sum(path.stat().st_size for path in Path(snapshots.folder(UNIT)).glob("*.parquet"))
    written = time.perf_counter() - started

    trees = _trees(RULES, specs)
    rules = tuple(
        TriedRule(f"R-{n:03d} 1", f"R-{n:03d}", f"Rule {n}", 5 + n % 40, parse(tree, specs))
        for n, tree in enumerate(trees)
    )
    steps = Thresholds(((70, "red"), (55, "orange"), (40, "yellow")), "green")
    live = trying.Side("live", rules, steps, "live")
    edited = TriedRule("", "R-003", "", 30, parse(_edited(), specs))
    past = snapshots.past([UNIT], until - timedelta(days=DAYS), until + timedelta(seconds=1))

    def preview() -> Any:
        return trying.try_over(
            rule=edited, live=live, worked=frozenset({"red", "orange"}), past=past, zone="Asia/Almaty"
        )

    cold = _once(preview)
    warm = _median(preview)
    counted = preview()
    names = columns_of([edited])
    tables = [snapshots.columns(file, names) for file in past.files]
    asked = edited.fires(specs, "Asia/Almaty").alias("fired")
    bare = _median(lambda: [table.select(asked) for table in tables])

    print(
        f"{rows:,} consignments, {len(specs)} indicators: {size / 2**20:.0f} MB of Parquet, written in {written:.1f} s"
    )
    print(f"edited rule fires for {counted.fired.total:,.0f} of {counted.total:,}")
    print(f"preview, first in a process (masks of {RULES} live rules made) {cold:6.2f} s")
    print(f"preview, warm                                             {warm:6.3f} s")
    print(f"bare scan of the edited rule, same columns in memory        {bare:6.3f} s, ratio {warm / bare:.1f}")

    draft = trying.Side("draft", rules, steps, "draft")

    def count() -> Any:
        trying._counted.clear()
        return trying.count_past(draft=draft, live=live, past=past, zone="Asia/Almaty")

    def scan_again() -> Any:
        snapshots.CACHE.forget(lambda key: isinstance(key[1], tuple) and key[1][0] == "masks")
        return count()

    first_count = _once(scan_again)
    fifty = _median(scan_again, 3)
    again = _median(count, 3)
    groups = count()
    all_names = columns_of(rules)
    wide = [snapshots.columns(file, all_names) for file in past.files]
    every = [rule.fires(specs, "Asia/Almaty").alias(rule.key) for rule in rules]
    bare_all = _median(lambda: [table.lazy().select(every).collect() for table in wide], 3)

    def moved() -> Any:
        scores = backtest.score(groups, {rule.key: rule.points + 5 for rule in rules})
        at = backtest.at_capacity(backtest.ladder(groups, scores), rows // 50)
        return backtest.taken(groups, scores, at)

    slider = _median(moved)
    print(f"back-test of {RULES} rules, columns read from the files        {first_count:6.2f} s")
    print(f"back-test of {RULES} rules, warm columns                       {fifty:6.2f} s, {len(groups):,} groups")
    print(f"grouping alone, masks kept                                {again:6.2f} s")
    print(f"bare scan of {RULES} rules, same columns in memory             {bare_all:6.2f} s, {fifty / bare_all:.1f}x")
    print(f"points changed, everything at a capacity again            {slider:6.3f} s")
    if groups.total != counted.total:
        raise AssertionError(f"{groups.total:,} were grouped of {counted.total:,}")


def _once(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _median(run: Callable[[], Any], runs: int = RUNS) -> float:
    return median(_once(run) for _ in range(runs))


def _invented(chance: Any, first: int, number: int, rows: int, until: datetime, specs: Any) -> tuple[Any, Any]:
    import numpy as np
    import polars as pl

    from profiling.indicators.catalogue import ValueType
    from profiling.indicators.text import normalise
    from profiling.rules.core import snapshot

    ids = np.arange(first, first + number)
    seconds = (ids - rows) * (DAYS * 86_400 / rows)
    opened = chance.random(number) < 0.03
    found = opened & (chance.random(number) < 0.05)
    drawn = chance.random(number) < 0.01
    labels = pl.DataFrame(
        {
            "_id": ids,
            "_past": np.zeros(number, dtype=bool),
            "_subject": ids,
            "_moment": pl.Series(np.asarray(seconds * 1e6, dtype=np.int64)).cast(pl.Duration("us")) + until,
            "_release": np.ones(number, dtype=np.int64),
            "_lane": ["green"] * number,
            "_score": np.zeros(number, dtype=np.int32),
            "_outcome": (opened.astype(np.uint8) + found),
            "_known_at": pl.Series([None] * number, dtype=pl.Datetime("us", "UTC")),
            "_sampled": drawn,
            "_chance": np.where(drawn, 0.02, np.nan),
            "_credited": np.zeros(number, dtype=bool),
        }
    ).select(snapshot.labels_frame([]).columns)
    texts = [
        normalise(text) for text in ("household goods used", "spare parts of steel", "ткань хлопок", "furniture wood")
    ]
    codes = ["CN", "KZ", "TJ", "UZ", "9403", "61", "rail"]
    columns = []
    for code, spec in specs.items():
        there = chance.random(number) < 0.8
        match spec.type:
            case ValueType.NUMBER:
                values = pl.Series(code, chance.gamma(2.0, 200.0, number))
            case ValueType.INTEGER:
                values = pl.Series(code, chance.integers(0, 60, number))
            case ValueType.BOOLEAN:
                values = pl.Series(code, chance.random(number) < 0.1)
            case ValueType.DATE:
                values = pl.Series(code, chance.integers(20_000, 20_600, number).astype(np.int32)).cast(pl.Date)
            case ValueType.TEXT:
                values = pl.Series(code, np.take(texts, chance.integers(0, len(texts), number)))
            case _:
                pool = list(spec.choices) or codes
                values = pl.Series(code, np.take(pool, chance.integers(0, len(pool), number)))
        columns.append(pl.select(pl.when(pl.Series(there)).then(values).alias(code)).to_series())
    return labels, pl.DataFrame(columns)


def _trees(number: int, specs: Any) -> list[dict[str, Any]]:
    """Rules as analysts write them: two to four conditions, one of them in a list or a text where there is one."""
    from profiling.indicators.catalogue import ValueType

    of = {kind: [code for code, spec in specs.items() if spec.type is kind and not spec.choices] for kind in ValueType}
    trees = []
    for n in range(number):
        numbers, whole, flags = of[ValueType.NUMBER], of[ValueType.INTEGER], of[ValueType.BOOLEAN]
        parts: list[dict[str, Any]] = [
            {"lhs": numbers[n % len(numbers)], "op": "gt", "value": 300 + 20 * n},
            {"lhs": whole[n % len(whole)], "op": "lt", "value": 4 + n % 9},
        ]
        if n % 2:
            parts.append({"any": [
                {"lhs": flags[n % len(flags)], "op": "is_true"},
                {"lhs": flags[(n + 1) % len(flags)], "op": "is_true", "also_when_missing": n % 4 == 1},
            ]})  # fmt: skip
        if n % 3 == 0:
            parts.append(
                {"lhs": of[ValueType.CODE][n % len(of[ValueType.CODE])], "op": "in", "value": ["CN", "UZ", "61"]}
            )
        if n % 10 == 9 and of[ValueType.TEXT]:
            parts.append({"lhs": of[ValueType.TEXT][0], "op": "contains_word", "value": "household goods"})
        trees.append({"all": parts})
    return trees


def _edited() -> dict[str, Any]:
    return {
        "all": [
            {"lhs": "kg_per_package", "op": "gt", "value": 700},
            {"lhs": "hs_chapter", "op": "in", "value": ["61", "9403"]},
            {"any": [
                {"lhs": "pair_first_time", "op": "is_true"},
                {"lhs": "consignee_consignments_24m", "op": "lt", "value": 3, "also_when_missing": True},
            ]},
        ]
    }  # fmt: skip
