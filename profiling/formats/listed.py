"""Equipment of a whole message against itself: what one record alone cannot show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from profiling.formats.packed import PackedKeys
from profiling.formats.problems import problem
from profiling.formats.records import Consignment, Equipment, Position, Problem, Severity

_AS_TEXT: Final = 1 << 15  # numbers kept as they are, which is quicker; those of a larger message are packed


class Numbers:
    """A set of equipment numbers that takes little memory however many they are."""

    __slots__ = ("_packed", "_texts")

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._packed: PackedKeys | None = None

    def __len__(self) -> int:
        return len(self._texts) + (len(self._packed) if self._packed is not None else 0)

    def __contains__(self, number: object) -> bool:
        if number in self._texts:
            return True
        return self._packed is not None and isinstance(number, str) and self._packed.find(number) is not None

    def add(self, number: str) -> bool:
        """Whether it was not there before."""
        texts = self._texts
        if number in texts:
            return False
        if len(texts) < _AS_TEXT:
            texts.add(number)
            return True
        if self._packed is None:
            self._packed = PackedKeys()
        return self._packed.add(number) is None


class Listed:
    """The equipment numbers a message lists.

    known: numbers found beforehand, for formats that may list equipment after the bills; where it is None,
    equipment stands first and is learnt as it passes. Some senders list none: then nothing is missing.
    """

    def __init__(self, known: set[str] | None = None) -> None:
        self._seen = Numbers()
        self._known: set[str] | Numbers = self._seen if known is None else known

    def check(self, record: Equipment | Consignment) -> Sequence[Problem]:
        """What this record, which comes next in the message, shows to be wrong."""
        if isinstance(record, Equipment):
            if self._seen.add(record.number):
                return ()
            return [_warning("equipment_repeated", record.position, "equipment.number", record.number, "")]
        known = self._known
        if not known:
            return ()
        missing = [each.equipment for each in record.loadings if each.equipment not in known]
        return [not_listed(record.position, number, record.document_no) for number in missing] if missing else ()


def not_listed(at: Position, number: str, document: str) -> Problem:
    """Of equipment that a bill at this place names and the message lists nowhere."""
    return _warning("equipment_not_listed", at, "loadings.equipment", number, document)


def _warning(code: str, at: Position, field: str, number: str, document: str) -> Problem:
    return problem(code, Severity.WARNING, at, field=field, document=document, received=number, number=number)
