"""Goals for the speed and the memory of both packages. A promise is a list of goals, one for each case.

The goals were set on two cores of a Zen 5 processor, where NumPy used the AVX2 kernels of OpenBLAS. Other machines may miss
some of the goals.
"""

import tracemalloc
from bisect import bisect
from functools import partial
from typing import NamedTuple

from rich.console import Console

from benchmarks import machine, rows, table
from benchmarks.bench import Bench
from benchmarks.contenders import Matrices
from benchmarks.intervals import Interval, ratio
from benchmarks.limits import SUMS, TERMS, bare_loop, bare_products
from benchmarks.measure import Pace
from benchmarks.peers import PACKAGES, is_installed, versions
from benchmarks.problem import RATE, problem_of
from benchmarks.results import Row
from benchmarks.shapes import DIGITS_SHAPE, Shape, shapes_of
from benchmarks.table import Table
from benchmarks.texts import digits
from reference.commands.progress import with_progress
from reference.specification.names import DTYPES

PACE = Pace(rounds=21, sample=0.02, steps=20)
MAX_NEW_BYTES = 80 * 1024
NUMPY, BARE_LOOP, BARE_PRODUCTS, NEW_MEMORY = "straightforward", "bare loop", "bare products", "new memory"
HEADINGS = ("promise", "goals\nmet", "too\nclose", "worst case", "measured", "goal")
LEGEND = """\
measured: for "A against B", the 95 % interval of (time of B) / (time of A). More is better. For new memory, less is better.
met: the whole interval is at least as good as the goal. too close: the goal is inside the interval.
forward: the outputs. loss: the loss alone. gradient: the loss and its gradient. step: one update.
documents: loops as in the code of the five articles. bare loop: the simplest Python loop with the same
number of multiply-adds.
NumPy: the same network in straightforward NumPy code, which checks nothing. bare products: the matrix products alone.
epoch in JAX: the functions of vectorized, run by JAX. against JAX: the same network written for JAX."""


class Goal(NamedTuple):
    """The goal that (time of `other`) / (time of `ours`) is at least `least`. For memory, MAX_NEW_BYTES / (new bytes)."""

    ours: str
    operation: str
    shape: Shape
    other: str
    least: float


class Outcome(NamedTuple):
    """The measurement of a goal as text. `share` is (the measured ratio) / (the `least` of the goal)."""

    case: str
    measured: str
    goal: str
    share: Interval

    @property
    def verdict(self) -> str:
        """One of "met", "missed", and "too close" (the goal is inside the interval)."""
        return "met" if self.share.low >= 1 else "missed" if self.share.high < 1 else "too close"


def per_dtype(operation: str, other: str, *goals: tuple[Shape, float]) -> list[Goal]:
    """Return goals of the matrices in both precisions, for pairs (shape, least)."""
    return [
        Goal("vectorized", operation, shape._replace(dtype=dtype), other, least) for shape, least in goals for dtype in DTYPES
    ]


def by_size(operation: str, small: float, medium: float, large: float) -> list[Goal]:
    """Return goals against NumPy: `small` below 10,000 multiply-adds, `medium` below 2 million, `large` from there on."""
    sizes = [bisect((10_000, 2_000_000), shape.multiply_adds(operation)) for shape in CALL_SHAPES]
    least = [(small, medium, large)[size] for size in sizes]
    return per_dtype(operation, NUMPY, *zip(CALL_SHAPES, least, strict=True))


LOOP_SHAPES = shapes_of((64, 32, 10, 32), (784, 100, 10, 64))
CALL_SHAPES = shapes_of((3, 4, 2, 1), (64, 32, 10, 32), (64, 32, 10, 256), (784, 100, 10, 64), (784, 200, 10, 256))
TINY, SMALL, MEDIUM, LARGE = Shape(3, 4, 3, 1), Shape(64, 32, 10, 32), Shape(64, 32, 10, 256), Shape(784, 200, 10, 256)
MEMORY_SHAPES = [shape._replace(dtype=dtype) for shape in (TINY, MEDIUM, LARGE) for dtype in DTYPES]
PROMISES: dict[str, list[Goal]] = {
    "loops against the documents": [
        Goal("reference", "forward", Shape(3, 4, 2, 1), "documents", 2.5),
        *(Goal("reference", "forward", shape, "documents", 6.5) for shape in LOOP_SHAPES),
    ],
    "loops against the bare loop": [
        Goal("reference", how, shape, BARE_LOOP, 0.85) for how in ("forward", "step") for shape in LOOP_SHAPES
    ],
    "forward pass against NumPy": by_size("forward", 0.6, 0.75, 0.9),
    "loss, gradient against NumPy": [*by_size("loss", 0.45, 0.6, 0.85), *by_size("gradient", 0.45, 0.6, 0.85)],
    "step against NumPy": [
        *per_dtype("step", NUMPY, (TINY, 1.4), (SMALL, 1.5), (MEDIUM, 1.4), (Shape(784, 100, 10, 64), 1.0), (LARGE, 1.0)),
        Goal("vectorized", "step", Shape(784, 100, 10, 1, "float32"), NUMPY, 2.5),
        Goal("vectorized", "step", Shape(784, 100, 10, 1, "float64"), NUMPY, 2.0),
    ],
    "step against PyTorch": per_dtype("step", "pytorch", (TINY, 7), (SMALL, 5), (LARGE, 1.1)),
    "step against bare products": per_dtype("step", BARE_PRODUCTS, (LARGE, 0.92), (Shape(784, 1000, 10, 1024), 0.92)),
    "epoch against PyTorch": per_dtype("epoch", "pytorch", (DIGITS_SHAPE, 5)),
    "epoch against scikit-learn": per_dtype("epoch", "scikit-learn", (DIGITS_SHAPE, 5)),
    "epoch in JAX against JAX": [Goal("vectorized-in-jax", "epoch", DIGITS_SHAPE, "jax", 1 / 1.1)],
    "new memory of a step": [Goal("vectorized", "step", shape, NEW_MEMORY, 1.0) for shape in MEMORY_SHAPES],
}


def row_of(goal: Goal) -> Row:
    """Measure both sides of a goal. If `other` is a library such as PyTorch, each side runs in its own process."""
    if goal.other in PACKAGES:
        return rows.remote_row(goal.operation, goal.shape, (goal.ours, goal.other), PACE)
    limit = {BARE_LOOP: bare_loop, BARE_PRODUCTS: bare_products(goal.operation, goal.shape)}.get(goal.other)
    benches = [Bench(goal.ours), *([] if limit else [Bench(goal.other)])]
    return rows.row_of("goals", goal.operation, goal.shape, benches, PACE, {goal.other: limit} if limit else {})


def outcome_of(goal: Goal) -> Outcome:
    """Measure a goal."""
    case, least = f"{goal.operation} {goal.shape}", f"{goal.least:.3g}"
    if goal.other == NEW_MEMORY:
        new = new_bytes(goal.shape)
        return Outcome(case, f"{new / 1024:.1f} KiB", f"{MAX_NEW_BYTES >> 10} KiB", Interval(*[MAX_NEW_BYTES / new] * 3))
    row = row_of(goal)
    if row.wrong:
        return Outcome(case, f"FAIL: {row.wrong[0]} is wrong", least, Interval(0.0, 0.0, 0.0))
    scale = row.multiply_adds / (SUMS * TERMS) if goal.other == BARE_LOOP else 1.0
    times = ratio([scale * seconds for seconds in row.seconds[goal.other]], row.seconds[goal.ours])
    return Outcome(case, f"{digits(times.low)}–{digits(times.high)}", least, Interval(*(part / goal.least for part in times)))


def new_bytes(shape: Shape) -> int:
    """Return how many new bytes a training step holds at most. The first step is not counted.

    >>> new_bytes(Shape(3, 4, 3, 1)) < MAX_NEW_BYTES
    True
    """
    matrices = Matrices(problem_of(shape))
    peaks: list[int] = []
    start = 0

    def record_peak(epoch: int, loss: float) -> None:
        nonlocal start
        now, peak = tracemalloc.get_traced_memory()
        if epoch:
            peaks.append(peak - start)
        start = now
        tracemalloc.reset_peak()

    tracemalloc.start()
    try:
        matrices.network.train(matrices.inputs, matrices.targets, epochs=4, learning_rate=RATE, on_epoch=record_peak)
    finally:
        tracemalloc.stop()
    return max(peaks)


def report(outcomes: dict[str, list[Outcome]]) -> str:
    """Return a line for each promise, and a last line for all goals: how many are met, and the worst case."""
    lines, all_cases = [], [outcome for cases in outcomes.values() for outcome in cases]
    for promise, cases in (outcomes | {"all": all_cases}).items():
        verdicts, worst = [outcome.verdict for outcome in cases], min(cases, key=lambda outcome: outcome.share)
        counts = f"{verdicts.count('met')} of {len(cases)}", str(verdicts.count("too close"))
        lines.append([promise, *counts, worst.case, worst.measured, worst.goal])
    return table.text_of(Table(HEADINGS, lines, notes=LEGEND.splitlines()))


def list_of_cases(outcomes: dict[str, list[Outcome]]) -> str:
    """Return a line for each case of each promise."""
    lines = [
        [promise, case.verdict, case.case, case.measured, case.goal] for promise, cases in outcomes.items() for case in cases
    ]
    return table.text_of(Table(("promise", "verdict", "case", "measured", "goal"), lines))


def show(out: Console, only: str) -> int:
    """Measure the promises whose name contains `only`. Return 1 if a goal is missed, else 2 if a library is missing, else 0."""
    goals = [(promise, goal) for promise, cases in PROMISES.items() if only in promise for goal in cases]
    if not goals:
        raise ValueError(f"--only {only}: no promise contains this; choose from {', '.join(PROMISES)}")
    missing = sorted({goal.other for _, goal in goals if goal.other in PACKAGES and not is_installed(goal.other)})
    outcomes: dict[str, list[Outcome]] = {}
    note = [f"not installed, and left out: {', '.join(missing)}; pip install -e '.[peers]'"] if missing else []
    facts = machine.describe() | {"libraries": versions(name for _, goal in goals for name in (goal.ours, goal.other))}
    out.print("\n".join([*machine.lines(facts), *note]), soft_wrap=True)
    jobs = [(promise, partial(outcome_of, goal)) for promise, goal in goals if goal.other not in missing]
    try:
        for (promise, _), job in zip(jobs, with_progress(jobs), strict=True):
            outcomes.setdefault(promise, []).append(job())
    finally:
        if outcomes:
            out.print("\n" + report(outcomes) + (f"\n\n{list_of_cases(outcomes)}" if only else ""), soft_wrap=True)
    if any(outcome.verdict == "missed" for cases in outcomes.values() for outcome in cases):
        return 1
    return 2 if missing else 0
