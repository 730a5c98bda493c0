"""Medians, their intervals without any assumption on how times are distributed, and lines through them.

The interval runs from the k-th smallest to the k-th largest sample; the median lies outside only if fewer than k of n
samples fall on one side of it, each as likely as a coin, which happens with probability 2 * sum over j < k of C(n, j) / 2**n.
"""

import math
from statistics import median
from typing import NamedTuple

import numpy as np

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """A median and the interval that holds the true one with at least the confidence asked for."""

    middle: float
    low: float
    high: float

    @property
    def spread(self) -> float:
        """Half the width of the interval, relative to the median."""
        return (self.high - self.low) / 2 / self.middle if self.middle else math.inf


def rank(n: int, confidence: float = CONFIDENCE) -> int:
    """Return the largest k for which the k-th smallest and the k-th largest of n samples enclose the median.

    >>> rank(15), rank(5)
    (4, 0)
    """
    k, outside = 0, 0.0
    while k < n // 2:
        outside += 2 * math.comb(n, k) / 2**n
        if outside > 1 - confidence:
            break
        k += 1
    return k


def interval(samples: list[float], confidence: float = CONFIDENCE) -> Interval:
    """Return the median of some samples and its interval; of fewer than six it is unbounded at 95 %.

    >>> interval([float(n) for n in range(15)])
    Interval(middle=7.0, low=3.0, high=11.0)
    """
    k, ordered = rank(len(samples), confidence), sorted(samples)
    low, high = (ordered[k - 1], ordered[-k]) if k else (0.0, math.inf)
    return Interval(median(ordered), low, high)


def ratio(above: list[float], below: list[float], confidence: float = CONFIDENCE) -> Interval:
    """Return the median of the ratios within rounds, and its interval."""
    return interval([a / b for a, b in zip(above, below, strict=True)], confidence)


class Line(NamedTuple):
    """Time over multiply-adds: t = start + each * multiply_adds, and by how much the measured times miss it, in the median."""

    start: float
    each: float
    misfit: float
    rows: int

    def at(self, multiply_adds: float) -> float:
        """Return the time on the line."""
        return self.start + self.each * multiply_adds


def line(multiply_adds: list[int], seconds: list[float]) -> Line | None:
    """Return the line that makes the squares of the relative errors least, neither part below 0; None of fewer than 2 sizes.

    >>> line([10, 20, 40], [1.5, 2.0, 3.0])
    Line(start=1.0, each=0.05, misfit=0.0, rows=3)
    """
    if len(set(multiply_adds)) < 2:
        return None
    x, t = np.array(multiply_adds, float), np.array(seconds)
    terms = np.column_stack([1 / t, x / t])
    parts = np.linalg.lstsq(terms, np.ones_like(t), rcond=None)[0]
    for at in np.flatnonzero(parts < 0):
        other = terms[:, 1 - at]
        parts[at], parts[1 - at] = 0, (other @ np.ones_like(t)) / (other @ other)
    start, each = (float(f"{part:.12g}") for part in parts)
    return Line(start, each, float(np.median(np.abs(np.round(terms @ parts - 1, 12)))), len(t))


def break_even(slow: Line, fast: Line) -> float | None:
    """Return the multiply-adds from which on the second line is below the first; None where it always or never is.

    >>> break_even(Line(1.0, 3.0, 0.0, 3), Line(5.0, 1.0, 0.0, 3))
    2.0
    """
    if slow.each <= fast.each or fast.start <= slow.start:
        return None
    return (fast.start - slow.start) / (slow.each - fast.each)
