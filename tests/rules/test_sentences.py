"""Rules read back, and what one version says otherwise than another."""

from __future__ import annotations

from django.utils import translation
from hypothesis import given

from profiling.indicators.catalogue import REGISTRY
from profiling.rules.core.checking import parse
from profiling.rules.core.conditions import leaves
from profiling.rules.differences import version_changes
from profiling.rules.models import RuleVersion
from profiling.rules.sentences import condition_sentence, outline, rule_sentence
from tests.rules import trees

TREE = {
    "all": [
        {"lhs": "gross_kg", "op": "gt", "value": 20000},
        {
            "any": [
                {"lhs": "packages", "op": "ge", "value": 3, "also_when_missing": True},
                {"not": {"lhs": "pair_first_time", "op": "is_true"}},
            ]
        },
    ]
}


def version(**said: object) -> RuleVersion:
    texts = {"en": "Heavy"}
    return RuleVersion(**{"titles": texts, "shorts": texts, "reasons": texts, "condition": TREE, "points": 30, **said})


def words(tree: object) -> str:
    return condition_sentence(parse(tree, REGISTRY.specs()))


def test_a_condition_is_one_sentence_with_its_groups_in_brackets():
    gross, chapters, pair = (str(REGISTRY.specs()[code].label) for code in _CODES)
    assert words(TREE) == f"{gross}, over 20,000; and ({chapters}, at least 3, or missing; or not ({pair}))"


_CODES = ("gross_kg", "packages", "pair_first_time")


def test_a_rule_says_its_points_and_exceptions():
    said = rule_sentence(
        version(
            points=-5,
            condition={"lhs": "pair_first_time", "op": "is_true"},
            exceptions=[
                {"condition": {"lhs": "gross_kg", "op": "lt", "value": 5}, "until": "2027-03-01", "note": "post"}
            ],
        )
    )
    assert said.startswith("5 points less when: ")
    assert ". Until 1 Mar 2027 not when: " in said
    assert said.endswith("under 5 (post).")


def test_what_is_no_condition_yet_has_no_sentence():
    assert rule_sentence(version(condition={"all": []})) == ""


def test_the_outline_has_a_line_for_each_group_and_condition():
    lines = outline(parse(TREE, REGISTRY.specs()))
    assert [(line.depth, line.kind) for line in lines] == [
        (0, "all"), (1, "leaf"), (1, "any"), (2, "leaf"), (2, "not"), (3, "leaf"),
    ]  # fmt: skip


@given(trees.listed_trees)
def test_every_condition_can_be_read_back_in_both_languages(tree):
    condition = parse(tree, trees.CATALOGUE, trees.LISTS)
    for language in ("en", "ru"):
        with translation.override(language):
            assert condition_sentence(condition)
            assert sum(line.kind == "leaf" for line in outline(condition)) == len(list(leaves(condition)))


def test_only_changed_fields_are_told_and_words_are_struck_and_added():
    changes = version_changes(version(), version(titles={"en": "Very heavy"}, points=40))
    assert [change.field for change in changes] == ["titles.en", "points"]
    assert [(piece.kind, piece.text) for piece in changes[0].pieces] == [
        ("gone", "Heavy"), ("came", "Very"), ("came", "heavy"),
    ]  # fmt: skip
    assert version_changes(version(), version()) == []


def test_a_condition_is_compared_line_by_line():
    other = {"all": [TREE["all"][0], {"lhs": "packages", "op": "ge", "value": 4}]}
    [change] = version_changes(version(), version(condition=other))
    assert change.is_lines
    kinds = [piece.kind for piece in change.pieces]
    assert (kinds[:2], "gone" in kinds, "came" in kinds) == (["kept", "kept"], True, True)
