"""Compute every indicator for a chunk of subjects.

An indicator that raises, or answers with something its type does not allow, is missing for that subject and
comes back as a fault for the operator; it never stops the subject, and never the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from profiling.indicators import definitions as definitions  # registers every indicator
from profiling.indicators.catalogue import (
    MAX_NUMBER,
    REGISTRY,
    Indicator,
    RawValue,
    Value,
    ValueType,
)
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import History
from profiling.indicators.text import MAX_TEXT

MAX_CODE = 64  # characters of a stored code


@dataclass(frozen=True, slots=True)
class Fault:
    """code: the indicator that failed. error: what it raised, for the operator's log."""

    code: str
    error: str


@dataclass(frozen=True, slots=True)
class Computed:
    """What is known of one subject, in the form that is stored and compared; what is missing has no key."""

    values: dict[str, Value]
    faults: tuple[Fault, ...] = ()


def compute(
    facts: Sequence[SubjectFacts],
    history: History,
    indicators: Mapping[str, Indicator] | None = None,
) -> list[Computed]:
    """Values of all indicators (or of those given) for each subject, in the order of `facts`."""
    chosen = tuple((REGISTRY.indicators() if indicators is None else indicators).values())
    return [_compute_one(subject, history, chosen) for subject in facts]


def _compute_one(subject: SubjectFacts, history: History, indicators: Sequence[Indicator]) -> Computed:
    past = history.of(subject.key, subject.received_at)
    values: dict[str, Value] = {}
    faults: list[Fault] = []
    for indicator in indicators:
        try:
            raw = indicator.compute(subject, past)
            value = None if raw is None else stored(raw, indicator.spec.type)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in one indicator stays in it
            faults.append(Fault(indicator.spec.code, f"{type(error).__name__}: {error}"))
            continue
        if value is None:
            continue
        if isinstance(value, str) and len(value) > MAX_TEXT:
            faults.append(Fault(indicator.spec.code, f"text of {len(value)} characters cut to {MAX_TEXT}"))
            value = value[: value.rindex(" ", 0, MAX_TEXT) + 1]
        values[indicator.spec.code] = value
    return Computed(values, tuple(faults))


def stored(raw: RawValue, kind: ValueType) -> Value:
    """An answer in the form it is kept and compared in; TypeError or ValueError if it has no such form."""
    match kind, raw:
        case ValueType.BOOLEAN, bool():
            return raw
        case ((ValueType.NUMBER | ValueType.INTEGER), bool()):
            raise TypeError(f"a {kind.value} cannot be {raw}")
        case ValueType.INTEGER, int():
            return _bounded(raw)
        case ValueType.NUMBER, (int() | float() | Decimal()):
            return _bounded(float(raw))
        case ValueType.TEXT, str() if raw.startswith(" ") and raw.endswith(" ") and len(raw) > 2:
            return raw
        case ValueType.CODE, str() if 0 < len(raw) <= MAX_CODE:
            return str(raw)
        case ValueType.DATE, date() if not isinstance(raw, datetime):
            return raw.isoformat()
        case _:
            raise TypeError(f"{str(raw)[:40]!r} is no {kind.value}")


Number = TypeVar("Number", int, float)


def _bounded(number: Number) -> Number:
    if not abs(number) <= MAX_NUMBER:  # said so that NaN is refused too
        raise ValueError(f"{number} is beyond {MAX_NUMBER}")
    return number
