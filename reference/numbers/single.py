"""Numbers with error bounds (`Bounded`) in single precision, and rounding to single precision."""

import math
import struct

from reference.numbers.bounded import Bounded

SINGLE = Bounded.with_unit(2.0**-24, 2.0**-149, 2.0**128 - 2.0**104, single=True)


def nearest_single(x: float) -> float:
    """Return the single-precision number nearest to x, or an infinity if x is too large."""
    try:
        return float(struct.unpack("f", struct.pack("f", x))[0])
    except OverflowError:
        return math.copysign(math.inf, x)


def is_single(x: float) -> bool:
    """Whether x equals a single-precision number, or a single-precision number rounded to nine digits."""
    nearest = nearest_single(x)
    return x in (nearest, float(f"{nearest:.9g}"))
