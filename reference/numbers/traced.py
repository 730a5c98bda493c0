"""A number that records how it was computed. If the loops run on traced numbers, every sum can list its terms.

A traced number stores its value (a float), the operation that computed it, and the operands. The same operation on the same
operands gives the same object. So if the backward pass repeats a computation of the forward pass, it gets the same object.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakValueDictionary

from reference.numbers.kinds import Kind, register

PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}


class Traced:
    """A float with a record of how it was computed.

    Parameters
    ----------
    value : a float, or a whole number
    name : its name in expressions, e.g. "i0->h2"; a number without a name is written as digits

    >>> weight, x = Traced(0.5, "w"), Traced(3, "x")
    >>> total = 0 + x * weight + Traced(0.25, "b")
    >>> total.value, expression_of(total, symbol), expression_of(total, digits)
    (1.75, 'x * w + b', '3.0 * 0.5 + 0.25')
    """

    __slots__ = ("__weakref__", "name", "operation", "parts", "value")
    value: float
    operation: str
    parts: tuple["Traced", ...]
    name: str | None

    def __init__(self, value: Any, name: str | None = None) -> None:
        self.value, self.operation, self.parts, self.name = float(value), "", (), name

    def __repr__(self) -> str:
        return f"Traced({self.value!r}, {self.name or expression_of(self, symbol)!r})"

    def __str__(self) -> str:
        return str(self.value)

    def __float__(self) -> float:
        return self.value

    def __add__(self, other: "Traced | float") -> "Traced":
        """Return the sum. Adding the constant 0 is not recorded, so a sum that starts from 0 begins with its first term."""
        addend = to_traced(other)
        if is_constant(self, 0):
            return addend
        return self if is_constant(addend, 0) else combine("+", self.value + addend.value, self, addend)

    def __radd__(self, other: "Traced | float") -> "Traced":
        first: Traced = to_traced(other)
        return first.__add__(self)

    def __sub__(self, other: "Traced | float") -> "Traced":
        other = to_traced(other)
        return combine("-", self.value - other.value, self, other)

    def __rsub__(self, other: "Traced | float") -> "Traced":
        return to_traced(other) - self

    def __mul__(self, other: "Traced | float") -> "Traced":
        other = to_traced(other)
        return combine("*", self.value * other.value, self, other)

    def __rmul__(self, other: "Traced | float") -> "Traced":
        return to_traced(other) * self

    def __truediv__(self, other: "Traced | float") -> "Traced":
        """Return the quotient. Dividing by the constant 1 is not recorded."""
        other = to_traced(other)
        return self if is_constant(other, 1) else combine("/", self.value / other.value, self, other)

    def __rtruediv__(self, other: "Traced | float") -> "Traced":
        return to_traced(other) / self

    def __lt__(self, other: "Traced | float") -> bool:
        return self.value < to_traced(other).value

    def __le__(self, other: "Traced | float") -> bool:
        return self.value <= to_traced(other).value

    def __gt__(self, other: "Traced | float") -> bool:
        return self.value > to_traced(other).value

    def __ge__(self, other: "Traced | float") -> bool:
        return self.value >= to_traced(other).value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Traced | int | float) and self.value == to_traced(other).value

    def __hash__(self) -> int:
        return hash(self.value)


# Keys: the operation and the ids of the parts. A number keeps its parts alive, so no other object gets their ids.
RECORDS: WeakValueDictionary[tuple[object, ...], Traced] = WeakValueDictionary()


def to_traced(x: Traced | float) -> Traced:
    """Return x as a traced number. The same constant always gives the same object."""
    if isinstance(x, Traced):
        return x
    key = "", repr(float(x))
    record = RECORDS.get(key)
    if record is None:
        record = RECORDS[key] = Traced(x)
    return record


def is_constant(x: Traced, value: int) -> bool:
    """Whether x is this constant, and neither a computed number nor a number with a name."""
    return x.value == value and not x.operation and x.name is None


def combine(operation: str, value: float, *parts: Traced) -> Traced:
    """Return the result of an operation on these operands (`parts`), always as the same object."""
    key = operation, *map(id, parts)
    record = RECORDS.get(key)
    if record is None:
        record = Traced(value)
        record.operation, record.parts = operation, parts
        RECORDS[key] = record
    return record


def function_of(name: str) -> Callable[[Traced], Traced]:
    """Return the function of `math` with this name, for traced numbers."""
    function = getattr(math, name)
    return lambda x: combine(name, function(x.value), x)


def maximum(a: Traced | float, b: Traced | float) -> Traced:
    """Return the larger number, recorded as max(a, b)."""
    parts = to_traced(a), to_traced(b)
    return combine("max", max(part.value for part in parts), *parts)


def terms_of(total: Traced) -> list[Traced]:
    """Return the terms of a sum in the order of addition. A term with a name is not split further."""
    terms: list[Traced] = []
    while total.operation == "+" and (not terms or total.name is None):
        total, term = total.parts
        terms.append(term)
    return [total, *reversed(terms)]


def running_totals(terms: list[Traced]) -> Iterator[float]:
    """Yield the running total after each term."""
    total = to_traced(0)
    for term in terms:
        total = total + term
        yield total.value


def symbol(x: Traced) -> str | None:
    """Return the name of a number, its digits if it is a constant, or None if it is a result without a name."""
    if x.name is not None:
        return x.name
    return None if x.operation else f"{x.value:g}"


def digits(x: Traced) -> str | None:
    """Return the digits of a number, or None if it is a result without a name."""
    return None if x.operation and x.name is None else repr(x.value)


def expression_of(x: Traced, leaf: Callable[[Traced], str | None], most: int = 0) -> str:
    """Return the expression that computed a number. `leaf` returns the text of a part, or None to write its expression.

    If `most` is not 0, a long sum shows only its first `most` terms, "(n more)" and its last term.
    """
    return expression(x, leaf, most, top=True)[0]


def expression(x: Traced, leaf: Callable[[Traced], str | None], most: int, top: bool = False) -> tuple[str, int]:
    """Return (text of a number, its precedence). With `top`, a computed number is always written as its expression."""
    text = None if top and x.operation else leaf(x)
    if text is not None:
        return text, 3 if not text.startswith("-") else 2
    if x.operation not in PRECEDENCE:
        return f"{x.operation}({', '.join(expression(part, leaf, most)[0] for part in x.parts)})", 3
    precedence = PRECEDENCE[x.operation]
    first, terms = x, []
    while first is x or (first.operation == x.operation == "+" and leaf(first) is None):  # a loop: recursion would be too deep
        first, term = first.parts
        terms.append(term)
    if x.operation == "-" and is_constant(first, 0) and len(terms) == 1:
        right, right_precedence = expression(terms[0], leaf, most)
        return f"-{right if right_precedence > 2 else f'({right})'}", 2
    left, left_precedence = expression(first, leaf, most)
    texts = [left if left_precedence >= precedence else f"({left})"]
    more = len(terms) - most if 0 < most < len(terms) else 0
    for term in reversed(terms[:1] + terms[1 + more :]):
        right, right_precedence = expression(term, leaf, most)
        bracketed = right_precedence <= precedence or right.startswith("-")  # without brackets, Python would use another order
        texts.append(f"({right})" if bracketed else right)
    if more:
        texts.insert(-1, f"({more} more)")
    return f" {x.operation} ".join(texts), precedence


register(
    Kind(
        Traced,
        to_traced,
        exp=function_of("exp"),
        log=function_of("log"),
        log1p=function_of("log1p"),
        tanh=function_of("tanh"),
        sqrt=function_of("sqrt"),
        maximum=maximum,
        is_finite=lambda x: math.isfinite(x.value),
        value=lambda x: x.value,
    )
)
