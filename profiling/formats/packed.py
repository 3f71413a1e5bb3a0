"""What has to be kept of every record of a file, in a few bytes each, so that large files take little memory."""

from __future__ import annotations

import hashlib
import secrets
from array import array
from collections.abc import Sequence
from typing import Final, overload

WIDTH: Final = 16  # bytes of BLAKE2b kept of a key: two keys in 2**64 would have to meet
_FIRST: Final = 1 << 10  # slots to begin with; a power of two
_NONE: Final = -1  # no segment has this number


class PackedKeys:
    """Texts numbered from 0 in the order in which they were added; about thirty bytes each, however long.

    A hash table with open addressing. The digests are salted: nobody can write keys that all fall into one slot.
    """

    __slots__ = ("_digests", "_mask", "_salt", "_slots")

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(hashlib.blake2b.SALT_SIZE)
        self._digests = bytearray()
        self._slots = array("I", bytes(4 * _FIRST))  # place + 1 of the key that fell there, 0 where none did
        self._mask = _FIRST - 1

    def __len__(self) -> int:
        return len(self._digests) // WIDTH

    def find(self, key: str) -> int | None:
        """The place of a key, None where it was not added."""
        place = self._slots[self._slot(self._digest(key))]
        return place - 1 if place else None

    def add(self, key: str) -> int | None:
        """The place of a key that was added before; None where it is new, and now has the next place."""
        digest = self._digest(key)
        slot = self._slot(digest)
        if place := self._slots[slot]:
            return place - 1
        self._digests += digest
        self._slots[slot] = len(self)
        if 3 * len(self) > 2 * self._mask:
            self._widen()
        return None

    def _digest(self, key: str) -> bytes:
        return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=WIDTH, salt=self._salt).digest()

    def _slot(self, digest: bytes) -> int:
        """The slot of this key, or the free one where it belongs."""
        slots, digests, mask = self._slots, self._digests, self._mask
        slot = int.from_bytes(digest[:8], "little") & mask
        while place := slots[slot]:
            if digests[(place - 1) * WIDTH : place * WIDTH] == digest:
                break
            slot = (slot + 1) & mask
        return slot

    def _widen(self) -> None:
        count = 2 * len(self._slots)
        self._slots = slots = array("I", bytes(4 * count))
        self._mask = mask = count - 1
        digests = self._digests
        for place in range(len(self)):
            slot = int.from_bytes(digests[place * WIDTH : place * WIDTH + 8], "little") & mask
            while slots[slot]:
                slot = (slot + 1) & mask
            slots[slot] = place + 1


class PackedDigests:
    """Digests of one length, in the order in which they were added."""

    __slots__ = ("_bytes", "_width")

    def __init__(self, width: int) -> None:
        self._bytes = bytearray()
        self._width = width

    def __len__(self) -> int:
        return len(self._bytes) // self._width

    def append(self, digest: bytes) -> None:
        """Raises ValueError for a digest of another length, which would move all that follow."""
        if len(digest) != self._width:
            raise ValueError(len(digest))
        self._bytes += digest

    def at(self, place: int) -> bytes:
        """Raises IndexError where nothing was added there."""
        if not 0 <= place < len(self):
            raise IndexError(place)
        return bytes(self._bytes[place * self._width : (place + 1) * self._width])

    def __getitem__(self, part: slice) -> list[bytes]:
        return [self.at(place) for place in range(*part.indices(len(self)))]


class PackedSpans(Sequence[tuple[int, int, int | None]]):
    """(start, end, number of the first segment or None) of records, twenty-four bytes each: see `records.Span`."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers = array("q")

    def __len__(self) -> int:
        return len(self._numbers) // 3

    def append(self, span: tuple[int, int, int | None]) -> None:
        start, end, segment = span
        self._numbers.extend((start, end, _NONE if segment is None else segment))

    @overload
    def __getitem__(self, place: int) -> tuple[int, int, int | None]: ...

    @overload
    def __getitem__(self, place: slice) -> list[tuple[int, int, int | None]]: ...

    def __getitem__(self, place: int | slice) -> tuple[int, int, int | None] | list[tuple[int, int, int | None]]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        at = range(len(self))[place]
        start, end, segment = self._numbers[3 * at : 3 * at + 3]
        return start, end, None if segment == _NONE else segment
