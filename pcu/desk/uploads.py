"""How many uploads a web process takes at once.

A thread is busy as long as an upload lasts, and over a poor link that is minutes. Past this number the sender is asked
to come again, so that slow uploads, however many, leave threads for pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.conf import settings

RETRY_SECONDS = 10

_places = BoundedSemaphore(settings.UPLOADS_AT_ONCE)


class TooManyUploadsError(Exception):
    """Every place is taken; worth trying again after RETRY_SECONDS."""


@contextmanager
def upload_place() -> Iterator[None]:
    """Hold one of the places. Raises TooManyUploadsError."""
    if not _places.acquire(blocking=False):
        raise TooManyUploadsError
    try:
        yield
    finally:
        _places.release()
