"""Celery tasks of the cases."""

from celery import shared_task

from pcu.accounts.models import Unit
from profiling.cases import snapshots, watching


@shared_task
def begin_lookouts() -> None:
    """Hold lookouts whose first day has come against what stands (every ten minutes)."""
    watching.search_what_begins()


@shared_task
def refresh_snapshots() -> None:
    """Bring the files of the past to what the database holds (every fifteen minutes)."""
    snapshots.refresh_all()


@shared_task
def refresh_snapshot(unit_id: int) -> None:
    """The same for one node that somebody waits for."""
    snapshots.refresh(Unit.objects.get(pk=unit_id))
