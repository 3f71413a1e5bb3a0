"""What can never be true is found at its place, and nothing that could be is ever called so."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.rules.core.checking import ERRORS, InvalidConditionError, parse, parse_exceptions
from profiling.rules.core.contradictions import always_excepted, impossible
from profiling.rules.core.whole import check_rule
from tests.rules.trees import CATALOGUE, LISTS, exceptions, fires, listed_leaves, listed_trees, oracle, rows


def leaf(lhs: Any, op: str, *value: Any, **more: Any) -> dict[str, Any]:
    return {"lhs": lhs, "op": op, **({"value": value[0]} if value else {}), **more}


def found(tree: Any) -> tuple[str, ...]:
    return impossible(parse(tree, CATALOGUE, LISTS), CATALOGUE, LISTS)


narrow = st.lists(listed_leaves, min_size=2, max_size=5).map(lambda members: {"all": members})


@settings(max_examples=800, deadline=None)
@given(tree=listed_trees | narrow, table=st.lists(rows, min_size=1, max_size=10))
def test_what_is_called_impossible_is_true_on_no_row(tree: Any, table: list[Any]) -> None:
    places = found(tree)
    for row in table:
        if oracle(tree, row) is True:
            assert "" not in places
            assert not any(oracle(_at(tree, place), row) is True for place in places)


@settings(max_examples=500, deadline=None)
@given(tree=listed_trees | narrow, excepted=exceptions, table=st.lists(rows, min_size=1, max_size=10))
def test_an_exception_called_total_lets_the_rule_fire_on_no_row(tree: Any, excepted: Any, table: list[Any]) -> None:
    condition = parse(tree, CATALOGUE, LISTS)
    for one, said in zip(parse_exceptions(excepted, CATALOGUE, LISTS), excepted, strict=True):
        if always_excepted(condition, one, CATALOGUE, LISTS):
            assert not any(fires(tree, [said], row) for row in table)


@settings(max_examples=300, deadline=None)
@given(tree=listed_trees)
def test_a_rule_excepted_by_its_own_condition_never_fires(tree: Any) -> None:
    condition = parse(tree, CATALOGUE, LISTS)
    (one,) = parse_exceptions([{"condition": tree}], CATALOGUE, LISTS)
    if not any(key in str(tree) for key in ("'any'", "'not'")):
        assert always_excepted(condition, one, CATALOGUE, LISTS)


@pytest.mark.parametrize(
    "members",
    [
        (leaf("kg", "gt", 5), leaf("kg", "le", 5)),
        (leaf("kg", "gt", 5), leaf("kg", "is_missing")),
        (leaf("kg", "gt", 5, also_when_missing=True), leaf("kg", "lt", 3)),
        (leaf("kg", "between", [1, 2]), {"not": leaf("kg", "between", [0, 3])}),
        (leaf("kg", "eq", 1), leaf("kg", "ne", 1)),
        (leaf("packages", "gt", 5), leaf("packages", "lt", 6)),
        (leaf("packages", "in", [1, 2]), leaf("packages", "not_in", [2, 1, 3])),
        (leaf("packages", "between", [1, 2]), leaf("packages", "ne", 1), leaf("packages", "ne", 2)),
        (leaf("loaded_on", "gt", "2026-02-10"), leaf("loaded_on", "lt", "2026-02-11")),
        (leaf("first_time", "is_true"), leaf("first_time", "is_false")),
        (leaf("first_time", "is_true"), {"not": leaf("first_time", "is_true")}),
        (leaf("origin", "eq", "CN"), leaf("origin", "in", ["KZ", "TJ"])),
        (leaf("origin", "eq", "CN"), leaf("origin", "in", {"list": "near"})),
        (leaf("origin", "eq", "KZ"), leaf("origin", "not_in", {"list": "near"})),
        (leaf("goods_hs", "eq", "240220"), leaf("goods_hs", "not_in", {"list": "cover-loads"})),
        (leaf("goods_hs", "in", ["94", "24"]), leaf("goods_hs", "in", {"list": "cover-loads"})),
        (leaf("goods_hs", "in", {"list": "cover-loads"}), {"not": leaf("goods_hs", "in", {"list": "cover-loads"})}),
        (leaf("text", "contains_word", "steel"), leaf("text", "lacks_word", "steel")),
        (leaf("text", "contains_word", "used parts"), leaf("text", "lacks_word", "parts")),
        (leaf("text", "contains_any_word", {"list": "vague"}), leaf("text", "lacks_all_words", ["used", "steel"])),
        (leaf("text", "contains_any_word", {"list": "no-words"}), leaf("kg", "gt", 1)),
        (leaf({"ratio": ["kg", "packages"]}, "gt", 5), leaf("packages", "is_missing")),
        (leaf({"ratio": ["kg", "packages"]}, "gt", 5), leaf({"ratio": ["kg", "packages"]}, "lt", 4)),
        (leaf({"days_between": ["loaded_on", "arrived_on"]}, "lt", 0), leaf("arrived_on", "is_missing")),
        (leaf("kg", "gt", 5), {"any": [leaf("kg", "lt", 1), leaf("kg", "is_missing")]}),
        ({"any": [leaf("kg", "gt", 5), leaf("kg", "lt", 1)]}, leaf("kg", "between", [2, 4])),
        (leaf("kg", "gt", 5), {"not": {"any": [leaf("kg", "gt", 4), leaf("origin", "eq", "CN")]}}),
    ],
    ids=str,
)
def test_a_contradiction_is_found(members: Any) -> None:
    assert found({"all": list(members)}) == ("",)
    with pytest.raises(InvalidConditionError) as caught:
        check_rule(condition={"all": list(members)}, points=10, catalogue=CATALOGUE, lists=LISTS)
    assert [(one.path, one.code) for one in caught.value.errors] == [("/condition", "never_true")]


@pytest.mark.parametrize(
    "members",
    [
        (leaf("kg", "ge", 5), leaf("kg", "le", 5)),
        (leaf("kg", "gt", 5), leaf("kg", "lt", 6)),
        (leaf("kg", "gt", 5, also_when_missing=True), leaf("kg", "is_missing")),
        (leaf("kg", "gt", 5, also_when_missing=True), leaf("kg", "lt", 3, also_when_missing=True)),
        (leaf("packages", "gt", 5), leaf("packages", "lt", 7)),
        (leaf("goods_hs", "in", ["2402"]), leaf("goods_hs", "in", {"list": "cover-loads"})),
        (leaf("goods_hs", "in", {"list": "cover-loads"}), leaf("goods_hs", "ne", "44")),
        (leaf("text", "contains_word", "used"), leaf("text", "lacks_word", "used parts")),
        (leaf({"ratio": ["kg", "packages"]}, "is_missing"), leaf("kg", "gt", 1), leaf("packages", "eq", 0)),
    ],
    ids=str,
)
def test_what_only_looks_like_a_contradiction_is_none(members: Any) -> None:
    assert found({"all": list(members)}) == ()


def test_a_member_of_an_any_that_never_matters_is_told_at_its_place() -> None:
    tree = {"all": [leaf("kg", "gt", 5), {"any": [leaf("kg", "lt", 1), leaf("origin", "eq", "CN")]}]}
    assert found(tree) == ("/all/1/any/0",)
    inner = {"all": [leaf("origin", "eq", "CN"), leaf("origin", "eq", "KZ")]}
    assert found({"any": [leaf("kg", "gt", 5), inner]}) == ("/any/1",)
    deep = {
        "any": [leaf("bills", "gt", 1), {"all": [leaf("packages", "gt", 1), {"any": [inner, leaf("kg", "gt", 1)]}]}]
    }
    assert found(deep) == ("/any/1/all/1/any/0",)


def test_a_large_or_adversarial_tree_is_judged_in_bounded_time() -> None:
    tree: Any = leaf("kg", "gt", 1)
    for level in range(9):
        tree = {"all": [{"any": [tree, leaf("packages", "eq", level)]}, {"any": [leaf("bills", "gt", level), tree]}]}
        if level == 4:
            break
    assert found(tree) == ()
    many = list(range(10_000))
    assert found({"all": [leaf("packages", "in", many), leaf("packages", "not_in", many)]}) == ("",)


def test_everything_wrong_with_a_rule_is_told_at_once_at_its_place() -> None:
    heavy = leaf("kg", "gt", 5)
    with pytest.raises(InvalidConditionError) as caught:
        check_rule(
            condition={"all": [heavy, leaf("origin", "eq", "CN")]},
            exceptions=[
                {"condition": leaf("origin", "eq", "CN"), "until": None, "note": "all of them"},
                {"condition": {"all": [heavy, leaf("kg", "lt", 1)]}},
                {"condition": leaf("first_time", "is_true"), "until": "2026-12-31"},
            ],
            points=101,
            catalogue=CATALOGUE,
        )
    assert [(one.path, one.code) for one in caught.value.errors] == [
        ("/exceptions/0/condition", "always_excepted"),
        ("/exceptions/1/condition", "never_true"),
        ("/points", "points_range"),
    ]
    for error in caught.value.errors:
        assert set(error.params) == set(ERRORS[error.code])


@pytest.mark.parametrize("points", [-101, 101, 1.0, "5", True, None], ids=repr)
def test_points_are_whole_and_in_range(points: Any) -> None:
    with pytest.raises(InvalidConditionError) as caught:
        check_rule(condition=leaf("kg", "gt", 5), points=points, catalogue=CATALOGUE)
    assert [one.path for one in caught.value.errors] == ["/points"]


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({}, ("", "not_a_list")),
        (["x"], ("/0", "not_an_object")),
        ([{}], ("/0", "missing_key")),
        ([{"condition": leaf("kg", "gt", 1), "untill": None}], ("/0", "exception_keys")),
        ([{"condition": leaf("kg", "gt", 1), "until": "tomorrow"}], ("/0/until", "until_form")),
        ([{"condition": leaf("kg", "gt", 1), "note": 7}], ("/0/note", "note_form")),
        ([{"condition": {"any": []}}], ("/0/condition/any", "empty_group")),
        ([{"condition": leaf("kg", "gt", 1)}] * 51, ("/50", "too_many_exceptions")),
    ],
    ids=["object", "text", "empty", "key", "until", "note", "group", "many"],
)
def test_an_exception_that_is_none_is_told_at_its_place(given_: Any, expected: tuple[str, str]) -> None:
    with pytest.raises(InvalidConditionError) as caught:
        parse_exceptions(given_, CATALOGUE)
    assert [(one.path, one.code) for one in caught.value.errors] == [expected]


def _at(tree: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        tree = tree[int(part)] if isinstance(tree, list) else tree[part]
    return tree
