"""The flat vector and its four blocks: two matrices, with source nodes as rows, and two vectors of biases."""

from typing import Any, TypeVar

from reference.layout import Layout
from reference.specification.stages import Blocks
from vectorized.arrays import Array
from vectorized.libraries import namespace

A = TypeVar("A", bound=Array)


def blocks_of(layout: Layout, weights: A) -> Blocks[A, A]:
    """Cut the flat vector: ih_weights[i, h] is the weight of i -> h, ho_weights[h, o] is the weight of h -> o."""
    reshape = namespace(weights).reshape
    blocks: Blocks[Any, Any] = Blocks(
        reshape(weights[: layout.h_biases_at], (layout.n_inputs, layout.n_hidden)),
        weights[layout.h_biases_at : layout.ho_weights_at],
        reshape(weights[layout.ho_weights_at : layout.o_biases_at], (layout.n_hidden, layout.n_outputs)),
        weights[layout.o_biases_at :],
    )
    return blocks


def join(layout: Layout, matrices_from: Array, biases_from: Array) -> Array:
    """Return a flat vector that has the matrices of one flat vector and the biases of another."""
    ih_weights, _, ho_weights, _ = blocks_of(layout, matrices_from)
    _, h_biases, _, o_biases = blocks_of(layout, biases_from)
    return flat_of(ih_weights, h_biases, ho_weights, o_biases)


def flat_of(*blocks: Array) -> Array:
    """Join four blocks into the flat vector. This is the inverse of `blocks_of`."""
    xp = namespace(*blocks)
    return xp.concat([xp.reshape(block, (-1,)) for block in blocks])
