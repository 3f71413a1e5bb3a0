"""Values as a tablet sends them: judged one at a time, brought to the one form in which they are compared and kept.

Every parser takes any JSON value and gives a JSON value (numbers with fractions as text, times as ISO 8601 in the
unit's zone, to the minute), or raises RefusedValueError. What a parser says depends on the value, and for times on the
clock, but never on what is stored, so that the order in which changes arrive cannot change what is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from inspections import moments
from inspections.choices import PointState, SealCondition, SealEvent
from inspections.errors import RefusedValueError

Json = Any
Parse = Callable[[Json], Json]

MOST_TEXT = 4000
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SPACES = re.compile(r"[\s\u00a0\u202f']")


def text(most: int) -> Parse:
    """Plain text, trimmed."""

    def parse(value: Json) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise RefusedValueError("not_text", _("This is no text."))
        said = value.replace("\0", "").replace("\r\n", "\n").strip()
        if len(said) > most:
            raise RefusedValueError("too_long", _("At most %(most)d characters.") % {"most": most})
        return said

    return parse


def number(*, most: int, places: int = 0) -> Parse:
    """A number that is not negative: int without places, else text. Spaces group; a comma or a point is decimal."""

    def parse(value: Json) -> int | str | None:
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise RefusedValueError("not_a_number", _("This is no number."))
        if isinstance(value, int) and abs(value) > most:
            value = most + 1 if value > 0 else -1  # what has thousands of digits is not written out
        said = _SPACES.sub("", str(value)).replace("−", "-")
        if _GROUPED.fullmatch(said):
            message = _("Write it without separators of thousands: %(number)s.") % {"number": said.replace(",", "")}
            raise RefusedValueError("ambiguous_number", message)
        try:
            found = Decimal(said.replace(",", "."))
        except InvalidOperation as error:
            raise RefusedValueError("not_a_number", _("This is no number.")) from error
        if not found.is_finite():
            raise RefusedValueError("not_a_number", _("This is no number."))
        if found < 0:
            raise RefusedValueError("negative", _("This cannot be less than zero."))
        if found > most:
            raise RefusedValueError("too_large", _("This is too large."))
        if found != round(found, places):
            if not places:
                raise RefusedValueError("not_whole", _("Only whole numbers."))
            raise RefusedValueError("too_precise", _("At most %(places)d decimals.") % {"places": places})
        return plain(found) if places else int(found)

    return parse


def plain(found: Decimal | None) -> str | None:
    """A quantity as text without idle zeros, or None."""
    if found is None:
        return None
    return f"{found.normalize():f}" if found else "0"


def choice(words: type[TextChoices]) -> Parse:
    """One of the words, or none."""

    def parse(value: Json) -> str:
        if value is None or value == "":
            return ""
        if not isinstance(value, str) or value not in words.values:
            raise RefusedValueError("not_a_choice", _("This is none of the choices."))
        return str(value)

    return parse


def flag(value: Json) -> bool:
    if value in (None, ""):
        return False
    if not isinstance(value, bool):
        raise RefusedValueError("not_yes_or_no", _("This is neither yes nor no."))
    return value


def moment(zone: tzinfo) -> Parse:
    """A time at which something was done; without a zone of its own it is the unit's."""

    def parse(value: Json) -> str | None:
        if value is None or value == "":
            return None
        try:
            found = parse_datetime(value) if isinstance(value, str) else None
            told = told_moment(found, zone)
        except (ValueError, OverflowError):
            told = None
        if told is None:
            raise RefusedValueError("not_a_time", _("This is no date and time."))
        if fault := moments.fault_of(datetime.fromisoformat(told), happened=True):
            raise RefusedValueError("impossible_time", fault)
        return told

    return parse


def told_moment(found: datetime | None, zone: tzinfo) -> str | None:
    """A time as it is compared and told: in the unit's zone, to the minute."""
    if found is None:
        return None
    aware = found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)
    return aware.isoformat(timespec="minutes")


def record(parts: Mapping[str, Parse]) -> Parse:
    """An object of named parts; what is not told is empty, what is not known is refused."""

    def parse(value: Json) -> dict[str, Json]:
        if value is None:
            value = {}
        if not isinstance(value, dict) or not value.keys() <= parts.keys():
            raise RefusedValueError("not_a_record", _("This is not made of the parts it should be."))
        return {name: parse_part(value.get(name)) for name, parse_part in parts.items()}

    return parse


def _in_order(told: Mapping[str, Json]) -> None:
    started, ended = told["started"], told["ended"]
    if started and ended and datetime.fromisoformat(ended) < datetime.fromisoformat(started):
        raise RefusedValueError("end_before_start", _("It ends before it begins."))


def times(zone: tzinfo) -> Parse:
    """{"started", "ended"} of the examination."""
    parts = record({"started": moment(zone), "ended": moment(zone)})

    def parse(value: Json) -> dict[str, Json]:
        told: dict[str, Json] = parts(value)
        _in_order(told)
        return told

    return parse


def method(zone: tzinfo) -> Parse:
    """What was done with one method, as InspectionLine.methods holds it; {} where nothing was."""
    parts = record(
        {
            "done": flag,
            "started": moment(zone),
            "ended": moment(zone),
            "device": text(80),
            "serial": text(80),
            "handler": text(120),
            "dog": text(80),
            "note": text(500),
        }
    )

    def parse(value: Json) -> dict[str, Json]:
        told: dict[str, Json] = parts(value)
        _in_order(told)
        return told if any(told.values()) else {}

    return parse


def point(value: Json) -> dict[str, Json]:
    """One of the seven points; {} where nobody looked."""
    told: dict[str, Json] = record({"state": choice(PointState), "note": text(500)})(value)
    return told if any(told.values()) else {}


def seal(zone: tzinfo) -> Parse:
    """A seal found or affixed; None takes it out."""
    parts = record(
        {
            "event": choice(SealEvent),
            "number": text(35),
            "condition": choice(SealCondition),
            "by": text(120),
            "at": moment(zone),
            "note": text(240),
        }
    )

    def parse(value: Json) -> dict[str, Json] | None:
        if value is None:
            return None
        told: dict[str, Json] = parts(value)
        if not told["event"]:
            raise RefusedValueError("no_event", _("Say whether the seal was found or affixed."))
        if not told["number"] and told["condition"] != SealCondition.MISSING:
            raise RefusedValueError("no_number", _("Write the number of the seal."))
        return told

    return parse


def reference(allowed: Callable[[], Sequence[UUID]]) -> Parse:
    """The ref of a row that may be named here, or ""."""

    def parse(value: Json) -> str:
        if value is None or value == "":
            return ""
        if not isinstance(value, str) or value not in {str(ref) for ref in allowed()}:
            raise RefusedValueError("not_a_choice", _("This is none of the choices."))
        return value

    return parse


def shown_method(value: Mapping[str, Json]) -> str:
    """What was told of a method, in words."""
    told = [_("done") if value.get("done") else _("not done")]
    told += [shown_moment(value.get(name)) for name in ("started", "ended") if value.get(name)]
    told += [value[name] for name in ("device", "serial", "handler", "dog", "note") if value.get(name)]
    return ", ".join(told)


def shown_point(value: Mapping[str, Json]) -> str:
    state = value.get("state")
    told = [str(PointState(state).label) if state else _("not looked at"), value.get("note", "")]
    return ": ".join(part for part in told if part)


def shown_seal(value: Mapping[str, Json] | None) -> str:
    if value is None:
        return _("taken out")
    words = [str(SealEvent(value["event"]).label), value["number"]]
    if value["condition"]:
        words.append(str(SealCondition(value["condition"]).label))
    return ", ".join(word for word in [*words, value["by"], value["note"]] if word)


def shown_moment(value: str | None) -> str:
    """A time in short: day, month and clock."""
    return f"{datetime.fromisoformat(value):%d.%m. %H:%M}" if value else "–"
