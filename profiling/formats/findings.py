"""Collects the problems of one record while it is read, and turns amounts with a fault into missing values."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, Protocol

from profiling.formats import limits
from profiling.formats.problems import problem
from profiling.formats.quantities import Amount
from profiling.formats.records import Position, Problem, Severity


class Placed(Protocol):
    """Has a place in the file: a segment, or a position itself. Most are never asked where."""

    @property
    def position(self) -> Position: ...


class Findings:
    """The problems of one record, RECORD_PROBLEMS at most. `refused` once one of them is an error."""

    __slots__ = ("problems", "refused")

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.refused = False

    def warn(self, code: str, at: Placed, field: str = "", received: str = "", /, **params: Any) -> None:
        if len(self.problems) < limits.RECORD_PROBLEMS:
            self.problems.append(problem(code, Severity.WARNING, at.position, field=field, received=received, **params))

    def refuse(self, code: str, at: Placed, field: str = "", received: str = "", /, **params: Any) -> None:
        if not self.refused or len(self.problems) < limits.RECORD_PROBLEMS:
            self.problems.append(problem(code, Severity.ERROR, at.position, field=field, received=received, **params))
        self.refused = True

    def amount(self, found: Amount, at: Placed, field: str, received: str) -> Decimal | None:
        if found.wrong:
            name = "unit" if found.wrong == "unit_unknown" else "value"
            shown = found.detail[:40]
            self.warn(found.wrong, at, field, received, **{name: shown})
        return found.value

    def text(self, value: str, limit: int, at: Placed, field: str) -> str:
        """The value, cut at `limit` characters with a warning."""
        if len(value) <= limit:
            return value
        self.warn("text_cut", at, field, value, limit=limit)
        return value[:limit].rstrip()

    def named(self, document: str) -> list[Problem]:
        """The problems in the order of the file, each with the number of the document it belongs to."""
        if not self.problems:
            return []
        found = sorted(self.problems, key=lambda each: each.position.offset)
        return [replace(each, document=document) for each in found] if document else found
