"""The file store: bytes named by their SHA-256 in Django storage, written before the row that names them."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.core.files import File
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
    """Store bytes as they come, without holding them in memory. Raises TooLargeError past `limit` bytes."""
    digest = hashlib.sha256()
    size = 0
    with tempfile.TemporaryFile() as spool:
        for piece in pieces:
            size += len(piece)
            if size > limit:
                raise TooLargeError(size)
            digest.update(piece)
            spool.write(piece)
        name = name_of(digest.hexdigest())
        if not default_storage.exists(name):
            spool.seek(0)
            default_storage.save(name, File(spool, name=name))
    return Stored(digest.hexdigest(), size)


def get(sha256: str) -> BinaryIO:
    """The bytes, opened for reading."""
    return cast(BinaryIO, default_storage.open(name_of(sha256), "rb"))
