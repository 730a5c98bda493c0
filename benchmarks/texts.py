"""Measured numbers as text. A number with a large spread has fewer digits."""

import math

from benchmarks.intervals import Interval


def digits(value: float, spread: float = 0.0) -> str:
    """Return a number with three significant digits, or with two if its spread is at least a tenth of the number.

    >>> digits(57.83, 0.5), digits(57.83, 9.0), digits(0.04512), digits(1234.0)
    ('57.8', '58', '0.0451', '1,230')
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    significant = 3 if spread < abs(value) / 10 else 2
    nearest = float(f"{value:.{significant - 1}e}")
    return f"{nearest:,.{max(0, significant - 1 - math.floor(math.log10(abs(nearest))))}f}"


def time_text(seconds: float, spread: float = 0.0) -> str:
    """Return a time in s, ms, µs or ns, with fewer digits if its relative spread is large.

    >>> time_text(0.0000123456, 0.01), time_text(1.5), time_text(0.00149, 0.3)
    ('12.3 µs', '1.50 s', '1.5 ms')
    """
    units = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}
    unit = next((unit for unit, size in units.items() if seconds >= size), "ns")
    return f"{digits(seconds / units[unit], spread * seconds / units[unit])} {unit}"


def median_text(seconds: Interval) -> str:
    """Return a median time.

    >>> median_text(Interval(0.0000123456, 0.0000122, 0.0000125))
    '12.3 µs'
    """
    return time_text(seconds.middle, seconds.spread)


def ratio_text(ratio: Interval) -> str:
    """Return a ratio and its interval, for example "57.8 (57.1–58.4)"."""
    significant = 3 if ratio.spread < 0.1 else 2
    decimals = significant - 1 - math.floor(math.log10(ratio.middle))
    while decimals < 5 and any(round(end, decimals) == 1 != end for end in (ratio.low, ratio.high)):
        decimals += 1  # so that an end of the interval is printed as 1 only if it is exactly 1
    middle, low, high = (f"{round(part, decimals):,.{max(0, decimals)}f}" for part in ratio)
    return f"{middle} ({low}–{high})"
