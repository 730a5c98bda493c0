"""Numbers as most programs compute: an overflow gives an infinity, 0/0 and 0*infinity give NaN, and nothing raises."""

import math
import struct
from collections.abc import Callable
from typing import Any

from reference.numbers.kinds import Kind, register


class Ieee(float):
    """A number in double precision."""

    @classmethod
    def rounded(cls, x: float) -> "Ieee":
        """Return x in this precision."""
        return cls(x)

    def __add__(self, other: Any) -> "Ieee":
        return self.rounded(float(self) + float(other))

    def __sub__(self, other: Any) -> "Ieee":
        return self.rounded(float(self) - float(other))

    def __mul__(self, other: Any) -> "Ieee":
        return self.rounded(float(self) * float(other))

    def __truediv__(self, other: Any) -> "Ieee":
        if other:
            return self.rounded(float(self) / float(other))
        return self.rounded(float(self) * math.copysign(math.inf, other))

    def __neg__(self) -> "Ieee":
        return self.rounded(-float(self))

    def __radd__(self, other: Any) -> "Ieee":
        return self.rounded(other) + self

    def __rsub__(self, other: Any) -> "Ieee":
        return self.rounded(other) - self

    def __rmul__(self, other: Any) -> "Ieee":
        return self.rounded(other) * self

    def __rtruediv__(self, other: Any) -> "Ieee":
        return self.rounded(other) / self


class IeeeSingle(Ieee):
    """A number in single precision."""

    @classmethod
    def rounded(cls, x: float) -> "IeeeSingle":
        """Return the number of single precision that is nearest to x."""
        try:
            return cls(struct.unpack("f", struct.pack("f", x))[0])
        except OverflowError:
            return cls(math.copysign(math.inf, x))


def quietly(number: type[Ieee], function: Callable[[float], float]) -> Callable[[Ieee], Ieee]:
    """Return a function that gives an infinity or NaN where that of the library raises."""

    def quiet(x: Ieee) -> Ieee:
        try:
            return number.rounded(function(x))
        except OverflowError:
            return number(math.inf)
        except ValueError:  # of a logarithm or a root
            return number(-math.inf if float(x) in (0.0, -1.0) else math.nan)

    return quiet


def kind_of(number: type[Ieee]) -> Kind:
    """Register a class of these numbers with the loops."""
    exp, log, log1p, tanh, sqrt = (quietly(number, f) for f in (math.exp, math.log, math.log1p, math.tanh, math.sqrt))
    return register(Kind(number, number.rounded, exp, log, log1p, tanh, sqrt, is_finite=lambda x: True))


kind_of(Ieee)
kind_of(IeeeSingle)
