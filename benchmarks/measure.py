"""Timing that can be believed: contenders interleaved in random order, round after round, and compared within each round.

Two identical functions timed one after the other differ by up to a third, as the machine speeds up and slows down; the
median of the ratios within rounds by a few hundredths.
"""

import gc
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import NamedTuple

MOST = 10**8  # repetitions: what takes less than a nanosecond does nothing
Work = Callable[[int], object]
Samples = dict[str, list[float]]


class Pace(NamedTuple):
    """How much is measured: rounds, seconds that a sample takes at least, seconds that one call may take at most."""

    rounds: int = 15
    sample: float = 0.005
    longest: float = 0.5


@contextmanager
def without_collection() -> Iterator[None]:
    """Let no garbage collection fall into a sample."""
    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Seconds(float):
    """What work answers that is done elsewhere, and timed there."""


def seconds_of(work: Work, n: int) -> float:
    """Return how long n repetitions take."""
    start = perf_counter()
    answer = work(n)
    seconds = perf_counter() - start
    return float(answer) if isinstance(answer, Seconds) else seconds


def repetitions(work: Work, sample: float) -> int:
    """Return how many repetitions make a sample long enough; this warms up, too."""
    n, seconds = 1, seconds_of(work, 1)
    seconds = min(seconds, seconds_of(work, 1))
    while seconds < sample and n < MOST:
        n = max(n + 1, min(10 * n, int(1.2 * n * sample / max(seconds, 1e-9))))
        seconds = seconds_of(work, n)
    return n


def interleaved(contenders: dict[str, Work], pace: Pace, least: dict[str, int] | None = None) -> Samples:
    """Return the seconds of one repetition of each contender in each round; sample k of all is of the same round.

    A contender repeats until a sample is long enough, and at `least` so often: what it does once a call is shared out.

    >>> samples = interleaved({"a": lambda n: None, "b": lambda n: None}, Pace(rounds=3, sample=0.0))
    >>> sorted(samples), len(samples["a"])
    (['a', 'b'], 3)
    """
    samples: Samples = {name: [] for name in contenders}
    counts = {name: max(repetitions(work, pace.sample), (least or {}).get(name, 1)) for name, work in contenders.items()}
    draw = random.Random(0)
    for _ in range(pace.rounds):
        with without_collection():
            found = {
                name: seconds_of(contenders[name], counts[name]) for name in draw.sample(list(contenders), len(contenders))
            }
        for name, seconds in found.items():
            samples[name].append(seconds / counts[name])
    return samples
