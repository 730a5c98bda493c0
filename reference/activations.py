"""The activation functions and their derivatives.

`sigmoid`, `tanh`, `relu`, `leaky_relu` and `identity` take a kind of number, such as float. They return two functions of a
sum z: the activation node(z) and its derivative slope(z).

Two textbook formulas fail for some sums: 1/(1 + e**-z) overflows for z far below 0, and 1 - h**2 loses digits for
h = tanh z near 1 or -1. The formulas here are mathematically equal and do not fail.
"""

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from reference.numbers.kinds import Kind
from reference.numbers.number import Function, Number, Row

Pair: TypeAlias = tuple[Function, Function]


def sigmoid(kind: Kind) -> Pair:
    """node(z) = 1/(1 + e**-z), slope(z) = e**-|z| / (1 + e**-|z|)**2.  Source: documents 000, 002, 003, 004."""
    exp, value = kind.exp, kind.value

    def node(z: Number) -> Number:
        if value(z) > 0:
            return 1 / (1 + exp(0 - z))
        small = exp(z)
        return small / (1 + small)

    def slope(z: Number) -> Number:
        small = exp(0 - z if value(z) > 0 else z)
        return small / (1 + small) / (1 + small)

    return node, slope


def tanh(kind: Kind) -> Pair:
    """node(z) = tanh z, slope(z) = (2 e**-|z| / (1 + e**-2|z|))**2, which is 1 - tanh(z)**2.

    Source: document 001 names tanh, but gives no formula.
    """
    exp, value = kind.exp, kind.value

    def slope(z: Number) -> Number:
        small = exp(0 - z if value(z) > 0 else z)
        root = 2 * small / (1 + small * small)
        return root * root

    return kind.tanh, slope


def relu(kind: Kind) -> Pair:
    """node(z) = max(z, 0), slope(z) = 0 for z <= 0, else 1.  Source: documents 000, 001."""
    maximum, zero, one = kind.maximum, kind.convert(0), kind.convert(1)

    def node(z: Number) -> Number:
        return maximum(z, zero)

    def slope(z: Number) -> Number:
        return zero if z <= 0 else one

    return node, slope


def leaky_relu(kind: Kind) -> Pair:
    """node(z) = max(z, z/100), slope(z) = 1/100 for z <= 0, else 1.  Source: document 001, `leaky`."""
    maximum, one = kind.maximum, kind.convert(1)

    def node(z: Number) -> Number:
        return maximum(z, z / 100)

    def slope(z: Number) -> Number:
        return one / 100 if z <= 0 else one

    return node, slope


def identity(kind: Kind) -> Pair:
    """node(z) = z, slope(z) = 1."""
    one = kind.convert(1)
    return lambda z: z, lambda z: one


def softmax(o_sums: Row, kind: Kind) -> Row:
    """Return o_nodes[o] = exp(o_sums[o] - largest) / (sum over o of exp(o_sums[o] - largest)).

    Subtracting the largest sum leaves every quotient unchanged and prevents overflow.
    Source: document 001, `softmax` ("the softmax max trick").
    """
    largest = max(map(kind.value, o_sums))
    powers = [kind.exp(z - largest) for z in o_sums]
    divisor: Number = 0
    for power in powers:
        divisor += power
    return [power / divisor for power in powers]


ACTIVATIONS: dict[str, Callable[[Kind], Pair]] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "identity": identity,
}


@cache
def activation(name: str, kind: Kind) -> Pair:
    """Return (node, slope) of an activation other than softmax, for one kind of number.

    >>> from reference.numbers.kinds import FLOAT
    >>> node, slope = activation("leaky_relu", FLOAT)
    >>> node(-2.5), slope(0.0), slope(1.234)
    (-0.025, 0.01, 1.0)
    """
    return ACTIVATIONS[name](kind)


def nodes_of(name: str, kind: Kind, sums: Row) -> Row:
    """Return the nodes of a layer: the activation of its sums."""
    if name == "softmax":
        return softmax(sums, kind)
    return list(map(activation(name, kind)[0], sums))


def slopes_of(name: str, kind: Kind, sums: Row) -> Row:
    """Return the derivative of the activation at each sum of a layer. Softmax has none: its nodes depend on all sums."""
    return list(map(activation(name, kind)[1], sums))
