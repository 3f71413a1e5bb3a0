"""Movements of a message made into rows: events of the visits they are about, and the seals that were read then.

A gate or a crane rarely knows on which voyage or train a container came: an event belongs to the visit of its number
that is nearest in time, whatever the call; only a number that nobody announced makes a visit of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection

from pcu.accounts.models import Unit
from pcu.rows import Rows, load_rows
from profiling.cargo.calls import place, resolve_call
from profiling.cargo.models import EquipmentVisit, MovementEvent, SealObservation, Submission
from profiling.cargo.times import moment
from profiling.cargo.visits import Message, Misfits, load_equipment, plain_number
from profiling.formats import records as r

# How far from its announced arrival an event may still belong to a visit: what is not fetched dwells for weeks.
NEAR = timedelta(days=60)

_SAID = (
    *("visit_id", "event", "at", "place_code", "fill", "gross_kg", "vgm_kg", "carried_on"),
    *("seals", "documents"),
)
_GRAM = Decimal("0.001")
_SEALS_READ = {
    r.MovementKind.GATE_IN: SealObservation.Event.ARRIVAL,
    r.MovementKind.DISCHARGED: SealObservation.Event.ARRIVAL,
    r.MovementKind.ARRIVED: SealObservation.Event.ARRIVAL,
    r.MovementKind.WEIGHED: SealObservation.Event.ARRIVAL,
    r.MovementKind.GATE_OUT: SealObservation.Event.DEPARTURE,
    r.MovementKind.LOADED: SealObservation.Event.DEPARTURE,
    r.MovementKind.DEPARTED: SealObservation.Event.DEPARTURE,
}


@dataclass(frozen=True, slots=True)
class LoadedMovements:
    """What a chunk of events came to.

    visit_ids: of the visits they are about. known: how many events the sender told before. made: ids of the visits that
    nobody had announced, on the message `on`.
    """

    visit_ids: frozenset[int]
    known: int
    made: tuple[int, ...] = ()
    on: Message | None = None


def load_movements(
    *,
    unit: Unit,
    submission: Submission,
    header: r.Header,
    movements: Sequence[r.Movement],
    on_misfit: Misfits,
    received_at: datetime,
) -> LoadedMovements:
    """Write events and the seals read with them. What the same observer told before, word for word, is not doubled.

    An event told again with another weight, seal or paper is a correction and kept beside the first. A client system is
    held against its own word alone: the name of an observer can be guessed, and would tell what others have told.
    A number without a letter or digit names nothing: it is told as a misfit and left out.
    """
    for nameless in (one for one in movements if not plain_number(one.number)):
        on_misfit("", "number", nameless.number)
    movements = [one for one in movements if plain_number(one.number)]
    at = [moment(movement.at, unit.zone) for movement in movements]
    # An order may say no time of its own: then it is about the call that its message names.
    expected, _said = moment(header.conveyance.eta or header.conveyance.etd or header.issued_at, unit.zone)
    about = expected or received_at
    known_numbers = _known(unit, {plain_number(movement.number) for movement in movements})
    found = [
        _nearest(known_numbers.get(plain_number(movement.number), ()), when or about)
        for movement, (when, _said) in zip(movements, at, strict=True)
    ]
    missing = [movement for movement, visit in zip(movements, found, strict=True) if visit is None]
    message, made = None, {}
    if missing:
        call = resolve_call(unit=unit, header=header, received_at=received_at)
        message = Message(unit, submission, header, call, received_at)
        made = _announce(message, missing, on_misfit)
    visits = [
        made[plain_number(movement.number)] if visit is None else visit
        for movement, visit in zip(movements, found, strict=True)
    ]
    observer = header.sender[:70]
    told = _told_before(submission, observer, set(visits))
    current = ""
    rows = Rows(MovementEvent, lambda column, value: on_misfit(current, column, value))
    seals = _Seals(submission, observer, set(visits), lambda column, value: on_misfit(current, column, value))
    known = 0
    for movement, visit, (when, said) in zip(movements, visits, at, strict=True):
        current = movement.number
        code, name = place(movement.place)
        carried_on = plain_number(movement.carried_on)[:35]
        seals_read, documents = [seal.number for seal in movement.seals], list(movement.documents)
        fill = movement.fill.value if movement.fill else ""
        key = (
            visit,
            movement.event.value,
            when,
            code,
            fill,
            _grams(movement.gross_kg),
            _grams(movement.vgm_kg),
            carried_on,
            tuple(seals_read),
            tuple(documents),
        )
        if key in told:
            known += 1
            continue
        told.add(key)
        rows.add(
            visit_id=visit,
            submission_id=submission.pk,
            event=movement.event.value,
            at=when,
            at_said=said,
            place_code=code,
            place_name=name,
            fill=fill,
            gross_kg=movement.gross_kg,
            vgm_kg=movement.vgm_kg,
            carried_on=carried_on,
            seals=seals_read,
            documents=documents,
            observer=observer,
            position=movement.position.as_json(),
            received_at=received_at,
        )
        seals.add(visit, movement, when or received_at)
    load_rows([rows, seals.rows])
    return LoadedMovements(frozenset(visits), known, tuple(sorted(set(made.values()))), message)


def _told_before(submission: Submission, observer: str, visit_ids: set[int]) -> set[tuple[Any, ...]]:
    """The events that this observer told of these visits, in all they say.

    Two pushes of one file at the same time wait for each other here, so that the second finds what the first has told.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"movements/{observer}", submission.unit_id]
        )
    before = MovementEvent.objects.filter(visit__in=visit_ids, observer=observer)
    if submission.sender.is_client:
        before = before.filter(submission__sender=submission.sender)
    return {
        (*one, _grams(gross), _grams(vgm), carried_on, tuple(seals), tuple(documents))
        for *one, gross, vgm, carried_on, seals, documents in before.values_list(*_SAID)
    }


def _grams(weight: Decimal | None) -> Decimal | None:
    """As the column keeps it."""
    return None if weight is None else weight.quantize(_GRAM, ROUND_HALF_UP)


class _Seals:
    """Seals that were read at an event. An order to load tells none: nobody has looked."""

    def __init__(
        self, submission: Submission, observer: str, visit_ids: set[int], on_misfit: Callable[[str, str], None]
    ) -> None:
        self.submission = submission
        self.observer = observer
        self.rows = Rows(SealObservation, on_misfit)
        self._known = set(
            SealObservation.objects.filter(visit__in=visit_ids).values_list("visit_id", "number", "event")
        )

    def add(self, visit: int, movement: r.Movement, at: datetime) -> None:
        event = _SEALS_READ.get(movement.event)
        for seal in movement.seals if event else ():
            key = (visit, plain_number(seal.number), event)
            if key[1] and key not in self._known:
                self._known.add(key)
                self.rows.add(
                    visit_id=visit,
                    number=key[1],
                    number_as_written=seal.number,
                    party=seal.party.value,
                    event=str(event),
                    observer=self.observer,
                    submission_id=self.submission.pk,
                    observed_at=at,
                )


def _announce(message: Message, movements: Sequence[r.Movement], on_misfit: Misfits) -> dict[str, int]:
    """Visits for equipment that is seen before anybody announced it, by number."""
    first: dict[str, r.Movement] = {}
    for movement in movements:
        first.setdefault(plain_number(movement.number), movement)
    equipment = [
        r.Equipment(
            position=one.position,
            span=one.span,
            number=one.number,
            kind=one.kind,
            size_type=one.size_type,
            fill=one.fill,
            gross_kg=one.gross_kg,
            vgm_kg=one.vgm_kg,
        )
        for one in first.values()
    ]
    ids = load_equipment(message=message, equipment=equipment, on_misfit=on_misfit)
    return dict(zip(first, ids, strict=True))


def _known(unit: Unit, numbers: set[str]) -> Mapping[str, list[tuple[datetime, int]]]:
    """Per number the visits there are: (expected or first told of, id)."""
    found: dict[str, list[tuple[datetime, int]]] = {}
    rows: Any = EquipmentVisit.objects.of_unit(unit).filter(number__in=numbers).order_by("pk")
    for number, pk, eta, created_at in rows.values_list("number", "pk", "call__eta", "created_at"):
        found.setdefault(number, []).append((eta or created_at, pk))
    return found


def _nearest(visits: Sequence[tuple[datetime, int]], at: datetime) -> int | None:
    near = [(abs(when - at), -pk) for when, pk in visits if abs(when - at) <= NEAR]
    return -min(near)[1] if near else None
