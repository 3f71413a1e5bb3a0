"""Cargo and lookouts meet whichever comes first, once, and make of a case what the lookout asks for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiling.cargo.models import ConveyanceCall
from profiling.cases import services
from profiling.cases.choices import DecisionKind, Reason
from profiling.cases.errors import InvalidDecisionError
from profiling.cases.models import Case, CaseEvent
from profiling.cases.watching import renew, search_what_begins, withdraw
from profiling.formats.generate import generate_cuscar
from profiling.lookouts.models import Lookout, LookoutHit
from tests.factories_lookouts import LookoutFactory, placed, search
from tests.lookouts.conftest import note, train


def day(number: int) -> date:
    return timezone.localdate() + timedelta(days=number)


VALUES = [
    ("container", "temu 618047 7", "container", "TEMU618047-7"),
    ("seal", "AF0099121", "seal", "AF-00/99121"),
    ("wagon", "5284-1136", "wagon", "52841136"),
    ("tax_number", "070540009213", "consignee", "БИН 070540009213"),
    ("tax_number", "BIN 070540009213", "consignee", "БИН 070540009213"),
    ("tax_number", "91110108MA01ABCD2X", "shipper", "91110108MA01ABCD2X"),
    ("name", "тоо силк роуд", "consignee", "ТОО «Силк Роуд»"),
]


@pytest.mark.parametrize("cargo_first", [True, False], ids=["cargo first", "lookout first"])
@pytest.mark.parametrize(("kind", "value", "field", "written"), VALUES)
def test_they_meet_whichever_comes_first(push, altynkol, officer, kind, value, field, written, cargo_first):
    if cargo_first:
        submission = push(train())
        lookout = search(placed(altynkol, officer, kind, value))
    else:
        lookout = search(placed(altynkol, officer, kind, value))
        submission = push(train())
    hit = LookoutHit.objects.get()
    assert (hit.lookout, hit.field, hit.value, hit.unit) == (lookout, field, written, altynkol)
    assert (hit.consignment.document_no, hit.visit) == ("9000001", None)
    assert hit.submission == (None if cargo_first else submission)
    case = Case.objects.get()
    assert list(case.consignments.all()) == [hit.consignment]
    assert case.equipment_number == "TEMU6180477"
    assert [event.kind for event in case.events.all()] == ["opened", "lookout_hit"]
    assert case.events.last().facts["number"] == lookout.number
    assert lookout.searched_at is not None


@pytest.mark.parametrize("kind", ["truck", "trailer", "run"])
@pytest.mark.parametrize("cargo_first", [True, False])
def test_a_plate_is_met_on_trailer_truck_and_run(push, altynkol, officer, kind, cargo_first):
    message = train(
        conveyance={"mode": "road", "identifier": "777 ABC 02", "eta": timezone.now().isoformat(timespec="minutes")},
        equipment=[
            {"number": "01AB2233TJ", "kind": "truck"},
            {"number": "02CD0144TJ", "kind": "trailer", "carried_on": "01AB2233TJ", "fill": "full"},
            {"number": "TEMU 618047-7", "kind": "container", "carried_on": "02CD0144TJ", "fill": "full"},
        ],
        consignments=[note(document_type="cmr")],
    )
    plate = {"truck": "01 AB 2233 TJ", "trailer": "02-CD-0144-TJ", "run": "777abc02"}[kind]
    if cargo_first:
        push(message)
    search(placed(altynkol, officer, "plate", plate))
    if not cargo_first:
        push(message)
    assert LookoutHit.objects.get().consignment.document_no == "9000001"


@pytest.mark.parametrize("cargo_first", [True, False])
def test_equipment_that_no_bill_names_is_met_by_itself(push, altynkol, officer, cargo_first):
    if cargo_first:
        push(train(consignments=[]))
    search(placed(altynkol, officer))
    if not cargo_first:
        push(train(consignments=[]))
    hit = LookoutHit.objects.get()
    assert (hit.consignment, hit.visit.number) == (None, "TEMU6180477")
    assert list(Case.objects.get().visits.all()) == [hit.visit]


def test_a_manifest_sent_again_is_met_no_second_time(push, altynkol, officer):
    placed(altynkol, officer, action="must_examine")
    push(train())
    changed = note(gross_kg=19870)
    push(train(message_ref="M-2", function="replace", consignments=[changed]))
    push(train(message_ref="M-3", function="replace", consignments=[changed]))
    assert LookoutHit.objects.count() == 1
    assert CaseEvent.objects.filter(kind="lookout_hit").count() == 1
    assert Case.objects.get().recommended_lane.mark == "e"


def test_searching_again_meets_nothing_twice(push, altynkol, officer):
    push(train())
    lookout = search(placed(altynkol, officer))
    search(renew(lookout=lookout, user=officer, expires_on=timezone.localdate() + timedelta(days=200)))
    assert (LookoutHit.objects.count(), Case.objects.count()) == (1, 1)


def test_of_house_and_master_each_is_met_by_what_it_says_itself(push, altynkol, officer):
    master = note("MASTER1", document_type="master_bill", parties=[{"role": "consignee", "name": "Freight Forwarders"}])
    house = note("HOUSE1", document_type="house_bill", master_no="MASTER1")
    by_firm = placed(altynkol, officer, "name", "тоо силк роуд")
    by_box = placed(altynkol, officer)
    push(train(consignments=[house, master]))
    assert [hit.consignment.document_no for hit in by_firm.hits.all()] == ["HOUSE1"]
    assert sorted(hit.consignment.document_no for hit in by_box.hits.all()) == ["HOUSE1", "MASTER1"]
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    "lookout",
    [
        {
            "expires_on": timezone.localdate() - timedelta(days=2),
            "valid_from": timezone.localdate() - timedelta(days=9),
        },
        {"valid_from": timezone.localdate() + timedelta(days=3)},
        {"withdrawn_at": timezone.now()},
    ],
    ids=["expired", "not yet", "withdrawn"],
)
def test_what_is_not_active_meets_nothing(push, altynkol, lookout):
    LookoutFactory(unit=altynkol, **lookout)
    push(train())
    assert not LookoutHit.objects.exists()


def test_one_withdrawn_before_its_search_meets_nothing(push, altynkol, officer):
    push(train())
    lookout = placed(altynkol, officer)
    withdraw(lookout=lookout, user=officer, reason="A slip")
    assert search(lookout).searched_at is None
    assert not LookoutHit.objects.exists()


def test_what_begins_later_is_searched_for_on_its_first_day(push, altynkol, officer):
    push(train())
    lookout = placed(altynkol, officer, valid_from=timezone.localdate() + timedelta(days=2))
    assert search_what_begins() == 0
    Lookout.objects.update(valid_from=timezone.localdate() - timedelta(days=1))
    assert search_what_begins() == 1
    assert search_what_begins() == 0
    search(lookout)
    assert lookout.hits.count() == 1


@pytest.mark.parametrize(("due", "met"), [(-2, 1), (-4, 0), (9, 1)])
def test_what_has_departed_is_searched_no_more(push, altynkol, officer, due, met):
    push(train())
    ConveyanceCall.objects.update(eta=timezone.now() + timedelta(days=due))
    for kind, value in (("container", "TEMU6180477"), ("name", "тоо силк роуд")):
        assert search(placed(altynkol, officer, kind, value)).hits.count() == met


def test_withdrawn_cargo_is_not_met(push, altynkol, officer):
    push(train())
    push(train(message_ref="M-2", function="cancel"))
    search(placed(altynkol, officer, "name", "тоо силк роуд"))
    assert not LookoutHit.objects.exists()


def test_every_spelling_of_a_firm_known_by_its_number_is_met_where_it_stands(push, altynkol, officer):
    push(train())
    again = note("9000002")
    again["parties"][1]["name"] = "Silk Road LLP"
    push(train(message_ref="M-2", manifest_number="MAN-2", consignments=[again]))
    assert [
        hit.consignment.document_no for hit in search(placed(altynkol, officer, "name", "SILK ROAD LLP")).hits.all()
    ] == ["9000002"]


def test_a_tax_number_of_another_country_is_another(push, altynkol, officer):
    push(train())
    assert not search(placed(altynkol, officer, "tax_number", "RU 070540009213")).hits.exists()
    assert search(placed(altynkol, officer, "tax_number", "KZ 070540009213")).hits.exists()


def test_seals_told_after_the_bill_are_met(push, altynkol, officer):
    push(train())
    placed(altynkol, officer, "seal", "NEW-7788")
    box = train()["equipment"][1] | {"seals": [{"number": "NEW 7788", "party": "carrier"}]}
    push(train(message_ref="M-2", manifest_number="LIST-2", equipment=[box], consignments=[]))
    hit = LookoutHit.objects.get()
    assert (hit.field, hit.value, hit.consignment.document_no) == ("seal", "NEW 7788", "9000001")


def test_a_wagon_told_after_the_bill_is_met(push, altynkol, officer):
    push(train())
    placed(altynkol, officer, "wagon", "59999999")
    boxes = [{"number": "59999999", "kind": "wagon"}, train()["equipment"][1] | {"carried_on": "59999999"}]
    push(train(message_ref="M-2", manifest_number="LIST-2", equipment=boxes, consignments=[]))
    assert LookoutHit.objects.get().consignment.document_no == "9000001"


# ---- what a hit does


def test_a_case_to_be_opened_is_of_lookouts_and_keeps_the_lane_of_the_rules(push, altynkol, officer):
    placed(altynkol, officer, action="open_case")
    submission = push(train())
    case = Case.objects.get()
    assert (case.origin, case.recommended_lane) == ("lookout", case.assessment.recommended_lane)
    assert submission.flagged_count == 1


def test_what_must_be_examined_is_recommended_so_and_letting_it_go_needs_a_reason(push, altynkol, officer):
    placed(altynkol, officer, action="must_examine")
    push(train())
    case = Case.objects.get()
    assert (case.recommended_lane.mark, case.lane_rank) == ("e", case.recommended_lane.rank)
    assert case.due_at is not None
    decision = {
        "case": case,
        "user": officer,
        "kind": DecisionKind.NO_EXAMINATION,
        "reasons": [Reason.KNOWN_GOOD],
        "note": "",
        "expected_version": case.version,
    }
    with pytest.raises(InvalidDecisionError) as refused:
        services.decide(**decision)
    assert "override_reason" in refused.value.errors
    assert services.decide(**decision, override_reason="Opened by the border guard an hour ago").overrides


def test_an_open_case_is_told_and_raised_and_not_opened_twice(push, altynkol, officer):
    placed(altynkol, officer, action="open_case")
    push(train())
    before = Case.objects.get()
    search(placed(altynkol, officer, "seal", "AF0099121", action="must_examine"))
    case = Case.objects.get()
    assert (case.recommended_lane.mark, case.version) == ("e", before.version + 1)
    told = case.events.last()
    assert (told.kind, told.facts["lane"], told.facts["before"]["lane"]) == (
        "lookout_hit",
        case.recommended_lane.code,
        before.recommended_lane.code,
    )


def test_informing_opens_no_case_and_tells_one_that_is_open(push, altynkol, officer):
    inform = placed(altynkol, officer, action="inform")
    push(train())
    assert (inform.hits.count(), Case.objects.count()) == (1, 0)
    search(placed(altynkol, officer, "seal", "AF0099121", action="open_case"))
    search(placed(altynkol, officer, "wagon", "52841136", action="inform"))
    assert Case.objects.get().events.filter(kind="lookout_hit").count() == 2


def test_a_silent_lookout_leaves_no_trace_on_any_case(push, altynkol, officer):
    placed(altynkol, officer, action="open_case")
    push(train())
    before = Case.objects.values().get()
    events = CaseEvent.objects.count()
    silent = search(placed(altynkol, officer, "seal", "AF0099121", action="silent"))
    assert silent.hits.count() == 1
    assert Case.objects.values().get() == before
    assert CaseEvent.objects.count() == events


def test_a_silent_lookout_alone_opens_nothing(push, altynkol, officer):
    placed(altynkol, officer, action="silent")
    submission = push(train())
    assert (LookoutHit.objects.count(), Case.objects.count(), submission.flagged_count) == (1, 0, 0)


def closed(case: Case, user) -> Case:
    services.decide(
        case=case,
        user=user,
        kind=DecisionKind.NO_EXAMINATION,
        reasons=[Reason.KNOWN_GOOD],
        note="",
        override_reason="Known",
        expected_version=case.version,
    )
    case.refresh_from_db()
    return case


def test_a_hit_after_the_case_was_closed_opens_another_that_names_it(push, altynkol, officer):
    placed(altynkol, officer, action="open_case")
    push(train())
    first = closed(Case.objects.get(), officer)
    search(placed(altynkol, officer, "seal", "AF0099121", action="must_examine"))
    first.refresh_from_db()
    assert first.state == "closed"
    assert first.changed_since_decision
    again = Case.objects.exclude(pk=first.pk).get()
    assert (again.origin, again.recommended_lane.mark) == ("lookout", "e")
    assert again.events.get(kind="opened").facts["after"] == first.number


def test_informing_leaves_a_closed_case_alone(push, altynkol, officer):
    placed(altynkol, officer, action="open_case")
    push(train())
    first = closed(Case.objects.get(), officer)
    search(placed(altynkol, officer, "seal", "AF0099121", action="inform"))
    assert Case.objects.values().get() == Case.objects.filter(pk=first.pk).values().get()
    assert not Case.objects.get().changed_since_decision


def test_a_decided_case_is_marked_as_changed(push, altynkol, officer):
    placed(altynkol, officer, action="open_case")
    push(train())
    case = Case.objects.get()
    services.decide(
        case=case,
        user=officer,
        kind=DecisionKind.REQUEST_DOCUMENTS,
        reasons=[Reason.DOCUMENTS_MISSING],
        note="",
        override_reason="Papers first",
        expected_version=case.version,
    )
    search(placed(altynkol, officer, "seal", "AF0099121", action="must_examine"))
    case.refresh_from_db()
    assert case.changed_since_decision


# ---- whose cargo


def test_a_lookout_of_the_country_is_met_in_its_units_and_one_of_a_unit_in_it_alone(push, altynkol, dostyk, dushanbe):
    for unit in (altynkol.parent, dostyk, dushanbe):
        LookoutFactory(unit=unit)
    push(train())
    assert LookoutHit.objects.get().lookout.unit == altynkol.parent


def test_the_search_of_a_country_goes_through_all_its_units(push, altynkol, dostyk):
    from tests import factories

    push(train())
    push(train(message_ref="M-D"), unit=dostyk, sender=factories.client_system(dostyk))
    chief = factories.person(altynkol.parent)
    lookout = search(placed(altynkol.parent, chief))
    assert sorted(hit.unit.code for hit in lookout.hits.all()) == ["ALT", "DOS"]


# ---- what it costs


def queries_of_push(push, content: bytes) -> int:
    with CaptureQueriesContext(connection) as captured:
        push(content)
    return len(captured)


def test_a_chunk_costs_one_query_more_however_many_bills_and_lookouts(push, altynkol, settings):
    push(b"".join(generate_cuscar(1, seed=1)))  # what is read only once has been read
    few = queries_of_push(push, b"".join(generate_cuscar(10, seed=2)))
    for number in range(300):
        LookoutFactory(unit=altynkol, kind="name", value=f"Nobody is called {number}")
        LookoutFactory(unit=altynkol, kind="seal", value=f"ZZ{number:06d}")
    with CaptureQueriesContext(connection) as captured:
        push(b"".join(generate_cuscar(60, seed=3)))
    about_lookouts = [query["sql"] for query in captured if "lookouts_lookout" in query["sql"]]
    assert few
    assert len(about_lookouts) <= 3  # the chunk, unbilled equipment, seals of billed equipment
