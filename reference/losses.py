"""The losses of one sample, and their derivatives with respect to the output sums: o_deltas[o] = d loss / d o_sums[o].

half_squared_error    sum over o of (y[o] - t[o])**2 / 2                 with y = o_nodes, t = targets
squared_error         sum over o of (y[o] - t[o])**2
mean_squared_error    sum over o of (y[o] - t[o])**2 / n_outputs
cross_entropy         sum over o of t[o] * -ln y[o]                      for softmax outputs
cross_entropy         sum over o of t[o] * -ln y[o] + (1 - t[o]) * -ln(1 - y[o])     for sigmoid outputs
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from reference.activations import activation
from reference.numbers.kinds import Kind
from reference.numbers.number import Number, Row
from reference.specification.architecture import Architecture
from reference.specification.names import OUTPUT, SQUARED_ERRORS

Function: TypeAlias = Callable[[Kind, Row, Row, Row], Any]  # takes (kind, o_sums, o_nodes, targets) of one sample


class Pair(NamedTuple):
    """A loss and its derivative."""

    loss: Function  # returns one number
    o_deltas: Function  # returns one number for each output


def softmax_cross_entropy(kind: Kind, o_sums: Row, o_nodes: Row, targets: Row) -> Number:
    """Return the sum over o of targets[o] * -ln o_nodes[o], computed from o_sums, so that the log of 0 never occurs.

        -ln o_nodes[o] = (o_sums[top] - o_sums[o]) + log1p(sum over all k but top of exp(o_sums[k] - o_sums[top]))

    `top` is the output with the largest sum. Targets of 0 are left out: if a difference overflows, 0 * -ln y would be NaN.
    """
    n_outputs = len(o_sums)
    values = [kind.value(z) for z in o_sums]
    top = values.index(max(values))
    rest = kind.convert(0)
    for o in range(n_outputs):
        if o != top:
            rest += kind.exp(o_sums[o] - o_sums[top])
    log_rest = kind.log1p(rest)
    loss = kind.convert(0)
    for o in range(n_outputs):
        if targets[o] != 0:
            loss += targets[o] * (o_sums[top] - o_sums[o] + log_rest)
    return loss


def softmax_cross_entropy_deltas(kind: Kind, o_sums: Row, o_nodes: Row, targets: Row) -> Row:
    """Return y[o] * (sum of targets) - t[o]."""
    total: Number = 0
    for target in targets:
        total += target
    return [y * total - t for y, t in zip(o_nodes, targets, strict=True)]


def sigmoid_cross_entropy(kind: Kind, o_sums: Row, o_nodes: Row, targets: Row) -> Number:
    """Return the sum over o of t * -ln y + (1 - t) * -ln(1 - y), computed from z = o_sums[o].

    -ln y = max(-z, 0) + log1p(e**-|z|) and -ln(1 - y) = max(z, 0) + log1p(e**-|z|)
    """
    zero = kind.convert(0)
    loss = zero
    for z, t in zip(o_sums, targets, strict=True):
        log_rest = kind.log1p(kind.exp(0 - z if kind.value(z) > 0 else z))
        loss += t * (kind.maximum(0 - z, zero) + log_rest)
        loss += (1 - t) * (kind.maximum(z, zero) + log_rest)
    return loss


def sigmoid_cross_entropy_deltas(kind: Kind, o_sums: Row, o_nodes: Row, targets: Row) -> Row:
    """Return y[o] - t[o]."""
    return differences(o_nodes, targets)


def differences(o_nodes: Row, targets: Row) -> Row:
    """Return y[o] - t[o]."""
    return [y - t for y, t in zip(o_nodes, targets, strict=True)]


def error_slopes(loss: str, o_nodes: Row, targets: Row) -> Row:
    """Return d loss / d o_nodes: y - t (half_squared_error), 2(y - t), or 2(y - t)/n_outputs (mean_squared_error)."""
    errors = differences(o_nodes, targets)
    if loss != "half_squared_error":
        errors = [2 * error for error in errors]
    return [error / len(errors) for error in errors] if loss == "mean_squared_error" else errors


def squared_error(name: str, output: str) -> Pair:
    """Return the squared error with this name and its o_deltas, for an output activation g.

        o_deltas[o] = e[o] * g'(o_sums[o])                            with e[o] = d loss / d o_nodes[o]
        o_deltas[o] = y[o] * (e[o] - (sum over k of e[k] * y[k]))     for softmax outputs

    Source: document 003, and document 004 for mean_squared_error.
    """

    def loss(kind: Kind, o_sums: Row, o_nodes: Row, targets: Row) -> Number:
        total = kind.convert(0)
        for y, t in zip(o_nodes, targets, strict=True):
            error = y - t
            total += error * error
        if name == "half_squared_error":
            return total / 2
        return total / len(o_nodes) if name == "mean_squared_error" else total

    def o_deltas(kind: Kind, o_sums: Row, o_nodes: Row, targets: Row) -> Row:
        slopes = error_slopes(name, o_nodes, targets)
        if output != "softmax":
            _, slope = activation(output, kind)
            return [e * slope(z) for e, z in zip(slopes, o_sums, strict=True)]
        total: Number = 0
        for e, y in zip(slopes, o_nodes, strict=True):
            total += e * y
        return [y * (e - total) for e, y in zip(slopes, o_nodes, strict=True)]

    return Pair(loss, o_deltas)


PAIRS = {(output, loss): squared_error(loss, output) for output in OUTPUT for loss in SQUARED_ERRORS}
PAIRS["softmax", "cross_entropy"] = Pair(softmax_cross_entropy, softmax_cross_entropy_deltas)
PAIRS["sigmoid", "cross_entropy"] = Pair(sigmoid_cross_entropy, sigmoid_cross_entropy_deltas)


def reduced_loss(architecture: Architecture, weights: Row, total: Number, n: int, l2: Number) -> Number:
    """Return the loss of a batch: total / n, plus the l2 penalty. n is the number of samples, or 1 if reduction is "sum"."""
    loss = total / n if n > 1 else total
    return loss if l2 == 0 else loss + weight_penalty(architecture, weights, l2)


def weight_penalty(architecture: Architecture, weights: Row, l2: Number) -> Number:
    """Return (l2/2) * (sum of w**2 over the ih and ho weights)."""
    layout = architecture.layout
    total: Number = 0
    for positions in (range(layout.h_biases_at), range(layout.ho_weights_at, layout.o_biases_at)):
        for position in positions:
            total += weights[position] * weights[position]
    return l2 * total / 2


def weight_decay(architecture: Architecture, weights: Row, l2: Number) -> Row:
    """Return l2 * w for every ih and ho weight w, and 0 for every bias: the gradient of the penalty."""
    layout = architecture.layout
    decay: Row = [0] * layout.n_weights
    for positions in (range(layout.h_biases_at), range(layout.ho_weights_at, layout.o_biases_at)):
        for position in positions:
            decay[position] = l2 * weights[position]
    return decay
