"""Recognise numbers that were printed with few digits, as `%f` and `%g` do."""

import math
from functools import partial
from typing import NamedTuple

from reference.numbers.single import nearest_single
from reference.oracle.judging.exam import Exam, Unit

N_DIGITS = range(3, 16)


class Printed(NamedTuple):
    """The number of digits that is enough to write every answer.

    words : such as "6 decimals"
    unit : returns one unit in the last digit of a number
    single : whether all answers may be single-precision numbers that were printed with this number of digits
    """

    words: str
    unit: Unit
    single: bool


def printed_digits(exams: list[Exam]) -> Printed | None:
    """Return the fewest decimals or significant digits that are enough to write every answer; None if not in N_DIGITS."""
    answers = [x for exam in exams for stage in exam.right for x in exam.answer.stages[stage]]
    forms = ("f", "decimals", unit_of_decimals), ("g", "significant digits", unit_of_significant_digits)
    for n in range(N_DIGITS.stop):
        for code, name, unit in forms:
            form = f".{n}{code}"
            if all(math.isnan(x) or float(format(x, form)) == x for x in answers):
                single = all(not math.isfinite(x) or float(format(nearest_single(x), form)) == x for x in answers)
                return Printed(f"{n} {name}", partial(unit, n), single) if n in N_DIGITS else None
    return None


def unit_of_decimals(n: int, x: float) -> float:
    """Return one unit in the last of n decimals."""
    return 10.0**-n


def unit_of_significant_digits(n: int, x: float) -> float:
    """Return one unit in the last of the n significant digits of x >= 0; 0 if x is 0 or not finite.

    >>> unit_of_significant_digits(6, 250.0)
    0.001
    """
    return 10.0 ** (math.floor(math.log10(x)) + 1 - n) if x and math.isfinite(x) else 0.0
