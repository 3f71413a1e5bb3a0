"""Celery tasks of the exchanges."""

from celery import shared_task

from exchanges.services import clocks


@shared_task
def sweep_exchanges() -> None:
    """Remind, and end what has expired (every EXCHANGE_SWEEP_SECONDS)."""
    clocks.expire()
    clocks.remind()
