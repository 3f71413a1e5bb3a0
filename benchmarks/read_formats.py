"""How fast messages are read: `python -m benchmarks.read_formats [bills]`."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from typing import Any

from pcu.celery import collect_garbage_rarely
from profiling.formats.charset import choose
from profiling.formats.edifact import PIECE, Tokenizer, opening, raw_segments
from profiling.formats.generate import generate_cuscar, generate_rail_json
from profiling.formats.registry import reader_of


def _measure(name: str, raw: bytes, read: Callable[[], Any]) -> None:
    began = time.process_time()
    found = sum(1 for _each in read())
    spent = time.process_time() - began
    print(f"{name:24} {len(raw) / 1e6:7.1f} MB {found:9,} in {spent:6.2f} s = {len(raw) / 1e6 / spent:6.1f} MB/s")


def main(bills: int) -> None:
    collect_garbage_rarely()  # as the workers do, which read
    cuscar, rail = reader_of("cuscar"), reader_of("pcu-json")
    raw = b"".join(generate_cuscar(bills))
    marks, start = opening(raw[:PIECE])
    tokenizer = Tokenizer(marks, choose("UNOW", raw[:PIECE]))
    _measure("CUSCAR cut in segments", raw, lambda: raw_segments(io.BytesIO(raw), marks, start))
    _measure("CUSCAR cut in components", raw, lambda: tokenizer.segments(io.BytesIO(raw), start))
    _measure("CUSCAR read", raw, lambda: cuscar.read(io.BytesIO(raw)))
    text = b"".join(generate_rail_json(bills))
    _measure("pcu-manifest read", text, lambda: rail.read(io.BytesIO(text)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
