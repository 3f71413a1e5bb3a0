"""The fifty rules and the rows that benchmarks/rules.py asks every engine: the same from run to run."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import polars as pl

from profiling.indicators.catalogue import Group, IndicatorSpec, ValueType
from profiling.indicators.text import normalise
from profiling.rules.core.checking import parse
from profiling.rules.core.closures import compile_condition
from profiling.rules.core.frames import schema
from profiling.rules.core.scoring import CompiledRule, compile_rule

_TYPES = {
    ValueType.NUMBER: ("gross_kg", "declared_value", "kg_per_m3", "hours_before_arrival"),
    ValueType.INTEGER: ("packages", "consignee_consignments_24m", "goods_lines", "amendments_count"),
    ValueType.BOOLEAN: ("pair_first_time", "seal_seen_before", "container_void_rich"),
    ValueType.CODE: ("origin_country", "destination_country", "hs_heading", "mode"),
    ValueType.TEXT: ("goods_text",),
    ValueType.DATE: ("arrival_date", "received_date"),
}
SPECS = {
    code: IndicatorSpec(code, code, Group.META, kind, "", "", ("x",))
    for kind, codes in _TYPES.items()
    for code in codes
}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_random = random.Random(11)
COUNTRIES = sorted({"".join(_random.choices(_LETTERS, k=2)) for _ in range(140)})
HEADINGS = [f"{n:04d}" for n in range(101, 9799, 8)]
WORDS = sorted({normalise("".join(_random.choices(_LETTERS, k=_random.randint(3, 9)))).strip() for _ in range(500)})
MODES = ("sea", "air", "road", "rail")
_START = date(2025, 1, 1)


def rows(count: int, seed: int = 7) -> pl.DataFrame:
    """So many rows, with values missing as often as in cargo: a tenth of most, half of some."""
    from_ = random.Random(seed)
    blocks = min(count, 20_000)
    columns: dict[str, list[Any]] = {code: [_value(code, from_) for _ in range(blocks)] for code in SPECS}
    block = pl.DataFrame(columns, schema=schema(SPECS))
    if count == blocks:
        return block
    # More rows are the first ones, each column shuffled by itself: new rows from known values.
    parts = [block]
    for number in range(1, -(-count // blocks)):
        shuffled = [series.shuffle(seed=seed * 1000 + number * 100 + at) for at, series in enumerate(block)]
        parts.append(pl.DataFrame(shuffled))
    return pl.concat(parts).head(count)


def _value(code: str, from_: random.Random) -> Any:
    if from_.random() < (0.5 if code in ("kg_per_m3", "amendments_count") else 0.1):
        return None
    match SPECS[code].type:
        case ValueType.NUMBER:
            return round(from_.lognormvariate(6.5 if code == "gross_kg" else 5, 1.5), 3)
        case ValueType.INTEGER:
            return int(from_.lognormvariate(2, 1.5)) if from_.random() < 0.9 else 0
        case ValueType.BOOLEAN:
            return from_.random() < 0.25
        case ValueType.TEXT:
            return normalise(" ".join(from_.choices(WORDS, k=from_.randint(2, 8))))
        case ValueType.DATE:
            return _START + timedelta(days=from_.randrange(500))
        case _:
            choices = {"hs_heading": HEADINGS, "mode": MODES}.get(code, COUNTRIES)
            return choices[int(from_.betavariate(1, 2) * len(choices))]


def _leaf(from_: random.Random) -> dict[str, Any]:
    pick = from_.choice

    def leaf(lhs: Any, op: str, *value: Any) -> dict[str, Any]:
        return {"lhs": lhs, "op": op, **({"value": value[0]} if value else {})}

    kinds = (
        lambda: leaf("gross_kg", pick(("gt", "ge", "lt", "le")), round(from_.lognormvariate(6.5, 1), 1)),
        lambda: leaf("declared_value", "between", [20, pick((100, 400, 2000))]),
        lambda: leaf("consignee_consignments_24m", pick(("eq", "ne", "le", "lt")), pick((0, 1, 3, 5))),
        lambda: leaf("origin_country", pick(("in", "in", "not_in")), sorted(from_.sample(COUNTRIES, 50))),
        lambda: leaf("hs_heading", pick(("in", "in", "not_in")), sorted(from_.sample(HEADINGS, 50))),
        lambda: leaf("goods_text", pick(("contains_word", "contains_word", "lacks_word")), pick(WORDS[:120])),
        lambda: leaf(pick(("kg_per_m3", "amendments_count", "arrival_date")), pick(("is_missing", "is_present"))),
        lambda: leaf({"ratio": ["gross_kg", "packages"]}, pick(("gt", "le")), pick((20, 50, 120, 400))),
        lambda: leaf({"difference": ["gross_kg", "declared_value"]}, pick(("gt", "lt")), pick((0, 5, 100))),
        lambda: leaf({"days_between": ["received_date", "arrival_date"]}, "lt", pick((-100, 0, 30))),
        lambda: leaf("arrival_date", pick(("ge", "lt")), f"2025-0{from_.randint(2, 9)}-15"),
        lambda: leaf(
            pick(("pair_first_time", "seal_seen_before", "container_void_rich")), pick(("is_true", "is_false"))
        ),
        lambda: leaf("mode", pick(("eq", "ne")), pick(MODES)),
    )
    return pick(kinds)()


def rules(count: int = 50) -> list[CompiledRule]:
    """Rules of two to five conditions, one in two with NOT or ANY, that fire on 0.05 to 12 % of rows."""
    from_ = random.Random(5)
    sample = as_values(rows(2000, seed=3))
    kept: list[CompiledRule] = []
    while len(kept) < count:
        first, *rest = [_leaf(from_) for _ in range(from_.randint(2, 5))]
        forms: tuple[Any, ...] = (
            {"all": [first, *rest]},
            {"all": [first, {"any": rest}]},
            {"all": [first, {"not": {"all": rest}}]},
            {"all": [first, {"not": {"any": rest}}]},
        )
        condition = parse(forms[from_.choice((0, 0, 0, 1, 2, 3))], SPECS)
        share = sum(map(compile_condition(condition), sample)) / len(sample)
        if 0.0005 < share < 0.12:
            kept.append(compile_rule(code=f"R{len(kept) + 1:02d}", points=10, condition=condition))
    return kept


def as_values(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as an assessment keeps them: dates as text, what is missing without a key."""
    dated = frame.with_columns(pl.col("arrival_date", "received_date").dt.to_string("%Y-%m-%d"))
    return [{code: value for code, value in row.items() if value is not None} for row in dated.iter_rows(named=True)]
