"""Sets of values that one left-hand side may have, cut with each other; see `core.contradictions`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf
from typing import Any, Self

from profiling.indicators.catalogue import Value

Interval = tuple[float, bool, float, bool]  # low, is low left out, high, is high left out


class Space(ABC):
    """A set of values of one type. cut: with one of the same kind; is_empty: True only where there is none for sure."""

    @abstractmethod
    def cut(self, other: Any) -> Any: ...

    @abstractmethod
    def is_empty(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Intervals(Space):
    """A union of intervals that do not meet, in order. whole: whole numbers only, all finite ends closed."""

    parts: tuple[Interval, ...]
    whole: bool

    @classmethod
    def everything(cls, *, whole: bool) -> Self:
        return cls(((-inf, True, inf, True),), whole)

    @classmethod
    def of(cls, given: Iterable[Interval], *, whole: bool) -> Self:
        closed = (_closed(one) for one in given if not _is_void(one)) if whole else given
        parts: list[Interval] = []
        for low, low_out, high, high_out in sorted(one for one in closed if not _is_void(one)):
            if parts and _meet(parts[-1], low, low_out, whole):
                first_low, first_out, first_high, first_high_out = parts[-1]
                if (high, not high_out) > (first_high, not first_high_out):
                    parts[-1] = (first_low, first_out, high, high_out)
            else:
                parts.append((low, low_out, high, high_out))
        return cls(tuple(parts), whole)

    def complement(self) -> Self:
        gaps: list[Interval] = []
        low, low_out = -inf, True
        for start, start_out, end, end_out in self.parts:
            gaps.append((low, low_out, start, not start_out))
            low, low_out = end, not end_out
        gaps.append((low, low_out, inf, True))
        # Nothing lies at infinity, so an end there stays open.
        return self.of([(a, b or a == -inf, c, d or c == inf) for a, b, c, d in gaps], whole=self.whole)

    def cut(self, other: Self) -> Self:
        parts: list[Interval] = []
        mine, theirs = 0, 0
        while mine < len(self.parts) and theirs < len(other.parts):
            a, b = self.parts[mine], other.parts[theirs]
            low, low_out = max(a[:2], b[:2])
            high, kept = min((a[2], not a[3]), (b[2], not b[3]))
            both = (low, low_out, high, not kept)
            if not _is_void(both):
                parts.append(both)
            if (a[2], not a[3]) <= (b[2], not b[3]):
                mine += 1
            else:
                theirs += 1
        return type(self)(tuple(parts), self.whole)

    def is_empty(self) -> bool:
        return not self.parts


def _closed(one: Interval) -> Interval:
    """The whole numbers of an interval, its finite ends closed."""
    low, low_out, high, high_out = one
    if low != -inf:
        low, low_out = (floor(low) + 1 if low_out else ceil(low)), False
    if high != inf:
        high, high_out = (ceil(high) - 1 if high_out else floor(high)), False
    return low, low_out, high, high_out


def _is_void(one: Interval) -> bool:
    low, low_out, high, high_out = one
    return low > high or (low == high and (low_out or high_out))


def _meet(left: Interval, low: float, low_out: bool, whole: bool) -> bool:
    end, end_out = left[2], left[3]
    return low < end or (low == end and not (low_out and end_out)) or (whole and low == end + 1)


@dataclass(frozen=True, slots=True)
class Codes(Space):
    """only: the values there may be, None for any; starts: of which a value begins with one, None for any.

    never, not_starts: what it is not, and does not begin with.
    """

    only: frozenset[Value] | None = None
    starts: frozenset[str] | None = None
    never: frozenset[Value] = frozenset()
    not_starts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, values: Iterable[Any]) -> Self:
        return cls(only=frozenset(values))

    def cut(self, other: Self) -> Self:
        only = self.only if other.only is None else other.only if self.only is None else self.only & other.only
        starts = _both_starts(self.starts, other.starts)
        return type(self)(only, starts, self.never | other.never, self.not_starts | other.not_starts)

    def is_empty(self) -> bool:
        if self.only is not None:
            return not any(self._may_be(value) for value in self.only)
        if self.starts is not None:
            # A code that begins with one may be longer than any that is left out.
            return all(_begins(start, self.not_starts) for start in self.starts)
        return False

    def _may_be(self, value: Value) -> bool:
        if value in self.never or (isinstance(value, str) and _begins(value, self.not_starts)):
            return False
        return self.starts is None or _begins(str(value), self.starts)


def _begins(code: str, starts: frozenset[str]) -> bool:
    return any(code[:length] in starts for length in range(len(code) + 1))


def _both_starts(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
    if a is None or b is None:
        return b if a is None else a
    return frozenset(one for one in a if _begins(one, b)) | frozenset(one for one in b if _begins(one, a))


@dataclass(frozen=True, slots=True)
class Texts(Space):
    """wanted: sets of padded phrases, one of each set must be in the text; lacking: those that must not be."""

    wanted: Sequence[frozenset[str]] = ()
    lacking: frozenset[str] = frozenset()

    def cut(self, other: Self) -> Self:
        return type(self)((*self.wanted, *other.wanted), self.lacking | other.lacking)

    def is_empty(self) -> bool:
        return any(all(self._is_out(phrase) for phrase in phrases) for phrases in self.wanted)

    def _is_out(self, phrase: str) -> bool:
        """A phrase that holds one that must not be there cannot be there itself."""
        words = phrase.split()
        return bool(self.lacking) and any(
            f" {' '.join(words[start:end])} " in self.lacking
            for start in range(len(words))
            for end in range(start + 1, len(words) + 1)
        )
