"""The losses of a batch, and their derivatives with respect to the output sums: o_deltas = d loss / d o_sums.

half_squared_error    sum over o of (y - t)**2 / 2                       with y = o_nodes, t = targets
squared_error         sum over o of (y - t)**2
mean_squared_error    sum over o of (y - t)**2 / n_outputs
cross_entropy         sum over o of t * -ln y                            for softmax outputs
cross_entropy         sum over o of t * -ln y + (1 - t) * -ln(1 - y)     for sigmoid outputs
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from reference.specification.architecture import Architecture
from reference.specification.names import OUTPUT, SQUARED_ERRORS
from vectorized.activations import SLOPES
from vectorized.arrays import Array, Scalar
from vectorized.blocks import blocks_of, join
from vectorized.libraries import namespace

Function: TypeAlias = Callable[[Array, Array, Array], Array]  # takes (o_sums, o_nodes, targets), each (n_samples, n_outputs)


class Pair(NamedTuple):
    """A loss and its derivative."""

    total: Function  # returns the sum of the losses of all samples
    o_deltas: Function  # returns an array of shape (n_samples, n_outputs)


def softmax_cross_entropy(o_sums: Array, o_nodes: Array, targets: Array) -> Array:
    """Return the sum over s and o of targets * -ln o_nodes. It is computed from o_sums, so the log of 0 never occurs.

        -ln o_nodes = log1p(others + ties) - below_largest,  below_largest = o_sums - (the largest sum)

    others is the sum of exp(below_largest) over the outputs whose sum is not the largest. ties is the number of outputs with
    the largest sum, minus 1. Targets of 0 are left out: if below_largest is -infinity, 0 * -ln o_nodes would be NaN.
    """
    xp = namespace(o_sums, targets)
    below_largest = o_sums - xp.max(o_sums, axis=-1, keepdims=True)
    is_largest = xp.astype(below_largest == 0, below_largest.dtype)
    others = xp.sum(xp.exp(below_largest) - is_largest, axis=-1, keepdims=True)
    ties = xp.sum(is_largest, axis=-1, keepdims=True) - 1
    logarithms = xp.log1p(others + ties) - below_largest
    return xp.sum(targets * xp.where(targets == 0, targets, logarithms))


def softmax_cross_entropy_deltas(o_sums: Array, o_nodes: Array, targets: Array) -> Array:
    """Return y * (sum of targets) - t."""
    return o_nodes * namespace(targets).sum(targets, axis=-1, keepdims=True) - targets


def sigmoid_cross_entropy(o_sums: Array, o_nodes: Array, targets: Array) -> Array:
    """Return the sum over s and o of t * -ln y + (1 - t) * -ln(1 - y), computed from z = o_sums.

    -ln y = max(-z, 0) + log1p(e**-|z|) and -ln(1 - y) = max(z, 0) + log1p(e**-|z|)
    """
    xp, z, t = namespace(o_sums, targets), o_sums, targets
    log_rest = xp.log1p(xp.exp(-xp.abs(z)))
    return xp.sum(t * xp.maximum(-z, 0) + (1 - t) * xp.maximum(z, 0) + log_rest)


def sigmoid_cross_entropy_deltas(o_sums: Array, o_nodes: Array, targets: Array) -> Array:
    """Return y - t."""
    return o_nodes - targets


def squared_error(loss: str, output: str) -> Pair:
    """Return a squared error, scale * (sum over s and o of (y - t)**2), and its o_deltas, for an output activation g.

    Source: documents 003 and 004.

    With e = d loss / d o_nodes = 2 * scale * (y - t), the deltas are e * g'(z); for softmax they are
    y * (e - (sum over o of e*y)).
    """

    def scale(targets: Array) -> float:
        n_outputs: int = targets.shape[-1]
        return {"half_squared_error": 1 / 2, "squared_error": 1, "mean_squared_error": 1 / n_outputs}[loss]

    def total(o_sums: Array, o_nodes: Array, targets: Array) -> Array:
        errors = o_nodes - targets
        return scale(targets) * namespace(errors).sum(errors * errors)

    def o_deltas(o_sums: Array, o_nodes: Array, targets: Array) -> Array:
        slopes = 2 * scale(targets) * (o_nodes - targets)
        if output == "softmax":
            return o_nodes * (slopes - namespace(slopes).sum(slopes * o_nodes, axis=-1, keepdims=True))
        return slopes * SLOPES[output](o_sums)

    return Pair(total, o_deltas)


PAIRS = {(output, loss): squared_error(loss, output) for output in OUTPUT for loss in SQUARED_ERRORS}
PAIRS["softmax", "cross_entropy"] = Pair(softmax_cross_entropy, softmax_cross_entropy_deltas)
PAIRS["sigmoid", "cross_entropy"] = Pair(sigmoid_cross_entropy, sigmoid_cross_entropy_deltas)


def reduced_loss(architecture: Architecture, weights: Array, total: Array, n: int, l2: Scalar) -> Array:
    """Return the loss of a batch: total / n, plus the l2 penalty. n is the number of samples, or 1 if reduction is "sum"."""
    return total / n if is_zero(l2) else total / n + weight_penalty(architecture, weights, l2)


def weight_penalty(architecture: Architecture, weights: Array, l2: Scalar) -> Array:
    """Return (l2/2) * (sum of w**2 over the ih and ho weights)."""
    ih_weights, _, ho_weights, _ = blocks_of(architecture.layout, weights)
    total = namespace(weights).sum
    return l2 * (total(ih_weights * ih_weights) + total(ho_weights * ho_weights)) / 2


def weight_decay(architecture: Architecture, weights: Array, l2: Scalar) -> Array:
    """Return l2 * w for every ih and ho weight w, and 0 for every bias: the gradient of the penalty."""
    return join(architecture.layout, l2 * weights, 0 * weights)


def is_zero(l2: Scalar) -> bool:
    """Whether l2 is the number 0. For an array the answer is False, because inside jit or grad its value is not known."""
    return isinstance(l2, float | int | np.floating) and l2 == 0
