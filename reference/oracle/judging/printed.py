"""Recognise right numbers that were printed with few digits, as `%f` and `%g` do."""

import math
from functools import partial

from reference.oracle.judging.exam import Exam, is_small

FEWEST, MOST = 3, 14


def digits_of(exams: list[Exam]) -> str | None:
    """Return how many digits all answers have, e.g. "6 decimals", if they are right up to the last one; otherwise None."""
    answers = [x for exam in exams for stage in exam.right for x in exam.answer.stages[stage]]
    for name, code, unit in (("decimals", "f", unit_of_decimals), ("significant digits", "g", unit_of_significant_digits)):
        n = next((n for n in range(FEWEST, MOST + 1) if all(float(f"{x:.{n}{code}}") == x for x in answers)), None)
        if n is not None and is_small(exams, partial(unit, n)):
            return f"{n} {name}"
    return None


def unit_of_decimals(n: int, x: float) -> float:
    """Return one unit of the last of n decimals."""
    return 10.0**-n


def unit_of_significant_digits(n: int, x: float) -> float:
    """Return one unit of the last of the n significant digits of a number from 0 on.

    >>> unit_of_significant_digits(6, 250.0)
    0.001
    """
    return 10.0 ** (math.floor(math.log10(x)) + 1 - n) if x else 0.0
