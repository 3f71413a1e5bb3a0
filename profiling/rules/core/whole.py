"""Judge a rule as a whole, as it is put before somebody: condition, exceptions and points, everything wrong at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from profiling.indicators.catalogue import IndicatorSpec
from profiling.rules.core.checking import ConditionError, InvalidConditionError, parse, parse_exceptions
from profiling.rules.core.conditions import Condition, RuleException
from profiling.rules.core.contradictions import always_excepted, impossible
from profiling.rules.core.lists import NO_LISTS, Lists
from profiling.rules.core.scoring import MAX_POINTS, MIN_POINTS


@dataclass(frozen=True, slots=True)
class CheckedRule:
    condition: Condition
    exceptions: tuple[RuleException, ...]
    points: int


def check_rule(
    *,
    condition: object,
    exceptions: object = (),
    points: object,
    catalogue: Mapping[str, IndicatorSpec],
    lists: Lists = NO_LISTS,
) -> CheckedRule:
    """Raise `InvalidConditionError` with all that is wrong: places begin with /condition, /exceptions or /points.

    Beside what `parse` tells: points out of range, what can never be true (`never_true`) and an exception that covers
    every case of the rule (`always_excepted`).
    """
    errors: list[ConditionError] = []
    parsed: Condition | None = None
    excepted: tuple[RuleException, ...] | None = None
    try:
        parsed = parse(condition, catalogue, lists)
    except InvalidConditionError as error:
        errors += _placed(error, "/condition")
    else:
        errors += contradictions(parsed, catalogue, lists, "/condition")
    dead = bool(errors)
    try:
        excepted = parse_exceptions(exceptions, catalogue, lists)
    except InvalidConditionError as error:
        errors += _placed(error, "/exceptions")
    for at, one in enumerate(excepted or ()):
        root = f"/exceptions/{at}/condition"
        found = contradictions(one.condition, catalogue, lists, root)
        errors += found
        if parsed is not None and not found and not dead and always_excepted(parsed, one, catalogue, lists):
            errors.append(ConditionError(root, "always_excepted"))
    number = _points(points, errors)
    if errors or parsed is None or excepted is None:
        raise InvalidConditionError(tuple(errors))
    return CheckedRule(parsed, excepted, number)


def contradictions(
    condition: Condition, catalogue: Mapping[str, IndicatorSpec], lists: Lists = NO_LISTS, root: str = ""
) -> list[ConditionError]:
    """What of a condition can never be true, as errors at its places."""
    return [ConditionError(f"{root}{place}", "never_true") for place in impossible(condition, catalogue, lists)]


def _points(points: object, errors: list[ConditionError]) -> int:
    if isinstance(points, bool) or not isinstance(points, int):
        errors.append(ConditionError("/points", "points_form"))
        return 0
    if not MIN_POINTS <= points <= MAX_POINTS:
        limits: Mapping[str, Any] = MappingProxyType({"low": MIN_POINTS, "high": MAX_POINTS})
        errors.append(ConditionError("/points", "points_range", limits))
    return points


def _placed(error: InvalidConditionError, root: str) -> list[ConditionError]:
    return [ConditionError(f"{root}{one.path}", one.code, one.params) for one in error.errors]
