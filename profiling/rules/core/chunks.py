"""Score many rows at once: by Polars where there are enough of them, by the closures where there are few.

Both give the same results, evidence and faults included (a test holds them equal). Polars needs a table first, which
pays from about `WORTHWHILE` pairs of a rule and a row on: a thousand rows by fifty rules take it a sixth of the
closures' time, one row a hundred times more. It runs in workers only, never in a process that forks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from profiling.indicators.catalogue import IndicatorSpec, Values
from profiling.rules.core.conditions import reads
from profiling.rules.core.expressions import compile_excepted, compile_expression
from profiling.rules.core.frames import framed
from profiling.rules.core.scoring import CompiledRule, Fired, ScoreResult, evidence, score

WORTHWHILE = 1500  # pairs of a rule and a row

_UNKNOWN = "?"  # in front of a rule's code: the column that says it is unknown; no rule's code begins so


class ChunkScorer:
    """The rules of a release, compiled once for chunks of any size. specs: the catalogue they were parsed with."""

    def __init__(
        self, rules: Sequence[CompiledRule], specs: Mapping[str, IndicatorSpec], *, worthwhile: int = WORTHWHILE
    ) -> None:
        self.rules = tuple(rules)
        self.worthwhile = worthwhile
        asked = {code for rule in rules for code in _asked(rule)}
        self._specs = {code: spec for code, spec in specs.items() if code in asked}
        self._expressions = [expression for rule in rules for expression in self._compile(rule)]

    def score(self, rows: Sequence[Values]) -> list[ScoreResult]:
        """One result a row, in their order."""
        if not self.rules or len(rows) * len(self.rules) < self.worthwhile:
            return [score(self.rules, row) for row in rows]
        try:
            table = framed(rows, self._specs)
            told = table.frame.lazy().select(self._expressions).collect()
        except Exception as error:  # noqa: BLE001 - the closures score what Polars could not; the operator is told
            first, *rest = (score(self.rules, row) for row in rows)
            fault = ("polars", f"{type(error).__name__}: {error}"[:500])
            return [ScoreResult(first.points, first.fired, first.unknown, (*first.faults, fault)), *rest]
        return self._results(rows, told, table.misfits)

    def _compile(self, rule: CompiledRule) -> tuple[pl.Expr, pl.Expr]:
        fires = compile_excepted(rule.condition, rule.exceptions, rule.lists, self._specs)
        settled = compile_expression(rule.condition, rule.lists, self._specs, negate=True)
        for one in rule.exceptions:
            settled = settled | compile_expression(one.condition, rule.lists, self._specs)
        return fires.alias(rule.code), (~(fires | settled)).alias(_UNKNOWN + rule.code)

    def _results(self, rows: Sequence[Values], told: pl.DataFrame, misfits: frozenset[int]) -> list[ScoreResult]:
        fired: list[list[Fired]] = [[] for _ in rows]
        unknown: list[list[str]] = [[] for _ in rows]
        for rule in self.rules:
            for at in told[rule.code].arg_true():
                fired[at].append(evidence(rule, rows[at]))
            for at in told[_UNKNOWN + rule.code].arg_true():
                unknown[at].append(rule.code)
        return [
            # A row with a value that is none of its type is scored by the closures, which tell what is wrong.
            score(self.rules, row)
            if at in misfits
            else ScoreResult(sum(one.points for one in fired[at]), tuple(fired[at]), tuple(unknown[at]))
            for at, row in enumerate(rows)
        ]


def _asked(rule: CompiledRule) -> tuple[str, ...]:
    return (*rule.reads, *(code for one in rule.exceptions for code in reads(one.condition)))
