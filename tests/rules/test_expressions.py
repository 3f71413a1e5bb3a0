"""Polars, closures, traces and the naive oracle give one answer for every tree, list, exception and row."""

import json
import subprocess
import sys
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.indicators.catalogue import ValueType
from profiling.rules.core import frames
from profiling.rules.core.checking import parse, parse_exceptions
from profiling.rules.core.closures import compile_condition
from profiling.rules.core.conditions import AnyOf, Condition, dump
from profiling.rules.core.expressions import compile_expression, hits
from profiling.rules.core.lists import UnknownListError
from profiling.rules.core.scoring import compile_rule
from profiling.rules.core.trace import Verdict, trace, trace_rule
from tests.rules.trees import CATALOGUE, LISTS, dates, exceptions, fires, listed_trees, oracle, rows


def polars_says(condition: Condition, table: list[Any], *, negate: bool = False) -> list[bool | None]:
    expression = compile_expression(condition, LISTS, CATALOGUE, negate=negate)
    return frames.frame(table, CATALOGUE).select(expression.alias("r"))["r"].to_list()


@settings(max_examples=600, deadline=None)
@given(tree=listed_trees, table=st.lists(rows, min_size=1, max_size=8))
def test_polars_and_closures_fire_exactly_when_the_oracle_says_true(tree: Any, table: list[Any]) -> None:
    condition = parse(tree, CATALOGUE, LISTS)
    expected = [oracle(tree, row) for row in table]
    assert polars_says(condition, table) == [verdict is True for verdict in expected]
    assert polars_says(condition, table, negate=True) == [verdict is False for verdict in expected]
    true, false = compile_condition(condition, LISTS), compile_condition(condition, LISTS, negate=True)
    assert [true(row) for row in table] == [verdict is True for verdict in expected]
    assert [false(row) for row in table] == [verdict is False for verdict in expected]
    for row, verdict in zip(table, expected, strict=True):
        told = trace(condition, row, lists=LISTS)
        assert told.verdict is {True: Verdict.TRUE, False: Verdict.FALSE, None: Verdict.UNKNOWN}[verdict]
        json.dumps(told.as_json())


@settings(max_examples=400, deadline=None)
@given(tree=listed_trees, excepted=exceptions, day=st.none() | dates, table=st.lists(rows, min_size=1, max_size=5))
def test_a_rule_with_exceptions_fires_alike_in_all_engines(
    tree: Any, excepted: Any, day: str | None, table: list[Any]
) -> None:
    condition, without = parse(tree, CATALOGUE, LISTS), parse_exceptions(excepted, CATALOGUE, LISTS)
    rule = compile_rule(code="R", points=1, condition=condition, exceptions=without, lists=LISTS, day=day)
    expected = [fires(tree, excepted, row, day) for row in table]
    assert [rule.fires(row) for row in table] == expected
    assert hits([rule], frames.frame(table, CATALOGUE), CATALOGUE)["R"].to_list() == expected
    assert [trace_rule(condition, without, row, LISTS, day).fires for row in table] == expected


@settings(max_examples=200, deadline=None)
@given(tree=listed_trees)
def test_a_condition_with_lists_dumps_to_itself(tree: Any) -> None:
    condition = parse(tree, CATALOGUE, LISTS)
    assert parse(json.loads(json.dumps(dump(condition))), CATALOGUE, LISTS) == condition


def test_a_heading_of_a_list_covers_the_codes_below_it_and_none_above() -> None:
    condition = parse({"lhs": "goods_hs", "op": "in", "value": {"list": "cover-loads"}}, CATALOGUE, LISTS)
    table = [{"goods_hs": code} for code in ("2402", "240220", "24", "2403", "4418", "940350", "9403")]
    expected = [True, True, False, False, True, True, False]
    assert [compile_condition(condition, LISTS)(row) for row in table] == expected
    assert polars_says(condition, table) == expected


def test_the_list_is_asked_for_when_a_rule_is_compiled() -> None:
    condition = parse({"lhs": "origin", "op": "in", "value": {"list": "near"}}, CATALOGUE, LISTS)
    with pytest.raises(UnknownListError):
        compile_condition(condition)
    with pytest.raises(UnknownListError):
        compile_expression(condition, {}, CATALOGUE)


def test_a_table_has_a_column_for_every_indicator_in_its_type() -> None:
    table = frames.frame([{"kg": 1, "packages": 2, "loaded_on": "2026-02-10", "text": " a "}, {}], CATALOGUE)
    assert dict(table.schema) == frames.schema(CATALOGUE)
    assert set(table.columns) == set(CATALOGUE)
    assert table["kg"].to_list() == [1.0, None]
    assert table.schema["loaded_on"] == pl.Date
    assert frames.frame([], CATALOGUE).height == 0


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("kg", float("nan")),
        ("kg", float("inf")),
        ("kg", "7"),
        ("kg", True),
        ("kg", 2**60 + 1),
        ("packages", 1.0),
        ("packages", True),
        ("packages", 10**16),
        ("first_time", 1),
        ("origin", 7),
        ("origin", "\ud800"),
        ("loaded_on", "20260210"),
        ("loaded_on", "soon"),
        ("loaded_on", 5),
    ],
    ids=repr,
)
def test_a_value_that_is_none_of_its_type_is_missing_from_the_table_and_told(code: str, value: Any) -> None:
    told = frames.framed([{"bills": 1}, {code: value, "bills": 2}], CATALOGUE)
    assert told.misfits == {1}
    assert told.frame[code].to_list() == [None, None]
    assert told.frame["bills"].to_list() == [1, 2]


def test_the_widest_and_the_deepest_condition_run() -> None:
    wide = {"any": [{"lhs": "kg", "op": "eq", "value": n} for n in range(499)]}
    condition = parse(wide, CATALOGUE)
    assert isinstance(condition, AnyOf)
    assert polars_says(condition, [{"kg": 498.0}, {"kg": 499.0}, {}]) == [True, False, False]
    deep: Any = {"lhs": "kg", "op": "gt", "value": 1}
    for level in range(18):
        deep = {"not": deep} if level % 2 else {"all": [deep, deep]} if level < 6 else {"any": [deep]}
    assert polars_says(parse(deep, CATALOGUE), [{"kg": 2.0}, {}])[1] is False


def test_a_child_forked_after_the_import_can_run_polars() -> None:
    """A parent that forks may import the engine; the first operation belongs to its children."""
    code = (
        "import os\n"
        "from profiling.rules.core import expressions, frames\n"
        "from tests.rules.trees import CATALOGUE\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(frames.frame([{'kg': 1.0}] * 3, CATALOGUE).height)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split() == ["3"]


def test_types_of_the_catalogue_have_each_a_column_type() -> None:
    assert {kind: frames.dtype(kind) for kind in ValueType}.keys() == set(ValueType)
