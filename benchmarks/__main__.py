"""Time the twins against the documents' way, straightforward NumPy and the limits, interleaved: `python -m benchmarks`.

Ratios are medians of pairs taken within the same round; rounds run the contenders in random order, so that a machine
that slows down slows all of them.
"""

import argparse
import os
import random
import statistics
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

LOOPS = [((3, 4, 2), 1, 300), ((64, 32, 10), 32, 1), ((784, 100, 10), 4, 1)]
MATRICES = [
    ((3, 4, 3), 1, 500),
    ((64, 32, 10), 32, 300),
    ((64, 32, 10), 256, 60),
    ((784, 100, 10), 1, 100),
    ((784, 200, 10), 256, 6),
]


def measure(contenders: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each contender in each round."""
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for contender in contenders.values():
        contender()
    for _ in range(rounds):
        for name in random.sample(list(contenders), len(contenders)):
            start = perf_counter()
            contenders[name]()
            samples[name].append(perf_counter() - start)
    return samples


def main(arguments: list[str] | None = None) -> int:
    """Measure and print one table an operation."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, epilog="Example: python -m benchmarks --rounds 5"
    )
    parser.add_argument("--rounds", type=int, default=15, help="interleaved rounds, default 15")
    rounds = parser.parse_args(arguments).rounds
    if rounds < 1:
        parser.error(f"--rounds is {rounds}, expected a whole number of at least 1")

    from rich.console import Console
    from rich.progress import track
    from rich.table import Table

    from benchmarks.contenders import forwards, loop_steps, steps

    operations = [("forward pass", forwards(*one), one[0], one[1], one[2], "") for one in LOOPS]
    operations += [("step in loops", loop_steps(*one), one[0], one[1], one[2], "") for one in LOOPS]
    operations += [
        ("step in matrices", steps(sizes, n_samples, dtype, repeats), sizes, n_samples, repeats, dtype)
        for sizes, n_samples, repeats in MATRICES
        for dtype in ("float32", "float64")
    ]
    console = Console(soft_wrap=True)
    table = Table(
        title="a call, and how many times as long each other contender takes (medians of paired rounds)", title_justify="left"
    )
    for heading in ("operation", "network", "contender", "microseconds", "ratio"):
        table.add_column(heading, justify="right" if heading in ("microseconds", "ratio") else "left")
    for operation, contenders, sizes, n_samples, repeats, dtype in track(
        operations, console=console, disable=not console.is_terminal
    ):
        samples = measure(contenders, rounds)
        first = next(iter(samples))
        shape = f"{'-'.join(map(str, sizes))} x{n_samples} {dtype}"
        for name, seconds in samples.items():
            ratio = statistics.median(other / own for other, own in zip(seconds, samples[first], strict=True))
            time = statistics.median(seconds) / repeats * 1e6
            table.add_row(operation, shape, name, f"{time:.1f}", f"{ratio:.2f}", end_section=name == list(samples)[-1])
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
