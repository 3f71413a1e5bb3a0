"""Celery tasks of the exchanges."""

from celery import shared_task

from exchanges.services import clocks, telling


@shared_task
def sweep_exchanges() -> None:
    """Tell of lookouts met, remind, and end what has expired (every EXCHANGE_SWEEP_SECONDS).

    What goes wrong in one part keeps no other from its work. Raises ExceptionGroup at the end.
    """
    errors: list[Exception] = []
    for part in (telling.tell_hits, clocks.expire, clocks.remind):
        try:
            part()
        except Exception as error:  # noqa: BLE001  # told at the end, when the others are done
            errors.append(error)
    if errors:
        raise ExceptionGroup("exchanges", errors)
