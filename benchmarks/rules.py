"""Fifty rules over rows of values: our two compilers beside other engines, in one run, equal hits asserted.

Ours and plain SQL take every row; engines that take one row at a time take the first ones only, and the table says how
many. Each engine gets its rows in the form it wants and is timed from there; ours through Polars also from rows as an
assessment keeps them. The peers live in an environment of their own, made in var/ from peers.txt.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # one core for everybody

import polars as pl

from benchmarks import rule_dialects as dialects
from benchmarks.databases import ask, connected, made
from benchmarks.rule_rows import SPECS, as_values, rows, rules
from profiling.indicators.catalogue import ValueType
from profiling.rules.core.chunks import ChunkScorer
from profiling.rules.core.expressions import compile_rules
from profiling.rules.core.frames import frame
from profiling.rules.core.scoring import CompiledRule

MANIFEST = 20_000
ROOT = Path(__file__).resolve().parent
VENV = ROOT.parent / "var" / "peers-venv"
PEERS = {  # name -> what it is, and how many rows it is asked
    "zen": ("GoRules zen-engine, expressions", MANIFEST),
    "cel": ("CEL in Rust (common-expression-language)", MANIFEST),
    "json_logic": ("JSON Logic in Rust (datalogic-py)", MANIFEST),
    "rule_engine": ("rule-engine", 2000),
}


def main(*, many: int = 1_000_000) -> None:
    fifty = rules()
    table = rows(many)
    first = table.head(MANIFEST)
    values = as_values(first)
    expressions = compile_rules(fifty, SPECS)
    print(f"{len(fifty)} rules; rows/s count a row once for each rule, in millions; one core")
    print(f"{'engine':<46}{'rows':>10}{'seconds':>10}{'M rule-rows/s':>15}")

    expected = _bits(first, expressions, fifty)
    counts = table.lazy().select(expressions).sum().collect().row(0)
    _told("Polars, from a table", many, _best(lambda: table.lazy().select(expressions).collect()))
    _told("Polars, from a table", MANIFEST, _best(lambda: first.lazy().select(expressions).collect()))
    seconds = _best(lambda: frame(values, SPECS).lazy().select(expressions).collect())
    _told("Polars, from rows of values", MANIFEST, seconds)
    scorer = ChunkScorer(fifty, SPECS)
    chunks = [values[at : at + 1000] for at in range(0, MANIFEST, 1000)]
    _told("ours, chunks of 1,000 with evidence", MANIFEST, _best(lambda: [scorer.score(chunk) for chunk in chunks]))

    fires = [rule.fires for rule in fifty]
    start = time.perf_counter()
    found = [sum(1 << at for at, fire in enumerate(fires) if fire(row)) for row in values]
    _told("closures", MANIFEST, time.perf_counter() - start)
    _same("closures", found, expected)

    with made("rules") as database, connected(database) as connection:
        _load(connection, table)
        _sql(connection, fifty, many, list(counts), expected)
    _peers(fifty, first, expected)


def _bits(table: pl.DataFrame, expressions: list[pl.Expr], fifty: list[CompiledRule]) -> list[int]:
    hits = table.lazy().select(expressions).collect()
    bits = pl.sum_horizontal([pl.col(rule.code).cast(pl.Int64) * (1 << at) for at, rule in enumerate(fifty)])
    found: list[int] = hits.select(bits.alias("bits"))["bits"].to_list()
    return found


def _best(run: Callable[[], Any], times: int = 3) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _told(name: str, count: int, seconds: float) -> None:
    print(f"{name:<46}{count:>10,}{seconds:>10.3f}{count * 50 / seconds / 1e6:>15.3f}", flush=True)


def _same(name: str, found: list[Any], expected: list[Any]) -> None:
    wrong = [at for at, (a, b) in enumerate(zip(found, expected[: len(found)], strict=True)) if a != b]
    if wrong:
        raise AssertionError(f"{name} says otherwise of row {wrong[0]}: {found[wrong[0]]:b}, {expected[wrong[0]]:b}")


# ------------------------------------------------------------------ SQL
_SQL_TYPES = {
    ValueType.NUMBER: "float8",
    ValueType.INTEGER: "int8",
    ValueType.BOOLEAN: "boolean",
    ValueType.DATE: "date",
}


def _load(connection: Any, table: pl.DataFrame) -> None:
    columns = ", ".join(f"{code} {_SQL_TYPES.get(spec.type, 'text')}" for code, spec in SPECS.items())
    ask(connection, f"CREATE UNLOGGED TABLE past (id int8 PRIMARY KEY, {columns})")
    with tempfile.TemporaryFile() as file, connection.cursor() as cursor:
        table.with_row_index("id").select("id", *SPECS).write_csv(file, include_header=False, quote_style="non_numeric")
        file.seek(0)
        cursor.copy_expert("COPY past FROM STDIN (FORMAT csv)", file)
    ask(connection, "VACUUM ANALYZE past")
    ask(connection, "SET max_parallel_workers_per_gather = 0")  # one core, as everybody


def _sql(connection: Any, fifty: list[CompiledRule], many: int, counts: list[int], expected: list[int]) -> None:
    conditions = [dialects.sql(rule.condition) for rule in fifty]
    counted = ", ".join(f"count(*) FILTER (WHERE {one})" for one in conditions)
    bits = " + ".join(f"CASE WHEN {one} THEN {1 << at}::int8 ELSE 0 END" for at, one in enumerate(conditions))
    for jit in ("off", "on"):
        ask(connection, f"SET jit = {jit}")
        start = time.perf_counter()
        ((*found,),) = ask(connection, f"SELECT {counted} FROM past")
        _told(f"PostgreSQL, one query, jit {jit}", many, time.perf_counter() - start)
        if found != counts:
            raise AssertionError(f"PostgreSQL counts {found}, Polars {counts}")
    ask(connection, "SET jit = off")
    start = time.perf_counter()
    each = ask(connection, f"SELECT {bits} FROM past WHERE id < {MANIFEST} ORDER BY id")
    _told("PostgreSQL, hits of each row", MANIFEST, time.perf_counter() - start)
    _same("PostgreSQL", [one for (one,) in each], expected)


# ------------------------------------------------------------------ peers
def _peers(fifty: list[CompiledRule], first: pl.DataFrame, expected: list[int]) -> None:
    python = _environment()
    trees = [dialects.normal(rule.condition) for rule in fifty]
    said = {
        "cel": [dialects.text(tree, dialects.CEL) for tree in trees],
        "zen": [dialects.text(tree, dialects.ZEN) for tree in trees],
        "rule_engine": [dialects.text(tree, dialects.RULE_ENGINE) for tree in trees],
        "json_logic": [dialects.json_logic(tree) for tree in trees],
    }
    dates = [code for code, spec in SPECS.items() if spec.type is ValueType.DATE]
    plain = first.to_dicts()
    for row in plain:
        row.update({code: dialects.day(row[code]) for code in dates if row[code] is not None})
    with tempfile.TemporaryDirectory() as folder:
        rules_file = Path(folder, "rules.json")
        rules_file.write_text(json.dumps(said))
        for name, (label, count) in PEERS.items():
            rows_file = Path(folder, "rows.json")
            rows_file.write_text(json.dumps(plain[:count]))
            ran = subprocess.run(
                [python, ROOT / "rule_peers.py", name, rules_file, rows_file], capture_output=True, text=True
            )
            if ran.returncode:
                raise RuntimeError(f"{name}: {ran.stderr[-2000:]}")
            told = json.loads(ran.stdout)
            _told(label, count, told["seconds"])
            _same(label, told["bits"], expected)


def _environment() -> Path:
    """The Python of the peers' environment, made where it is not there."""
    python = VENV / "bin" / "python"
    ready = VENV / "ready"
    wanted = (ROOT / "peers.txt").read_text()
    if not ready.exists() or ready.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", ROOT / "peers.txt"], check=True
        )
        ready.write_text(wanted)
    return python


if __name__ == "__main__":
    main()
