"""Events at gates and cranes belong to the visit they are about, and the seals read then are compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from profiling.cargo.models import ConveyanceCall, EquipmentVisit, MovementEvent, SealObservation
from profiling.cargo.movements import LoadedMovements, load_movements
from profiling.formats import records as r
from tests import factories

pytestmark = pytest.mark.django_db
NUMBER = "MSKU1234565"
GATE = datetime(2026, 10, 21, 8, 15)
HEADER = r.Header(
    "codeco", r.Position(0), "TERMINAL", "1", r.Function.ORIGINAL, "", r.Conveyance(), purpose=r.Purpose.MOVEMENTS
)


def gate_in(number: str = NUMBER, *, at: datetime | None = GATE, **fields) -> r.Movement:
    return r.Movement(
        r.Position(100, 5),
        r.Span(100, 200),
        number,
        r.EquipmentKind.CONTAINER,
        r.MovementKind.GATE_IN,
        at=r.MessageTime(f"{at:%Y%m%d%H%M}", "minute", at) if at else None,
        place=r.Place("KZALT", "Altynkol"),
        **fields,
    )


@pytest.fixture
def unit():
    return factories.UnitFactory()


@pytest.fixture
def load(unit):
    terminal = factories.client_system(unit)

    def load(*movements: r.Movement, sender=terminal) -> LoadedMovements:
        submission = factories.SubmissionFactory(unit=unit, sender=sender)
        return load_movements(
            unit=unit,
            submission=submission,
            header=HEADER,
            movements=movements,
            on_misfit=lambda *_: None,
            received_at=datetime.fromisoformat("2026-10-21T04:00:00Z"),
        )

    return load


def visit_of(unit, days: int, number: str = NUMBER) -> EquipmentVisit:
    eta = datetime.fromisoformat("2026-10-20T00:00:00Z") + timedelta(days=days)
    return factories.VisitFactory(number=number, call=factories.CallFactory(unit=unit, eta=eta))


def test_an_event_belongs_to_the_visit_nearest_in_time(unit, load):
    visit_of(unit, -40)
    near = visit_of(unit, 2)
    visit_of(unit, 30)
    assert load(gate_in("MSKU 123456-5")).visit_ids == {near.pk}
    event = near.movements.get()
    assert (event.event, event.place_code, event.observer) == ("gate_in", "KZALT", "TERMINAL")
    assert event.at.astimezone(unit.zone).replace(tzinfo=None) == GATE
    assert event.at_said["zone_source"] == "unit"


def test_an_event_makes_no_call_where_the_visit_is_known(unit, load):
    visit_of(unit, 0)
    calls = ConveyanceCall.objects.count()
    assert not load(gate_in()).made
    assert ConveyanceCall.objects.count() == calls


def test_what_nobody_announced_gets_a_visit_with_what_was_seen_of_it(unit, load):
    visit_of(unit, -400)
    loaded = load(gate_in(fill=r.Fill.EMPTY, gross_kg=Decimal(2200), size_type="22G1"))
    made = EquipmentVisit.objects.get(pk=loaded.made[0])
    assert (made.current.fill, made.current.gross_kg, made.current.size_type) == ("empty", Decimal(2200), "22G1")
    assert made.movements.count() == 1


def test_an_event_of_another_unit_is_not_taken_for_ours(unit, load):
    theirs = visit_of(factories.UnitFactory(code="DOS"), 0)
    assert theirs.pk not in load(gate_in()).visit_ids


def test_the_same_event_told_twice_is_kept_once_and_counted(unit, load):
    visit_of(unit, 0)
    load(gate_in())
    assert load(gate_in(), gate_in(at=GATE + timedelta(hours=5))).known == 1
    assert MovementEvent.objects.count() == 2


def test_an_event_told_again_with_another_weight_or_seal_is_a_correction_and_kept(unit, load):
    visit_of(unit, 0)
    load(gate_in(vgm_kg=Decimal("21000.0004"), seals=(r.Seal("A1"),)))
    again = load(
        gate_in(vgm_kg=Decimal("21000.0004"), seals=(r.Seal("A1"),)),
        gate_in(vgm_kg=Decimal(29000), seals=(r.Seal("A1"),)),
        gate_in(vgm_kg=Decimal(29000), seals=(r.Seal("B2"),)),
    )
    assert again.known == 1
    assert sorted(MovementEvent.objects.values_list("vgm_kg", flat=True)) == [21000, 29000, 29000]
    assert set(SealObservation.objects.values_list("number", flat=True)) == {"A1", "B2"}


def test_a_client_learns_nothing_of_what_another_told_under_the_same_name(unit):
    visit_of(unit, 0)

    def told_by(sender):
        return load_movements(
            unit=unit,
            submission=factories.SubmissionFactory(unit=unit, sender=sender),
            header=HEADER,
            movements=[gate_in()],
            on_misfit=lambda *_: None,
            received_at=datetime.fromisoformat("2026-10-21T04:00:00Z"),
        ).known

    one, other = factories.client_system(unit), factories.client_system(unit)
    assert (told_by(one), told_by(other), told_by(one)) == (0, 0, 1)


def test_seals_are_kept_as_read_on_arrival_and_not_for_an_order(unit, load):
    visit = visit_of(unit, 0)
    seal = r.Seal("AB-12", r.SealParty.CARRIER)
    ordered = replace(gate_in(seals=(r.Seal("ZZ9"),)), event=r.MovementKind.LOAD_ORDERED)
    load(gate_in(seals=(seal,)), ordered)
    read = visit.seals.get()
    assert (read.number, read.number_as_written, read.event) == ("AB12", "AB-12", SealObservation.Event.ARRIVAL)


def test_an_event_without_a_number_is_told_and_the_good_one_kept(unit):
    told = []
    load_movements(
        unit=unit,
        submission=factories.SubmissionFactory(unit=unit),
        header=HEADER,
        movements=[gate_in("---"), gate_in()],
        on_misfit=lambda *what: told.append(what),
        received_at=datetime.fromisoformat("2026-10-21T04:00:00Z"),
    )
    assert told == [("", "number", "---")]
    assert MovementEvent.objects.count() == 1


def test_an_order_without_a_time_is_about_the_call_that_its_message_names(unit):
    arrival = datetime(2026, 5, 2, 6, 0)
    early = visit_of(unit, -171)
    visit_of(unit, 0)
    call = r.Conveyance(voyage="245W", eta=r.MessageTime("202605020600", "minute", arrival))
    loaded = load_movements(
        unit=unit,
        submission=factories.SubmissionFactory(unit=unit),
        header=replace(HEADER, conveyance=call),
        movements=[replace(gate_in(at=None), event=r.MovementKind.DISCHARGE_ORDERED)],
        on_misfit=lambda *_: None,
        received_at=datetime.fromisoformat("2026-10-21T04:00:00Z"),
    )
    assert loaded.visit_ids == {early.pk}
    assert MovementEvent.objects.get().at is None
