"""What the demo's liaison officer tells the next unit down the line, and what comes back."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from demo.clock import Clock
from demo.oddities import Hidden
from exchanges.choices import Action, Answer, Located, RequestedAction, Urgency, WhyNot
from exchanges.models import PartnerWarning
from exchanges.services import answering, answers, composing, sending, watching
from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit, User
from profiling.cases.models import Case
from profiling.lookouts.choices import Kind

WARNED_OF = 0.35  # of Altynkol's cases that left unexamined
TAKEN_UP, WATCHED, ANSWERED = 0.9, 0.6, 0.8


def warn(
    case: Case, liaison: User, to_unit: Unit, officer: User, chance: float, rng: random.Random, clock: Clock
) -> PartnerWarning | None:
    """With a chance, a warning of a case that left unexamined, its acknowledgement, and lookouts made of it."""
    visits = list(case.visits.order_by("pk"))
    if not visits or rng.random() >= chance:
        return None
    clock.move(clock.moment + timedelta(minutes=rng.randint(5, 40)))
    warning = sending.compose_and_send(
        case=case,
        user=liaison,
        contents=composing.Contents(
            to_unit=to_unit,
            visits=visits,
            consignments=list(case.consignments.all()),
            roles=["shipper", "consignee"],
            with_goods=True,
            with_route=True,
            subject=(case.goods or "Container without a note")[:100],
            grounds="It left before we could open it. Seal and firm are in doubt; please look.",
            action=RequestedAction.EXAMINE,
            urgency=Urgency.URGENT,
            handling=Handling.RESTRICTED,
            expires_at=clock.moment + timedelta(days=30),
        ),
    )
    if rng.random() < TAKEN_UP:
        clock.move(clock.moment + timedelta(minutes=rng.randint(10, 100)))
        answering.acknowledge(warning=warning, user=officer)
        if rng.random() < WATCHED:
            boxes = [one for one in watching.watchables(warning) if one.kind == Kind.CONTAINER]
            until = (clock.moment + timedelta(days=30)).date()
            watching.make_lookouts(
                warning=warning, user=officer, chosen=boxes, action=watching.proposed_action(warning), expires_on=until
            )
    return warning


def answer(warning: PartnerWarning, officer: User, hidden: Hidden, rng: random.Random, now: datetime) -> None:
    """What the other side found, most of the time; some never say."""
    if rng.random() >= ANSWERED:
        return
    numbers = [one["number"] for one in warning.body["equipment"]]
    inside = [hidden.by_number[number] for number in numbers if number in hidden.by_number]
    if inside and rng.random() < 0.85:
        told = answers.Told(
            located=Located.YES,
            action=Action.FULL_DEVANNING,
            result=Answer.FOUND,
            equipment=numbers,
            located_at=now - timedelta(hours=3),
            commodity=inside[0].value,
            quantity="see our protocol",
            seized=True,
            useful=True,
            new_facts="Behind the first rows, as at your end before.",
        )
    elif rng.random() < 0.7:
        told = answers.Told(
            located=Located.YES,
            action=Action.SCAN,
            result=Answer.CLEAN,
            equipment=numbers,
            located_at=now - timedelta(hours=3),
            useful=True,
        )
    else:
        told = answers.Told(
            located=Located.NO, action=Action.NONE, result=Answer.NOT_EXAMINED, why_not=WhyNot.NEVER_ARRIVED
        )
    answers.give_feedback(warning=warning, user=officer, told=told)
