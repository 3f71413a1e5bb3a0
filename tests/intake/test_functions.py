"""Change, add and delete: a message that says only the bills it touches leaves the others as they are."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from pcu.accounts import services as accounts
from pcu.accounts.roles import Role
from profiling.cargo.models import Consignment, MovementEvent
from profiling.cases.models import Case
from profiling.documents.models import Document
from profiling.intake import services as intake
from tests.intake.conftest import FIXTURES, do_all_jobs

RAIL = json.loads((FIXTURES / "rail.json").read_bytes())
FIRST, *OTHERS = RAIL["consignments"]


def rail(**changes) -> bytes:
    return json.dumps({**RAIL, **changes}, ensure_ascii=False).encode()


def standing() -> set[str]:
    return {one.document_no for one in Consignment.objects.select_related("current") if not one.is_withdrawn}


def codes(submission) -> dict[str, str]:
    return dict(submission.problems.values_list("code", "document"))


ALL = {bill["document_no"] for bill in RAIL["consignments"]}


def test_a_change_says_one_bill_anew_and_leaves_the_others(push):
    push(rail())
    changed = push(rail(function="change", message_ref="C1", consignments=[{**FIRST, "procedure": "NEWER"}]))
    one = Consignment.objects.get(document_no=FIRST["document_no"])
    assert (one.current.procedure, one.current.number, one.current.function) == ("NEWER", 2, "change")
    assert standing() == ALL
    assert Consignment.objects.filter(current__submission=changed).count() == 1
    assert not codes(changed)


def test_a_change_of_what_nobody_announced_is_taken_as_new_and_told(push):
    push(rail())
    stranger = {**FIRST, "document_no": "NEVER1"}
    changed = push(rail(function="change", message_ref="C1", consignments=[stranger]))
    assert standing() == ALL | {"NEVER1"}
    assert codes(changed) == {"change_unknown": "NEVER1"}


def test_an_addition_joins_the_manifest(push):
    push(rail(consignments=OTHERS))
    added = push(rail(function="add", message_ref="A1", consignments=[FIRST]))
    assert standing() == ALL
    assert Consignment.objects.values("call").distinct().count() == 1
    assert not codes(added)


def test_an_addition_of_what_stands_is_taken_as_a_change_and_told(push):
    push(rail())
    added = push(rail(function="add", message_ref="A1", consignments=[FIRST]))
    assert codes(added) == {"add_known": FIRST["document_no"]}
    assert Consignment.objects.get(document_no=FIRST["document_no"]).versions.count() == 2


def test_a_deletion_takes_back_the_bills_it_names_and_no_other(push):
    push(rail())
    named = [{"document_type": FIRST["document_type"], "document_no": FIRST["document_no"]}]
    deleted = push(rail(function="delete", message_ref="D1", consignments=named, equipment=[]))
    assert standing() == ALL - {FIRST["document_no"]}
    assert not codes(deleted)
    assert not Case.objects.filter(consignments__document_no=FIRST["document_no"], withdrawn=False).exists()


@pytest.mark.parametrize("function", ["change", "add", "delete"])
def test_one_that_names_no_bill_does_nothing_and_says_so(push, function):
    push(rail())
    silent = push(rail(function=function, message_ref="N1", consignments=[], equipment=[]))
    assert (silent.status, codes(silent)) == ("done", {"names_nothing": ""})
    assert standing() == ALL


def test_a_client_deletes_no_word_of_another(push, altynkol):
    push(rail())
    other = accounts.create_client(username="other", name="Other")
    accounts.grant(user=other, unit=altynkol, role=Role.CLIENT)
    named = [{"document_type": FIRST["document_type"], "document_no": FIRST["document_no"]}]
    deleted = push(rail(function="delete", message_ref="D1", consignments=named, equipment=[]), sender=other)
    assert standing() >= ALL
    assert codes(deleted) == {"cancel_unknown": FIRST["document_no"]}


def test_a_deletion_that_was_overtaken_by_a_change_takes_nothing_back(altynkol, client_system):
    def receive(content: bytes):
        return intake.receive(pieces=[content], sender=client_system, unit=altynkol)

    do_all_jobs(receive(rail()))
    named = [{"document_type": FIRST["document_type"], "document_no": FIRST["document_no"]}]
    deleted = receive(rail(function="delete", message_ref="D1", consignments=named, equipment=[]))
    changed = receive(rail(function="change", message_ref="C1", consignments=[FIRST]))
    assert changed.created_at - deleted.created_at < timedelta(minutes=1)
    do_all_jobs(changed)
    do_all_jobs(deleted)
    assert standing() == ALL


def cuscar(function: str, *bills: str, manifest: str = "M-77") -> str:
    goods = "GID+1+4:CT'FTX+AAA+++TOYS'MEA+AAE+G+KGM:900'"
    said = "".join(f"CNI+{place}'RFF+BM:{number}'{goods}" for place, number in enumerate(bills, 1))
    head = f"BGM+85+{manifest}+{function}'TDT+20+7V+1++CARR:172+++9100011:146::NIOBE'"
    return f"UNH+{function}+CUSCAR:D:95B:UN'{head}EQD+CN+PCVU2045185+22G1'{said}UNT+0+{function}'"


def test_a_manifest_cancelled_whole_goes_also_where_the_same_file_deletes_a_bill_of_it(push):
    push(cuscar("9", "B1", "B2", "B3").encode())
    push((cuscar("3", "B1") + cuscar("1")).encode())
    assert standing() == set()


def test_a_bill_that_cannot_be_read_does_not_cancel_its_whole_manifest(push):
    push(cuscar("9", "B1", "B2").encode())
    cancelled = push(cuscar("1", "B" * 40).encode())
    assert cancelled.refused_count == 1
    assert standing() == {"B1", "B2"}


CALL = (FIXTURES / "messages" / "cusrep.edi").read_text()
GATE = (FIXTURES / "messages" / "codeco.edi").read_text()
PAPER = (FIXTURES / "messages" / "iftmin.edi").read_text()
MANIFEST = "GHL-245W-PTI"  # the number of the manifest, of its call and of its stowage plan


@pytest.mark.parametrize("function", ["5", "1", "3"])
@pytest.mark.parametrize("kind", ["cusrep", "baplie_d13b"])
def test_a_report_of_the_call_takes_back_no_bill_under_the_number_of_its_manifest(push, kind, function):
    push((FIXTURES / "sea.edi").read_bytes())
    stood = standing()
    assert stood
    report = (FIXTURES / "messages" / f"{kind}.edi").read_text()
    report = re.sub(r"(BGM\+[^+]*\+)[^+]*\+9", rf"\g<1>{MANIFEST}+{function}", report)
    told = push(report.encode())
    assert told.status == ("done" if function == "5" else "rejected")  # nothing of it is left
    assert standing() == stood
    assert not Case.objects.filter(withdrawn=True).exists()
    assert set(codes(told)) & {"withdrawal_not_taken", "left_out_of_replacement"} == (
        set() if function == "5" else {"withdrawal_not_taken"}
    )


def test_events_that_a_message_takes_back_did_not_happen(push):
    taken = push(GATE.replace("+9'", "+1'").encode())
    assert (taken.status, taken.read_count, taken.refused_count) == ("rejected", 3, 3)
    assert MovementEvent.objects.count() == 0
    assert set(codes(taken)) >= {"withdrawal_not_taken"}


def test_a_paper_that_a_message_takes_back_is_set_beside_nothing(push):
    taken = push(PAPER.replace("+SI-77120+9'", "+SI-77120+1'").encode())
    assert (taken.status, taken.read_count, taken.refused_count) == ("done", 2, 1)
    assert Document.objects.exclude(number="SI-77120").count() == Document.objects.count() == 1
    assert set(codes(taken)) >= {"withdrawal_not_taken"}


def test_a_client_learns_by_no_change_or_addition_what_others_have_announced(push, altynkol):
    push(rail())
    other = accounts.create_client(username="other", name="Other")
    accounts.grant(user=other, unit=altynkol, role=Role.CLIENT)
    stranger = {**FIRST, "document_no": "NEVER1"}
    changed = push(rail(function="change", message_ref="C1", consignments=[FIRST, stranger]), sender=other)
    assert sorted(changed.problems.filter(code="change_unknown").values_list("document", flat=True)) == sorted(
        [FIRST["document_no"], "NEVER1"]
    )
    second, third = OTHERS[0], {**FIRST, "document_no": "NEVER2"}
    added = push(rail(function="add", message_ref="A1", consignments=[second, third]), sender=other)
    assert not codes(added)
    again = push(rail(function="add", message_ref="A2", consignments=[third]), sender=other)
    assert codes(again) == {"add_known": "NEVER2"}
