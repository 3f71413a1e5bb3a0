"""Celery tasks of the desk."""

from celery import shared_task

from pcu.desk import jobs


@shared_task
def sweep_jobs() -> None:
    """Bring back jobs whose worker or message was lost (every JOB_SWEEP_SECONDS)."""
    jobs.sweep()


@shared_task
def run_job(pk: int) -> None:
    """Do one job, unless somebody else holds it."""
    jobs.run(pk)
