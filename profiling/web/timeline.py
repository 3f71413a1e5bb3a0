"""The timeline of a case for people: events as sentences, by day in the unit's zone, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from pcu.accounts.models import Unit
from pcu.desk.templatetags.desk import container_number
from pcu.desk.times import zone_of
from profiling.cases.choices import DecisionKind, Disposition, Method, OutcomeSource, OutcomeStatus, Result
from profiling.cases.models import CaseEvent

_K = CaseEvent.Kind
# Icon and tone of each kind; the sentence stands beside it, so neither is told by the picture alone.
_ICONS: Mapping[str, tuple[str, str]] = {
    _K.OPENED: ("inbox", ""),
    _K.RESCORED: ("gauge", ""),
    _K.CHANGED: ("history", "acc"),
    _K.WITHDRAWN: ("trash", "bad"),
    _K.CLAIMED: ("user", ""),
    _K.RELEASED: ("user-minus", ""),
    _K.TAKEN_OVER: ("user-up", ""),
    _K.COMMENT: ("message", ""),
    _K.DECIDED: ("gavel", "acc"),
    _K.HOLD_PLACED: ("lock", "bad"),
    _K.HOLD_NOTIFIED: ("eye", ""),
    _K.HOLD_ACKNOWLEDGED: ("check", "good"),
    _K.HOLD_LIFTED: ("lock-open", "good"),
    _K.REFERRED: ("search", ""),
    _K.CLOSED: ("check", "good"),
    _K.REOPENED: ("refresh", "acc"),
    _K.DISPOSITION_CHANGED: ("refresh", "acc"),
    _K.OUTCOME: ("flag", "acc"),
    _K.EXAMINATION_PLANNED: ("calendar", ""),
    _K.EXAMINATION_STARTED: ("clipboard-list", ""),
    _K.EXAMINATION_SUBMITTED: ("send", ""),
    _K.EXAMINATION_RETURNED: ("arrow-back-up", "bad"),
    _K.EXAMINATION_APPROVED: ("circle-check", "good"),
    _K.EXAMINATION_AMENDED: ("pencil", ""),
    _K.EXAMINATION_DROPPED: ("x", "bad"),
    _K.AMENDMENT_DROPPED: ("x", ""),
    _K.SEIZURE: ("briefcase", "bad"),
    _K.SEIZURE_REMOVED: ("trash", ""),
    _K.CUSTODY: ("arrows-exchange", ""),
    _K.LABORATORY: ("flask", "acc"),
    _K.LOOKOUT_HIT: ("eye", "bad"),
    _K.WARNING_SENT: ("send", "acc"),
    _K.WARNING_ANSWERED: ("message-reply", "acc"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event: picture, sentence, and the words somebody wrote with it."""

    event: CaseEvent
    icon: str
    tone: str
    sentence: str
    said: str


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    lines: Sequence[Line]


def days(events: Sequence[CaseEvent], unit: Unit) -> list[Day]:
    """Events (oldest first) by day of the unit, newest first."""
    zone = zone_of(unit)
    by_day = groupby(reversed(events), key=lambda event: event.at.astimezone(zone).date())
    return [Day(day, [line(event) for event in of_day]) for day, of_day in by_day]


def line(event: CaseEvent) -> Line:
    icon, tone = _ICONS.get(event.kind, ("point", ""))
    return Line(event, icon, tone, sentence(event), event.text)


def sentence(event: CaseEvent) -> str:
    """What happened, without who and when, which stand beside it."""
    facts = event.facts
    match event.kind:
        case _K.DECIDED:
            kind = _label(DecisionKind, facts.get("kind"))
            if facts.get("to"):
                return _("decided: %(kind)s, from %(before)s to %(after)s") % {
                    "kind": kind,
                    "before": facts.get("from", ""),
                    "after": facts["to"],
                }
            return _("decided: %(kind)s") % {"kind": kind}
        case _K.COMMENT:
            return _("commented")
        case _K.REFERRED:
            return _("referred for examination: %(method)s") % {"method": _label(Method, facts.get("method"))}
        case _K.TAKEN_OVER if facts.get("from"):
            return _("took the case over from %(name)s") % {"name": facts["from"]}
        case _K.HOLD_ACKNOWLEDGED if facts.get("by"):
            return _("hold acknowledged by %(name)s: %(equipment)s") % {
                "name": facts["by"],
                "equipment": container_number(facts.get("equipment")),
            }
        case _K.OUTCOME:
            return _("outcome: %(result)s, %(status)s, %(source)s: %(what)s") % {
                "result": _label(Result, facts.get("result")),
                "status": _label(OutcomeStatus, facts.get("status")),
                "source": _label(OutcomeSource, facts.get("source")),
                "what": container_number(facts.get("equipment")) or facts.get("document", ""),
            }
        case _K.CLOSED:
            return _("closed: %(disposition)s") % {"disposition": _label(Disposition, facts.get("disposition"))}
        case _K.DISPOSITION_CHANGED:
            return _("ends as %(after)s, not as %(before)s") % {
                "after": _label(Disposition, facts.get("disposition")),
                "before": _label(Disposition, facts.get("before")),
            }
        case _K.LOOKOUT_HIT if facts.get("restricted"):
            return _("lookout hit, restricted. Ask: %(contact)s") % {"contact": facts.get("contact", "")}
        case _ if facts.get("number"):  # an act, a seizure, a lookout, a warning
            return _("%(event)s: %(number)s") % {"event": event.get_kind_display(), "number": facts["number"]}
        case _:
            told = str(event.get_kind_display())
            equipment = container_number(facts.get("equipment"))
            return _("%(event)s: %(equipment)s") % {"event": told, "equipment": equipment} if equipment else told


def _label(choices: Any, value: str | None) -> str:
    return str(choices(value).label) if value in choices.values else (value or "")
