"""Every message through the whole pipeline: what the reader counts is what stands in the tables, however it is cut."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import pytest
from django.db.models import Count

from pcu.accounts import services as accounts
from pcu.accounts.models import Unit
from pcu.accounts.roles import Role
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.models import Consignment, ConsignmentVersion, MovementEvent, Submission, VisitStatement
from profiling.documents.models import Document
from profiling.formats.survey import Survey, survey
from profiling.intake import mapping as mappings
from profiling.intake import services as intake
from tests import factories
from tests.formats.messages import MESSAGES, TABLES
from tests.intake.conftest import do_all_jobs
from tests.intake.messages import counts, rows_of

Status = Submission.Status


@pytest.fixture
def second_unit(altynkol, client_system) -> Unit:
    unit = Unit.objects.create(
        code="DST", parent=altynkol.parent, names={"en": "Dostyk"}, country="KZ", post="rail", time_zone="Asia/Almaty"
    )
    accounts.grant(user=client_system, unit=unit, role=Role.CLIENT)
    return unit


@pytest.mark.parametrize("name", MESSAGES)
def test_the_tables_hold_what_the_reader_counts_however_it_is_cut(
    push, altynkol, second_unit, settings, monkeypatch, name
):
    content = MESSAGES[name]
    counted = survey(io.BytesIO(content))
    assert counted.complete, counted.codes
    settings.CHUNK_BILLS = 1000
    submission = push(content)
    _holds(submission, counted)
    settings.CHUNK_BILLS = 1
    monkeypatch.setattr("profiling.intake.reading.EQUIPMENT_AT_ONCE", 1)
    _holds(push(content, unit=second_unit), counted)
    assert rows_of(altynkol) == rows_of(second_unit)
    assert sum(counts(altynkol).values())


def _holds(submission: Submission, counted: Survey) -> None:
    """What stands in the tables for a submission is what was counted, none lost and none doubled."""
    assert submission.status == Status.DONE, submission.failure
    bills_and_the_like = counted.consignments + counted.movements + counted.documents
    assert submission.accepted_count == bills_and_the_like
    assert submission.read_count == submission.accepted_count + submission.refused_count
    assert submission.problems.filter(severity="error").exists() == (counted.refused > 0)
    assert ConsignmentVersion.objects.filter(submission=submission).count() == counted.consignments
    assert Document.objects.filter(submission=submission).count() == counted.documents
    assert MovementEvent.objects.filter(submission=submission).count() == counted.movements
    said = VisitStatement.objects.filter(submission=submission)
    assert said.exclude(visit__movements__submission=submission).count() == counted.equipment
    told = set(submission.problems.values_list("code", flat=True))
    assert told >= set(counted.codes)
    assert "value_misfit" not in told
    assert len(submission.messages) == counted.messages


@pytest.mark.parametrize("name", MESSAGES)
def test_the_same_under_another_key_doubles_nothing_but_what_it_says_anew(push, altynkol, name):
    first = push(MESSAGES[name], idempotency_key="1")
    before = counts(altynkol)
    again = push(MESSAGES[name], idempotency_key="2")
    assert (again.status, again.accepted_count) == (Status.DONE, first.accepted_count)
    after = counts(altynkol)
    anew = {"ConsignmentVersion", "GoodsItem", "PartyMention", "Loading", "CargoDocument"}  # each version has its own
    for table, count in before.items():
        if table != "VisitStatement":  # a word on a visit as a whole, kept with every message
            assert after[table] == (2 * count if table in anew else count), table
    told = set(again.problems.values_list("code", flat=True))
    assert ("documents_known" in told) == (before["Document"] > 0)
    assert ("movements_known" in told) == (before["MovementEvent"] > 0)


@pytest.mark.parametrize("form", TABLES)
def test_a_table_holds_what_its_mapping_reads(push, altynkol, second_unit, settings, form):
    content = TABLES[form]
    for unit, chunk in ((altynkol, 1000), (second_unit, 1)):
        settings.CHUNK_BILLS = chunk
        waiting = push(content, unit=unit)
        assert waiting.status == Status.MAPPING
        agreed = mappings.proposal_for(waiting).mapping().as_json()
        mappings.confirm(submission=waiting, actor=factories.person(unit), mapping=agreed)
        done = do_all_jobs(waiting)
        assert done.status == Status.DONE
        counted = survey(io.BytesIO(content), mappings.with_sender(agreed, done))
        assert (done.accepted_count, counted.refused) == (counted.consignments, 0)
        assert Consignment.objects.filter(unit=unit).count() == counted.consignments == 2
        assert VisitStatement.objects.filter(submission=done).count() == counted.equipment == 3
    assert rows_of(altynkol) == rows_of(second_unit)


@pytest.mark.parametrize(
    "name", ["sea.edi", "mixed.edi", "coarri.edi", "baplie_cells.edi", "iftmin.edi", "transfer-json"]
)
def test_jobs_that_break_off_after_all_was_written_are_done_again_once_and_whole(
    push, altynkol, second_unit, client_system, settings, monkeypatch, name
):
    settings.CHUNK_BILLS = 2
    push(MESSAGES[name], unit=second_unit)
    finish, broken = jobs.Lease.finish, set()

    def break_off(lease: jobs.Lease, result: Any = None) -> None:
        if lease.job.pk not in broken:
            broken.add(lease.job.pk)
            raise OSError
        finish(lease, result)

    monkeypatch.setattr(jobs.Lease, "finish", break_off)
    submission = intake.receive(pieces=[MESSAGES[name]], sender=client_system, unit=altynkol)
    waiting = Job.objects.filter(subject=submission.ref, state=Job.State.WAITING).order_by("phase", "ordinal")
    while job := waiting.first():
        with suppress(OSError):
            jobs.run(job.pk)
    submission.refresh_from_db()
    assert submission.status == Status.DONE
    assert broken == set(Job.objects.filter(subject=submission.ref).values_list("pk", flat=True))
    assert rows_of(altynkol) == rows_of(second_unit)
    once = submission.problems.values("code", "position", "document", "params").annotate(times=Count("pk"))
    assert set(once.values_list("times", flat=True)) <= {1}
