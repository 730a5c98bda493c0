"""Numbers as in most languages: an overflow gives infinity, 0/0 and 0*infinity give NaN, and nothing raises an error."""

import math
from collections.abc import Callable
from typing import Self, SupportsFloat

from reference.numbers.kinds import Kind, register
from reference.numbers.single import nearest_single


class Ieee(float):
    """A number in double precision."""

    @classmethod
    def nearest(cls, x: SupportsFloat) -> Self:
        """Return the number of this class that is nearest to x."""
        return cls(x)

    def __add__(self, other: SupportsFloat) -> Self:
        return self.nearest(float(self) + float(other))

    def __sub__(self, other: SupportsFloat) -> Self:
        return self.nearest(float(self) - float(other))

    def __mul__(self, other: SupportsFloat) -> Self:
        return self.nearest(float(self) * float(other))

    def __truediv__(self, other: SupportsFloat) -> Self:
        divisor = float(other)
        return self.nearest(float(self) / divisor if divisor else float(self) * math.copysign(math.inf, divisor))

    def __neg__(self) -> Self:
        return self.nearest(-float(self))

    def __radd__(self, other: SupportsFloat) -> Self:
        return self.nearest(other) + self

    def __rsub__(self, other: SupportsFloat) -> Self:
        return self.nearest(other) - self

    def __rmul__(self, other: SupportsFloat) -> Self:
        return self.nearest(other) * self

    def __rtruediv__(self, other: SupportsFloat) -> Self:
        return self.nearest(other) / self


class IeeeSingle(Ieee):
    """A number in single precision."""

    @classmethod
    def nearest(cls, x: SupportsFloat) -> Self:
        """Round x to single precision."""
        return cls(nearest_single(float(x)))


def quietly(number: type[Ieee], function: Callable[[float], float]) -> Callable[[SupportsFloat], Ieee]:
    """Return the function, changed to return infinity or NaN where it would raise an error."""

    def quiet(x: SupportsFloat) -> Ieee:
        try:
            return number.nearest(function(float(x)))
        except OverflowError:
            return number(math.inf)
        except ValueError:  # from a logarithm or a root: log(0) and log1p(-1) are -infinity
            return number(-math.inf if float(x) in (0.0, -1.0) else math.nan)

    return quiet


def register_ieee(number: type[Ieee]) -> None:
    """Register a class of these numbers, so that the loops can use it."""
    exp, log, log1p, tanh, sqrt = (quietly(number, f) for f in (math.exp, math.log, math.log1p, math.tanh, math.sqrt))
    register(Kind(number, number.nearest, exp, log, log1p, tanh, sqrt, is_finite=lambda x: True))


register_ieee(Ieee)
register_ieee(IeeeSingle)
