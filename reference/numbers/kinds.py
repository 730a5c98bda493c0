"""The kinds of number that the loops run on.

The loops use + - * /, whole literals, comparisons and the functions below, looked up once per call by the kind
of the weights. Whoever brings another kind registers its functions here; the loops never change.
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
    """Return the larger of two numbers, several times faster than the built-in max."""
    return a if a >= b else b


NOTHING = nullcontext()


def nothing() -> AbstractContextManager[object]:
    """Return a context in which nothing is changed."""
    return NOTHING


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of number and the functions that the loops need of it.

    Parameters
    ----------
    type : the class of the numbers
    convert : makes one from a number of another kind; an error where the kind cannot hold it
    exp, log, log1p, tanh, sqrt : functions of one number
    maximum : the larger of two numbers
    is_finite : whether a number is neither infinite nor NaN
    value : the plain value of a number; it may choose between formulas that mean the same, never a result
    quiet : makes the context in which the arithmetic gives no warnings
    zero : where a sum starts; the whole number 0 is right for every kind
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
    quiet: Callable[[], AbstractContextManager[object]] = nothing
    zero: Number = 0

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, or what comes back from a pickle, is this very kind: there is one for each class."""
        return kind_of_type, (self.type,)

    def take(self, x: Any, what: str) -> Number:
        """Return x as a finite number of this kind.

        Raises ValueError that names the entry (`what`) if x is no number, not finite, or not to be held exactly.
        """
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
            within = self.is_finite(y)
        except OverflowError:
            within = False
        except (ArithmeticError, TypeError, ValueError):
            entry = f"{what} is {describe(x)}, which a {self.type.__name__} cannot hold exactly; round it"
            way_out = "" if source is FLOAT else f", or let reference compute with {type(x).__name__} weights"
            raise ValueError(entry + way_out) from None
        if not within:
            raise ValueError(f"{what} is {describe(x)}, beyond the range of a {self.type.__name__}; scale it down")
        return y


def finite(kind: Kind, x: Number) -> bool:
    """Whether a number of any kind is finite."""
    try:
        return kind.is_finite(x)
    except OverflowError:  # a whole number too large for a float
        return True


def whole(x: object) -> int | None:
    """Return what Python takes for a whole number (see `operator.index`) as an int, None for anything else and for booleans."""
    if isinstance(x, bool) or str(getattr(x, "dtype", "")).endswith("bool"):  # older NumPy takes its booleans as an index
        return None
    try:
        return operator.index(x)  # type: ignore[arg-type]
    except TypeError:
        return None


def exact_float(x: Any) -> float:
    """Return x as a float; raises ValueError where that would change it.

    >>> from fractions import Fraction
    >>> exact_float(Fraction(1, 4))
    0.25
    """
    y = float(x)
    if y != x:
        raise ValueError(f"no float is {describe(x)}")
    return y


KINDS: dict[type, Kind] = {}
OTHERS: dict[type, Kind] = {}  # by the very class: what one class was given says nothing of its subclasses


def register(kind: Kind) -> Kind:
    """Let the loops of `reference` run on another kind of number, and return it.

    >>> from decimal import Decimal
    >>> kind_of([1, 2.5, Decimal("0.1")], "weights").type
    <class 'decimal.Decimal'>
    """
    KINDS[kind.type] = kind
    OTHERS.clear()
    return kind


def kind_of_type(number_type: "type[Any]") -> Kind | None:
    """Return the kind registered for a class or its nearest base; whole numbers count as floats.

    NumPy's float32 and float16 get T(math.f(x)), rounded once. Any other unregistered kind of real numbers has + - * / and
    comparisons alone: its functions are refused. None for what is no real number.
    """
    if number_type in OTHERS:
        return OTHERS[number_type]
    for base in number_type.__mro__:
        if base in KINDS:
            return KINDS[base]
    from_numpy = number_type.__module__ == "numpy"
    if from_numpy and number_type.__name__ in ("datetime64", "timedelta64"):  # the latter calls itself a whole number
        return None
    if issubclass(number_type, Integral) or (from_numpy and number_type.__name__ in ("bool", "bool_")):
        return FLOAT
    may_be_no_number = from_numpy or issubclass(number_type, Complex)
    if may_be_no_number and not issubclass(number_type, Real):
        return None
    if not hasattr(number_type, "__float__") or hasattr(number_type, "__setitem__"):
        return None

    make: Function = number_type
    quiet = without_numpy_warnings if from_numpy else nothing

    def convert(x: Number) -> Number:
        with quiet():
            return make(exact_float(x))

    rounded_once = from_numpy and number_type.__name__ in ("float32", "float16")
    function = through_float if rounded_once else refusal
    exp, log, log1p, tanh, sqrt = (function(make, name) for name in ("exp", "log", "log1p", "tanh", "sqrt"))
    OTHERS[number_type] = Kind(number_type, convert, exp, log, log1p, tanh, sqrt, quiet=quiet)
    return OTHERS[number_type]


def through_float(make: Function, name: str) -> Function:
    """Return the function T(math.f(x))."""
    function = getattr(math, name)
    return lambda x: make(function(x))


def refusal(make: Function, name: str) -> Function:
    """Return a function that refuses: computed in floats it would be less than such a number promises."""

    def refuse(x: Number) -> Number:
        if type(x) in KINDS:  # it has been registered since
            function: Function = getattr(KINDS[type(x)], name)
            return function(x)
        kind = type(x).__name__
        raise ValueError(
            f"{name} of a {kind} is not known; register(Kind({kind}, ...)) gives it one, "
            "or use relu, leaky_relu or identity with a squared error and SGD"
        )

    return refuse


def without_numpy_warnings() -> AbstractContextManager[object]:
    """Return a context in which NumPy's numbers overflow in silence, as Python's do; who has them has imported NumPy."""
    context: AbstractContextManager[object] = sys.modules["numpy"].errstate(all="ignore")
    return context


def kind_of(numbers: Iterable[object], what: str) -> Kind:
    """Return the one kind that a list of numbers has: floats and ints may be mixed with one wider kind.

    Raises ValueError for an entry that is no number, and for two different wider kinds.
    """
    wider: Kind = FLOAT
    for number_type in dict.fromkeys(map(type, numbers)):
        kind = kind_of_type(number_type)
        if kind is None:
            at, x = next((at, x) for at, x in enumerate(numbers) if type(x) is number_type)
            raise ValueError(f"{what}[{at}] is {describe(x)}, not a number")
        if kind is not FLOAT and wider is not FLOAT and kind is not wider:
            names = f"{wider.type.__name__} and {kind.type.__name__}"
            raise ValueError(f"{what} mixes {names}; floats may be mixed with one of them")
        wider = wider if kind is FLOAT else kind
    return wider


FLOAT = register(Kind(float, exact_float, math.exp, math.log, math.log1p, math.tanh, math.sqrt, zero=0.0))
KINDS[int] = FLOAT
