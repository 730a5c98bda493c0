"""Reliable timing: each round times every contender once, in random order. Times are compared within rounds.

If two identical functions are timed one after the other, their times differ by up to a third, because the machine speeds up
and slows down. The median of their ratios within rounds differs from 1 by only a few hundredths.

A sample is one measurement: in one round, a contender repeats its work n times.
"""

import gc
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import NamedTuple

import numpy as np

MOST_REPETITIONS = 10**8  # in a sample; only work that does nothing would need more
Work = Callable[[int], object]
Samples = dict[str, list[float]]


class Pace(NamedTuple):
    """How much is measured.

    rounds : number of rounds
    sample : least seconds of a sample
    longest : the loops are not timed if one call is estimated to take more seconds
    steps : least number of steps in one `train` call of `vectorized`, so that the arrays allocated by the call cost little
    """

    rounds: int = 15
    sample: float = 0.005
    longest: float = 0.5
    steps: int = 5


@contextmanager
def without_collection() -> Iterator[None]:
    """Collect garbage, and then switch garbage collection off."""
    gc.collect()
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


class Seconds(float):
    """A time in seconds, measured and returned by work that runs in another process."""


def seconds_of(work: Work, n: int) -> float:
    """Return how long n repetitions take."""
    start = perf_counter()
    answer = work(n)
    seconds = perf_counter() - start
    return float(answer) if isinstance(answer, Seconds) else seconds


def repeat(function: Callable[[], object]) -> Work:
    """Return work that calls a function n times, without warnings of NumPy."""

    def work(n: int) -> None:
        with np.errstate(all="ignore"):
            for _ in range(n):
                function()

    return work


def repetitions(work: Work, sample: float) -> int:
    """Return how many repetitions make a sample long enough. The trials also warm up the work."""
    n, seconds = 1, seconds_of(work, 1)
    seconds = min(seconds, seconds_of(work, 1))
    while seconds < sample and n < MOST_REPETITIONS:
        n = max(n + 1, min(10 * n, int(1.2 * n * sample / max(seconds, 1e-9))))
        seconds = seconds_of(work, n)
    return n


def interleave(works: Mapping[str, Work], pace: Pace, least: Mapping[str, int] | None = None) -> Samples:
    """Return the seconds of one repetition, for each contender and each round.

    `least` has the least number of repetitions of a contender (default 1).

    >>> samples = interleave({"a": lambda n: None, "b": lambda n: None}, Pace(rounds=3, sample=0.0))
    >>> sorted(samples), len(samples["a"])
    (['a', 'b'], 3)
    """
    samples: Samples = {name: [] for name in works}
    counts = {name: max(repetitions(work, pace.sample), (least or {}).get(name, 1)) for name, work in works.items()}
    draw = random.Random(0)
    for _ in range(pace.rounds):
        with without_collection():
            seconds = {name: seconds_of(works[name], counts[name]) for name in draw.sample(list(works), len(works))}
        for name in works:
            samples[name].append(seconds[name] / counts[name])
    return samples
