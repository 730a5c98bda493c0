"""The losses of a batch, summed over its samples, and what each says to the output nodes.

half_squared_error   sum((o_nodes - targets)**2) / 2
squared_error        sum((o_nodes - targets)**2)
mean_squared_error   sum((o_nodes - targets)**2) / n_outputs
cross_entropy       -sum(targets * ln o_nodes)                                          softmax
-sum(targets * ln o_nodes + (1 - targets) * ln(1 - o_nodes))        sigmoid
"""

import math

import numpy as np

from reference.architecture import Architecture
from reference.messages import not_finite
from reference.settings import LossSettings
from vectorized.workspace import Array, Blocks, Targets, Workspace, dot, product

ZERO, ONE = np.array(0, np.float32), np.array(1, np.float32)  # exact in any precision

# A squared error is scale * sum(error**2), and its slope by an output node 2 * scale * error.


def scale_of(net: Architecture) -> float:
    """Return the factor of the sum of squares."""
    return {"half_squared_error": 0.5, "squared_error": 1.0, "mean_squared_error": 1 / net.layout.n_outputs}[net.loss]


def batch_loss(net: Architecture, work: Workspace, targets: Targets) -> float:
    """Return the sum of the samples' losses.  Source: documents 003 (squared errors) and 004 (their mean)."""
    if net.loss == "cross_entropy":
        if net.output == "softmax":
            return softmax_cross_entropy(work, targets)
        return sigmoid_cross_entropy(work, targets)
    np.subtract(work.o_nodes, targets.values, work.o_deltas)
    return scale_of(net) * squares(work.o_deltas)


def loss_slopes(net: Architecture, work: Workspace, targets: Targets) -> None:
    """Fill o_deltas with the derivative of a squared error by each output node: 2 * scale * (o_nodes - targets)."""
    np.subtract(work.o_nodes, targets.values, work.o_deltas)
    if net.loss != "half_squared_error":
        np.multiply(work.o_deltas, 2 * scale_of(net), work.o_deltas)


def softmax_cross_entropy(work: Workspace, targets: Targets) -> float:
    """Return the sum of targets * -ln o_nodes, from the sums, so that no logarithm of 0 is asked for.

        -ln o_nodes = (largest - o_sums) + log1p(sum over o of (power - mark)),  power = exp(o_sums - largest)

    The powers of a sample contain a 1 for the largest sum; where that is the marked class, power - mark is 0 there
    and the small rest keeps all its digits. Elsewhere the loss is large, and the digits do not matter.
    """
    np.subtract(work.o_powers, targets.marks, work.o_deltas)
    product(work.ones_o, work.o_deltas, work.s_total)
    log_rest = np.log1p(work.s_total, work.s_total)
    shifted, values = work.o_shifted.ravel(), targets.values.ravel()
    distance = dot(shifted, values)
    if not math.isfinite(distance):  # a distance out of range counts only where its target is not 0
        distance = dot(np.where(values == 0, 0, shifted), values)
    return dot(targets.sums, log_rest) - distance


def sigmoid_cross_entropy(work: Workspace, targets: Targets) -> float:
    """Return the sum of t * -ln y + (1 - t) * -ln(1 - y), from the sums.

    -ln y = max(-z, 0) + log1p(e**-|z|) and -ln(1 - y) = max(z, 0) + log1p(e**-|z|), with z = o_sums
    """
    z, t, room, rest = work.o_sums, targets.values, work.o_shifted, work.o_deltas
    log_rest = np.log1p(np.exp(np.negative(np.abs(z, room), room), room), room)
    loss = float(log_rest.sum())
    above = np.maximum(z, ZERO, out=room)
    loss += dot(above.ravel(), np.subtract(ONE, t, rest).ravel())
    below = np.maximum(np.negative(z, room), ZERO, out=room)
    return loss + dot(below.ravel(), t.ravel())


def squares(values: Array) -> float:
    """Return the sum of the squares of a contiguous array."""
    return dot(values.ravel(), values.ravel())


def weight_penalty(blocks: Blocks, l2: float) -> float:
    """Return (l2/2) * (sum of w**2 over the ih and ho weights)."""
    return float(l2) * (squares(blocks.ih_weights) + squares(blocks.ho_weights)) / 2


def reduced_loss(blocks: Blocks, total: float, n_samples: int, settings: LossSettings) -> float:
    """Return the loss of a batch from the sum of its samples' losses: their mean or sum, and the penalty once."""
    loss = total / n_samples if settings.reduction == "mean" else total
    if settings.l2:
        loss += weight_penalty(blocks, settings.l2)
    if not abs(loss) <= blocks.largest:
        raise FloatingPointError(not_finite("loss", None, None, math.inf))
    return loss
