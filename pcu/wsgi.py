"""WSGI entry point for gunicorn."""

from __future__ import annotations

import os
from collections.abc import Iterable
from socket import socket
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pcu.settings")

django_application = get_wsgi_application()


class PatientInput:
    """The body of a request, given up once nothing of it has come for a while.

    gunicorn waits without end, so every link that breaks in the middle of an upload would keep a thread for good. Its
    errors of a broken body are many; Django and the views know one, OSError, and of that TimeoutError for silence.
    """

    def __init__(self, body: Any, connection: socket) -> None:
        self._body = body
        self._connection = connection

    def read(self, size: int = -1) -> bytes:
        return self._patiently(self._body.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._patiently(self._body.readline, size)

    def _patiently(self, read: Any, size: int) -> bytes:
        self._connection.settimeout(settings.BODY_SILENCE_SECONDS)
        try:
            piece: bytes = read(size)
        except OSError:
            raise
        except Exception as error:
            raise OSError("The body cannot be read.") from error
        finally:
            self._connection.settimeout(None)  # answers may take the time that a poor link needs
        return piece


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if "gunicorn.socket" in environ:
        environ["wsgi.input"] = PatientInput(environ["wsgi.input"], environ["gunicorn.socket"])
    return django_application(environ, start_response)
