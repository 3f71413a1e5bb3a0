"""The hook for a scanner of malware: MALWARE_SCANNER names a function, or where clamd listens; none by default.

A function (dotted path) gets the opened file and answers with the name of what it found, "" for a clean file; it
raises where it could not look. clamd is asked by INSTREAM (clamd(8)) over `tcp://host:port` or `unix:///path`.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import BinaryIO
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cargo import store
from profiling.documents.choices import Reading, Scan
from profiling.documents.models import Document, DocumentFile

log = structlog.get_logger(__name__)

Scanner = Callable[[BinaryIO], str]
SECONDS = 20
_PIECE = 1 << 16
_ANSWER = 4096


class ScannerError(Exception):
    """The scanner could not say anything of the file."""


def is_on() -> bool:
    return bool(settings.MALWARE_SCANNER)


def scan(opened: BinaryIO) -> str:
    """The name of what is in a file, "" where it is clean. Raises ScannerError, or what the function raises."""
    named = settings.MALWARE_SCANNER
    if named.startswith(("tcp://", "unix://")):
        return _ask_clamd(named, opened)
    scanner: Scanner = import_string(named)
    found: object = scanner(opened)
    if not isinstance(found, str):  # nothing said is not "clean"
        raise ScannerError(f"the scanner answers {found!r:.100}")
    return found


def _ask_clamd(address: str, opened: BinaryIO) -> str:
    try:
        with _connected(address) as link:
            link.sendall(b"zINSTREAM\0")
            while piece := opened.read(_PIECE):
                link.sendall(struct.pack("!L", len(piece)) + piece)
            link.sendall(struct.pack("!L", 0))
            answer = _read(link)
    except OSError as error:
        raise ScannerError(f"clamd does not answer: {error}") from error
    if answer.endswith("FOUND"):
        return answer.removeprefix("stream:").removesuffix("FOUND").strip() or "FOUND"
    if answer.endswith("OK"):
        return ""
    raise ScannerError(f"clamd answers {answer[:100]!r}")


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(SECONDS)
        link.connect(parts.path)
        return link
    return socket.create_connection((parts.hostname or "localhost", parts.port or 3310), timeout=SECONDS)


def _read(link: socket.socket) -> str:
    answer = b""
    while len(answer) < _ANSWER and not answer.endswith(b"\0") and (piece := link.recv(_ANSWER)):
        answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8", "replace").strip()


def scan_file(lease: jobs.Lease) -> None:
    """The job: ask the scanner about the file of a document; until it has answered nobody is given the file."""
    document: Document = Document.objects.select_related("file").get(ref=lease.job.subject)
    file = document.file
    assert file is not None
    with store.get(file.sha256) as opened:
        found = scan(opened)
    with lease.holding():
        DocumentFile.objects.filter(pk=file.pk).update(
            scan=Scan.INFECTED if found else Scan.CLEAN, scan_told=found[:120], scanned_at=timezone.now()
        )
        if found:
            log.warning("document_infected", document=str(document.ref), found=found)
            Document.objects.filter(file=file, reading=Reading.WAITING).update(reading=Reading.NONE)
        lease.finish({"infected": bool(found)})


def scan_failed(job: Job) -> None:
    """The scanner never answered: the file stays locked, and the job says why; it can be tried again."""
    log.error("document_not_scanned", document=str(job.subject), error=job.error)
