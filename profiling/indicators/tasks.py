"""Celery tasks of the indicators."""

from celery import shared_task
from django.utils import timezone

from pcu.accounts.models import Unit
from profiling.indicators import peers


@shared_task
def count_peers() -> None:
    """Count the peers of every unit anew (once a day); a unit without cargo costs one query."""
    for unit in Unit.objects.all():
        peers.count_peers(unit=unit, until=timezone.now())
