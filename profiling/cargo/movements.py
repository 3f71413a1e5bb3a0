"""Movements of a message made into rows: events of the visits they are about, and the seals that were read then.

A gate or a crane rarely knows on which voyage or train a container came: an event belongs to the visit of its number
that is nearest in time, whatever the call; only a number that nobody announced makes a visit of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pcu.accounts.models import Unit
from pcu.rows import Rows, load_rows
from profiling.cargo.calls import place, resolve_call
from profiling.cargo.models import EquipmentVisit, MovementEvent, SealObservation, Submission
from profiling.cargo.times import moment
from profiling.cargo.visits import Message, Misfits, load_equipment, plain_number
from profiling.formats import records as r

# How far from its announced arrival an event may still belong to a visit: what is not fetched dwells for weeks.
NEAR = timedelta(days=60)

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

    Counted as known is what this sender told itself: what another has told, its answer must not show.
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
    told: dict[tuple[int, str, datetime | None, str], bool] = {}  # and whether this sender did
    for *key, sender in MovementEvent.objects.filter(visit__in=set(visits), observer=observer).values_list(
        "visit_id", "event", "at", "place_code", "submission__sender"
    ):
        same = (key[0], key[1], key[2], key[3])
        told[same] = told.get(same, False) or sender == submission.sender_id
    current = ""
    rows = Rows(MovementEvent, lambda column, value: on_misfit(current, column, value))
    seals = _Seals(submission, observer, set(visits), lambda column, value: on_misfit(current, column, value))
    known = 0
    for movement, visit, (when, said) in zip(movements, visits, at, strict=True):
        current = movement.number
        code, name = place(movement.place)
        key = (visit, movement.event.value, when, code)
        if key in told:
            known += told[key]
            continue
        told[key] = True
        rows.add(
            visit_id=visit,
            submission_id=submission.pk,
            event=movement.event.value,
            at=when,
            at_said=said,
            place_code=code,
            place_name=name,
            fill=movement.fill.value if movement.fill else "",
            gross_kg=movement.gross_kg,
            vgm_kg=movement.vgm_kg,
            carried_on=plain_number(movement.carried_on),
            seals=[seal.number for seal in movement.seals],
            documents=list(movement.documents),
            observer=observer,
            position=movement.position.as_json(),
            received_at=received_at,
        )
        seals.add(visit, movement, when or received_at)
    load_rows([rows, seals.rows])
    return LoadedMovements(frozenset(visits), known, tuple(sorted(set(made.values()))), message)


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
