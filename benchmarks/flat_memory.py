"""How much memory reading takes, by the size of the file: `python -m benchmarks.flat_memory [small MB] [large MB]`.

Each file is read by a process of its own, which tells what it held when everything was imported and the most it
ever held. Flat means that a file ten times as large takes about as much: what grows with it is the numbers of its
equipment alone, packed.

The most is VmHWM of /proc/self/status, which begins anew with the program. ru_maxrss does not: a child takes it over
from the process that started it, so after another benchmark all files seemed to take what that one took.
"""

from __future__ import annotations

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


def _held(name: str) -> int:
    """A line of /proc/self/status, in kilobytes: VmRSS is what the process holds, VmHWM the most it ever held."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(name)


def _read(path: Path) -> Iterator[str]:
    """What a process that reads the file tells: records, CPU seconds, memory before and the most, in kilobytes."""
    reader = reader_of("cuscar")
    before, began = _held("VmRSS"), time.process_time()
    with path.open("rb") as source:
        records = sum(1 for _each in reader.read(source))
    yield str(records)
    yield f"{time.process_time() - began:.3f}"
    yield str(before)
    yield str(_held("VmHWM"))


def main(small: int = SMALL_MB, large: int = LARGE_MB) -> None:
    peaks, growths = [], []
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
            records, seconds = int(told[0]), float(told[1])
            before, most = (int(kilobytes) * 1024 / 1e6 for kilobytes in told[2:])
            size = path.stat().st_size / 1e6
            path.unlink()
            peaks.append(most)
            growths.append(most - before)
            print(
                f"{size:7.1f} MB {records:9,} records in {seconds:7.2f} s of CPU = {size / seconds:5.1f} MB/s; "
                f"memory {before:5.1f} MB before, {most:5.1f} MB at most: {most - before:5.1f} MB for reading"
            )
    of_reading = growths[1] / growths[0]
    print(f"memory, large to small: {peaks[1] / peaks[0]:.2f} (bar {BAR}); for reading alone {of_reading:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == [_READ]:
        print(*_read(Path(sys.argv[2])))
    else:
        main(*map(int, sys.argv[1:3]))
