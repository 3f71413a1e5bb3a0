"""Messages about the same cargo, in either order: each adds what it knows and takes nothing away."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.models import (
    Consignment,
    ConsignmentVersion,
    ConveyanceCall,
    EquipmentVisit,
    Loading,
    MovementEvent,
    SealObservation,
)
from profiling.documents.belonging import asked_of
from profiling.documents.candidates import found_for
from profiling.documents.core.matching import match
from profiling.documents.models import Document
from profiling.intake.answers import edifact_answer
from profiling.rules.models import Assessment
from tests.formats import x12
from tests.formats.messages import MESSAGES
from tests.formats.notes import filled
from tests.formats.test_dcsa import bill as dcsa_bill
from tests.intake.messages import counts, edited, rows_of, standing

SEA, CALL, STOWED = MESSAGES["sea.edi"], MESSAGES["cusrep.edi"], MESSAGES["baplie_cells.edi"]
DISCHARGED, GATED, ORDERED = MESSAGES["coarri.edi"], MESSAGES["codeco.edi"], MESSAGES["coprar.edi"]
AWMDS, SAD = MESSAGES["awmds.xml"], MESSAGES["sad.xml"]
BOX, BILL = "PCVU2045185", "GHLX26100417"


def do_the_rest() -> None:
    """Jobs that a submission left to others, as reassessment after a paper."""
    while job := Job.objects.filter(state=Job.State.WAITING).order_by("phase", "pk").first():
        assert jobs.run(job.pk)


def visit(number: str = BOX) -> EquipmentVisit:
    return EquipmentVisit.objects.select_related("current").get(number=number)


def last_assessment(number: str = BILL) -> Assessment:
    return Assessment.objects.filter(version__consignment__document_no=number).latest("pk")


def codes(submission) -> set[str]:
    return set(submission.problems.values_list("code", flat=True))


# ---- stowage


def test_a_stowage_plan_adds_to_the_containers_of_a_manifest_and_takes_nothing_away(push, altynkol):
    push(SEA)
    before = rows_of(altynkol)
    push(STOWED)
    after = rows_of(altynkol)
    said = visit().current
    assert (said.stowage, said.vgm_kg) == ("0180284", Decimal(22140))
    assert (said.size_type, said.fill, said.tare_kg) == ("45G1", "full", Decimal(3900))
    untouched = ("ConveyanceCall", "Consignment", "ConsignmentVersion", "GoodsItem", "Loading", "SealObservation")
    assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}
    announced = set(SEA.decode().split("EQD+CN+")[1:])
    numbers = {part[:11] for part in announced}
    assert set(EquipmentVisit.objects.values_list("number", flat=True)) == numbers | {"PCVU2047785"}
    assert visit("PCVU2046290").current.temperature_c == Decimal(-18)
    assert visit("PCVU2046290").current.gross_kg == Decimal(23750)


def test_a_manifest_after_the_stowage_plan_meets_the_same_visits(push):
    push(STOWED)
    first = {one.number: one.pk for one in EquipmentVisit.objects.all()}
    push(SEA)
    assert ConveyanceCall.objects.count() == 1
    assert {number: visit(number).pk for number in first} == first
    assert SealObservation.objects.filter(visit__number=BOX).count() == 2


def test_a_stowage_plan_alone_makes_visits_that_are_scored(push):
    submission = push(STOWED)
    assert submission.status == "done"
    visits = EquipmentVisit.objects.all()
    assert visits.count() == 4
    scored = Assessment.objects.filter(visit__in=visits, trigger=Assessment.Trigger.NEW_VISIT)
    assert set(scored.values_list("visit", flat=True)) == set(visits.values_list("pk", flat=True))


# ---- the report of the call


def test_a_report_of_the_call_tells_its_times_and_places_and_nothing_else(push, altynkol):
    push(SEA)
    before = rows_of(altynkol)
    push(edited(CALL, ("132:202610240600", "132:202610250700"), ("EQD+TE+TR 4411 AB+++3+5'", ""), ("UNT+20", "UNT+18"),
                ("SEL+T9001+CU'\n", "")))  # fmt: skip
    after = rows_of(altynkol)
    call = ConveyanceCall.objects.get()
    assert (call.departure_code, call.arrival_code) == ("TRMER", "GEPTI")
    assert call.eta.isoformat() == "2026-10-25T02:00:00+00:00"
    assert {**after, "ConveyanceCall": []} == {**before, "ConveyanceCall": []}


def test_what_a_report_counts_stands_with_the_call_and_the_newest_counts(push):
    push(CALL)
    call = ConveyanceCall.objects.get()
    assert call.stated == {
        "counts": {"6063:CWT": 22, "containers": 412},
        "references": [{"kind": "ATZ", "number": "PTI2610"}],
    }
    push(edited(CALL, ("EQN+412", "EQN+7"), ("PTI2610", "PTI2611"), ("GHL-245W-PTI+9", "GHL-245W-PTI+5")))
    push(SEA)
    call.refresh_from_db()
    assert call.stated["counts"] == {"6063:CWT": 22, "containers": 7}
    assert [one["number"] for one in call.stated["references"]] == ["PTI2610", "PTI2611"]


@pytest.mark.parametrize("plan_first", [True, False], ids=["plan first", "manifest first"])
def test_dangerous_goods_of_a_plan_are_held_against_the_bill_whichever_comes_first(push, altynkol, plan_first):
    stowed = edited(STOWED, ("MEA+VGM++KGM:22140'\n", "MEA+VGM++KGM:22140'\nDGS+IMD+3+1263'\n"), ("UNT+37", "UNT+38"))
    for message in (stowed, SEA) if plan_first else (SEA, stowed):
        push(message)
    do_the_rest()
    newest = last_assessment()
    assert newest.indicators["dangerous_goods_undeclared"] is True
    assert newest.indicators["undeclared_un_numbers"] == "1263"
    told = visit().statements.exclude(stated={}).get().stated
    assert told == {
        "dangerous": [{"un_number": "1263", "hazard_class": "3", "regime": "IMD"}],
        "from": {"code": "CNNGB", "name": ""},
        "to": {"code": "GEPTI", "name": ""},
        "operator": "GHLX",
    }


@pytest.mark.parametrize("message", [CALL, STOWED], ids=["cusrep", "baplie"])
@pytest.mark.parametrize("function", ["5", "4", "2"])
def test_one_that_replaces_its_own_word_withdraws_no_bill(push, message, function):
    """It may bear the number of the manifest."""
    push(SEA)
    bills = standing_numbers()
    number = "STOW245W" if message is STOWED else "GHL-245W-PTI"
    submission = push(edited(message, (f"{number}+9'", f"GHL-245W-PTI+{function}'")))
    assert submission.status == "done"
    assert standing_numbers() == bills
    assert "left_out_of_replacement" not in codes(submission)


def standing_numbers() -> set[str]:
    return {one.document_no for one in Consignment.objects.select_related("current") if not one.is_withdrawn}


@pytest.mark.parametrize("name", ["cusrep.edi", "baplie_cells.edi", "codeco.edi", "coarri.edi", "iftmcs.edi"])
@pytest.mark.parametrize("function", ["1", "3"])
def test_what_cannot_be_taken_back_is_refused_with_the_reason(push, altynkol, name, function):
    push(SEA)
    before = rows_of(altynkol)
    submission = push(MESSAGES[name].replace(b"+9'", f"+{function}'".encode()))
    assert submission.status == "rejected"
    assert "withdrawal_not_taken" in codes(submission)
    assert submission.read_count == submission.refused_count
    assert rows_of(altynkol) == before
    assert b"cannot be taken back" in edifact_answer(submission)


def test_beside_a_message_that_cannot_be_taken_back_the_others_go_on(push):
    head, rest = MESSAGES["codeco.edi"].split(b"GATE261025+9'")
    submission = push(head + b"GATE261025+1'" + rest)
    assert (submission.status, submission.read_count, submission.refused_count) == ("done", 3, 2)
    assert [one.visit.number for one in MovementEvent.objects.all()] == ["PCVU2049001"]


# ---- events


def test_events_after_a_manifest_belong_to_its_visits(push):
    push(SEA)
    visits = set(EquipmentVisit.objects.values_list("pk", flat=True))
    for content in (ORDERED, DISCHARGED, GATED):
        push(content)
    on_board = EquipmentVisit.objects.exclude(number="PCVU2049001")  # for export: nobody announced it
    assert set(on_board.values_list("pk", flat=True)) == visits
    told = MovementEvent.objects.filter(visit__number=BOX).order_by("at").values_list("event", flat=True)
    assert set(told) == {"discharge_ordered", "discharged", "gate_out"}
    assert MovementEvent.objects.get(visit__number=BOX, event="discharged").place_code == "GEPTI"


def test_seals_read_on_arrival_that_are_not_those_declared_have_the_bill_scored_again(push):
    push(SEA)
    assert last_assessment().indicators.get("seal_changed") is None
    push(edited(DISCHARGED, ("SEL+L778120+CA'", "SEL+L999999+CA'")))
    again = last_assessment()
    assert again.trigger == Assessment.Trigger.NEW_MOVEMENT
    assert again.indicators["seal_changed"] is True


def test_the_same_seals_on_arrival_are_no_change(push):
    push(SEA)
    push(DISCHARGED)
    again = last_assessment()
    assert (again.trigger, again.indicators["seal_changed"]) == (Assessment.Trigger.NEW_MOVEMENT, False)


def test_a_weight_at_the_crane_is_held_against_what_was_verified(push):
    push(SEA)
    push(STOWED)
    push(edited(DISCHARGED, ("MEA+AAE+G+KGM:22150'", "MEA+AAE+G+KGM:25640'")))
    assert Decimal(last_assessment().indicators["gate_weight_gap_kg"]) == 3500


def test_an_order_to_load_or_discharge_reads_no_seals(push):
    push(ORDERED)
    assert MovementEvent.objects.get(visit__number=BOX).seals == ["HX4410021"]
    assert not SealObservation.objects.filter(visit__number=BOX).exists()


def test_events_nobody_expected_make_a_visit_that_the_manifest_then_meets(push):
    push(DISCHARGED)
    seen = visit().pk
    push(SEA)
    assert visit().pk == seen
    assert set(SealObservation.objects.filter(visit=seen).values_list("event", flat=True)) == {"arrival", "declared"}


def test_a_transfer_list_tells_events_and_seals_of_announced_wagons(push):
    push(filled("train", "xlsx"))
    visits = dict(EquipmentVisit.objects.values_list("number", "pk"))
    submission = push(filled("transfer", "xlsx"))
    assert (submission.status, submission.accepted_count) == ("done", 4)
    events = MovementEvent.objects.filter(submission=submission)
    assert set(events.values_list("event", flat=True)) == {"arrived"}
    assert {one.visit.number: one.visit_id for one in events if one.visit.number in visits}.items() <= visits.items()
    read = SealObservation.objects.filter(event="arrival").values_list("visit__number", "number")
    assert set(read) == {("TEMU6180477", "CN1"), ("TEMU6180477", "KZ2")}


# ---- papers


PAPERS = {
    "iftmcs": MESSAGES["iftmcs.edi"],
    "dcsa": json.dumps(dcsa_bill(BILL)).encode(),
    "x12-310": b"".join(x12.ocean(*[line.replace("PCUB0001", BILL) for line in x12.OCEAN]).splitlines()),
    "cusdec": MESSAGES["cusdec.edi"],
}


@pytest.mark.parametrize("first", ["paper", "manifest"])
@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_finds_its_consignment_whichever_comes_first(push, name, first):
    for content in (PAPERS[name], SEA) if first == "paper" else (SEA, PAPERS[name]):
        push(content)
    paper = Document.objects.get()
    assert paper.consignment is not None
    assert (paper.consignment.document_no, paper.matched_by) == (BILL, "document_no")
    do_the_rest()
    again = last_assessment()
    assert again.trigger == Assessment.Trigger.NEW_DOCUMENT
    assert again.indicators["documents_count"] == 1
    assert ConsignmentVersion.objects.filter(consignment=paper.consignment).count() == 1


def test_what_a_bill_of_lading_says_otherwise_is_an_indicator(push):
    push(SEA)
    push(edited(PAPERS["iftmcs"], ("CNT+7:18240:KGM'", "CNT+7:21888:KGM'"), ("MEA+AAE+G+KGM:9600'", ""),
                ("MEA+AAE+G+KGM:8640'", ""), ("UNT+41", "UNT+39")))  # fmt: skip
    do_the_rest()
    said = last_assessment().indicators
    assert Decimal(said["documents_weight_difference_percent"]) == 20
    assert said["documents_disagree_count"] >= 1
    assert said["documents_container_differs"] is True  # the bill of lading names one container more


def test_a_declaration_of_several_bills_is_listed_with_what_it_could_be_of(push, altynkol):
    push(AWMDS)
    push(SAD)
    paper = Document.objects.get()
    assert (paper.consignment, list(Document.objects.unmatched())) == (None, [paper])
    asked = asked_of(paper)
    could_be = {one.consignment for one in match(asked, found_for(altynkol, [asked])).candidates}
    named = Consignment.objects.filter(document_no__in=["CRL612001", "CRL612002"])
    assert could_be == set(named.values_list("pk", flat=True))


@pytest.mark.parametrize("first", ["paper", "manifest"])
def test_a_declaration_of_one_bill_finds_it(push, first):
    declared = edited(SAD, ("CRL612002", "CRL612001"))
    for content in (declared, AWMDS) if first == "paper" else (AWMDS, declared):
        push(content)
    do_the_rest()
    assert Document.objects.get().consignment.document_no == "CRL612001"
    assert last_assessment("CRL612001").indicators["documents_count"] == 1


def test_papers_of_what_nobody_announced_wait_unmatched(push):
    push(SEA)
    push(MESSAGES["iftmin.edi"])
    waiting = Document.objects.unmatched()
    assert {one.number for one in Document.objects.all()} >= {one.number for one in waiting}
    assert [one.said.loadings[0].equipment for one in waiting] == ["PCVU2049022"]


# ---- several at once


def test_an_interchange_of_several_kinds_makes_of_each_what_it_is(push):
    submission = push(MESSAGES["mixed.edi"])
    assert (submission.status, submission.accepted_count) == ("done", 3)
    assert codes(submission) == {"not_cuscar"}
    assert ConveyanceCall.objects.filter(voyage="245W").count() == 1
    assert set(MovementEvent.objects.values_list("visit__number", flat=True)) == {BOX, "PCVU2047779"}
    assert Document.objects.unmatched().get().number == BILL
    assert not Consignment.objects.exists()
    push(SEA)
    assert Document.objects.get().consignment.document_no == BILL


# ---- houses under their master


def awbolds(*, voyage: str = "612N", master: str = "CRL612003") -> bytes:
    house = AWMDS.decode().split("<Bol_segment>")[3].split("</Bol_segment>")[0]
    house = house.replace("CRL612002", "HOUSE-1").replace("CRL612M", master)
    return (
        "<Awbolds><Master_bol><Customs_office_code>FJLTK</Customs_office_code>"
        f"<Voyage_number>{voyage}</Voyage_number><Date_of_departure>2026-10-14</Date_of_departure>"
        f"<Reference_number>{master}</Reference_number></Master_bol><Bol_segment>{house}</Bol_segment></Awbolds>"
    ).encode()


def test_house_bills_that_come_later_stand_on_the_call_of_their_master_and_are_linked(push):
    push(AWMDS)
    visits = set(EquipmentVisit.objects.values_list("pk", flat=True))
    submission = push(awbolds())
    assert submission.status == "done"
    house = Consignment.objects.get(document_no="HOUSE-1")
    assert house.master.document_no == "CRL612003"
    assert house.call == house.master.call == ConveyanceCall.objects.get()
    assert set(EquipmentVisit.objects.values_list("pk", flat=True)) == visits
    assert Loading.objects.filter(version__consignment=house).count() == 2


def test_house_bills_of_another_voyage_stay_on_a_call_of_their_own(push):
    push(AWMDS)
    push(awbolds(voyage="613N"))
    assert ConveyanceCall.objects.count() == 2


def test_house_bills_that_come_first_are_linked_once_the_manifest_comes(push):
    push(awbolds())
    push(AWMDS)
    assert Consignment.objects.get(document_no="HOUSE-1").master.document_no == "CRL612003"


# ---- functions


def test_cuscar_changes_adds_and_deletes_the_bills_it_names(push, altynkol):
    push(SEA)
    all_bills = standing(altynkol)
    changed = push(edited(SEA, ("GHL-245W-PTI+9'", "GHL-245W-PTI+4'"), ("CERAMIC TABLEWARE SETS", "CERAMIC TILES")))
    assert changed.status == "done"
    assert not codes(changed) & {"change_unknown", "add_known", "cancel_unknown"}
    assert standing(altynkol) == all_bills
    assert ConsignmentVersion.objects.filter(submission=changed, function="change", number=2).count() == len(all_bills)
    deleted = push(edited(_only_bill(SEA, 1), ("GHL-245W-PTI+9'", "GHL-245W-PTI+3'")))
    assert standing(altynkol) == all_bills - {BILL}, codes(deleted)
    added = push(edited(_only_bill(SEA, 1), ("GHL-245W-PTI+9'", "GHL-245W-PTI+2'")))
    assert standing(altynkol) == all_bills, codes(added)
    assert ConveyanceCall.objects.count() == 1


def _only_bill(raw: bytes, number: int) -> bytes:
    """The interchange with one of its bills alone, and its counts put right."""
    head, *bills = raw.decode().split("CNI+")
    tail = bills[-1][bills[-1].index("UNT+") :]
    last = bills[number - 1].split("UNT+")[0]
    body = f"{head}CNI+{last}"
    inside = body[body.index("UNH+") :]
    count = inside.replace("?'", "").count("'") + 1
    _tag, ref = tail.split("'")[0].rsplit("+", 1)
    return (body + f"UNT+{count}+{ref}'" + tail.split("'", 1)[1]).encode()


def test_an_x12_manifest_adds_and_deletes_the_bills_it_names(push, altynkol):
    push(x12.manifest(*x12.numbered("PCUB1"), *x12.numbered("PCUB2")))

    def amended(code: str, number: str) -> bytes:
        lines = [line for line in x12.numbered(number) if not line.startswith("LX")]
        return x12.manifest("LX*1", f"M13*PCUL*GEPTI*{code}*{number}*100*01", *lines)

    push(amended("A", "PCUB3"))
    assert standing(altynkol) == {"PCUB1", "PCUB2", "PCUB3"}
    push(amended("D", "PCUB1"))
    assert standing(altynkol) == {"PCUB2", "PCUB3"}
    assert ConveyanceCall.objects.count() == 1
    assert counts(altynkol)["Consignment"] == 3
