"""Words for the codes that a warning's body carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from exchanges.choices import Action, Answer, Located, RequestedAction, Urgency, WhyNot
from pcu.accounts.handling import Handling
from pcu.accounts.roles import Agency
from profiling.cargo.choices import DocumentType, EquipmentKind, Mode, PartyRole
from profiling.cases.choices import Commodity

register = template.Library()

_CODES: Mapping[str, Any] = {
    "action": RequestedAction,
    "agency": Agency,
    "answer": Answer,
    "commodity": Commodity,
    "document": DocumentType,
    "done": Action,
    "equipment": EquipmentKind,
    "handling": Handling,
    "located": Located,
    "mode": Mode,
    "role": PartyRole,
    "urgency": Urgency,
    "why_not": WhyNot,
}


@register.filter
def word(code: str, kind: str) -> str:
    """The word for a code in the reader's language; the code itself where nobody here knows it."""
    choices = _CODES[kind]
    return str(choices(code).label) if code in choices.values else code
