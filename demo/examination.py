"""What the demo's teams do at the door, and what their supervisors say of it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import count
from typing import Any
from uuid import uuid4

from django.utils import timezone

from demo.clock import Clock
from demo.finds import find
from demo.oddities import Hidden
from demo.pictures import picture
from inspections import photos, planning, recording, reviewing, seizing
from inspections.choices import PhotoKind, Point
from inspections.completeness import photos_missing, with_lines
from inspections.models import Inspection, InspectionLine, ListedWord, Seizure
from inspections.recording import Change
from inspections.samples import Taken, add_sample, record_result
from inspections.seizure_checks import Account
from pcu.accounts.models import User
from profiling.cases.choices import Commodity, Method, Result
from profiling.cases.holding import lift_hold, standing
from profiling.cases.models import Case, Referral

CONFIRMED, DENIED = 0.7, 0.1  # what laboratories say of samples; of the rest nothing yet
LABORATORY_DAYS = 7
RETURNED = 0.15  # of submissions go back once


TABLET = uuid4()
_turns = count()


class End(Enum):
    """How far an examination has come by the time somebody looks."""

    SUBMITTED = "submitted"
    REVIEWED = "reviewed"


@dataclass
class Team:
    lead: User
    second: User
    supervisor: User


@dataclass
class Awaited:
    """A sample whose result comes on a day."""

    due: date
    sample: Any
    user: User
    verdict: str


def examine(
    case: Case, team: Team, hidden: Hidden, rng: random.Random, clock: Clock, arrival: datetime, end: End
) -> list[Awaited]:
    """From the open referral to the approved act. Lifts the hold as soon as the box is clean, before any review.

    Submitted: the act waits for the supervisor.
    """
    clock.move(arrival + timedelta(minutes=rng.randint(20, 90)))
    began = clock.moment
    inspection = _plan(case, team, began)
    for line in with_lines(inspection):
        clock.move(clock.moment + timedelta(minutes=rng.randint(12, 40)))
        _record(inspection, line, team, hidden, rng, began, clock.moment)
    _change(inspection, team.lead, {"time": {"started": _iso(began), "ended": _iso(clock.moment)}})
    awaited = []
    for line in with_lines(inspection):
        if line.result == Result.FOUND:
            awaited += _seize(line, team, hidden, rng, clock)
    for hold in standing(case):
        if not any(line.result == Result.FOUND for line in inspection.lines.all()):
            lift_hold(hold=hold, user=team.lead, note="Examined, nothing found.")
    if end == End.SUBMITTED:
        reviewing.submit(inspection=inspection, user=team.lead)
    else:
        _review(inspection, team, rng, clock)
    return awaited


def begin(case: Case, team: Team) -> None:
    """From the open referral to the opened doors, now: the rest is written while somebody looks."""
    inspection = _plan(case, team, timezone.now())
    recording.start(inspection=inspection, user=team.lead)
    for line in inspection.lines.all():
        told = {"methods.documentary": {"done": True}, "methods.dog": {"done": True}}
        _change(inspection, team.second, told, line)


def _plan(case: Case, team: Team, planned_for: datetime) -> Inspection:
    return planning.plan(
        referral=case.referrals.get(state=Referral.State.OPEN),
        user=team.lead,
        team=[
            {"user": str(team.lead.ref), "agency": "", "leads": True},
            {"user": str(team.second.ref), "agency": "", "leads": False},
        ],
        present=[{"name": "O. Lim", "capacity": "Carrier"}],
        place="Shed 2, door 4",
        planned_for=planned_for,
    )


def report_results(awaited: list[Awaited], today: date) -> list[Awaited]:
    """Results that have come by a day; returns what is still awaited."""
    left = []
    for one in awaited:
        if one.due <= today and one.verdict:
            record_result(
                sample=one.sample,
                user=one.user,
                verdict=one.verdict,
                result="Report of the laboratory.",
                reported_on=today,
            )
        else:
            left.append(one)
    return left


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _change(inspection: Inspection, user: User, told: dict[str, Any], line: InspectionLine | None = None) -> None:
    """What one tablet writes in one go."""
    ref = str(line.ref) if line else ""
    changes = [Change(field, value, None, ref, uuid4(), TABLET, next(_turns)) for field, value in told.items()]
    for answer in recording.apply_changes(inspection=inspection, user=user, changes=changes):
        if answer["outcome"] != "applied":
            raise RuntimeError(f"{answer['field']}: {answer['message']}")


def _record(
    inspection: Inspection,
    line: InspectionLine,
    team: Team,
    hidden: Hidden,
    rng: random.Random,
    began: datetime,
    ended: datetime,
) -> None:
    method = Method(inspection.asked_method)
    commodity = hidden.by_number.get(line.visit.number)
    # Not every examination finds what is there: a scan and a look from the doors least of all.
    sharp = {Method.FULL_DEVANNING: 0.95, Method.PARTIAL_DEVANNING: 0.75}.get(method, 0.5)
    is_found = commodity is not None and rng.random() < sharp
    told: dict[str, Any] = {"done": True, "started": _iso(began), "ended": _iso(ended)}
    if method == Method.SCAN:
        told |= {"device": "XRV-2", "serial": "0318"}
    changes: dict[str, Any] = {f"methods.{method.value}": told}
    if method in (Method.FULL_DEVANNING, Method.PARTIAL_DEVANNING):
        for point in Point:
            is_place = is_found and point == Point.FRONT
            changes[f"points.{point.value}"] = {
                "state": "finding" if is_place else "ok",
                "note": "Riveted sheet two metres behind the wall." if is_place else "",
            }
    if line.packages_declared is not None:
        extra = rng.randint(3, 40) if is_found else 0
        changes |= {"packages_found": line.packages_declared + extra, "counted_how": "counted"}
        if extra:
            changes["difference_note"] = "What was hidden is counted with the declared."
    if method != Method.SCAN and method != Method.DOCUMENTARY:
        number = f"{inspection.unit.country} {rng.randint(100_000, 999_999)}"
        changes[f"seals.{uuid4()}"] = {"event": "affixed", "number": number, "by": str(team.lead), "at": _iso(ended)}
    changes |= {
        "radiation_usvh": "0.11",
        "radiation_background_usvh": "0.10",
        "findings": "Hidden goods of another kind than declared." if is_found else "",
        "result": (Result.FOUND if is_found else Result.CLEAN).value,
    }
    _change(inspection, rng.choice((team.lead, team.second)), changes, line)
    fresh = next(one for one in with_lines(inspection) if one.pk == line.pk)
    for kind in photos_missing(fresh, fresh.photos.all()):
        photos.add_photo(
            inspection=inspection, user=team.lead, pieces=[picture(PhotoKind(kind))], kind=kind, line=fresh
        )


def _seize(line: InspectionLine, team: Team, hidden: Hidden, rng: random.Random, clock: Clock) -> list[Awaited]:
    commodity = hidden.by_number[line.visit.number]
    found = find(commodity, rng)
    country = line.inspection.unit.ancestors_and_self().first()

    def word(name: str) -> ListedWord:
        words: list[ListedWord] = list(ListedWord.objects.filter(unit=country, list=name, retired_at=None))
        return rng.choice(words)

    seizure: Seizure = seizing.record_seizure(
        line=line,
        user=team.lead,
        account=Account(
            commodity=commodity.value,
            facts=found.facts,
            seized_at=clock.moment,
            quantity=found.quantity,
            quantity_unit=found.unit,
            declared_as=line.inspection.case.goods[:350],
            value=found.value,
            value_currency="USD",
            value_basis="Street price of the day",
            place=word(ListedWord.List.PLACE),
            concealment=word(ListedWord.List.CONCEALMENT),
            detections=(word(ListedWord.List.DETECTION),),
            description=found.words,
        ),
    )
    if commodity not in (Commodity.DRUGS, Commodity.TOBACCO, Commodity.MEDICINES):
        return []
    due = (clock.moment + timedelta(days=LABORATORY_DAYS)).date()
    bag = f"{line.inspection.unit.code}-L {seizure.pk:05d}"
    taken = Taken(
        bag=bag, description="Two packages", laboratory="Customs laboratory", sent_at=clock.moment, due_on=due
    )
    sample = add_sample(seizure=seizure, user=team.lead, taken=taken)
    chance = rng.random()
    verdict = "confirms" if chance < CONFIRMED else "denies" if chance < CONFIRMED + DENIED else ""
    return [Awaited(due, sample, team.lead, verdict)]


def _review(inspection: Inspection, team: Team, rng: random.Random, clock: Clock) -> None:
    clock.move(clock.moment + timedelta(minutes=rng.randint(10, 60)))
    report = reviewing.submit(inspection=inspection, user=team.lead)
    if rng.random() < RETURNED:
        clock.move(clock.moment + timedelta(minutes=rng.randint(20, 200)))
        reviewing.send_back(report=report, reviewer=team.supervisor, note="Say where the team stood during the scan.")
        clock.move(clock.moment + timedelta(minutes=rng.randint(10, 60)))
        _change(inspection, team.lead, {"remarks": "The team stood behind the screen of the control room."})
        report = reviewing.submit(inspection=inspection, user=team.lead, answers={"1": "Written into the remarks."})
    clock.move(clock.moment + timedelta(minutes=rng.randint(30, 300)))
    reviewing.approve(report=report, reviewer=team.supervisor)
