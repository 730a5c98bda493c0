"""How a row is measured: answers are checked, then those that agree are timed together."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack

import numpy as np

import reference
from benchmarks.agreement import NUMBERS, answer_of, bounded_rows, check_of, difference, share
from benchmarks.bench import Bench, Remote
from benchmarks.contenders import CONTENDERS
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT, bare_loop, bare_products
from benchmarks.measure import Pace, Work, interleave, repeat
from benchmarks.parts import parts_of
from benchmarks.problem import HIDDEN, digits_of, problem_of
from benchmarks.results import Row
from benchmarks.rungs import rungs_of
from benchmarks.shapes import Shape

RUNGS_SHAPE = Shape(64, 32, 10, 32)


def row_of(
    group: str, operation: str, shape: Shape, benches: Iterable[Bench], pace: Pace, limits: Mapping[str, Work] | None = None
) -> Row:
    """Return the row of some contenders: those whose answers agree are timed, beside the limits."""
    problem, check = digits_of(shape) if operation == "epoch" else problem_of(shape), check_of(operation, shape)
    differences, works = {}, {}
    for bench in benches:
        differences[bench.name] = difference(bench, operation, check)
        if differences[bench.name] <= 1:
            bench.prepare(problem)
            works[bench.name] = bench.work(operation)
    samples = interleave({**works, **(limits or {})}, pace, {"vectorized": pace.steps})
    return Row(group, operation, shape, check.problem.shape.n_samples, differences, samples)


def ladder_row(operation: str, shape: Shape, pace: Pace) -> Row:
    """Return the row of one network written four ways."""
    return row_of("ladder", operation, shape, map(Bench, CONTENDERS), pace)


def remote_row(operation: str, shape: Shape, names: Iterable[str], pace: Pace) -> Row:
    """Return the row of contenders of any library, each in a process of its own."""
    with ExitStack() as processes:
        return row_of("contenders", operation, shape, [processes.enter_context(Remote(name)) for name in names], pace)


def operation_row(operation: str, shape: Shape, names: Iterable[str], pace: Pace) -> Row:
    """Return a row of the main tables: the twins, and their limits."""
    limits = {LOOP_LIMIT: bare_loop, PRODUCT_LIMIT: bare_products(operation, shape)}
    return row_of("operations", operation, shape, map(Bench, names), pace, limits)


def rungs_row(pace: Pace) -> Row:
    """Return the row of the rungs from loop to matmul."""
    problem, kind = problem_of(RUNGS_SHAPE), NUMBERS[RUNGS_SHAPE.dtype]
    network = reference.NeuralNetwork(*RUNGS_SHAPE.sizes, hidden=HIDDEN, weights=problem.weights.tolist())
    ih_weights, h_biases, _, _ = network.blocks()
    rungs = rungs_of(problem.inputs, np.array(ih_weights), np.array(h_biases))
    network.weights = [kind(w) for w in problem.weights.tolist()]
    answer = answer_of(network.forward(bounded_rows(problem.inputs, kind)).h_sums)
    differences = {name: share(rung(), answer) for name, rung in rungs.items()}
    works = {name: repeat(rung) for name, rung in rungs.items() if differences[name] <= 1}
    return Row("rungs", "forward", RUNGS_SHAPE, RUNGS_SHAPE.n_samples, differences, interleave(works, pace))


def parts_row(shape: Shape, pace: Pace) -> Row:
    """Return the row of the parts of a step."""
    return Row("parts", "step", shape, 0, {}, interleave(parts_of(problem_of(shape)), pace, {"step": pace.steps}))
