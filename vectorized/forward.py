"""The forward pass, layer by layer: each layer is the activation of one matrix product.

h_sums = inputs @ ih_weights + h_biases       h_nodes = f(h_sums)
o_sums = h_nodes @ ho_weights + o_biases      o_nodes = g(o_sums)
"""

from typing import NamedTuple

import numpy as np

from reference.layout import Layout
from reference.messages import not_finite, weight_not_finite
from vectorized.activations import Functions, softmax
from vectorized.workspace import Array, Blocks, Stages, all_finite, product


class Forward(NamedTuple):
    """The four stages of the forward pass: vectors for one sample, rows of shape (n_samples, ...) for a batch."""

    h_sums: Array
    h_nodes: Array
    o_sums: Array
    o_nodes: Array


def hidden_sums(inputs_and_one: Array, blocks: Blocks, h_sums: Array) -> None:
    """Fill the sums that reach the hidden layer.  Source: document 001, h_sum[0].

    h_sums = inputs @ ih_weights + h_biases             (n_samples, n_hidden)

    The flat vector keeps the h biases right behind the ih weights: they are the weights of one more input, which is 1.
    """
    product(inputs_and_one, blocks.ih, h_sums)


def output_sums(h_nodes: Array, blocks: Blocks, o_sums: Array) -> None:
    """Fill the sums that reach the output layer.  Source: document 001, o_sum[0].

    o_sums = h_nodes @ ho_weights + o_biases            (n_samples, n_outputs), kept as its transpose
    """
    product(blocks.ho_weights.T, h_nodes.T, o_sums)
    np.add(o_sums, blocks.o_column, o_sums)


def forward(of: Functions, blocks: Blocks, inputs_and_one: Array, work: Stages, look: bool = True) -> None:
    """Fill the four stages of a batch, and the slopes where there is room for them: the backward pass needs them.

    Where it is known that no sum overflows, there is no need to `look`.
    """
    try:
        hidden_sums(inputs_and_one, blocks, work.h_sums)
        for h_sums, h_nodes, h_slopes in work.h_slabs:
            of.hidden(h_sums, h_nodes, h_slopes)
        output_sums(work.h_nodes, blocks, work.o_sums)
        finite = not look or all_finite(work.sums)
    except FloatingPointError:  # a bias overflows, or an activation is asked of an infinite sum
        finite = False
    if not finite:
        check_finite("h_sums", work.h_sums)
        check_finite("o_sums", work.o_sums.T)
    if of.output is None:
        softmax(work)
    else:
        of.output(work.o_sums, work.o_nodes, work.o_slopes)


def check_finite(stage: str, rows: Array) -> None:
    """Raise FloatingPointError that names stage, node and sample of the first number that is not finite."""
    finite = np.isfinite(rows)
    if not finite.all():
        s, node = map(int, np.argwhere(~finite)[0])
        raise FloatingPointError(not_finite(stage, node, s if len(rows) > 1 else None, float(rows[s, node])))


def check_weights_finite(layout: Layout, what: str, numbers: Array) -> None:
    """Raise FloatingPointError that names the first number of a flat vector that is not finite, by its edge."""
    if not all_finite(numbers):
        position = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise FloatingPointError(weight_not_finite(what, position, layout.name_of(position), float(numbers[position])))
