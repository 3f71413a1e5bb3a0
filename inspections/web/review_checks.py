"""What a reviewer looks at first, read off a submitted act: what fits, what does not, what is still to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.choices import Point, PointState, SealCondition, SealEvent
from inspections.completeness import OPENED
from pcu.desk import times
from pcu.desk.templatetags.desk import container_number
from profiling.cases.choices import Result


@dataclass(frozen=True, slots=True)
class Check:
    """tone: "good", "warn" or "wait" (it comes later and holds nothing up)."""

    tone: str
    text: str


def checks(content: Mapping[str, Any], *, held: Sequence[str] = ()) -> list[Check]:
    """`held`: numbers of equipment that is held now."""
    lines = content["lines"]
    return [
        *_of_times(content["act"]),
        *(check for line in lines for check in _of_line(line, several=len(lines) > 1)),
        *_of_photos(content),
        *_of_samples(content["seizures"]),
        *_of_holds(content, held),
    ]


def _of_times(act: Mapping[str, Any]) -> Iterator[Check]:
    if not (act["started_at"] and act["ended_at"]):
        yield Check("warn", _("Begin or end is missing"))
        return
    length = datetime.fromisoformat(act["ended_at"]) - datetime.fromisoformat(act["started_at"])
    if length.total_seconds() < 0:
        yield Check("warn", _("Ends before it begins"))
    else:
        yield Check("good", _("Ends after it begins, %(span)s") % {"span": times.span(length)})


def _of_line(line: Mapping[str, Any], *, several: bool) -> Iterator[Check]:
    def check(tone: str, text: str) -> Check:
        return Check(tone, f"{container_number(line['equipment'])}: {text}" if several else text)

    affixed = [seal["number"] for seal in line["seals"] if seal["event"] == SealEvent.AFFIXED]
    opened = any(line["methods"].get(method, {}).get("done") for method in OPENED)
    if affixed:
        yield check("good", _("Sealed again, %(seals)s") % {"seals": ", ".join(affixed)})
    elif opened:
        yield check("warn", _("Opened and not sealed again"))
    for seal in line["seals"]:
        if seal["condition"] in (SealCondition.BROKEN, SealCondition.DIFFERS, SealCondition.MISSING):
            condition = SealCondition(seal["condition"]).label
            yield check("warn", _("Seal %(seal)s: %(condition)s") % {"seal": seal["number"], "condition": condition})
    if opened:
        states = {point: line["points"].get(point, {}).get("state") for point in Point.values}
        left = [str(Point(point).label) for point, state in states.items() if state in (None, PointState.NOT_CHECKED)]
        if left:
            yield check("warn", _("Not checked: %(points)s") % {"points": ", ".join(left)})
        else:
            yield check("good", _("All seven points checked"))
    yield from (check(one.tone, one.text) for one in _of_counts(line))


def _of_counts(line: Mapping[str, Any]) -> Iterator[Check]:
    pairs = (("packages_declared", "packages_found"), ("gross_declared_kg", "gross_found_kg"))
    known = [
        (Decimal(str(line[a])), Decimal(str(line[b]))) for a, b in pairs if line[a] is not None and line[b] is not None
    ]
    if not known:
        return
    if any(found > declared for declared, found in known):
        explained = bool(line["difference_note"].strip())
        yield Check(
            "good" if explained else "warn",
            _("More found than declared: explained") if explained else _("More found than declared, and no word why"),
        )
    elif any(found < declared for declared, found in known):
        yield Check("warn", _("Less found than declared"))
    else:
        yield Check("good", _("Packages and weight as declared"))


def _of_photos(content: Mapping[str, Any]) -> Iterator[Check]:
    count = len(content["photos"])
    if count:
        yield Check("good", ngettext("%(count)d photograph", "%(count)d photographs", count) % {"count": count})
    else:
        yield Check("warn", _("No photograph"))


def _of_samples(seizures: Sequence[Mapping[str, Any]]) -> Iterator[Check]:
    open_ones = [sample for seizure in seizures for sample in seizure["samples"] if not sample["verdict"]]
    due = sorted(sample["due_on"] for sample in open_ones if sample["due_on"])
    if due:
        day = formats.date_format(date.fromisoformat(due[0]))
        yield Check("wait", _("Laboratory due %(day)s") % {"day": day})
    elif open_ones:
        yield Check("wait", _("The laboratory has not answered"))


def _of_holds(content: Mapping[str, Any], held: Sequence[str]) -> Iterator[Check]:
    clean = [line["equipment"] for line in content["lines"] if line["result"] == Result.CLEAN]
    if still := [container_number(number) for number in held if number in clean]:
        yield Check("warn", _("Clean and still held: %(numbers)s") % {"numbers": ", ".join(still)})
