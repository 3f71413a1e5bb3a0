"""Real Celery workers killed in the middle of a manifest: the lease brings the work back, once and whole."""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Callable

import pytest
from django.db.models import Count

from pcu.accounts import services as accounts
from pcu.accounts.models import Unit
from pcu.accounts.roles import Role
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo.models import ConsignmentVersion, Loading, Submission
from profiling.formats.cuscar import CuscarReader
from profiling.formats.generate import generate_cuscar
from profiling.formats.records import Consignment
from profiling.intake import services as intake
from profiling.intake.kinds import CONSIGNMENTS
from profiling.rules.models import Assessment
from profiling.rules.services import install_starter
from tests.processes import worker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BILLS = 3000
PATIENCE = 240  # seconds; a run takes a tenth of it


@pytest.fixture(autouse=True)
def short_times(settings):
    settings.JOB_REQUEUE_SECONDS = 5
    settings.CHUNK_BILLS = 100


@pytest.fixture
def altynkol(store) -> Unit:
    country = Unit.objects.create(code="KZ", kind=Unit.Kind.COUNTRY, names={"en": "Kazakhstan"}, country="KZ")
    install_starter(unit=country)
    return Unit.objects.create(code="ALT", parent=country, names={"en": "Altynkol"}, country="KZ", post="rail")


def chunks(submission: Submission, state: str) -> int:
    return Job.objects.filter(subject=submission.ref, kind=CONSIGNMENTS, state=state).count()


def sweep_until(reached: Callable[[], object]) -> None:
    """Do what beat does, more often, until something is the case."""
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, list(Job.objects.values_list("kind", "state", "attempts", "error"))
        jobs.sweep()
        time.sleep(0.1)


def is_finished(submission: Submission) -> bool:
    submission.refresh_from_db()
    return submission.is_finished


def pushed(unit: Unit, bills: int) -> Submission:
    client = accounts.create_client(username="railway")
    accounts.grant(user=client, unit=unit, role=Role.CLIENT)
    return intake.receive(pieces=generate_cuscar(bills), sender=client, unit=unit)


def loadings(bills: int) -> int:
    """How many pairs of bill and container the generated manifest names."""
    content = io.BytesIO(b"".join(generate_cuscar(bills)))
    records = [record for record in CuscarReader().read(content) if isinstance(record, Consignment)]
    return sum(len({loading.equipment for loading in record.loadings}) for record in records)


def test_a_child_and_then_a_whole_worker_killed_lose_and_double_nothing(altynkol):
    submission = pushed(altynkol, BILLS)
    with worker() as first:
        sweep_until(lambda: chunks(submission, "running") and chunks(submission, "done"))
        for child in first.children():
            child.kill()
        at_least = chunks(submission, "done") + 1
        sweep_until(lambda: chunks(submission, "running") and chunks(submission, "done") >= at_least)
        os.killpg(first.pid, signal.SIGKILL)
    assert not is_finished(submission)
    with worker():
        sweep_until(lambda: is_finished(submission))
    assert submission.status == "done", submission.failure
    assert submission.accepted_count == BILLS
    versions = ConsignmentVersion.objects.filter(submission=submission)
    assert versions.count() == BILLS
    assert versions.values("consignment").distinct().count() == BILLS
    once = Assessment.objects.filter(version__in=versions).values("version").annotate(times=Count("pk"))
    assert set(once.values_list("times", flat=True)) == {1}
    assert once.count() == BILLS
    assert Loading.objects.filter(version__in=versions).count() == loadings(BILLS)
    assert Job.objects.filter(subject=submission.ref, attempts__gt=1).exists()


def test_a_chunk_that_kills_its_worker_each_time_fails_after_three_tries_and_can_be_tried_again(altynkol):
    submission = pushed(altynkol, 50)
    with worker("tests.intake.poison", lease=2):
        sweep_until(lambda: is_finished(submission))
    assert submission.status == "failed"
    assert submission.failure
    job = Job.objects.get(subject=submission.ref, kind=CONSIGNMENTS)
    assert (job.state, job.attempts) == ("failed", 3)
    assert not ConsignmentVersion.objects.exists()
    officer = accounts.create_person(username="officer", password="gauge-1520-mm-rail")
    accounts.grant(user=officer, unit=altynkol, role=Role.OFFICER)
    intake.retry(submission=submission, actor=officer)
    with worker():
        sweep_until(lambda: is_finished(submission))
    assert submission.status == "done", submission.failure
    assert ConsignmentVersion.objects.count() == 50
