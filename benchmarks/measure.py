"""Reliable timing: contenders are interleaved in random order, round after round, and compared within each round.

If two identical functions are timed one after the other, their times differ by up to a third, because the machine speeds up
and slows down. The median of the ratios within rounds differs from 1 by only a few hundredths.

A sample is one measurement: a contender repeats its work n times in one round.
"""

import gc
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import NamedTuple

import numpy as np

MOST_REPETITIONS = 10**8  # at most this many in a sample; if even these take too little time, the work does nothing
Work = Callable[[int], object]
Samples = dict[str, list[float]]


class Pace(NamedTuple):
    """How much is measured.

    rounds : number of rounds, and so of samples of each contender
    sample : the least number of seconds of a sample
    longest : the loops are not timed if one call of them would take more seconds than this, by an estimate
    steps : the least number of repetitions of the matrices in a sample. They share the time in which a call of `train`
        allocates its large arrays.
    """

    rounds: int = 15
    sample: float = 0.005
    longest: float = 0.5
    steps: int = 5


@contextmanager
def without_collection() -> Iterator[None]:
    """Collect garbage once, and then switch garbage collection off."""
    gc.collect()
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


class Seconds(float):
    """The seconds that another process measured. The work of a `Remote` returns them in place of an answer."""


def seconds_of(work: Work, n: int) -> float:
    """Return how long n repetitions take."""
    start = perf_counter()
    answer = work(n)
    seconds = perf_counter() - start
    return float(answer) if isinstance(answer, Seconds) else seconds


def repeat(function: Callable[[], object]) -> Work:
    """Return work that calls a function n times, without floating-point warnings of NumPy."""

    def work(n: int) -> None:
        with np.errstate(all="ignore"):
            for _ in range(n):
                function()

    return work


def repetitions(work: Work, sample: float) -> int:
    """Return how many repetitions make a sample long enough. Trying them also warms up the work."""
    n, seconds = 1, seconds_of(work, 1)
    seconds = min(seconds, seconds_of(work, 1))
    while seconds < sample and n < MOST_REPETITIONS:
        n = max(n + 1, min(10 * n, int(1.2 * n * sample / max(seconds, 1e-9))))
        seconds = seconds_of(work, n)
    return n


def interleave(works: Mapping[str, Work], pace: Pace, least: Mapping[str, int] | None = None) -> Samples:
    """Return the seconds of one repetition, for each contender and each round. Entry k of each list is from round k.

    A sample has enough repetitions to be long enough, and at least as many as `least` says.

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
