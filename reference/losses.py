"""The losses of one sample, and what each says to an output node.

half_squared_error   (sum over o of (o_nodes[o] - targets[o])**2) / 2
squared_error         sum over o of (o_nodes[o] - targets[o])**2
mean_squared_error   (sum over o of (o_nodes[o] - targets[o])**2) / n_outputs
cross_entropy       -(sum over o of targets[o] * ln o_nodes[o])                         softmax
-(sum over o of t*ln(y) + (1-t)*ln(1-y)), y = o_nodes[o], t = targets[o]   sigmoid
"""

from reference.architecture import Architecture
from reference.kinds import Kind, Number
from reference.messages import not_finite
from reference.settings import LossSettings


def sample_loss(net: Architecture, kind: Kind, o_sums: list[Number], o_nodes: list[Number], targets: list[Number]) -> Number:
    """Return the loss of one sample.  Source: documents 003 (squared errors) and 004 (their mean)."""
    if net.loss == "cross_entropy":
        if net.output == "softmax":
            return softmax_cross_entropy(o_sums, targets, kind)
        return sigmoid_cross_entropy(o_sums, targets, kind)
    total = kind.convert(0)
    for o in range(net.layout.n_outputs):
        error = o_nodes[o] - targets[o]
        total += error * error
    if net.loss == "half_squared_error":
        return total / 2
    if net.loss == "mean_squared_error":
        return total / net.layout.n_outputs
    return total


def loss_slopes(net: Architecture, o_nodes: list[Number], targets: list[Number]) -> list[Number]:
    """Return the derivative of a squared error by each output node.

    half (y - t), squared 2(y - t), mean 2(y - t)/n_outputs.
    """
    slopes = []
    for o in range(net.layout.n_outputs):
        slope = o_nodes[o] - targets[o]
        if net.loss != "half_squared_error":
            slope = 2 * slope
        if net.loss == "mean_squared_error":
            slope = slope / net.layout.n_outputs
        slopes.append(slope)
    return slopes


def softmax_cross_entropy(o_sums: list[Number], targets: list[Number], kind: Kind) -> Number:
    """Return the sum over o of targets[o] * -ln o_nodes[o], from the sums, so that no logarithm of 0 is asked for.

    -ln o_nodes[o] = (o_sums[top] - o_sums[o]) + log1p(sum over all o but top of exp(o_sums[o] - o_sums[top]))
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
        if targets[o] != 0:  # 0 times the distance of a node that is out of range
            loss += targets[o] * (o_sums[top] - o_sums[o] + log_rest)
    return loss


def sigmoid_cross_entropy(o_sums: list[Number], targets: list[Number], kind: Kind) -> Number:
    """Return the sum over o of t * -ln(y) + (1 - t) * -ln(1 - y), from the sums.

    -ln(y) = max(-z, 0) + log1p(e**-|z|) and -ln(1 - y) = max(z, 0) + log1p(e**-|z|), with z = o_sums[o]
    """
    zero = kind.convert(0)
    loss = zero
    for o in range(len(o_sums)):
        z, t = o_sums[o], targets[o]
        log_rest = kind.log1p(kind.exp(0 - z if kind.value(z) > 0 else z))
        loss += t * (kind.maximum(0 - z, zero) + log_rest)
        loss += (1 - t) * (kind.maximum(z, zero) + log_rest)
    return loss


def weight_penalty(net: Architecture, weights: list[Number], l2: Number) -> Number:
    """Return (l2/2) * (sum of w**2 over the ih and ho weights)."""
    layout = net.layout
    total = 0
    for positions in (range(layout.h_biases_at), range(layout.ho_weights_at, layout.o_biases_at)):
        for position in positions:
            total += weights[position] * weights[position]
    return l2 * total / 2


def reduced_loss(
    net: Architecture, kind: Kind, weights: list[Number], total: Number, n_samples: int, settings: LossSettings
) -> Number:
    """Return the loss of a batch from the sum of its samples' losses: their mean or sum, and the penalty once."""
    loss = total / n_samples if settings.reduction == "mean" and n_samples > 1 else total
    if settings.l2 != 0:
        loss = loss + weight_penalty(net, weights, settings.l2)
    if not kind.is_finite(loss):
        raise FloatingPointError(not_finite("loss", None, None, loss))
    return loss
