"""Celery tasks of the cases."""

from celery import shared_task

from profiling.cases import snapshots, watching


@shared_task
def begin_lookouts() -> None:
    """Hold lookouts whose first day has come against what stands (every ten minutes)."""
    watching.search_what_begins()


@shared_task
def refresh_snapshots() -> None:
    """Bring the files of the past to what the database holds (every fifteen minutes)."""
    snapshots.refresh_all()
