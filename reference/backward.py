"""The backward pass, node by node: how the loss changes with each sum.

o_deltas[o] = d loss / d o_sums[o]
h_deltas[h] = f'(h_sums[h]) * (sum over o of ho_weights[h][o] * o_deltas[o])
gradient of a weight = (sum over samples of source node * delta) / n,
    plus l2 * w for the ih and ho weights w

f' is the derivative of the hidden activation. n is the number of samples, or
1 if reduction is "sum". The source node of a bias is the constant 1.
"""

from reference.activations import slopes_of
from reference.blocks import rows_leaving
from reference.losses import PAIRS, differences, reduced_loss, weight_decay
from reference.numbers.kinds import Kind
from reference.numbers.number import Number, Row, Rows
from reference.specification.architecture import Architecture
from reference.specification.stages import Backward, Forward


def hidden_deltas(
    slopes: Row,
    errors: Row,  # the o_deltas, or y - t if rule is "error_splitting"
    ho_rows: Rows,
    zero: Number = 0,
) -> Row:
    """Return the h_deltas.  Source: documents 003 and 004."""
    h_deltas, all_outputs = [], range(len(errors))
    for h in range(len(slopes)):
        weights = ho_rows[h]
        total = zero
        for o in all_outputs:
            total += weights[o] * errors[o]
        h_deltas.append(slopes[h] * total)
    return h_deltas


def layer_gradient(nodes: Rows, deltas: Rows, zero: Number = 0) -> Row:
    """Return the gradient of one layer: its weights, then its biases."""
    if len(nodes) == 1:
        products = [node * delta for node in nodes[0] for delta in deltas[0]]
        return products + deltas[0]
    gradient, samples = [], range(len(nodes))
    delta_columns = list(zip(*deltas, strict=True))
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
    architecture: Architecture,
    kind: Kind,
    weights: Row,
    inputs: Rows,
    targets: Rows,
    stages: Forward[Rows],
    *,
    reduction: str = "mean",
    l2: Number = 0.0,
    rule: str = "backpropagation",
) -> Backward[Number, Rows, Row]:
    """Return the stages of the backward pass.

    `stages` are the stages of the forward pass. Nothing is checked.
    """
    h_sums, h_nodes, o_sums, o_nodes = stages
    samples = list(zip(o_sums, o_nodes, targets, strict=True))
    pair = PAIRS[architecture.output, architecture.loss]
    n = len(inputs) if reduction == "mean" else 1
    total = kind.zero
    for sample in samples:
        total += pair.loss(kind, *sample)
    loss = reduced_loss(architecture, weights, total, n, l2)
    if rule == "error_splitting":  # as in document 002
        pair = PAIRS[architecture.output, "half_squared_error"]
    o_deltas = errors = [pair.o_deltas(kind, *sample) for sample in samples]
    if rule == "error_splitting":
        errors = [differences(y, t) for _, y, t in samples]
    ho_rows = rows_leaving(weights, architecture.layout)
    slopes = [slopes_of(architecture.hidden, kind, z) for z in h_sums]
    rows = zip(slopes, errors, strict=True)
    h_deltas = [hidden_deltas(f, e, ho_rows, kind.zero) for f, e in rows]
    ih_gradient = layer_gradient(inputs, h_deltas, kind.zero)
    ho_gradient = layer_gradient(h_nodes, o_deltas, kind.zero)
    gradient = ih_gradient + ho_gradient  # summed over the samples
    if n > 1:
        gradient = [g / n for g in gradient]
    if l2 != 0:
        decay = weight_decay(architecture, weights, l2)
        gradient = [g + d for g, d in zip(gradient, decay, strict=True)]
    return Backward(loss, o_deltas, h_deltas, gradient)
