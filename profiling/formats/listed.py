"""Equipment of a whole message against itself: what one record alone cannot show."""

from __future__ import annotations

from collections.abc import Sequence

from profiling.formats.problems import problem
from profiling.formats.records import Consignment, Equipment, Position, Problem, Severity


class Listed:
    """The equipment numbers a message lists.

    known: numbers found beforehand, for formats that may list equipment after the bills; where it is None,
    equipment stands first and is learnt as it passes. Some senders list none: then nothing is missing.
    """

    def __init__(self, known: set[str] | None = None) -> None:
        self._seen: set[str] = set()
        self._known = self._seen if known is None else known

    def check(self, record: Equipment | Consignment) -> Sequence[Problem]:
        """What this record, which comes next in the message, shows to be wrong."""
        if isinstance(record, Equipment):
            if record.number in self._seen:
                return [_warning("equipment_repeated", record.position, "equipment.number", record.number, "")]
            self._seen.add(record.number)
            return ()
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
