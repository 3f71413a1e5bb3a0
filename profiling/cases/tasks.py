"""Celery tasks of the cases."""

from celery import shared_task

from profiling.cases import watching


@shared_task
def begin_lookouts() -> None:
    """Hold lookouts whose first day has come against what stands (every ten minutes)."""
    watching.search_what_begins()
