"""What is kept of every record of a file: packed, and still exact."""

from __future__ import annotations

import tracemalloc
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.formats import listed, packed
from profiling.formats.listed import Numbers
from profiling.formats.packed import PackedDigests, PackedKeys, PackedSpans

KEYS = st.lists(st.text(max_size=3) | st.from_regex(r"[A-Z]{4}[0-9]{2}", fullmatch=True), max_size=80)


@given(KEYS, KEYS)
def test_packed_keys_know_what_was_added_and_where(added: list[str], asked: list[str]) -> None:
    places: dict[str, int] = {}
    with patch.object(packed, "_FIRST", 2):  # so that a few keys already make the table wider
        keys = PackedKeys()
    for key in added:
        assert keys.add(key) == places.get(key)
        places.setdefault(key, len(places))
    assert len(keys) == len(places)
    assert [keys.find(key) for key in added + asked] == [places.get(key) for key in added + asked]


@given(KEYS, KEYS, st.integers(0, 20))
def test_numbers_are_a_set_before_and_after_they_are_packed(added: list[str], asked: list[str], as_text: int) -> None:
    seen: set[str] = set()
    numbers = Numbers()
    with patch.object(listed, "_AS_TEXT", as_text):
        for number in added:
            assert numbers.add(number) is (number not in seen)
            seen.add(number)
    assert len(numbers) == len(seen)
    assert [number in numbers for number in added + asked] == [number in seen for number in added + asked]


def test_a_hundred_thousand_numbers_take_forty_bytes_each() -> None:
    many = 100_000
    tracemalloc.start()
    keys = PackedKeys()
    for number in range(many):
        keys.add(f"PCVU{number:07d}")
    held, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(keys) == many
    assert held < 40 * many


SPANS = st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 2**40), st.none() | st.integers(1, 2**40)), max_size=9)


@given(SPANS, st.slices(9))
def test_packed_spans_are_the_spans(spans: list[tuple[int, int, int | None]], part: slice) -> None:
    kept = PackedSpans()
    for span in spans:
        kept.append(span)
    assert list(kept) == spans
    assert kept[part] == spans[part]
    assert [kept[-1 - place] for place in range(len(spans))] == spans[::-1]
    with pytest.raises(IndexError):
        kept[len(spans)]


@given(st.lists(st.binary(min_size=4, max_size=4), max_size=9), st.slices(9))
def test_packed_digests_are_the_digests(digests: list[bytes], part: slice) -> None:
    kept = PackedDigests(4)
    for digest in digests:
        kept.append(digest)
    assert kept[part] == digests[part]
    with pytest.raises(ValueError, match="3"):
        kept.append(b"abc")
    assert len(kept) == len(digests)
