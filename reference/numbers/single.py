"""Single precision: bounds in it, and which numbers it holds."""

import math
import struct

from reference.numbers.bounded import Bounded

SINGLE = Bounded.with_unit(2.0**-24, 2.0**-149, 2.0**128 - 2.0**104, single=True)


def nearest_single(x: float) -> float:
    """Return the number of single precision that is nearest to x."""
    try:
        return float(struct.unpack("f", struct.pack("f", x))[0])
    except OverflowError:
        return math.copysign(math.inf, x)


def is_single(x: float) -> bool:
    """Whether single precision holds a number, or the number is the nine digits that a program prints of one."""
    nearest = nearest_single(x)
    return x in (nearest, float(f"{nearest:.9g}"))
