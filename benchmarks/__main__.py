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

LOOPS = [((3, 4, 2), 1, 300), ((64, 32, 10), 32, 1), ((784, 100, 10), 16, 1)]
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


def operations() -> dict[str, dict[str, tuple[dict[str, Callable[[], Any]], int]]]:
    """Return, by operation and network, the contenders and how often each repeats."""
    from benchmarks.contenders import forwards, loop_steps, steps

    tables: dict[str, dict[str, tuple[dict[str, Callable[[], Any]], int]]] = {}
    for title, make in (("forward pass", forwards), ("training step in loops", loop_steps)):
        tables[title] = {shape(sizes, n): (make(sizes, n, repeats), repeats) for sizes, n, repeats in LOOPS}
    tables["training step in matrices"] = {
        f"{shape(sizes, n)} {dtype}": (steps(sizes, n, dtype, repeats), repeats)
        for sizes, n, repeats in MATRICES
        for dtype in ("float32", "float64")
    }
    return tables


def shape(sizes: tuple[int, int, int], n_samples: int) -> str:
    """Return e.g. '3-4-2 x1'."""
    return f"{'-'.join(map(str, sizes))} x{n_samples}"


def main(arguments: list[str] | None = None) -> int:
    """Measure and print one table an operation."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Times the twins, interleaved with what they are compared with.",
        epilog="Example: python -m benchmarks --rounds 5",
    )
    parser.add_argument("--rounds", type=int, default=15, help="interleaved rounds, default 15")
    rounds = parser.parse_args(arguments).rounds
    if rounds < 1:
        parser.error(f"argument --rounds: {rounds}, expected a whole number of at least 1")

    from rich.console import Console
    from rich.progress import track
    from rich.table import Table

    console = Console(highlight=False)
    for title, rows in operations().items():
        contenders = list(next(iter(rows.values()))[0])
        table = Table()
        table.add_column("network", no_wrap=True)
        for name in contenders:
            table.add_column(name, justify="right", overflow="fold")
        for network, (made, repeats) in track(
            rows.items(), title, console=console, transient=True, disable=not console.is_terminal
        ):
            samples = measure(made, rounds)
            own = samples[contenders[0]]
            ratios = [statistics.median(a / b for a, b in zip(samples[name], own, strict=True)) for name in contenders[1:]]
            table.add_row(network, f"{statistics.median(own) / repeats * 1e6:.1f} µs", *(f"{ratio:.3g}" for ratio in ratios))
        console.print(f"\n{title}: time, and how many times as long the others take")
        console.print(table)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
