"""How time grows with size: a line through measured times, and a prediction for the loops.

t = start + each * multiply_adds
"""

from typing import NamedTuple

import numpy as np

from benchmarks.intervals import interval
from benchmarks.results import Row

LOOPS, MATRICES = "reference", "vectorized"


class Line(NamedTuple):
    """A line through measured times. `misfit` is the largest factor between the line and a measured time."""

    start: float
    each: float
    misfit: float


def line(multiply_adds: list[int], seconds: list[float]) -> Line | None:
    """Return the line with the least sum of squared relative errors, or None for fewer than 3 different sizes.

    >>> line([10, 20, 40], [1.5, 2.0, 3.0])
    Line(start=1.0, each=0.05, misfit=1.0)
    """
    if len(set(multiply_adds)) < 3:
        return None
    x, t = np.array(multiply_adds, float), np.array(seconds)
    terms = np.column_stack([1 / t, x / t])
    parts = np.linalg.lstsq(terms, np.ones_like(t), rcond=None)[0]
    for at in np.flatnonzero(parts < 0):  # neither `start` nor `each` may be negative
        other = terms[:, 1 - at]
        parts[at], parts[1 - at] = 0, (other @ np.ones_like(t)) / (other @ other)
    start, each = (float(f"{part:.12g}") for part in parts)
    return Line(start, each, float(np.exp(np.abs(np.log(terms @ parts)).max()).round(12)))


def line_of(name: str, rows: list[Row]) -> Line | None:
    """Return the line through the times of a contender in the rows of one operation."""
    points = [row for row in rows if name in row.seconds]
    return line([row.multiply_adds for row in points], [interval(row.seconds[name]).middle for row in points])


def prediction(row: Row, rows: list[Row]) -> list[float] | None:
    """Return the times of the loops in the largest row in which they were timed, scaled to the multiply-adds of `row`.

    Return None if the loops ran in `row` (even with a wrong answer), or if no row has times of the loops.
    """
    timed = [other for other in rows if LOOPS in other.seconds]
    if not timed or LOOPS in row.differences:
        return None
    largest = max(timed, key=lambda other: other.multiply_adds)
    return [t * row.multiply_adds / largest.multiply_adds for t in largest.seconds[LOOPS]]
