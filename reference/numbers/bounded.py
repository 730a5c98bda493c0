"""A number with a proven error bound that holds for any order of summation.

An evaluation is a correct way to compute a number in floating point. It may add the terms of a sum in any order. Its result
lies within `error` of the true number, and so does `value`. So the result is at most |value| + 2*error in magnitude.

A sum stores the number of its terms (`count`), the sum of their magnitudes (`magnitude`) and the sum of their bounds
(`terms_error`). With u the unit roundoff and gamma(n) = n*u/(1 - n*u), the bound of the sum is:

    error = gamma(count - 1) * (magnitude + 2*terms_error) + terms_error

A sum of whole numbers has the bound 0 if `magnitude` is below 1/u: every order then gives the exact sum. A product of whole
numbers has the bound 0 if the product of their magnitudes is below 1/u.

A bound that adds the rounding error of each partial sum would hold for one order only. For example,
1e16 - 1e16 + 1 + 1 + ... is exact in this order, but 1e16 + 1 + 1 + ... - 1e16 loses all the ones.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any, Self, cast

from reference.numbers.kinds import Kind, register
from reference.numbers.number import Number


class Undecided(Exception):
    """Raised when a bound is too wide to decide a question, such as the sign of a number or whether it overflows."""


class Bounded:
    """A value and a bound: whatever the order of summation, the computed number lies within `error` of the true number.

    Parameters
    ----------
    value : int, float, Decimal or Fraction; if the precision cannot hold it exactly, the bound includes its rounding error
    error : float, at least 0; the bound of the value

    Class attributes
    ----------------
    unit : unit roundoff u of the precision, 2**-53
    tiny : the largest error of an underflow, 2**-1074, or the smallest normal number if subnormal numbers become 0
    largest : the largest finite number
    single : whether values are rounded to single precision
    functions : the largest allowed relative error of exp, log, log1p, tanh and sqrt, as a multiple of u
    slack : each bound is enlarged by this share, as computing the bound also rounds and leaves out terms with u**2

    Raises
    ------
    Undecided
        if the bounds are too wide to decide a comparison, if a result may overflow in some order of summation, if a divisor
        may be 0, or if a function may have no value. a/n + b/n raises no error, even if (a + b)/n may overflow.

    >>> ones = sum([Bounded(1)] * 100, Bounded(1e16)) - 1e16
    >>> ones.value, abs(ones.value - 100) <= ones.error
    (0.0, True)
    >>> Bounded(0.1) * 3 > 0
    True
    """

    __slots__ = ("count", "magnitude", "terms_error", "value", "whole")
    unit = 2.0**-53
    tiny = 2.0**-1074
    largest = 2.0**1023 * (2 - 2.0**-52)
    single = False
    functions = 8.0
    slack = 2.0**-49

    value: float
    magnitude: float
    count: int
    terms_error: float
    whole: bool  # whether this is a sum of whole numbers, which is exact in any order as long as `magnitude` is below 1/u

    def __init__(self, value: Any, error: float = 0.0) -> None:
        rounding = False
        if isinstance(value, Bounded):  # a number of another precision may be rounded to this one
            value, error, rounding = value.value, error + value.error, value.error > 0
        self.value = float(value)
        self.magnitude = abs(self.value)
        self.count = 1
        self.terms_error = error
        if rounding or self.rounds(value):
            self.terms_error += self.unit * (self.magnitude + 2 * error) * (1 + self.slack) + self.tiny
        self.whole = not self.terms_error and self.value.is_integer()

    def rounds(self, value: Any) -> bool:
        """Whether this precision cannot hold the value exactly."""
        if self.value != value or 0 < self.magnitude < self.tiny:
            return True
        return self.single and not (
            (math.frexp(self.value)[0] / self.unit).is_integer() and (self.value / self.tiny).is_integer()
        )

    @classmethod
    @cache
    def with_unit(
        cls, unit: float, tiny: float, largest: float, single: bool = False, functions: float = 8.0
    ) -> type["Bounded"]:
        """Return the class of bounded numbers of another precision, registered for the loops.

        Raises ValueError for a precision finer than double, as the values are doubles.

        >>> Bounded.with_unit(2.0**-24, 2.0**-149, 2.0**128 - 2.0**104, single=True)(0.1).error > 5e-9
        True
        """
        if unit < Bounded.unit:
            raise ValueError(f"unit is {unit!r}, expected at least {Bounded.unit!r}, as the values are doubles")
        body = {"unit": unit, "tiny": tiny, "largest": largest, "single": single, "functions": functions, "slack": 16 * unit}
        return kind_of_bounded(type(cls.__name__, (cls,), {"__slots__": (), **body})).type

    def make(self, value: float, error: float, underflows: int) -> Self:
        """Return a number with one term and the bound error + error*slack + underflows*tiny."""
        result = object.__new__(type(self))
        result.value = value
        result.magnitude = abs(value)
        result.count = 1
        result.terms_error = error + error * self.slack + underflows * self.tiny
        result.whole = False
        return result

    def of(self, x: Number) -> Self:
        """Return x as a number of this class."""
        return x if type(x) is type(self) else type(self)(x)

    @property
    def error(self) -> float:
        """The bound of this number: an absolute error."""
        error, count = self.terms_error, self.count
        if count > 1 and not (self.whole and self.magnitude < 1 / self.unit):
            roundings = (count - 1) * self.unit
            if roundings >= 0.5:
                raise Undecided(f"a sum of {count} terms has no bound in this precision")
            error += roundings / (1 - roundings) * (self.magnitude + 2 * error)
            # Each sum of magnitudes or bounds may have rounded down. In an evaluation, each addition may underflow.
            error += error * (count + 8) * 2.0**-52 + count * self.tiny
        if not self.magnitude + 2 * error <= self.largest:
            raise Undecided(f"a sum of terms up to {self.magnitude + 2 * error:.3g} may overflow")
        return error

    def __repr__(self) -> str:
        try:
            return f"{self.value!r} ± {self.error:.2g}"
        except Undecided:
            return f"{self.value!r} ± ?"

    def __format__(self, how: str) -> str:
        return f"{self.value:{how}} ± {self.error:.2g}" if how else repr(self)

    def __neg__(self) -> Self:
        result = object.__new__(type(self))
        result.value, result.magnitude, result.count = -self.value, self.magnitude, self.count
        result.terms_error, result.whole = self.terms_error, self.whole
        return result

    def __add__(self, other: Number) -> Self:
        addend: Self = other if type(other) is type(self) else self.of(other)
        if not (addend.magnitude or addend.terms_error):
            return self
        if not (self.magnitude or self.terms_error):
            return addend
        result = object.__new__(type(self))
        result.value = self.value + addend.value
        result.magnitude = self.magnitude + addend.magnitude
        result.count = self.count + addend.count
        result.terms_error = self.terms_error + addend.terms_error
        result.whole = self.whole and addend.whole
        return result

    __radd__ = __add__

    def __sub__(self, other: Number) -> Self:
        zero, negative = self.of(0), -self.of(other)
        return zero if other is self else self + negative  # x - x is exactly 0

    def __rsub__(self, other: Number) -> Self:
        return -self + self.of(other)

    def __mul__(self, other: Number) -> Self:
        """Return the product. The bound allows for two roundings, as an evaluation may compute x*y as x / (1/y).

        If c and d are evaluations of the true numbers s and t, with the bounds e and e':
        |c*d - s*t| <= |s|*e' + e*|t| + e*e'  with  |s| <= |value| + e
        """
        if type(other) is not type(self):
            other = self.of(other)
        error = self.error if self.count > 1 else self.terms_error
        other_error = other.error if other.count > 1 else other.terms_error
        reach, other_reach = self.magnitude + 2 * error, other.magnitude + 2 * other_error
        size = reach * other_reach
        if not size <= self.largest:
            raise Undecided(f"the product of {self!r} and {other!r} may overflow")
        if not (reach and other_reach):
            return self.of(0)
        result = object.__new__(type(self))
        result.value = self.value * other.value
        result.magnitude = abs(result.value)
        result.count = 1
        result.whole = self.whole and other.whole and size < 1 / self.unit
        if result.whole:
            result.terms_error = 0.0
            return result
        spread = abs(self.value) * other_error + error * (abs(other.value) + 3 * other_error) + 2 * self.unit * size
        result.terms_error = spread + spread * self.slack + (self.count + other.count + 1) * self.tiny
        return result

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> Self:
        """Return the quotient. The bound allows for two roundings, as in a product.

        If c and d are evaluations of the true numbers s and t, with the bounds e and e':
        |c/d - s/t| <= (e + |s/t|*e') / |d|  with  |d|, |t| >= |value of the divisor| - 2*e'
        """
        if type(other) is int and 0 < other < 2**53:
            return self.part(other)
        other = self.of(other)
        error, other_error = self.error, other.error
        least = abs(other.value) - 2 * other_error
        if not least > 0:
            raise Undecided(f"a divisor of {other!r} may be 0")
        size = (self.magnitude + 2 * error) / least
        if not size <= self.largest:
            raise Undecided(f"{self!r} divided by {other!r} may overflow")
        if self.magnitude == self.terms_error == 0:
            return self
        spread = (error + (abs(self.value) + error) / least * other_error) / least
        return self.make(self.value / other.value, spread + 2 * self.unit * size, self.count + 2)

    def part(self, n: int) -> Self:
        """Return self / n, as the sum of the divided terms."""
        if self.error == self.magnitude == 0:  # `error` also checks that the undivided sum cannot overflow
            return self
        reach = self.magnitude + 2 * self.terms_error
        result = self.make(self.value / n, (self.terms_error + 2 * self.unit * reach) / n, self.count + 1)
        result.magnitude, result.count = self.magnitude / n, self.count
        return result

    def __rtruediv__(self, other: Number) -> Self:
        return self.of(other) / self

    def sign_of_difference(self, other: Number) -> int:
        """Return the sign of self - other: -1, 0 or 1. Raises Undecided if the bounds are too wide."""
        other = self.of(other)
        if self.error + other.error and not far_apart(self, other) and other is not self:
            raise Undecided(f"{self!r} may lie on either side of {other!r}")
        return (self.value > other.value) - (self.value < other.value)

    def __lt__(self, other: Number) -> bool:
        return self.sign_of_difference(other) < 0

    def __le__(self, other: Number) -> bool:
        return self.sign_of_difference(other) <= 0

    def __gt__(self, other: Number) -> bool:
        return self.sign_of_difference(other) > 0

    def __ge__(self, other: Number) -> bool:
        return self.sign_of_difference(other) >= 0

    def __eq__(self, other: object) -> bool:
        return self.sign_of_difference(cast(Number, other)) == 0

    __hash__ = None  # type: ignore[assignment]


def far_apart(a: Bounded, b: Bounded) -> bool:
    """Whether a < b has the same answer in every evaluation. An evaluation lies within 2*error of `value`."""
    return abs(a.value - b.value) * (1 - Bounded.slack) > 2 * (a.error + b.error)


def with_spread(function: Callable[[float], float], spread: Callable[[float, float], float]) -> Callable[[Bounded], Bounded]:
    """Return `function` (here f) for bounded numbers.

    `spread(value, error)` bounds |f(c) - f(t)| for all c and t with |c - t| <= error and |value - t| <= error.
    """

    def apply(x: Bounded) -> Bounded:
        try:
            value, change = function(x.value), spread(x.value, x.error)
        except (ArithmeticError, ValueError):
            raise Undecided(f"{function.__name__} of {x!r} may overflow or have no value") from None
        return x.make(value, change + x.functions * x.unit * (abs(value) + 2 * change), 3)

    return apply


def exp_spread(x: float, error: float) -> float:
    """Bound exp(t + error) - exp(t) at t = x + error, the largest t. For error > 1, return a bound of exp(t + error) alone."""
    if error > 1:
        return math.exp(x + 2 * error + (abs(x) + 2 * error) * Bounded.slack)
    return math.exp(x + error) * math.expm1(error) * (1 + 2.0**-40)


def tanh_spread(x: float, error: float) -> float:
    """Return `error` times the largest slope of tanh from x - 2*error to x + 2*error.

    If p is the point of this interval that is nearest to 0, the largest slope is 4e/(1+e)**2 with e = exp(-2|p|).
    """
    e = math.exp(-2 * max(abs(x) - 2 * error, 0.0))
    return error * 4 * e / (1 + e) ** 2


def log_spread(x: float, error: float) -> float:
    """Bound log(t) - log(t - error) at t = x - error, the smallest t. Raises ValueError unless t - error is above 0."""
    low = x - 2 * error - x * Bounded.slack  # x*slack because x may be a rounded sum: 1 + z in log1p(z)
    if low <= 0:
        raise ValueError
    return math.log1p(error / low)


def sqrt_spread(x: float, error: float) -> float:
    """Bound sqrt(t) - sqrt(t - error) at t = x - error, the smallest t.

    If t - error may be 0 or below, return sqrt(error): sqrt(a) - sqrt(b) <= sqrt(a - b) for all a >= b >= 0.
    """
    low = x - 2 * error
    return error / (math.sqrt(x - error) + math.sqrt(low)) if low > 0 else math.sqrt(error)


def maximum(a: Any, b: Any) -> Bounded:
    """Return the larger number. If the bounds cannot decide which is larger, return the larger value with the larger bound.

    The larger bound is enough: a maximum changes by at most the larger change of its two arguments.
    """
    like: Bounded = a if isinstance(a, Bounded) else b
    first, second = like.of(a), like.of(b)
    larger = first if first.value >= second.value else second
    if far_apart(first, second) or not (first.error or second.error):
        return larger
    result = like.make(larger.value, 0.0, 0)
    result.terms_error = max(first.error, second.error)
    return result


def is_finite(x: Bounded) -> bool:
    """Return True, or raise Undecided if the number may be infinite."""
    return x.error >= 0


def kind_of_bounded(bounded: type[Bounded]) -> Kind:
    """Register a class of bounded numbers for the loops, and return its kind."""
    return register(
        Kind(
            bounded,
            bounded,
            exp=with_spread(math.exp, exp_spread),
            log=with_spread(math.log, log_spread),
            log1p=with_spread(math.log1p, lambda x, error: log_spread(1 + x, error)),
            tanh=with_spread(math.tanh, tanh_spread),
            sqrt=with_spread(math.sqrt, sqrt_spread),
            maximum=maximum,
            is_finite=is_finite,
            value=lambda x: x.value,
        )
    )


kind_of_bounded(Bounded)
