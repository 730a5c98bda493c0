"""Functions of numbers and of rows, used in the formulas of networks and of their mistakes, for any kind of number."""

import math
from collections.abc import Callable
from functools import cache, reduce
from itertools import accumulate
from operator import add, mul, sub, truediv

from reference.activations import activation, softmax
from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.kinds import Kind
from reference.numbers.number import Number, Row
from reference.oracle.judging.steps import NOT_COMPUTABLE
from reference.specification.names import HIDDEN

LARGEST_EXPONENT = 10_000
WAVE_ERROR = 1e-15  # bound on the error of sin and cos


def error_value(kind: Kind, error: Exception) -> Number:
    """Return what replaces a number that cannot be computed: infinity, NaN, or a number with an infinite bound."""
    make: Callable[..., Number] = kind.type
    if issubclass(kind.type, Bounded):
        return make(0.0, math.inf)
    return make("inf" if isinstance(error, OverflowError) else "nan")


def guard(kind: Kind, function: Callable[..., Number], *arguments: object) -> Number:
    """Return the value of a function, or an error value if it has none."""
    try:
        return function(*arguments)
    except NOT_COMPUTABLE as error:
        return error_value(kind, error)


def guard_row(kind: Kind, function: Callable[[Kind, Row], Row], row: Row) -> Row:
    """Return the value of a function of a row, or a row of error values."""
    try:
        return function(kind, row)
    except NOT_COMPUTABLE as error:
        return [error_value(kind, error)] * len(row)


@cache
def functions_of(kind: Kind) -> dict[str, Callable[..., Number]]:
    """Return {name: function} for the functions of one, two or three numbers."""
    one, zero, convert = kind.convert(1), kind.convert(0), kind.convert
    is_bounded = issubclass(kind.type, Bounded)
    make: Callable[..., Number] = kind.type

    def value(x: Number) -> float:
        return float(kind.value(x))

    def power(a: Number, exponent: Number) -> Number:
        if not 0 <= value(exponent) <= LARGEST_EXPONENT or value(exponent) % 1:
            raise ValueError  # multiplications compute whole exponents only
        result: Number = reduce(mul, [a] * int(value(exponent)), one)
        return result

    def quotient(a: Number, b: Number) -> Number:
        try:
            result: Number = a / b
        except ZeroDivisionError:
            raise OverflowError if value(a) else ValueError from None
        return result

    def step(z: Number) -> Number:
        """Return 1 for z above 0, else 0. If a Bounded z may be 0, the result allows every answer from 0 to 1."""
        try:
            if is_bounded and not value(z):
                raise Undecided
            return convert(int(z > 0))
        except Undecided:
            return make(0.5, 0.25)  # answers may differ from 0.5 by twice the bound

    def choice(test: Number, a: Number, b: Number) -> Number:
        if isinstance(test, Bounded) and test.error:  # undecided
            mixture: Number = test * a + (one - test) * b
            return mixture
        return a if value(test) else b

    def log(x: Number) -> Number:
        return -math.inf if kind.type is float and x == 0 else kind.log(x)

    def wave(function: Callable[[float], float], x: Number) -> Number:
        near = function(value(x))
        return make(near, x.error + WAVE_ERROR) if isinstance(x, Bounded) else convert(near)

    functions: dict[str, Callable[..., Number]] = {
        "+": add, "-": sub, "*": mul, "/": quotient if kind.type is float else truediv, "**": power, "neg": lambda x: zero - x,
        "exp": kind.exp, "exp2": lambda x: kind.exp(x * kind.log(convert(2))), "tanh": kind.tanh, "sqrt": kind.sqrt,
        "log": log, "log1p": kind.log1p,
        "log2": lambda x: log(x) / kind.log(convert(2)), "log10": lambda x: log(x) / kind.log(convert(10)),
        "sin": lambda x: wave(math.sin, x), "cos": lambda x: wave(math.cos, x),
        "maximum": kind.maximum, "minimum": lambda a, b: zero - kind.maximum(zero - a, zero - b),
        "abs": lambda x: kind.maximum(x, zero - x), "sign": lambda x: convert((value(x) > 0) - (value(x) < 0)),
        ">": lambda a, b: convert(int(a > b)), "step": step, "where": choice,
        "whole": lambda x: convert(int(value(x))), "nearest": lambda x: convert(round(value(x))),
        "rounded": lambda x: convert(round(value(x), 3)),
    }  # fmt: skip
    for name in HIDDEN:
        functions[name], functions[f"d_{name}"] = activation(name, kind)
    return functions


def total(numbers: Row) -> Number:
    """Return the sum, added from left to right."""
    return reduce(add, numbers)


def dot(row: Row, column: Row) -> Number:
    """Return the sum of row[i] * column[i]."""
    return total(list(map(mul, row, column)))


def total_of(kind: Kind, name: str, numbers: Row) -> Number:
    """Return the sum, the mean, the maximum or the minimum of numbers."""
    if name == "sum":
        return total(numbers)
    if name == "mean":
        mean: Number = total(numbers) / len(numbers)
        return mean
    extreme = max if name == "max" else min
    return extreme(numbers, key=lambda x: float(kind.value(x)))


def one_hot(kind: Kind, row: Row) -> Row:
    """Return 1 for the first largest number of a row, and 0 for the others."""
    largest = max(range(len(row)), key=lambda o: float(kind.value(row[o])))
    return [kind.convert(int(o == largest)) for o in range(len(row))]


ROW_FUNCTIONS: dict[str, Callable[[Kind, Row], Row]] = {
    "softmax": lambda kind, row: softmax(row, kind),
    "running": lambda kind, row: list(accumulate(row)),
    "but_last": lambda kind, row: [*row[:-1], kind.convert(0)],
    "but_first": lambda kind, row: [kind.convert(0), *row[1:]],
    "first": lambda kind, row: [row[0]] * len(row),
    "first_alone": lambda kind, row: [row[0], *[kind.convert(0)] * (len(row) - 1)],
    "last": lambda kind, row: [row[-1]] * len(row),
    "backwards": lambda kind, row: row[::-1],
    "next": lambda kind, row: [*row[1:], row[0]],
    "previous": lambda kind, row: [row[-1], *row[:-1]],
    "hot": one_hot,
}
