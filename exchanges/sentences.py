"""Events of a thread as sentences, in the reader's language and the reader's zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from exchanges.choices import Answer, ClockKind
from exchanges.models import Message
from pcu.accounts.models import Unit
from pcu.desk import times
from pcu.desk.templatetags.desk import container_number
from profiling.cases.choices import OutcomeSource
from profiling.lookouts.choices import Kind

_ICONS: Mapping[str, tuple[str, str]] = {
    "acknowledged": ("check", "good"),
    "lookout": ("eye", "acc"),
    "hit": ("map-pin", "bad"),
    "reminder": ("bell", "warn"),
    "recalled": ("arrow-back-up", "bad"),
    "expired": ("clock-off", "bad"),
    "credited": ("flag", "acc"),
    "credit_withdrawn": ("flag-off", "bad"),
}


def icon_of(message: Message) -> tuple[str, str]:
    """Icon and tone of an event."""
    return _ICONS.get(message.facts.get("event", ""), ("point", ""))


def sentence(message: Message, zone: Unit) -> str:
    """What happened. `zone`: the unit in whose time it is told."""
    facts = message.facts
    unit = message.unit.name if message.unit else ""
    match facts.get("event"):
        case "acknowledged":
            return _("%(unit)s: acknowledged by %(person)s") % {"unit": unit, "person": message.author}
        case "lookout":
            return _("%(unit)s watches for it: lookouts placed by %(person)s") % {
                "unit": unit,
                "person": message.author,
            }
        case "hit":
            told = {"kind": _label(Kind, facts.get("kind")), "value": container_number(facts.get("value"))}
            return _("%(unit)s: lookout met, %(kind)s %(value)s") % {"unit": unit, **told}
        case "reminder":
            return _reminder(facts, unit, zone)
        case "recalled":
            return _("%(unit)s has taken the warning back: %(reason)s") % {"unit": unit, "reason": message.text}
        case "expired":
            return _("The warning has expired without an answer")
        case "credited":
            said = {
                "source": _label(OutcomeSource, facts.get("source")),
                "result": _label(Answer, facts.get("result")),
                "rules": ", ".join(facts.get("rules", ())),
            }
            if not said["rules"]:
                return _("Outcome written to our case: %(result)s, %(source)s") % said
            return _("Outcome written to our case: %(result)s, %(source)s. It counts for %(rules)s") % said
        case "credit_withdrawn":
            return _("The outcome written to our case is withdrawn")
        case _:
            return message.text


def _reminder(facts: Mapping[str, Any], unit: str, zone: Unit) -> str:
    due = datetime.fromisoformat(facts["due"])
    told = {"unit": unit, "time": times.in_words(due.astimezone(times.zone_of(zone))), "days": facts["step"] - 1}
    words = {
        ClockKind.ACKNOWLEDGE: (
            _("Reminder to %(unit)s: acknowledge by %(time)s"),
            _("Reminder to %(unit)s: the time to acknowledge is over"),
            _("Reminder to %(unit)s: not acknowledged, %(days)d d late"),
        ),
        ClockKind.FEEDBACK: (
            _("Reminder to %(unit)s: feedback by %(time)s"),
            _("Reminder to %(unit)s: the time for feedback is over"),
            _("Reminder to %(unit)s: no feedback, %(days)d d late"),
        ),
        ClockKind.ANSWER: (
            _("Reminder to %(unit)s: answer by %(time)s"),
            _("Reminder to %(unit)s: the time to answer is over"),
            _("Reminder to %(unit)s: no answer, %(days)d d late"),
        ),
    }
    return words[ClockKind(facts["clock"])][min(facts["step"], 2)] % told


def clock_words(kind: str, left: str, *, late: bool) -> str:
    """Time left for something, `left` being the span in words."""
    words = {
        ClockKind.ACKNOWLEDGE: (_("%(span)s to acknowledge"), _("acknowledgement %(span)s late")),
        ClockKind.FEEDBACK: (_("%(span)s for feedback"), _("feedback %(span)s late")),
        ClockKind.ANSWER: (_("%(span)s to answer"), _("answer %(span)s late")),
    }
    return words[ClockKind(kind)][late] % {"span": left}


def _label(choices: Any, value: str | None) -> str:
    return str(choices(value).label) if value in choices.values else (value or "")
