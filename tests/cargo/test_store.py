"""The file store: a name stands for all of its bytes, or is not there."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.storage import default_storage

from profiling.cargo import store

BYTES = b"UNB+UNOA:1+A+B'" * 1000


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "base_url": None},
        }
    }
    return tmp_path


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_bytes_are_found_under_their_sha256(own_store):
    stored = store.put([BYTES[:100], BYTES[100:]], limit=len(BYTES))
    assert stored.sha256 == hashlib.sha256(BYTES).hexdigest()
    assert stored.size == len(BYTES)
    with store.get(stored.sha256) as stream:
        assert stream.read() == BYTES
    assert files(own_store) == [stored.sha256]


def test_the_name_is_not_there_before_all_bytes_are(own_store):
    name = store.name_of(hashlib.sha256(BYTES).hexdigest())

    def pieces():
        for start in range(0, len(BYTES), 1000):
            yield BYTES[start : start + 1000]
            assert not default_storage.exists(name)

    store.put(pieces(), limit=len(BYTES))
    assert default_storage.exists(name)


def test_a_push_that_breaks_off_leaves_nothing(own_store):
    def broken():
        yield BYTES[:500]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put(broken(), limit=len(BYTES))
    with pytest.raises(store.TooLargeError):
        store.put([BYTES], limit=10)
    assert files(own_store) == []


def test_a_file_cut_by_a_crash_is_made_whole_by_the_next_push(own_store):
    stored = store.put([BYTES], limit=len(BYTES))
    path = own_store / store.name_of(stored.sha256)
    path.write_bytes(BYTES[:10])
    store.put([BYTES], limit=len(BYTES))
    assert path.read_bytes() == BYTES
