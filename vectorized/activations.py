"""The activation functions of whole arrays: what the nodes make of the sums that reach them, and the slopes there.

Each fills `nodes`, and `slopes` where they are asked for. Where a formula of the documents loses digits (1 - h**2 near 1)
the formula here means the same and keeps them. NumPy's warnings must be set to raise on overflow.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from reference.architecture import Architecture
from vectorized.workspace import Array, Stages, product

Activation: TypeAlias = Callable[[Array, Array, Array | None], None]


def sigmoid(dtype: Any) -> Activation:
    """Node e**z / (1 + e**z), which is 1/(1 + e**-z), slope e**z / (1 + e**z)**2.  Source: documents 000, 002, 003, 004."""
    one = np.array(1, dtype)

    def activate(z: Array, nodes: Array, slopes: Array | None) -> None:
        try:
            power = np.exp(z, nodes)
        except FloatingPointError:
            return by_branches(z, nodes, slopes)
        divisor = np.add(power, one, slopes)
        np.divide(power, divisor, nodes)
        if slopes is not None:
            np.divide(nodes, divisor, slopes)
        return None

    def by_branches(z: Array, nodes: Array, slopes: Array | None) -> None:
        """The same with e**-|z|, where e**z overflows."""
        small = np.exp(-np.abs(z))
        np.divide(np.where(z > 0, one, small), one + small, nodes)
        if slopes is not None:
            np.divide(small / (one + small), one + small, slopes)

    return activate


def tanh(dtype: Any) -> Activation:
    """Node tanh z, slope (2 e**-|z| / (1 + e**-2|z|))**2, which is 1 - tanh(z)**2.  Source: document 001 names it."""
    one, two = np.array(1, dtype), np.array(2, dtype)

    def activate(z: Array, nodes: Array, slopes: Array | None) -> None:
        if slopes is not None:
            small = np.exp(np.negative(np.abs(z, slopes), slopes), slopes)
            divisor = np.add(np.multiply(small, small, nodes), one, nodes)
            np.multiply(np.divide(small, divisor, slopes), two, slopes)
            np.multiply(slopes, slopes, slopes)
        np.tanh(z, nodes)

    return activate


def relu(dtype: Any) -> Activation:
    """Node max(z, 0), slope 0 for z <= 0, else 1.  Source: documents 000, 001."""
    zero = np.array(0, dtype)

    def activate(z: Array, nodes: Array, slopes: Array | None) -> None:
        np.maximum(z, zero, out=nodes)
        if slopes is not None:
            np.greater(z, zero, out=slopes)

    return activate


def leaky_relu(dtype: Any) -> Activation:
    """Node max(z, z/100), slope 1/100 for z <= 0, else 1.  Source: document 001, `leaky`."""
    zero, hundred, hundredth = np.array(0, dtype), np.array(100, dtype), np.array(1 / 100, dtype)

    def activate(z: Array, nodes: Array, slopes: Array | None) -> None:
        np.divide(z, hundred, nodes)
        np.maximum(z, nodes, out=nodes)
        if slopes is not None:
            np.greater(z, zero, out=slopes)
            np.maximum(slopes, hundredth, out=slopes)

    return activate


def identity(dtype: Any) -> Activation:
    """Node z, slope 1."""

    def activate(z: Array, nodes: Array, slopes: Array | None) -> None:
        np.copyto(nodes, z)
        if slopes is not None:
            slopes.fill(1)

    return activate


def softmax(work: Stages) -> None:
    """Fill o_nodes[o] = exp(o_sums[o] - largest) / (sum over o of exp(o_sums[o] - largest)).

    The largest sum is taken out of all, which changes no quotient and lets nothing overflow; the differences and
    their powers stay in the work space for the loss.
    Source: document 001, `softmax` ("the softmax max trick").
    """
    np.maximum.reduce(work.o_sums, 0, out=work.s_largest)
    try:
        np.subtract(work.o_sums, work.s_largest, work.o_shifted)
    except FloatingPointError:
        with np.errstate(over="ignore"):  # -inf, whose power is 0
            np.subtract(work.o_sums, work.s_largest, work.o_shifted)
    np.exp(work.o_shifted, work.o_powers)
    product(work.ones_o, work.o_powers, work.s_total)
    np.divide(work.o_powers, work.s_total, work.o_nodes)


ACTIVATIONS: dict[str, Callable[[Any], Activation]] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "identity": identity,
}


class Functions(NamedTuple):
    """The functions behind an architecture's names, for arrays of one dtype."""

    net: Architecture
    hidden: Activation
    output: Activation | None


def functions(net: Architecture, dtype: Any) -> Functions:
    """Look the names up; softmax works on whole samples and has no slope of a single node."""
    output = None if net.output == "softmax" else ACTIVATIONS[net.output](dtype)
    return Functions(net, ACTIVATIONS[net.hidden](dtype), output)
