"""Check the sign (= or ≈) between a printed expression and a printed result, with fractions.

exp, ln, log1p and tanh are computed with a hundred digits. This file does not use the code that it checks.
"""

import math
import re
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import Any

from tests import truth

NUMBER = re.compile(r"(?<![\w.\]])\d+(?:\.\d+)?(?:e[+-]\d+)?(?![\w.\[])")
LEAST_FLOAT = Fraction(math.ulp(0.0))
LEAST = Decimal("1e-1000")  # stands for 0 in a logarithm


class Range:
    """All numbers between two bounds."""

    def __init__(self, low: Fraction, high: Fraction) -> None:
        self.low, self.high = low, high

    def combine(self, other: "Range", operation: Callable[[Fraction, Fraction], Fraction]) -> "Range":
        ends = [operation(a, b) for a in {self.low, self.high} for b in {other.low, other.high}]
        return Range(min(ends), max(ends))

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Range") -> "Range":
        return self + -other

    def __mul__(self, other: "Range") -> "Range":
        return self.combine(other, Fraction.__mul__)

    def __truediv__(self, other: "Range") -> "Range":
        return self.combine(other, Fraction.__truediv__)

    def __neg__(self) -> "Range":
        return Range(-self.high, -self.low)

    def __pow__(self, power: int) -> "Range":
        """Return the range of an even power."""
        largest = max(abs(self.low), abs(self.high))
        least = Fraction(0) if self.low < 0 < self.high else min(abs(self.low), abs(self.high))
        return Range(least**power, largest**power)


def to_a_hundred_digits(function: Callable[[Decimal], Decimal]) -> Callable[[Any], Any]:
    """Turn an increasing function of decimals into a function of fractions and ranges."""

    def result(x: Any) -> Any:
        if isinstance(x, Range):
            return Range(result(x.low), result(x.high))
        with localcontext(truth.DIGITS):
            return Fraction(function(Decimal(x.numerator) / x.denominator))

    return result


def larger(a: Any, b: Any) -> Any:
    return Range(max(a.low, b.low), max(a.high, b.high)) if isinstance(a, Range) else max(a, b)


FUNCTIONS = {
    "exp": to_a_hundred_digits(Decimal.exp),
    "ln": to_a_hundred_digits(lambda x: max(x, LEAST).ln()),
    "log1p": to_a_hundred_digits(truth.log1p),
    "tanh": to_a_hundred_digits(truth.tanh),
    "max": larger,
}


def plain(text: str) -> str:
    return text.replace("−", "-").replace("×", "*")


def evaluate(text: str, number: Callable[[str], Any] = Fraction) -> Any:
    """Return the value of an expression. The function `number` converts the text of each number."""
    code = NUMBER.sub(r"number('\g<0>')", plain(text)).replace("²", "**2")
    return eval(code, {"__builtins__": {}}, FUNCTIONS | {"number": number})


def unit(text: str) -> Fraction:
    """Return the value of one unit in the last digit of a printed number."""
    mantissa, _, power = plain(text).partition("e")
    return Fraction(10) ** (int(power or 0) - len(mantissa.partition(".")[2]))


def range_of(text: str, digits: int) -> Range:
    """Return the range of numbers that are printed as this text with `digits` digits.

    A text with fewer digits is exact up to the rounding of floats, so its range is tiny.
    """
    is_rounded = len(text.partition("e")[0].replace(".", "").lstrip("0")) >= digits
    value = Fraction(text)
    if value == 0:
        return Range(-LEAST_FLOAT, LEAST_FLOAT)
    margin = value / 10**12 + (unit(text) / 2 if is_rounded else 0)
    return Range(value - margin, value + margin)


@cache
def sign_is_right(left: str, sign: str, right: str, digits: int = 4) -> bool:
    """Whether the sign is right. It must be = if the left side, rounded like the right side, equals the right side; else ≈.

    A left side halfway between two rounded numbers needs ≈. With ≈, the sides may differ only by as much as the
    rounding of the printed numbers allows.
    """
    value, last = evaluate(right), unit(right)
    units = evaluate(left) / last
    rounded = {math.floor(units + Fraction(1, 2)), math.ceil(units - Fraction(1, 2))}
    if value == 0:  # a printed 0 is exact, so only an exact 0 equals it
        rounded = {units}
    if sign == "=":
        return rounded == {value / last}
    a, b = (evaluate(side, lambda number: range_of(number, digits)) for side in (left, right))
    overlap: bool = max(a.low, b.low) <= min(a.high, b.high)
    return sign == "≈" and rounded != {value / last} and overlap
