"""Contenders of any library against the twins, each in a process of its own."""

import sys
from collections.abc import Iterable, Iterator
from functools import partial

from benchmarks.measure import Pace
from benchmarks.peers import PEERS, installed
from benchmarks.run import Job, remote_row
from benchmarks.shapes import DIGITS_SHAPE, Shape

SHAPES = [
    Shape(*sizes, dtype) for dtype in ("float64", "float32") for sizes in ((3, 4, 3, 1), (64, 32, 10, 32), (784, 100, 10, 64))
]


def jobs_of(shapes: Iterable[Shape], operations: Iterable[str], pace: Pace, names: list[str] | None) -> Iterator[Job]:
    """Yield the rows of these contenders, or of the twins and all peers that are installed.

    Raises ValueError for a contender that is not installed.
    """
    everyone = list(dict.fromkeys(names or ["vectorized", "reference", "straightforward", *PEERS]))
    missing = [name for name in everyone if not installed(name)]
    if names and missing:
        raise ValueError(f"contender {missing[0]} is not installed: pip install -e '.[peers]'")
    if missing:
        print(f"not installed, and left out: {', '.join(missing)}; pip install -e '.[peers]'", file=sys.stderr)
    present = [name for name in everyone if name not in missing]
    for operation in operations:
        digits = [DIGITS_SHAPE._replace(dtype=dtype) for dtype in dict.fromkeys(shape.dtype for shape in shapes)]
        for shape in digits if operation == "epoch" else shapes:
            yield f"{operation}, {shape}", partial(remote_row, operation, shape, present, pace)
