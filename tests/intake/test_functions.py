"""Change, add and delete: a message that says only the bills it touches leaves the others as they are."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from pcu.accounts import services as accounts
from pcu.accounts.roles import Role
from profiling.cargo.models import Consignment
from profiling.cases.models import Case
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
