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


def quietly(number: type[Ieee], function: Callable[[float], float], pole: float | None) -> Callable[[SupportsFloat], Ieee]:
    """Return a function that returns infinity or NaN where `function` raises an error. At the pole it returns -infinity."""

    def quiet(x: SupportsFloat) -> Ieee:
        try:
            return number.nearest(function(float(x)))
        except OverflowError:
            return number(math.inf)
        except ValueError:  # log(0) is -infinity; logarithms and roots of negative numbers are NaN
            return number(-math.inf if float(x) == pole else math.nan)

    return quiet


def register_ieee(number: type[Ieee]) -> None:
    """Register a class of these numbers, so that the loops can use it."""
    poles = ((math.exp, None), (math.log, 0.0), (math.log1p, -1.0), (math.tanh, None), (math.sqrt, None))
    exp, log, log1p, tanh, sqrt = (quietly(number, function, pole) for function, pole in poles)
    register(Kind(number, number.nearest, exp, log, log1p, tanh, sqrt, is_finite=lambda x: True))


register_ieee(Ieee)
register_ieee(IeeeSingle)
