"""The kinds of number that the loops run on.

The loops use + - * /, integer literals, comparisons and the functions of a `Kind`. A network looks up the kind when its weights
are set. To use another kind of number, call `register` with its functions.
"""

import math
import operator
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from numbers import Complex, Integral, Real
from typing import Any

from reference.numbers.description import describe
from reference.numbers.number import Function, Number, PlainNumber


def itself(x: PlainNumber) -> PlainNumber:
    """Return x."""
    return x


def larger(a: Number, b: Number) -> Number:
    """Return the larger of two numbers. This is several times faster than the built-in max."""
    return a if a >= b else b


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of number, with the functions that the loops need.

    Parameters
    ----------
    type : the class of the numbers
    convert : converts a number of another kind; raises an error if this kind cannot hold it
    exp, log, log1p, tanh, sqrt : functions of one number
    maximum : returns the larger of two numbers
    is_finite : returns whether a number is neither infinite nor NaN
    value : returns a number without its error bound or derivative, if it has one; the loops use it only to choose between
        formulas that are mathematically equal
    quiet : returns a context in which an overflow of + - * / gives neither a warning nor an error
    zero : the start of a sum; the integer 0 works for every kind
    """

    type: "type[Any]"
    convert: Function
    exp: Function
    log: Function
    log1p: Function
    tanh: Function
    sqrt: Function
    maximum: Callable[[Any, Any], Number] = larger
    is_finite: Callable[[Any], bool] = math.isfinite
    value: Callable[[Any], PlainNumber] = itself
    quiet: Callable[[], AbstractContextManager[object]] = nullcontext
    zero: Number = 0

    def __reduce__(self) -> tuple[Any, ...]:
        """Copying or unpickling gives the same object, as there is one kind for each class."""
        return kind_of_type, (self.type,)

    def take(self, x: Any, what: str) -> Number:
        """Return x as a finite number of this kind. If this is impossible, raise ValueError that names `what`."""
        source = kind_of_type(type(x))
        if source is None:
            raise ValueError(f"{what} is {describe(x)}, not a number")
        if not finite(source, x):
            raise ValueError(f"{what} is {describe(x)}, not a finite number")
        number: Number = x
        if type(x) is self.type:
            return number
        try:
            y = self.convert(x)
            fits = self.is_finite(y)
        except OverflowError:
            fits = False
        except (ArithmeticError, TypeError, ValueError):
            entry = f"{what} is {describe(x)}, which a {self.type.__name__} cannot hold exactly; round it"
            hint = "" if source is FLOAT else f", or use reference with {type(x).__name__} weights"
            raise ValueError(entry + hint) from None
        if not fits:
            raise ValueError(f"{what} is {describe(x)}, too large for a {self.type.__name__}; scale it down")
        return y


def finite(kind: Kind, x: Number) -> bool:
    """Whether a number of any kind is finite."""
    try:
        return kind.is_finite(x)
    except OverflowError:  # a whole number that is too large for a float, but finite
        return True


def whole(x: object) -> int | None:
    """Return x as an int if Python accepts it as an index (see `operator.index`), else None. Booleans give None."""
    if isinstance(x, bool) or str(getattr(x, "dtype", "")).endswith("bool"):  # older NumPy accepts its booleans as an index
        return None
    try:
        return operator.index(x)  # type: ignore[arg-type]
    except TypeError:
        return None


def exact_float(x: Any) -> float:
    """Return x as a float. Raises ValueError if that would change its value.

    >>> from fractions import Fraction
    >>> exact_float(Fraction(1, 4))
    0.25
    """
    y = float(x)
    if y != x:
        raise ValueError(f"a float cannot hold {describe(x)} exactly")
    return y


KINDS: dict[type, Kind] = {}
OTHERS: dict[type, Kind] = {}  # kinds made for classes that are not registered


def register(kind: Kind) -> Kind:
    """Register a kind of number for the loops of `reference`, and return it.

    >>> from decimal import Decimal
    >>> kind_of([1, 2.5, Decimal("0.1")], "weights").type
    <class 'decimal.Decimal'>
    """
    KINDS[kind.type] = kind
    OTHERS.clear()
    return kind


def kind_of_type(number_type: "type[Any]") -> Kind | None:
    """Return the kind of a class, or None if it is not a class of real numbers.

    A class has the kind of its nearest registered base class. Whole numbers count as floats. The functions of NumPy's float32
    and float16 are computed as floats and rounded once. The functions of other unregistered classes raise ValueError.
    """
    if number_type in OTHERS:
        return OTHERS[number_type]
    for base in number_type.__mro__:
        if base in KINDS:
            return KINDS[base]
    from_numpy = number_type.__module__ == "numpy"
    if from_numpy and number_type.__name__ in ("datetime64", "timedelta64"):  # timedelta64 is an Integral
        return None
    if issubclass(number_type, Integral) or (from_numpy and number_type.__name__ in ("bool", "bool_")):
        return FLOAT
    if (from_numpy or issubclass(number_type, Complex)) and not issubclass(number_type, Real):
        return None
    if not hasattr(number_type, "__float__") or hasattr(number_type, "__setitem__"):
        return None

    make: Function = number_type
    quiet = without_numpy_warnings if from_numpy else nullcontext

    def convert(x: Number) -> Number:
        with quiet():
            return make(exact_float(x))

    rounded_once = from_numpy and number_type.__name__ in ("float32", "float16")
    function = through_float if rounded_once else refusal
    exp, log, log1p, tanh, sqrt = (function(make, name) for name in ("exp", "log", "log1p", "tanh", "sqrt"))
    OTHERS[number_type] = Kind(number_type, convert, exp, log, log1p, tanh, sqrt, quiet=quiet)
    return OTHERS[number_type]


def through_float(make: Function, name: str) -> Function:
    """Return a function that computes with floats and converts the result with `make`."""
    function = getattr(math, name)
    return lambda x: make(function(x))


def refusal(make: Function, name: str) -> Function:
    """Return a function for an unregistered class. The function raises ValueError, unless the class is registered later."""

    def refuse(x: Number) -> Number:
        if type(x) in KINDS:
            function: Function = getattr(KINDS[type(x)], name)
            return function(x)
        kind = type(x).__name__
        raise ValueError(
            f"{name} of a {kind} is not known; define it with register(Kind({kind}, ...)), "
            "or use relu, leaky_relu or identity with a squared error and SGD"
        )

    return refuse


def without_numpy_warnings() -> AbstractContextManager[object]:
    """Return a context in which NumPy numbers overflow without a warning. NumPy is already imported if such numbers exist."""
    context: AbstractContextManager[object] = sys.modules["numpy"].errstate(all="ignore")
    return context


def kind_of(numbers: Iterable[object], what: str) -> Kind:
    """Return the kind of a list of numbers. Floats and ints may be mixed with one other kind, and count as that kind.

    Raises ValueError if an entry is not a number, or if two kinds other than float are mixed.
    """
    wider: Kind = FLOAT
    for number_type in dict.fromkeys(map(type, numbers)):
        kind = kind_of_type(number_type)
        if kind is None:
            at, x = next((at, x) for at, x in enumerate(numbers) if type(x) is number_type)
            raise ValueError(f"{what}[{at}] is {describe(x)}, not a number")
        if kind is not FLOAT and wider is not FLOAT and kind is not wider:
            names = f"{wider.type.__name__} and {kind.type.__name__}"
            raise ValueError(f"{what} mixes {names}; use only one of them (it may be mixed with floats)")
        wider = wider if kind is FLOAT else kind
    return wider


FLOAT = register(Kind(float, exact_float, math.exp, math.log, math.log1p, math.tanh, math.sqrt, zero=0.0))
KINDS[int] = FLOAT
