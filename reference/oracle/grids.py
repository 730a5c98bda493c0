"""Matrices of any kind of number, as small as the networks of the oracle's cases: what a formula is computed with.

Rows are samples or source nodes. Shapes are matched as array libraries do: a row or a column of one is repeated.
"""

import math
from collections.abc import Callable, Iterable
from functools import cache
from operator import add, mul, sub, truediv
from typing import Any, NamedTuple

from reference.activations import activation, softmax
from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.kinds import Kind
from reference.numbers.number import Number
from reference.oracle.steps import CANNOT

MOST_TIMES = 10_000  # Adam's powers at most


class Misfit(Exception):
    """Shapes that do not fit."""


class Grid(NamedTuple):
    """A matrix: its shape, and its numbers row by row."""

    n_rows: int
    n_columns: int
    numbers: list[Number]

    def rows(self) -> list[list[Number]]:
        """Return the rows."""
        return [self.numbers[r * self.n_columns : (r + 1) * self.n_columns] for r in range(self.n_rows)]

    def columns(self) -> list[list[Number]]:
        """Return the columns."""
        return [self.numbers[c :: self.n_columns] for c in range(self.n_columns)]

    def spread(self, n_rows: int, n_columns: int) -> list[Number]:
        """Return the numbers with a single row or column repeated to this shape."""
        if (self.n_rows, self.n_columns) == (n_rows, n_columns):
            return self.numbers
        if self.n_rows not in (1, n_rows) or self.n_columns not in (1, n_columns):
            raise Misfit
        rows = [row * n_columns if self.n_columns == 1 else row for row in self.rows()]
        return [number for row in (rows * n_rows if self.n_rows == 1 else rows) for number in row]


def grid(rows: list[list[Number]]) -> Grid:
    """Return a grid of rows."""
    return Grid(len(rows), len(rows[0]), [number for row in rows for number in row])


def lost(kind: Kind, error: Exception) -> Number:
    """Return what stands for a number that cannot be computed: an infinity or NaN, or a number without a bound."""
    number: Any = kind.type
    if issubclass(kind.type, Bounded):
        return number(0.0, math.inf)
    return number("inf" if isinstance(error, OverflowError) else "nan")


def each(kind: Kind, function: Callable[..., Number], columns: Iterable[list[Number]]) -> list[Number]:
    """Return the function of every entry."""
    columns = list(columns)
    try:
        return [function(*entries) for entries in zip(*columns, strict=True)]
    except CANNOT:
        return [guarded(kind, function, *entries) for entries in zip(*columns, strict=True)]


def total(numbers: list[Number]) -> Number:
    """Return the sum, from the first number to the last."""
    result = numbers[0]
    for number in numbers[1:]:
        result = result + number
    return result


def total_product(numbers: list[Number], one: Number) -> Number:
    """Return the product of numbers, 1 of none."""
    result = one
    for number in numbers:
        result = result * number
    return result


def running(numbers: list[Number]) -> list[Number]:
    """Return the sums so far."""
    return [total(numbers[: at + 1]) for at in range(len(numbers))]


def product(kind: Kind, a: Grid, b: Grid) -> Grid:
    """Return the product of two matrices."""
    if a.n_columns != b.n_rows:
        raise Misfit
    columns = b.columns()
    return Grid(a.n_rows, b.n_columns, [guarded(kind, dot, row, column) for row in a.rows() for column in columns])


def dot(row: list[Number], column: list[Number]) -> Number:
    """Return the sum of the products."""
    return total(list(map(mul, row, column)))


def guarded(kind: Kind, function: Callable[..., Number], *given: Any) -> Number:
    """Return what a function gives, or what stands for a number that cannot be computed."""
    try:
        return function(*given)
    except CANNOT as error:
        return lost(kind, error)


def row_of(kind: Kind, function: Callable[..., list[Number]], row: list[Number]) -> list[Number]:
    """Return what a function makes of a row, or as many of what stands for a number that cannot be computed."""
    try:
        return function(kind, row)
    except CANNOT as error:
        return [lost(kind, error)] * len(row)


def step(kind: Kind, z: Number) -> Number:
    """Return 1 where z > 0, else 0; at 0, and where the bound does not decide, any number between them is somebody's slope."""
    try:
        if issubclass(kind.type, Bounded) and not kind.value(z):
            raise Undecided
        return kind.convert(int(z > 0))
    except Undecided:
        return kind.type(0.5, 0.25)


@cache
def functions_of(kind: Kind) -> dict[str, Callable[..., Number]]:
    """Return the functions of entries by name."""
    one, value, convert, zero = kind.convert(1), kind.value, kind.convert, kind.convert(0)

    def power(a: Number, times: Number) -> Number:
        if not 0 <= value(times) <= MOST_TIMES or value(times) % 1:
            raise ValueError  # no power that a formula means
        return total_product([a] * int(value(times)), one)

    def chosen(test: Number, a: Number, b: Number) -> Number:
        if issubclass(kind.type, Bounded) and test.error:  # it does not decide
            return test * a + (one - test) * b
        return a if value(test) else b

    def logarithm_of(x: Number) -> Number:
        return -math.inf if kind.type is float and x == 0 else kind.log(x)

    def waved(wave: Callable[[float], float]) -> Callable[[Number], Number]:
        def of(x: Number) -> Number:
            near = wave(float(value(x)))
            return kind.type(near, x.error + 1e-15) if issubclass(kind.type, Bounded) else convert(near)

        return of

    def logarithm(base: int) -> Callable[[Number], Number]:
        return lambda x: logarithm_of(x) / kind.log(convert(base))

    def divided(a: Number, b: Number) -> Number:
        try:
            return a / b
        except ZeroDivisionError:
            raise OverflowError if value(a) else ValueError from None

    found: dict[str, Callable[..., Number]] = {
        "+": add, "-": sub, "*": mul, "/": divided if kind.type is float else truediv, "**": power,
        "neg": lambda x: zero - x, "exp": kind.exp, "log": logarithm_of, "log1p": kind.log1p,
        "tanh": kind.tanh, "sqrt": kind.sqrt,
        "sin": waved(math.sin), "cos": waved(math.cos), "log2": logarithm(2), "log10": logarithm(10), "maximum": kind.maximum,
        "minimum": lambda a, b: zero - kind.maximum(zero - a, zero - b),
        ">": lambda a, b: convert(int(a > b)), "step": lambda z: step(kind, z),
        "where": chosen,
        "abs": lambda x: kind.maximum(x, zero - x), "whole": lambda x: convert(int(value(x))),
        "rounded": lambda x: convert(round(float(value(x)), 3)), "nearest": lambda x: convert(round(float(value(x)))),
        "exp2": lambda x: kind.exp(x * kind.log(convert(2))),
        "sign": lambda x: convert((value(x) > 0) - (value(x) < 0)),
    }  # fmt: skip
    for name in ("sigmoid", "tanh", "relu", "leaky_relu", "identity"):
        found[name], found[f"d_{name}"] = activation(name, kind)
    return found


ROWS: dict[str, Callable[[Kind, list[Number]], list[Number]]] = {  # a row for a row
    "softmax": lambda kind, row: softmax(row, kind),
    "running": lambda kind, row: running(row),
    "but_last": lambda kind, row: [*row[:-1], kind.convert(0)],
    "but_first": lambda kind, row: [kind.convert(0), *row[1:]],
    "first": lambda kind, row: [row[0]] * len(row),
    "first_alone": lambda kind, row: [row[0], *[kind.convert(0)] * (len(row) - 1)],
    "last": lambda kind, row: [row[-1]] * len(row),
    "backwards": lambda kind, row: row[::-1],
    "next": lambda kind, row: [*row[1:], row[0]],
    "previous": lambda kind, row: [row[-1], *row[:-1]],
    "hot": lambda kind, row: [
        kind.convert(int(at == max(range(len(row)), key=lambda o: kind.value(row[o])))) for at in range(len(row))
    ],
}
ORDERS: dict[str, Callable[[list[list[Number]]], list[list[Number]]]] = {  # rows for rows
    "last_sample": lambda rows: rows[-1:],
    "first_sample": lambda rows: rows[:1],
    "samples_backwards": lambda rows: rows[::-1],
    "next_sample": lambda rows: [*rows[1:], rows[0]],
    "previous_sample": lambda rows: [rows[-1], *rows[:-1]],
}
LINES: dict[str, Callable[[Kind, list[Number]], Number]] = {  # a number for a row, a column or all numbers
    "sum": lambda kind, line: total(line),
    "mean": lambda kind, line: total(line) / len(line),
    "max": lambda kind, line: max(line, key=kind.value),
    "min": lambda kind, line: min(line, key=kind.value),
}


def applied(kind: Kind, name: str, grids: list[Grid]) -> Grid:
    """Return what a function of grids makes of them."""
    first = grids[0]
    if name == "@":
        return product(kind, first, grids[1])
    if name == "T":
        return grid(first.columns())
    if name == "head":
        return Grid(first.n_rows, 1, first.columns()[0])
    if name == "entry":
        at = int(kind.value(grids[1].numbers[0])) - 1
        if not 0 <= at < first.n_columns:
            raise Misfit
        return grid([[row[at]] * len(row) for row in first.rows()])
    if name == "by_columns":
        return Grid(first.n_rows, first.n_columns, grid(first.columns()).numbers)
    if name == "read_by_columns":
        return grid([first.numbers[r :: first.n_rows] for r in range(first.n_rows)])
    if name in ROWS:
        return grid([row_of(kind, ROWS[name], row) for row in first.rows()])
    if name == "carried" or name in ORDERS:
        if name != "carried":
            return grid(ORDERS[name](first.rows()))
        return grid(grid([row_of(kind, ROWS["running"], column) for column in first.columns()]).columns())
    if name[:-1] in LINES or name in LINES:
        return reduced(kind, name, first)
    n_rows, n_columns = max(g.n_rows for g in grids), max(g.n_columns for g in grids)
    return Grid(n_rows, n_columns, each(kind, functions_of(kind)[name], [g.spread(n_rows, n_columns) for g in grids]))


def reduced(kind: Kind, name: str, given: Grid) -> Grid:
    """Return a row, a column or a single number: over the samples (0), along the row (1), or over all."""
    if name in LINES:
        return Grid(1, 1, [guarded(kind, LINES[name], kind, given.numbers)])
    function = LINES[name[:-1]]
    if name[-1] == "0":
        return Grid(1, given.n_columns, [guarded(kind, function, kind, column) for column in given.columns()])
    return Grid(given.n_rows, 1, [guarded(kind, function, kind, row) for row in given.rows()])
