"""A number with its derivative. On these numbers, the forward pass computes derivatives without a backward pass.

    (a, a') + (b, b') = (a + b, a' + b')          f(a, a') = (f(a), f'(a)*a')
    (a, a') * (b, b') = (a*b, a'*b + a*b')        (a, a') / (b, b') = (a/b, (a' - a/b*b')/b)

The parts a and a' may be floats, Decimals or Bounded numbers.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, Self, cast

from reference.numbers.bounded import Undecided
from reference.numbers.kinds import Kind, kind_of_type, register
from reference.numbers.number import Number


class Dual:
    """A value and its derivative with respect to one chosen variable, both of the kind `part`."""

    __slots__ = ("slope", "value")
    part: ClassVar[Kind]
    value: Number
    slope: Number

    def __init__(self, value: Any, slope: Any = 0) -> None:
        self.value, self.slope = self.part.convert(value), self.part.convert(slope)

    @classmethod
    @cache
    def of(cls, part: type) -> type["Dual"]:
        """Return the class of dual numbers with parts of this type, registered for the loops.

        >>> x = Dual.of(float)(3.0, 1.0)
        >>> (x * x + 1 / x).slope == 2 * 3.0 - 1 / 9
        True
        """
        kind = kind_of_type(part)
        assert kind is not None
        return kind_of_dual(type("Dual", (cls,), {"__slots__": (), "part": kind})).type

    def make(self, value: Number, slope: Number) -> Self:
        """Return a number of the same class from its parts."""
        number = object.__new__(type(self))
        number.value, number.slope = value, slope
        return number

    def like(self, x: Number) -> Self:
        """Return x as a number of this class. A plain number becomes a constant, with slope 0."""
        return x if isinstance(x, type(self)) else type(self)(x)

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.slope!r})"

    def __format__(self, how: str) -> str:
        return f"{self.value:{how}} slope {self.slope:{how}}" if how else repr(self)

    def __add__(self, other: Number) -> Self:
        other = self.like(other)
        return self.make(self.value + other.value, self.slope + other.slope)

    __radd__ = __add__

    def __sub__(self, other: Number) -> Self:
        other = self.like(other)
        return self.make(self.value - other.value, self.slope - other.slope)

    def __rsub__(self, other: Number) -> Self:
        return self.like(other) - self

    def __mul__(self, other: Number) -> Self:
        other = self.like(other)
        return self.make(self.value * other.value, self.slope * other.value + self.value * other.slope)

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> Self:
        other = self.like(other)
        quotient = self.value / other.value
        return self.make(quotient, (self.slope - quotient * other.slope) / other.value)

    def __rtruediv__(self, other: Number) -> Self:
        return self.like(other) / self

    def __lt__(self, other: Number) -> bool:
        return self.value < self.like(other).value

    def __le__(self, other: Number) -> bool:
        return self.value <= self.like(other).value

    def __gt__(self, other: Number) -> bool:
        return self.value > self.like(other).value

    def __ge__(self, other: Number) -> bool:
        return self.value >= self.like(other).value

    def __eq__(self, other: object) -> bool:
        return bool(self.value == self.like(cast(Number, other)).value)

    __hash__ = None  # type: ignore[assignment]


def with_slope(function: Callable[[Number], Number], slope: Callable[[Number, Number], Number]) -> Callable[[Dual], Dual]:
    """Return a function of dual numbers. `slope(x, y)` is the derivative at x, with y = function(x)."""

    def apply(x: Dual) -> Dual:
        y = function(x.value)
        return x.make(y, slope(x.value, y) * x.slope)

    return apply


def maximum(a: Dual, b: Dual) -> Dual:
    """Return the larger number. Raises Undecided at a kink, where the values are equal and the slopes differ."""
    if a.value == b.value and a.slope != b.slope:
        raise Undecided(f"the maximum of {a!r} and {b!r} has no derivative")
    return a if a.value >= b.value else b


def kind_of_dual(dual: type[Dual]) -> Kind:
    """Register a class of dual numbers for the loops, and return its kind."""
    part = dual.part
    return register(
        Kind(
            dual,
            dual,
            exp=with_slope(part.exp, lambda x, y: y),
            log=with_slope(part.log, lambda x, y: 1 / x),
            log1p=with_slope(part.log1p, lambda x, y: 1 / (1 + x)),
            tanh=with_slope(part.tanh, lambda x, y: 1 - y * y),
            sqrt=with_slope(part.sqrt, lambda x, y: 1 / (2 * y)),
            maximum=maximum,
            is_finite=lambda x: part.is_finite(x.value) and part.is_finite(x.slope),
            value=lambda x: part.value(x.value),
            quiet=part.quiet,
        )
    )
