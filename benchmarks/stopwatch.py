"""A stopwatch for steps inside steps, and where a timed worker writes down what it told."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

FOLDER: Final = "BENCH_TIMES"  # the environment variable that names it


class Stopwatch:
    """(wall seconds, CPU seconds) by step; those of a step inside another count for the inner one only."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}
        self._inner = [(0.0, 0.0)]  # per open step, what steps inside it took

    def timed(self, step: str, call: Callable[[], Any]) -> Any:
        self._inner.append((0.0, 0.0))
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            return call()
        finally:
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            inner_wall, inner_cpu = self._inner.pop()
            outer_wall, outer_cpu = self._inner[-1]
            self._inner[-1] = outer_wall + wall, outer_cpu + cpu
            kept = self.seconds.setdefault(step, [0.0, 0.0])
            kept[0] += wall - inner_wall
            kept[1] += cpu - inner_cpu
