"""The file store: bytes named by their SHA-256 in Django storage, written before the row that names them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from django.core.files.storage import default_storage


class TooLargeError(Exception):
    """More bytes came than are taken."""


@dataclass(frozen=True)
class Stored:
    sha256: str
    size: int  # bytes


def name_of(sha256: str) -> str:
    """Where in the storage the bytes are: two levels of folders, so that no folder grows without end."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def put(pieces: Iterable[bytes], *, limit: int) -> Stored:
    """Store bytes as they come, without holding them in memory. Raises TooLargeError past `limit` bytes.

    The name appears only once all its bytes are on disk, so that neither a push that was cut nor one still being
    written is ever read as the whole.
    """
    digest = hashlib.sha256()
    size = 0
    incoming = Path(default_storage.path("incoming"))
    incoming.mkdir(parents=True, exist_ok=True)
    spool = tempfile.NamedTemporaryFile(dir=incoming, delete=False)  # noqa: SIM115  # closed and moved below
    try:
        with spool:
            for piece in pieces:
                size += len(piece)
                if size > limit:
                    raise TooLargeError(size)
                digest.update(piece)
                spool.write(piece)
            spool.flush()
            os.fsync(spool.fileno())
        target = Path(default_storage.path(name_of(digest.hexdigest())))
        target.parent.mkdir(parents=True, exist_ok=True)
        os.chmod(spool.name, 0o640)
        os.replace(spool.name, target)
    finally:
        Path(spool.name).unlink(missing_ok=True)
    return Stored(digest.hexdigest(), size)


def get(sha256: str) -> BinaryIO:
    """The bytes, opened for reading."""
    return cast(BinaryIO, default_storage.open(name_of(sha256), "rb"))
