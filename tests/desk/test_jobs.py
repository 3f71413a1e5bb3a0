"""Jobs under leases: claimed once, handed out again, phases in order, the last two of a phase at once."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from pcu.accounts.models import Unit
from pcu.desk import jobs
from pcu.desk.models import Job

FIRST, SECOND = 0, 1


@pytest.fixture
def sent(monkeypatch):
    """Ids of the jobs that were put on the broker."""
    found: list[int] = []
    monkeypatch.setattr(jobs.app, "send_task", lambda name, args: found.append(args[0]))
    return found


@pytest.fixture
def kinds(monkeypatch):
    failed: list[Job] = []
    monkeypatch.setitem(jobs._KINDS, "test", jobs.JobKind(lambda lease: None, failed.append))
    return failed


def made(unit: Unit, *phases: int) -> list[Job]:
    planned = [jobs.Planned("test", phase, number, {}) for number, phase in enumerate(phases)]
    return jobs.add(unit=unit, subject=uuid.uuid4(), planned=planned)


@pytest.fixture
def unit(transactional_db) -> Unit:
    return Unit.objects.create(code="KZ", kind="country", names={"en": "Kazakhstan"}, country="KZ")


def finished(job: Job) -> None:
    lease = jobs.claim(job.pk)
    assert lease is not None
    with lease.holding():
        lease.finish()


def test_a_job_is_claimed_by_one(unit, sent):
    (job,) = made(unit, FIRST)
    assert jobs.claim(job.pk) is not None
    assert jobs.claim(job.pk) is None


def test_a_later_phase_waits_for_the_earlier_and_is_sent_when_it_ends(unit, sent):
    first, second = made(unit, FIRST, SECOND)
    assert sent == [first.pk]
    assert jobs.claim(second.pk) is None
    finished(first)
    assert sent == [first.pk, second.pk]
    assert jobs.claim(second.pk) is not None


def test_an_expired_lease_is_handed_out_again_and_the_old_one_cannot_commit(unit, sent, kinds):
    (job,) = made(unit, FIRST)
    old = jobs.claim(job.pk)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert jobs.sweep() == 1
    assert sent == [job.pk, job.pk]
    new = jobs.claim(job.pk)
    assert new is not None
    with pytest.raises(jobs.LeaseLostError), old.holding():
        pass
    with new.holding():
        new.finish()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


def test_after_three_attempts_a_job_has_failed_and_can_be_tried_again(unit, sent, kinds):
    (job,) = made(unit, FIRST)
    for _attempt in range(3):
        assert jobs.claim(job.pk) is not None
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        jobs.sweep()
    job.refresh_from_db()
    assert job.state == "failed"
    assert [one.pk for one in kinds] == [job.pk]
    assert jobs.claim(job.pk) is None
    assert jobs.retry_failed(job.subject) == 1
    assert jobs.claim(job.pk) is not None


def test_a_message_that_the_broker_lost_is_sent_again(unit, sent, settings):
    (job,) = made(unit, FIRST)
    assert jobs.sweep() == 0
    Job.objects.update(enqueued_at=timezone.now() - timedelta(seconds=settings.JOB_REQUEUE_SECONDS + 1))
    assert jobs.sweep() == 1
    assert sent == [job.pk, job.pk]


def test_when_the_last_two_jobs_of_a_phase_end_at_once_the_next_phase_is_sent(unit, sent):
    one, other, last = made(unit, FIRST, FIRST, SECOND)
    leases = [jobs.claim(one.pk), jobs.claim(other.pk)]
    both_inside = threading.Barrier(2, timeout=10)

    def end(lease: jobs.Lease) -> None:
        try:
            with lease.holding():
                both_inside.wait()
                lease.finish()
        finally:
            connection.close()

    threads = [threading.Thread(target=end, args=[lease]) for lease in leases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sent.count(last.pk) == 1


def test_a_host_whose_clock_is_wrong_takes_no_work_away(unit, sent, monkeypatch):
    (job,) = made(unit, FIRST)
    lease = jobs.claim(job.pk)
    an_hour_on = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: an_hour_on)
    assert jobs.sweep() == 0
    assert jobs.claim(job.pk) is None
    with lease.holding():
        lease.finish()


def test_only_what_helps_a_later_transaction_is_not_waited_for_on_disk(unit, sent):
    (job,) = made(unit, FIRST)
    lease = jobs.claim(job.pk)

    def waits() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            [setting] = cursor.fetchone()
        return setting

    usual = waits()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
    try:
        with lease.holding(durable=False):
            assert waits() == "off"
        with lease.holding():
            assert waits() == "on"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('synchronous_commit', %s, false)", [usual])
