"""Decide whether an equation holds for the digits shown.

+ - * / and max are computed exactly with fractions. exp, ln, log1p and tanh are computed with a hundred digits.
"""

from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from operator import mul, sub, truediv

from reference.explain.shown import decimals_of
from reference.numbers.exact import decimal_log1p, decimal_tanh
from reference.numbers.traced import Traced, terms_of

HUNDRED_DIGITS = Context(prec=100, Emin=-400, Emax=400)
LEAST = Decimal("1e-390")  # smaller than any positive float
OPERATIONS: dict[str, Callable[..., Fraction | int]] = {
    "+": lambda *terms: sum(terms),
    "-": sub,
    "*": mul,
    "/": truediv,
    "max": max,
}
FUNCTIONS: dict[str, Callable[[Decimal], Decimal]] = {
    "exp": lambda x: max(x.exp(), LEAST),  # exp is never 0
    "ln": lambda x: max(x, LEAST).ln(),  # x may be 0 after rounding, e.g. 1 - 1.000
    "log1p": decimal_log1p,
    "tanh": decimal_tanh,
}


def sign(left: Fraction, right: str) -> str:
    """Return = if the left side, rounded to the digits of the right side, equals the right side. Otherwise return ≈.

    A right side of 0 is exact: the sign is = only if the left side is exactly 0.

    >>> sign(Fraction("3") * Fraction("0.01"), "0.03"), sign(Fraction("0.00125"), "0.0013"), sign(Fraction("1e-9"), "0")
    ('=', '≈', '≈')
    """
    if right == "0":
        return "≈" if left else "="
    return "=" if 2 * abs(left - Fraction(right)) < Fraction(10) ** -decimals_of(right) else "≈"


def value_of(x: Traced, leaf: Callable[[Traced], str | None], top: bool = True) -> Fraction:
    """Return the value of the expression that `expression_of(x, leaf)` writes, computed from the digits in the expression."""
    text = None if top and x.operation else leaf(x)
    if text is not None:
        return Fraction(text)
    parts = terms_of(x) if x.operation == "+" else x.parts  # a long sum is nested too deeply for recursion
    values = [value_of(part, leaf, top=False) for part in parts]
    if x.operation in OPERATIONS:
        return Fraction(OPERATIONS[x.operation](*values))
    with localcontext(HUNDRED_DIGITS):
        return Fraction(FUNCTIONS[x.operation](Decimal(values[0].numerator) / values[0].denominator))
