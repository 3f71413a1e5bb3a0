"""Learn from past consignments, and count what the score catches of later ones, beside gradient boosting.

`PCU_HISTORY=folder python -m benchmarks learning` prints the report; `python -m benchmarks.learning --help` says what
else can be asked: other files, other years, the whole score. Nothing later than a training window is read for its fit.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.preprocessing import OrdinalEncoder

from benchmarks.learning_sets import KCS, LEMIS, PastSet, kcs, lemis
from profiling.indicators.catalogue import ValueType
from profiling.rules.core.learning import SHARES, Learnt, TooLittleError, judge, learn
from profiling.rules.core.learning_measure import Caught, caught
from profiling.rules.core.learning_records import Records, ground

FOLDER = "PCU_HISTORY"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning", description=__doc__)
    parser.add_argument("--folder", type=Path, default=os.environ.get(FOLDER), help=f"where the sets are; or {FOLDER}")
    parser.add_argument("--lemis", type=Path, action="append", help="files of import records, instead of the one there")
    parser.add_argument("--test", type=int, nargs="*", default=[2017, 2018, 2019], help="years to be judged, each "
                        "learnt for from all years before it")  # fmt: skip
    parser.add_argument("--skip-kcs", action="store_true", help="the import records alone")
    parser.add_argument("--score", action="store_true", help="print the score of the last year judged, line by line")
    chosen = parser.parse_args(arguments)
    if chosen.folder is None and not chosen.lemis:
        parser.error(f"say where the sets are, by --folder or {FOLDER}")
    paths = chosen.lemis or [Path(chosen.folder) / LEMIS]
    records = lemis(paths).records
    print("Wildlife import records, commercial lines. Finds: refusals.")
    learnt = None
    for year in chosen.test:
        learnt = _judge(f"learnt before {year}, judged on {year}", records, _start(year), _start(year + 1))
    if chosen.score and learnt is not None:
        _print_score(learnt)
    if not chosen.skip_kcs and chosen.folder is not None:
        for label in ("Fraud", "Critical Fraud"):
            print(f"\nSynthetic declarations, {label}.")
            _judge_declarations(kcs([Path(chosen.folder) / name for name in KCS], label))


def _start(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def _judge(title: str, records: Records, since: datetime, until: datetime) -> Learnt | None:
    began = time.perf_counter()
    try:
        learnt = learn(records, until=since)
    except TooLittleError as error:
        print(f"{title}: {error}")
        return None
    took = time.perf_counter() - began
    judged = judge(learnt, records, since=since, until=until)
    said = learnt.ground
    print(f"\n{title}: {judged.consignments} consignments, {judged.finds} finds")
    print(
        f"  learnt from {said.learnt_from} results with {said.found} finds ({said.basis}; {said.waiting} not yet known "
        f"then) in {took:.1f} s; penalty {learnt.strength}; {len(learnt.proposed)} conditions"
    )
    period = records.between(since, until)
    _print_caught("score", [judged.caught[part] for part in SHARES])
    boosted = _boosted(records, since, period)
    found = period.found().to_numpy()
    _print_caught("boosting", [caught(boosted, found, part) for part in SHARES])
    for part, (selected, hit) in judged.at_thresholds.items():
        print(
            f"  threshold {learnt.thresholds[part]:4} points, set for {part:.0%}: "
            f"{selected.value:.1%} selected, {hit.k} of {hit.n} caught"
        )
    return learnt


def _print_caught(name: str, at: Sequence[Caught]) -> None:
    told = [
        f"{one.share:.0%}: recall {one.recall:.3f} ({one.caught:.1f} of {one.finds}; {one.worst} to {one.best})"
        for one in at
    ]
    print(f"  {name:9}{'   '.join(told)}")


def _boosted(records: Records, since: datetime, period: Records) -> np.ndarray:
    """Gradient boosting on the same columns, rows and labels: codes as numbers, missing values as they are."""
    _, known = ground(records, since)
    told = [code for code in records.specs if known.values[code].n_unique() > 1]
    codes = [code for code in told if records.specs[code].type is ValueType.CODE]
    numbers = [code for code in told if code not in codes]
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=np.nan
    ).fit(known.values.select(codes).to_numpy())  # fmt: skip

    def columns(of: Records) -> np.ndarray:
        plain = of.values.select(pl.col(numbers).cast(pl.Float64)).to_numpy()
        return np.hstack([encoder.transform(of.values.select(codes).to_numpy()).astype(float), plain])

    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=200, max_leaf_nodes=15, l2_regularization=1.0, random_state=0
    )
    model.fit(columns(known), known.found().to_numpy())
    return np.asarray(model.predict_proba(columns(period))[:, 1])


def _judge_declarations(past: PastSet) -> None:
    since, until = _start(2021), _start(2022)
    learnt = _judge("learnt from 2020, judged on the first quarter of 2021", past.records, since, until)
    if learnt is None:
        return
    inside = past.rows["moment"] >= since
    seen = past.rows["goods_seen"].filter(inside)
    period = past.records.where(inside)
    for title, mask in (("goods met before", seen), ("goods never met", ~seen)):
        part = period.where(mask)
        found = part.found().to_numpy()
        print(f"  {title}: {part.height} declarations, {int(found.sum())} finds")
        _print_caught("score", [caught(learnt.scores(part.values), found, one) for one in SHARES])
        _print_caught("boosting", [caught(_boosted(past.records, since, part), found, one) for one in SHARES])


def _print_score(learnt: Learnt) -> None:
    print("\npoints  true for  finds  share found (95 %)   condition")
    for one in learnt.proposed:
        sure = one.evidence.confidence
        interval = f"{sure.value:5.1%} ({sure.low:.1%} to {sure.high:.1%})" if sure else ""
        print(f"{one.points:+6}  {one.evidence.support:8}  {one.evidence.found:5}  {interval:20} {one.tree}")


if __name__ == "__main__":
    main()
