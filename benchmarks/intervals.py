"""Medians and their intervals, without any assumption on how times are distributed.

The interval goes from the k-th smallest to the k-th largest of n samples. Each sample is below the true median with
probability 1/2. The interval misses the true median only if fewer than k samples are on one side of the true median. For
independent samples, the probability of a miss is 2 * sum over j < k of C(n, j) / 2**n.
"""

import math
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """A median, and an interval that contains the true median with at least the requested confidence."""

    middle: float
    low: float
    high: float

    @property
    def spread(self) -> float:
        """Half the width of the interval, relative to the median."""
        return (self.high - self.low) / 2 / self.middle if self.middle else math.inf


def rank(n: int, confidence: float = CONFIDENCE) -> int:
    """Return the largest k for which the interval of n samples has at least this confidence, or 0 if n is too small.

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


def interval(samples: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """Return the median of some samples and its interval. With fewer than six samples, the 95 % interval is (0, inf).

    >>> interval([float(n) for n in range(15)])
    Interval(middle=7.0, low=3.0, high=11.0)
    """
    k, ascending = rank(len(samples), confidence), sorted(samples)
    low, high = (ascending[k - 1], ascending[-k]) if k else (0.0, math.inf)
    return Interval(median(ascending), low, high)


def ratio(numerators: Sequence[float], denominators: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """Return the median of the ratios within rounds, and its interval."""
    return interval([a / b for a, b in zip(numerators, denominators, strict=True)], confidence)


def quotient(numerators: Sequence[float], denominators: Sequence[float]) -> Interval:
    """Return the quotient of two medians from different rounds, and its interval.

    The interval contains every quotient that the intervals of the two medians allow.

    >>> quotient([6.0] * 15, [2.0] * 15)
    Interval(middle=3.0, low=3.0, high=3.0)
    """
    a, b = (interval(samples, (1 + CONFIDENCE) / 2) for samples in (numerators, denominators))
    return Interval(a.middle / b.middle, a.low / b.high, a.high / b.low if b.low else math.inf)
