"""How a row of a table is measured: all contenders are checked, then those with right answers are timed together."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack

from benchmarks.agreement import check_of, difference
from benchmarks.bench import Bench, Remote
from benchmarks.contenders import CONTENDERS
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT, bare_loop, bare_products
from benchmarks.measure import Pace, Work, interleave
from benchmarks.parts import parts_of
from benchmarks.problem import digits_of, problem_of
from benchmarks.results import Row
from benchmarks.shapes import Shape


def row_of(
    group: str, operation: str, shape: Shape, benches: Iterable[Bench], pace: Pace, limits: Mapping[str, Work] | None = None
) -> Row:
    """Measure a row: check all contenders, then time the computations in `limits` and the contenders with right answers."""
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
    """Measure a row with all four contenders."""
    return row_of("ladder", operation, shape, map(Bench, CONTENDERS), pace)


def remote_row(operation: str, shape: Shape, names: Iterable[str], pace: Pace) -> Row:
    """Measure the row of contenders that each run in their own process."""
    with ExitStack() as processes:
        return row_of("contenders", operation, shape, [processes.enter_context(Remote(name)) for name in names], pace)


def operation_row(operation: str, shape: Shape, names: Iterable[str], pace: Pace) -> Row:
    """Measure a row of the main tables: the contenders in `names` and both limits (see limits.py)."""
    limits = {LOOP_LIMIT: bare_loop, PRODUCT_LIMIT: bare_products(operation, shape)}
    return row_of("operations", operation, shape, map(Bench, names), pace, limits)


def parts_row(shape: Shape, pace: Pace) -> Row:
    """Measure the row of the parts of a step."""
    return Row("parts", "step", shape, 0, {}, interleave(parts_of(problem_of(shape)), pace, {"step": pace.steps}))
