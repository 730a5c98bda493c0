"""Decimal and Fraction for the loops: a Decimal is computed with any number of digits, a Fraction exactly."""

from contextlib import AbstractContextManager
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
from typing import NoReturn

from reference.numbers.kinds import Kind, exact_float, register


def decimal_log1p(x: Decimal) -> Decimal:
    """Return ln(1 + x), computed with enough extra digits that a small x is not lost in 1 + x."""
    with localcontext() as context:
        if x.adjusted() < -context.prec:  # ln(1 + x) = x - x**2/2 + ..., and all terms after x are too small to count
            return +x
        context.prec += 3 + max(0, -x.adjusted())
        y = (1 + x).ln()
    return +y


def decimal_tanh(x: Decimal) -> Decimal:
    """Return (1 - e)/(1 + e) with e = exp(-2|x|), computed with enough extra digits that a small x is not lost in 1 - e."""
    with localcontext() as context:
        if 2 * x.adjusted() < -context.prec:  # tanh x = x - x**3/3 + ..., and all terms after x are too small to count
            return +x
        context.prec += 3 + max(0, -x.adjusted())
        e = (-2 * abs(x)).exp()
        y = ((1 - e) / (1 + e)).copy_sign(x)
    return +y


def without_decimal_traps() -> AbstractContextManager[object]:
    """Return a context in which Decimals overflow to infinity, as floats do. The network checks for infinity later."""
    context = getcontext().copy()
    context.clear_traps()
    return localcontext(context)


register(
    Kind(
        Decimal,
        lambda x: Decimal(x if isinstance(x, int) else exact_float(x)),
        Decimal.exp,
        Decimal.ln,
        decimal_log1p,
        decimal_tanh,
        Decimal.sqrt,
        is_finite=Decimal.is_finite,
        quiet=without_decimal_traps,
    )
)


def refuse_fraction(x: Fraction) -> NoReturn:
    """Raise ValueError, because exp, log, log1p, tanh and sqrt of a Fraction are not Fractions in general."""
    raise ValueError(
        "exp, log, tanh and sqrt of a Fraction are not Fractions; use Decimal numbers, "
        "or relu, leaky_relu or identity with a squared error and SGD"
    )


register(
    Kind(
        Fraction,
        lambda x: Fraction(x if isinstance(x, int | Decimal) else exact_float(x)),
        *(refuse_fraction,) * 5,
        is_finite=lambda x: True,
    )
)
