"""A hold being written on the case page, apart from a decision: as proposed at first, then as it was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict

from profiling.cargo.models import EquipmentVisit
from profiling.cases.holding import proposed_notice
from profiling.cases.models import Case, Hold


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """visits: what may be held; chosen: refs of those ticked; errors: by field, "case" for the whole."""

    visits: Sequence[EquipmentVisit]
    chosen: frozenset[str]
    notice: str
    authority: str
    grounds: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def visits_chosen(self) -> list[EquipmentVisit]:
        return [visit for visit in self.visits if str(visit.ref) in self.chosen]


def blank(case: Case, visits: Sequence[EquipmentVisit], holds: Sequence[Hold]) -> HoldDraft:
    """What nobody has touched: the equipment not held yet, ticked where it is one, and the proposed notice."""
    held = {hold.visit_id for hold in holds if hold.state != Hold.State.LIFTED}
    free = [visit for visit in visits if visit.pk not in held]
    return HoldDraft(
        visits=free,
        chosen=frozenset(str(visit.ref) for visit in free) if len(free) == 1 else frozenset(),
        notice=proposed_notice(case, free),
        authority=case.working_unit.name,
    )


def typed(post: QueryDict, visits: Sequence[EquipmentVisit]) -> HoldDraft:
    """What was sent. Any equipment of the case may be named: the service says what is held already."""

    def said(name: str) -> str:
        return post.get(name, "").replace("\0", "").strip()

    return HoldDraft(
        visits=visits,
        chosen=frozenset(post.getlist("visits")),
        notice=said("notice"),
        authority=said("authority"),
        grounds=said("grounds"),
    )
