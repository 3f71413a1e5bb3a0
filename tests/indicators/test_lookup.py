"""Facts and past read from real tables: as of the moment, the unit's own, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcu.accounts.models import Unit, User
from profiling.cargo.loading import load_consignments
from profiling.cargo.models import ConveyanceCall, Submission
from profiling.cargo.movements import load_movements
from profiling.cargo.visits import Message, load_equipment
from profiling.formats import records as r
from profiling.indicators.compute import compute
from profiling.indicators.facts import SealEvent, SubjectFacts, SubjectKind
from profiling.indicators.history import History, Past
from profiling.indicators.lookup import read_consignments, read_visits

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
HERE = r.Position(0)
SPAN = r.Span(0, 1)


def a_unit(code: str = "ALT", since: date | None = date(2023, 1, 1)) -> Unit:
    return Unit.objects.create(
        code=code, names={"en": code}, country="KZ", time_zone="Asia/Almaty", history_since=since
    )


class Push:
    """Pushes messages of one unit through the loader, each on its own train."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.sender = User.objects.create(username=f"push-{unit.code}", kind=User.Kind.CLIENT)
        self.count = 0

    def message(self, at: datetime, call: ConveyanceCall | None = None, function: str = "original") -> Message:
        self.count += 1
        call = call or ConveyanceCall.objects.create(
            unit=self.unit, mode="rail", key=f"X{self.count}", eta=at + timedelta(hours=5)
        )
        submission = Submission.objects.create(
            unit=self.unit, sender=self.sender, idempotency_key=str(self.count), sha256="0" * 64, size=1
        )
        header = r.Header(
            "pcu-json", HERE, "KTZ", str(self.count), r.Function(function), "M1", r.Conveyance(mode=r.Mode.RAIL)
        )
        return Message(self.unit, submission, header, call, at)

    def bills(self, message: Message, *bills: r.Consignment, equipment: tuple[r.Equipment, ...] = ()) -> list[int]:
        load_equipment(message=message, equipment=equipment, on_misfit=_no_misfit)
        digests = ["0" * 64] * len(bills)
        loaded = load_consignments(message=message, consignments=bills, digests=digests, on_misfit=_no_misfit)
        return [one.version_id for one in loaded]


def _no_misfit(document: str, column: str, value: str) -> None:
    raise AssertionError(f"{document} {column} {value!r} did not fit")


def bill(
    number: str = "1", *, shipper: str = "Qianhe Co", consignee: str = "Steppe Trade", **changes: Any
) -> r.Consignment:
    said: dict[str, Any] = {
        "position": HERE,
        "span": SPAN,
        "document_type": r.DocumentType.SMGS,
        "document_no": number,
        "origin_country": "CN",
        "destination_country": "KZ",
        "gross_kg": Decimal(1000),
        "packages": 50,
        "parties": (r.Party(r.PartyRole.SHIPPER, shipper), r.Party(r.PartyRole.CONSIGNEE, consignee)),
        "items": (r.Item(1, "Bed linen", commodity=r.Commodity("630232"), gross_kg=Decimal(1000)),),
    }
    return r.Consignment(**{**said, **changes})


def box(number: str = "CSQU3054383", **changes: Any) -> r.Equipment:
    said: dict[str, Any] = {"kind": r.EquipmentKind.CONTAINER, "fill": r.Fill.FULL, "size_type": "45G1"}
    return r.Equipment(HERE, SPAN, number, **{**said, **changes})


def the_past(chunk: tuple[list[SubjectFacts], History], position: int = 0) -> Past:
    facts, history = chunk
    return history.of(facts[position].key, facts[position].received_at)


def test_facts_are_what_the_message_said() -> None:
    unit = a_unit()
    push = Push(unit)
    loaded = bill(
        loadings=(r.Loading("CSQU 305438-3", 50, Decimal(1000)),),
        items=(r.Item(1, "Paint", dangerous=(r.DangerousGoods("1263", "3"),)),),
        loading_place=r.Place("CNXIA", "Xi'an", "unlocode"),
    )
    seals = (r.Seal("CN 7730412", r.SealParty.CUSTOMS),)
    message = push.message(NOW)
    ids = push.bills(message, bill("0"), loaded, equipment=(box(tare_kg=Decimal(3800), seals=seals),))
    facts, _ = read_consignments(unit=unit, version_ids=[ids[1], ids[0]])
    subject, other = facts
    assert (subject.document_no, other.document_no) == ("1", "0")
    assert subject.kind is SubjectKind.CONSIGNMENT
    assert (subject.mode, subject.document_type) == (r.Mode.RAIL, r.DocumentType.SMGS)
    assert (subject.gross_kg, subject.packages, subject.loading_place) == (Decimal(1000), 50, "CNXIA")
    assert subject.received_at == NOW
    assert subject.eta == NOW + timedelta(hours=5)
    assert subject.items[0].un_numbers == ("1263",)
    assert [party.name for party in subject.parties] == ["Qianhe Co", "Steppe Trade"]
    (visit,) = subject.visits
    assert (visit.number, visit.tare_kg, visit.fill) == ("CSQU3054383", Decimal(3800), r.Fill.FULL)
    assert (visit.loaded_packages, visit.loaded_kg) == (50, Decimal(1000))
    assert [(seal.number, seal.party) for seal in visit.seals] == [("CN7730412", r.SealParty.CUSTOMS)]


def test_history_counts_what_came_strictly_before_and_within_the_window() -> None:
    unit = a_unit()
    push = Push(unit)
    for number, days in enumerate((800, 729, 30, 1)):
        push.bills(push.message(NOW - timedelta(days=days)), bill(f"old{number}"))
    push.bills(push.message(NOW - timedelta(days=3)), bill("other", shipper="Another Co"))
    ids = push.bills(push.message(NOW), bill("a"), bill("b"))
    push.bills(push.message(NOW + timedelta(days=1)), bill("later"))
    for position in (0, 1):
        past = the_past(read_consignments(unit=unit, version_ids=ids), position)
        assert past.consignee_consignments == 4
        assert past.shipper_consignments == 3
        assert past.pair_consignments == 3
        assert past.lane_counts == {"6302": 4}
        assert past.consignee_headings == {"6302"}
        assert past.consignee_first_seen == NOW - timedelta(days=800)
        assert past.covers(24)
        assert past.previous is None


def test_a_version_sees_the_one_before_it_and_does_not_count_itself() -> None:
    unit = a_unit()
    push = Push(unit)
    first = push.message(NOW - timedelta(days=1))
    push.bills(first, bill("a", gross_kg=Decimal(900), consignee="Old Buyer"))
    message = push.message(NOW, call=first.call, function="replace")
    ids = push.bills(message, bill("a", consignee="Old Buyer"))
    (subject,), history = chunk = read_consignments(unit=unit, version_ids=ids)
    past = the_past(chunk)
    assert (subject.version_number, subject.prior_versions) == (2, 1)
    assert past.consignee_consignments == past.pair_consignments == 0
    assert past.lane_counts == {"6302": 0}
    assert past.previous is not None
    assert (past.previous.gross_kg, past.previous.consignee_name) == (Decimal(900), "Old Buyer")
    (computed,) = compute([subject], history)
    assert computed.values["weight_changed_percent"] == pytest.approx(11.111, abs=0.001)
    assert computed.values["consignee_changed"] is False
    assert computed.values["amendments_count"] == 1
    assert computed.values["consignee_first_time"] is True


def test_what_was_cancelled_before_is_no_history() -> None:
    unit = a_unit()
    push = Push(unit)
    first = push.message(NOW - timedelta(days=9))
    push.bills(first, bill("a"))
    push.bills(push.message(NOW - timedelta(days=8), call=first.call, function="cancel"), bill("a"))
    ids = push.bills(push.message(NOW), bill("b"))
    past = the_past(read_consignments(unit=unit, version_ids=ids))
    assert past.consignee_consignments == 0
    assert past.lane_counts == {"6302": 0}
    assert past.consignee_headings == frozenset()
    before_it = push.bills(push.message(NOW - timedelta(days=8, hours=12)), bill("c", consignee="Steppe Trade"))
    assert the_past(read_consignments(unit=unit, version_ids=before_it)).consignee_consignments == 1


def test_another_units_history_and_cargo_stay_its_own() -> None:
    unit, foreign = a_unit(), a_unit("DUS")
    theirs = Push(foreign)
    seals = (r.Seal("7730412"),)
    foreign_ids = theirs.bills(
        theirs.message(NOW - timedelta(days=5)), bill("x"), equipment=(box("MSKU1234565", seals=seals),)
    )
    push = Push(unit)
    loaded = bill("a", loadings=(r.Loading("CSQU3054383"),))
    ids = push.bills(push.message(NOW), loaded, equipment=(box(seals=seals),))
    past = the_past(read_consignments(unit=unit, version_ids=ids))
    assert past.consignee_consignments == 0
    assert past.lane_counts == {"6302": 0}
    assert past.seals_elsewhere == {"7730412": 0}
    assert read_consignments(unit=unit, version_ids=foreign_ids)[0] == []


def test_a_seal_counts_where_other_equipment_carried_it_before() -> None:
    unit = a_unit()
    push = Push(unit)
    seals = (r.Seal("SH-55 01"),)
    push.bills(push.message(NOW - timedelta(days=40)), equipment=(box("MSKU1234565", seals=seals),))
    push.bills(push.message(NOW - timedelta(days=20)), equipment=(box(seals=seals),))  # the same box: no wonder
    loaded = bill("a", loadings=(r.Loading("CSQU3054383"),))
    ids = push.bills(push.message(NOW), loaded, equipment=(box(seals=seals), box("TGHU7654321", seals=seals)))
    facts, history = chunk = read_consignments(unit=unit, version_ids=ids)
    assert the_past(chunk).seals_elsewhere == {"SH5501": 1}
    assert compute(facts, history)[0].values["seal_seen_before"] is True


def test_a_later_statement_or_bill_is_not_known_yet() -> None:
    unit = a_unit()
    push = Push(unit)
    first = push.message(NOW)
    shared = (r.Loading("CSQU3054383", 5, Decimal(100)),)
    ids = push.bills(first, bill("a", loadings=shared), bill("b", loadings=shared), equipment=(box(),))
    later = push.message(NOW + timedelta(hours=1), call=first.call)
    push.bills(
        later,
        bill("c", loadings=shared),
        equipment=(box(fill=r.Fill.EMPTY, tare_kg=Decimal(3800), seals=(r.Seal("9"),)),),
    )
    (subject, _), _history = read_consignments(unit=unit, version_ids=ids)
    (visit,) = subject.visits
    assert (visit.fill, visit.tare_kg, visit.other_consignments, visit.seals) == (r.Fill.FULL, None, 1, ())


def test_a_unit_without_a_long_history_makes_nobody_a_stranger() -> None:
    unit = a_unit(since=date(2025, 12, 1))
    push = Push(unit)
    push.bills(push.message(NOW - timedelta(days=2)), bill("0", consignee="Known"))
    ids = push.bills(push.message(NOW), bill("a"), bill("b", consignee="Known"))
    facts, history = read_consignments(unit=unit, version_ids=ids)
    stranger, known = compute(facts, history)
    assert "consignee_first_time" not in stranger.values
    assert "lane_consignments_24m" not in stranger.values
    assert stranger.values["history_months"] == 5
    assert known.values["consignee_first_time"] is False
    assert "consignee_consignments_24m" not in known.values
    assert the_past((facts, history)).history_start == datetime(2025, 12, 1, tzinfo=unit.zone)


def test_a_visit_without_a_bill_is_judged_by_what_was_last_said() -> None:
    unit = a_unit()
    push = Push(unit)
    message = push.message(NOW)
    empty = box(fill=r.Fill.EMPTY, tare_kg=Decimal(3800), gross_kg=Decimal(9000))
    ids = load_equipment(message=message, equipment=(box("TGHU7654321"), empty), on_misfit=_no_misfit)
    facts, history = read_visits(unit=unit, visit_ids=ids)
    assert [subject.kind for subject in facts] == [SubjectKind.VISIT, SubjectKind.VISIT]
    laden, heavy = compute(facts, history)
    assert heavy.values["empty_with_weight"] is True
    assert heavy.values["unbilled_visit"] is True
    assert laden.values["seal_missing_on_full"] is True
    assert laden.values["container_check_digit_wrong"] is True
    assert laden.faults == heavy.faults == ()


def test_the_number_of_queries_does_not_grow_with_the_chunk() -> None:
    unit = a_unit()
    push = Push(unit)
    first = push.message(NOW - timedelta(days=1))
    bills = [
        bill(str(n), consignee=f"Firm {n}", shipper=f"Maker {n}", loadings=(r.Loading(f"CSQU30543{n:02d}"),))
        for n in range(30)
    ]
    push.bills(first, *bills)
    ids = push.bills(push.message(NOW, call=first.call, function="replace"), *bills)
    counts = []
    for size in (1, 30):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            facts, history = read_consignments(unit=unit, version_ids=ids[:size])
            compute(facts, history)
        assert len(facts) == size
        counts.append(len(queries))
    assert counts[0] == counts[1]
    # Of a chunk that amends: three of them are what the unit remembers, and one what it held.
    assert counts[0] <= 21
    assert read_consignments(unit=unit, version_ids=[]) == ([], History())


def test_what_a_gate_told_later_counts_only_when_asked_for_as_it_stands_now():
    unit = a_unit()
    push = Push(unit)
    box = r.Equipment(HERE, SPAN, "MSKU1234565", r.EquipmentKind.CONTAINER, gross_kg=Decimal(20000))
    first = push.message(NOW)
    [version] = push.bills(first, bill(loadings=(r.Loading("MSKU1234565"),)), equipment=(box,))
    gate = r.Movement(
        *(HERE, SPAN, "MSKU1234565", r.EquipmentKind.CONTAINER, r.MovementKind.GATE_IN),
        at=r.MessageTime("", "minute", datetime(2026, 5, 12, 15, 0)),
        gross_kg=Decimal(23000),
        seals=(r.Seal("NEW1"),),
    )
    later = NOW + timedelta(hours=2)
    ordered = replace(gate, event=r.MovementKind.LOAD_ORDERED, gross_kg=Decimal(1))
    for movement in (gate, ordered):
        load_movements(
            unit=unit, submission=first.submission, header=first.header, movements=[movement],
            on_misfit=_no_misfit, received_at=later,
        )  # fmt: skip

    def box_at(as_of: datetime | None) -> Any:
        facts, _history = read_consignments(unit=unit, version_ids=[version], as_of=as_of)
        assert facts[0].received_at == NOW
        return facts[0].visits[0]

    assert (box_at(None).weighed_kg, box_at(None).seals) == (None, ())
    seen = box_at(later + timedelta(hours=1))
    assert seen.weighed_kg == 23000
    assert [(seal.number, seal.event) for seal in seen.seals] == [("NEW1", SealEvent.ARRIVAL)]
