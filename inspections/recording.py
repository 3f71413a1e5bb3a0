"""Record an examination as it happens: small changes from tablets at the door, each made once, none lost.

A change names a field, its new value and the value it rests on, and carries its own id. What a tablet sends again after
a lost answer is answered as before. One tablet's changes of a field are counted in turns, so they may arrive in any
order: the last turn stands. Where somebody else wrote another value meanwhile, nothing is written: both values are told
and a person chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from typing import TypedDict
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections import acts, planning, values
from inspections.choices import State
from inspections.completeness import exceeds_declared
from inspections.errors import RefusedValueError
from inspections.fields import Act, Field
from inspections.models import AppliedChange, Inspection, InspectionLine
from pcu.accounts.models import User
from pcu.accounts.roles import Capability

_Outcome = AppliedChange.Outcome
_COUNTED = ("packages_found", "gross_found_kg")


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `line` is a ref, or "" for the act itself; without a tablet, `base` alone decides on a conflict."""

    field: str
    value: values.Json
    base: values.Json
    line: str = ""
    id: UUID = part(default_factory=uuid4)
    tablet: UUID | None = None
    turn: int = 0


class Answer(TypedDict):
    """What became of a change. `value` is what stands now and `shown` says it in words; `yours` says what was sent.

    After a conflict `by` and `at` tell who wrote what stands, and when. A `hint` says what will be asked on submitting.
    """

    id: str
    line: str
    field: str
    label: str
    outcome: str
    code: str
    message: str
    value: values.Json
    shown: str
    yours: str
    by: str
    at: str
    hint: str


@transaction.atomic
def apply_changes(*, inspection: Inspection, user: User, changes: Sequence[Change]) -> list[Answer]:
    """Make changes of an act, and answer each, in their order.

    Raises PermissionDenied; NotEditableError when something new is asked of an act that cannot be changed now (what was
    answered before is answered again all the same).
    """
    user.scope.require(Capability.INSPECT, inspection.unit_id)
    inspection = acts.locked(inspection)
    known: dict[UUID, Answer] = dict(
        inspection.changes.filter(change_id__in=[change.id for change in changes]).values_list("change_id", "answer")
    )
    fresh = [change for change in changes if change.id not in known]
    if fresh:
        acts.require_editable(inspection, user)
        known |= _Recording(inspection, user, fresh).answers()
    return [known[change.id] for change in changes]


def standing(inspection: Inspection, fields: Sequence[str]) -> dict[str, values.Json]:
    """What stands now in fields of the act itself, as changes tell it."""
    act = Act(inspection)
    found = {name: act.field(None, name) for name in fields}
    return {name: target.read() for name, target in found.items() if target is not None}


def start(*, inspection: Inspection, user: User) -> Inspection:
    """Begin now, as a change of the time. Who presses after a colleague, or twice, changes nothing.

    Raises NotEditableError, PermissionDenied.
    """
    with transaction.atomic():
        current = acts.locked(inspection)
        acts.require_editable(current, user)
        if current.state == State.PLANNED:
            base = standing(current, ("time",))["time"]
            now = values.told_moment(timezone.now(), current.unit.zone)
            change = Change("time", {**base, "started": base["started"] or now}, base)
            apply_changes(inspection=current, user=user, changes=[change])
        fresh: Inspection = Inspection.objects.select_related("unit", "case", "referral").get(pk=inspection.pk)
        return fresh


class _Recording:
    """One delivery of changes to a locked act."""

    def __init__(self, inspection: Inspection, user: User, changes: Sequence[Change]) -> None:
        self.inspection = inspection
        self.user = user
        self.changes = changes
        self.now = timezone.now()
        self.act = Act(inspection)
        self.has_written = False
        self.last = _last_writers(inspection)
        self.turns = _turns(inspection, changes)

    def answers(self) -> dict[UUID, Answer]:
        found: dict[UUID, Answer] = {}
        for change in self.changes:
            if change.id not in found:
                found[change.id] = self._answer(change)
        if self.has_written:
            self.act.save(at=self.now)
            acts.touch(self.inspection, at=self.now)
        return found

    def _answer(self, change: Change) -> Answer:
        line = self.act.lines.get(change.line) if change.line else None
        target = None if change.line and line is None else self.act.field(line, change.field)
        if target is None:
            message = _("The act has no such line or field.")
            return self._kept(change, None, _blank(change, _Outcome.REFUSED, code="unknown_field", message=message))
        try:
            value = target.parse(change.value)
        except RefusedValueError as error:
            answer = _blank(change, _Outcome.REFUSED, code=error.code, message=error.message)
            return self._kept(change, line, _with_standing(answer, target))
        answer = _with_standing(self._judged(change, line, target, value), target)
        answer["yours"] = target.shown(value)
        if line is not None and change.field in _COUNTED and exceeds_declared(line) and not line.difference_note:
            answer["hint"] = _("More than declared: say why before you submit.")
        return self._kept(change, line, answer)

    def _judged(self, change: Change, line: InspectionLine | None, target: Field, value: values.Json) -> Answer:
        place = (line.pk if line else None, change.field)
        last = self.last.get(place)
        stands = target.read()
        mine = (self.user.pk, change.tablet)
        is_own = change.tablet is not None and (last is None or (last.user_id, last.tablet) == mine)
        if change.tablet is not None and self.turns.get((*place, *mine), -1) > change.turn:
            return _blank(change, _Outcome.SUPERSEDED)
        if value == stands or is_own or _same(target, change.base, stands):
            if value != stands:
                self._write(change, line, target, value)
            return _blank(change, _Outcome.APPLIED)
        answer = _blank(change, _Outcome.CONFLICT, code="conflict")
        answer["message"] = _("Somebody else wrote something else here meanwhile. Choose which is right.")
        if last is not None:
            answer["by"], answer["at"] = str(last.user), str(values.told_moment(last.at, self.act.zone))
        return answer

    def _write(self, change: Change, line: InspectionLine | None, target: Field, value: values.Json) -> None:
        target.write(value)
        self.has_written = True
        begins = line is not None or (change.field == "time" and value["started"])
        if begins and self.inspection.state == State.PLANNED:
            planning.begin(self.inspection, user=self.user, at=self.now)

    def _kept(self, change: Change, line: InspectionLine | None, answer: Answer) -> Answer:
        row = AppliedChange(
            inspection=self.inspection,
            change_id=change.id,
            line=line,
            field=_storable(change.field[:60]),
            value=_storable(change.value),
            tablet=change.tablet,
            turn=change.turn,
            outcome=answer["outcome"],
            answer=answer,
            user=self.user,
            at=self.now,
        )
        row.save()
        if row.outcome == _Outcome.APPLIED:
            place = (row.line_id, row.field)
            self.last[place] = row
            if row.tablet is not None:
                self.turns[(*place, self.user.pk, row.tablet)] = row.turn
        return answer


def _storable(sent: values.Json) -> values.Json:
    """What was sent, without the one character that PostgreSQL cannot keep."""
    match sent:
        case str():
            return sent.replace("\0", "")
        case list():
            return [_storable(one) for one in sent]
        case dict():
            return {_storable(name): _storable(one) for name, one in sent.items()}
        case _:
            return sent


def _last_writers(inspection: Inspection) -> dict[tuple[int | None, str], AppliedChange]:
    """Who wrote each field last."""
    rows = AppliedChange.objects.filter(inspection=inspection, outcome=_Outcome.APPLIED)
    last = rows.order_by("line_id", "field", "-pk").distinct("line_id", "field").select_related("user")
    return {(row.line_id, row.field): row for row in last}


def _turns(inspection: Inspection, changes: Sequence[Change]) -> dict[tuple[int | None, str, int, UUID | None], int]:
    """The last turn of each tablet, and of who held it, in each field."""
    tablets = {change.tablet for change in changes if change.tablet is not None}
    rows = AppliedChange.objects.filter(inspection=inspection, outcome=_Outcome.APPLIED, tablet__in=tablets)
    found = rows.order_by().values_list("line", "field", "user", "tablet").annotate(last=Max("turn"))
    return {(line, name, user, tablet): last for line, name, user, tablet, last in found}


def _same(target: Field, base: values.Json, stands: values.Json) -> bool:
    """Whether a change rests on what stands. A base that is no value of the field rests on nothing."""
    try:
        if base is None and stands is not None:
            return _is_empty(stands)
        return bool(target.parse(base) == stands)
    except RefusedValueError:
        return bool(base == stands)


def _is_empty(stands: values.Json) -> bool:
    """Nothing was there: null stands for every empty value."""
    return not any(stands.values()) if isinstance(stands, Mapping) else stands == "" or stands == []


def _with_standing(answer: Answer, target: Field) -> Answer:
    stands = target.read()
    return {**answer, "label": str(target.label), "value": stands, "shown": target.shown(stands)}


def _blank(change: Change, outcome: str, *, code: str = "", message: str = "") -> Answer:
    return {
        "id": str(change.id),
        "line": _storable(change.line),
        "field": _storable(change.field),
        "label": "",
        "outcome": str(outcome),
        "code": code,
        "message": message,
        "value": None,
        "shown": "",
        "yours": "",
        "by": "",
        "at": "",
        "hint": "",
    }
