"""A chunk is scored alike by Polars and by the closures: points, evidence, what is unknown, and faults."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.rules.core import chunks
from profiling.rules.core.checking import parse, parse_exceptions
from profiling.rules.core.chunks import ChunkScorer
from profiling.rules.core.scoring import CompiledRule, compile_rule, score
from tests.rules.trees import CATALOGUE, LISTS, exceptions, listed_trees, rows

STRANGE = st.sampled_from([float("nan"), "7", True, 2**70, [], "2026-13-01", 1.5, {}])
strange_rows = st.builds(lambda row, code, value: {**row, code: value}, rows, st.sampled_from(list(CATALOGUE)), STRANGE)


def compiled(trees: list[tuple[Any, Any]]) -> list[CompiledRule]:
    return [
        compile_rule(
            code=f"R{n}",
            points=n + 1,
            condition=parse(tree, CATALOGUE, LISTS),
            exceptions=parse_exceptions(excepted, CATALOGUE, LISTS),
            lists=LISTS,
            names=("origin",),
        )
        for n, (tree, excepted) in enumerate(trees)
    ]


@settings(max_examples=300, deadline=None)
@given(
    trees=st.lists(st.tuples(listed_trees, exceptions), min_size=1, max_size=4),
    table=st.lists(rows | strange_rows, min_size=1, max_size=6),
)
def test_polars_and_closures_score_a_chunk_alike(trees: Any, table: list[Any]) -> None:
    rules = compiled(trees)
    assert ChunkScorer(rules, CATALOGUE, worthwhile=0).score(table) == [score(rules, row) for row in table]


HEAVY = ({"lhs": "kg", "op": "gt", "value": 5}, [])


def test_a_value_of_a_wrong_type_is_told_and_stops_no_other_row() -> None:
    told = ChunkScorer(compiled([HEAVY]), CATALOGUE, worthwhile=0).score([{"kg": 9.0}, {"kg": "heavy"}, {}])
    assert [one.points for one in told] == [1, 0, 0]
    assert [bool(one.faults) for one in told] == [False, True, False]
    assert told[2].unknown == ("R0",)


def test_what_polars_cannot_do_the_closures_do_and_the_operator_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(chunks, "framed", broken)
    told = ChunkScorer(compiled([HEAVY]), CATALOGUE, worthwhile=0).score([{"kg": 9.0}, {"kg": 1.0}])
    assert [one.points for one in told] == [1, 0]
    assert told[0].faults == (("polars", "RuntimeError: no memory"),)
    assert told[1].faults == ()


def test_few_rows_are_scored_without_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "framed", None)
    assert [one.points for one in ChunkScorer(compiled([HEAVY]), CATALOGUE).score([{"kg": 9.0}])] == [1]
    assert ChunkScorer([], CATALOGUE).score([{"kg": 9.0}, {}]) == [score([], {}), score([], {})]
