"""The ninety days before today, lived through: cargo comes, is scored, decided, examined, and what comes of it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo import triage, workbench
from demo.clock import Clock, do_jobs, other_days
from demo.days import DAYS, Run, days
from demo.examination import Awaited, End, Team, examine, report_results
from demo.oddities import Hidden
from demo.past import seeded
from demo.warnings import WARNED_OF, answer, warn
from exchanges.models import PartnerWarning
from pcu.accounts.models import Unit, User
from profiling.cases.choices import DecisionKind
from profiling.cases.models import Case
from profiling.intake import services as intake

TOLD_BEFORE = timedelta(hours=5)
OFFICERS = {
    "ALT": ("officer", "officer2"),
    "DSB": ("dushanbe", "dushanbe2"),
    "NPJ": ("panj", "panj2"),
    "CHU": ("chukursay", "chukursay2"),
}
SUPERVISORS = {"ALT": "supervisor", "DSB": "supervisor_tj", "NPJ": "supervisor_tj", "CHU": "supervisor_uz"}
ANSWERED_AFTER = timedelta(days=2)
REVIEWED_AFTER = timedelta(days=7)  # of what arrived later than that, one act waits for a review
LEFT_OPEN = timedelta(days=3)  # of what arrived so lately one act waits for a review, the rest to be examined


@dataclass
class Lived:
    """What the days brought, to be told at the end."""

    consignments: int = 0
    decisions: int = 0
    examinations: int = 0


def live(began: datetime, *, client: User, last: int = DAYS) -> Lived:
    """Let the last `last` of the ninety days pass up to `began`. In one process, without the workers of today."""
    hidden = Hidden()
    rng = seeded("work")
    people = {user.username: user for user in User.objects.filter(kind=User.Kind.PERSON)}
    units = {unit.code: unit for unit in Unit.objects.all()}
    lived = Lived()
    awaited: list[Awaited] = []
    sent: list[PartnerWarning] = []
    with other_days(began - timedelta(days=last + 2)) as clock:
        for run in days(began, hidden):
            if run.arrival < began - timedelta(days=last):
                continue
            clock.move(run.arrival - TOLD_BEFORE)
            if began - run.arrival < workbench.SHADOW_SINCE:
                workbench.write_rules(people, units)
            _arrive(run, units[run.post.unit], client, lived)
            referred, left = _decide(run, units[run.post.unit], people, rng, clock, lived)
            if run.post.unit == "ALT":
                chance = WARNED_OF if began - run.arrival > REVIEWED_AFTER else 1
                sent += _warn(left, people, units, chance, rng, clock)
            sent = _answer(sent, people, hidden, rng, clock)
            awaited = report_results(awaited, clock.moment.date())
            for case, end in zip(referred, _ends(began - run.arrival, len(referred)), strict=False):
                team = _team(run.post.unit, people, rng)
                awaited += examine(case, team, hidden, rng, clock, run.arrival, end)
                lived.examinations += 1
        workbench.score_in_shadow()
    return lived


def _ends(age: timedelta, number: int) -> list[End]:
    """How far the examinations of a run have come, in the order of the queue; fewer than cases where some wait."""
    if age > REVIEWED_AFTER:
        return [End.REVIEWED] * number
    if age > LEFT_OPEN:
        return [End.SUBMITTED, *[End.REVIEWED] * (number - 1)]
    return [End.SUBMITTED]


def _team(unit: str, people: dict[str, User], rng: random.Random) -> Team:
    lead, second = rng.sample(OFFICERS[unit], 2)
    return Team(people[lead], people[second], people[SUPERVISORS[unit]])


def _arrive(run: Run, unit: Unit, client: User, lived: Lived) -> None:
    submission = intake.receive(
        sender=client, unit=unit, pieces=[run.push.content], file_name=run.push.name, idempotency_key=run.push.name
    )
    do_jobs(submission.ref)
    submission.refresh_from_db()
    lived.consignments += submission.accepted_count


def _decide(
    run: Run, unit: Unit, people: dict[str, User], rng: random.Random, clock: Clock, lived: Lived
) -> tuple[list[Case], list[Case]]:
    """The queue of one run, most urgent first, some minutes for each: what is to be examined, and what was let go."""
    referred, left = [], []
    for case in Case.objects.filter(working_unit=unit, state=Case.State.OPEN).order_by("lane_rank", "pk"):
        clock.move(clock.moment + timedelta(minutes=rng.randint(4, 16)))
        officer = people[rng.choice(OFFICERS[unit.code])]
        kind = triage.decide(case, officer, rng)
        lived.decisions += 1
        if kind in (DecisionKind.SCAN, DecisionKind.HOLD_AND_REFER):
            referred.append(case)
        else:
            left.append(case)
    return referred, left


def _warn(
    left: list[Case],
    people: dict[str, User],
    units: dict[str, Unit],
    chance: float,
    rng: random.Random,
    clock: Clock,
) -> list[PartnerWarning]:
    """Altynkol tells Chukursay of some that left unexamined."""
    told = [warn(case, people["liaison_kz"], units["CHU"], people["chukursay"], chance, rng, clock) for case in left]
    return [warning for warning in told if warning is not None]


def _answer(
    sent: list[PartnerWarning], people: dict[str, User], hidden: Hidden, rng: random.Random, clock: Clock
) -> list[PartnerWarning]:
    """Answers come some days after; returns the warnings that still wait."""
    due = [one for one in sent if one.sent_at and one.sent_at < clock.moment - ANSWERED_AFTER]
    for warning in due:
        answer(warning, people["chukursay"], hidden, rng, clock.moment)
    return [one for one in sent if one not in due]
