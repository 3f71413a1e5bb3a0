"""Ten typical indicators two ways, side by side: functions over facts, and expressions of Polars over frames.

Both begin with the same rows, as the database gives them, and end with the same thing: a mapping of values for each
subject, which an assessment stores. Equal answers are asserted. `python -m benchmarks indicators`.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any

import django
import polars as pl

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pcu.settings")
django.setup()

from profiling.formats.records import EquipmentKind, Mode, PartyRole  # noqa: E402 - labels are made on import
from profiling.indicators.catalogue import REGISTRY, Value  # noqa: E402 - as above
from profiling.indicators.compute import compute  # noqa: E402 - as above
from profiling.indicators.facts import ItemFacts, PartyFacts, SubjectFacts, SubjectKind, VisitFacts  # noqa: E402 - as above
from profiling.indicators.history import History  # noqa: E402 - as above
from profiling.indicators.text import words  # noqa: E402 - as above
from profiling.indicators.vocabulary import FORWARDER_WORDS  # noqa: E402 - as above

CODES = (
    "kg_per_package",
    "items_weight_gap_percent",
    "items_packages_gap",
    "net_above_gross",
    "hs_missing",
    "hs_chapter",
    "goods_lines",
    "container_count",
    "hours_before_arrival",
    "consignee_named_forwarder",
)
RECEIVED = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
_NAMES = ("Steppe Trade LLP", "ТОО «Степь Логистик»", "Silk Way Cargo", "Aral Textile", "")
_HS = ("630232", "847130", "69", "", "0806.10", "854231")


@dataclass(frozen=True)
class Rows:
    """What four queries give of a chunk; the first column of each is the subject's number."""

    subjects: Sequence[tuple[Any, ...]]  # number, gross kg, packages, expected arrival
    items: Sequence[tuple[Any, ...]]  # number, HS code, packages, gross kg, net kg
    parties: Sequence[tuple[Any, ...]]  # number, role, name
    visits: Sequence[tuple[Any, ...]]  # number, kind, equipment


def rows_of(size: int, seed: int = 5) -> Rows:
    """Consignments of one to four lines in one or two containers; here and there a figure is not told."""
    random = Random(seed)
    subjects, items, parties, visits = [], [], [], []
    for number in range(size):
        total = Decimal(0)
        count = 0
        for _line in range(random.randint(1, 4)):
            gross = Decimal(random.randint(100, 9000))
            packages = random.choice((None, random.randint(1, 900), random.randint(1, 900)))
            net = random.choice((None, gross * Decimal("0.9"), gross * Decimal("1.1")))
            items.append((number, random.choice(_HS), packages, gross, net))
            total += gross
            count += packages or 0
        gross_told = random.choice((None, total, total + 7))
        subjects.append((number, gross_told, count or None, RECEIVED + timedelta(minutes=random.randint(-9, 9999))))
        parties.append((number, "consignee", random.choice(_NAMES)))
        parties.append((number, "shipper", "Yiwu Qianhe"))
        visits += [(number, "container", f"CSQU{number:06d}{box}") for box in range(random.randint(1, 2))]
    return Rows(subjects, items, parties, visits)


def facts_of(rows: Rows) -> list[SubjectFacts]:
    """The facts of plain records that all indicators share."""
    items: dict[int, list[ItemFacts]] = defaultdict(list)
    for number, code, packages, gross, net in rows.items:
        items[number].append(ItemFacts(1, "", code, "HS", packages, gross, net))
    parties: dict[int, list[PartyFacts]] = defaultdict(list)
    for number, role, name in rows.parties:
        parties[number].append(PartyFacts(PartyRole(role), name))
    visits: dict[int, list[VisitFacts]] = defaultdict(list)
    for number, kind, equipment in rows.visits:
        visits[number].append(VisitFacts(len(visits[number]), EquipmentKind(kind), equipment))
    return [
        SubjectFacts(
            key=f"version:{number}",
            kind=SubjectKind.CONSIGNMENT,
            unit_code="ALT",
            received_at=RECEIVED,
            mode=Mode.RAIL,
            eta=eta,
            gross_kg=gross,
            packages=packages,
            parties=tuple(parties[number]),
            items=tuple(items[number]),
            visits=tuple(visits[number]),
        )
        for number, gross, packages, eta in rows.subjects
    ]


def by_functions(rows: Rows) -> list[Mapping[str, Value]]:
    """As the product does: a function for each indicator over facts."""
    chosen = {code: REGISTRY.indicators()[code] for code in CODES}
    return [computed.values for computed in compute(facts_of(rows), History(), chosen)]


def by_polars(rows: Rows) -> list[Mapping[str, Value]]:
    """Frames of the rows, lines grouped by subject, one expression an indicator, and mappings again."""
    number = pl.Series("number", [row[0] for row in rows.subjects], dtype=pl.Int64)
    subjects = pl.DataFrame(
        {
            "number": number,
            "gross": _floats(row[1] for row in rows.subjects),
            "packages": pl.Series([row[2] for row in rows.subjects], dtype=pl.Int64),
            "eta": pl.Series([row[3] for row in rows.subjects], dtype=pl.Datetime("us", "UTC")),
        }
    )
    items = pl.DataFrame(
        {
            "number": pl.Series([row[0] for row in rows.items], dtype=pl.Int64),
            "hs": pl.Series([row[1] for row in rows.items], dtype=pl.String).str.replace_all(r"\D", ""),
            "packs": pl.Series([row[2] for row in rows.items], dtype=pl.Int64),
            "line_gross": _floats(row[3] for row in rows.items),
            "net": _floats(row[4] for row in rows.items),
        }
    )
    names = pl.DataFrame(
        {
            "number": pl.Series([row[0] for row in rows.parties if row[1] == "consignee"], dtype=pl.Int64),
            # The normal form of names is that of rules and words (NFKC, marks, ё): a function, or two meanings.
            "forwarder": pl.Series([_forwarder(row[2]) for row in rows.parties if row[1] == "consignee"]),
        }
    )
    boxes = (
        pl.DataFrame(
            {
                "number": pl.Series([row[0] for row in rows.visits], dtype=pl.Int64),
                "kind": pl.Series([row[1] for row in rows.visits], dtype=pl.String),
            }
        )
        .group_by("number")
        .agg((pl.col("kind") == "container").sum().cast(pl.Int64).alias("container_count"))
    )

    def whole(column: str) -> pl.Expr:  # a sum with a hole in it is missing
        return pl.when(pl.col(column).null_count() == 0).then(pl.col(column).sum())

    heaviest = pl.col("hs").sort_by(pl.col("line_gross").fill_null(0), descending=True, maintain_order=True).first()
    lines = items.group_by("number", maintain_order=True).agg(
        whole("line_gross").alias("lines_gross"),
        whole("packs").alias("lines_packs"),
        whole("net").alias("lines_net"),
        (pl.col("hs").str.len_chars() < 4).any().alias("hs_missing"),
        heaviest.alias("heaviest"),
        pl.len().cast(pl.Int64).alias("goods_lines"),
    )
    gross, packages = pl.col("gross"), pl.col("packages")
    frame = (
        subjects.join(lines, on="number", how="left")
        .join(names, on="number", how="left")
        .join(boxes, on="number", how="left")
        .select(
            pl.when(packages > 0).then(gross / packages).alias("kg_per_package"),
            pl.when(gross > 0)
            .then((pl.col("lines_gross") - gross).abs() * 100 / gross)
            .alias("items_weight_gap_percent"),
            (pl.col("lines_packs") - packages).abs().alias("items_packages_gap"),
            (pl.col("lines_net") > gross).alias("net_above_gross"),
            "hs_missing",
            pl.when(pl.col("heaviest").str.len_chars() >= 4)
            .then(pl.col("heaviest").str.slice(0, 2))
            .alias("hs_chapter"),
            "goods_lines",
            pl.col("container_count").fill_null(0),
            ((pl.col("eta") - RECEIVED).dt.total_seconds() / 3600).alias("hours_before_arrival"),
            pl.col("forwarder").alias("consignee_named_forwarder"),
        )
    )
    return [{code: value for code, value in row.items() if value is not None} for row in frame.iter_rows(named=True)]


def _floats(column: Any) -> pl.Series:
    return pl.Series([None if value is None else float(value) for value in column], dtype=pl.Float64)


def _forwarder(name: str) -> bool | None:
    found = words(name)
    return not FORWARDER_WORDS.isdisjoint(found) if found else None


def _seconds(run: Callable[[Rows], Any], rows: Rows, runs: int) -> float:
    taken = []
    for _each in range(runs):
        started = time.process_time()
        run(rows)
        taken.append(time.process_time() - started)
    return median(taken)


def _same(one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    return one.keys() == other.keys() and all(
        abs(value - other[code]) < 1e-9 * max(1, abs(value))  # type: ignore[operator]  # numbers here
        if isinstance(value, float)
        else value == other[code]
        for code, value in one.items()
    )


def main(runs: int = 5) -> None:
    """CPU seconds, the median of some runs, for a chunk and for a large manifest."""
    for size in (1_000, 20_000):
        rows = rows_of(size)
        pairs = zip(by_functions(rows), by_polars(rows), strict=True)
        if not all(_same(one, other) for one, other in pairs):
            raise AssertionError("the two ways do not answer alike")
        facts, functions, frames = (_seconds(run, rows, runs) for run in (facts_of, by_functions, by_polars))
        of_which = f"functions {functions:.3f} s (of which facts {facts:.3f} s)"
        print(f"{size:>6,} subjects, {len(CODES)} indicators: {of_which}, Polars {frames:.3f} s")


if __name__ == "__main__":
    main()
