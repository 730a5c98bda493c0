"""Recognise numbers that were printed with few digits, as `%f` and `%g` do."""

import math
from functools import partial
from typing import NamedTuple

from reference.numbers.single import nearest_single
from reference.oracle.judging.exam import Exam, Unit

N_DIGITS = range(3, 16)


class Printed(NamedTuple):
    """How many digits all answers have, such as "6 decimals", and the function that returns one unit in the last digit.

    `single` says whether all answers could be single-precision numbers that were printed with so many digits.
    """

    words: str
    unit: Unit
    single: bool


def printed_digits(exams: list[Exam]) -> Printed | None:
    """Return how many digits the answers have; None for fewer than 3 or more than 15 (see N_DIGITS).

    The same numbers may fit two counts, such as 6 significant digits and 7 decimals. The smaller count is returned.
    """
    answers = [x for exam in exams for stage in exam.right for x in exam.answer.stages[stage]]
    forms = ("f", "decimals", unit_of_decimals), ("g", "significant digits", unit_of_significant_digits)
    for n in range(N_DIGITS.stop):
        for code, name, unit in forms:
            if all(is_printed(x, f".{n}{code}") for x in answers):
                form = f".{n}{code}"
                single = all(not math.isfinite(x) or float(format(nearest_single(x), form)) == x for x in answers)
                return Printed(f"{n} {name}", partial(unit, n), single) if n in N_DIGITS else None
    return None


def is_printed(x: float, form: str) -> bool:
    """Whether a number stays the same if it is printed in this format and read again. True for NaN."""
    return x != x or float(format(x, form)) == x


def unit_of_decimals(n: int, x: float) -> float:
    """Return one unit in the last of n decimals."""
    return 10.0**-n


def unit_of_significant_digits(n: int, x: float) -> float:
    """Return one unit in the last of the n significant digits of x >= 0; 0 if x is 0 or not finite.

    >>> unit_of_significant_digits(6, 250.0)
    0.001
    """
    return 10.0 ** (math.floor(math.log10(x)) + 1 - n) if x and math.isfinite(x) else 0.0
