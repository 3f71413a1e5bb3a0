"""The starter set is complete in both languages and speaks of indicators that exist."""

import re

import pytest

from profiling.indicators.catalogue import REGISTRY, Group
from profiling.indicators.compute import compute
from profiling.indicators.history import History
from profiling.rules.core.checking import parse
from profiling.rules.core.conditions import reads
from profiling.rules.core.reasons import named_in, placeholders, unknown_placeholders
from profiling.rules.core.scoring import compile_rule, lane_for, score
from profiling.rules.starter import LANES, RULES, THRESHOLDS, StarterRule
from tests.indicators.subjects import plain_consignment

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
SPECS = REGISTRY.specs()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_starter_rule_is_complete(rule: StarterRule) -> None:
    condition = parse(rule.condition, SPECS)
    names = named_in(rule.reason.values())
    compiled = compile_rule(code=rule.code, points=rule.points, condition=condition, names=names)
    for words in (rule.title, rule.short, rule.reason):
        assert set(words) == {"en", "ru"}
        assert CYRILLIC.search(words["ru"])
        assert not CYRILLIC.search(words["en"])
    assert all(len(short) <= 28 for short in rule.short.values())
    assert set(placeholders(rule.reason["en"])) == set(placeholders(rule.reason["ru"]))
    assert placeholders(rule.reason["en"]), "a sentence shows what the rule saw"
    assert set(placeholders(rule.reason["en"])) <= set(compiled.keeps)
    assert set(reads(condition)) <= set(compiled.keeps)
    assert not unknown_placeholders(rule.reason["en"], SPECS)
    assert rule.expires_after_months > 0


def test_the_starter_rules_have_codes_of_their_own_and_cover_the_groups() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES) == 10
    read = {SPECS[code].group for rule in RULES for code in reads(parse(rule.condition, SPECS))}
    assert read >= set(Group) - {Group.META}
    assert any(rule.points < 0 for rule in RULES)


def test_each_lane_has_one_threshold_but_the_last_and_they_agree_in_order() -> None:
    assert [lane.code for lane in LANES] == [*THRESHOLDS.as_points(), THRESHOLDS.below]
    assert [lane.rank for lane in LANES] == [1, 2, 3, 4, 5]
    assert [lane.letters["en"] for lane in LANES] == list("ESDAN")
    for lane in LANES:
        assert set(lane.letters) == set(lane.labels) == set(lane.actions) == {"en", "ru"}
        assert len({other.letters["ru"] for other in LANES}) == len(LANES)


def test_a_plain_consignment_of_a_known_firm_is_left_alone() -> None:
    rules = [compile_rule(code=rule.code, points=rule.points, condition=parse(rule.condition, SPECS)) for rule in RULES]
    (computed,) = compute([plain_consignment()], History())
    result = score(rules, computed.values)
    assert result.fired == ()
    assert lane_for(result.points, THRESHOLDS) == "green"
    assert set(result.unknown) == {"R-001", "R-008", "R-010"}  # what needs a history
