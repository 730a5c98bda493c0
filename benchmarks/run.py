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
    """What is measured, and how long."""

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


def too_long(shape: Shape, operation: str, pace: Pace, each: float) -> bool:
    """Whether one call of the loops would be too long for the pace, if each multiply-add takes `each` seconds."""
    return shape.multiply_adds(operation) * each > pace.longest


def with_smaller(shape: Shape, operations: Iterable[str], pace: Pace) -> tuple[Shape, ...]:
    """Return a shape. If the loops take too long for it, return before it a batch that they can do, a power of two."""
    each, largest = loop_seconds(), max(operations, key=shape.multiply_adds)
    if not too_long(shape, largest, pace, each):
        return (shape,)
    most = int(pace.longest / (shape._replace(n_samples=1).multiply_adds(largest) * each))
    return (shape._replace(n_samples=2 ** (most.bit_length() - 1)), shape) if most else (shape,)


def jobs_of(plan: Plan) -> Iterator[Job]:
    """Yield the name of each row, and a function that measures it."""
    pace, each = plan.pace, loop_seconds()
    for operation in plan.operations:
        for shape in [DIGITS_SHAPE] if operation == "epoch" else plan.shapes:
            names = (MATRICES,) if too_long(shape, operation, pace, each) else (LOOPS, MATRICES)
            yield f"{OPERATIONS[operation]}, {shape}", partial(operation_row, operation, shape, names, pace)
    for operation in plan.ladder:
        for shape in LADDER:
            yield f"ladder, {shape}", partial(ladder_row, operation, shape, pace)
    for shape in plan.parts:
        yield f"parts of a step, {shape}", partial(parts_row, shape, pace)


def contest_jobs(shapes: Iterable[Shape], operations: Iterable[str], pace: Pace, names: list[str] | None) -> Iterator[Job]:
    """Yield the jobs of these contenders, or of both packages, straightforward NumPy and all peers that are installed.

    Raises ValueError for a contender that is not installed.
    """
    everyone = list(dict.fromkeys(names or ["vectorized", "reference", "straightforward", *PEERS]))
    missing = [name for name in everyone if not is_installed(name)]
    if names and missing:
        raise ValueError(f"contender {missing[0]} is not installed: pip install -e '.[peers]'")
    if missing:
        print(f"not installed, and left out: {', '.join(missing)}; pip install -e '.[peers]'", file=sys.stderr)
    present = [name for name in everyone if name not in missing]
    for operation in operations:
        digits = [DIGITS_SHAPE._replace(dtype=dtype) for dtype in dict.fromkeys(shape.dtype for shape in shapes)]
        for shape in digits if operation == "epoch" else shapes:
            able = [name for name in present if operation != "gradient" or name not in WITHOUT_GRADIENT]
            if not able:
                raise ValueError(f"{', '.join(present)} returns no gradient; choose another --operation, such as step")
            yield f"{OPERATIONS[operation]}, {shape}", partial(remote_row, operation, shape, able, pace)


def collect(jobs: Iterable[Job]) -> tuple[Results, BaseException | None]:
    """Measure one row after another. Return the finished rows, and the Ctrl-C or error that ended the run early, or None."""
    results = Results(machine.describe(), [], complete=False)
    try:
        for job in with_progress(list(jobs)):
            results.rows.append(job())
            results.machine["libraries"] = versions(name for row in results.rows for name in row.differences)
    except (KeyboardInterrupt, ValueError, MemoryError, FloatingPointError) as error:
        return results, error
    return results._replace(complete=True), None
