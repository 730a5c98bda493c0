"""The backward pass, node by node: how the loss changes with each sum, and so with each weight.

o_deltas[o] = d loss / d o_sums[o]
h_deltas[h] = f'(h_sums[h]) * (sum over o of ho_weights[h][o] * o_deltas[o])
gradient of a weight = (sum over s of its source node * the delta of its target node) / n_samples
"""

from typing import NamedTuple

from reference.activations import activation
from reference.architecture import Architecture
from reference.blocks import cut_weights, rows_leaving
from reference.forward import Forward, check_finite, check_weights_finite, forward_rows
from reference.kinds import Kind, Number
from reference.losses import loss_slopes, reduced_loss, sample_loss
from reference.settings import LossSettings


class Backward(NamedTuple):
    """The stages of the backward pass: the loss, deltas (a list for one sample, rows for a batch), flat gradient."""

    loss: Number
    o_deltas: list[Number]
    h_deltas: list[Number]
    gradient: list[Number]


def output_deltas(net: Architecture, kind: Kind, stages: Forward, targets: list[Number]) -> list[Number]:
    """Return o_deltas[o] = d loss / d o_sums[o] of one sample.

    cross-entropy      softmax y*(sum of targets) - t;  sigmoid y - t
    squared errors     slope[o] * g'(o_sums[o]);  softmax y[o] * (slope[o] - (sum over o of slope[o]*y[o]))
    """
    o_nodes, n_outputs = stages.o_nodes, net.layout.n_outputs
    if net.loss == "cross_entropy":
        if net.output == "sigmoid":
            return [o_nodes[o] - targets[o] for o in range(n_outputs)]
        total = 0
        for o in range(n_outputs):
            total += targets[o]
        return [o_nodes[o] * total - targets[o] for o in range(n_outputs)]
    slopes = loss_slopes(net, o_nodes, targets)
    if net.output == "softmax":
        mean = 0
        for o in range(n_outputs):
            mean += slopes[o] * o_nodes[o]
        return [o_nodes[o] * (slopes[o] - mean) for o in range(n_outputs)]
    _, output_slope = activation(net.output, kind)
    return [slopes[o] * output_slope(stages.o_sums[o]) for o in range(n_outputs)]


def hidden_deltas(
    net: Architecture, kind: Kind, stages: Forward, ho_rows: list[list[Number]], o_deltas: list[Number]
) -> list[Number]:
    """Return h_deltas[h] = f'(h_sums[h]) * (sum over o of ho_weights[h][o] * o_deltas[o]) of one sample.

    Source: documents 003 (`backprop`) and 004 (`backwardPropagate`).
    """
    _, hidden_slope = activation(net.hidden, kind)
    h_deltas, n_outputs, zero = [], net.layout.n_outputs, kind.zero
    for h in range(net.layout.n_hidden):
        weights = ho_rows[h]
        total = zero
        for o in range(n_outputs):
            total += weights[o] * o_deltas[o]
        h_deltas.append(hidden_slope(stages.h_sums[h]) * total)
    return h_deltas


def deltas(
    net: Architecture, kind: Kind, stages: Forward, ho_rows: list[list[Number]], targets: list[Number], rule: str
) -> tuple[list[Number], list[Number]]:
    """Return (o_deltas, h_deltas) of one sample.

    rule="error_splitting" (document 002 as it describes itself) takes half squared error for o_deltas, and passes the
    plain errors o_nodes[o] - targets[o] back in place of the deltas; that is the gradient of no loss.
    """
    if rule == "error_splitting":
        net = net._replace(loss="half_squared_error")
        errors = loss_slopes(net, stages.o_nodes, targets)
        return output_deltas(net, kind, stages, targets), hidden_deltas(net, kind, stages, ho_rows, errors)
    o_deltas = output_deltas(net, kind, stages, targets)
    return o_deltas, hidden_deltas(net, kind, stages, ho_rows, o_deltas)


def layer_gradient(nodes: list[list[Number]], layer_deltas: list[list[Number]], zero: Number = 0) -> list[Number]:
    """Return the gradient of one layer's weights, then of its biases, summed over the samples.

    ih  sum over s of inputs[s][i] * h_deltas[s][h]        h bias  sum over s of h_deltas[s][h]
    ho  sum over s of h_nodes[s][h] * o_deltas[s][o]       o bias  sum over s of o_deltas[s][o]

    The source node is the row, so the list is the layer's part of the flat vector.
    """
    if len(nodes) == 1:
        return [node * delta for node in nodes[0] for delta in layer_deltas[0]] + layer_deltas[0]
    gradient = []
    samples = range(len(nodes))
    delta_columns = list(zip(*layer_deltas, strict=True))
    for node_column in zip(*nodes, strict=True):
        for delta_column in delta_columns:
            total = zero
            for s in samples:
                total += node_column[s] * delta_column[s]
            gradient.append(total)
    for delta_column in delta_columns:
        total = zero
        for s in samples:
            total += delta_column[s]
        gradient.append(total)
    return gradient


def backward(
    net: Architecture,
    kind: Kind,
    weights: list[Number],
    inputs: list[list[Number]],
    targets: list[list[Number]],
    settings: LossSettings,
) -> Backward:
    """Return the stages of a batch: one loss, rows of deltas, one flat gradient."""
    cut, ho_rows = cut_weights(weights, net.layout), rows_leaving(weights, net.layout)
    stages, total = forward_rows(net, kind, cut, inputs), 0
    for s in range(len(inputs)):
        total += sample_loss(net, kind, stages[s].o_sums, stages[s].o_nodes, targets[s])
    loss = reduced_loss(net, kind, weights, total, len(inputs), settings)
    o_deltas, h_deltas = [], []
    for s in range(len(inputs)):
        o_delta, h_delta = deltas(net, kind, stages[s], ho_rows, targets[s], settings.rule)
        if not (all(map(kind.is_finite, o_delta)) and all(map(kind.is_finite, h_delta))):
            check_finite(kind, s if len(inputs) > 1 else None, o_deltas=o_delta, h_deltas=h_delta)
        o_deltas.append(o_delta)
        h_deltas.append(h_delta)
    h_nodes = [of_sample.h_nodes for of_sample in stages]
    gradient = layer_gradient(inputs, h_deltas, kind.zero) + layer_gradient(h_nodes, o_deltas, kind.zero)
    if settings.reduction == "mean" and len(inputs) > 1:
        gradient = [total / len(inputs) for total in gradient]
    if settings.l2 != 0:
        add_weight_decay(net, weights, gradient, settings.l2)
    check_weights_finite(kind, net.layout, "gradient", gradient)
    return Backward(loss, o_deltas, h_deltas, gradient)


def add_weight_decay(net: Architecture, weights: list[Number], gradient: list[Number], l2: Number) -> None:
    """Add l2 * w to the gradient of every ih and ho weight w, in place; biases are left alone."""
    layout = net.layout
    for positions in (range(layout.h_biases_at), range(layout.ho_weights_at, layout.o_biases_at)):
        for position in positions:
            gradient[position] += l2 * weights[position]
