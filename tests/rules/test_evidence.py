"""Weighted shares, ratios, drift and shifts, each against a plain reckoning."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from math import comb, inf, isfinite
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.rules.core.evidence import drift, fisher, ratio, shrunk, weighted_share
from profiling.rules.core.intervals import share
from profiling.rules.core.shifts import shift_at, shifts_in

COUNTS = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, st.floats(0.001, 1))
def test_draws_of_one_probability_weigh_nothing(counts, probability):
    k, n = counts
    weight = 1 / probability
    told, plain = weighted_share(k * weight, n * weight, n * weight * weight), share(k, n)
    assert told.value == pytest.approx(plain.value)
    assert (told.low, told.high) == (pytest.approx(plain.low, abs=1e-9), pytest.approx(plain.high, abs=1e-9))
    assert told.effective == pytest.approx(n)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([1.0, 20.0, 50.0])), min_size=1, max_size=40))
def test_a_rare_draw_stands_for_more_and_uneven_draws_are_worth_fewer(draws):
    told = weighted_share(sum(w for found, w in draws if found), sum(w for _, w in draws), sum(w * w for _, w in draws))
    population = [found for found, w in draws for _each in range(int(w))]
    assert told.value == pytest.approx(sum(population) / len(population))
    assert told.effective <= len(draws) + 1e-9
    assert 0 <= told.low <= told.value + 1e-9
    assert told.value - 1e-9 <= told.high <= 1


def test_nothing_examined_is_no_base_line():
    assert weighted_share(0, 0, 0) is None


def ends(counts):
    found = share(*counts)
    return found.value, found.low, found.high


@given(COUNTS, COUNTS)
def test_a_ratio_holds_its_value_and_turned_round_is_its_own_inverse(one, other):
    told, back = ratio(ends(one), ends(other)), ratio(ends(other), ends(one))
    assert 0 <= told.low <= told.high
    if told.value is not None:
        assert told.low <= told.value + 1e-9
        assert told.value <= told.high + 1e-9
    if told.low > 0:
        assert back.high == pytest.approx(1 / told.low, rel=1e-6)
    if isfinite(told.high):
        assert back.low == pytest.approx(1 / told.high if told.high else inf, rel=1e-6)


def test_over_a_base_line_of_no_finds_the_ratio_has_a_lower_end_only():
    told = ratio(ends((9, 20)), ends((0, 100)))
    assert (told.value, told.top) == (None, None)
    assert told.low > 1


@given(COUNTS, COUNTS)
def test_the_chance_of_a_change_is_fishers(one, other):
    (k, n), (m, o) = one, other
    total, found = n + o, k + m
    chances = {
        at: Fraction(comb(n, at) * comb(o, found - at), comb(total, found))
        for at in range(max(0, found - o), min(n, found) + 1)
    }
    plain = sum(chance for chance in chances.values() if chance <= chances[k])
    assert fisher(one, other) == pytest.approx(float(plain), abs=1e-9)


def test_few_inspections_are_no_drift_and_many_are():
    assert not drift((3, 10), (0, 8)).fell
    told = drift((45, 500), (5, 300))
    assert told.fell
    assert not told.rose
    assert drift((5, 300), (45, 500)).rose
    assert drift((1, 5), (0, 0)) is None


@given(COUNTS, st.floats(0, 1))
def test_few_are_drawn_to_the_base_line_and_never_beyond(counts, base):
    k, n = counts
    assert min(k / n, base) - 1e-9 <= shrunk(k, n, base, 20) <= max(k / n, base) + 1e-9
    assert shrunk(0, 0, base, 20) == pytest.approx(base)


ALMATY = ZoneInfo("Asia/Almaty")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.times(),
    st.integers(1, 24),
    st.sampled_from([ALMATY, ZoneInfo("Asia/Dushanbe"), ZoneInfo("UTC")]),
)
def test_every_moment_lies_in_one_shift_that_begins_where_the_last_ended(moment, starts, hours, zone):
    shift = shift_at(moment, zone, starts, hours)
    assert shift.since <= moment < shift.until
    assert shift.until - shift.since <= timedelta(hours=hours)
    before = shift_at(shift.since - timedelta(microseconds=1), zone, starts, hours)
    assert before.until == shift.since
    day = {shift_at(moment + timedelta(minutes=15 * quarter), zone, starts, hours).since for quarter in range(96)}
    assert len(day) - shifts_in(moment, moment + timedelta(days=1), hours) in (0, 1)


def test_the_night_shift_of_yesterday_goes_on_after_midnight():
    shift = shift_at(datetime(2026, 11, 24, 2, 0, tzinfo=ALMATY), ALMATY, time(8), 12)
    assert (shift.since, shift.until) == (
        datetime(2026, 11, 23, 20, tzinfo=ALMATY),
        datetime(2026, 11, 24, 8, tzinfo=ALMATY),
    )


@pytest.mark.parametrize("hours", [0, 25])
def test_no_shift_is_longer_than_a_day(hours):
    with pytest.raises(ValueError, match="1 to 24"):
        shift_at(datetime(2026, 1, 1, tzinfo=UTC), ALMATY, time(8), hours)
