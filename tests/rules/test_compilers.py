"""Closures, their negation, traces and the naive oracle give one answer for every tree and row."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.rules.core.checking import parse
from profiling.rules.core.closures import compile_condition
from profiling.rules.core.conditions import dump, leaves, reads
from profiling.rules.core.scoring import compile_rule, score
from profiling.rules.core.trace import Verdict, trace
from tests.rules.trees import CATALOGUE, oracle, rows, trees

VERDICT = {True: Verdict.TRUE, False: Verdict.FALSE, None: Verdict.UNKNOWN}


@settings(max_examples=600, deadline=None)
@given(tree=trees, table=st.lists(rows, min_size=1, max_size=5))
def test_a_closure_fires_exactly_when_the_oracle_says_true(tree: Any, table: list[Any]) -> None:
    condition = parse(tree, CATALOGUE)
    fires, refuted = compile_condition(condition), compile_condition(condition, negate=True)
    for row in table:
        expected = oracle(tree, row)
        assert fires(row) is (expected is True)
        assert refuted(row) is (expected is False)


@settings(max_examples=400, deadline=None)
@given(tree=trees, row=rows)
def test_a_trace_agrees_with_the_oracle_at_every_node(tree: Any, row: Any) -> None:
    root = trace(parse(tree, CATALOGUE), row)
    pending = [root]
    while pending:
        step = pending.pop()
        assert step.verdict is VERDICT[oracle(_at(tree, step.path), row)]
        pending.extend(step.steps)
    json.dumps(root.as_json())


@settings(max_examples=300, deadline=None)
@given(tree=trees, row=rows)
def test_scoring_tells_fired_from_false_from_unknown(tree: Any, row: Any) -> None:
    rule = compile_rule(code="R", points=7, condition=parse(tree, CATALOGUE))
    result = score([rule], row)
    expected = oracle(tree, row)
    assert result.points == (7 if expected is True else 0)
    assert [fired.code for fired in result.fired] == (["R"] if expected is True else [])
    assert result.unknown == (("R",) if expected is None else ())
    assert result.faults == ()


@settings(max_examples=300, deadline=None)
@given(tree=trees, row=rows)
def test_a_dumped_condition_parses_to_itself_and_survives_json(tree: Any, row: Any) -> None:
    condition = parse(tree, CATALOGUE)
    again = parse(json.loads(json.dumps(dump(condition))), CATALOGUE)
    assert again == condition
    assert dump(again) == dump(condition)
    stored = json.loads(json.dumps(row))
    assert compile_condition(again)(stored) is compile_condition(condition)(row)


@given(tree=trees)
def test_what_a_condition_reads_is_what_its_leaves_name(tree: Any) -> None:
    condition = parse(tree, CATALOGUE)
    text = json.dumps(tree)
    assert set(reads(condition)) == {code for code in CATALOGUE if f'"{code}"' in text}
    assert len(list(leaves(condition))) == text.count('"op"')


@settings(max_examples=200, deadline=None)
@given(tree=trees, row=rows)
def test_a_tick_never_makes_not_fire(tree: Any, row: Any) -> None:
    """Ticking can only turn unknown leaves true, so under one NOT it can only take fires away."""
    plain = compile_condition(parse({"not": _ticked(tree, False)}, CATALOGUE))
    ticked = compile_condition(parse({"not": _ticked(tree, True)}, CATALOGUE))
    if '"not"' not in json.dumps(tree):
        assert plain(row) or not ticked(row)


def _ticked(tree: Any, tick: bool) -> Any:
    if "not" in tree:
        return {"not": _ticked(tree["not"], tick)}
    for kind in ("all", "any"):
        if kind in tree:
            return {kind: [_ticked(one, tick) for one in tree[kind]]}
    allowed = tree["op"] not in ("is_missing", "is_present")
    return {**tree, "also_when_missing": tick and allowed}


def _at(tree: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        tree = tree[int(part)] if isinstance(tree, list) else tree[part]
    return tree
