"""A run measures one row after another. If it is stopped, the finished rows are kept."""

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from benchmarks import machine
from benchmarks.limits import loop_seconds
from benchmarks.lines import LOOPS, MATRICES
from benchmarks.measure import Pace
from benchmarks.peers import PEERS, WITHOUT_GRADIENT, is_installed, versions
from benchmarks.results import Results, Row
from benchmarks.rows import ladder_row, operation_row, parts_row, remote_row
from benchmarks.shapes import DIGITS_SHAPE, OPERATIONS, QUICK, THOROUGH, USUAL, Shape, shapes_of
from reference.commands.progress import with_progress

LADDER = shapes_of((3, 4, 2, 1), (64, 32, 10, 32))
CONTEST = [
    Shape(*sizes, dtype) for dtype in ("float64", "float32") for sizes in ((3, 4, 3, 1), (64, 32, 10, 32), (784, 100, 10, 64))
]


class Plan(NamedTuple):
    """What is measured, and how long.

    ladder : the operations for which the four networks of contenders.py are compared
    parts : the shapes for which the parts of a step are measured
    """

    shapes: tuple[Shape, ...]
    pace: Pace
    operations: tuple[str, ...] = tuple(OPERATIONS)
    ladder: tuple[str, ...] = ()
    parts: tuple[Shape, ...] = ()


PARTS = shapes_of((3, 4, 2, 1), (64, 32, 10, 32), (64, 32, 10, 256), (784, 100, 10, 32))
QUICK_PLAN = Plan(QUICK, Pace(longest=0.06), ladder=("forward",), parts=PARTS[1:2])
USUAL_PLAN = Plan(USUAL, Pace(longest=0.6), ladder=("forward", "gradient", "step"), parts=PARTS)
THOROUGH_PLAN = Plan(THOROUGH, Pace(31, 0.01, longest=1.5), ladder=("forward", "gradient", "step"), parts=PARTS)

Job = tuple[str, Callable[[], Row]]


def too_long(shape: Shape, operation: str, pace: Pace, seconds_each: float) -> bool:
    """Whether one call of the loops would take too long, if a multiply-add takes `seconds_each`."""
    return shape.multiply_adds(operation) * seconds_each > pace.longest


def with_smaller(shape: Shape, operations: Iterable[str], pace: Pace) -> tuple[Shape, ...]:
    """Return (shape,), or (smaller, shape) if the loops would take too long for the batch of the shape.

    The batch of `smaller` is the largest power of two for which the loops are fast enough. If there is none, return (shape,).
    """
    sample_multiply_adds = max(map(shape._replace(n_samples=1).multiply_adds, operations))
    most_samples = int(pace.longest / (sample_multiply_adds * loop_seconds()))
    if 0 < most_samples < shape.n_samples:
        return shape._replace(n_samples=2 ** (most_samples.bit_length() - 1)), shape
    return (shape,)


def jobs_of(plan: Plan) -> Iterator[Job]:
    """Yield the name of each row, and a function that measures it."""
    pace, seconds_each = plan.pace, loop_seconds()
    for operation in plan.operations:
        for shape in [DIGITS_SHAPE] if operation == "epoch" else plan.shapes:
            names = (MATRICES,) if too_long(shape, operation, pace, seconds_each) else (LOOPS, MATRICES)
            yield f"{OPERATIONS[operation]}, {shape}", partial(operation_row, operation, shape, names, pace)
    for operation in plan.ladder:
        for shape in LADDER:
            yield f"ladder, {shape}", partial(ladder_row, operation, shape, pace)
    for shape in plan.parts:
        yield f"parts of a step, {shape}", partial(parts_row, shape, pace)


def contest_jobs(shapes: Iterable[Shape], operations: Iterable[str], pace: Pace, names: list[str] | None) -> Iterator[Job]:
    """Yield the jobs for the contenders in `names`: by default both packages, straightforward NumPy and the installed peers.

    Raises ValueError if a named contender is not installed, or if no contender can do an operation.
    """
    all_names = list(dict.fromkeys(names or ["vectorized", "reference", "straightforward", *PEERS]))
    missing = [name for name in all_names if not is_installed(name)]
    if names and missing:
        raise ValueError(f"contender {missing[0]} is not installed: pip install -e '.[peers]'")
    if missing:
        print(f"not installed, and left out: {', '.join(missing)}; pip install -e '.[peers]'", file=sys.stderr)
    present = [name for name in all_names if name not in missing]
    for operation in operations:
        digits = [DIGITS_SHAPE._replace(dtype=dtype) for dtype in dict.fromkeys(shape.dtype for shape in shapes)]
        for shape in digits if operation == "epoch" else shapes:
            able = [name for name in present if operation != "gradient" or name not in WITHOUT_GRADIENT]
            if not able:
                raise ValueError(f"no gradient from {', '.join(present)}; choose another --operation, such as step")
            yield f"{OPERATIONS[operation]}, {shape}", partial(remote_row, operation, shape, able, pace)


def collect(jobs: Iterable[Job]) -> tuple[Results, BaseException | None]:
    """Measure one row after another. Return the finished rows, and the error or Ctrl-C that stopped the run, if any."""
    results = Results(machine.describe(), [], complete=False)
    try:
        for job in with_progress(list(jobs)):
            results.rows.append(job())
            results.machine["libraries"] = versions(name for row in results.rows for name in row.differences)
    except (KeyboardInterrupt, ValueError, MemoryError, FloatingPointError) as error:
        return results, error
    return results._replace(complete=True), None
