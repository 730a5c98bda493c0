"""Recognise right numbers that were printed with few digits, as `%f` and `%g` do."""

import math
from functools import partial

from reference.oracle.judging.exam import Exam, is_small

N_DIGITS = range(3, 15)


def digits_of(exams: list[Exam]) -> str | None:
    """Return how many digits the answers have, e.g. "6 decimals", if they are right except for the last digit; else None."""
    answers = [x for exam in exams for stage in exam.right for x in exam.answer.stages[stage]]
    for name, code, unit in (("decimals", "f", unit_of_decimals), ("significant digits", "g", unit_of_significant_digits)):
        n = next((n for n in N_DIGITS if all(float(f"{x:.{n}{code}}") == x for x in answers)), None)
        if n is not None and is_small(exams, partial(unit, n)):
            return f"{n} {name}"
    return None


def unit_of_decimals(n: int, x: float) -> float:
    """Return one unit in the last of n decimals."""
    return 10.0**-n


def unit_of_significant_digits(n: int, x: float) -> float:
    """Return one unit in the last of the n significant digits of x, which is not negative.

    >>> unit_of_significant_digits(6, 250.0)
    0.001
    """
    return 10.0 ** (math.floor(math.log10(x)) + 1 - n) if x else 0.0
