"""Times that can be trusted on a noisy machine, and peaks of memory.

All candidates of an operation run in one process. Each round times every one of them once, in
random order, after an untimed call; so a slow spell of the machine strikes all of them alike. What
is reported is the median over the rounds of *paired* ratios.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

Run = Callable[[], Any]
Clock = Callable[[], float]
SHORTEST = 4e-3  # seconds that a timed loop takes at least


def loops(run: Run, clock: Clock) -> int:
    """Return how many calls take about the shortest time worth measuring."""
    run()
    count = 1
    while True:
        elapsed = timed(run, count, clock)
        if elapsed >= SHORTEST:
            return count
        count = max(count + 1, min(10 * count, int(count * 1.2 * SHORTEST / max(elapsed, 1e-9))))


def timed(run: Run, count: int, clock: Clock) -> float:
    start = clock()
    for _ in range(count):
        run()
    return clock() - start


def interleaved(
    runs: dict[str, Run], rounds: int, clock: Clock = time.perf_counter, seed: int = 0
) -> dict[str, list[float]]:
    """Return each candidate's seconds a call, one for each round.

    With one thread `time.process_time` is the better clock: it stops while others are running.
    """
    order = random.Random(seed)
    counts = {name: loops(run, clock) for name, run in runs.items()}
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    gc.disable()
    try:
        for _ in range(rounds):
            for name in order.sample(list(runs), len(runs)):
                runs[name]()
                seconds[name].append(timed(runs[name], counts[name], clock) / counts[name])
    finally:
        gc.enable()
    return seconds


def ratios(ours: list[float], theirs: list[float]) -> dict[str, float]:
    """Compare two candidates round by round: below 1 where ours is faster."""
    paired = sorted(a / b for a, b in zip(ours, theirs, strict=True))
    return {
        "median": statistics.median(paired),
        "lowest": paired[0],
        "highest": paired[-1],
        "of minima": min(ours) / min(theirs),
    }


def extra_memory(run: Run, input_bytes: int) -> float:
    """Return the peak beyond the result, as a multiple of the input's size."""
    run()
    gc.collect()
    tracemalloc.start()
    result = run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    results = result if isinstance(result, tuple) else (result,)
    return (peak - sum(getattr(part, "nbytes", 0) for part in results)) / input_bytes
