"""Why a rule fired or did not: the verdict of every condition of its tree for one row, with the values read.

Meant for a case page, computed on demand from the values stored with the assessment; it walks the whole tree
without short cuts. The verdict at its root is TRUE exactly when the closure fires.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from profiling.indicators.catalogue import Value, Values
from profiling.rules.core.closures import compile_condition, read
from profiling.rules.core.conditions import (
    PRESENCE,
    AllOf,
    AnyOf,
    Condition,
    Leaf,
    Lhs,
    ListRef,
    Not,
    Op,
    RuleException,
    operands,
)
from profiling.rules.core.lists import NO_LISTS, Lists


class Verdict(StrEnum):
    """Kleene's three truth values."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def negated(self) -> Verdict:
        return {Verdict.TRUE: Verdict.FALSE, Verdict.FALSE: Verdict.TRUE}.get(self, self)


@dataclass(frozen=True, slots=True)
class Step:
    """One node of the tree. path: JSON pointer of the node in the dumped condition, "" for the root.

    kind: "all", "any", "not" or "leaf". For a leaf: `leaf` itself, the value its left-hand side came to
    (None when missing), what each indicator it reads held, and whether it is TRUE only because of "also
    when missing".
    """

    path: str
    kind: str
    verdict: Verdict
    steps: tuple[Step, ...] = ()
    leaf: Leaf | None = None
    found: Value | None = None
    values: tuple[tuple[str, Value | None], ...] = ()
    by_tick: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """The indicators below this node that a leaf left unknown would have needed, each once."""
        if self.leaf is None:
            return tuple(dict.fromkeys(code for step in self.steps for code in step.missing))
        if self.verdict is not Verdict.UNKNOWN:
            return ()
        return tuple(code for code, value in self.values if value is None)

    def as_json(self) -> dict[str, Any]:
        """JSON of the node and all below it; a list compared with is given by its length."""
        if self.leaf is None:
            return {
                "path": self.path,
                "kind": self.kind,
                "verdict": self.verdict.value,
                "steps": [step.as_json() for step in self.steps],
            }
        value = self.leaf.value
        compared: dict[str, Any] = {"value": value}
        if isinstance(value, ListRef):
            compared = {"list": value.list}
        elif isinstance(value, tuple) and self.leaf.op is not Op.BETWEEN:
            compared = {"listed": len(value)}
        return {
            "path": self.path,
            "kind": self.kind,
            "verdict": self.verdict.value,
            "lhs": _lhs_json(self.leaf.lhs),
            "op": self.leaf.op.value,
            **compared,
            "found": self.found,
            "values": dict(self.values),
            "by_tick": self.by_tick,
        }


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """A rule for one row: its condition, its exceptions in their order (None: past its day), and whether it fires."""

    condition: Step
    exceptions: tuple[Step | None, ...]

    @property
    def excepted(self) -> bool:
        return any(step is not None and step.verdict is Verdict.TRUE for step in self.exceptions)

    @property
    def fires(self) -> bool:
        return self.condition.verdict is Verdict.TRUE and not self.excepted


def trace_rule(
    condition: Condition,
    exceptions: Sequence[RuleException],
    values: Values,
    lists: Lists = NO_LISTS,
    day: str | None = None,
) -> RuleTrace:
    """The whole rule for one row. day: that of the assessment, "YYYY-MM-DD"; without one all exceptions count."""
    return RuleTrace(
        trace(condition, values, lists=lists),
        tuple(trace(one.condition, values, lists=lists) if one.counts_on(day) else None for one in exceptions),
    )


def trace(condition: Condition, values: Values, path: str = "", lists: Lists = NO_LISTS) -> Step:
    """Every condition with its verdict for one row."""
    match condition:
        case Not(inner=inner):
            step = trace(inner, values, f"{path}/not", lists)
            return Step(path, "not", step.verdict.negated(), (step,))
        case AllOf(all=members):
            steps = tuple(trace(one, values, f"{path}/all/{at}", lists) for at, one in enumerate(members))
            return Step(path, "all", _verdict(steps, Verdict.FALSE, Verdict.TRUE), steps)
        case AnyOf(any=members):
            steps = tuple(trace(one, values, f"{path}/any/{at}", lists) for at, one in enumerate(members))
            return Step(path, "any", _verdict(steps, Verdict.TRUE, Verdict.FALSE), steps)
        case Leaf():
            return _trace_leaf(condition, values, path, lists)


def _verdict(steps: tuple[Step, ...], decisive: Verdict, otherwise: Verdict) -> Verdict:
    verdicts = {step.verdict for step in steps}
    if decisive in verdicts:
        return decisive
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else otherwise


def _trace_leaf(leaf: Leaf, values: Values, path: str, lists: Lists) -> Step:
    found = read(leaf.lhs)(values)
    by_tick = found is None and leaf.also_when_missing
    if found is None and not by_tick and leaf.op not in PRESENCE:
        verdict = Verdict.UNKNOWN
    else:
        verdict = Verdict.TRUE if compile_condition(leaf, lists)(values) else Verdict.FALSE
    operand_values = tuple((code, values.get(code)) for code in operands(leaf.lhs))
    return Step(path, "leaf", verdict, leaf=leaf, found=found, values=operand_values, by_tick=by_tick)


def _lhs_json(lhs: Lhs) -> str | dict[str, list[str]]:
    if isinstance(lhs, str):
        return lhs
    dumped: dict[str, list[str]] = lhs.model_dump(mode="json")
    return dumped
