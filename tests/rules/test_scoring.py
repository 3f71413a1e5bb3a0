"""Points, evidence, lanes; the random draw; the sentence of a reason."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.rules.core.checking import parse
from profiling.rules.core.reasons import named_in, placeholders, render_reason, unknown_placeholders
from profiling.rules.core.sampling import draw
from profiling.rules.core.scoring import Thresholds, compile_rule, lane_for, score
from tests.rules.trees import CATALOGUE

SEED = b"0123456789abcdef"
LANES = Thresholds.from_points({"yellow": 40, "red": 70, "blue": 25}, below="green")


def rule(code: str, points: int, tree: dict) -> object:
    return compile_rule(code=code, points=points, condition=parse(tree, CATALOGUE))


def test_a_score_sums_what_fired_and_keeps_what_each_rule_saw() -> None:
    rules = [
        rule("R-1", 30, {"lhs": {"ratio": ["kg", "packages"]}, "op": "gt", "value": 50}),
        rule(
            "R-2",
            -10,
            {"any": [{"lhs": "origin", "op": "eq", "value": "CN"}, {"lhs": "bills", "op": "gt", "value": 9}]},
        ),
        rule("R-3", 40, {"lhs": "first_time", "op": "is_true"}),
        rule("R-4", 5, {"lhs": "bills", "op": "lt", "value": 3}),
    ]
    result = score(rules, {"kg": 1200.0, "packages": 20, "origin": "CN", "first_time": False, "bills": None})
    assert result.points == 20
    assert [(fired.code, fired.points, dict(fired.values)) for fired in result.fired] == [
        ("R-1", 30, {"kg": 1200.0, "packages": 20}),
        ("R-2", -10, {"origin": "CN"}),
    ]
    assert result.unknown == ("R-4",)


def test_the_evidence_keeps_what_the_sentence_names_beside_what_the_condition_reads() -> None:
    condition = parse({"lhs": "first_time", "op": "is_true"}, CATALOGUE)
    names = named_in(["{origin}, {packages}", "{packages}, {first_time}"])
    told = compile_rule(code="R", points=5, condition=condition, names=names)
    result = score([told], {"first_time": True, "origin": "CN", "packages": None, "kg": 3.0})
    assert dict(result.fired[0].values) == {"first_time": True, "origin": "CN"}
    silent = score([told], {"first_time": False, "origin": "CN"})
    assert (silent.fired, silent.unknown) == ((), ()), "what is only named does not decide"


def test_a_ratio_by_zero_leaves_a_rule_unknown_although_all_it_reads_is_known() -> None:
    by_zero = rule("R-1", 30, {"lhs": {"ratio": ["kg", "packages"]}, "op": "gt", "value": 50})
    assert score([by_zero], {"kg": 5.0, "packages": 0}).unknown == ("R-1",)


def test_a_stored_value_of_another_type_spoils_its_rule_and_no_other() -> None:
    rules = [
        rule("R-1", 30, {"lhs": "kg", "op": "gt", "value": 50}),
        rule("R-2", 8, {"lhs": "bills", "op": "gt", "value": 1}),
    ]
    result = score(rules, {"kg": "heavy", "bills": 2})
    assert result.points == 8
    assert [code for code, _ in result.faults] == ["R-1"]


@pytest.mark.parametrize("points", [-101, 101])
def test_points_beyond_a_hundred_are_refused(points: int) -> None:
    with pytest.raises(ValueError, match="points are outside"):
        rule("R-1", points, {"lhs": "kg", "op": "is_missing"})


@pytest.mark.parametrize(
    ("points", "lane"),
    [(-30, "green"), (24, "green"), (25, "blue"), (39, "blue"), (40, "yellow"), (70, "red"), (400, "red")],
)
def test_a_lane_begins_at_its_threshold(points: int, lane: str) -> None:
    assert lane_for(points, LANES) == lane


def test_thresholds_come_back_as_a_release_stores_them() -> None:
    assert Thresholds.from_points(LANES.as_points(), "green") == LANES


@pytest.mark.parametrize("steps", [((40, "a"), (40, "b")), ((10, "a"), (40, "b")), ((40, "a"), (10, "a"))])
def test_thresholds_that_do_not_fall_or_repeat_a_lane_are_refused(steps: tuple[tuple[int, str], ...]) -> None:
    with pytest.raises(ValueError, match="threshold"):
        Thresholds(steps, "green")


# ------------------------------------------------------------------------------------------- random sample
@given(release=st.text(max_size=20), subject=st.text(max_size=20), rate=st.decimals(0, 1, places=5))
def test_a_draw_repeats_and_is_sampled_exactly_below_its_rate(release: str, subject: str, rate: Decimal) -> None:
    first = draw(SEED, release, subject, rate)
    assert first == draw(SEED, release, subject, rate)
    assert 0 <= first.number < 1
    assert first.sampled is (Decimal(first.number) < rate)
    assert first.inclusion_probability == rate


def test_about_the_configured_share_is_drawn_and_another_seed_draws_others() -> None:
    rate = Decimal("0.05")
    drawn = {n for n in range(20_000) if draw(SEED, "2026.1", f"consignment:{n}", rate).sampled}
    others = {n for n in range(20_000) if draw(SEED[::-1], "2026.1", f"consignment:{n}", rate).sampled}
    assert 900 < len(drawn) < 1100  # 1,000 expected, 31 is one standard deviation
    assert len(drawn & others) < 100  # 50 expected by chance


def test_release_and_subject_do_not_run_into_each_other() -> None:
    half = Decimal("0.5")
    assert draw(SEED, "ab", "c", half).number != draw(SEED, "a", "bc", half).number


@pytest.mark.parametrize(("seed", "rate"), [(b"short", "0.1"), (SEED, "1.1"), (SEED, "-0.1"), (SEED, "NaN")])
def test_a_weak_seed_or_an_impossible_rate_is_refused(seed: bytes, rate: str) -> None:
    with pytest.raises(ValueError, match="random sample"):
        draw(seed, "r", "s", Decimal(rate))


# ---------------------------------------------------------------------------------------------- reasons
def test_a_reason_takes_the_values_the_rule_saw() -> None:
    template = "{kg_per_package} kg a package over {packages} packages"
    assert placeholders(template) == ("kg_per_package", "packages")
    values = {"kg_per_package": 48.204, "packages": 412}
    assert render_reason(template, values) == "48.204 kg a package over 412 packages"
    shown = render_reason(template, values, lambda code, value: f"{value:.1f}")
    assert shown == "48.2 kg a package over 412.0 packages"


def test_a_placeholder_without_a_value_stays_visible_or_reads_as_missing() -> None:
    assert render_reason("{kg} of {colour}", {"kg": None}) == "{kg} of {colour}"
    assert render_reason("{kg} of it", {}, missing="not known") == "not known of it"
    assert unknown_placeholders("{kg} of {colour}", CATALOGUE) == ("colour",)


@pytest.mark.parametrize("template", ["{kg.real}", "{kg[0]}", "{kg!r}", "{kg:>900000000}", "{0}", "{}", "{{kg"])
def test_a_template_cannot_reach_past_the_value(template: str) -> None:
    assert render_reason(template, {"kg": SimpleNamespace(real="secret")}) == template  # type: ignore[dict-item]


def test_a_value_that_looks_like_a_placeholder_is_not_filled_again() -> None:
    assert render_reason("{text}", {"text": "{kg}", "kg": 5}) == "{kg}"
