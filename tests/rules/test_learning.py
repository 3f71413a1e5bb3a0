"""Learning finds what is in the records, uses nothing that was not known, and says on what it stands."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.rules.core.checking import parse
from profiling.rules.core.closures import compile_condition
from profiling.rules.core.conditions import dump
from profiling.rules.core.learning import TooLittleError, judge, learn
from profiling.rules.core.learning_conditions import Kind, candidates, cuts, evidence
from profiling.rules.core.learning_frames import Past, records
from profiling.rules.core.learning_hits import matrix
from profiling.rules.core.learning_measure import caught, threshold
from profiling.rules.core.learning_past import WEIGHT, Key, counts, past
from profiling.rules.core.learning_points import MOST, fit
from profiling.rules.core.learning_records import Basis, Records, ground
from tests.rules.trees import CATALOGUE, rows, trees

START = datetime(2024, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CUT = START + 800 * DAY


def one(day: int, result: str = "clean", *, known: int | None = None, drawn: bool = False, **values: Any) -> Past:
    """A consignment of a day; its result was known a day later unless another day is given."""
    told = START + (day + 1 if known is None else known) * DAY
    return Past(START + day * DAY, result, None if result == "never" else told, drawn, values)


def port(size: int = 1000, *, seed: int = 7, inspect: float = 1.0) -> list[Past]:
    """A day's cargo at a time: from TJ by rail much is found, elsewhere hardly anything, and weight says nothing."""
    dice = random.Random(seed)
    cargo = []
    for day in range(size):
        origin, mode = dice.choice(("CN", "KZ", "TJ", "UZ")), dice.choice(("sea", "rail"))
        risk = 0.5 if (origin, mode) == ("TJ", "rail") else 0.01
        result = "found" if dice.random() < risk else "clean"
        if dice.random() >= inspect:
            result = "never"
        cargo.append(one(day, result, origin=origin, mode=mode, kg=float(dice.randint(1, 20_000))))
    return cargo


def table(cargo: Sequence[Past]) -> Records:
    return records(cargo, CATALOGUE)


def test_what_is_in_the_records_is_found_and_said_as_a_rule() -> None:
    learnt = learn(table(port()), until=CUT)
    best = max(learnt.proposed, key=lambda proposed: proposed.points)
    assert best.kind is Kind.PAIR
    assert {(leaf["lhs"], leaf["value"]) for leaf in best.tree["all"]} == {("origin", "TJ"), ("mode", "rail")}
    assert best.evidence.confidence is not None
    assert best.evidence.confidence.low > 0.3
    assert best.evidence.lift > 3


def test_the_score_catches_later_finds_that_it_never_saw() -> None:
    history = table(port())
    judged = judge(learn(history, until=CUT), history, since=CUT)
    assert judged.consignments == 200
    assert judged.caught[0.1].recall > 0.6  # by lot it would be a tenth


def test_the_same_records_give_the_same_score_whatever_their_order() -> None:
    cargo = port()
    shuffled = random.Random(1).sample(cargo, len(cargo))
    first, second = learn(table(cargo), until=CUT), learn(table(shuffled), until=CUT)
    assert first == second


def test_results_that_came_after_the_moment_change_nothing() -> None:
    cargo = port()
    later = [
        Past(past.moment, "found", past.known_at, past.random, past.values)
        if past.known_at and past.known_at >= CUT
        else past
        for past in cargo
    ]
    assert later != cargo
    assert learn(table(cargo), until=CUT).proposed == learn(table(later), until=CUT).proposed


def test_a_result_that_waits_is_not_learnt_from() -> None:
    said, known = ground(
        table([one(0, "found", known=5), one(1, "clean", known=50), one(2, "never")]), START + 10 * DAY
    )
    assert (said.arrived, said.never, said.waiting, said.learnt_from, said.found) == (3, 1, 1, 1, 1)
    assert known.height == 1


def test_a_result_without_a_day_is_taken_to_have_waited_two_months() -> None:
    undated = Past(START, "found", None, False, {})
    assert ground(table([undated]), START + 60 * DAY)[0].learnt_from == 0
    assert ground(table([undated]), START + 61 * DAY)[0].learnt_from == 1


def test_where_everything_was_inspected_nothing_is_biased() -> None:
    said, _ = ground(table(port()), CUT)
    assert said.basis is Basis.EVERYTHING
    assert not said.biased


def test_the_inspected_alone_are_told_to_be_biased() -> None:
    said, _ = ground(table(port(inspect=0.5)), CUT)
    assert said.basis is Basis.INSPECTED
    assert said.biased


def test_a_random_sample_with_enough_finds_is_learnt_from_alone() -> None:
    drawn = [one(day, "found" if day < 20 else "clean", drawn=True) for day in range(60)]
    chosen = [one(day, "found") for day in range(60, 100)]
    said, known = ground(table([*drawn, *chosen, one(100, "never")]), CUT)
    assert said.basis is Basis.SAMPLE
    assert (said.learnt_from, said.found) == (60, 20)
    assert known.outcomes["random"].all()


def test_a_sample_with_too_few_finds_is_not_enough() -> None:
    drawn = [one(day, "found" if day < 19 else "clean", drawn=True) for day in range(60)]
    assert ground(table([*drawn, one(100, "never")]), CUT)[0].basis is Basis.INSPECTED


@pytest.mark.parametrize("finds", [0, 9])
def test_too_few_finds_are_refused_with_the_figures(finds: int) -> None:
    cargo = [one(day, "found" if day < finds else "clean", origin="CN") for day in range(100)]
    with pytest.raises(TooLittleError, match=f"{finds} finds among 100 results"):
        learn(table(cargo), until=CUT)


def test_where_everything_was_a_find_nothing_is_learnt() -> None:
    with pytest.raises(TooLittleError):
        learn(table([one(day, "found") for day in range(50)]), until=CUT)


def test_given_rules_are_weighed_and_stay_in_the_answer_without_points() -> None:
    origin = {"lhs": "origin", "op": "eq", "value": "TJ"}
    useless = {"any": [{"lhs": "kg", "op": "lt", "value": 0}, {"lhs": "mode", "op": "eq", "value": "sea"}]}
    given = {"R-1": parse(origin, CATALOGUE), "R-2": parse(useless, CATALOGUE)}
    learnt = learn(table(port()), until=CUT, given=given)
    weighed = {proposed.code: proposed for proposed in learnt.proposed if proposed.code}
    assert set(weighed) == {"R-1", "R-2"}
    assert weighed["R-1"].evidence.support > 100
    assert all(-100 <= proposed.points <= 100 for proposed in learnt.proposed)


def test_a_threshold_lets_no_more_through_than_its_share() -> None:
    scores = np.array([5.0, 4.0, 4.0, 3.0, -2.0])
    assert [threshold(scores, part) for part in (0, 0.2, 0.4, 0.6, 0.8, 1.0)] == [6, 5, 5, 4, -1, -2]


@given(st.lists(st.tuples(st.integers(-20, 20), st.booleans()), min_size=1, max_size=60), st.floats(0.01, 1.0))
def test_a_threshold_is_the_least_that_holds_its_share(scored: list[tuple[int, bool]], part: float) -> None:
    scores = np.array([float(points) for points, _ in scored])
    least = threshold(scores, part)
    assert (scores >= least).sum() <= part * len(scores) + 1e-9
    if least - 1 >= scores.min():
        assert (scores >= least - 1).sum() > int(part * len(scores)) or (scores == least - 1).sum() == 0


@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=1, max_size=60), st.floats(0.01, 1.0))
def test_what_is_caught_lies_between_the_worst_and_the_best_order(scored: list[tuple[int, bool]], part: float) -> None:
    scores, finds = np.array([float(p) for p, _ in scored]), np.array([f for _, f in scored])
    found = caught(scores, finds, part)
    assert found.worst - 1e-9 <= found.best <= finds.sum()
    assert found.worst - 1 <= found.caught <= found.best + 1


def test_ties_at_the_cut_count_by_lot() -> None:
    found = caught(np.array([9.0, 1.0, 1.0, 1.0, 1.0]), np.array([True, True, False, False, False]), 0.4)
    assert found.caught == pytest.approx(1.25)
    assert (found.worst, found.best) == (1, 2)


def test_no_share_and_more_than_all_are_no_share_to_inspect() -> None:
    for part in (0.0, 1.1):
        with pytest.raises(ValueError, match="cannot be inspected"):
            caught(np.array([1.0]), np.array([True]), part)


def test_numbers_are_cut_at_round_figures() -> None:
    assert cuts(pl.Series([float(kg) for kg in range(3, 1000)]), whole=False) == [50, 100, 200, 500]
    assert cuts(pl.Series([7.0] * 20), whole=False) == []
    assert cuts(pl.Series([None] * 20, dtype=pl.Float64), whole=False) == []
    assert all(isinstance(cut, int) for cut in cuts(pl.Series(list(range(200))), whole=True))


def test_a_value_that_is_hardly_met_is_no_candidate_however_much_was_found_on_it() -> None:
    cargo = [one(day, origin="CN", mode="sea" if day % 2 else "rail") for day in range(200)]
    cargo += [one(200 + day, "found", origin="KZ", mode="sea") for day in range(5)]
    found, _ = candidates(table(cargo))
    assert not any(dump(single.condition).get("value") == "KZ" for single in found)


def test_evidence_names_the_interval_and_the_lift() -> None:
    found = evidence(20, 5, 0.05)
    assert found.confidence is not None
    assert found.lift == pytest.approx(5)
    assert found.confidence.low < 0.25 < found.confidence.high
    assert evidence(0, 0, 0.05).confidence is None


@settings(max_examples=300, deadline=None)
@given(tree=trees, given_rows=st.lists(rows, min_size=1, max_size=8))
def test_hits_are_those_of_the_closures_that_score_live_cargo(tree: Any, given_rows: list[dict[str, Any]]) -> None:
    condition = parse(tree, CATALOGUE)
    history = records([Past(START + n * DAY, "clean", None, False, row) for n, row in enumerate(given_rows)], CATALOGUE)
    fires = compile_condition(condition)
    expected = [float(fires(row)) for row in given_rows]
    assert matrix([condition], history.values).toarray().ravel().tolist() == expected


def test_hits_of_proposed_conditions_are_those_of_the_closures() -> None:
    cargo = port(300)
    cargo += [
        one(300 + n, kg=None, text=" used parts " if n % 3 else " steel ", first_time=bool(n % 2), packages=n)
        for n in range(40)
    ]
    history = table(cargo)
    found, hits = candidates(history)
    assert {single.kind for single in found} >= {Kind.VALUE, Kind.CUT, Kind.WORD, Kind.MISSING}
    for place, single in enumerate(found):
        fires = compile_condition(single.condition)
        expected = [place for place, past in enumerate(cargo) if fires(past.values)]
        assert hits[:, place].nonzero()[0].tolist() == expected


def test_values_of_another_type_than_their_indicator_are_missing() -> None:
    history = table([one(0, kg="heavy", packages=True, first_time=1, loaded_on="soon", origin="CN")])
    assert history.values.row(0, named=True) == dict.fromkeys(CATALOGUE) | {"origin": "CN"}


def test_records_in_no_order_or_with_strange_results_are_refused() -> None:
    history = table([one(0), one(5)])
    with pytest.raises(ValueError, match="order"):
        Records(CATALOGUE, history.values.reverse(), history.outcomes.reverse())
    with pytest.raises(ValueError, match="found, clean or never"):
        Records(CATALOGUE, history.values, history.outcomes.with_columns(pl.lit("maybe").alias("result")))
    with pytest.raises(ValueError, match="2 rows of values for 1 outcomes"):
        Records(CATALOGUE, history.values, history.outcomes.head(1))


def test_a_fit_of_more_rows_than_it_reads_finds_the_same() -> None:
    number = MOST * 3
    dice = np.random.default_rng(3)
    risky = dice.random(number) < 0.1
    found = dice.random(number) < np.where(risky, 0.5, 0.02)
    hits = matrix([parse({"lhs": "first_time", "op": "is_true"}, CATALOGUE)], pl.DataFrame({"first_time": risky}))
    assert fit(hits, found, 1.0).points[0] == pytest.approx(20 * np.log(0.98 / 0.02), rel=0.1)


def test_nothing_is_fitted_where_every_result_is_the_same() -> None:
    hits = matrix(
        [parse({"lhs": "first_time", "op": "is_true"}, CATALOGUE)], pl.DataFrame({"first_time": [True, False]})
    )
    with pytest.raises(ValueError, match="every result is the same"):
        fit(hits, np.array([False, False]), 1.0)


PORT = Key("origin", ("origin",))


def history_of(cargo: Sequence[Past]) -> pl.DataFrame:
    known = table(cargo)
    return past(known.values, known.outcomes, [PORT])


def test_a_rate_knows_only_results_that_were_known_before() -> None:
    cargo = [one(0, "found", known=10, origin="CN"), one(5, origin="CN"), one(10, origin="CN"), one(11, origin="CN")]
    rates = history_of(cargo)["origin_find_rate"].to_list()
    assert rates[0] is None  # no result at all was known
    assert rates[1] is None
    general = (0 + 0.5) / (1 + 1)  # of day 10 the clean one of day 5 is known, the find is not
    assert rates[2] == pytest.approx((0 + WEIGHT * general) / (1 + WEIGHT))
    assert rates[3] > rates[2]


def test_a_rate_of_a_value_never_met_is_the_general_share() -> None:
    cargo = [one(day, "found" if day % 4 == 0 else "clean", origin="CN") for day in range(40)]
    rates = history_of([*cargo, one(60, origin="TJ"), one(60, origin="CN")])["origin_find_rate"].to_list()
    assert rates[-2] == pytest.approx((10 + 0.5) / (40 + 1))
    assert rates[-1] == pytest.approx((10 + WEIGHT * rates[-2]) / (40 + WEIGHT))


def test_nothing_is_new_before_records_reach_back_far_enough() -> None:
    seen = history_of([one(0, origin="CN"), one(364, origin="TJ"), one(365, origin="UZ"), one(366, origin="CN")])
    assert seen["origin_seen"].to_list() == [None, None, 0, 1]


def test_what_arrives_at_the_same_moment_is_no_past() -> None:
    cargo = [one(400, origin="CN"), one(400, origin="CN")]
    assert history_of([one(0, origin="KZ"), *cargo])["origin_seen"].to_list()[1:] == [0, 0]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 30), st.sampled_from(["found", "clean", "never"]), st.integers(0, 20),
            st.sampled_from(["CN", "KZ", None]),
        ),
        max_size=25,
    )
)  # fmt: skip
def test_counts_are_those_of_a_naive_count(given_rows: list[tuple[int, str, int, str | None]]) -> None:
    cargo = [
        one(day, result, known=day + wait, **({"origin": origin} if origin else {}))
        for day, result, wait, origin in sorted(given_rows, key=lambda row: row[0])
    ]
    known = table(cargo)
    window = timedelta(days=10)
    found = counts(known.values["origin"], known.outcomes, since=window)
    for place, row in enumerate(cargo):
        if "origin" not in row.values:
            assert found.row(place) == (None, None, None)
            continue
        alike = [other for other in cargo if other.values.get("origin") == row.values["origin"]]
        seen = [other for other in alike if row.moment - window <= other.moment < row.moment]
        told = [o for o in alike if o.known_at and row.moment - window <= o.known_at < row.moment]
        finds = [other for other in told if other.result == "found"]
        assert found.row(place) == (len(seen), len(told), len(finds))
