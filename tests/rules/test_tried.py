"""A rule tried on the past against a count row by row, with the naive reading of its condition."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.rules.core import snapshot
from profiling.rules.core.checking import parse, parse_exceptions
from profiling.rules.core.frames import frame
from profiling.rules.core.groups import Outcome
from profiling.rules.core.scoring import Thresholds, lane_for
from profiling.rules.core.tried import Trial, TriedRule, columns_of, fired, masks, scores
from tests.rules.trees import CATALOGUE, oracle, rows, trees

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=24)
STEPS = Thresholds(((40, "red"), (20, "yellow")), "green")
ZONE = "Asia/Almaty"
subjects = st.tuples(
    rows,
    st.sampled_from(list(Outcome)),
    st.integers(0, 24 * 24 - 1),  # hours from the beginning on
    st.sampled_from([None, None, 0.5, 0.02]),
)
exceptions = st.none() | st.tuples(trees, st.none() | st.sampled_from(["2026-01-05", "2026-01-20"]))
written = st.tuples(trees, exceptions, st.integers(-30, 60))


def rule(key, tree, excepted, points) -> TriedRule:
    given = [] if excepted is None else [{"condition": excepted[0], "until": excepted[1], "note": ""}]
    return TriedRule(key, key, key, points, parse(tree, CATALOGUE), parse_exceptions(given, CATALOGUE))


def holds(one, values, hours) -> bool:
    tree, excepted, _points = one
    if oracle(tree, values) is not True:
        return False
    if excepted is None or oracle(excepted[0], values) is not True:
        return True
    day = (SINCE + timedelta(hours=hours + 5)).date().isoformat()  # by the clock of Almaty
    return excepted[1] is not None and day > excepted[1]


def table(given) -> pl.DataFrame:
    labels = snapshot.labels_frame(
        [
            (n, False, n, SINCE + timedelta(hours=at), 1, "green", 0, int(came), None, drawn is not None, drawn, False)
            for n, (_values, came, at, drawn) in enumerate(given)
        ]
    )  # fmt: skip
    return labels.hstack(frame([values for values, *_ in given], CATALOGUE).get_columns())


@settings(max_examples=40)
@given(st.lists(subjects, max_size=25), written, st.lists(written, max_size=3), st.booleans(), st.integers(1, 30))
def test_every_count_is_that_of_reading_row_by_row(given_rows, tried, live, replaces, cut):
    live_rules = [rule(f"L-{n}", *one) for n, one in enumerate(live)]
    code = "L-0" if replaces and live else "new"
    edited = rule(code, *tried)
    trial = Trial(
        points=edited.points,
        code=code,
        live=live_rules,
        thresholds=STEPS,
        worked=frozenset({"red"}),
        since=SINCE,
        until=UNTIL,
    )
    for part in (given_rows[:cut], given_rows[cut:]):
        past = table(part)
        words = masks(live_rules, past.select(columns_of(live_rules)), CATALOGUE, ZONE)
        trial.take(past, fired(edited, past, CATALOGUE, ZONE), words, scores(live_rules, words))
    told = trial.done()

    naive = []
    for number, (values, outcome, hours, chance) in enumerate(given_rows):
        beside = [holds(one, values, hours) for one in live]
        before = sum(one[2] for one, hit in zip(live, beside, strict=True) if hit)
        hit = holds(tried, values, hours)
        old = code == "L-0" and beside[0]
        after = before + (edited.points if hit else 0) - (live[0][2] if old else 0)
        others = any(
            h and one[2] > 0
            for n, (one, h) in enumerate(zip(live, beside, strict=True))
            if not (code == "L-0" and n == 0)
        )
        naive.append((number, outcome, hours, chance, beside, before, hit, old, after, others))

    hits = [one for one in naive if one[6]]

    def split(chosen):
        return [sum(one[1] == kind for one in chosen) for kind in (Outcome.FOUND, Outcome.CLEAN, Outcome.NEVER)]

    assert told.total == len(given_rows)
    assert [told.fired.found, told.fired.clean, told.fired.never] == split(hits)
    assert [told.alone.found, told.alone.clean, told.alone.never] == split([one for one in hits if not one[9]])
    if code == "L-0":
        assert told.before.total == sum(one[7] for one in naive)
    else:
        assert told.before is None
    assert told.gained == split([one for one in hits if not one[7]])[0]
    assert told.lost == split([one for one in naive if one[7] and not one[6]])[0]
    assert told.work == (sum(one[5] >= 40 for one in naive), sum(one[8] >= 40 for one in naive))
    for lane in ("red", "yellow", "green"):
        assert told.lanes.get(lane, 0) == sum(lane_for(one[8], STEPS) == lane for one in hits)
    beside = {f"L-{n}": sum(one[4][n] for one in hits) for n in range(len(live)) if f"L-{n}" != code}
    assert {rule.code: number for rule, number in told.together} == {
        code: number for code, number in beside.items() if number
    }
    assert list(told.weeks) == [sum(week * 168 <= one[2] < (week + 1) * 168 for one in hits) for week in range(4)]
    for outcome, shown in told.examples.items():
        mine = sorted((one[2] for one in hits if one[1] == outcome), reverse=True)
        assert [(one.moment - SINCE) / timedelta(hours=1) for one in shown] == mine[:5]
    drawn = [(1 / one[3], one[1] == Outcome.FOUND) for one in naive if one[3] and one[1] != Outcome.NEVER]
    if not drawn:
        assert told.base is None
    else:
        share = sum(weight for weight, found in drawn if found) / sum(weight for weight, _ in drawn)
        assert (told.base.value, told.base.opened) == (pytest.approx(share), len(drawn))


def test_seventy_rules_take_a_second_word_and_the_last_one_is_still_itself():
    rules = [rule(f"L-{n:02d}", {"lhs": "packages", "op": "ge", "value": n}, None, 1) for n in range(70)]
    past = table([({"packages": n}, Outcome.NEVER, 0, None) for n in (-1, 0, 63, 64, 69)])
    words = masks(rules, past, CATALOGUE, ZONE)
    assert words.columns == ["w0", "w1"]
    assert scores(rules, words).to_list() == [0, 1, 64, 65, 70]
