"""Compute every indicator for a chunk of subjects.

An indicator that raises, or answers with something its type does not allow, is missing for that subject and
comes back as a fault for the operator; it never stops the subject, and never the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import product

from profiling.indicators import definitions as definitions  # registers every indicator
from profiling.indicators.catalogue import (
    MAX_NUMBER,
    REGISTRY,
    Computation,
    Indicator,
    RawValue,
    Value,
    ValueType,
)
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import History, Past
from profiling.indicators.text import MAX_TEXT

MAX_CODE = 64  # characters of a stored code

Form = Callable[[RawValue], Value | None]  # None where the answer is of another type
Chosen = tuple[str, Computation, ValueType, Form]

# Of these a subject may have nothing at all, and what needs a part of them is missing then.
_FROM_LACKING = ("papers.", "past.previous")
# A member of an enumeration is found slowly, for something that is asked a hundred times a subject.
_BOOLEAN, _TEXT = ValueType.BOOLEAN, ValueType.TEXT
_LACKING = tuple(product((False, True), repeat=len(_FROM_LACKING)))


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
    asked = list((REGISTRY.indicators() if indicators is None else indicators).values())
    applying = {lacking: _applying(asked, lacking) for lacking in _LACKING}
    computed = []
    for subject in facts:
        past = history.of(subject.key, subject.received_at)
        computed.append(_compute_one(subject, past, applying[subject.papers is None, past.previous is None]))
    return computed


def _applying(asked: Sequence[Indicator], lacking: tuple[bool, ...]) -> list[Chosen]:
    """The indicators that may have an answer where papers, or a version before this one, are lacking.

    Most subjects have neither, and what cannot be known of them need not be asked twenty thousand times.
    """
    prefixes = tuple(prefix for prefix, lacks in zip(_FROM_LACKING, lacking, strict=True) if lacks)
    return [
        (one.spec.code, one.compute, one.spec.type, _FORMS[one.spec.type])
        for one in asked
        if not any(need.startswith(prefixes) for need in one.spec.needs)
    ]


def _compute_one(subject: SubjectFacts, past: Past, indicators: Sequence[Chosen]) -> Computed:
    values: dict[str, Value] = {}
    faults: list[Fault] = []
    for code, computation, kind, form in indicators:
        try:
            raw = computation(subject, past)
            if raw is None:
                continue
            if kind is _BOOLEAN and (raw is True or raw is False):  # half of the answers
                values[code] = raw
                continue
            value = form(raw)
            if value is None:
                raise _misfit(raw, kind)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in one indicator stays in it
            faults.append(Fault(code, f"{type(error).__name__}: {error}"))
            continue
        if kind is _TEXT and isinstance(value, str) and len(value) > MAX_TEXT:
            faults.append(Fault(code, f"text of {len(value)} characters cut to {MAX_TEXT}"))
            value = value[: value.rindex(" ", 0, MAX_TEXT) + 1]
        values[code] = value
    return Computed(values, tuple(faults))


def stored(raw: RawValue, kind: ValueType) -> Value:
    """An answer in the form it is kept and compared in; TypeError or ValueError if it has no such form."""
    value = _FORMS[kind](raw)
    if value is None:
        raise _misfit(raw, kind)
    return value


def _misfit(raw: RawValue, kind: ValueType) -> TypeError:
    return TypeError(f"{str(raw)[:40]!r} is no {kind.value}")


def _number(raw: RawValue) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, Decimal | float | int):
        return None
    number = float(raw)
    if not math.isfinite(number):
        raise ValueError(f"{raw} is not finite")
    return number


def _integer(raw: RawValue) -> int | None:
    if isinstance(raw, bool) or not isinstance(raw, int):
        return None
    if abs(raw) > MAX_NUMBER:
        raise ValueError(f"{raw} is beyond {MAX_NUMBER}")
    return raw


def _boolean(raw: RawValue) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _text(raw: RawValue) -> str | None:
    """Normalised, space-padded, with at least one character between the spaces."""
    if not isinstance(raw, str) or len(raw) <= len("  "):
        return None
    return raw if raw[0] == raw[-1] == " " else None


def _code(raw: RawValue) -> str | None:
    return str(raw) if isinstance(raw, str) and 0 < len(raw) <= MAX_CODE else None


def _date(raw: RawValue) -> str | None:
    return raw.isoformat() if isinstance(raw, date) and not isinstance(raw, datetime) else None


# Answers come by the million, so each type has its own short way.
_FORMS: Mapping[ValueType, Form] = {
    ValueType.NUMBER: _number,
    ValueType.INTEGER: _integer,
    ValueType.BOOLEAN: _boolean,
    ValueType.TEXT: _text,
    ValueType.CODE: _code,
    ValueType.DATE: _date,
}
