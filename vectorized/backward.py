"""The backward pass, layer by layer: how the loss changes with each sum.

o_deltas = d loss / d o_sums
h_deltas = f'(h_sums) * (o_deltas @ ho_weights.T)
gradient = (source nodes).T @ (deltas of the target nodes) / n, plus l2 * w
    for the ih and ho weights w

f' is the derivative of the hidden activation. n is the number of samples, or
1 if reduction is "sum". The source node of a bias is the constant 1.
"""

from reference.specification.architecture import Architecture
from reference.specification.stages import Backward, Forward
from vectorized.activations import SLOPES
from vectorized.arrays import Array, Scalar
from vectorized.blocks import blocks_of, flat_of
from vectorized.forward import forward
from vectorized.libraries import namespace
from vectorized.losses import PAIRS, is_zero, reduced_loss, weight_decay


def hidden_deltas(slopes: Array, errors: Array, ho_weights: Array) -> Array:
    """Return the h_deltas.  Source: documents 003 and 004."""
    return slopes * (errors @ ho_weights.T)


def layer_gradient(nodes: Array, deltas: Array) -> tuple[Array, Array]:
    """Return the gradient of one layer: its weights, then its biases."""
    return nodes.T @ deltas, namespace(deltas).sum(deltas, axis=0)


def backward(
    architecture: Architecture,
    weights: Array,
    inputs: Array,
    targets: Array,
    *,
    reduction: str = "mean",
    l2: Scalar = 0.0,
    rule: str = "backpropagation",
    stages: Forward[Array] | None = None,
) -> Backward[Array, Array, Array]:
    """Return the stages of the backward pass.

    `stages` are the stages of the forward pass, computed here if None.
    """
    stages = stages or forward(architecture, weights, inputs)
    h_sums, h_nodes, o_sums, o_nodes = stages
    pair = PAIRS[architecture.output, architecture.loss]
    n = inputs.shape[0] if reduction == "mean" else 1
    total = pair.total(o_sums, o_nodes, targets)
    loss = reduced_loss(architecture, weights, total, n, l2)
    if rule == "error_splitting":  # as in document 002
        pair = PAIRS[architecture.output, "half_squared_error"]
    o_deltas = errors = pair.o_deltas(o_sums, o_nodes, targets)
    if rule == "error_splitting":
        errors = o_nodes - targets
    blocks = blocks_of(architecture.layout, weights)
    slopes = SLOPES[architecture.hidden](h_sums)
    ho_weights = blocks.ho_weights
    h_deltas = hidden_deltas(slopes, errors, ho_weights)
    ih_gradient = layer_gradient(inputs, h_deltas / n)
    ho_gradient = layer_gradient(h_nodes, o_deltas / n)
    gradient = flat_of(*ih_gradient, *ho_gradient)
    if not is_zero(l2):
        gradient = gradient + weight_decay(architecture, weights, l2)
    return Backward(loss, o_deltas, h_deltas, gradient)
