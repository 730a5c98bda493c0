"""A number with a proven bound on what any order of summation may make of it.

A sum keeps its value, the magnitudes of its terms, their count and the bounds they brought. When it is used, these
become one bound, with u the unit roundoff and gamma(n) = n*u/(1 - n*u):

    error = gamma(count - 1) * (magnitudes + brought) + brought

A running bound, addition by addition, would hold for one order only: 1e16 - 1e16 + 100 ones, added from the left,
is exact, and from the right loses all the ones.
"""

import math
import struct
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, NoReturn, Self, cast

from reference.kinds import Kind, register

FUNCTION_ROUNDINGS = 8  # unit roundoffs granted to a library's exp, log, log1p, tanh, sqrt; the worst measured is 3.4
SLACK = 2.0**-50  # relative, for the rounding of the bounds themselves: eight roundings of double precision


class Undecided(Exception):
    """A question that the bound of a number cannot answer: on which side of 0 it lies, or whether it overflows."""


class Bounded:
    """A value and a bound: every correct evaluation in this precision lies within `error` of the true number.

    Parameters
    ----------
    value : int, float, Decimal or Fraction; what the precision cannot hold exactly brings its rounding
    error : float, at least 0; the bound it comes with

    Class attributes
    ----------------
    unit : unit roundoff u of the precision, 2**-53
    tiny : what an underflow may lose, 2**-1074
    largest : largest finite number
    single : whether data that single precision cannot hold are rounded

    Raises
    ------
    Undecided
        where a comparison cannot be decided within the bounds, and where a sum or its terms may overflow.

    >>> ones = sum([Bounded(1)] * 100, Bounded(1e16)) - 1e16
    >>> ones.value, abs(ones.value - 100) <= ones.error
    (0.0, True)
    >>> Bounded(0.1) * 3 > 0
    True
    """

    __slots__ = ("brought", "count", "magnitude", "value")
    unit = 2.0**-53
    tiny = 2.0**-1074
    largest = 2.0**1023 * (2 - 2.0**-52)
    single = False

    value: float
    magnitude: float
    count: int
    brought: float

    def __init__(self, value: Any, error: float = 0.0) -> None:
        if isinstance(value, Bounded):
            value, error = value.value, max(error, value.error)
        self.value = float(value)
        self.magnitude = abs(self.value)
        self.count = 1
        self.brought = error
        if self.rounds(value):
            self.brought += self.unit * self.magnitude + self.tiny

    def rounds(self, value: Any) -> bool:
        """Whether this precision cannot hold the value exactly."""
        if isinstance(value, Decimal | Fraction | int) and self.value != value:
            return True
        if not self.single or self.magnitude > self.largest:
            return False
        return bool(struct.unpack("f", struct.pack("f", self.value))[0] != self.value)

    @classmethod
    @cache
    def with_unit(cls, unit: float, tiny: float, largest: float, single: bool = False) -> type["Bounded"]:
        """Return the class of bounded numbers of another precision, ready for the loops.

        >>> Bounded.with_unit(2.0**-24, 2.0**-149, 2.0**128, single=True)(0.1).error > 5e-9
        True
        """
        body = {"__slots__": (), "unit": unit, "tiny": tiny, "largest": largest, "single": single}
        return kind_of_bounded(type(cls.__name__, (cls,), body)).type

    def make(self, value: float, error: float) -> Self:
        """Return a number with one term, whose bound is `error` and the slack for computing it."""
        made = object.__new__(type(self))
        made.value = value
        made.magnitude = abs(value)
        made.count = 1
        made.brought = error + error * SLACK + self.tiny
        return made

    def of(self, x: Any) -> Self:
        """Return x as a number of this class."""
        return x if type(x) is type(self) else type(self)(x)

    @property
    def error(self) -> float:
        """The bound, in absolute terms."""
        reach = self.magnitude + self.brought
        if not reach <= self.largest:
            raise Undecided(f"a sum of terms up to {reach:.3g} may overflow")
        if self.count == 1:
            return self.brought
        roundings = (self.count - 1) * self.unit
        if roundings >= 0.5:
            raise Undecided(f"a sum of {self.count} terms has no bound in this precision")
        # Each of the count - 1 additions that made `reach` may have rounded it down.
        error = roundings / (1 - roundings) * reach + self.brought
        return error * (1 + (self.count + 8) * 2.0**-52) + self.tiny

    def __repr__(self) -> str:
        return f"{self.value!r} ± {self.error:.2g}"

    def __neg__(self) -> Self:
        made = object.__new__(type(self))
        made.value, made.magnitude, made.count, made.brought = -self.value, self.magnitude, self.count, self.brought
        return made

    def __add__(self, other: Any) -> Self:
        if type(other) is not type(self):
            other = type(self)(other)
        if other.magnitude == other.brought == 0:
            return self
        if self.magnitude == self.brought == 0:
            return cast(Self, other)
        made = object.__new__(type(self))
        made.value = self.value + other.value
        made.magnitude = self.magnitude + other.magnitude
        made.count = self.count + other.count
        made.brought = self.brought + other.brought
        return made

    __radd__ = __add__

    def __sub__(self, other: Any) -> Self:
        return cast(Self, self + -self.of(other))

    def __rsub__(self, other: Any) -> Self:
        return -self + other

    def __mul__(self, other: Any) -> Self:
        """The rounding counts twice, and on the magnitudes: a factor may enter a sum term by term, or as a reciprocal."""
        if type(other) is not type(self):
            other = type(self)(other)
        error = self.error if self.count > 1 else self.brought
        other_error = other.error if other.count > 1 else other.brought
        reach, other_reach = self.magnitude + self.brought, other.magnitude + other.brought
        if reach == 0 or other_reach == 0:
            return type(self)(0)
        size = abs(self.value)
        spread = size * other_error + error * (abs(other.value) + other_error)
        return self.make(self.value * other.value, spread + 2 * self.unit * (reach * other_reach) + self.tiny)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Self:
        if type(other) is int:  # a mean: dividing the sum is dividing its terms, so it stays open
            made = object.__new__(type(self))
            made.value = self.value / other
            made.magnitude = self.magnitude / other
            made.count = self.count
            brought = (self.brought + 2 * self.unit * (self.magnitude + self.brought)) / other
            made.brought = brought + brought * SLACK + (self.count * self.tiny if self.magnitude + self.brought else 0)
            return made
        other = self.of(other)
        size, error = abs(other.value), other.error
        if not size > error:
            raise Undecided(f"a divisor of {other!r} may be 0")
        spread = (abs(self.value) * error + self.error * size) / size / (size - error)
        reach = (self.magnitude + self.brought) / (size - error)
        return self.make(self.value / other.value, spread + 2 * self.unit * reach + self.tiny)

    def __rtruediv__(self, other: Any) -> Self:
        return self.of(other) / self

    def sign_of_difference(self, other: Any) -> int:
        """Return -1, 0 or 1 as self is less than, equal to or greater than other, or raise Undecided."""
        gap = self - other
        if abs(gap.value) > gap.error:
            return 1 if gap.value > 0 else -1
        if gap.magnitude == gap.brought == 0 or (self.value == other and self.error == 0):
            return 0
        raise Undecided(f"{self!r} may lie on either side of {other!r}")

    def __lt__(self, other: Any) -> bool:
        return self.sign_of_difference(other) < 0

    def __le__(self, other: Any) -> bool:
        return self.sign_of_difference(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self.sign_of_difference(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self.sign_of_difference(other) >= 0

    def __eq__(self, other: object) -> bool:
        return self.sign_of_difference(other) == 0

    __hash__ = None  # type: ignore[assignment]


def through(function: Callable[[float], float], spread: Callable[[float, float], float]) -> Callable[[Bounded], Bounded]:
    """Return a function of bounded numbers; `spread(x, error)` bounds how far it moves within the error of x."""

    def of_bounded(x: Bounded) -> Bounded:
        error = x.error
        try:
            value = function(x.value)
            moved = spread(x.value, error)
        except (ArithmeticError, ValueError):
            raise Undecided(f"{function.__name__} of {x!r} may overflow or have no value") from None
        roundings = FUNCTION_ROUNDINGS * x.unit * (abs(value) + moved)
        return x.make(value, moved + roundings + x.tiny)

    return of_bounded


def tanh_spread(x: float, error: float) -> float:
    """Slope 4e/(1+e)**2 with e = exp(-2|x|), at the point of the interval nearest to 0."""
    e = math.exp(-2 * max(abs(x) - error, 0.0))
    return error * 4 * e / (1 + e) ** 2


def log_spread(x: float, error: float) -> float:
    """Slope 1/x at the low end of the interval."""
    return error / (x - error) if x > error else refuse()


def sqrt_spread(x: float, error: float) -> float:
    """The farther end: sqrt(x) - sqrt(x - error), as a quotient that does not cancel."""
    return error / (math.sqrt(x) + math.sqrt(x - error)) if x >= error and x > 0 else math.sqrt(error)


def refuse() -> NoReturn:
    """Raise ValueError: the interval leaves the domain."""
    raise ValueError


def maximum(a: Any, b: Any) -> Any:
    """Return the larger; where either may be, the larger value with the larger bound (the maximum is 1-Lipschitz)."""
    like = a if isinstance(a, Bounded) else b
    a, b = like.of(a), like.of(b)
    larger = a if a.value >= b.value else b
    gap = a - b
    if abs(gap.value) > gap.error or a is b:
        return larger
    made = object.__new__(type(larger))
    made.value, made.magnitude, made.count = larger.value, abs(larger.value), 1
    made.brought = max(a.error, b.error)
    return made


def is_finite(x: Bounded) -> bool:
    """True; a number that may be infinite raises Undecided."""
    return x.error >= 0


def kind_of_bounded(bounded: type[Bounded]) -> Kind:
    """Register a class of bounded numbers with the loops."""
    return register(
        Kind(
            bounded,
            bounded,
            exp=through(math.exp, lambda x, error: math.exp(x) * math.expm1(error)),
            log=through(math.log, log_spread),
            log1p=through(math.log1p, lambda x, error: log_spread(1 + x, error)),
            tanh=through(math.tanh, tanh_spread),
            sqrt=through(math.sqrt, sqrt_spread),
            maximum=maximum,
            is_finite=is_finite,
            value=lambda x: x.value,
        )
    )


kind_of_bounded(Bounded)
