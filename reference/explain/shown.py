"""Show a number rounded to some significant digits."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

MOST_DIGITS = 15  # more digits of a float are not reliable


def shown(x: float, digits: int, decimals: int = 0) -> str:
    """Return a number as text, rounded to `digits` significant digits.

    It is rounded to at least `decimals` decimals, but to at most 15 significant digits. Below ten million, all digits before
    the point are shown. Zeros at the end of an exact number are removed: 0.50001 becomes 0.5000, but 0.5 stays 0.5.

    >>> shown(-0.045, 4), shown(0.49703, 4), shown(12345.678, 4), shown(1.50812e-7, 4), shown(1.2e9, 4), shown(0.17, 4, 6)
    ('-0.045', '0.4970', '12346', '1.508e-7', '1.2e+9', '0.17')
    """
    if x == 0:
        return "0"  # also for -0.0
    with localcontext(rounding=ROUND_HALF_UP):
        exponent = int(f"{Decimal(x):.{digits - 1}e}".partition("e")[2])
        behind = digits - 1  # digits after the first
        if decimals:
            behind = max(behind, min(exponent + decimals, MOST_DIGITS - 1))
        plain = -5 <= exponent < 7
        text = f"{Decimal(x):.{max(behind - exponent, 0)}f}" if plain else f"{Decimal(x):.{behind}e}"
    mantissa, e, power = text.partition("e")
    if "." in mantissa and abs(float(text) - x) <= 1e-12 * abs(x):
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + e + power


def decimals_of(text: str) -> int:
    """Return the position of the last digit of a number, counted from the decimal point.

    >>> decimals_of("0.4970"), decimals_of("1.508e-7"), decimals_of("12346")
    (4, 10, 0)
    """
    mantissa, _, power = text.partition("e")
    return len(mantissa.partition(".")[2]) - int(power or 0)
