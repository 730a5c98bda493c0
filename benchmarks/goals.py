"""The speed that both twins should reach, as ratios measured in one run: `python -m benchmarks goals`.

They were set on two cores of another processor (Zen 5, whose NumPy took the AVX2 kernels of OpenBLAS). A ratio against
the bare products depends on how fast these are, so a goal may be met on one machine and missed on the next.
"""

import tracemalloc
from bisect import bisect
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from rich.console import Console

from benchmarks import machine, rows, table
from benchmarks.bench import Bench
from benchmarks.contenders import Matrices
from benchmarks.intervals import ratio
from benchmarks.limits import SUMS, TERMS, bare_loop, bare_products
from benchmarks.measure import Pace
from benchmarks.peers import MODULES, is_installed
from benchmarks.problem import RATE, problem_of
from benchmarks.results import Row
from benchmarks.shapes import DIGITS_SHAPE, Shape, shapes_of
from benchmarks.table import Table
from benchmarks.texts import ratio_text
from reference.commands.progress import with_progress

PACE = Pace(rounds=21, sample=0.02, steps=20)
NEW_BYTES = 80 * 1024
BARE_LOOP, BARE_PRODUCTS = "bare loop", "bare products"
HEADINGS = ("time of the other / time of ours, or new memory", "goal", "measured (95 %)", "margin", "verdict")


class Goal(NamedTuple):
    """The least that time of the other / time of ours should be."""

    ours: str
    operation: str
    shape: Shape
    other: str
    least: float

    def __str__(self) -> str:
        return f"{self.ours} {self.operation} {self.shape}, against {self.other}"


def goals_of(operation: str, shape: Shape, other: str, single: float, double: float | None = None) -> list[Goal]:
    """Return the goal of the matrices in both precisions."""
    least = {"float32": single, "float64": single if double is None else double}
    return [Goal("vectorized", operation, shape._replace(dtype=dtype), other, factor) for dtype, factor in least.items()]


def goals_by_size(operation: str, shape: Shape, *least: float) -> list[Goal]:
    """Return the goal of a single call of the matrices: the first below 10,000 multiply-adds, the last from 2 million up."""
    return goals_of(operation, shape, "straightforward", least[bisect(CLASSES, shape.multiply_adds(operation))])


CLASSES = (10_000, 2_000_000)
LOOPED = shapes_of((64, 32, 10, 32), (784, 100, 10, 64))
CALLED = shapes_of((3, 4, 2, 1), (64, 32, 10, 32), (64, 32, 10, 256), (784, 100, 10, 64), (784, 200, 10, 256))
GOALS: list[Goal] = [
    Goal("reference", "forward", Shape(3, 4, 2, 1), "documents", 2.5),
    *(Goal("reference", "forward", shape, "documents", 6.5) for shape in LOOPED),
    *(Goal("reference", operation, shape, BARE_LOOP, 0.85) for operation in ("forward", "step") for shape in LOOPED),
    *(goal for shape in CALLED for goal in goals_by_size("forward", shape, 0.6, 0.75, 0.9)),
    *(goal for shape in CALLED for goal in goals_by_size("loss", shape, 0.45, 0.6, 0.85)),
    *(goal for shape in CALLED for goal in goals_by_size("gradient", shape, 0.45, 0.6, 0.85)),
    *goals_of("step", Shape(3, 4, 3, 1), "straightforward", 1.4),
    *goals_of("step", Shape(64, 32, 10, 32), "straightforward", 1.5),
    *goals_of("step", Shape(64, 32, 10, 256), "straightforward", 1.4),
    *goals_of("step", Shape(784, 100, 10, 1), "straightforward", 2.5, 2.0),
    *goals_of("step", Shape(784, 100, 10, 64), "straightforward", 1.0),
    *goals_of("step", Shape(784, 200, 10, 256), "straightforward", 1.0),
    *goals_of("step", Shape(3, 4, 3, 1), "pytorch", 7),
    *goals_of("step", Shape(64, 32, 10, 32), "pytorch", 5),
    *goals_of("step", Shape(784, 200, 10, 256), "pytorch", 1.1),
    *goals_of("step", Shape(784, 200, 10, 256), BARE_PRODUCTS, 0.92),
    *goals_of("step", Shape(784, 1000, 10, 1024), BARE_PRODUCTS, 0.92),
    *(goal for other in ("pytorch", "scikit-learn") for goal in goals_of("epoch", DIGITS_SHAPE, other, 5)),
    Goal("vectorized-in-jax", "epoch", DIGITS_SHAPE, "jax", 1 / 1.1),
]
MEMORY = [
    Shape(*sizes, dtype) for sizes in ((3, 4, 3, 1), (64, 32, 10, 256), (784, 200, 10, 256)) for dtype in ("float32", "float64")
]


def row_of(goal: Goal) -> Row:
    """Return the row of both: with a peer each in a process of its own, else in this one."""
    if goal.other in MODULES:
        return rows.remote_row(goal.operation, goal.shape, (goal.ours, goal.other), PACE)
    limits = {BARE_LOOP: bare_loop, BARE_PRODUCTS: bare_products(goal.operation, goal.shape)}
    benches = [Bench(name) for name in (goal.ours, goal.other) if name not in limits]
    limit = {name: work for name, work in limits.items() if name == goal.other}
    return rows.row_of("goals", goal.operation, goal.shape, benches, PACE, limit)


def goal_line(goal: Goal) -> list[str]:
    """Return the goal's name, the goal, the measured ratio, margin and verdict."""
    head = [str(goal), f"≥ {goal.least:.3g}"]
    if goal.other in MODULES and not is_installed(goal.other):
        return [*head, "", "", f"not measured: {goal.other} is not installed"]
    row = row_of(goal)
    if row.wrong:
        return [*head, "", "", f"FAIL: {row.wrong[0]} disagrees: {row.differences[row.wrong[0]]:.3g} allowances"]
    scale = row.multiply_adds / (SUMS * TERMS) if goal.other == BARE_LOOP else 1.0
    times = ratio([scale * seconds for seconds in row.seconds[goal.other]], row.seconds[goal.ours])
    margin = times.middle / goal.least - 1
    verdict = "met" if times.middle >= goal.least else "missed" if times.high < goal.least else "missed, within its interval"
    return [*head, ratio_text(times), f"{100 * margin:+.0f} %", verdict]


def memory_name(shape: Shape) -> str:
    """Return the name of a goal of memory."""
    return f"vectorized step {shape}, new memory"


def memory_line(shape: Shape) -> list[str]:
    """Return the goal's name, the goal, the measured bytes, margin and verdict."""
    most = new_bytes(shape)
    margin, verdict = 1 - most / NEW_BYTES, "met" if most <= NEW_BYTES else "missed"
    return [memory_name(shape), f"≤ {NEW_BYTES >> 10} KiB", f"{most / 1024:.1f} KiB", f"{100 * margin:+.0f} %", verdict]


def new_bytes(shape: Shape) -> int:
    """Return how many bytes a training step after the first allocates at most, in the course of it.

    >>> new_bytes(Shape(3, 4, 3, 1)) < NEW_BYTES
    True
    """
    twin = Matrices(problem_of(shape))
    peaks: list[int] = []
    start = 0

    def look(epoch: int, loss: float) -> None:
        nonlocal start
        now, peak = tracemalloc.get_traced_memory()
        if epoch:
            peaks.append(peak - start)
        start = now
        tracemalloc.reset_peak()

    tracemalloc.start()
    try:
        twin.network.train(twin.inputs, twin.targets, epochs=4, learning_rate=RATE, on_epoch=look)
    finally:
        tracemalloc.stop()
    return max(peaks)


def show(out: Console, only: str) -> int:
    """Print a line for each goal; return 0 if all are met, 1 if one is missed, 2 if one could not be measured."""
    jobs: list[tuple[str, Callable[[], list[str]]]] = [(str(goal), partial(goal_line, goal)) for goal in GOALS]
    jobs += [(memory_name(shape), partial(memory_line, shape)) for shape in MEMORY]
    jobs = [(name, job) for name, job in jobs if only in name]
    if not jobs:
        raise ValueError(f"--only {only}: no goal contains this")
    facts = machine.describe()
    for text in [machine.header(facts), *(f"warning: {warning}" for warning in machine.warnings(facts))]:
        out.print(text, soft_wrap=True)
    cells: list[list[str]] = []
    try:
        for job in with_progress(jobs):
            cells.append(job())
    finally:
        table.show(out, Table(HEADINGS, cells))
    verdicts = [row[-1] for row in cells]
    successes, failures = verdicts.count("met"), sum(verdict.startswith(("missed", "FAIL")) for verdict in verdicts)
    out.print("another run may lie outside these intervals")
    out.print(
        f"{successes} of {len(verdicts)} goals met, {failures} missed, {len(verdicts) - successes - failures} not measured"
    )
    return 1 if failures else 0 if successes == len(verdicts) else 2
