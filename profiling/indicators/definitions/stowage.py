"""Indicators of what a stowage plan or a report of the call tells beside the documents of the cargo."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from profiling.formats.records import EquipmentKind
from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.definitions.equipment import NONE_FOUND
from profiling.indicators.facts import SubjectFacts, VisitFacts
from profiling.indicators.history import Past

_NOT_DIGITS = re.compile(r"\D")


def _plain_un(number: str) -> str:
    """A UN number as compared: "UN 1173" is "1173"."""
    return _NOT_DIGITS.sub("", number)


def _stowed(visit: VisitFacts) -> frozenset[str]:
    return frozenset(filter(None, map(_plain_un, visit.stowed_un)))


def _undeclared(subject: SubjectFacts) -> frozenset[str] | None:
    """UN numbers stowed in its own equipment that no line of goods names; None where no plan names any.

    What is in a container with other consignments may be theirs: it says nothing of this one.
    """
    own = [_stowed(visit) for visit in subject.visits if not visit.other_consignments]
    if not any(own) or not subject.is_consignment:
        return None
    declared = {_plain_un(number) for item in subject.items for number in item.un_numbers}
    return frozenset().union(*own) - declared


@indicator(
    label=_("Dangerous goods are stowed that the document does not declare"),
    group=Group.GOODS,
    type=ValueType.BOOLEAN,
    missing=_("No stowage plan names dangerous goods in equipment that is of this document alone."),
    source="Indicators, Goods: dangerous goods; SOLAS VII, stowage plan",
    needs=("visits.stowed_un", "visits.other_consignments", "items.un_numbers"),
)
def dangerous_goods_undeclared(subject: SubjectFacts, past: Past) -> bool | None:
    found = _undeclared(subject)
    return None if found is None else bool(found)


@indicator(
    label=_("Which dangerous goods are stowed and not declared (UN numbers)"),
    group=Group.GOODS,
    type=ValueType.CODE,
    missing=_("No stowage plan names dangerous goods in equipment that is of this document alone."),
    source="Indicators, Goods: dangerous goods; SOLAS VII, stowage plan",
    needs=("visits.stowed_un", "visits.other_consignments", "items.un_numbers"),
)
def undeclared_un_numbers(subject: SubjectFacts, past: Past) -> str | None:
    found = _undeclared(subject)
    return None if found is None else ", ".join(sorted(found)[:8]) or NONE_FOUND


@indicator(
    label=_("Containers on the call beyond the number that was announced"),
    group=Group.EQUIPMENT,
    type=ValueType.INTEGER,
    missing=_("No report of the call counts its containers."),
    source="Indicators, Equipment: announced and told; CUSREP",
    needs=("announced_containers", "told_containers"),
)
def containers_beyond_announced(subject: SubjectFacts, past: Past) -> int | None:
    """Fewer may merely not have been told yet; more are never as announced."""
    if subject.announced_containers is None or subject.told_containers is None:
        return None
    if not any(visit.kind == EquipmentKind.CONTAINER for visit in subject.visits):
        return None
    return max(subject.told_containers - subject.announced_containers, 0)
