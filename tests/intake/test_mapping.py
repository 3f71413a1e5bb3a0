"""A table waits for its mapping, is read by itself once somebody confirms, and the next one at once."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from pcu.accounts import services as accounts
from pcu.accounts.models import Unit
from pcu.accounts.roles import Role
from pcu.desk.models import Job
from profiling.cargo.models import Consignment, Submission
from profiling.formats import registry
from profiling.formats.table import TableReader
from profiling.intake import mapping as mappings
from profiling.intake import reading
from profiling.intake.errors import InvalidMapping, NotWaiting
from profiling.intake.kinds import READ
from profiling.intake.models import ColumnMapping, ColumnMappingHistory  # made by pghistory
from tests import factories
from tests.formats.tables import HEADINGS, ROWS, TABLE, csv_of, xls_of
from tests.intake.conftest import do_all_jobs

Status = Submission.Status
MORE = [["AB-2001", "Red River Mills", "Altyn Trade LLP", "CAIU7302318", "S-80", 4, 40, "392410", "TABLEWARE"]]


@pytest.fixture
def officer(altynkol):
    return factories.person(altynkol)


def proposed(submission):
    return mappings.proposal_for(submission).mapping().as_json()


def confirm(submission, actor, **changes):
    return mappings.confirm(submission=submission, actor=actor, mapping={**proposed(submission), **changes})


def test_a_table_of_an_unknown_kind_waits_and_says_for_what(push):
    waiting = push(csv_of(TABLE))
    assert (waiting.status, waiting.format, waiting.is_finished) == (Status.MAPPING, "table", False)
    (told,) = waiting.problems.all()
    assert (told.code, told.severity) == ("mapping_missing", "warning")
    assert waiting.accepted_count == waiting.refused_count == 0
    assert not Consignment.objects.exists()
    assert set(Job.objects.filter(subject=waiting.ref).values_list("state", flat=True)) == {Job.State.DONE}


def test_confirmed_it_is_read_by_itself_and_so_is_all_that_waits_for_the_same(push, officer):
    first, second = push(csv_of(TABLE)), push(csv_of([HEADINGS, *MORE], ";"))
    other_headings = push(csv_of([["BL", "Goods"], ["Z1", "TEA"]]))
    confirm(first, officer)
    for submission in (first, second):
        done = do_all_jobs(submission)
        assert done.status == Status.DONE, list(done.problems.values_list("code", flat=True))
        assert not done.problems.filter(code="mapping_missing").exists()
    assert (first.accepted_count, second.accepted_count) == (2, 1)
    assert set(Consignment.objects.values_list("document_no", flat=True)) == {"AB-1001", "AB-1002", "AB-2001"}
    other_headings.refresh_from_db()
    assert other_headings.status == Status.MAPPING


def test_the_next_table_with_these_headings_is_read_at_once_and_others_wait(push, altynkol, officer):
    confirm(push(csv_of(TABLE)), officer)
    assert push(csv_of([HEADINGS, *MORE])).status == Status.DONE
    stranger = accounts.create_client(username="agent", name="Agent")
    accounts.grant(user=stranger, unit=altynkol, role=Role.CLIENT)
    assert push(csv_of([HEADINGS, *MORE]), sender=stranger).status == Status.MAPPING


def test_a_list_that_a_colleague_uploads_again_is_no_second_cargo(push, altynkol, officer):
    colleague = factories.person(altynkol)
    for sender in (officer, colleague):
        waiting = push(csv_of(TABLE), sender=sender)
        confirm(waiting, officer)
        assert do_all_jobs(waiting).status == Status.DONE
    assert Consignment.objects.count() == 2
    assert {one.versions.count() for one in Consignment.objects.all()} == {2}


def test_the_mapping_is_kept_with_who_and_when_and_a_change_leaves_a_trace(push, officer):
    waiting = push(csv_of(TABLE))
    kept = confirm(waiting, officer)
    assert (kept.sender, kept.unit, kept.confirmed_by) == (waiting.sender, waiting.unit, officer)
    assert kept.confirmed_at <= timezone.now()
    again = confirm(waiting, officer, decimal=",")
    assert again.pk == kept.pk
    assert ColumnMapping.objects.get().mapping["decimal"] == ","
    assert ColumnMappingHistory.objects.filter(pgh_obj_id=kept.pk).count() == 2


def test_what_was_confirmed_counts_and_not_what_was_proposed(push, officer):
    waiting = push(csv_of([["BL", "Goods", "Weight", "Text"], ["A1", "TEA", "1.5", "Bereke LLP"]]))
    mapping = proposed(waiting)
    mapping["columns"]["text"] = {"field": "consignee", "heading": "Text"}
    mapping["columns"]["weight"]["unit"] = "TNE"
    mappings.confirm(submission=waiting, actor=officer, mapping=mapping)
    do_all_jobs(waiting)
    version = Consignment.objects.get().current
    assert version.gross_kg == 1500
    assert [mention.name for mention in version.mentions.all()] == ["Bereke LLP"]


def test_a_workbook_goes_the_same_way(push, officer):
    waiting = push(xls_of(TABLE))
    assert waiting.status == Status.MAPPING
    confirm(waiting, officer)
    done = do_all_jobs(waiting)
    assert (done.status, done.accepted_count) == (Status.DONE, 2)
    assert done.problems.get(code="hs_zero_restored").position["pointer"] == "/Cargo/H2"


def test_a_check_only_waits_too_and_then_writes_nothing(push, officer):
    waiting = push(csv_of(TABLE), dry_run=True)
    assert waiting.status == Status.MAPPING
    confirm(waiting, officer)
    assert do_all_jobs(waiting).status == Status.DONE
    assert waiting.accepted_count == 2
    assert not Consignment.objects.exists()


def test_a_table_without_headings_is_rejected_and_does_not_wait(push):
    rejected = push(b"1,2,3\n4,5,6\n7,8,9\n")
    assert rejected.status == Status.REJECTED
    assert [told.code for told in rejected.problems.all()] == ["headings_missing"]


def test_a_refused_row_is_told_and_the_others_are_kept(push, officer):
    bad = ["", "Somebody", "Else LLP", "", "", 1, 1, "", "TEA"]
    waiting = push(csv_of([HEADINGS, *ROWS, bad]))
    confirm(waiting, officer)
    done = do_all_jobs(waiting)
    assert (done.read_count, done.accepted_count, done.refused_count) == (3, 2, 1)
    told = done.problems.get(code="document_no_missing")
    assert told.position["pointer"] == "/A5"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.LIAISON])
def test_who_may_not_push_confirms_nothing(push, altynkol, role):
    waiting = push(csv_of(TABLE))
    with pytest.raises(PermissionDenied):
        confirm(waiting, factories.person(altynkol, role))
    assert not ColumnMapping.objects.exists()


def test_an_officer_of_another_unit_confirms_nothing(push, altynkol):
    other = Unit.objects.create(code="DOS", parent=altynkol.parent, names={"en": "Dostyk"}, country="KZ", post="rail")
    with pytest.raises(PermissionDenied):
        confirm(push(csv_of(TABLE)), factories.person(other))


def test_a_mapping_at_fault_is_not_kept_and_says_where(push, officer):
    waiting = push(csv_of(TABLE))
    with pytest.raises(InvalidMapping) as error:
        mappings.confirm(submission=waiting, actor=officer, mapping={"columns": {"nosuch": {"field": "document_no"}}})
    assert [(fault.where, fault.code) for fault in error.value.faults] == [("nosuch", "mapping_column_unknown")]
    waiting.refresh_from_db()
    assert waiting.status == Status.MAPPING


def test_what_is_no_table_has_no_mapping(push, officer):
    with pytest.raises(NotWaiting):
        confirm(push(b"UNB+"), officer)


def test_a_mapping_confirmed_while_a_reading_looked_for_one_is_used(
    push, officer, altynkol, client_system, monkeypatch
):
    """The reading found none, then somebody confirmed, then the reading would have begun to wait."""
    first = push(csv_of(TABLE))
    seen = []
    honest = mappings.agreed_for

    def late(submission, reader, stream):
        found = honest(submission, reader, stream)
        if not seen:
            seen.append(found[1])
            confirm(first, officer)
        return found

    monkeypatch.setattr(reading.mapping, "agreed_for", late)
    second = push(csv_of([HEADINGS, *MORE]))
    assert seen != [""]
    assert second.status == Status.DONE


def test_confirming_twice_reads_once(push, officer):
    waiting = push(csv_of(TABLE))
    confirm(waiting, officer)
    confirm(waiting, officer)
    assert Job.objects.filter(subject=waiting.ref, kind=READ).count() == 2  # the one that waited, and one more
    assert do_all_jobs(waiting).status == Status.DONE


def test_the_preview_is_what_is_read_later(push, officer):
    waiting = push(csv_of(TABLE))
    shown = mappings.preview(waiting, mappings.checked(proposed(waiting), mappings.proposal_for(waiting)))
    numbers = [one.document_no for one in shown if type(one).__name__ == "Consignment"]
    confirm(waiting, officer)
    do_all_jobs(waiting)
    assert numbers == list(Consignment.objects.order_by("pk").values_list("document_no", flat=True))


def test_country_names_are_known_once_the_installation_runs(push, officer):
    waiting = push(csv_of([["BL", "Goods", "Shipper", "Shipper country"], ["A1", "TEA", "Hill", "Китай"]]))
    confirm(waiting, officer)
    do_all_jobs(waiting)
    assert Consignment.objects.get().current.mentions.get().country == "CN"


def test_the_table_reader_comes_after_all_others():
    assert isinstance(registry.READERS[-1], TableReader)


LISTED = [["Manifest No", "BL", "Goods", "Container"], ["M-1", "A1", "TEA", "MSKU1234565"], ["M-1", "A2", "RICE", ""]]


def test_what_was_chosen_for_the_tables_is_remembered_and_honoured(push, officer):
    waiting = push(csv_of(LISTED))
    proposed = mappings.proposal_for(waiting).mapping().as_json()
    replacing = proposed | {"defaults": proposed["defaults"] | {"function": "replace"}}
    mappings.confirm(submission=waiting, actor=officer, mapping=replacing)
    do_all_jobs(waiting)
    shorter = push(csv_of(LISTED[:2]))
    assert (shorter.status, shorter.function) == (Status.DONE, "replace")
    standing = {one.document_no: one.is_withdrawn for one in Consignment.objects.select_related("current")}
    assert standing == {"A1": False, "A2": True}


def test_a_column_takes_single_bills_back(push, officer):
    table = [[*LISTED[0], "Action"], [*LISTED[1], "new"], [*LISTED[2], "new"]]
    confirm(waiting := push(csv_of(table)), officer)
    do_all_jobs(waiting)
    back = push(csv_of([table[0], [*LISTED[2], "delete"]]))
    assert back.status == Status.DONE, list(back.problems.values_list("code", flat=True))
    standing = {one.document_no: one.is_withdrawn for one in Consignment.objects.select_related("current")}
    assert standing == {"A1": False, "A2": True}
