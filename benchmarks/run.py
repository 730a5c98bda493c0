"""A run: which rows are measured, one after the other; what is finished stays finished when it is stopped."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

import reference
from benchmarks import machine, progress
from benchmarks.agreement import KINDS, Allowed, bounds_of, checked_samples, errors_of, share, shares, values_of
from benchmarks.contenders import CONTENDERS
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT, SUMS, TERMS, bare_loop, bare_products
from benchmarks.measure import Pace, Work, interleaved, seconds_of
from benchmarks.parts import parts_of
from benchmarks.problem import HIDDEN, Problem, digits_of, problem_of
from benchmarks.results import Results, Row
from benchmarks.rungs import RUNGS
from benchmarks.shapes import DIGITS_SHAPE, OPERATIONS, QUICK, THOROUGH, USUAL, Shape, of

TWINS = ("reference", "vectorized")
STEPS = {"vectorized": 5}  # each call of `train` makes its work space first, which is large where a step takes long
LADDER = of((3, 4, 2, 1), (64, 32, 10, 32))
RUNGS_SHAPE = Shape(64, 32, 10, 32)


class Plan(NamedTuple):
    """What is measured, and how long."""

    shapes: tuple[Shape, ...]
    pace: Pace
    operations: tuple[str, ...] = tuple(OPERATIONS)
    ladder: tuple[str, ...] = ()
    rungs: bool = False
    parts: tuple[Shape, ...] = ()


PARTS = of((3, 4, 2, 1), (64, 32, 10, 32), (64, 32, 10, 256), (784, 100, 10, 32))
QUICKLY = Plan(QUICK, Pace(longest=0.03), ladder=("forward",), rungs=True, parts=PARTS[1:2])
USUALLY = Plan(USUAL, Pace(longest=0.6), ladder=("forward", "step"), rungs=True, parts=PARTS)
THOROUGHLY = Plan(THOROUGH, Pace(31, 0.01, longest=1.5), ladder=("forward", "gradient", "step"), rungs=True, parts=PARTS)

Job = tuple[str, Callable[[], Row]]


def own_plan(shape: Shape, operations: tuple[str, ...], pace: Pace) -> Plan:
    """Return the plan of one shape, its loops on smaller batches where its own is too much for them."""
    smaller = companions(shape, operations, pace, loop_seconds())
    return Plan((*smaller, shape), pace, operations, parts=(shape,) if "step" in operations else ())


def loop_seconds() -> float:
    """Return about how long a multiply-add of the loops takes here: a little longer than the bare loop's."""
    return 1.3 * min(seconds_of(bare_loop, 5) for _ in range(3)) / (5 * SUMS * TERMS)


def too_long(shape: Shape, operation: str, pace: Pace, each: float) -> bool:
    """Whether one call of the loops would take longer than the plan allows."""
    return shape.multiply_adds(operation) * each > pace.longest


def companions(shape: Shape, operations: Iterable[str], pace: Pace, each: float) -> list[Shape]:
    """Return the same network with three smaller batches, where its own is too much for the loops: a line needs points."""
    longest = max(operations, key=shape.multiply_adds)
    if not too_long(shape, longest, pace, each):
        return []
    most = int(pace.longest / (shape._replace(n_samples=1).multiply_adds(longest) * each))
    return [shape._replace(n_samples=n) for n in sorted({max(1, most // part) for part in (8, 3, 1)})]


def checked(problem: Problem) -> tuple[Problem, Allowed]:
    """Return the part of a problem that answers are checked on, and what they may be."""
    part = problem.first(checked_samples(problem))
    return part, bounds_of(part)


class Checks:
    """The allowances of every shape, worked out once for all operations."""

    def __init__(self) -> None:
        self.found: dict[tuple[Shape, bool], tuple[Problem, Allowed]] = {}
        self.differences: dict[tuple[Shape, bool, str], dict[str, float]] = {}

    def of(self, problem: Problem, digits: bool, contender: str) -> tuple[dict[str, float], int]:
        """Return the differences of a contender for each operation, and the number of samples they were seen on."""
        key = problem.shape._replace(n_samples=checked_samples(problem)), digits
        if key not in self.found:
            self.found[key] = checked(problem)
        part, allowed = self.found[key]
        if (*key, contender) not in self.differences:
            self.differences[*key, contender] = shares(CONTENDERS[contender], part, allowed)
        return self.differences[*key, contender], part.shape.n_samples


def measured(
    group: str, operation: str, shape: Shape, names: Iterable[str], limits: dict[str, Work], pace: Pace, checks: Checks
) -> Row:
    """Return the row of some contenders: those whose answers agree are timed, beside the limits."""
    problem = digits_of(shape) if operation == "epoch" else problem_of(shape)
    differences, works, n_checked = {}, {}, 0
    for name in names:
        of_all, n_checked = checks.of(problem, operation == "epoch", name)
        differences[name] = of_all[operation]
        if differences[name] <= 1:
            works[name] = getattr(CONTENDERS[name](problem), operation)
    return Row(group, operation, shape, n_checked, differences, interleaved(works | limits, pace, STEPS))


def operation_row(operation: str, shape: Shape, pace: Pace, each: float, checks: Checks) -> Row:
    """Return a row of the main tables: both twins, and their limits."""
    limits: dict[str, Work] = {LOOP_LIMIT: bare_loop}
    if operation == "epoch":
        products = bare_products(shape, operation)
        limits[PRODUCT_LIMIT] = lambda n: products(n * shape.multiply_adds("epoch") // shape.multiply_adds("step"))
    else:
        limits[PRODUCT_LIMIT] = bare_products(shape, operation)
    names = [name for name in TWINS if name != "reference" or not too_long(shape, operation, pace, each)]
    return measured("operations", operation, shape, names, limits, pace, checks)


def rungs_row(pace: Pace) -> Row:
    """Return the row of the rungs from loop to matmul; each is given the form it is written for."""
    problem = problem_of(RUNGS_SHAPE)
    network = reference.NeuralNetwork(*RUNGS_SHAPE.sizes, hidden=HIDDEN, weights=problem.weights.tolist())
    arrays = problem.inputs, *(np.array(block) for block in network.blocks()[:2])
    kind = KINDS[RUNGS_SHAPE.dtype]
    network.weights = [kind(w) for w in problem.weights.tolist()]
    h_sums = [z for row in network.forward([[kind(x) for x in row] for row in problem.inputs.tolist()]).h_sums for z in row]
    differences, works = {}, {}
    for name, rung in RUNGS.items():
        given = [array.tolist() for array in arrays] if name == "+=" else list(arrays)
        differences[name] = share(rung(*given), values_of(h_sums), 2 * errors_of(h_sums))
        if differences[name] <= 1:
            works[name] = repeated(rung, given)
    return Row("rungs", "forward", RUNGS_SHAPE, RUNGS_SHAPE.n_samples, differences, interleaved(works, pace))


def repeated(function: Callable[..., Any], given: list[Any]) -> Work:
    """Return a function that calls another n times."""

    def run(n: int) -> None:
        for _ in range(n):
            function(*given)

    return run


def parts_row(shape: Shape, pace: Pace) -> Row:
    """Return the row of the parts of a step."""
    return Row("parts", "step", shape, 0, {}, interleaved(parts_of(problem_of(shape)), pace, {"step": STEPS["vectorized"]}))


def jobs_of(plan: Plan) -> Iterator[Job]:
    """Yield what each row is called and how it is measured, the smallest first within a table."""
    each, checks = loop_seconds(), Checks()
    for operation in plan.operations:
        shapes = [DIGITS_SHAPE] if operation == "epoch" else plan.shapes
        for shape in shapes:
            yield (
                f"{OPERATIONS[operation].split(',')[0]}, {shape}",
                lambda operation=operation, shape=shape: operation_row(operation, shape, plan.pace, each, checks),  # type: ignore[misc]
            )
    for operation in plan.ladder:
        for shape in LADDER:
            yield (
                f"ladder, {shape}",
                lambda operation=operation, shape=shape: measured(  # type: ignore[misc]
                    "ladder", operation, shape, CONTENDERS, {}, plan.pace, checks
                ),
            )
    if plan.rungs:
        yield f"rungs, {RUNGS_SHAPE}", lambda: rungs_row(plan.pace)
    for shape in plan.parts:
        yield f"parts of a step, {shape}", lambda shape=shape: parts_row(shape, plan.pace)  # type: ignore[misc]


def collect(jobs: Iterable[Job]) -> tuple[Results, BaseException | None]:
    """Measure row after row; return those that are finished, and what ended it before its end: Ctrl-C, or an error."""
    found, work = machine.describe(), list(jobs)
    rows: list[Row] = []
    with progress.shown(len(work)) as tell:
        try:
            for done, (name, job) in enumerate(work):
                tell(done, name)
                rows.append(job())
        except (KeyboardInterrupt, ValueError, MemoryError, FloatingPointError) as error:
            return Results(found, rows, complete=False), error
    return Results(found, rows), None
