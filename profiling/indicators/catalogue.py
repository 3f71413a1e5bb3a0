"""The catalogue of indicators: what facts about a consignment a rule may ask for, and how each is registered.

An indicator is one fact about one subject; thresholds belong to rules. To add one, write one function under
`profiling.indicators.definitions` and decorate it; nothing else has to be told. This module imports no
Django, so that the pure rules core may read specifications; labels are lazy texts the edge turns into the
reader's language.

Values are kept in the form JSON gives back, so that an assessment re-evaluated years later from what was
stored answers as it did on the day:

=========  ====================================================================
number     float, finite (Decimal is converted)
integer    int, at most 1e15 either side of zero
boolean    bool
text       str, normalised and space-padded (`profiling.indicators.text`)
code       str, as the code list writes it, never empty
date       str, ISO 8601 calendar date "YYYY-MM-DD": as text it sorts as a date
=========  ====================================================================

A missing fact has no key (None reads the same). It is never zero, false or "".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import Past

Value = str | int | float | bool
Values = Mapping[str, Value | None]
RawValue = str | int | float | bool | Decimal | date | None

MAX_NUMBER = 10**15  # of whole numbers, and of what a rule may compare with
CODE = re.compile(r"[a-z][a-z0-9_]{1,59}")


class ValueType(StrEnum):
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TEXT = "text"
    CODE = "code"
    DATE = "date"


class Group(StrEnum):
    """The families of indicators, in the order a page shows them."""

    PARTIES = "party_history"
    TEXT = "text"
    GOODS = "goods"
    WEIGHT = "weight"
    VALUE = "value"
    ROUTE = "route"
    EQUIPMENT = "equipment"
    DOCUMENTS = "documents"
    META = "meta"


class Label(Protocol):
    """A text for people, possibly lazy: `str()` gives it in the language of the moment."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    """What the rule editor, the checker of conditions and the case page know about one indicator.

    needs: the fields it reads, as paths into `SubjectFacts` or `Past`. missing: when it is missing, for
    people. source: the part of the domain page it comes from. months: how far back it looks, 0 where it
    does not. choices: for a code with a short closed list.
    """

    code: str
    label: Label
    group: Group
    type: ValueType
    missing: Label
    source: str
    needs: tuple[str, ...]
    unit: str = ""
    months: int = 0
    choices: tuple[str, ...] = ()


Computation = Callable[[SubjectFacts, Past], RawValue]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A specification and the function that answers it for one subject."""

    spec: IndicatorSpec
    compute: Computation


class Registry:
    """Indicators by code. A code is taken once; a second registration is a programming error."""

    def __init__(self) -> None:
        self._indicators: dict[str, Indicator] = {}

    def register(self, spec: IndicatorSpec, compute: Computation) -> None:
        """Raise ValueError on a malformed or taken code, or where it is not said what the indicator reads."""
        if not CODE.fullmatch(spec.code):
            raise ValueError(f"indicator code {spec.code!r} is not lower_snake_case of 2 to 60 characters")
        if spec.code in self._indicators:
            raise ValueError(f"indicator {spec.code!r} is registered twice")
        if not spec.needs:
            raise ValueError(f"indicator {spec.code!r} does not say which fields it reads")
        if spec.choices and spec.type is not ValueType.CODE:
            raise ValueError(f"indicator {spec.code!r}: only a code has choices")
        self._indicators[spec.code] = Indicator(spec, compute)

    def indicator(
        self,
        *,
        label: Label,
        group: Group,
        type: ValueType,  # noqa: A002 - the word of the catalogue, keyword only
        missing: Label,
        source: str,
        needs: tuple[str, ...],
        unit: str = "",
        months: int = 0,
        choices: tuple[str, ...] = (),
    ) -> Callable[[Computation], Computation]:
        """Register the decorated function; its name is the indicator's code."""

        def register(compute: Computation) -> Computation:
            code = getattr(compute, "__name__", "")
            spec = IndicatorSpec(code, label, group, type, missing, source, needs, unit, months, choices)
            self.register(spec, compute)
            return compute

        return register

    def indicators(self) -> Mapping[str, Indicator]:
        return MappingProxyType(self._indicators)

    def specs(self) -> Mapping[str, IndicatorSpec]:
        return MappingProxyType({code: known.spec for code, known in self._indicators.items()})


REGISTRY = Registry()
indicator = REGISTRY.indicator
