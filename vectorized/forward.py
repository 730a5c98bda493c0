"""The forward pass, layer by layer: a matrix product, then the activation.

h_sums = inputs @ ih_weights + h_biases        h_nodes = f(h_sums)
o_sums = h_nodes @ ho_weights + o_biases       o_nodes = g(o_sums)
"""

from reference.specification.architecture import Architecture
from reference.specification.stages import Forward
from vectorized.activations import NODES
from vectorized.arrays import Array
from vectorized.blocks import blocks_of


def hidden_sums(inputs: Array, ih_weights: Array, h_biases: Array) -> Array:
    """Return the sum of each hidden node.  Source: document 001."""
    return inputs @ ih_weights + h_biases


def output_sums(h_nodes: Array, ho_weights: Array, o_biases: Array) -> Array:
    """Return the sum of each output node.  Source: document 001."""
    return h_nodes @ ho_weights + o_biases


def forward(
    architecture: Architecture,
    weights: Array,
    inputs: Array,
) -> Forward[Array]:
    """Return the sums and nodes of all samples. Nothing is checked.

    >>> import numpy as np
    >>> ramp, x = np.arange(1, 27) / 100, np.array([[3.0, 4.0, -4.5]])
    >>> forward(Architecture(3, 4, 2), ramp, x).o_sums
    array([[0.2689545, 0.279799 ]])
    """
    blocks = blocks_of(architecture.layout, weights)
    h_sums = hidden_sums(inputs, blocks.ih_weights, blocks.h_biases)
    h_nodes = NODES[architecture.hidden](h_sums)
    o_sums = output_sums(h_nodes, blocks.ho_weights, blocks.o_biases)
    o_nodes = NODES[architecture.output](o_sums)
    return Forward(h_sums, h_nodes, o_sums, o_nodes)
