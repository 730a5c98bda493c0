"""The goals of both twins, as ratios measured in one run: `python -m benchmarks goals`.

They were set on two cores of another processor (Zen 5, whose NumPy took the AVX2 kernels of OpenBLAS). A ratio against
the bare products depends on how fast these are, so a goal may be met on one machine and missed on the next.
"""

import tracemalloc
from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks import machine, progress
from benchmarks.agreement import share, shares
from benchmarks.contenders import CONTENDERS, Matrices
from benchmarks.contest import Remote
from benchmarks.intervals import Interval, ratio
from benchmarks.limits import SUMS, TERMS, bare_loop, bare_products
from benchmarks.measure import Pace, Work, interleaved
from benchmarks.peers import MODULES, installed
from benchmarks.problem import RATE, digits_of, problem_of
from benchmarks.run import checked
from benchmarks.shapes import BATCH_OF_DIGITS, DIGITS_SHAPE, Shape, of
from benchmarks.tables import ratio_text
from reference.commands.report import show_table

PACE = Pace(rounds=21, sample=0.02)
STEPS = {"vectorized": 20}  # a call, so that what `train` does once is shared out
NEW_BYTES = 80 * 1024
LOOPS, PRODUCTS = "bare loop", "bare products"


class Goal(NamedTuple):
    """Time of the other / time of ours is to be at least so much."""

    ours: str
    operation: str
    shape: Shape
    other: str
    least: float

    def __str__(self) -> str:
        return f"{self.ours} {self.operation} {self.shape}, against {self.other}"


def pairs(operation: str, shape: Shape, other: str, single: float, double: float | None = None) -> list[Goal]:
    """Return the goal of the matrices in both precisions."""
    least = {"float32": single, "float64": single if double is None else double}
    return [Goal("vectorized", operation, shape._replace(dtype=dtype), other, factor) for dtype, factor in least.items()]


def of_class(operation: str, shape: Shape, *least: float) -> list[Goal]:
    """Return the goal of a single call of the matrices: the first below 10,000 multiply-adds, the last from 2 million up."""
    return pairs(operation, shape, "straightforward", least[bisect(CLASSES, shape.multiply_adds(operation))])


CLASSES = (10_000, 2_000_000)
LOOPED = of((64, 32, 10, 32), (784, 100, 10, 64))
CALLED = of((3, 4, 2, 1), (64, 32, 10, 32), (64, 32, 10, 256), (784, 100, 10, 64), (784, 200, 10, 256))
GOALS: list[Goal] = [
    Goal("reference", "forward", Shape(3, 4, 2, 1), "documents", 2.5),
    *(Goal("reference", "forward", shape, "documents", 6.5) for shape in LOOPED),
    *(Goal("reference", operation, shape, LOOPS, 0.85) for operation in ("forward", "step") for shape in LOOPED),
    *(goal for shape in CALLED for goal in of_class("forward", shape, 0.6, 0.75, 0.9)),
    *(goal for shape in CALLED for goal in of_class("loss", shape, 0.45, 0.6, 0.85)),
    *(goal for shape in CALLED for goal in of_class("gradient", shape, 0.45, 0.6, 0.85)),
    *pairs("step", Shape(3, 4, 3, 1), "straightforward", 1.4),
    *pairs("step", Shape(64, 32, 10, 32), "straightforward", 1.5),
    *pairs("step", Shape(64, 32, 10, 256), "straightforward", 1.4),
    *pairs("step", Shape(784, 100, 10, 1), "straightforward", 2.5, 2.0),
    *pairs("step", Shape(784, 100, 10, 64), "straightforward", 1.0),
    *pairs("step", Shape(784, 200, 10, 256), "straightforward", 1.0),
    *pairs("step", Shape(3, 4, 3, 1), "pytorch", 7),
    *pairs("step", Shape(64, 32, 10, 32), "pytorch", 5),
    *pairs("step", Shape(784, 200, 10, 256), "pytorch", 1.1),
    *pairs("step", Shape(784, 200, 10, 256), PRODUCTS, 0.92),
    *pairs("step", Shape(784, 1000, 10, 1024), PRODUCTS, 0.92),
    *(goal for other in ("pytorch", "scikit-learn") for goal in pairs("epoch", DIGITS_SHAPE, other, 5)),
    Goal("vectorized-in-jax", "epoch", DIGITS_SHAPE, "jax", 1 / 1.1),
]
MEMORY = [
    Shape(*sizes, dtype) for sizes in ((3, 4, 3, 1), (64, 32, 10, 256), (784, 200, 10, 256)) for dtype in ("float32", "float64")
]


class Wrong(Exception):
    """An answer that disagrees: its time says nothing."""


def measured(goal: Goal) -> Interval:
    """Return the ratio and its interval; Wrong where an answer disagrees."""
    works: dict[str, Work] = {}
    with ExitStack() as processes:
        if goal.other in MODULES:
            for name in (goal.ours, goal.other):
                works[name] = remote_work(goal, processes.enter_context(Remote(name)))
        else:
            problem = problem_of(goal.shape)
            part, allowed = checked(problem)
            limits: dict[str, Work] = {LOOPS: bare_loop, PRODUCTS: bare_products(goal.shape, goal.operation)}
            for name in (goal.ours, goal.other):
                difference = shares(CONTENDERS[name], part, allowed)[goal.operation] if name in CONTENDERS else 0.0
                if difference > 1:
                    raise Wrong(f"{name} disagrees: {difference:.3g} allowances")
                works[name] = limits[name] if name in limits else getattr(CONTENDERS[name](problem), goal.operation)
        samples = interleaved(works, PACE, STEPS)
    scale = goal.shape.multiply_adds(goal.operation) / (SUMS * TERMS) if goal.other == LOOPS else 1.0
    found = ratio(samples[goal.other], samples[goal.ours])
    return Interval(*(part * scale for part in found))


def remote_work(goal: Goal, remote: Remote) -> Work:
    """Return the work of a contender in its process, its answer checked first: an epoch of one batch is a step."""
    digits = goal.operation == "epoch"
    part, allowed = checked(digits_of(goal.shape).first(BATCH_OF_DIGITS) if digits else problem_of(goal.shape))
    remote.ask(shape=list(goal.shape), digits=digits, first=part.shape.n_samples)
    answer = remote.ask(operation=goal.operation, n=1, answer=True)["answer"]
    difference = share(answer, *allowed["step" if digits else goal.operation])
    if difference > 1:
        raise Wrong(f"{remote.name} disagrees: {difference:.3g} allowances")
    remote.ask(shape=list(goal.shape), digits=digits, first=None)
    return remote.work(goal.operation)


def new_bytes(shape: Shape) -> int:
    """Return how many bytes a training step after the first allocates at most, in the course of it.

    >>> new_bytes(Shape(3, 4, 3, 1)) < NEW_BYTES
    True
    """
    twin = Matrices(problem_of(shape))
    found: list[int] = []

    def look(epoch: int, loss: float) -> None:
        now, peak = tracemalloc.get_traced_memory()
        if epoch:
            found.append(peak - start[0])
        start[0] = now
        tracemalloc.reset_peak()

    start = [0]
    tracemalloc.start()
    try:
        twin.network.train(twin.inputs, twin.targets, epochs=4, learning_rate=RATE, on_epoch=look)
    finally:
        tracemalloc.stop()
    return max(found)


Line = tuple[str, str, str, str]


def lines(only: str) -> Iterator[tuple[str, Callable[[], Line]]]:
    """Yield the name of every goal that is asked for, and how its line is made."""
    for goal in GOALS:
        if only in str(goal):
            yield str(goal), lambda goal=goal: line_of(goal)  # type: ignore[misc]
    for shape in MEMORY:
        name = f"vectorized step {shape}, new memory"
        if only in name:
            yield name, lambda shape=shape: memory_line(shape)  # type: ignore[misc]


def line_of(goal: Goal) -> Line:
    """Return goal, measured ratio, margin and verdict."""
    least = f"≥ {goal.least:.3g}"
    if not installed(goal.other) if goal.other in MODULES else False:
        return least, "", "", f"not measured: {goal.other} is not installed"
    try:
        found = measured(goal)
    except Wrong as error:
        return least, "", "", f"FAIL: {error}"
    margin = found.middle / goal.least - 1
    verdict = "met" if found.middle >= goal.least else "missed" if found.high < goal.least else "missed, within its interval"
    return least, ratio_text(found), f"{100 * margin:+.0f} %", verdict


def memory_line(shape: Shape) -> Line:
    """Return goal, measured bytes, margin and verdict."""
    found = new_bytes(shape)
    verdict = "met" if found <= NEW_BYTES else "missed"
    return f"≤ {NEW_BYTES >> 10} KiB", f"{found / 1024:.1f} KiB", f"{100 * (1 - found / NEW_BYTES):+.0f} %", verdict


def run(out: Console, only: str) -> int:
    """Print a line for each goal; return 0 if all are met, 1 if one is missed, 2 if one could not be measured."""
    work = list(lines(only))
    if not work:
        raise ValueError(f"--only {only}: no goal contains this")
    facts = machine.describe()
    for text in [machine.header(facts), *(f"warning: {warning}" for warning in machine.warnings(facts))]:
        out.print(text, soft_wrap=True)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for at, heading in enumerate(
        ("time of the other / time of ours, or new memory", "goal", "measured (95 %)", "margin", "verdict")
    ):
        table.add_column(heading, justify="left" if at in (0, 4) else "right", no_wrap=True)
    verdicts = []
    with progress.shown(len(work)) as tell:
        try:
            for done, (name, make) in enumerate(work):
                tell(done, name)
                made = make()
                table.add_row(*map(Text, (name, *made)))
                verdicts.append(made[-1])
        finally:
            show_table(out, table)
    met, missed = verdicts.count("met"), sum(verdict.startswith(("missed", "FAIL")) for verdict in verdicts)
    out.print("ratios are of this run, and their intervals too: another run may lie outside")
    out.print(f"{met} of {len(verdicts)} goals met, {missed} missed, {len(verdicts) - met - missed} not measured")
    return 1 if missed else 0 if met == len(verdicts) else 2
