"""Celery tasks of the exchanges."""

from celery import shared_task

from exchanges.services import clocks, watching


@shared_task
def sweep_exchanges() -> None:
    """Tell of lookouts met, remind, and end what has expired (every EXCHANGE_SWEEP_SECONDS)."""
    watching.tell_hits()
    clocks.expire()
    clocks.remind()
