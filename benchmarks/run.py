"""A run: which rows are measured, one after the other. Rows that are finished stay finished when it is stopped."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from typing import NamedTuple

import numpy as np

import reference
from benchmarks import machine, progress
from benchmarks.agreement import KINDS, bounded_rows, check_of, difference, expected_of, share
from benchmarks.bench import Bench, Remote
from benchmarks.contenders import CONTENDERS
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT, bare_loop, bare_products, loop_seconds
from benchmarks.lines import LOOPS, MATRICES
from benchmarks.measure import Pace, Work, interleaved, repeated
from benchmarks.parts import parts_of
from benchmarks.problem import HIDDEN, digits_of, problem_of
from benchmarks.results import Results, Row
from benchmarks.rungs import rungs_of
from benchmarks.shapes import DIGITS_SHAPE, OPERATIONS, QUICK, THOROUGH, USUAL, Shape, shapes_of

TWINS = (LOOPS, MATRICES)
LADDER = shapes_of((3, 4, 2, 1), (64, 32, 10, 32))
RUNGS_SHAPE = Shape(64, 32, 10, 32)


class Plan(NamedTuple):
    """What is measured, and how long."""

    shapes: tuple[Shape, ...]
    pace: Pace
    operations: tuple[str, ...] = tuple(OPERATIONS)
    ladder: tuple[str, ...] = ()
    rungs: bool = False
    parts: tuple[Shape, ...] = ()


PARTS = shapes_of((3, 4, 2, 1), (64, 32, 10, 32), (64, 32, 10, 256), (784, 100, 10, 32))
QUICKLY = Plan(QUICK, Pace(longest=0.03), ladder=("forward",), rungs=True, parts=PARTS[1:2])
USUALLY = Plan(USUAL, Pace(longest=0.6), ladder=("forward", "step"), rungs=True, parts=PARTS)
THOROUGHLY = Plan(THOROUGH, Pace(31, 0.01, longest=1.5), ladder=("forward", "gradient", "step"), rungs=True, parts=PARTS)

Job = tuple[str, Callable[[], Row]]


def own_plan(shape: Shape, operations: tuple[str, ...], pace: Pace) -> Plan:
    """Return the plan of one shape, and of smaller batches where its own is too much for the loops."""
    smaller = companions(shape, operations, pace, loop_seconds())
    return Plan((*smaller, shape), pace, operations, parts=(shape,) if "step" in operations else ())


def too_long(shape: Shape, operation: str, pace: Pace, each: float) -> bool:
    """Whether one call of the loops would take longer than the plan allows, at this time for each multiply-add."""
    return shape.multiply_adds(operation) * each > pace.longest


def companions(shape: Shape, operations: Iterable[str], pace: Pace, each: float) -> list[Shape]:
    """Return the same network with three smaller batches, where its own is too much for the loops: a line needs points."""
    longest = max(operations, key=shape.multiply_adds)
    if not too_long(shape, longest, pace, each):
        return []
    most = int(pace.longest / (shape._replace(n_samples=1).multiply_adds(longest) * each))
    return [shape._replace(n_samples=n) for n in sorted({max(1, most // part) for part in (8, 3, 1)})]


def row_of(
    group: str, operation: str, shape: Shape, benches: Iterable[Bench], pace: Pace, limits: Mapping[str, Work] | None = None
) -> Row:
    """Return the row of some contenders: those whose answers agree are timed, beside the limits."""
    problem, check = digits_of(shape) if operation == "epoch" else problem_of(shape), check_of(operation, shape)
    differences, works = {}, dict(limits or {})
    for bench in benches:
        differences[bench.name] = difference(bench, operation, check)
        if differences[bench.name] <= 1:
            bench.prepare(problem)
            works[bench.name] = bench.work(operation)
    samples = interleaved(works, pace, {"vectorized": pace.steps})
    return Row(group, operation, shape, check.problem.shape.n_samples, differences, samples)


def ladder_row(operation: str, shape: Shape, pace: Pace) -> Row:
    """Return the row of one network written four ways."""
    return row_of("ladder", operation, shape, map(Bench, CONTENDERS), pace)


def remote_row(operation: str, shape: Shape, names: Iterable[str], pace: Pace) -> Row:
    """Return the row of contenders of any library, each in a process of its own."""
    with ExitStack() as processes:
        return row_of("contenders", operation, shape, [processes.enter_context(Remote(name)) for name in names], pace)


def operation_row(operation: str, shape: Shape, pace: Pace, each: float) -> Row:
    """Return a row of the main tables: both twins, and their limits."""
    limits = {LOOP_LIMIT: bare_loop, PRODUCT_LIMIT: bare_products(operation, shape)}
    names = [name for name in TWINS if name != "reference" or not too_long(shape, operation, pace, each)]
    return row_of("operations", operation, shape, map(Bench, names), pace, limits)


def rungs_row(pace: Pace) -> Row:
    """Return the row of the rungs from loop to matmul."""
    problem, kind = problem_of(RUNGS_SHAPE), KINDS[RUNGS_SHAPE.dtype]
    network = reference.NeuralNetwork(*RUNGS_SHAPE.sizes, hidden=HIDDEN, weights=problem.weights.tolist())
    ih_weights, h_biases, _, _ = network.blocks()
    rungs = rungs_of(problem.inputs, np.array(ih_weights), np.array(h_biases))
    network.weights = [kind(w) for w in problem.weights.tolist()]
    expected = expected_of(network.forward(bounded_rows(problem.inputs, kind)).h_sums)
    differences = {name: share(rung(), expected) for name, rung in rungs.items()}
    works = {name: repeated(rung) for name, rung in rungs.items() if differences[name] <= 1}
    return Row("rungs", "forward", RUNGS_SHAPE, RUNGS_SHAPE.n_samples, differences, interleaved(works, pace))


def parts_row(shape: Shape, pace: Pace) -> Row:
    """Return the row of the parts of a step."""
    return Row("parts", "step", shape, 0, {}, interleaved(parts_of(problem_of(shape)), pace, {"step": pace.steps}))


def jobs_of(plan: Plan) -> Iterator[Job]:
    """Yield the name of each row and how it is measured, the smallest first within a table."""
    pace, each = plan.pace, loop_seconds()
    for operation in plan.operations:
        title = OPERATIONS[operation].split(",")[0]
        for shape in [DIGITS_SHAPE] if operation == "epoch" else plan.shapes:
            yield f"{title}, {shape}", partial(operation_row, operation, shape, pace, each)
    for operation in plan.ladder:
        for shape in LADDER:
            yield f"ladder, {shape}", partial(ladder_row, operation, shape, pace)
    if plan.rungs:
        yield f"rungs, {RUNGS_SHAPE}", partial(rungs_row, pace)
    for shape in plan.parts:
        yield f"parts of a step, {shape}", partial(parts_row, shape, pace)


def collect(jobs: Iterable[Job]) -> tuple[Results, BaseException | None]:
    """Measure row after row; return those that are finished, and what ended the run early: Ctrl-C, or an error."""
    results = Results(machine.describe(), [], complete=False)
    try:
        for job in progress.through(list(jobs)):
            results.rows.append(job())
    except (KeyboardInterrupt, ValueError, MemoryError, FloatingPointError) as error:
        return results, error
    return results._replace(complete=True), None
