"""What a condition may not be, and how it is told."""

from typing import Any

import pytest

from profiling.rules.core.checking import ERRORS, MAX_DEPTH, MAX_LIST, MAX_NODES, InvalidConditionError, parse
from profiling.rules.core.conditions import OPS, Op
from tests.rules.trees import CATALOGUE


def errors(tree: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidConditionError) as caught:
        parse(tree, CATALOGUE)
    for error in caught.value.errors:
        assert set(error.params) == set(ERRORS[error.code])
    return [(error.path, error.code) for error in caught.value.errors]


def leaf(lhs: Any, op: str, *value: Any, **more: Any) -> dict[str, Any]:
    return {"lhs": lhs, "op": op, **({"value": value[0]} if value else {}), **more}


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (None, ("", "not_an_object")),
        ([], ("", "not_an_object")),
        ({}, ("", "node_keys")),
        ({"all": [leaf("kg", "gt", 1)], "any": []}, ("", "node_keys")),
        ({"all": []}, ("/all", "empty_group")),
        ({"any": {}}, ("/any", "not_a_list")),
        ({"not": []}, ("/not", "not_an_object")),
        ({"op": "gt", "value": 1}, ("", "missing_key")),
        ({"lhs": "kg", "value": 1}, ("", "missing_key")),
        (leaf("kg", "gt", 1, colour="red"), ("", "unknown_key")),
        (leaf(7, "gt", 1), ("/lhs", "lhs_form")),
        (leaf({"ratio": ["kg"]}, "gt", 1), ("/lhs/ratio", "lhs_form")),
        (leaf({"product": ["kg", "kg"]}, "gt", 1), ("/lhs", "lhs_form")),
        (leaf("weight", "gt", 1), ("/lhs", "unknown_indicator")),
        (leaf({"ratio": ["kg", "weight"]}, "gt", 1), ("/lhs/ratio/1", "unknown_indicator")),
        (leaf({"ratio": ["kg", "origin"]}, "gt", 1), ("/lhs/ratio/1", "operand_type")),
        (leaf({"days_between": ["kg", "loaded_on"]}, "gt", 1), ("/lhs/days_between/0", "operand_type")),
        (leaf("kg", "matches", 1), ("/op", "unknown_op")),
        (leaf("kg", ["gt"], 1), ("/op", "unknown_op")),
        (leaf("kg", "contains_word", "a"), ("/op", "op_type")),
        (leaf("text", "eq", "a"), ("/op", "op_type")),
        (leaf("kg", "gt"), ("/value", "value_missing")),
        (leaf("kg", "is_missing", 1), ("/value", "value_unexpected")),
        (leaf("kg", "gt", "1"), ("/value", "value_type")),
        (leaf("kg", "gt", True), ("/value", "value_type")),
        (leaf("packages", "gt", 1.5), ("/value", "value_type")),
        (leaf("kg", "gt", float("nan")), ("/value", "value_range")),
        (leaf("kg", "gt", 10**400), ("/value", "value_range")),
        (leaf("loaded_on", "gt", "2026-02-30"), ("/value", "value_type")),
        (leaf("loaded_on", "gt", "2026-W07-1"), ("/value", "value_type")),
        (leaf("origin", "eq", ""), ("/value", "value_length")),
        (leaf("mode", "eq", "air"), ("/value", "value_choice")),
        (leaf("mode", "in", ["sea", "air"]), ("/value/1", "value_choice")),
        (leaf("text", "contains_word", " .,- "), ("/value", "value_no_word")),
        (leaf("kg", "between", [1]), ("/value", "range_form")),
        (leaf("kg", "between", [2, 1]), ("/value", "range_order")),
        (leaf("kg", "between", [1, "2"]), ("/value/1", "value_type")),
        (leaf("origin", "in", []), ("/value", "list_empty")),
        (leaf("origin", "in", "KZ"), ("/value", "not_a_list")),
        (leaf("origin", "in", ["KZ"] * (MAX_LIST + 1)), ("/value", "list_length")),
        (leaf("origin", "in", ["KZ", 4]), ("/value/1", "value_type")),
        (leaf("kg", "gt", 1, also_when_missing=1), ("/also_when_missing", "flag_type")),
        (leaf("kg", "is_missing", also_when_missing=True), ("/also_when_missing", "flag_useless")),
    ],
)
def test_a_wrong_tree_is_refused_with_its_place_and_code(tree: Any, expected: tuple[str, str]) -> None:
    assert errors(tree) == [expected]


def test_all_errors_are_told_at_once_in_the_order_of_the_tree() -> None:
    tree = {"all": [leaf("weight", "gt", 1), {"any": []}, {"not": leaf("kg", "gt", "x")}, leaf("kg", "gt", 1)]}
    assert errors(tree) == [
        ("/all/0/lhs", "unknown_indicator"),
        ("/all/1/any", "empty_group"),
        ("/all/2/not/value", "value_type"),
    ]


@pytest.mark.parametrize("depth", [MAX_DEPTH, 200, 100_000])
def test_a_tree_nested_too_deep_is_refused_and_not_walked(depth: int) -> None:
    tree: Any = leaf("kg", "gt", 1)
    for _ in range(depth):
        tree = {"not": tree}
    assert errors(tree) == [("/not" * MAX_DEPTH, "too_deep")]


def test_a_tree_of_the_greatest_depth_is_taken() -> None:
    tree: Any = leaf("kg", "gt", 1)
    for _ in range(MAX_DEPTH - 1):
        tree = {"not": tree}
    parse(tree, CATALOGUE)


def test_the_number_of_conditions_is_bounded_and_told_once() -> None:
    most = {"all": [leaf("kg", "gt", 1)] * (MAX_NODES - 1)}
    parse(most, CATALOGUE)
    assert errors({"all": [leaf("kg", "gt", 1)] * 5000}) == [(f"/all/{MAX_NODES - 1}", "too_many_conditions")]


def test_errors_in_a_long_list_do_not_flood_the_answer() -> None:
    assert len(errors(leaf("origin", "in", [1] * MAX_LIST))) == 200


def test_every_type_of_value_can_be_asked_about_presence() -> None:
    for kind in OPS:
        assert {Op.IS_MISSING, Op.IS_PRESENT} <= OPS[kind]
