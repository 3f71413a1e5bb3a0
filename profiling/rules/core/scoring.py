"""From rules and the values of one subject to points, evidence and a lane.

A rule that cannot be evaluated on a row (a stored value of a type its indicator no longer has) is reported
and skipped: nothing a rule does may stop a consignment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from profiling.indicators.catalogue import Value, Values
from profiling.rules.core.closures import Predicate, compile_excepted
from profiling.rules.core.conditions import Condition, Ratio, RuleException, leaves, reads
from profiling.rules.core.lists import NO_LISTS, Lists

MIN_POINTS, MAX_POINTS = -100, 100


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule ready to score. code: unique in its release; fires, refuted: does it, is it settled that it does not.

    condition, exceptions, lists: what it was compiled from; an exception past its day is not among them.
    """

    code: str
    points: int
    fires: Predicate
    refuted: Predicate
    reads: tuple[str, ...]
    keeps: tuple[str, ...]  # what it reads and what its sentence names
    divides: bool  # a quotient may be missing although nothing it reads is
    condition: Condition
    exceptions: tuple[RuleException, ...]
    lists: Lists


@dataclass(frozen=True, slots=True)
class Fired:
    """The evidence of one rule that fired: its points, the values it saw and those its sentence names.

    What was missing is left out.
    """

    code: str
    points: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """points: the sum of what fired, may be negative or above 100. fired: in rule order.

    unknown: rules that did not fire for lack of facts. faults: rules that could not be evaluated, with why.
    """

    points: int
    fired: tuple[Fired, ...] = ()
    unknown: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


def compile_rule(
    *,
    code: str,
    points: int,
    condition: Condition,
    names: Iterable[str] = (),
    exceptions: Sequence[RuleException] = (),
    lists: Lists = NO_LISTS,
    day: str | None = None,
) -> CompiledRule:
    """names: indicators that the sentence names beside those the condition reads, such as which seal it was.

    day: "YYYY-MM-DD" on which it scores; exceptions that ended before are left out (without a day all count).
    Raises ValueError when the points are outside −100…+100, `lists.UnknownListError` where a list is not given.
    """
    if not MIN_POINTS <= points <= MAX_POINTS:
        raise ValueError(f"rule {code!r}: {points} points are outside {MIN_POINTS}…{MAX_POINTS}")
    read = reads(condition)
    counting = tuple(one for one in exceptions if one.counts_on(day))
    fires, refuted = compile_excepted(condition, counting, lists)
    return CompiledRule(
        code=code,
        points=points,
        fires=fires,
        refuted=refuted,
        reads=read,
        keeps=tuple(dict.fromkeys((*read, *names))),
        divides=any(isinstance(leaf.lhs, Ratio) for leaf in leaves(condition)),
        condition=condition,
        exceptions=counting,
        lists=lists,
    )


def score(rules: Sequence[CompiledRule], values: Values) -> ScoreResult:
    """Evaluate all rules on one row of values."""
    known = {code for code, value in values.items() if value is not None}
    points = 0
    fired: list[Fired] = []
    unknown: list[str] = []
    faults: list[tuple[str, str]] = []
    for rule in rules:
        try:
            if rule.fires(values):
                points += rule.points
                fired.append(evidence(rule, values))
            elif (rule.divides or not known.issuperset(rule.reads)) and not rule.refuted(values):
                unknown.append(rule.code)
        except (TypeError, ValueError, ArithmeticError) as error:
            faults.append((rule.code, f"{type(error).__name__}: {error}"))
    return ScoreResult(points, tuple(fired), tuple(unknown), tuple(faults))


def evidence(rule: CompiledRule, values: Values) -> Fired:
    """What is kept of a rule that fired on a row."""
    seen = {code: value for code in rule.keeps if (value := values.get(code)) is not None}
    return Fired(rule.code, rule.points, MappingProxyType(seen))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """At how many points which lane begins.

    steps: (points, lane code), strictly falling; below: the lane under all of them.
    """

    steps: tuple[tuple[int, str], ...]
    below: str

    def __post_init__(self) -> None:
        if any(upper <= lower for (upper, _), (lower, _) in pairwise(self.steps)):
            raise ValueError("thresholds must fall strictly")
        lanes = [lane for _, lane in self.steps] + [self.below]
        if len(set(lanes)) < len(lanes):
            raise ValueError("a lane has one threshold only")

    @classmethod
    def from_points(cls, points: Mapping[str, int], below: str) -> Thresholds:
        """From `{lane code: least points}` in any order, as a release stores it."""
        steps = sorted(((least, lane) for lane, least in points.items()), reverse=True)
        return cls(tuple(steps), below)

    def as_points(self) -> dict[str, int]:
        """`{lane code: least points}`, strictest first; the lane below all is not in it."""
        return {lane: least for least, lane in self.steps}


def lane_for(points: int, thresholds: Thresholds) -> str:
    """The code of the lane recommended for so many points."""
    return next((lane for least, lane in thresholds.steps if points >= least), thresholds.below)
