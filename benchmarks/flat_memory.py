"""How much memory reading takes, by the size of the file: `python -m benchmarks.flat_memory [small MB] [large MB]`.

Each file is read by a process of its own, which tells the most it ever held. Flat means that a file ten times as
large takes about as much: what grows with it is the numbers of its equipment alone.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from profiling.formats.generate import generate_cuscar
from profiling.formats.registry import reader_of

SMALL_MB: Final = 20
LARGE_MB: Final = 200
BAR: Final = 1.5  # times the memory for ten times the file
_PROBE_BILLS: Final = 2000
_READ: Final = "--read"


def _write(path: Path, megabytes: int) -> None:
    """A CUSCAR of about this size."""
    probe = sum(map(len, generate_cuscar(_PROBE_BILLS)))
    with path.open("wb") as target:
        target.writelines(generate_cuscar(megabytes * 1_000_000 * _PROBE_BILLS // probe))


def _read(path: Path) -> Iterator[str]:
    """What a process that reads the file tells: records, CPU seconds, and the most memory it held, in kilobytes."""
    began = time.process_time()
    with path.open("rb") as source:
        records = sum(1 for _each in reader_of("cuscar").read(source))
    yield str(records)
    yield f"{time.process_time() - began:.3f}"
    yield str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def main(small: int = SMALL_MB, large: int = LARGE_MB) -> None:
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in (small, large):
            path = Path(folder) / f"{megabytes}.edi"
            _write(path, megabytes)
            told = subprocess.run(
                [sys.executable, "-m", "benchmarks.flat_memory", _READ, str(path)],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.split()
            records, seconds, kilobytes = int(told[0]), float(told[1]), int(told[2])
            size = path.stat().st_size / 1e6
            path.unlink()
            peaks.append(kilobytes)
            print(
                f"{size:7.1f} MB {records:9,} records in {seconds:7.2f} s of CPU = {size / seconds:5.1f} MB/s; "
                f"most memory {kilobytes * 1024 / 1e6:6.0f} MB"
            )
    print(f"memory, large to small: {peaks[1] / peaks[0]:.2f} (bar {BAR})")


if __name__ == "__main__":
    if sys.argv[1:2] == [_READ]:
        print(*_read(Path(sys.argv[2])))
    else:
        main(*map(int, sys.argv[1:3]))
