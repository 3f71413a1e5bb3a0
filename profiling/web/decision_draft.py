"""What an officer has typed into the decision panel, kept through conflicts and errors; the services judge it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from profiling.cargo.models import EquipmentVisit
from profiling.cases.choices import DECIDED_MARK, REASONS, DecisionKind, Method, Reason
from profiling.cases.holding import proposed_notice
from profiling.cases.models import Case

# The key of each decision; on the physical keyboard, whatever the layout.
KEYS = {
    DecisionKind.NO_EXAMINATION: "N",
    DecisionKind.REQUEST_DOCUMENTS: "D",
    DecisionKind.SCAN: "S",
    DecisionKind.HOLD_AND_REFER: "H",
    DecisionKind.PASS_TO_UNIT: "P",
}
_TEXTS = ("note", "override_reason", "method", "notice", "authority", "grounds", "instructions", "pass_to")


@dataclass(frozen=True, slots=True)
class Draft:
    """One decision being written. visits: refs of the equipment to hold; errors: by field, "" for the whole.

    version: the case's version that the officer looked at.
    """

    kind: str
    version: int
    reasons: frozenset[str] = frozenset()
    visits: frozenset[str] = frozenset()
    note: str = ""
    override_reason: str = ""
    method: str = ""
    notice: str = ""
    authority: str = ""
    grounds: str = ""
    instructions: str = ""
    pass_to: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    def with_errors(self, errors: Mapping[str, str]) -> Draft:
        return replace(self, errors=errors)

    def at(self, version: int) -> Draft:
        """The same, looked at anew."""
        return replace(self, version=version)

    def service_arguments(self, visits: Sequence[EquipmentVisit], units: Sequence[Any]) -> dict[str, Any]:
        """What `cases.services.decide` takes of it."""
        return {
            "kind": DecisionKind(self.kind),
            "reasons": sorted(self.reasons),
            "note": self.note,
            "expected_version": self.version,
            "override_reason": self.override_reason,
            "notice": self.notice,
            "authority": self.authority,
            "grounds": self.grounds,
            "instructions": self.instructions,
            "visits": [visit for visit in visits if str(visit.ref) in self.visits],
            "method": self.method or None,
            "pass_to": next((unit for unit in units if str(unit.ref) == self.pass_to), None),
        }


def blank(case: Case, visits: Sequence[EquipmentVisit], kind: str = "") -> Draft:
    """A draft nobody has touched: all equipment, the proposed notice, the unit's own authority."""
    return Draft(
        kind=kind if kind in DecisionKind.values else "",
        version=case.version,
        visits=frozenset(str(visit.ref) for visit in visits),
        notice=proposed_notice(case, visits),
        authority=case.working_unit.name,
    )


def typed(post: QueryDict, case: Case, visits: Sequence[EquipmentVisit]) -> Draft:
    """What was sent. A part of the panel that was hidden was not sent, and stands as proposed."""
    start = blank(case, visits, post.get("decision", ""))
    said: dict[str, Any] = {name: str(post[name]).replace("\0", "").strip() for name in _TEXTS if name in post}
    held_was_shown = "notice" in post
    return replace(
        start,
        version=_number(post.get("version", "")),
        reasons=frozenset(post.getlist("reasons")) & frozenset(Reason.values),
        visits=frozenset(ref for ref in post.getlist("visits") if _is_ref(ref)) if held_was_shown else start.visits,
        **said,
    )


def choices(draft: Draft) -> list[dict[str, Any]]:
    """The decisions as the radios show them."""
    return [
        {"value": kind.value, "label": kind.label, "key": KEYS[kind], "is_on": kind.value == draft.kind}
        for kind in DecisionKind
    ]


def reason_choices(draft: Draft) -> list[dict[str, Any]]:
    """Every reason with the decisions it goes with, for `data-when`."""
    return [
        {
            "value": reason.value,
            "label": reason.label,
            "when": " ".join(kind for kind in DecisionKind.values if reason in REASONS[kind]),
            "is_on": reason.value in draft.reasons,
        }
        for reason in Reason
    ]


def method_choices(draft: Draft) -> list[tuple[str, str, bool]]:
    return [(method.value, str(method.label), method.value == draft.method) for method in Method]


def overriding(case: Case) -> str:
    """The decisions that come to another lane than the recommended one, for `data-when`."""
    return " ".join(kind.value for kind, mark in DECIDED_MARK.items() if mark != case.recommended_lane.mark)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _is_ref(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
