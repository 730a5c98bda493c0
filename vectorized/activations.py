"""The activation functions and their derivatives. z is an array of sums, of NumPy or another array library.

Two textbook formulas fail for some sums: 1/(1 + e**-z) overflows for z far below 0, and 1 - h**2 loses digits for
h = tanh z near 1 or -1. The formulas here are mathematically equal and do not fail.
"""

from collections.abc import Callable
from typing import TypeAlias

from vectorized.arrays import Array
from vectorized.libraries import namespace

Function: TypeAlias = Callable[[Array], Array]

LARGE = 60  # from here on, e**z / (1 + e**z) rounds to 1; e**60 itself does not overflow


def sigmoid(z: Array) -> Array:
    """Return e**z / (1 + e**z), which is 1/(1 + e**-z).  Source: documents 000, 002, 003, 004."""
    xp = namespace(z)
    power = xp.exp(xp.minimum(z, LARGE))
    return power / (1 + power)


def sigmoid_slopes(z: Array) -> Array:
    """Return e**-|z| / (1 + e**-|z|)**2, which is y * (1 - y) with y = sigmoid(z)."""
    xp = namespace(z)
    small = xp.exp(-xp.abs(z))
    divisor = 1 + small
    return small / (divisor * divisor)


def tanh(z: Array) -> Array:
    """Return tanh z.  Source: document 001 names tanh, but gives no formula."""
    return namespace(z).tanh(z)


def tanh_slopes(z: Array) -> Array:
    """Return (2 e**-|z| / (1 + e**-2|z|))**2, which is 1 - tanh(z)**2."""
    xp = namespace(z)
    small = xp.exp(-xp.abs(z))
    root = 2 * small / (1 + small * small)
    return root * root


def relu(z: Array) -> Array:
    """Return max(z, 0).  Source: documents 000, 001."""
    return namespace(z).maximum(z, 0)


def relu_slopes(z: Array) -> Array:
    """Return 0 for z <= 0, else 1."""
    return namespace(z).astype(z > 0, z.dtype)


def leaky_relu(z: Array) -> Array:
    """Return max(z, z/100).  Source: document 001, `leaky`."""
    return namespace(z).maximum(z, z / 100)


def leaky_relu_slopes(z: Array) -> Array:
    """Return 1/100 for z <= 0, else 1."""
    xp = namespace(z)
    return xp.maximum(xp.astype(z > 0, z.dtype), 1 / 100)


def identity(z: Array) -> Array:
    """Return a copy of z."""
    return 1 * z


def identity_slopes(z: Array) -> Array:
    """Return 1."""
    return namespace(z).ones_like(z)


def softmax(z: Array) -> Array:
    """Return exp(z - largest) / (sum over o of exp(z - largest)), for each row.

    Subtracting the largest sum leaves every quotient unchanged and prevents overflow.
    Source: document 001, `softmax` ("the softmax max trick").
    """
    xp = namespace(z)
    powers = xp.exp(z - xp.max(z, axis=-1, keepdims=True))
    return powers / xp.sum(powers, axis=-1, keepdims=True)


NODES: dict[str, Function] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "identity": identity,
    "softmax": softmax,
}
SLOPES: dict[str, Function] = {  # softmax is not here, as each of its nodes depends on all sums: see losses
    "sigmoid": sigmoid_slopes,
    "tanh": tanh_slopes,
    "relu": relu_slopes,
    "leaky_relu": leaky_relu_slopes,
    "identity": identity_slopes,
}
