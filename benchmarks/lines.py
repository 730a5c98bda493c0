"""How time grows with size: a line through measured times, and what the loops would take.

t = start + each * multiply_adds
"""

from typing import NamedTuple

import numpy as np

from benchmarks.intervals import interval
from benchmarks.results import Row

LOOPS, MATRICES = "reference", "vectorized"


class Line(NamedTuple):
    """A line, by how much the measured times miss it in the median, and how many they are."""

    start: float
    each: float
    misfit: float
    rows: int

    def at(self, multiply_adds: float) -> float:
        """Return the time on the line."""
        return self.start + self.each * multiply_adds


def line(multiply_adds: list[int], seconds: list[float]) -> Line | None:
    """Return the line with the least squares of the relative errors, neither part below 0; None for fewer than 3 sizes.

    >>> line([10, 20, 40], [1.5, 2.0, 3.0])
    Line(start=1.0, each=0.05, misfit=0.0, rows=3)
    """
    if len(set(multiply_adds)) < 3:
        return None
    x, t = np.array(multiply_adds, float), np.array(seconds)
    terms = np.column_stack([1 / t, x / t])
    parts = np.linalg.lstsq(terms, np.ones_like(t), rcond=None)[0]
    for at in np.flatnonzero(parts < 0):
        other = terms[:, 1 - at]
        parts[at], parts[1 - at] = 0, (other @ np.ones_like(t)) / (other @ other)
    start, each = (float(f"{part:.12g}") for part in parts)
    return Line(start, each, float(np.median(np.abs(np.round(terms @ parts - 1, 12)))), len(t))


def line_of(name: str, rows: list[Row]) -> Line | None:
    """Return the line through the times of a contender in the rows of one operation."""
    points = [row for row in rows if name in row.seconds]
    return line([row.multiply_adds for row in points], [interval(row.seconds[name]).middle for row in points])


def prediction(row: Row, rows: list[Row]) -> float | None:
    """Return what the loops would take in a row that they were not timed in.

    They would take as long for each multiply-add as in the largest row that they were timed in; None without one.
    """
    timed = [one for one in rows if LOOPS in one.seconds]
    if not timed or LOOPS in row.differences:
        return None
    largest = max(timed, key=lambda one: one.multiply_adds)
    return interval(largest.seconds[LOOPS]).middle / largest.multiply_adds * row.multiply_adds
