"""Every figure of a back-test against a count row by row."""

from __future__ import annotations

import json
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.rules.core import backtest
from profiling.rules.core.groups import Groups, Outcome, bit, group, pack
from profiling.rules.core.intervals import share, wilson
from profiling.rules.core.scoring import Thresholds, lane_for

LIVE, DRAFT = Thresholds(((40, "red"), (20, "yellow")), "green"), Thresholds(((50, "red"), (10, "yellow")), "green")


@st.composite
def pasts(draw):
    """Rules, rows of (rules that fired, outcome, weight), and the points of two releases."""
    number = draw(st.sampled_from([0, 1, 3, 64, 65, 130]))
    rules = [f"R-{place}" for place in range(number)]
    usual = st.sampled_from([rules[place] for place in {0, number // 2, number - 1}] if rules else ["none"])
    row = st.tuples(
        st.frozensets(usual, max_size=3) if rules else st.just(frozenset()),
        st.sampled_from(list(Outcome)),
        st.sampled_from([0.0, 0.0, 1.0, 2.5, 50.0]),
    )
    points = st.dictionaries(st.sampled_from(rules or ["R-0"]), st.integers(-20, 60))
    return rules, draw(st.lists(row, max_size=40)), draw(points), draw(points)


def grouped(rules, rows) -> Groups:
    hits = pl.DataFrame(
        {rule: [rule in fired for fired, _, _ in rows] for rule in rules}, schema=dict.fromkeys(rules, pl.Boolean)
    )
    words = pack(hits) if rules else pl.DataFrame({"w0": pl.zeros(len(rows), dtype=pl.UInt64, eager=True)})
    return group(
        rules,
        words,
        pl.Series([int(outcome) for _, outcome, _ in rows], dtype=pl.UInt8),
        pl.Series([weight for _, _, weight in rows], dtype=pl.Float64),
    )


def naive_score(fired, points):
    return sum(points.get(rule, 0) for rule in fired)


@given(pasts())
def test_the_figures_at_every_capacity_are_those_of_opening_the_highest_scores_one_by_one(past):
    rules, rows, points, _other = past
    groups = grouped(rules, rows)
    steps = backtest.ladder(groups, backtest.score(groups, points))
    scored = sorted(((naive_score(fired, points), outcome) for fired, outcome, _ in rows), key=lambda one: -one[0])
    all_found = sum(outcome == Outcome.FOUND for _, outcome in scored)
    for capacity in range(len(rows) + 2):
        at = backtest.at_capacity(steps, capacity)
        assert at.all_found == all_found
        if not capacity or not rows:
            assert (at.lowest, at.inspected.total, at.recall) == (None, 0, 0 if all_found else None)
            continue
        cut = scored[min(capacity, len(rows)) - 1][0]
        above = [outcome for score, outcome in scored if score > cut]
        tied = [outcome for score, outcome in scored if score == cut]
        room = min(capacity, len(rows)) - len(above)
        assert (at.lowest, at.tied, at.room) == (cut, len(tied), room)
        # the fewest and the most finds are those of the worst and the best order among the tied
        finds = [outcome == Outcome.FOUND for outcome in tied]
        told = [
            sum(outcome == Outcome.FOUND for outcome in above) + sum(sorted(finds, reverse=best)[:room])
            for best in (False, True)
        ]
        assert list(at.finds) == told
        share_of_tied = room / len(tied)
        for kind, value in (
            (Outcome.FOUND, at.inspected.found),
            (Outcome.CLEAN, at.inspected.clean),
            (Outcome.NEVER, at.inspected.never),
        ):
            assert value == pytest.approx(above.count(kind) + share_of_tied * tied.count(kind))
        known = at.inspected.inspected
        assert at.precision == (pytest.approx(at.inspected.found / known) if known else None)


@given(pasts())
def test_lanes_exchanges_and_rules_are_those_of_a_count_row_by_row(past):
    rules, rows, live, draft = past
    groups = grouped(rules, rows)
    before, after = backtest.score(groups, live), backtest.score(groups, draft)
    names = [["red", "yellow", "green"]] * 2
    matrix = backtest.lane_changes(groups, backtest.lanes(before, LIVE), backtest.lanes(after, DRAFT), (3, 3))
    told = Counter(
        (lane_for(naive_score(fired, live), LIVE), lane_for(naive_score(fired, draft), DRAFT), outcome)
        for fired, outcome, _ in rows
    )
    for row, from_lane in zip(matrix, names[0], strict=True):
        for cell, to_lane in zip(row, names[1], strict=True):
            counted = [told[from_lane, to_lane, kind] for kind in (Outcome.FOUND, Outcome.CLEAN, Outcome.NEVER)]
            assert [cell.found, cell.clean, cell.never] == counted

    for line in backtest.by_rule(groups, live):
        mine = [(fired, outcome) for fired, outcome, _ in rows if line.rule in fired]
        assert line.fired.total == len(mine)
        assert line.fired.never == sum(outcome == Outcome.NEVER for _, outcome in mine)
        alone = [
            fired
            for fired, outcome in mine
            if outcome == Outcome.FOUND and {rule for rule in fired if live.get(rule, 0) > 0} == {line.rule}
        ]
        assert line.unique == len(alone)
        assert line.precision == share(int(line.fired.found), int(line.fired.inspected))
    assert {line.rule for line in backtest.by_rule(groups, live)} == set(rules) & set(live)

    at = [backtest.at_capacity(backtest.ladder(groups, scores), len(rows) // 3) for scores in (before, after)]
    parts = [backtest.taken(groups, scores, one) for scores, one in zip((before, after), at, strict=True)]
    moved = backtest.exchange(groups, *parts)
    assert moved.gained - moved.lost == pytest.approx(at[1].inspected.found - at[0].inspected.found)
    assert groups.split(parts[1]).total == pytest.approx(at[1].inspected.total)


@given(pasts())
def test_the_random_sample_speaks_for_the_unflagged_by_its_weights_alone(past):
    rules, rows, live, _draft = past
    groups = grouped(rules, rows)
    low = backtest.lanes(backtest.score(groups, live), LIVE) == 2
    drawn = [
        (weight, outcome == Outcome.FOUND)
        for fired, outcome, weight in rows
        if weight and outcome != Outcome.NEVER and lane_for(naive_score(fired, live), LIVE) == "green"
    ]
    estimate = backtest.unflagged(groups, low)
    if not drawn:
        assert estimate is None
        return
    value = sum(weight for weight, hit in drawn if hit) / sum(weight for weight, _ in drawn)
    assert estimate.value == pytest.approx(value)
    assert (estimate.opened, estimate.found) == (len(drawn), sum(hit for _, hit in drawn))
    assert estimate.low - 1e-9 <= value <= estimate.high + 1e-9
    if len({weight for weight, _ in drawn}) == 1:
        assert (estimate.low, estimate.high) == pytest.approx(wilson(estimate.found, estimate.opened), abs=1e-9)


@given(pasts())
def test_groups_come_back_from_what_is_kept_and_bits_from_words(past):
    rules, rows, points, _other = past
    groups = grouped(rules, rows)
    again = Groups.from_json(json.loads(json.dumps(groups.as_json())))
    assert (again.rules, again.total) == (groups.rules, len(rows))
    assert (again.fired == groups.fired).all()
    assert backtest.ladder(again, backtest.score(again, points)) == backtest.ladder(
        groups, backtest.score(groups, points)
    )
    hits = pl.DataFrame(
        {rule: [rule in fired for fired, _, _ in rows] for rule in rules}, schema=dict.fromkeys(rules, pl.Boolean)
    )
    words = pack(hits)
    for place, rule in enumerate(rules):
        assert bit(words, place).to_list() == hits.get_column(rule).to_list()


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"rules": ["a"], "masks": ["zz"], "outcomes": [0], "weights": [0], "counts": [1]},
        {"rules": ["a"], "masks": ["2"], "outcomes": [0], "weights": [0], "counts": [1]},
        {"rules": ["a"], "masks": ["1"], "outcomes": [3], "weights": [0], "counts": [1]},
        {"rules": ["a"], "masks": ["1"], "outcomes": [0], "weights": [0], "counts": [0]},
        {"rules": ["a"], "masks": ["1", "0"], "outcomes": [0], "weights": [0], "counts": [1]},
        {"rules": ["a", "a"], "masks": ["1"], "outcomes": [0], "weights": [0], "counts": [1]},
    ],
    ids=["empty", "no number", "no such rule", "no such outcome", "counts nothing", "lengths", "twice"],
)
def test_what_are_no_groups_is_refused(kept):
    with pytest.raises(ValueError, match="these are no groups"):
        Groups.from_json(kept)


def test_nothing_is_opened_below_zero():
    with pytest.raises(ValueError, match="below zero"):
        backtest.at_capacity([], -1)
