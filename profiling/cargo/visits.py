"""Equipment of a message made into rows: visits, what is said of them, their seals and placements.

Called inside the transaction of a leased job. Visits are found or inserted in order of their keys; everything a
message says is appended by COPY.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from pcu.accounts.models import Unit
from pcu.among import Among
from pcu.ids import uuid7
from pcu.rows import Rows, insert_new, load_rows, set_columns
from profiling.cargo.calls import place
from profiling.cargo.models import (
    ConveyanceCall,
    EquipmentVisit,
    Placement,
    SealObservation,
    Submission,
    VisitStatement,
)
from profiling.formats import records as r
from profiling.parties.core.identity import plain_code

# (document, column, value) of what did not fit its column and was cut or left out.
Misfits = Callable[[str, str, str], None]


@dataclass(frozen=True)
class Message:
    """The message that a chunk belongs to, as far as its rows need it."""

    unit: Unit
    submission: Submission
    header: r.Header
    call: ConveyanceCall
    received_at: datetime


def guessed_kind(number: str, mode: r.Mode | None) -> r.EquipmentKind:
    """The kind of a unit that a bill names but no equipment list declares."""
    if len(number) == 11 and number[:4].isalpha() and number[4:].isdigit():
        return r.EquipmentKind.CONTAINER
    if mode is r.Mode.RAIL:
        return r.EquipmentKind.WAGON
    if mode is r.Mode.ROAD:
        return r.EquipmentKind.TRUCK
    return r.EquipmentKind.CONTAINER


class Visits:
    """Visits of one call by number, made where they are missing."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self._ids: dict[tuple[str, str], int] = {}
        self._by_number: dict[str, int] = {}
        self.reserved: dict[int, int] = {}  # per visit made just now the id of the statement it names as current

    def ensure(
        self,
        wanted: Iterable[tuple[str, r.EquipmentKind | None, str]],
        statement_id: Callable[[], int | None] = lambda: None,
    ) -> None:
        """Each wanted is (number, kind or None where only a number is known, number as written).

        statement_id: gives the id of the statement that follows on a visit that is made. It is current at once, for
        an update of every visit would write it twice.
        """
        asked = {(number, kind): written for number, kind, written in wanted if number}
        known = EquipmentVisit.objects.filter(
            Among("number", {number for number, _kind in asked}, array="text"),
            unit=self.message.unit,
            call=self.message.call,
        ).values_list("number", "kind", "pk")
        for number, kind, pk in known:
            self._remember(number, kind, pk)
        rows: list[dict[str, Any]] = []
        now = timezone.now()
        for (number, kind), written in asked.items():
            if kind is None and number in self._by_number:
                continue
            chosen = (kind or guessed_kind(number, self.message.header.conveyance.mode)).value
            if (number, chosen) not in self._ids:
                rows.append(
                    {
                        "ref": uuid7(),
                        "unit": self.message.unit.pk,
                        "call": self.message.call.pk,
                        "kind": chosen,
                        "number": number,
                        "number_as_written": written[:35],
                        "current": statement_id(),
                        "created_at": self.message.received_at,
                        "updated_at": now,
                    }
                )
        current = {(row["number"], row["kind"]): row["current"] for row in rows}
        conflict = ("unit", "number", "call", "kind")
        for (_unit, number, _call, kind), pk in insert_new(EquipmentVisit, conflict, rows).items():
            self._remember(number, kind, pk)
            if current[number, kind] is not None:
                self.reserved[pk] = current[number, kind]
        raced = [row["number"] for row in rows if (row["number"], row["kind"]) not in self._ids]
        if raced:
            again = EquipmentVisit.objects.filter(
                unit=self.message.unit, call=self.message.call, number__in=raced
            ).values_list("number", "kind", "pk")
            for number, kind, pk in again:
                self._remember(number, kind, pk)

    def _remember(self, number: str, kind: str, pk: int) -> None:
        self._ids[number, kind] = pk
        self._by_number.setdefault(number, pk)

    def id(self, number: str, kind: r.EquipmentKind | None = None) -> int:
        """The visit of a number (normalised here)."""
        plain = plain_number(number)
        return self._ids[plain, kind.value] if kind else self._by_number[plain]


def known_numbers(message: Message, equipment: Iterable[r.Equipment]) -> set[str]:
    """Which of these numbers were announced on this call before."""
    numbers = [plain_number(record.number) for record in equipment]
    known = EquipmentVisit.objects.filter(unit=message.unit, call=message.call, number__in=numbers)
    return set(known.values_list("number", flat=True))


def plain_number(number: str) -> str:
    """An equipment or seal number in capitals, letters and digits only, as wide as its column."""
    return plain_code(number)[:35]


def load_equipment(*, message: Message, equipment: Sequence[r.Equipment], on_misfit: Misfits) -> list[int]:
    """Write visits, what the message says of them, their seals and placements. Returns visit ids, in order.

    A number without a letter or digit names nothing: it is told as a misfit and left out.
    """

    def cut(column: str, value: str) -> None:
        on_misfit(current, column, value)

    current = ""
    statements = Rows(VisitStatement, cut)
    seals = Rows(SealObservation, cut)
    placements = Rows(Placement, cut)
    for nameless in (e for e in equipment if not plain_number(e.number)):
        on_misfit("", "number", nameless.number)
    equipment = [e for e in equipment if plain_number(e.number)]
    visits = Visits(message)
    visits.ensure(((plain_number(e.number), e.kind, e.number) for e in equipment), statements.new_id)
    visits.ensure((plain_number(e.carried_on), None, e.carried_on) for e in equipment if e.carried_on)
    ids = [visits.id(e.number, e.kind) for e in equipment]
    told_before = [pk for pk in ids if pk not in visits.reserved]
    known_seals = set(
        SealObservation.objects.filter(visit__in=told_before, event=SealObservation.Event.DECLARED).values_list(
            "visit_id", "number", "party"
        )
    )
    known_places = set(
        Placement.objects.filter(visit__in=told_before).values_list("visit_id", "carrier_id", "from_code", "to_code")
    )
    # A message that came later may have been read earlier: its statement stays the current one.
    overtaken = set(
        EquipmentVisit.objects.filter(pk__in=told_before, current__received_at__gt=message.received_at).values_list(
            "pk", flat=True
        )
    )
    said_before = _said_before(told_before) if message.header.purpose is r.Purpose.STOWAGE else {}
    now = timezone.now()
    updates = []
    for record, visit_id in zip(equipment, ids, strict=True):
        current = record.number
        earlier = said_before.get(visit_id)
        record = record if earlier is None else _completed(record, earlier)
        reserved = visits.reserved.pop(visit_id, None)
        statement = statements.add(
            reserved,
            visit_id=visit_id,
            submission_id=message.submission.pk,
            size_type=record.size_type,
            fill=record.fill.value if record.fill else "",
            tare_kg=record.tare_kg,
            gross_kg=record.gross_kg,
            vgm_kg=record.vgm_kg,
            temperature_c=record.temperature_c,
            stowage=record.stowage[:10],
            stated={**(earlier.stated if earlier else {}), **_stated(record)},
            received_at=message.received_at,
        )
        if reserved is None and visit_id not in overtaken:
            updates.append((visit_id, statement, now))
        for seal in record.seals:
            key = (visit_id, plain_number(seal.number), seal.party.value)
            if key[1] and key not in known_seals:
                known_seals.add(key)
                seals.add(
                    visit_id=visit_id,
                    number=key[1],
                    number_as_written=seal.number,
                    party=seal.party.value,
                    event=SealObservation.Event.DECLARED,
                    observer=message.header.sender[:70],
                    submission_id=message.submission.pk,
                    observed_at=message.received_at,
                )
        if plain_number(record.carried_on):
            carrier = visits.id(record.carried_on)
            from_code, from_name = place(record.placed_from)
            to_code, to_name = place(record.placed_to)
            chain = (visit_id, carrier, from_code, to_code)
            if carrier != visit_id and chain not in known_places:
                known_places.add(chain)
                placements.add(
                    visit_id=visit_id,
                    carrier_id=carrier,
                    from_code=from_code,
                    from_name=from_name,
                    to_code=to_code,
                    to_name=to_name,
                    submission_id=message.submission.pk,
                    received_at=message.received_at,
                )
    load_rows([statements, seals, placements])
    set_columns(EquipmentVisit, ["current", "updated_at"], list({row[0]: row for row in updates}.values()))
    return ids


def _stated(record: r.Equipment) -> dict[str, Any]:
    """What a stowage plan adds, as `VisitStatement.stated` has it. Ports without a cell are of a placement."""
    said: dict[str, Any] = {}
    if record.dangerous:
        said["dangerous"] = [
            {"un_number": one.un_number, "hazard_class": one.hazard_class, "regime": one.regime}
            for one in record.dangerous
        ]
    for name, port in (("from", record.placed_from), ("to", record.placed_to)):
        if port is not None and record.stowage:
            said[name] = dict(zip(("code", "name"), place(port), strict=True))
    if record.documents:
        said["documents"] = list(record.documents)
    if record.operator:
        said["operator"] = record.operator
    return said


def _said_before(visit_ids: Iterable[int]) -> dict[int, VisitStatement]:
    """What stands of visits, by visit."""
    visits = EquipmentVisit.objects.filter(pk__in=visit_ids, current__isnull=False).select_related("current")
    return {visit.pk: visit.current for visit in visits if visit.current is not None}


def _completed(record: r.Equipment, said: VisitStatement) -> r.Equipment:
    """A stowage plan adds to what was said of a container; what it leaves out stands as it was."""
    return replace(
        record,
        size_type=record.size_type or said.size_type,
        fill=record.fill or (r.Fill(said.fill) if said.fill else None),
        tare_kg=said.tare_kg if record.tare_kg is None else record.tare_kg,
        gross_kg=said.gross_kg if record.gross_kg is None else record.gross_kg,
        vgm_kg=said.vgm_kg if record.vgm_kg is None else record.vgm_kg,
        temperature_c=said.temperature_c if record.temperature_c is None else record.temperature_c,
        stowage=record.stowage or said.stowage,
    )
